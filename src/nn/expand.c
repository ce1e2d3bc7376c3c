/* Weights as XNNPACK takes them: float32. */
#include <string.h>

#include "base/mem.h"
#include "nn/net.h"

/* IEEE 754 binary16 to binary32. The values are finite: weights.c has looked.
 */
static float half_to_float(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  uint32_t magnitude = half & 0x7fffu, bits;
  if (magnitude >= 0x0400u) { /* normal: exponents differ by 112 */
    bits = (magnitude << 13) + (112u << 23);
  } else { /* 0 or subnormal: a count of 2^-24 */
    float small = (float)magnitude * 0x1p-24f;
    memcpy(&bits, &small, sizeof bits);
  }
  bits |= sign;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static void from_half(const pa_nn_tensor *tensor, float *values) {
  for (size_t i = 0; i < tensor->count; i++) {
    uint16_t half;
    memcpy(&half, tensor->data + i * sizeof half, sizeof half);
    values[i] = half_to_float(half);
  }
}

/* Channel by channel: `inner` values in a row have the same one. */
static void from_int8(const pa_nn_tensor *tensor, const unsigned char *scales,
                      size_t channels, size_t inner, float *values) {
  const int8_t *q = (const int8_t *)tensor->data;
  for (size_t i = 0; i < tensor->count; i += inner) {
    float scale;
    memcpy(&scale, scales + i / inner % channels * sizeof scale, sizeof scale);
    for (size_t k = 0; k < inner; k++)
      values[i + k] = (float)q[i + k] * scale;
  }
}

pa_status pa_nn_expand(pa_error *err, const pa_nn_tensor *tensor,
                       const pa_nn_tensor *scale, size_t axis, float **values) {
  size_t bytes = tensor->count * sizeof(float), inner = 1;
  if (!tensor->data)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "%.80s: the file's bytes have been given back",
                        tensor->name);
  float *v = pa_mem_alloc(bytes + PA_NN_SLACK);
  if (!v) return pa_error_memory(err, bytes, tensor->name);
  switch (tensor->dtype) {
  case PA_NN_F32:
    memcpy(v, tensor->data, bytes);
    break;
  case PA_NN_F16:
    from_half(tensor, v);
    break;
  case PA_NN_I8:
    for (size_t d = axis + 1; d < tensor->shape.rank; d++)
      inner *= tensor->shape.dim[d];
    from_int8(tensor, scale->data, tensor->shape.dim[axis], inner, v);
    break;
  case PA_NN_U8:
  case PA_NN_I32:
    break; /* no op takes them */
  }
  memset((char *)v + bytes, 0, PA_NN_SLACK);
  *values = v;
  return PA_OK;
}
