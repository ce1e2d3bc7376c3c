/* Shapes of products and of what broadcasts. */
#include "nn/shape.h"

pa_status pa_infer_fully_connected(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  pa_status status = pa_infer_weight_rank(c, 2);
  if (status != PA_OK) return status;
  const size_t *w = c->op->weight->shape.dim;
  if (x->dim[x->rank - 1] != w[1])
    return pa_infer_bad(c, "last axis is %zu, weight wants %zu",
                        x->dim[x->rank - 1], w[1]);
  status = pa_infer_check_channels(c, w[0]);
  if (status != PA_OK) return status;
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  for (size_t i = 0; i < x->rank; i++)
    dims[i] = (int64_t)x->dim[i];
  dims[x->rank - 1] = (int64_t)w[0];
  return pa_infer_set(c, 0, x->rank, dims);
}

/* The dimension `from_end` (1 is the last), 1 beyond the first. */
static int64_t dim_from_end(const pa_nn_shape *shape, size_t from_end) {
  return from_end > shape->rank ? 1
                                : (int64_t)shape->dim[shape->rank - from_end];
}

/* NumPy's rule on dimensions from `skip + 1` on, counted from the end. */
static pa_status broadcast(const pa_infer *c, size_t skip, size_t rank,
                           int64_t *dims) {
  for (size_t e = skip + 1; e <= rank; e++) {
    int64_t a = dim_from_end(pa_infer_in(c, 0), e),
            b = dim_from_end(pa_infer_in(c, 1), e);
    if (a != b && a != 1 && b != 1)
      return pa_infer_bad(c, "dimensions %lld and %lld do not go together",
                          (long long)a, (long long)b);
    dims[rank - e] = a == 1 ? b : a;
  }
  return PA_OK;
}

static size_t larger_rank(const pa_infer *c) {
  size_t a = pa_infer_in(c, 0)->rank, b = pa_infer_in(c, 1)->rank;
  return a > b ? a : b;
}

pa_status pa_infer_batch_matmul(const pa_infer *c) {
  const pa_nn_shape *a = pa_infer_in(c, 0), *b = pa_infer_in(c, 1);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t rank = larger_rank(c);
  if (a->rank < 2 || b->rank < 2)
    return pa_infer_bad(c, "operand of rank below 2");
  int64_t k = dim_from_end(b, c->op->transpose_b ? 1 : 2);
  if (dim_from_end(a, 1) != k)
    return pa_infer_bad(c, "%lld columns by %lld rows",
                        (long long)dim_from_end(a, 1), (long long)k);
  pa_status status = broadcast(c, 2, rank, dims);
  if (status != PA_OK) return status;
  dims[rank - 2] = dim_from_end(a, 2);
  dims[rank - 1] = dim_from_end(b, c->op->transpose_b ? 2 : 1);
  return pa_infer_set(c, 0, rank, dims);
}

pa_status pa_infer_binary(const pa_infer *c) {
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t rank = larger_rank(c);
  pa_status status = broadcast(c, 0, rank, dims);
  return status == PA_OK ? pa_infer_set(c, 0, rank, dims) : status;
}

pa_status pa_infer_prelu(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0), *slope = pa_infer_in(c, 1);
  if (!c->graph->values[c->op->in[1]].constant || slope->rank != 1 ||
      slope->dim[0] != x->dim[x->rank - 1])
    return pa_infer_bad(c, "slope is not a constant of %zu values",
                        x->dim[x->rank - 1]);
  return pa_infer_same_as_input(c);
}
