/* Shapes, op by op. Whatever depends on a shape is checked here, so that the
 * code that makes operators can rely on it. Sizes are computed in 64 bits: no
 * product here can overflow them. */
#include <stdarg.h>
#include <stdio.h>

#include "nn/shape.h"

pa_status pa_infer_bad(const pa_infer *c, const char *format, ...) {
  char label[96], text[160];
  va_list args;
  pa_nn_op_label(c->graph, c->op, label, sizeof label);
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return pa_error_set(c->err, PA_ERROR_WEIGHTS, "%s: %s", label, text);
}

const pa_nn_shape *pa_infer_in(const pa_infer *c, uint32_t i) {
  return &c->shapes[c->op->in[i]];
}

pa_nn_shape *pa_infer_out(const pa_infer *c, uint32_t i) {
  return &c->shapes[c->op->out[i]];
}

size_t pa_nn_count(const pa_nn_shape *shape) {
  size_t count = 1;
  for (size_t i = 0; i < shape->rank; i++)
    count *= shape->dim[i];
  return count;
}

pa_status pa_infer_set(const pa_infer *c, uint32_t i, size_t rank,
                       const int64_t *dims) {
  pa_nn_shape *shape = pa_infer_out(c, i);
  int64_t count = 1;
  if (rank < 1 || rank > PA_LIMIT_TENSOR_RANK)
    return pa_infer_bad(c, "result of rank %zu", rank);
  shape->rank = rank;
  for (size_t d = 0; d < rank; d++) {
    if (dims[d] < 1)
      return pa_infer_bad(c, "dimension %zu of the result is empty", d);
    if (dims[d] > PA_LIMIT_TENSOR_ELEMENTS ||
        count * dims[d] > PA_LIMIT_TENSOR_ELEMENTS) {
      pa_infer_bad(c, "result of over %u elements", PA_LIMIT_TENSOR_ELEMENTS);
      return c->err ? (c->err->status = PA_ERROR_TOO_LARGE)
                    : PA_ERROR_TOO_LARGE;
    }
    count *= dims[d];
    shape->dim[d] = (size_t)dims[d];
  }
  return PA_OK;
}

pa_status pa_infer_same_as_input(const pa_infer *c) {
  *pa_infer_out(c, 0) = *pa_infer_in(c, 0);
  return PA_OK;
}

pa_status pa_infer_want_image(const pa_infer *c) {
  if (pa_infer_in(c, 0)->rank == 4) return PA_OK;
  return pa_infer_bad(c, "input of rank %zu, wants 4", pa_infer_in(c, 0)->rank);
}

pa_status pa_infer_find_axis(const pa_infer *c, int32_t axis, size_t rank,
                             size_t *found) {
  int64_t a = axis < 0 ? axis + (int64_t)rank : axis;
  if (a < 0 || a >= (int64_t)rank)
    return pa_infer_bad(c, "axis %d of a value of rank %zu", axis, rank);
  *found = (size_t)a;
  return PA_OK;
}

pa_status pa_infer_check_channels(const pa_infer *c, size_t channels) {
  const pa_nn_op *op = c->op;
  if (op->weight_scale && op->weight_scale->count != channels)
    return pa_infer_bad(c, "%zu scales for %zu channels",
                        op->weight_scale->count, channels);
  if (op->bias && (op->bias->shape.rank != 1 || op->bias->count != channels))
    return pa_infer_bad(c, "bias of %zu values for %zu channels",
                        op->bias->count, channels);
  return PA_OK;
}

pa_status pa_infer_weight_rank(const pa_infer *c, size_t rank) {
  if (c->op->weight->shape.rank == rank) return PA_OK;
  return pa_infer_bad(c, "weight of rank %zu, wants %zu",
                      c->op->weight->shape.rank, rank);
}

/* ----------------------------------------------------------------- graph */

