/* The public calls that make, reshape and destroy a network. */
#include <stdio.h>
#include <string.h>

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
    b->net->step_capacity += op->in_count + op->out_count + 1;
  }
  b->net->buffer_capacity = b->graph.value_count + b->net->step_capacity;
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

/* The table of what is packed, unless a network of another shape has it. */
static pa_status reserve_packed(pa_nn_build *b) {
  pa_nn_net *net = b->net;
  uint32_t count = b->graph.value_count;
  if (!net->packed) {
    net->packed = pa_mem_calloc(count, sizeof *net->packed);
    if (!net->packed)
      return pa_error_memory(b->err, count * sizeof *net->packed,
                             "the network");
    net->value_count = count;
  }
  if (net->value_count == count) return PA_OK;
  return pa_error_set(b->err, PA_ERROR_ARGUMENT,
                      "the network was made from another file");
}

static pa_status reserve_net(pa_nn_build *b) {
  pa_nn_net *net = b->net;
  const pa_nn_graph *graph = &b->graph;
  pa_status status = reserve_packed(b);
  if (status != PA_OK) return status;
  count_capacity(b);
  net->steps = pa_mem_calloc(b->net->step_capacity, sizeof *net->steps);
  net->buffers = pa_mem_calloc(b->net->buffer_capacity, sizeof *net->buffers);
  net->inputs = pa_mem_calloc(graph->input_count, sizeof *net->inputs);
  net->outputs = pa_mem_calloc(graph->output_count, sizeof *net->outputs);
  if (net->steps && net->buffers && net->inputs && net->outputs) return PA_OK;
  return pa_error_memory(b->err, b->net->step_capacity * sizeof *net->steps,
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
  b->net->macs = 0;
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

/* Memory for the steps to run in, and names to ask by. */
static pa_status make_ready(pa_nn_build *b, const pa_nn_graph *graph,
                            const pa_nn_net_options *options) {
  pa_nn_net *net = b->net;
  pa_status status = pa_nn_build_place(b);
  if (status == PA_OK)
    status = name_ports(b, graph->inputs, graph->input_count, net->inputs,
                        &net->input_count);
  if (status == PA_OK)
    status = name_ports(b, b->graph.outputs, b->graph.output_count,
                        net->outputs, &net->output_count);
  if (status == PA_OK && options && options->profile) status = name_timings(b);
  net->ready = status == PA_OK;
  return status;
}

static pa_status make(pa_nn_build *b, const pa_nn_graph *graph,
                      const pa_nn_net_options *options) {
  pa_nn_shape inputs[PA_LIMIT_GRAPH_PORTS];
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
  if (status == PA_OK && !(options && options->pack_only))
    status = make_ready(b, graph, options);
  return status;
}

static void free_ports(pa_nn_net_port *ports, uint32_t count) {
  for (uint32_t i = 0; i < count; i++)
    pa_mem_free(ports[i].name);
  pa_mem_free(ports);
}

static void free_steps(pa_nn_net *net) {
  for (uint32_t s = 0; s < net->step_count; s++) {
    pa_nn_step *step = &net->steps[s];
    if (step->packed) continue;
    if (step->xnn) xnn_delete_operator(step->xnn);
    pa_mem_free(step->loop.weight);
    pa_mem_free(step->loop.bias);
  }
  pa_mem_free(net->steps);
}

static void free_buffers(pa_nn_net *net) {
  for (uint32_t i = 0; i < net->buffer_count; i++)
    if (net->buffers[i].place != PA_NN_CONSTANT)
      pa_mem_free(net->buffers[i].memory);
  pa_mem_free(net->buffers);
}

/* Leaves what is packed, and nothing that has to do with an input shape. */
static void clear(pa_nn_net *net) {
  for (uint32_t i = 0; i < net->timing_count; i++)
    pa_mem_free(net->timings[i].name);
  pa_mem_free(net->timings);
  free_ports(net->inputs, net->input_count);
  free_ports(net->outputs, net->output_count);
  size_t before = pa_nn_engine_tally();
  free_steps(net);
  size_t bytes = net->operator_bytes + pa_nn_engine_tally() - before;
  free_buffers(net);
  *net = (pa_nn_net){.engine = net->engine,
                     .packed = net->packed,
                     .value_count = net->value_count,
                     .operator_bytes = bytes};
}

static pa_status build(pa_error *err, pa_nn_net *net,
                       const pa_nn_weights *weights,
                       const pa_nn_net_options *options) {
  pa_nn_build b = {.err = err,
                   .compact = options && options->compact,
                   .int8 = options && options->int8,
                   .net = net};
  size_t before = pa_nn_engine_tally();
  pa_status status = make(&b, &weights->graph, options);
  net->operator_bytes += pa_nn_engine_tally() - before;
  release_build(&b);
  if (!net->ready) clear(net);
  return status;
}

pa_status pa_nn_net_create(pa_error *err, pa_nn_engine *engine,
                           const pa_nn_weights *weights,
                           const pa_nn_net_options *options, pa_nn_net **net) {
  if (!engine || !weights || !net)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "an argument is NULL");
  pa_nn_net *made = pa_mem_calloc(1, sizeof *made);
  if (!made) return pa_error_memory(err, sizeof *made, "the network");
  made->engine = engine;
  pa_status status = build(err, made, weights, options);
  if (status != PA_OK)
    pa_nn_net_destroy(made);
  else
    *net = made;
  return status;
}

pa_status pa_nn_net_reshape(pa_error *err, pa_nn_net *net,
                            const pa_nn_weights *weights,
                            const pa_nn_net_options *options) {
  if (!net || !weights)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "an argument is NULL");
  clear(net);
  return build(err, net, weights, options);
}

void pa_nn_net_destroy(pa_nn_net *net) {
  if (!net) return;
  clear(net);
  for (uint32_t v = 0; v < net->value_count; v++)
    pa_nn_packed_free(&net->packed[v]);
  pa_mem_free(net->packed);
  pa_mem_free(net);
}
