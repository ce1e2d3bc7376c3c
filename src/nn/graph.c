/* Reading the graph: names, operands, and that every value is written once
 * before it is read, and is read. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "nn/graph.h"
#include "nn/json.h"

typedef struct reader {
  pa_error *err;
  pa_nn_weights *weights;
  pa_nn_graph *graph;
  pa_nn_names names; /* of values */
} reader;

static pa_status bad(const reader *r, const char *what, const char *name) {
  return pa_error_set(r->err, PA_ERROR_WEIGHTS, "graph: %s %.60s", what, name);
}

/* The array `key` of the graph, of 1 to `most` entries. */
static pa_status section(const reader *r, yyjson_val *root, const char *key,
                         size_t most, yyjson_val **array, uint32_t *count) {
  *array = yyjson_obj_get(root, key);
  if (!yyjson_is_arr(*array) || yyjson_arr_size(*array) == 0)
    return bad(r, "no", key);
  if (yyjson_arr_size(*array) > most)
    return pa_error_set(r->err, PA_ERROR_TOO_LARGE,
                        "graph: %zu %s, limit is %zu", yyjson_arr_size(*array),
                        key, most);
  *count = (uint32_t)yyjson_arr_size(*array);
  return PA_OK;
}

/* An object of exactly the keys `a` and `b`. */
static pa_status pair(const reader *r, const char *what, yyjson_val *json,
                      const char *a, const char *b) {
  pa_status status = pa_nn_json_object(r->err, what, json);
  if (status != PA_OK) return status;
  if (yyjson_obj_size(json) == 2 && yyjson_obj_get(json, a) &&
      yyjson_obj_get(json, b))
    return PA_OK;
  return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                      "graph: %s has other keys than %s and %s", what, a, b);
}

static pa_status new_value(reader *r, yyjson_val *json, uint32_t *value) {
  const char *name = pa_nn_json_text(json);
  if (!name) return bad(r, "a value without a", "name");
  if (pa_nn_tensor_find(r->weights, name))
    return bad(r, "value has a tensor's name:", name);
  *value = r->graph->value_count;
  if (!pa_nn_names_add(&r->names, name, *value))
    return bad(r, "value written twice:", name);
  r->graph->values[r->graph->value_count++] = (pa_nn_value){.name = name};
  return PA_OK;
}

static pa_status read_input_shape(const reader *r, const char *name,
                                  yyjson_val *json, pa_nn_shape *shape) {
  size_t i, count;
  yyjson_val *dim;
  uint64_t product = 1;
  shape->rank = yyjson_arr_size(json);
  if (!yyjson_is_arr(json) || shape->rank < 1 ||
      shape->rank > PA_LIMIT_TENSOR_RANK)
    return bad(r, "shape is not a list of 1 to 6 numbers: input", name);
  yyjson_arr_foreach(json, i, count, dim) {
    if (!yyjson_is_uint(dim) || yyjson_get_uint(dim) > PA_LIMIT_TENSOR_ELEMENTS)
      return bad(r, "dimension out of range: input", name);
    shape->dim[i] = (size_t)yyjson_get_uint(dim);
    if (shape->dim[i]) product *= shape->dim[i];
    if (product > PA_LIMIT_TENSOR_ELEMENTS)
      return pa_error_set(r->err, PA_ERROR_TOO_LARGE,
                          "input %.60s: over %u elements", name,
                          PA_LIMIT_TENSOR_ELEMENTS);
  }
  return PA_OK;
}

