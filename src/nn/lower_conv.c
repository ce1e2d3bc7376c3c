/* Ops with weights: convolutions, deconvolution, fully connected. The weights
 * are expanded to float32, packed by XNNPACK into a copy of its own, and
 * released before the next op's turn. What is packed is kept for other input
 * shapes. */
#include <string.h>

#include "base/mem.h"
#include "nn/int8.h"
#include "nn/op_depthwise.h"

static enum xnn_status setup_conv(xnn_operator_t op, void *workspace,
                                  const float *a, const float *b, float *y) {
  (void)b;
  return xnn_setup_convolution2d_nhwc_f32(op, workspace, a, y);
}

static enum xnn_status setup_deconv(xnn_operator_t op, void *workspace,
                                    const float *a, const float *b, float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_deconvolution2d_nhwc_f32(op, a, y);
}

static enum xnn_status setup_fully_connected(xnn_operator_t op, void *workspace,
                                             const float *a, const float *b,
                                             float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_fully_connected_nc_f32(op, a, y);
}

typedef struct weights {
  float *weight, *bias; /* bias: NULL when the op has none */
} weights;

static pa_status expand(pa_nn_build *b, size_t axis, weights *w) {
  const pa_nn_op *op = b->op;
  *w = (weights){0};
  pa_status status =
      pa_nn_expand(b->err, op->weight, op->weight_scale, axis, &w->weight);
  if (status == PA_OK && op->bias)
    status = pa_nn_expand(b->err, op->bias, NULL, 0, &w->bias);
  return status;
}

static void release(weights *w) {
  pa_mem_free(w->weight);
  pa_mem_free(w->bias);
}

/* A convolution reads its input through a table of pointers, one for each
 * result and tap. For wide layers it is cheaper to write the table anew in each
 * run, into the arena, than to hold a megabyte for each; for narrow ones the
 * writing would take as long as the arithmetic. Depthwise ones are narrow. */
#define LEAST_TRANSIENT_PRODUCT 4096

static uint32_t conv_flags(const pa_nn_build *b, bool depthwise) {
  const size_t *w = b->op->weight->shape.dim;
  if (depthwise) return b->flags | XNN_FLAG_DEPTHWISE_CONVOLUTION;
  if (w[0] * w[3] < LEAST_TRANSIENT_PRODUCT) return b->flags;
  return b->flags | XNN_FLAG_TRANSIENT_INDIRECTION_BUFFER;
}

static void find_pads(const pa_nn_build *b, const int32_t window[2],
                      int32_t pad[4]) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  size_t span[2];
  for (int i = 0; i < 2; i++)
    span[i] = (size_t)(window[i] - 1) * (size_t)b->op->dilation[i] + 1;
  pa_nn_pads(b->op, x->dim[1], x->dim[2], span, pad);
}

static enum xnn_status create_conv(const pa_nn_build *b, const weights *w,
                                   const int32_t pad[4], xnn_operator_t *made) {
  const pa_nn_op *op = b->op;
  const pa_nn_shape *x = pa_nn_build_in(b, 0), *y = pa_nn_build_out(b, 0);
  bool depthwise = op->kind == PA_NN_DEPTHWISE_CONV2D;
  size_t in = x->dim[3], out = y->dim[3];
  size_t groups = depthwise ? in : (size_t)op->groups;
  int32_t window[2];
  pa_nn_window(op, window);
  return xnn_create_convolution2d_nhwc_f32(
      (uint32_t)pad[0], (uint32_t)pad[1], (uint32_t)pad[2], (uint32_t)pad[3],
      (uint32_t)window[0], (uint32_t)window[1], (uint32_t)op->stride[0],
      (uint32_t)op->stride[1], (uint32_t)op->dilation[0],
      (uint32_t)op->dilation[1], (uint32_t)groups, in / groups, out / groups,
      in, out, w->weight, w->bias, op->act_min, op->act_max,
      conv_flags(b, depthwise), NULL, NULL, made);
}

static pa_status pack_conv(pa_nn_build *b, const int32_t pad[4]) {
  pa_nn_packed *packed = pa_nn_build_packed(b);
  xnn_operator_t made = NULL;
  weights w;
  pa_status status =
      expand(b, b->op->kind == PA_NN_DEPTHWISE_CONV2D ? 2 : 0, &w);
  if (status == PA_OK)
    status =
        pa_nn_build_pack(b, create_conv(b, &w, pad, &made), made, setup_conv);
  if (status == PA_OK) memcpy(packed->pad, pad, sizeof packed->pad);
  release(&w);
  return status;
}

static pa_status reshape_conv(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  size_t workspace = 0, alignment;
  pa_nn_step *step = pa_nn_build_packed_step(b);
  pa_status status = pa_nn_build_check(
      b,
      xnn_reshape_convolution2d_nhwc_f32(step->xnn, x->dim[0], x->dim[1],
                                         x->dim[2], &workspace, &alignment,
                                         NULL, NULL, pa_nn_build_pool(b)),
      step->xnn);
  if (status != PA_OK) return status;
  step->workspace = pa_nn_build_workspace(b, workspace);
  return PA_OK;
}

