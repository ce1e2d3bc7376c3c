/* How much an op computes. */
#include "nn/graph.h"

double pa_nn_op_macs(const pa_nn_op *op, const pa_nn_shape *shapes) {
  const pa_nn_shape *x = &shapes[op->in[0]], *y = &shapes[op->out[0]];
  double results = (double)pa_nn_count(y);
  int32_t window[2] = {1, 1};
  size_t depth = 0; /* of a convolution's kernel */
  if (op->weight && op->weight->shape.rank >= 3) {
    pa_nn_window(op, window);
    depth = op->weight->shape.dim[3];
  }
  switch (op->kind) {
  case PA_NN_CONV2D:
    return results * window[0] * window[1] * (double)depth;
  case PA_NN_DEPTHWISE_CONV2D:
    return results * window[0] * window[1];
  case PA_NN_DECONV2D:
    return (double)pa_nn_count(x) * window[0] * window[1] * (double)y->dim[3];
  case PA_NN_FULLY_CONNECTED:
  case PA_NN_BATCH_MATMUL:
    return results * (double)x->dim[x->rank - 1];
  default:
    return 0;
  }
}

double pa_nn_op_work(const pa_nn_op *op, const pa_nn_shape *shapes) {
  double work = pa_nn_op_macs(op, shapes);
  double results = 0;
  for (uint32_t i = 0; i < op->in_count; i++)
    if (pa_nn_op_reads(op, i)) work += (double)pa_nn_count(&shapes[op->in[i]]);
  for (uint32_t i = 0; i < op->out_count; i++)
    results += (double)pa_nn_count(&shapes[op->out[i]]);
  if (op->kind == PA_NN_AVG_POOL2D || op->kind == PA_NN_MAX_POOL2D)
    results *= (double)op->size[0] * op->size[1];
  if (op->kind == PA_NN_DEFORM_ATTENTION) /* four pixels a sample */
    results *= 4.0 * (op->in_count - 3) * op->points;
  return work + results;
}
