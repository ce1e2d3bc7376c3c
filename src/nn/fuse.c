/* Two fusions, as XNNPACK's own subgraph compiler makes them:
 * - a zero pad of an image goes into the convolution that alone reads it;
 * - a clamp goes into the op that alone feeds it and can clamp for free. */
#include <math.h>

#include "nn/net.h"

static bool clamp_bounds(const pa_nn_op *op, float *min, float *max) {
  switch (op->kind) {
  case PA_NN_RELU:
  case PA_NN_RELU6:
    *min = 0;
    *max = op->kind == PA_NN_RELU6 ? 6 : INFINITY;
    return true;
  case PA_NN_CLAMP:
    *min = op->min;
    *max = op->max;
    return true;
  default:
    return false;
  }
}

static float clamp(float x, float min, float max) {
  return fminf(fmaxf(x, min), max);
}

/* Is the op's operand 0 written by an op that feeds nothing else? */
static pa_nn_op *sole_producer(const pa_nn_build *b, const uint32_t *writer,
                               const pa_nn_op *op) {
  uint32_t value = op->in[0];
  if (b->uses[value] != 1 || writer[value] == PA_NN_NONE) return NULL;
  return &b->graph.ops[writer[value]];
}

static bool fuse_clamp(const pa_nn_build *b, uint32_t *writer, uint32_t index) {
  pa_nn_op *op = &b->graph.ops[index];
  float min, max;
  if (!clamp_bounds(op, &min, &max)) return false;
  pa_nn_op *from = sole_producer(b, writer, op);
  if (!from || !pa_nn_op_clamps(from->kind)) return false;
  float low = clamp(from->act_min, min, max);
  float high = clamp(from->act_max, min, max);
  if (!(low < high)) return false; /* a constant: not worth a thought */
  from->act_min = low;
  from->act_max = high;
  from->out[0] = op->out[0];
  writer[op->out[0]] = (uint32_t)(from - b->graph.ops);
  return true;
}

static bool is_image_pad(const pa_nn_op *op) {
  return op->kind == PA_NN_PAD && op->value == 0 && op->list.count == 4 &&
         op->list.v[0] == 0 && op->list.v[3] == 0 && op->list2.v[0] == 0 &&
         op->list2.v[3] == 0;
}

static bool fuse_pad(const pa_nn_build *b, const uint32_t *writer,
                     uint32_t index) {
  pa_nn_op *op = &b->graph.ops[index];
  if (op->kind != PA_NN_CONV2D && op->kind != PA_NN_DEPTHWISE_CONV2D)
    return false;
  pa_nn_op *from = sole_producer(b, writer, op);
  if (!from || !is_image_pad(from)) return false;
  const pa_nn_shape *x = &b->shapes[op->in[0]];
  int32_t window[2], pad[4];
  size_t span[2];
  pa_nn_window(op, window);
  for (int i = 0; i < 2; i++)
    span[i] = (size_t)(window[i] - 1) * (size_t)op->dilation[i] + 1;
  pa_nn_pads(op, x->dim[1], x->dim[2], span, pad);
  pad[0] += from->list.v[1];
  pad[1] += from->list2.v[2];
  pad[2] += from->list2.v[1];
  pad[3] += from->list.v[2];
  for (int i = 0; i < 4; i++)
    if ((size_t)pad[i] >= span[i % 2]) return false;
  for (int i = 0; i < 4; i++)
    op->pad[i] = pad[i];
  op->pad_mode = PA_NN_EXPLICIT;
  op->in[0] = from->in[0];
  b->fused[from - b->graph.ops] = true;
  return true;
}

void pa_nn_fuse(pa_nn_build *b) {
  uint32_t *writer = b->last; /* not in use yet */
  for (uint32_t v = 0; v < b->graph.value_count; v++)
    writer[v] = PA_NN_NONE;
  for (uint32_t o = 0; o < b->graph.op_count; o++) {
    pa_nn_op *op = &b->graph.ops[o];
    fuse_pad(b, writer, o);
    for (uint32_t i = 0; i < op->out_count; i++)
      writer[op->out[i]] = o;
    b->fused[o] = fuse_clamp(b, writer, o);
  }
}
