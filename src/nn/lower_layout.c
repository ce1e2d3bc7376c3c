/* Ops that only move values. */
#include "nn/net.h"

static enum xnn_status setup_copy(xnn_operator_t op, void *workspace,
                                  const float *a, const float *b, float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_copy_nc_x32(op, a, y);
}

static enum xnn_status setup_slice(xnn_operator_t op, void *workspace,
                                   const float *a, const float *b, float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_slice_nd_x32(op, a, y);
}

static enum xnn_status setup_pad(xnn_operator_t op, void *workspace,
                                 const float *a, const float *b, float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_constant_pad_nd_x32(op, a, y);
}

static enum xnn_status setup_transpose(xnn_operator_t op, void *workspace,
                                       const float *a, const float *b,
                                       float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_transpose_nd_x32(op, a, y);
}

static enum xnn_status setup_depth_to_space(xnn_operator_t op, void *workspace,
                                            const float *a, const float *b,
                                            float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_depth_to_space_nhwc_x32(op, a, y);
}

static enum xnn_status setup_space_to_depth(xnn_operator_t op, void *workspace,
                                            const float *a, const float *b,
                                            float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_space_to_depth_nhwc_x32(op, a, y);
}

/* Copies `rows` rows of `width` floats between rows of other strides. */
static pa_status copy_step(pa_nn_build *b, pa_nn_step *step, size_t rows,
                           size_t width, size_t from_stride, size_t to_stride) {
  pa_status status = pa_nn_build_check(
      b, xnn_create_copy_nc_x32(b->flags, &step->xnn), step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_copy;
  return pa_nn_build_check(b,
                           xnn_reshape_copy_nc_x32(step->xnn, rows, width,
                                                   from_stride, to_stride,
                                                   pa_nn_build_pool(b)),
                           step->xnn);
}

pa_status pa_nn_lower_copy(pa_nn_build *b) {
  size_t count = pa_nn_count(pa_nn_build_out(b, 0));
  return copy_step(b, pa_nn_build_step(b), 1, count, count, count);
}

/* The axis of a concat or split; and the product of the dimensions before. */
static size_t find_axis(const pa_nn_build *b, const pa_nn_shape *shape,
                        size_t *rows) {
  int32_t axis = b->op->axis;
  size_t a = axis < 0 ? (size_t)(axis + (int32_t)shape->rank) : (size_t)axis;
  *rows = 1;
  for (size_t d = 0; d < a; d++)
    *rows *= shape->dim[d];
  return a;
}

pa_status pa_nn_lower_concat(pa_nn_build *b) {
  const pa_nn_shape *y = pa_nn_build_out(b, 0);
  size_t rows, offset = 0;
  find_axis(b, y, &rows);
  size_t stride = pa_nn_count(y) / rows;
  pa_status status = PA_OK;
  for (uint32_t i = 0; status == PA_OK && i < b->op->in_count; i++) {
    size_t width = pa_nn_count(pa_nn_build_in(b, i)) / rows;
    pa_nn_step *step = pa_nn_build_step(b);
    step->in[0] = pa_nn_build_slot(b, b->op->in[i]);
    step->out.offset = offset;
    offset += width;
    status = copy_step(b, step, rows, width, width, stride);
  }
  return status;
}

/* split and split_like. */
pa_status pa_nn_lower_split(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  size_t rows, offset = 0;
  find_axis(b, x, &rows);
  size_t stride = pa_nn_count(x) / rows;
  pa_status status = PA_OK;
  for (uint32_t i = 0; status == PA_OK && i < b->op->out_count; i++) {
    pa_nn_step *step = pa_nn_build_step(b);
    size_t width = pa_nn_count(pa_nn_build_out(b, i)) / rows;
    step->in[0].offset = offset;
    offset += width;
    step->out = pa_nn_build_slot(b, b->op->out[i]);
    status = copy_step(b, step, rows, width, stride, width);
  }
  return status;
}

pa_status pa_nn_lower_slice(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0), *y = pa_nn_build_out(b, 0);
  size_t begin[PA_LIMIT_TENSOR_RANK];
  for (size_t d = 0; d < x->rank; d++)
    begin[d] = (size_t)b->op->list.v[d];
  pa_nn_step *step = pa_nn_build_step(b);
  pa_status status = pa_nn_build_check(
      b, xnn_create_slice_nd_x32(b->flags, &step->xnn), step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_slice;
  return pa_nn_build_check(b,
                           xnn_reshape_slice_nd_x32(step->xnn, x->rank, x->dim,
                                                    begin, y->dim,
                                                    pa_nn_build_pool(b)),
                           step->xnn);
}

pa_status pa_nn_lower_pad(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  size_t before[PA_LIMIT_TENSOR_RANK], after[PA_LIMIT_TENSOR_RANK];
  for (size_t d = 0; d < x->rank; d++) {
    before[d] = (size_t)b->op->list.v[d];
    after[d] = (size_t)b->op->list2.v[d];
  }
  pa_nn_step *step = pa_nn_build_step(b);
  pa_status status = pa_nn_build_check(
      b, xnn_create_constant_pad_nd_x32(&b->op->value, b->flags, &step->xnn),
      step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_pad;
  return pa_nn_build_check(
      b,
      xnn_reshape_constant_pad_nd_x32(step->xnn, x->rank, x->dim, before, after,
                                      pa_nn_build_pool(b)),
      step->xnn);
}

pa_status pa_nn_lower_transpose(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  size_t perm[PA_LIMIT_TENSOR_RANK];
  for (size_t d = 0; d < x->rank; d++)
    perm[d] = (size_t)b->op->list.v[d];
  pa_nn_step *step = pa_nn_build_step(b);
  pa_status status = pa_nn_build_check(
      b, xnn_create_transpose_nd_x32(b->flags, &step->xnn), step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_transpose;
  return pa_nn_build_check(b,
                           xnn_reshape_transpose_nd_x32(step->xnn, x->rank,
                                                        x->dim, perm,
                                                        pa_nn_build_pool(b)),
                           step->xnn);
}

/* XNNPACK wants blocks of 2 or more. */
pa_status pa_nn_lower_depth_space(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  uint32_t block = (uint32_t)b->op->block;
  bool to_space = b->op->kind == PA_NN_DEPTH_TO_SPACE;
  size_t h, w, c;
  if (block == 1) return pa_nn_lower_copy(b);
  pa_nn_step *step = pa_nn_build_step(b);
  enum xnn_status made =
      to_space
          ? xnn_create_depth_to_space_nhwc_x32(block, b->flags, &step->xnn)
          : xnn_create_space_to_depth_nhwc_x32(block, b->flags, &step->xnn);
  pa_status status = pa_nn_build_check(b, made, step->xnn);
  if (status != PA_OK) return status;
  step->setup = to_space ? setup_depth_to_space : setup_space_to_depth;
  made = (to_space ? xnn_reshape_depth_to_space_nhwc_x32
                   : xnn_reshape_space_to_depth_nhwc_x32)(
      step->xnn, x->dim[0], x->dim[1], x->dim[2], x->dim[3], &h, &w, &c,
      pa_nn_build_pool(b));
  return pa_nn_build_check(b, made, step->xnn);
}