static pa_status lower_own_depthwise(pa_nn_build *b, const int32_t pad[4]) {
  const pa_nn_depthwise *isa = pa_nn_depthwise_best();
  const pa_nn_shape *x = pa_nn_build_in(b, 0), *y = pa_nn_build_out(b, 0);
  pa_nn_packed *packed = pa_nn_build_packed(b);
  pa_status status = PA_OK;
  if (!packed->weight) {
    weights w;
    status = expand(b, 2, &w);
    if (status == PA_OK)
      status = pa_nn_depthwise_pack(b->err, isa, b->op, x->dim[3], w.weight,
                                    w.bias, &packed->weight, &packed->bytes);
    release(&w);
  }
  if (status == PA_OK)
    pa_nn_depthwise_loop(&pa_nn_build_packed_step(b)->loop, isa, b->op, pad, x,
                         y);
  return status;
}

/* An operator is made for its padding, which the input's size may change. */
pa_status pa_nn_lower_conv(pa_nn_build *b) {
  const pa_nn_packed *packed = pa_nn_build_packed(b);
  int32_t window[2], pad[4];
  bool taken;
  pa_nn_window(b->op, window);
  find_pads(b, window, pad);
  pa_status status = pa_nn_lower_int8(b, pad, &taken);
  if (taken) return status;
  if (pa_nn_depthwise_takes(b->op, pa_nn_build_in(b, 0), pa_nn_build_out(b, 0)))
    return lower_own_depthwise(b, pad);
  if (!packed->xnn || memcmp(packed->pad, pad, sizeof pad) != 0)
    status = pack_conv(b, pad);
  return status == PA_OK ? reshape_conv(b) : status;
}

static enum xnn_status create_deconv(const pa_nn_build *b, const weights *w,
                                     xnn_operator_t *made) {
  const pa_nn_op *op = b->op;
  size_t in = pa_nn_build_in(b, 0)->dim[3], out = pa_nn_build_out(b, 0)->dim[3];
  int32_t window[2];
  pa_nn_window(op, window);
  return xnn_create_deconvolution2d_nhwc_f32(
      (uint32_t)op->pad[0], (uint32_t)op->pad[1], (uint32_t)op->pad[2],
      (uint32_t)op->pad[3], (uint32_t)window[0], (uint32_t)window[1],
      (uint32_t)op->stride[0], (uint32_t)op->stride[1], 1, 1, 1, in, out, in,
      out, w->weight, w->bias, op->act_min, op->act_max, b->flags, NULL, NULL,
      made);
}

static enum xnn_status create_fully_connected(const pa_nn_build *b,
                                              const weights *w,
                                              xnn_operator_t *made) {
  const pa_nn_op *op = b->op;
  size_t in = op->weight->shape.dim[1], out = op->weight->shape.dim[0];
  return xnn_create_fully_connected_nc_f32(in, out, in, out, w->weight, w->bias,
                                           op->act_min, op->act_max, b->flags,
                                           NULL, NULL, made);
}

/* Packs the op's weights, unless that has been done. */
static pa_status pack(pa_nn_build *b,
                      enum xnn_status (*create)(const pa_nn_build *b,
                                                const weights *w,
                                                xnn_operator_t *made),
                      pa_nn_setup setup) {
  xnn_operator_t made = NULL;
  weights w;
  if (pa_nn_build_packed(b)->xnn) return PA_OK;
  pa_status status = expand(b, 0, &w);
  if (status == PA_OK)
    status = pa_nn_build_pack(b, create(b, &w, &made), made, setup);
  release(&w);
  return status;
}

pa_status pa_nn_lower_deconv(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  const pa_nn_op *op = b->op;
  pa_status status = pack(b, create_deconv, setup_deconv);
  if (status != PA_OK) return status;
  pa_nn_step *step = pa_nn_build_packed_step(b);
  return pa_nn_build_check(b,
                           xnn_reshape_deconvolution2d_nhwc_f32(
                               step->xnn, x->dim[0], x->dim[1], x->dim[2],
                               (uint32_t)op->output_pad[0],
                               (uint32_t)op->output_pad[1], NULL, NULL,
                               pa_nn_build_pool(b)),
                           step->xnn);
}

pa_status pa_nn_lower_fully_connected(pa_nn_build *b) {
  static const int32_t no_pad[4];
  bool taken;
  pa_status status = pa_nn_lower_int8(b, no_pad, &taken);
  if (taken) return status;
  status = pack(b, create_fully_connected, setup_fully_connected);
  if (status != PA_OK) return status;
  pa_nn_step *step = pa_nn_build_packed_step(b);
  size_t rows = pa_nn_count(pa_nn_build_in(b, 0)) / b->op->weight->shape.dim[1];
  return pa_nn_build_check(
      b,
      xnn_reshape_fully_connected_nc_f32(step->xnn, rows, pa_nn_build_pool(b)),
      step->xnn);
}
