/* From ops to steps: each value gets a buffer, each op its operators. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "nn/net.h"

/* ------------------------------------------------------------- services */

const pa_nn_shape *pa_nn_build_in(const pa_nn_build *b, uint32_t i) {
  return &b->shapes[b->op->in[i]];
}

const pa_nn_shape *pa_nn_build_out(const pa_nn_build *b, uint32_t i) {
  return &b->shapes[b->op->out[i]];
}

pa_nn_slot pa_nn_build_slot(const pa_nn_build *b, uint32_t value) {
  return (pa_nn_slot){.buffer = b->buffers[value]};
}

pa_nn_step *pa_nn_build_step(pa_nn_build *b) {
  pa_nn_step *step = &b->net->steps[b->net->step_count++];
  step->op = b->op_index;
  step->threaded = b->threaded;
  step->in[0] = pa_nn_build_slot(b, b->op->in[0]);
  step->in[1].buffer = step->in[2].buffer = PA_NN_NONE;
  step->out = pa_nn_build_slot(b, b->op->out[0]);
  step->workspace = PA_NN_NONE;
  return step;
}

pthreadpool_t pa_nn_build_pool(const pa_nn_build *b) {
  return b->threaded ? b->net->engine->pool : NULL;
}

static uint32_t new_buffer(pa_nn_build *b, pa_nn_place place, size_t bytes) {
  pa_nn_buffer *buffer = &b->net->buffers[b->net->buffer_count];
  *buffer = (pa_nn_buffer){.place = place,
                           .bytes = bytes,
                           .first = b->op_index,
                           .last = b->op_index};
  return b->net->buffer_count++;
}

uint32_t pa_nn_build_workspace(pa_nn_build *b, size_t bytes) {
  return bytes ? new_buffer(b, PA_NN_ARENA, bytes) : PA_NN_NONE;
}

pa_status pa_nn_build_check(pa_nn_build *b, enum xnn_status status,
                            xnn_operator_t made) {
  char label[96];
  pa_nn_op_label(&b->graph, b->op, label, sizeof label);
  /* Some of XNNPACK's failures to allocate come as a success without result. */
  if (status == xnn_status_out_of_memory ||
      (status == xnn_status_success && !made))
    return pa_error_set(b->err, PA_ERROR_MEMORY, "out of memory: %s", label);
  if (status == xnn_status_success) return PA_OK;
  return pa_error_set(b->err, PA_ERROR_UNSUPPORTED,
                      "%s: XNNPACK refuses it (status %d)", label, status);
}

void pa_nn_loop_rows(pa_nn_loop *loop, const pa_nn_shape *x,
                     const pa_nn_shape *y) {
  loop->count = y->dim[0] * y->dim[1];
  loop->n[PA_NN_IN_H] = x->dim[1];
  loop->n[PA_NN_IN_W] = x->dim[2];
  loop->n[PA_NN_OUT_H] = y->dim[1];
  loop->n[PA_NN_OUT_W] = y->dim[2];
  loop->n[PA_NN_CHANNELS] = y->dim[3];
}

pa_nn_row pa_nn_loop_row(const pa_nn_loop *loop, size_t row) {
  const size_t *n = loop->n;
  size_t image = row / n[PA_NN_OUT_H], channels = n[PA_NN_CHANNELS];
  return (pa_nn_row){row % n[PA_NN_OUT_H],
                     loop->a + image * n[PA_NN_IN_H] * n[PA_NN_IN_W] * channels,
                     loop->y + row * n[PA_NN_OUT_W] * channels};
}

/* --------------------------------------------------------------- buffers */

static size_t bytes_of(const pa_nn_build *b, uint32_t value) {
  return pa_nn_count(&b->shapes[value]) * sizeof(float);
}

static bool is_output(const pa_nn_build *b, uint32_t value) {
  for (uint32_t i = 0; i < b->graph.output_count; i++)
    if (b->graph.outputs[i].value == value) return true;
  return false;
}

/* Puts the value into a buffer that exists. */
static void share(pa_nn_build *b, uint32_t value, uint32_t buffer) {
  pa_nn_buffer *shared = &b->net->buffers[buffer];
  b->buffers[value] = buffer;
  if (b->last[value] > shared->last) shared->last = b->last[value];
  if (is_output(b, value)) shared->place = PA_NN_OUTPUT;
}

/* A buffer is free to be overwritten by the op that is the last to read any
 * value in it, unless it is not the arena's: the caller may want it. */
