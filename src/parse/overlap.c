#include "parse/overlap.h"

#define SAME_IOU 0.6f
#define INSIDE 0.85f
#define STEP 2 /* cells: every fourth is enough to tell */

static bool owns(const pa_grid *grid, float x, float y) {
  if (!(x >= 0 && y >= 0 && x < PA_GRID && y < PA_GRID)) return false;
  size_t cell = (size_t)y * PA_GRID + (size_t)x;
  return grid->body[cell] >= 128 && grid->owner[cell] >= 128;
}

typedef struct overlap {
  size_t own, shared;
} overlap;

/* Of the cells that `grid` owns, how many does `other` own too? */
static overlap measure(const pa_grid *grid, const pa_grid *other) {
  overlap o = {0, 0};
  for (int y = 0; y < PA_GRID; y += STEP) {
    for (int x = 0; x < PA_GRID; x += STEP) {
      float px, py, ox, oy;
      if (!owns(grid, (float)x, (float)y)) continue;
      pa_affine_apply(&grid->to_photo, (float)x + 0.5f, (float)y + 0.5f, &px,
                      &py);
      pa_affine_apply(&other->to_grid, px, py, &ox, &oy);
      o.own++;
      o.shared += owns(other, ox, oy);
    }
  }
  return o;
}

bool pa_overlap_duplicate(const pa_grid *first, const pa_grid *second) {
  overlap a = measure(first, second), b = measure(second, first);
  if (!a.own || !b.own) return false;
  float in_first = (float)b.shared / (float)b.own;
  float in_second = (float)a.shared / (float)a.own;
  /* From the two shares: 1 / IoU = 1 / a + 1 / b - 1. */
  bool same = in_first > 0 && in_second > 0 &&
              1 / (1 / in_first + 1 / in_second - 1) > SAME_IOU;
  return same || in_first > INSIDE;
}