static pa_status read_inputs(reader *r, yyjson_val *array) {
  size_t i, count;
  yyjson_val *json;
  yyjson_arr_foreach(array, i, count, json) {
    pa_nn_port *port = &r->graph->inputs[i];
    pa_status status = pair(r, "an input", json, "name", "shape");
    if (status != PA_OK) return status;
    status = new_value(r, yyjson_obj_get(json, "name"), &port->value);
    if (status != PA_OK) return status;
    port->name = r->graph->values[port->value].name;
    status = read_input_shape(r, port->name, yyjson_obj_get(json, "shape"),
                              &port->shape);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

static pa_status read_outputs(reader *r, yyjson_val *array) {
  size_t i, count;
  yyjson_val *json;
  yyjson_arr_foreach(array, i, count, json) {
    pa_nn_port *port = &r->graph->outputs[i];
    pa_status status = pair(r, "an output", json, "name", "value");
    if (status != PA_OK) return status;
    port->name = pa_nn_json_text(yyjson_obj_get(json, "name"));
    const char *value = pa_nn_json_text(yyjson_obj_get(json, "value"));
    if (!port->name || !value) return bad(r, "an output without a", "name");
    for (size_t j = 0; j < i; j++)
      if (!strcmp(r->graph->outputs[j].name, port->name))
        return bad(r, "output twice:", port->name);
    if (!pa_nn_names_find(&r->names, value, &port->value) ||
        port->value < r->graph->input_count ||
        r->graph->values[port->value].constant)
      return bad(r, "output of a value that no op writes:", value);
    r->graph->values[port->value].used = true;
  }
  return PA_OK;
}

/* A constant operand is a value too, made when it is first named. */
static pa_status constant_value(reader *r, const char *name, uint32_t *value) {
  const pa_nn_tensor *tensor = pa_nn_tensor_find(r->weights, name);
  if (!tensor) return bad(r, "no value and no tensor:", name);
  if (tensor->dtype != PA_NN_F32 && tensor->dtype != PA_NN_F16)
    return bad(r, "constant operand is not F32 or F16:", name);
  *value = r->graph->value_count;
  if (!pa_nn_names_add(&r->names, name, *value))
    return bad(r, "value written twice:", name);
  r->graph->values[r->graph->value_count++] =
      (pa_nn_value){.name = tensor->name, .constant = tensor};
  return PA_OK;
}

static pa_status read_operands(reader *r, const char *label, yyjson_val *json,
                               pa_nn_op *op) {
  const pa_nn_op_info *info = pa_nn_op_info_of(op->kind);
  size_t i, count = yyjson_arr_size(json), constants = 0;
  yyjson_val *item;
  if (!yyjson_is_arr(json) || count < info->min_in || count > info->max_in)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%s: %zu operands, wants %u to %u", label, count,
                        info->min_in, info->max_in);
  op->in_count = (uint32_t)count;
  yyjson_arr_foreach(json, i, count, item) {
    const char *name = pa_nn_json_text(item);
    if (!name)
      return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                          "%s: operand %zu is not a name", label, i);
    if (!pa_nn_names_find(&r->names, name, &op->in[i])) {
      pa_status status = constant_value(r, name, &op->in[i]);
      if (status != PA_OK) return status;
    }
    constants += r->graph->values[op->in[i]].constant != NULL;
    r->graph->values[op->in[i]].used = true;
  }
  bool sole = op->kind == PA_NN_CONSTANT_VALUE; /* its only operand is one */
  if (sole && !constants)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%s: operand %.60s is no constant", label,
                        r->graph->values[op->in[0]].name);
  if (!sole && constants > 0 && (!info->constants || constants == count))
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%s: operand %.60s is a constant", label,
                        r->graph->values[op->in[0]].name);
  return PA_OK;
}