static bool overwrite_operand(pa_nn_build *b, uint32_t result) {
  if (!pa_nn_op_info_of(b->op->kind)->in_place) return false;
  for (uint32_t i = 0; i < b->op->in_count; i++) {
    uint32_t value = b->op->in[i];
    const pa_nn_buffer *buffer = &b->net->buffers[b->buffers[value]];
    if (buffer->place != PA_NN_ARENA || buffer->last != b->op_index ||
        buffer->bytes != bytes_of(b, result))
      continue;
    share(b, result, b->buffers[value]);
    return true;
  }
  return false;
}

/* A reshape is another view of its operand. Only a graph's input that is a
 * graph's output as well is copied. */
static bool view_operand(pa_nn_build *b, uint32_t result) {
  if (b->op->kind != PA_NN_RESHAPE && b->op->kind != PA_NN_RESHAPE_LIKE)
    return false;
  uint32_t buffer = b->buffers[b->op->in[0]];
  if (b->net->buffers[buffer].place == PA_NN_INPUT && is_output(b, result))
    return false;
  share(b, result, buffer);
  return true;
}

static void place_result(pa_nn_build *b, uint32_t result) {
  if (view_operand(b, result) || overwrite_operand(b, result)) return;
  bool output = is_output(b, result);
  uint32_t buffer =
      new_buffer(b, output ? PA_NN_OUTPUT : PA_NN_ARENA, bytes_of(b, result));
  b->buffers[result] = buffer;
  b->net->buffers[buffer].last = b->last[result];
}

static pa_status place_constants(pa_nn_build *b) {
  for (uint32_t v = 0; v < b->graph.value_count; v++) {
    const pa_nn_tensor *constant = b->graph.values[v].constant;
    if (!constant || !b->uses[v]) continue; /* its ops are left out */
    pa_nn_packed *packed = &b->net->packed[v];
    if (!packed->weight) {
      pa_status status =
          pa_nn_expand(b->err, constant, NULL, 0, &packed->weight);
      if (status != PA_OK) return status;
      packed->bytes = bytes_of(b, v) + PA_NN_SLACK;
    }
    b->buffers[v] = new_buffer(b, PA_NN_CONSTANT, bytes_of(b, v));
    b->net->buffers[b->buffers[v]].memory = packed->weight;
  }
  return PA_OK;
}

static void place_inputs(pa_nn_build *b) {
  for (uint32_t i = 0; i < b->graph.input_count; i++) {
    uint32_t v = b->graph.inputs[i].value;
    b->buffers[v] = new_buffer(b, PA_NN_INPUT, bytes_of(b, v));
  }
}

static pa_status allocate_ports(pa_nn_build *b) {
  for (uint32_t i = 0; i < b->net->buffer_count; i++) {
    pa_nn_buffer *buffer = &b->net->buffers[i];
    if (buffer->place != PA_NN_INPUT && buffer->place != PA_NN_OUTPUT) continue;
    buffer->memory = pa_mem_calloc(1, buffer->bytes + PA_NN_SLACK);
    if (!buffer->memory)
      return pa_error_memory(b->err, buffer->bytes, "an input or output");
  }
  return PA_OK;
}

/* ------------------------------------------------------------------- ops */

