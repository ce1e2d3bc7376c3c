/* Products of a matrix of pixels with int8 weights: fully connected layers and
 * 1x1 convolutions that take every pixel. Two ways:
 *   compact  weights are expanded while multiplying, the activations stay
 *            float32: less memory
 *   int8     each pixel's activations are brought to int8 by their own range
 *            before: less time, where the processor multiplies int8 faster */
#include <string.h>

#include "base/mem.h"
#include "nn/int8.h"

/* XNNPACK wants positive scales, and the compact way the bias in units of them,
 * which must stay in range. */
#define LEAST_SCALE 1e-12f

/* Below these sizes bringing the activations to int8 takes what the products
 * save: 4096 x 64 by 64 takes as long either way, by 384 less than half. */
#define LEAST_IN 48
#define LEAST_OUT 96
#define LEAST_PIXELS 16

static bool scales_fit(const pa_nn_tensor *scales) {
  for (size_t i = 0; i < scales->count; i++) {
    float scale;
    memcpy(&scale, scales->data + i * sizeof scale, sizeof scale);
    if (!(scale >= LEAST_SCALE)) return false;
  }
  return true;
}

static bool takes_every_pixel(const pa_nn_op *op, const int32_t pad[4]) {
  const size_t *w = op->weight->shape.dim;
  if (op->kind == PA_NN_FULLY_CONNECTED) return true;
  return op->kind == PA_NN_CONV2D && w[1] * w[2] == 1 && op->groups == 1 &&
         op->stride[0] * op->stride[1] == 1 &&
         !(pad[0] || pad[1] || pad[2] || pad[3]);
}

typedef struct product {
  size_t pixels, in, out;
} product;

static product product_of(const pa_nn_build *b) {
  const pa_nn_tensor *weight = b->op->weight;
  size_t out = weight->shape.dim[0], in = weight->count / out;
  return (product){pa_nn_count(pa_nn_build_in(b, 0)) / in, in, out};
}

static bool worth_int8(const pa_nn_build *b) {
  product p = product_of(b);
  return b->int8 && p.in >= LEAST_IN && p.out >= LEAST_OUT &&
         p.pixels >= LEAST_PIXELS;
}

/* ---------------------------------------------------------------- compact */

static enum xnn_status setup_compact(xnn_operator_t op, void *workspace,
                                     const float *a, const float *b, float *y) {
  (void)workspace;
  (void)b;
  return xnn_setup_fully_connected_nc_f32_qc8w(op, a, y);
}

/* y = (sum of x * q + bias) * scale */
static pa_status pack_compact(pa_nn_build *b, const float *scale, float *bias) {
  const pa_nn_op *op = b->op;
  product p = product_of(b);
  xnn_operator_t made = NULL;
  for (size_t i = 0; bias && i < p.out; i++)
    bias[i] /= scale[i];
  return pa_nn_build_pack(
      b,
      xnn_create_fully_connected_nc_f32_qc8w(
          p.in, p.out, p.in, p.out, scale, (const int8_t *)op->weight->data,
          bias, op->act_min, op->act_max, b->flags, NULL, NULL, &made),
      made, setup_compact);
}

static pa_status lower_compact(pa_nn_build *b) {
  pa_nn_step *step = pa_nn_build_packed_step(b);
  return pa_nn_build_check(
      b,
      xnn_reshape_fully_connected_nc_f32_qc8w(step->xnn, product_of(b).pixels,
                                              pa_nn_build_pool(b)),
      step->xnn);
}

/* ---------------------------------------------------------------- int8 */

static enum xnn_status setup_quantise(xnn_operator_t op, void *ranges,
                                      const float *a, const float *b,
                                      float *y) {
  (void)b;
  return xnn_setup_convert_nc_f32_qd8(op, a, (int8_t *)y, ranges);
}

static enum xnn_status setup_int8(xnn_operator_t op, void *ranges,
                                  const float *a, const float *b, float *y) {
  (void)b;
  return xnn_setup_fully_connected_nc_qd8_f32_qc8w(op, (const int8_t *)a, y,
                                                   ranges);
}

