/* Shapes of what slides a window over an image: convolutions and pools. */
#include <string.h>

#include "nn/shape.h"

void pa_nn_window(const pa_nn_op *op, int32_t window[2]) {
  const size_t *w = op->weight ? op->weight->shape.dim : NULL;
  int first = op->kind == PA_NN_DEPTHWISE_CONV2D ? 0 : 1;
  for (int i = 0; i < 2; i++)
    window[i] = w ? (int32_t)w[first + i] : op->size[i];
}

void pa_nn_pads(const pa_nn_op *op, size_t height, size_t width,
                const size_t span[2], int32_t pad[4]) {
  const size_t side[2] = {height, width};
  memcpy(pad, op->pad, 4 * sizeof *pad);
  if (op->pad_mode != PA_NN_SAME) return;
  for (int i = 0; i < 2; i++) {
    size_t stride = (size_t)op->stride[i];
    size_t results = (side[i] + stride - 1) / stride;
    size_t wanted = (results - 1) * stride + span[i];
    size_t total = wanted > side[i] ? wanted - side[i] : 0;
    pad[i == 0 ? 0 : 3] = (int32_t)(total / 2);
    pad[i == 0 ? 2 : 1] = (int32_t)(total - total / 2);
  }
}

/* Height and width of what a sliding window gives. */
static pa_status slide(const pa_infer *c, int64_t sides[2]) {
  const pa_nn_op *op = c->op;
  int32_t window[2], pad[4];
  size_t span[2];
  pa_nn_window(op, window);
  for (int i = 0; i < 2; i++) {
    int64_t s = ((int64_t)window[i] - 1) * op->dilation[i] + 1;
    if (s > PA_LIMIT_TENSOR_ELEMENTS)
      return pa_infer_bad(c, "window of over 2^28");
    span[i] = (size_t)s;
  }
  pa_nn_pads(op, pa_infer_in(c, 0)->dim[1], pa_infer_in(c, 0)->dim[2], span,
             pad);
  for (int i = 0; i < 2; i++) {
    int64_t before = pad[i == 0 ? 0 : 3], after = pad[i == 0 ? 2 : 1];
    int64_t side = (int64_t)pa_infer_in(c, 0)->dim[1 + i] + before + after;
    if (before >= (int64_t)span[i] || after >= (int64_t)span[i])
      return pa_infer_bad(
          c, "padding of %lld is not less than the window of %zu",
          (long long)(before > after ? before : after), span[i]);
    if (side < (int64_t)span[i])
      return pa_infer_bad(c, "window of %zu on %lld pixels", span[i],
                          (long long)side);
    sides[i] = (side - (int64_t)span[i]) / op->stride[i] + 1;
  }
  return PA_OK;
}

pa_status pa_infer_conv2d(const pa_infer *c) {
  const pa_nn_op *op = c->op;
  const size_t *w = op->weight->shape.dim;
  int64_t sides[2];
  pa_status status = pa_infer_want_image(c);
  if (status == PA_OK) status = pa_infer_weight_rank(c, 4);
  if (status != PA_OK) return status;
  size_t groups = (size_t)op->groups, channels = pa_infer_in(c, 0)->dim[3];
  if (channels % groups || w[0] % groups || channels / groups != w[3])
    return pa_infer_bad(c,
                        "%zu channels in %zu groups, weight wants %zu a group",
                        channels, groups, w[3]);
  status = pa_infer_check_channels(c, w[0]);
  if (status == PA_OK) status = slide(c, sides);
  if (status != PA_OK) return status;
  return pa_infer_set(c, 0, 4,
                      (int64_t[]){(int64_t)pa_infer_in(c, 0)->dim[0], sides[0],
                                  sides[1], (int64_t)w[0]});
}

pa_status pa_infer_depthwise_conv2d(const pa_infer *c) {
  const size_t *w = c->op->weight->shape.dim;
  int64_t sides[2];
  pa_status status = pa_infer_want_image(c);
  if (status == PA_OK) status = pa_infer_weight_rank(c, 3);
  if (status != PA_OK) return status;
  if (w[2] % pa_infer_in(c, 0)->dim[3] != 0)
    return pa_infer_bad(c, "%zu channels, weight has %zu",
                        pa_infer_in(c, 0)->dim[3], w[2]);
  status = pa_infer_check_channels(c, w[2]);
  if (status == PA_OK) status = slide(c, sides);
  if (status != PA_OK) return status;
  return pa_infer_set(c, 0, 4,
                      (int64_t[]){(int64_t)pa_infer_in(c, 0)->dim[0], sides[0],
                                  sides[1], (int64_t)w[2]});
}

pa_status pa_infer_deconv2d(const pa_infer *c) {
  const pa_nn_op *op = c->op;
  const size_t *w = op->weight->shape.dim;
  pa_status status = pa_infer_want_image(c);
  if (status == PA_OK) status = pa_infer_weight_rank(c, 4);
  if (status != PA_OK) return status;
  if (pa_infer_in(c, 0)->dim[3] != w[3])
    return pa_infer_bad(c, "%zu channels, weight has %zu",
                        pa_infer_in(c, 0)->dim[3], w[3]);
  status = pa_infer_check_channels(c, w[0]);
  if (status != PA_OK) return status;
  int64_t sides[2];
  for (int i = 0; i < 2; i++) {
    int64_t before = op->pad[i == 0 ? 0 : 3], after = op->pad[i == 0 ? 2 : 1];
    if (before >= (int64_t)w[1 + i] || after >= (int64_t)w[1 + i])
      return pa_infer_bad(
          c, "padding of %lld is not less than the window of %zu",
          (long long)(before > after ? before : after), w[1 + i]);
    if (op->output_pad[i] >= op->stride[i])
      return pa_infer_bad(c,
                          "output_pad of %d is not less than the stride of %d",
                          op->output_pad[i], op->stride[i]);
    sides[i] = ((int64_t)pa_infer_in(c, 0)->dim[1 + i] - 1) * op->stride[i] +
               (int64_t)w[1 + i] + op->output_pad[i] - before - after;
  }
  return pa_infer_set(c, 0, 4,
                      (int64_t[]){(int64_t)pa_infer_in(c, 0)->dim[0], sides[0],
                                  sides[1], (int64_t)w[0]});
}

pa_status pa_infer_pool2d(const pa_infer *c) {
  int64_t sides[2];
  pa_status status = pa_infer_want_image(c);
  if (status == PA_OK) status = slide(c, sides);
  if (status != PA_OK) return status;
  return pa_infer_set(c, 0, 4,
                      (int64_t[]){(int64_t)pa_infer_in(c, 0)->dim[0], sides[0],
                                  sides[1],
                                  (int64_t)pa_infer_in(c, 0)->dim[3]});
}