/* NOLINTNEXTLINE(readability-function-size): one line an op. */
static pa_status lower(pa_nn_build *b) {
  switch (b->op->kind) {
  case PA_NN_CONV2D:
  case PA_NN_DEPTHWISE_CONV2D:
    return pa_nn_lower_conv(b);
  case PA_NN_DECONV2D:
    return pa_nn_lower_deconv(b);
  case PA_NN_FULLY_CONNECTED:
    return pa_nn_lower_fully_connected(b);
  case PA_NN_BATCH_MATMUL:
    return pa_nn_lower_batch_matmul(b);
  case PA_NN_ADD:
  case PA_NN_SUB:
  case PA_NN_MUL:
  case PA_NN_DIV:
  case PA_NN_MIN:
  case PA_NN_MAX:
  case PA_NN_SQUARED_DIFFERENCE:
  case PA_NN_PRELU:
    return pa_nn_lower_binary(b);
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
    return pa_nn_lower_unary(b);
  case PA_NN_SOFTMAX:
    return pa_nn_lower_softmax(b);
  case PA_NN_AVG_POOL2D:
  case PA_NN_MAX_POOL2D:
    return pa_nn_lower_pool(b);
  case PA_NN_MEAN:
  case PA_NN_SUM:
    return pa_nn_lower_reduce(b);
  case PA_NN_CONCAT:
    return pa_nn_lower_concat(b);
  case PA_NN_SPLIT:
    return pa_nn_lower_split(b);
  case PA_NN_SLICE:
    return pa_nn_lower_slice(b);
  case PA_NN_PAD:
    return pa_nn_lower_pad(b);
  case PA_NN_RESHAPE:
  case PA_NN_RESHAPE_LIKE:
    return b->buffers[b->op->in[0]] == b->buffers[b->op->out[0]]
               ? PA_OK
               : pa_nn_lower_copy(b);
  case PA_NN_TRANSPOSE:
    return pa_nn_lower_transpose(b);
  case PA_NN_RESIZE_BILINEAR:
    return pa_nn_lower_resize_bilinear(b);
  case PA_NN_RESIZE_NEAREST:
    return pa_nn_lower_resize_nearest(b);
  case PA_NN_DEPTH_TO_SPACE:
  case PA_NN_SPACE_TO_DEPTH:
    return pa_nn_lower_depth_space(b);
  case PA_NN_ARGMAX:
    return pa_nn_lower_argmax(b);
  case PA_NN_LAYER_NORM:
  case PA_NN_GROUP_NORM:
    return pa_nn_lower_norm(b);
  case PA_NN_CONSTANT_VALUE:
    return pa_nn_lower_copy(b);
  case PA_NN_SPLIT_LIKE:
    return pa_nn_lower_split(b);
  case PA_NN_SINE_POSITION:
    return pa_nn_lower_sine_position(b);
  case PA_NN_DEFORM_ATTENTION:
    return pa_nn_lower_deform_attention(b);
  case PA_NN_ATTENTION_MASK:
    return pa_nn_lower_attention_mask(b);
  case PA_NN_OP_KINDS:
    break;
  }
  return pa_error_set(b->err, PA_ERROR_INTERNAL, "op without a lowering");
}

/* Who reads a value last; for one that nothing reads, who writes it. */
static void find_last_reads(pa_nn_build *b) {
  memset(b->last, 0, b->graph.value_count * sizeof *b->last);
  for (uint32_t o = 0; o < b->graph.op_count; o++) {
    const pa_nn_op *op = &b->graph.ops[o];
    if (b->fused[o]) continue;
    for (uint32_t i = 0; i < op->in_count; i++)
      if (pa_nn_op_reads(op, i)) b->last[op->in[i]] = o;
    for (uint32_t i = 0; i < op->out_count; i++)
      b->last[op->out[i]] = o;
  }
}

static bool worth_threads(const pa_nn_build *b, uint32_t o) {
  return !b->fused[o] && pa_nn_op_work(&b->graph.ops[o], b->shapes) >=
                             b->net->engine->least_threaded_work;
}

static uint32_t last_threaded_op(const pa_nn_build *b) {
  uint32_t o = b->graph.op_count;
  while (o > 0 && !worth_threads(b, o - 1))
    o--;
  return o - 1; /* PA_NN_NONE when there is none */
}

static pa_status lower_all(pa_nn_build *b) {
  uint32_t last = last_threaded_op(b);
  for (uint32_t o = 0; o < b->graph.op_count; o++) {
    if (b->fused[o]) continue;
    b->op = &b->graph.ops[o];
    b->op_index = o;
    b->threaded = worth_threads(b, o);
    /* After the last of its work a thread sleeps at once instead of spinning
     * in wait for more: what follows is not ours. */
    b->flags = o == last ? XNN_FLAG_YIELD_WORKERS : 0;
    for (uint32_t i = 0; i < b->op->out_count; i++)
      place_result(b, b->op->out[i]);
    pa_status status = lower(b);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

pa_status pa_nn_build_run(pa_nn_build *b) {
  pa_nn_fuse(b);
  find_last_reads(b);
  place_inputs(b);
  pa_status status = place_constants(b);
  return status == PA_OK ? lower_all(b) : status;
}

pa_status pa_nn_build_place(pa_nn_build *b) {
  pa_nn_net *net = b->net;
  pa_status status =
      pa_nn_plan(b->err, net->buffers, net->buffer_count, &net->arena_bytes);
  if (status == PA_OK) status = allocate_ports(b);
  if (status == PA_OK)
    status = pa_nn_engine_reserve(b->err, net->engine, net->arena_bytes);
  return status;
}
