#include "nn/op_depthwise.h"

#include <string.h>

#include "base/mem.h"

const pa_nn_depthwise *pa_nn_depthwise_best(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f")) return &pa_nn_depthwise_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return &pa_nn_depthwise_avx2;
#endif
  return &pa_nn_depthwise_128;
}

bool pa_nn_depthwise_takes(const pa_nn_op *op, const pa_nn_shape *x,
                           const pa_nn_shape *y) {
  int32_t window[2];
  if (op->kind != PA_NN_DEPTHWISE_CONV2D) return false;
  pa_nn_window(op, window);
  return (window[1] == 3 || window[1] == 5) && window[0] <= 16 &&
         op->dilation[0] == 1 && op->dilation[1] == 1 && op->stride[1] <= 2 &&
         x->dim[3] == y->dim[3];
}

/* By blocks of `lanes` channels: the bias, then tap by tap, rows first. What is
 * beyond the last channel is zero. */
static float *pack(size_t lanes, size_t channels, size_t taps,
                   const float *weight, const float *bias, size_t *bytes) {
  size_t blocks = (channels + lanes - 1) / lanes;
  if (!pa_mem_mul(blocks * lanes, (taps + 1) * sizeof(float), bytes))
    return NULL;
  float *packed = pa_mem_calloc(1, *bytes);
  if (!packed) return NULL;
  for (size_t c = 0; c < channels; c++) {
    float *to = packed + c / lanes * lanes * (taps + 1) + c % lanes;
    to[0] = bias ? bias[c] : 0;
    for (size_t k = 0; k < taps; k++)
      to[(k + 1) * lanes] = weight[k * channels + c];
  }
  return packed;
}

pa_status pa_nn_depthwise_pack(pa_error *err, const pa_nn_depthwise *isa,
                               const pa_nn_op *op, size_t channels,
                               const float *weight, const float *bias,
                               float **packed, size_t *bytes) {
  int32_t window[2];
  pa_nn_window(op, window);
  size_t taps = (size_t)window[0] * (size_t)window[1];
  *packed = pack(isa->lanes, channels, taps, weight, bias, bytes);
  if (*packed) return PA_OK;
  return pa_error_memory(err, channels * taps * sizeof(float), "weights");
}

void pa_nn_depthwise_loop(pa_nn_loop *loop, const pa_nn_depthwise *isa,
                          const pa_nn_op *op, const int32_t *pad,
                          const pa_nn_shape *x, const pa_nn_shape *y) {
  pa_nn_window(op, loop->window);
  loop->task = isa->row;
  pa_nn_loop_rows(loop, x, y);
  loop->min = op->act_min;
  loop->max = op->act_max;
  memcpy(loop->stride, op->stride, sizeof loop->stride);
  memcpy(loop->pad, pad, sizeof loop->pad);
}