/* Activations to int8, a range for each pixel. */
static pa_status quantise(pa_nn_build *b, product p, uint32_t values,
                          uint32_t ranges) {
  pa_nn_step *step = pa_nn_build_step(b);
  step->out = (pa_nn_slot){.buffer = values};
  step->workspace = ranges;
  step->setup = setup_quantise;
  pa_status status = pa_nn_build_check(
      b, xnn_create_convert_nc_f32_qd8(0, &step->xnn), step->xnn);
  if (status != PA_OK) return status;
  return pa_nn_build_check(b,
                           xnn_reshape_convert_nc_f32_qd8(step->xnn, p.pixels,
                                                          p.in, p.in, p.in,
                                                          pa_nn_build_pool(b)),
                           step->xnn);
}

static pa_status pack_int8(pa_nn_build *b, const float *scale,
                           const float *bias) {
  const pa_nn_op *op = b->op;
  product p = product_of(b);
  xnn_operator_t made = NULL;
  return pa_nn_build_pack(
      b,
      xnn_create_fully_connected_nc_qd8_f32_qc8w(
          p.in, p.out, p.in, p.out, scale, (const int8_t *)op->weight->data,
          bias, op->act_min, op->act_max, b->flags, NULL, NULL, &made),
      made, setup_int8);
}

static pa_status multiply(pa_nn_build *b, product p, uint32_t values,
                          uint32_t ranges) {
  pa_nn_step *step = pa_nn_build_packed_step(b);
  step->in[0] = (pa_nn_slot){.buffer = values};
  step->workspace = ranges;
  return pa_nn_build_check(b,
                           xnn_reshape_fully_connected_nc_qd8_f32_qc8w(
                               step->xnn, p.pixels, pa_nn_build_pool(b)),
                           step->xnn);
}

static pa_status lower_int8(pa_nn_build *b) {
  product p = product_of(b);
  size_t pixels = p.pixels + XNN_EXTRA_QUANTIZATION_PARAMS;
  uint32_t values = pa_nn_build_workspace(b, p.pixels * p.in);
  uint32_t ranges =
      pa_nn_build_workspace(b, pixels * sizeof(struct xnn_quantization_params));
  pa_status status = quantise(b, p, values, ranges);
  return status == PA_OK ? multiply(b, p, values, ranges) : status;
}

/* ---------------------------------------------------------------- public */

static bool wanted(const pa_nn_build *b, const int32_t pad[4]) {
  const pa_nn_op *op = b->op;
  return (worth_int8(b) || b->compact) && op->weight->dtype == PA_NN_I8 &&
         op->weight->data && takes_every_pixel(op, pad) &&
         scales_fit(op->weight_scale);
}

static pa_status pack(pa_nn_build *b) {
  const pa_nn_op *op = b->op;
  float *bias = NULL, *scale = NULL;
  pa_status status = pa_nn_expand(b->err, op->weight_scale, NULL, 0, &scale);
  if (status == PA_OK && op->bias)
    status = pa_nn_expand(b->err, op->bias, NULL, 0, &bias);
  if (status == PA_OK)
    status = worth_int8(b) ? pack_int8(b, scale, bias)
                           : pack_compact(b, scale, bias);
  pa_mem_free(scale);
  pa_mem_free(bias);
  return status;
}

pa_status pa_nn_lower_int8(pa_nn_build *b, const int32_t pad[4], bool *taken) {
  const pa_nn_packed *packed = pa_nn_build_packed(b);
  pa_status status = PA_OK;
  *taken = !packed->xnn && wanted(b, pad);
  if (*taken) status = pack(b);
  if (status != PA_OK) return status;
  *taken = packed->setup == setup_compact || packed->setup == setup_int8;
  if (!*taken) return PA_OK;
  return packed->setup == setup_int8 ? lower_int8(b) : lower_compact(b);
}
