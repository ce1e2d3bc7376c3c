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