static pa_status read_results(reader *r, const char *label, yyjson_val *json,
                              pa_nn_op *op) {
  const pa_nn_op_info *info = pa_nn_op_info_of(op->kind);
  size_t i, count = yyjson_arr_size(json);
  yyjson_val *item;
  if (!yyjson_is_arr(json) || count < info->min_out || count > info->max_out)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%s: %zu results, wants %u to %u", label, count,
                        info->min_out, info->max_out);
  op->out_count = (uint32_t)count;
  yyjson_arr_foreach(json, i, count, item) {
    pa_status status = new_value(r, item, &op->out[i]);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

static pa_status read_op(reader *r, uint32_t index, yyjson_val *json) {
  pa_nn_op *op = &r->graph->ops[index];
  char label[96];
  snprintf(label, sizeof label, "op %u", index);
  pa_status status = pa_nn_json_object(r->err, label, json);
  if (status != PA_OK) return status;
  const char *name = pa_nn_json_text(yyjson_obj_get(json, "op"));
  if (!name || !pa_nn_op_find(name, &op->kind))
    return pa_error_set(r->err, PA_ERROR_WEIGHTS, "%s: no such op: %.40s",
                        label, name ? name : "(none)");
  snprintf(label, sizeof label, "op %u (%s)", index, name);
  status = read_operands(r, label, yyjson_obj_get(json, "in"), op);
  if (status != PA_OK) return status;
  status = pa_nn_attributes_read(r->err, label, r->weights, json, op);
  if (status != PA_OK) return status;
  return read_results(r, label, yyjson_obj_get(json, "out"), op);
}

static pa_status read_ops(reader *r, yyjson_val *array) {
  size_t i, count;
  yyjson_val *json;
  yyjson_arr_foreach(array, i, count, json) {
    pa_status status = read_op(r, (uint32_t)i, json);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

/* No more values than this: each is an input or named by an op. */
static size_t most_values(uint32_t inputs, yyjson_val *ops) {
  size_t i, count, most = inputs;
  yyjson_val *op;
  yyjson_arr_foreach(ops, i, count, op) {
    size_t in = yyjson_arr_size(yyjson_obj_get(op, "in"));
    size_t out = yyjson_arr_size(yyjson_obj_get(op, "out"));
    most += in < PA_LIMIT_OP_OPERANDS ? in : PA_LIMIT_OP_OPERANDS;
    most += out < PA_LIMIT_OP_OPERANDS ? out : PA_LIMIT_OP_OPERANDS;
  }
  return most;
}

static pa_status reserve(reader *r, size_t values) {
  pa_nn_graph *g = r->graph;
  g->ops = pa_mem_calloc(g->op_count, sizeof *g->ops);
  g->values = pa_mem_calloc(values, sizeof *g->values);
  g->inputs = pa_mem_calloc(g->input_count, sizeof *g->inputs);
  g->outputs = pa_mem_calloc(g->output_count, sizeof *g->outputs);
  if (g->ops && g->values && g->inputs && g->outputs &&
      pa_nn_names_init(&r->names, values))
    return PA_OK;
  return pa_error_memory(r->err, g->op_count * sizeof *g->ops, "the graph");
}

static pa_status check_used(const reader *r) {
  for (uint32_t v = 0; v < r->graph->value_count; v++)
    if (!r->graph->values[v].used)
      return bad(r, "value is never used:", r->graph->values[v].name);
  return PA_OK;
}

static pa_status read_all(reader *r, yyjson_val *root) {
  yyjson_val *inputs, *outputs, *ops;
  pa_nn_graph *g = r->graph;
  if (yyjson_obj_size(root) != 3)
    return bad(r, "keys are not inputs, outputs and", "ops");
  pa_status status = section(r, root, "inputs", PA_LIMIT_GRAPH_PORTS, &inputs,
                             &g->input_count);
  if (status == PA_OK)
    status = section(r, root, "outputs", PA_LIMIT_GRAPH_PORTS, &outputs,
                     &g->output_count);
  if (status == PA_OK)
    status = section(r, root, "ops", PA_LIMIT_GRAPH_OPS, &ops, &g->op_count);
  if (status == PA_OK) status = reserve(r, most_values(g->input_count, ops));
  if (status == PA_OK) status = read_inputs(r, inputs);
  if (status == PA_OK) status = read_ops(r, ops);
  if (status == PA_OK) status = read_outputs(r, outputs);
  if (status == PA_OK) status = check_used(r);
  return status;
}

pa_status pa_nn_graph_read(pa_error *err, pa_nn_weights *weights,
                           yyjson_val *root) {
  reader r = {.err = err, .weights = weights, .graph = &weights->graph};
  pa_status status = pa_nn_json_object(err, "graph", root);
  if (status == PA_OK) status = read_all(&r, root);
  pa_nn_names_free(&r.names);
  return status;
}

void pa_nn_graph_free(pa_nn_graph *graph) {
  pa_mem_free(graph->ops);
  pa_mem_free(graph->values);
  pa_mem_free(graph->inputs);
  pa_mem_free(graph->outputs);
  *graph = (pa_nn_graph){0};
}

void pa_nn_op_label(const pa_nn_graph *graph, const pa_nn_op *op, char *text,
                    size_t size) {
  snprintf(text, size, "op %u (%s %.40s)", (unsigned)(op - graph->ops),
           pa_nn_op_info_of(op->kind)->name, graph->values[op->out[0]].name);
}
