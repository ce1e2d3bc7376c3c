/* The public calls of a network: make, run, ask, destroy. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "nn/net.h"

/* ---------------------------------------------------------------- create */

/* The input shapes: the file's, filled in with the caller's. */
static pa_status choose_shapes(pa_error *err, const pa_nn_graph *graph,
                               const pa_nn_shape *given, pa_nn_shape *chosen) {
  for (uint32_t i = 0; i < graph->input_count; i++) {
    const pa_nn_port *port = &graph->inputs[i];
    chosen[i] = given ? given[i] : port->shape;
    if (chosen[i].rank != port->shape.rank)
      return pa_error_set(err, PA_ERROR_ARGUMENT,
                          "input %.60s: rank %zu, expected %zu", port->name,
                          chosen[i].rank, port->shape.rank);
    uint64_t count = 1;
    for (size_t d = 0; d < chosen[i].rank; d++) {
      size_t fixed = port->shape.dim[d], dim = chosen[i].dim[d];
      if (dim == 0 || (fixed != 0 && fixed != dim))
        return pa_error_set(err, PA_ERROR_ARGUMENT,
                            "input %.60s: dimension %zu is %zu, file has %zu",
                            port->name, d, dim, fixed);
      if (dim > PA_LIMIT_TENSOR_ELEMENTS ||
          (count *= dim) > PA_LIMIT_TENSOR_ELEMENTS)
        return pa_error_set(err, PA_ERROR_TOO_LARGE,
                            "input %.60s: over %u elements", port->name,
                            PA_LIMIT_TENSOR_ELEMENTS);
    }
  }
  return PA_OK;
}

static void count_uses(pa_nn_build *b) {
  for (uint32_t o = 0; o < b->graph.op_count; o++)
    for (uint32_t i = 0; i < b->graph.ops[o].in_count; i++)
      b->uses[b->graph.ops[o].in[i]]++;
  for (uint32_t i = 0; i < b->graph.output_count; i++)
    b->uses[b->graph.outputs[i].value]++;
}

/* At most a step for each operand or result and one more, each with a buffer of
 * its own beside those of the values. */
static void count_capacity(pa_nn_build *b) {
  for (uint32_t o = 0; o < b->graph.op_count; o++) {
    const pa_nn_op *op = &b->graph.ops[o];
    b->step_capacity += op->in_count + op->out_count + 1;
  }
  b->buffer_capacity = b->graph.value_count + b->step_capacity;
}

static pa_status copy_graph(pa_nn_build *b, const pa_nn_graph *graph) {
  b->graph = *graph;
  b->graph.ops = pa_mem_calloc(graph->op_count, sizeof *b->graph.ops);
  b->graph.outputs =
      pa_mem_calloc(graph->output_count, sizeof *b->graph.outputs);
  b->fused = pa_mem_calloc(graph->op_count, sizeof *b->fused);
  b->shapes = pa_mem_calloc(graph->value_count, sizeof *b->shapes);
  b->uses = pa_mem_calloc(graph->value_count, sizeof *b->uses);
  b->buffers = pa_mem_calloc(graph->value_count, sizeof *b->buffers);
  b->last = pa_mem_calloc(graph->value_count, sizeof *b->last);
  if (!b->graph.ops || !b->graph.outputs || !b->fused || !b->shapes ||
      !b->uses || !b->buffers || !b->last)
    return pa_error_memory(b->err, graph->op_count * sizeof *b->graph.ops,
                           "the graph");
  memcpy(b->graph.ops, graph->ops, graph->op_count * sizeof *b->graph.ops);
  memcpy(b->graph.outputs, graph->outputs,
         graph->output_count * sizeof *b->graph.outputs);
  return PA_OK;
}

static pa_status reserve_net(pa_nn_build *b) {
  pa_nn_net *net = b->net;
  const pa_nn_graph *graph = &b->graph;
  count_capacity(b);
  net->steps = pa_mem_calloc(b->step_capacity, sizeof *net->steps);
  net->buffers = pa_mem_calloc(b->buffer_capacity, sizeof *net->buffers);
  net->inputs = pa_mem_calloc(graph->input_count, sizeof *net->inputs);
  net->outputs = pa_mem_calloc(graph->output_count, sizeof *net->outputs);
  if (net->steps && net->buffers && net->inputs && net->outputs) return PA_OK;
  return pa_error_memory(b->err, b->step_capacity * sizeof *net->steps,
                         "the network");
}

static void release_build(pa_nn_build *b) {
  pa_mem_free(b->graph.ops);
  pa_mem_free(b->graph.outputs);
  pa_mem_free(b->fused);
  pa_mem_free(b->shapes);
  pa_mem_free(b->uses);
  pa_mem_free(b->buffers);
  pa_mem_free(b->last);
}

static pa_status check_work(pa_nn_build *b, const pa_nn_net_options *options) {
  double most = PA_LIMIT_NET_MACS, work = 0;
  if (options && options->max_work > 0) most = options->max_work;
  for (uint32_t o = 0; o < b->graph.op_count; o++) {
    b->net->macs += pa_nn_op_macs(&b->graph.ops[o], b->shapes);
    work += pa_nn_op_work(&b->graph.ops[o], b->shapes);
  }
  if (work <= most) return PA_OK;
  return pa_error_set(b->err, PA_ERROR_TOO_LARGE,
                      "a run of %.3g operations, limit is %.3g", work, most);
}

static pa_status name_ports(pa_nn_build *b, const pa_nn_port *from,
                            uint32_t count, pa_nn_net_port *ports,
                            uint32_t *made) {
  for (uint32_t i = 0; i < count; i++) {
    ports[i].name = pa_mem_strdup(from[i].name);
    if (!ports[i].name)
      return pa_error_memory(b->err, strlen(from[i].name), "a name");
    ports[i].shape = b->shapes[from[i].value];
    ports[i].buffer = b->buffers[from[i].value];
    *made = i + 1;
  }
  return PA_OK;
}

