#include "parse/twins.h"

#include <string.h>

static bool is_left_of(const char *left, const char *right) {
  return !strncmp(left, "left_", 5) && !strncmp(right, "right_", 6) &&
         !strcmp(left + 5, right + 6);
}

void pa_twins_find(const pa_nn_weights *weights, size_t count, uint8_t *twin) {
  for (size_t q = 0; q < count; q++)
    twin[q] = (uint8_t)q;
  for (size_t q = 0; q < count; q++)
    for (size_t r = 0; r < count; r++) {
      if (!is_left_of(pa_nn_weights_label(weights, q),
                      pa_nn_weights_label(weights, r)))
        continue;
      twin[q] = (uint8_t)r;
      twin[r] = (uint8_t)q;
    }
}

void pa_twins_blend(const float *mirrored, size_t side, size_t count,
                    const uint8_t *twin, float *map) {
  for (size_t y = 0; y < side; y++)
    for (size_t x = 0; x < side; x++) {
      const float *from = mirrored + (y * side + side - 1 - x) * count;
      float *to = map + (y * side + x) * count;
      for (size_t c = 0; c < count; c++)
        to[c] = (to[c] + from[twin ? twin[c] : c]) / 2;
    }
}
