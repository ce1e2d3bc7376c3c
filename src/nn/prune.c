/* Leaving out what no wanted output needs. */
#include <string.h>

#include "nn/net.h"

/* The graph's outputs become the wanted ones, in the file's order. */
static pa_status choose_outputs(pa_nn_build *b, const char *const *names) {
  pa_nn_graph *g = &b->graph;
  uint32_t count = 0;
  for (uint32_t k = 0; names[k]; k++) {
    uint32_t i = 0;
    while (i < g->output_count && strcmp(g->outputs[i].name, names[k]) != 0)
      i++;
    if (i == g->output_count)
      return pa_error_set(b->err, PA_ERROR_WEIGHTS,
                          "the network has no output %.60s", names[k]);
    b->uses[g->outputs[i].value] = 1;
  }
  for (uint32_t i = 0; i < g->output_count; i++) {
    uint32_t k = 0;
    while (names[k] && strcmp(g->outputs[i].name, names[k]) != 0)
      k++;
    if (names[k]) g->outputs[count++] = g->outputs[i];
  }
  g->output_count = count;
  if (count > 0) return PA_OK;
  return pa_error_set(b->err, PA_ERROR_ARGUMENT, "no output is wanted");
}

static bool is_needed(const pa_nn_build *b, const pa_nn_op *op) {
  for (uint32_t i = 0; i < op->out_count; i++)
    if (b->uses[op->out[i]]) return true;
  return false;
}

pa_status pa_nn_prune(pa_nn_build *b, const char *const *outputs) {
  if (!outputs) return PA_OK;
  pa_nn_graph *g = &b->graph;
  pa_status status = choose_outputs(b, outputs);
  if (status != PA_OK) return status;
  for (uint32_t o = g->op_count; o-- > 0;) {
    const pa_nn_op *op = &g->ops[o];
    if (!is_needed(b, op)) continue;
    for (uint32_t i = 0; i < op->in_count; i++)
      if (pa_nn_op_reads(op, i)) b->uses[op->in[i]] = 1;
  }
  uint32_t kept = 0;
  for (uint32_t o = 0; o < g->op_count; o++)
    if (is_needed(b, &g->ops[o])) g->ops[kept++] = g->ops[o];
  g->op_count = kept;
  memset(b->uses, 0, g->value_count * sizeof *b->uses);
  return PA_OK;
}
