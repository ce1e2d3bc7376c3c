/* The weighted sum of taps, for one instruction set. Whoever includes it
 * defines LANES   floats of a vector MADD    MADD(a, b, c): a * b + c of
 * vectors GATHER  the name of the function that it makes and sees to it that
 * the compiler may use the instructions.
 *
 * Sums of up to four vectors stay in registers over all taps. */
#include <string.h>

#include "nn/op_deform.h"

#define ALWAYS static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(4 * LANES)));

ALWAYS void columns(const pa_nn_deform_tap *taps, size_t count,
                    const float *value, float *y, size_t vectors) {
  vec sum[4] = {{0}, {0}, {0}, {0}};
  for (size_t t = 0; t < count; t++) {
    const float *from = value + taps[t].at;
    vec weight = (vec){0} + taps[t].weight;
    for (size_t v = 0; v < vectors; v++) {
      vec x;
      memcpy(&x, from + v * LANES, sizeof x);
      sum[v] = MADD(x, weight, sum[v]);
    }
  }
  for (size_t v = 0; v < vectors; v++)
    memcpy(y + v * LANES, &sum[v], sizeof sum[v]);
}

static void GATHER(const pa_nn_deform_tap *taps, size_t count,
                   const float *value, size_t width, float *y) {
  size_t i = 0;
  for (; i + 4 * LANES <= width; i += 4 * LANES)
    columns(taps, count, value + i, y + i, 4);
  for (; i + LANES <= width; i += LANES)
    columns(taps, count, value + i, y + i, 1);
  if (i < width)
    pa_nn_deform_scalar.gather(taps, count, value + i, width - i, y + i);
}
