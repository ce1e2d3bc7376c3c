/* Element-wise ops, softmax, products of matrices, reductions. */
#include <math.h>

#include "nn/net.h"

/* ----------------------------------------------------------- element-wise */

static enum xnn_status setup_unary(xnn_operator_t op, void *workspace,
                                   const float *a, const float *b, float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_unary_elementwise_nc(op, a, y);
}

static enum xnn_status setup_binary(xnn_operator_t op, void *workspace,
                                    const float *a, const float *b, float *y) {
  (void)workspace;
  return xnn_setup_binary_elementwise_nd(op, a, b, y);
}

static pa_status unary_step(pa_nn_build *b, pa_nn_step *step,
                            enum xnn_unary_operator kind,
                            const union xnn_unary_params *params,
                            size_t count) {
  pa_status status =
      pa_nn_build_check(b,
                        xnn_create_unary_elementwise_nc(
                            kind, xnn_datatype_fp32, xnn_datatype_fp32, params,
                            NULL, NULL, b->flags, &step->xnn),
                        step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_unary;
  return pa_nn_build_check(
      b,
      xnn_reshape_unary_elementwise_nc(step->xnn, 1, count, count, count,
                                       pa_nn_build_pool(b)),
      step->xnn);
}

static enum xnn_unary_operator unary_kind(const pa_nn_op *op,
                                          union xnn_unary_params *params) {
  switch (op->kind) {
  case PA_NN_RELU:
    params->clamp.min = 0;
    params->clamp.max = INFINITY;
    return xnn_unary_clamp;
  case PA_NN_RELU6:
    params->clamp.min = 0;
    params->clamp.max = 6;
    return xnn_unary_clamp;
  case PA_NN_CLAMP:
    params->clamp.min = op->min;
    params->clamp.max = op->max;
    return xnn_unary_clamp;
  case PA_NN_LEAKY_RELU:
    params->leaky_relu.negative_slope = op->alpha;
    return xnn_unary_leaky_relu;
  case PA_NN_SIGMOID:
    return xnn_unary_sigmoid;
  case PA_NN_TANH:
    return xnn_unary_tanh;
  case PA_NN_HARDSWISH:
    return xnn_unary_hardswish;
  case PA_NN_GELU:
    return xnn_unary_gelu;
  case PA_NN_EXP:
    return xnn_unary_exp;
  case PA_NN_SQRT:
    return xnn_unary_square_root;
  case PA_NN_RSQRT:
    return xnn_unary_reciprocal_square_root;
  case PA_NN_ABS:
    return xnn_unary_abs;
  case PA_NN_NEG:
    return xnn_unary_negate;
  case PA_NN_SQUARE:
    return xnn_unary_square;
  case PA_NN_FLOOR:
    return xnn_unary_floor;
  default:
    return xnn_unary_invalid;
  }
}

pa_status pa_nn_lower_unary(pa_nn_build *b) {
  union xnn_unary_params params = {0};
  enum xnn_unary_operator kind = unary_kind(b->op, &params);
  return unary_step(b, pa_nn_build_step(b), kind, &params,
                    pa_nn_count(pa_nn_build_out(b, 0)));
}

static enum xnn_binary_operator binary_kind(pa_nn_op_kind kind) {
  switch (kind) {
  case PA_NN_ADD:
    return xnn_binary_add;
  case PA_NN_SUB:
    return xnn_binary_subtract;
  case PA_NN_MUL:
    return xnn_binary_multiply;
  case PA_NN_DIV:
    return xnn_binary_divide;
  case PA_NN_MIN:
    return xnn_binary_minimum;
  case PA_NN_MAX:
    return xnn_binary_maximum;
  case PA_NN_SQUARED_DIFFERENCE:
    return xnn_binary_squared_difference;
  case PA_NN_PRELU:
    return xnn_binary_prelu;
  default:
    return xnn_binary_invalid;
  }
}

/* The clamp after a binary op, over its result in place: XNNPACK's binary
 * operators have none. */
static pa_status clamp_step(pa_nn_build *b) {
  union xnn_unary_params params = {0};
  params.clamp.min = b->op->act_min;
  params.clamp.max = b->op->act_max;
  if (isinf(params.clamp.min) && isinf(params.clamp.max)) return PA_OK;
  pa_nn_step *step = pa_nn_build_step(b);
  step->in[0] = step->out;
  return unary_step(b, step, xnn_unary_clamp, &params,
                    pa_nn_count(pa_nn_build_out(b, 0)));
}

/* Shapes of one rank, with ones in front, as broadcasting means them. */
static void extend(const pa_nn_shape *shape, size_t rank, size_t *dims) {
  for (size_t d = 0; d < rank; d++)
    dims[d] = d + shape->rank < rank ? 1 : shape->dim[d + shape->rank - rank];
}

pa_status pa_nn_lower_binary(pa_nn_build *b) {
  size_t rank = pa_nn_build_out(b, 0)->rank;
  size_t x1[PA_LIMIT_TENSOR_RANK], x2[PA_LIMIT_TENSOR_RANK];
  pa_nn_step *step = pa_nn_build_step(b);
  step->in[1] = pa_nn_build_slot(b, b->op->in[1]);
  pa_status status =
      pa_nn_build_check(b,
                        xnn_create_binary_elementwise_nd(
                            binary_kind(b->op->kind), xnn_datatype_fp32, NULL,
                            NULL, NULL, b->flags, &step->xnn),
                        step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_binary;
  extend(pa_nn_build_in(b, 0), rank, x1);
  extend(pa_nn_build_in(b, 1), rank, x2);
  status =
      pa_nn_build_check(b,
                        xnn_reshape_binary_elementwise_nd(
                            step->xnn, rank, x1, rank, x2, pa_nn_build_pool(b)),
                        step->xnn);
  return status == PA_OK ? clamp_step(b) : status;
}

/* ---------------------------------------------------------------- softmax */

static enum xnn_status setup_softmax(xnn_operator_t op, void *workspace,
                                     const float *a, const float *b, float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_softmax_nc_f32(op, a, y);
}

pa_status pa_nn_lower_softmax(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  size_t channels = x->dim[x->rank - 1];
  pa_nn_step *step = pa_nn_build_step(b);
  pa_status status = pa_nn_build_check(
      b, xnn_create_softmax_nc_f32(b->flags, &step->xnn), step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_softmax;
  return pa_nn_build_check(b,
                           xnn_reshape_softmax_nc_f32(
                               step->xnn, channels, channels, channels,
                               pa_nn_count(x) / channels, pa_nn_build_pool(b)),
                           step->xnn);
}

/* --------------------------------------------------------------- matrices */

/* XNNPACK packs the second matrix before each product, for kernels that read
 * up to so many rows at a time, and leaves the rows that are missing from the
 * last ones as they are: kernels of the first Zen processors multiply by them.
 */
#define PACKED_ROWS 4

static enum xnn_status setup_batch_matmul(xnn_operator_t op, void *workspace,
                                          const float *a, const float *b,
                                          float *y) {
  return xnn_setup_batch_matrix_multiply_nc_f32(op, workspace, a, b, y);
}

pa_status pa_nn_lower_batch_matmul(pa_nn_build *b) {
  size_t rank = pa_nn_build_out(b, 0)->rank, workspace = 0, alignment;
  size_t x1[PA_LIMIT_TENSOR_RANK] = {0}, x2[PA_LIMIT_TENSOR_RANK] = {0};
  bool transposed = b->op->transpose_b;
  pa_nn_step *step = pa_nn_build_step(b);
  step->in[1] = pa_nn_build_slot(b, b->op->in[1]);
  pa_status status = pa_nn_build_check(
      b,
      xnn_create_batch_matrix_multiply_nc_f32(
          b->flags | (transposed ? XNN_FLAG_TRANSPOSE_B : 0), &step->xnn),
      step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_batch_matmul;
  extend(pa_nn_build_in(b, 0), rank, x1);
  extend(pa_nn_build_in(b, 1), rank, x2);
  status = pa_nn_build_check(b,
                             xnn_reshape_batch_matrix_multiply_nc_f32(
                                 step->xnn, rank - 2, x1, x2, x1[rank - 2],
                                 x1[rank - 1], x2[rank - (transposed ? 2 : 1)],
                                 &workspace, &alignment, pa_nn_build_pool(b)),
                             step->xnn);
  step->workspace = pa_nn_build_workspace(b, workspace);
  if (x1[rank - 1] % PACKED_ROWS) step->clear = workspace;
  return status;
}

/* -------------------------------------------------------------- reductions */

/* A workspace is for other types than float32: XNNPACK must get none here. */
static enum xnn_status setup_reduce(xnn_operator_t op, void *workspace,
                                    const float *a, const float *b, float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_reduce_nd(op, NULL, a, y);
}

pa_status pa_nn_lower_reduce(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  const pa_nn_list *list = &b->op->list;
  int64_t axes[PA_LIMIT_TENSOR_RANK];
  for (uint32_t i = 0; i < list->count; i++)
    axes[i] = list->v[i];
  pa_nn_step *step = pa_nn_build_step(b);
  pa_status status = pa_nn_build_check(
      b,
      xnn_create_reduce_nd(b->op->kind == PA_NN_MEAN ? xnn_reduce_mean
                                                     : xnn_reduce_sum,
                           xnn_datatype_fp32, NULL, NULL, b->flags, &step->xnn),
      step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_reduce;
  return pa_nn_build_check(b,
                           xnn_reshape_reduce_nd(step->xnn, list->count, axes,
                                                 x->rank, x->dim, NULL, NULL,
                                                 pa_nn_build_pool(b)),
                           step->xnn);
}
