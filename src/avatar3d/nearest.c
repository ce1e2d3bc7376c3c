#include "avatar3d/nearest.h"

#include <stddef.h>

#include "base/mem.h"

#define NONE PA_NEAREST_NONE

/* A column's nearest pixel of the set serves a row's pixels up to `until`. */
typedef struct serving {
  float x, rise2; /* its column; how far it is from the row, squared */
  float until;
  uint32_t index;
} serving;

/* Each pixel gets the row of its column's nearest one of the set. */
static void along_columns(unsigned width, unsigned height, uint32_t *row) {
  for (uint32_t y = 0; y < height; y++) {
    uint32_t *at = row + (size_t)y * width;
    const uint32_t *above = y ? at - width : at;
    for (unsigned x = 0; x < width; x++)
      at[x] = at[x] != NONE ? y : above[x];
  }
  for (uint32_t y = height - 1; y-- > 0;) {
    uint32_t *at = row + (size_t)y * width;
    const uint32_t *below = at + width;
    for (unsigned x = 0; x < width; x++) {
      uint32_t up = at[x] == NONE ? NONE : y - at[x];
      uint32_t down = below[x] == NONE ? NONE : below[x] - y;
      at[x] = down < up ? below[x] : at[x];
    }
  }
}

/* Where the parabola of a column further right goes below that of `s`. Their
 * numbers are whole and below 2^24. */
static float meet(const serving *s, float x, float rise2) {
  return (x * x - s->x * s->x + rise2 - s->rise2) / (2 * (x - s->x));
}

/* Of one row's columns those which are nearest to some pixel, from left to
 * right; how many. */
static unsigned envelope(const uint32_t *row, unsigned width, unsigned y,
                         serving *s) {
  unsigned count = 0;
  for (unsigned x = 0; x < width; x++) {
    if (row[x] == NONE) continue;
    float rise = (float)row[x] - (float)y, rise2 = rise * rise, from = 0;
    while (count > 0) {
      from = meet(&s[count - 1], (float)x, rise2);
      if (count < 2 || from > s[count - 2].until) break;
      count--;
    }
    if (count > 0) s[count - 1].until = from;
    s[count++] = (serving){.x = (float)x,
                           .rise2 = rise2,
                           .until = (float)width,
                           .index = row[x] * width + x};
  }
  return count;
}

pa_status pa_nearest_spread(pa_error *err, unsigned width, unsigned height,
                            uint32_t *nearest) {
  serving *s = pa_mem_alloc(width * sizeof *s);
  if (!s) return pa_error_memory(err, width * sizeof *s, "a crop");
  along_columns(width, height, nearest);
  for (unsigned y = 0; y < height; y++) {
    uint32_t *row = nearest + (size_t)y * width;
    unsigned count = envelope(row, width, y, s), k = 0;
    for (unsigned x = 0; count && x < width; x++) {
      while (k + 1 < count && s[k].until < (float)x)
        k++;
      row[x] = s[k].index;
    }
  }
  pa_mem_free(s);
  return PA_OK;
}
