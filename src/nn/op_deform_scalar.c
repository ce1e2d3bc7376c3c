/* The reference: one channel, one tap at a time. */
#include "nn/op_deform.h"

static void gather_scalar(const pa_nn_deform_tap *taps, size_t count,
                          const float *value, size_t width, float *y) {
  for (size_t i = 0; i < width; i++) {
    float sum = 0;
    for (size_t t = 0; t < count; t++)
      sum += taps[t].weight * value[taps[t].at + i];
    y[i] = sum;
  }
}

const pa_nn_deform pa_nn_deform_scalar = {"scalar", gather_scalar};