static pa_status name_timings(pa_nn_build *b) {
  pa_nn_net *net = b->net;
  net->timings =
      pa_mem_calloc((size_t)net->step_count + 1, sizeof *net->timings);
  if (!net->timings)
    return pa_error_memory(b->err, net->step_count * sizeof *net->timings,
                           "timings");
  for (uint32_t s = 0; s < net->step_count; s++) {
    const pa_nn_op *op = &b->graph.ops[net->steps[s].op];
    if (s > 0 && net->steps[s - 1].op == net->steps[s].op) continue;
    char name[96];
    snprintf(name, sizeof name, "%s %.60s", pa_nn_op_info_of(op->kind)->name,
             b->graph.values[op->out[0]].name);
    pa_nn_timing *timing = &net->timings[net->timing_count];
    timing->op = net->steps[s].op;
    timing->name = pa_mem_strdup(name);
    if (!timing->name) return pa_error_memory(b->err, sizeof name, "a name");
    net->timing_count++;
  }
  return PA_OK;
}

/* What the network holds beside XNNPACK's operators. */
static size_t own_bytes(const pa_nn_build *b) {
  const pa_nn_net *net = b->net;
  size_t bytes = sizeof *net + b->step_capacity * sizeof *net->steps +
                 b->buffer_capacity * sizeof *net->buffers;
  for (uint32_t s = 0; s < net->step_count; s++)
    bytes += net->steps[s].loop.bytes;
  for (uint32_t i = 0; i < net->buffer_count; i++)
    if (net->buffers[i].memory) bytes += net->buffers[i].bytes + PA_NN_SLACK;
  return bytes;
}

static pa_status make(pa_nn_build *b, const pa_nn_graph *graph,
                      const pa_nn_net_options *options) {
  pa_nn_shape inputs[PA_LIMIT_GRAPH_PORTS];
  pa_nn_net *net = b->net;
  size_t before = pa_nn_engine_tally();
  pa_status status = choose_shapes(
      b->err, graph, options ? options->input_shapes : NULL, inputs);
  if (status == PA_OK) status = copy_graph(b, graph);
  if (status == PA_OK)
    status = pa_nn_infer(b->err, &b->graph, inputs, b->shapes);
  if (status == PA_OK)
    status = pa_nn_prune(b, options ? options->outputs : NULL);
  if (status == PA_OK) status = check_work(b, options);
  if (status == PA_OK) status = reserve_net(b);
  if (status != PA_OK) return status;
  count_uses(b);
  status = pa_nn_build_run(b);
  if (status == PA_OK)
    status = name_ports(b, graph->inputs, graph->input_count, net->inputs,
                        &net->input_count);
  if (status == PA_OK)
    status = name_ports(b, b->graph.outputs, b->graph.output_count,
                        net->outputs, &net->output_count);
  if (status == PA_OK && options && options->profile) status = name_timings(b);
  net->bytes = pa_nn_engine_tally() - before + own_bytes(b);
  return status;
}

pa_status pa_nn_net_create(pa_error *err, pa_nn_engine *engine,
                           const pa_nn_weights *weights,
                           const pa_nn_net_options *options, pa_nn_net **net) {
  if (!engine || !weights || !net)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "an argument is NULL");
  pa_nn_build b = {.err = err,
                   .compact = options && options->compact,
                   .int8 = options && options->int8,
                   .net = pa_mem_calloc(1, sizeof **net)};
  if (!b.net) return pa_error_memory(err, sizeof **net, "the network");
  b.net->engine = engine;
  pa_status status = make(&b, &weights->graph, options);
  release_build(&b);
  if (status != PA_OK) {
    pa_nn_net_destroy(b.net);
    return status;
  }
  *net = b.net;
  return PA_OK;
}

static void free_ports(pa_nn_net_port *ports, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    pa_mem_free(ports[i].name);
  pa_mem_free(ports);
}

void pa_nn_net_destroy(pa_nn_net *net) {
  if (!net) return;
  for (uint32_t s = 0; s < net->step_count; s++) {
    pa_nn_step *step = &net->steps[s];
    if (step->xnn) xnn_delete_operator(step->xnn);
    pa_mem_free(step->loop.weight);
    pa_mem_free(step->loop.bias);
  }
  for (uint32_t i = 0; i < net->buffer_count; i++)
    pa_mem_free(net->buffers[i].memory);
  for (uint32_t i = 0; i < net->timing_count; i++)
    pa_mem_free(net->timings[i].name);
  free_ports(net->inputs, net->input_count);
  free_ports(net->outputs, net->output_count);
  pa_mem_free(net->timings);
  pa_mem_free(net->buffers);
  pa_mem_free(net->steps);
  pa_mem_free(net);
}

/* ------------------------------------------------------------------- run */

static void *address(const pa_nn_net *net, pa_nn_slot slot) {
  if (slot.buffer == PA_NN_NONE) return NULL;
  const pa_nn_buffer *buffer = &net->buffers[slot.buffer];
  float *start = buffer->memory;
  if (!start) start = (float *)(void *)(net->engine->arena + buffer->offset);
  return start + slot.offset;
}

/* Gives every step its pointers. Allocates nothing. */
static pa_status set_up(pa_error *err, pa_nn_net *net) {
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
    enum xnn_status status = step->setup(step->xnn, workspace, a, b, y);
    if (status != xnn_status_success)
      return pa_error_set(err, PA_ERROR_INTERNAL,
                          "step %u: XNNPACK's set-up says %d", s, status);
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
  return net->bytes;
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
