/* What networks keep of their file's weights. */
#include "base/mem.h"
#include "nn/net.h"

pa_nn_packed *pa_nn_build_packed(const pa_nn_build *b) {
  return &b->net->packed[b->op->out[0]];
}

pa_nn_step *pa_nn_build_packed_step(pa_nn_build *b) {
  const pa_nn_packed *packed = pa_nn_build_packed(b);
  pa_nn_step *step = pa_nn_build_step(b);
  step->packed = true;
  step->xnn = packed->xnn;
  step->setup = packed->setup;
  step->loop.weight = packed->weight;
  step->loop.bias = packed->bias;
  return step;
}

pa_status pa_nn_build_pack(pa_nn_build *b, enum xnn_status status,
                           xnn_operator_t made, pa_nn_setup setup) {
  pa_nn_packed *packed = pa_nn_build_packed(b);
  pa_status told = pa_nn_build_check(b, status, made);
  if (told != PA_OK) return told;
  if (packed->xnn) xnn_delete_operator(packed->xnn);
  packed->xnn = made;
  packed->setup = setup;
  return PA_OK;
}

void pa_nn_packed_free(pa_nn_packed *packed) {
  if (packed->xnn) xnn_delete_operator(packed->xnn);
  pa_mem_free(packed->weight);
  pa_mem_free(packed->bias);
  *packed = (pa_nn_packed){0};
}
