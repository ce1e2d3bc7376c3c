/* Running a network, and what it can be asked. */
#include <string.h>

#include "base/clock.h"
#include "nn/net.h"

/* ------------------------------------------------------------------- run */

static void *address(const pa_nn_net *net, pa_nn_slot slot) {
  if (slot.buffer == PA_NN_NONE) return NULL;
  const pa_nn_buffer *buffer = &net->buffers[slot.buffer];
  float *start = buffer->memory;
  if (!start) start = (float *)(void *)(net->engine->arena + buffer->offset);
  return start + slot.offset;
}

/* Gives every step its pointers. Allocates nothing, unless the arena was lost
 * when it should have grown for another network. */
static pa_status set_up(pa_error *err, pa_nn_net *net) {
  pa_status status = pa_nn_engine_reserve(err, net->engine, net->arena_bytes);
  if (status != PA_OK) return status;
  for (uint32_t s = 0; s < net->step_count; s++) {
    pa_nn_step *step = &net->steps[s];
    const float *a = address(net, step->in[0]), *b = address(net, step->in[1]);
    float *y = address(net, step->out);
    void *workspace = address(net, (pa_nn_slot){.buffer = step->workspace});
    step->loop.a = a;
    step->loop.b = b;
    step->loop.c = address(net, step->in[2]);
    step->loop.y = y;
    if (!step->xnn) continue;
    enum xnn_status says = step->setup(step->xnn, workspace, a, b, y);
    if (says != xnn_status_success)
      return pa_error_set(err, PA_ERROR_INTERNAL,
                          "step %u: XNNPACK's set-up says %d", s, says);
  }
  net->moves = net->engine->moves;
  net->set_up = true;
  return PA_OK;
}

static pa_status run_step(pa_error *err, pa_nn_net *net, uint32_t s) {
  pa_nn_step *step = &net->steps[s];
  pthreadpool_t pool = step->threaded ? net->engine->pool : NULL;
  if (!step->xnn) {
    pa_nn_engine_run(pool, step->loop.count, step->loop.task, &step->loop,
                     s + 1 == net->step_count);
    return PA_OK;
  }
  if (step->clear)
    memset(address(net, (pa_nn_slot){.buffer = step->workspace}), 0,
           step->clear);
  enum xnn_status status = xnn_run_operator(step->xnn, pool);
  if (status == xnn_status_success) return PA_OK;
  return pa_error_set(err, PA_ERROR_INTERNAL, "step %u: XNNPACK says %d", s,
                      status);
}

static void clear_timings(pa_nn_net *net) {
  for (uint32_t i = 0; i < net->timing_count; i++)
    net->timings[i].ms = 0;
}

pa_status pa_nn_net_run(pa_error *err, pa_nn_net *net,
                        const atomic_int *cancel) {
  pa_status status = PA_OK;
  double start = 0;
  uint32_t timing = 0;
  if (!net->ready)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "the network has no input shape yet");
  if (!net->set_up || net->moves != net->engine->moves)
    status = set_up(err, net);
  clear_timings(net);
  if (net->timings) start = pa_clock_ms();
  for (uint32_t s = 0; status == PA_OK && s < net->step_count; s++) {
    if (cancel && atomic_load_explicit(cancel, memory_order_relaxed))
      return pa_error_set(err, PA_ERROR_CANCELLED, "cancelled");
    status = run_step(err, net, s);
    if (!net->timings) continue;
    if (net->timings[timing].op != net->steps[s].op) timing++;
    double end = pa_clock_ms();
    net->timings[timing].ms += end - start;
    start = end;
  }
  return status;
}

/* ------------------------------------------------------------------- ask */

static const pa_nn_net_port *find_port(const pa_nn_net_port *ports,
                                       uint32_t count, const char *name) {
  for (uint32_t i = 0; i < count; i++)
    if (strcmp(ports[i].name, name) == 0) return &ports[i];
  return NULL;
}

float *pa_nn_net_input(pa_nn_net *net, const char *name, pa_nn_shape *shape) {
  const pa_nn_net_port *port = find_port(net->inputs, net->input_count, name);
  if (!port) return NULL;
  if (shape) *shape = port->shape;
  return net->buffers[port->buffer].memory;
}

const float *pa_nn_net_output(const pa_nn_net *net, const char *name,
                              pa_nn_shape *shape) {
  const pa_nn_net_port *port = find_port(net->outputs, net->output_count, name);
  if (!port) return NULL;
  if (shape) *shape = port->shape;
  return net->buffers[port->buffer].memory;
}

size_t pa_nn_net_bytes(const pa_nn_net *net) {
  size_t bytes = sizeof *net + net->step_capacity * sizeof *net->steps +
                 net->buffer_capacity * sizeof *net->buffers +
                 net->value_count * sizeof *net->packed + net->operator_bytes;
  for (uint32_t v = 0; v < net->value_count; v++)
    bytes += net->packed[v].bytes;
  for (uint32_t s = 0; s < net->step_count; s++)
    bytes += net->steps[s].loop.bytes;
  for (uint32_t i = 0; i < net->buffer_count; i++)
    if (net->buffers[i].place != PA_NN_CONSTANT && net->buffers[i].memory)
      bytes += net->buffers[i].bytes + PA_NN_SLACK;
  return bytes;
}

size_t pa_nn_net_arena_bytes(const pa_nn_net *net) {
  return net->arena_bytes;
}

double pa_nn_net_macs(const pa_nn_net *net) {
  return net->macs;
}

size_t pa_nn_net_profile_count(const pa_nn_net *net) {
  return net->timing_count;
}

double pa_nn_net_profile(const pa_nn_net *net, size_t index, const char **op) {
  if (index >= net->timing_count) return 0;
  if (op) *op = net->timings[index].name;
  return net->timings[index].ms;
}
