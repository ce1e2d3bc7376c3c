/* Pools and bilinear resizes. */
#include <math.h>

#include "nn/net.h"
#include "nn/op_pool.h"

static enum xnn_status setup_avg_pool(xnn_operator_t op, void *workspace,
                                      const float *a, const float *b,
                                      float *y) {
  (void)b;
  return xnn_setup_average_pooling2d_nhwc_f32(op, workspace, a, y);
}

static enum xnn_status setup_max_pool(xnn_operator_t op, void *workspace,
                                      const float *a, const float *b,
                                      float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_max_pooling2d_nhwc_f32(op, a, y);
}

static enum xnn_status setup_bilinear(xnn_operator_t op, void *workspace,
                                      const float *a, const float *b,
                                      float *y) {
  (void)b;
  return xnn_setup_resize_bilinear2d_nhwc_f32(op, workspace, a, y);
}

static enum xnn_status create_pool(pa_nn_build *b, const int32_t *pad,
                                   xnn_operator_t *made) {
  const pa_nn_op *op = b->op;
  const uint32_t top = (uint32_t)pad[0], right = (uint32_t)pad[1],
                 bottom = (uint32_t)pad[2], left = (uint32_t)pad[3],
                 height = (uint32_t)op->size[0], width = (uint32_t)op->size[1],
                 down = (uint32_t)op->stride[0],
                 across = (uint32_t)op->stride[1];
  if (op->kind == PA_NN_AVG_POOL2D)
    return xnn_create_average_pooling2d_nhwc_f32(
        top, right, bottom, left, height, width, down, across, -INFINITY,
        INFINITY, b->flags, made);
  return xnn_create_max_pooling2d_nhwc_f32(top, right, bottom, left, height,
                                           width, down, across, 1, 1, -INFINITY,
                                           INFINITY, b->flags, made);
}

static pa_status reshape_pool(pa_nn_build *b, pa_nn_step *step) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  const size_t channels = x->dim[3];
  size_t workspace = 0, alignment;
  pthreadpool_t pool = pa_nn_build_pool(b);
  enum xnn_status made;
  if (b->op->kind == PA_NN_AVG_POOL2D) {
    step->setup = setup_avg_pool;
    made = xnn_reshape_average_pooling2d_nhwc_f32(
        step->xnn, x->dim[0], x->dim[1], x->dim[2], channels, channels,
        channels, &workspace, &alignment, NULL, NULL, pool);
  } else {
    step->setup = setup_max_pool;
    made = xnn_reshape_max_pooling2d_nhwc_f32(step->xnn, x->dim[0], x->dim[1],
                                              x->dim[2], channels, channels,
                                              channels, NULL, NULL, pool);
  }
  step->workspace = pa_nn_build_workspace(b, workspace);
  return pa_nn_build_check(b, made, step->xnn);
}

/* XNNPACK takes neither windows of one pixel nor strides beyond the window. */
static bool xnnpack_pools(const pa_nn_op *op) {
  return op->size[0] * (int64_t)op->size[1] > 1 &&
         op->stride[0] <= op->size[0] && op->stride[1] <= op->size[1];
}

pa_status pa_nn_lower_pool(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0), *y = pa_nn_build_out(b, 0);
  const size_t span[2] = {(size_t)b->op->size[0], (size_t)b->op->size[1]};
  int32_t pad[4];
  pa_nn_pads(b->op, x->dim[1], x->dim[2], span, pad);
  pa_nn_step *step = pa_nn_build_step(b);
  if (!xnnpack_pools(b->op)) {
    pa_nn_pool_loop(&step->loop, b->op, pad, x, y);
    return PA_OK;
  }
  pa_status status =
      pa_nn_build_check(b, create_pool(b, pad, &step->xnn), step->xnn);
  return status == PA_OK ? reshape_pool(b, step) : status;
}

pa_status pa_nn_lower_resize_bilinear(pa_nn_build *b) {
  static const uint32_t flags[] = {
      [PA_NN_HALF_PIXEL] = 0,
      [PA_NN_ALIGN_CORNERS] = XNN_FLAG_ALIGN_CORNERS,
      [PA_NN_ASYMMETRIC] = XNN_FLAG_TENSORFLOW_LEGACY_MODE};
  const pa_nn_shape *x = pa_nn_build_in(b, 0), *y = pa_nn_build_out(b, 0);
  size_t workspace = 0, alignment;
  pa_nn_step *step = pa_nn_build_step(b);
  pa_status status = pa_nn_build_check(
      b,
      xnn_create_resize_bilinear2d_nhwc_f32(
          y->dim[1], y->dim[2], b->flags | flags[b->op->mode], &step->xnn),
      step->xnn);
  if (status != PA_OK) return status;
  step->setup = setup_bilinear;
  status = pa_nn_build_check(b,
                             xnn_reshape_resize_bilinear2d_nhwc_f32(
                                 step->xnn, x->dim[0], x->dim[1], x->dim[2],
                                 x->dim[3], x->dim[3], x->dim[3], &workspace,
                                 &alignment, pa_nn_build_pool(b)),
                             step->xnn);
  step->workspace = pa_nn_build_workspace(b, workspace);
  return status;
}