/* NOLINTNEXTLINE(readability-function-size): one line an op. */
static pa_status infer_op(const pa_infer *c) {
  switch (c->op->kind) {
  case PA_NN_CONV2D:
    return pa_infer_conv2d(c);
  case PA_NN_DEPTHWISE_CONV2D:
    return pa_infer_depthwise_conv2d(c);
  case PA_NN_DECONV2D:
    return pa_infer_deconv2d(c);
  case PA_NN_FULLY_CONNECTED:
    return pa_infer_fully_connected(c);
  case PA_NN_BATCH_MATMUL:
    return pa_infer_batch_matmul(c);
  case PA_NN_ADD:
  case PA_NN_SUB:
  case PA_NN_MUL:
  case PA_NN_DIV:
  case PA_NN_MIN:
  case PA_NN_MAX:
  case PA_NN_SQUARED_DIFFERENCE:
    return pa_infer_binary(c);
  case PA_NN_PRELU:
    return pa_infer_prelu(c);
  case PA_NN_RELU:
  case PA_NN_RELU6:
  case PA_NN_CLAMP:
  case PA_NN_SIGMOID:
  case PA_NN_TANH:
  case PA_NN_HARDSWISH:
  case PA_NN_GELU:
  case PA_NN_EXP:
  case PA_NN_SQRT:
  case PA_NN_RSQRT:
  case PA_NN_ABS:
  case PA_NN_NEG:
  case PA_NN_SQUARE:
  case PA_NN_FLOOR:
  case PA_NN_LEAKY_RELU:
  case PA_NN_SOFTMAX:
    return pa_infer_same_as_input(c);
  case PA_NN_AVG_POOL2D:
  case PA_NN_MAX_POOL2D:
    return pa_infer_pool2d(c);
  case PA_NN_MEAN:
  case PA_NN_SUM:
    return pa_infer_reduce(c);
  case PA_NN_CONCAT:
    return pa_infer_concat(c);
  case PA_NN_SPLIT:
    return pa_infer_split(c);
  case PA_NN_SLICE:
    return pa_infer_slice(c);
  case PA_NN_PAD:
    return pa_infer_pad(c);
  case PA_NN_RESHAPE:
    return pa_infer_reshape(c);
  case PA_NN_TRANSPOSE:
    return pa_infer_transpose(c);
  case PA_NN_RESIZE_BILINEAR:
  case PA_NN_RESIZE_NEAREST:
    return pa_infer_resize(c);
  case PA_NN_DEPTH_TO_SPACE:
    return pa_infer_depth_to_space(c);
  case PA_NN_SPACE_TO_DEPTH:
    return pa_infer_space_to_depth(c);
  case PA_NN_ARGMAX:
    return pa_infer_argmax(c);
  case PA_NN_LAYER_NORM:
  case PA_NN_GROUP_NORM:
    return pa_infer_norm(c);
  case PA_NN_CONSTANT_VALUE:
    return pa_infer_constant(c);
  case PA_NN_RESHAPE_LIKE:
    return pa_infer_reshape_like(c);
  case PA_NN_SPLIT_LIKE:
    return pa_infer_split_like(c);
  case PA_NN_SINE_POSITION:
    return pa_infer_sine_position(c);
  case PA_NN_DEFORM_ATTENTION:
    return pa_infer_deform_attention(c);
  case PA_NN_ATTENTION_MASK:
    return pa_infer_same_as_input(c);
  case PA_NN_OP_KINDS:
    break;
  }
  return pa_infer_bad(c, "unknown op");
}

pa_status pa_nn_infer(pa_error *err, const pa_nn_graph *graph,
                      const pa_nn_shape *inputs, pa_nn_shape *shapes) {
  pa_infer c = {.err = err, .graph = graph, .shapes = shapes};
  for (uint32_t v = 0; v < graph->value_count; v++)
    if (graph->values[v].constant) shapes[v] = graph->values[v].constant->shape;
  for (uint32_t i = 0; i < graph->input_count; i++)
    shapes[graph->inputs[i].value] = inputs[i];
  for (uint32_t o = 0; o < graph->op_count; o++) {
    c.op = &graph->ops[o];
    pa_status status = infer_op(&c);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}
