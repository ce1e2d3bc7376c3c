#include "parse/overlap.h"

#include <math.h>

#define SAME_IOU 0.5f
#define INSIDE 0.75f
#define HALF 0.4f
#define STEP 2 /* cells: every fourth is enough to tell */

static bool owns(const pa_grid *grid, float x, float y) {
  if (!(x >= 0 && y >= 0 && x < PA_GRID && y < PA_GRID)) return false;
  size_t cell = (size_t)y * PA_GRID + (size_t)x;
  return grid->body[cell] >= 128 && grid->owner[cell] >= 128;
}

typedef struct shares {
  size_t own, shared;
} shares;

/* Of the cells that `grid` owns, how many does `other` own too? */
static shares measure(const pa_grid *grid, const pa_grid *other) {
  shares o = {0, 0};
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

pa_overlap pa_overlap_measure(const pa_grid *first, const pa_grid *second) {
  shares a = measure(first, second), b = measure(second, first);
  return (pa_overlap){
      .in_first = b.own ? (float)b.shared / (float)b.own : 0,
      .in_second = a.own ? (float)a.shared / (float)a.own : 0,
  };
}

static bool owned_by_any(const pa_grid *grids, size_t count, float px,
                         float py) {
  for (size_t i = 0; i < count; i++) {
    float x, y;
    pa_affine_apply(&grids[i].to_grid, px, py, &x, &y);
    if (owns(&grids[i], x, y)) return true;
  }
  return false;
}

pa_support pa_overlap_support(const pa_grid *grid, const pa_grid *others,
                              size_t count) {
  float sum = 0, cells = 0, all = 0;
  for (int y = 0; y < PA_GRID; y += STEP) {
    for (int x = 0; x < PA_GRID; x += STEP) {
      size_t cell = (size_t)y * PA_GRID + (size_t)x;
      float px, py;
      if (grid->owner[cell] < 128) continue;
      all++;
      pa_affine_apply(&grid->to_photo, (float)x + 0.5f, (float)y + 0.5f, &px,
                      &py);
      if (owned_by_any(others, count, px, py)) continue;
      sum += (float)grid->body[cell] / 255;
      cells++;
    }
  }
  if (!(cells > 0)) return (pa_support){0, 0};
  return (pa_support){.mean = sum / cells, .free = cells / all};
}

bool pa_overlap_same_head(const pa_pose *first, const pa_pose *second) {
  const pa_keypoint *a = first->keypoints, *b = second->keypoints;
  float head = hypotf(a[PA_KP_NOSE].x - b[PA_KP_NOSE].x,
                      a[PA_KP_NOSE].y - b[PA_KP_NOSE].y);
  const pa_keypoint *all[2] = {a, b};
  float width = 0; /* of the broader shoulders: turned ones look narrow */
  for (int i = 0; i < 2; i++)
    width = fmaxf(
        width,
        hypotf(all[i][PA_KP_LEFT_SHOULDER].x - all[i][PA_KP_RIGHT_SHOULDER].x,
               all[i][PA_KP_LEFT_SHOULDER].y - all[i][PA_KP_RIGHT_SHOULDER].y));
  return head < width / 2;
}

bool pa_overlap_duplicate(pa_overlap o, bool same_head, bool before) {
  if (o.in_first <= 0 || o.in_second <= 0) return false;
  /* From the two shares: 1 / IoU = 1 / a + 1 / b - 1. */
  float iou = 1 / (1 / o.in_first + 1 / o.in_second - 1);
  float inside = fmaxf(o.in_first, o.in_second);
  return iou > SAME_IOU || (inside > INSIDE && !before) ||
         (same_head && inside > HALF);
}

void pa_overlap_yield(pa_grid *behind, const pa_grid *front) {
  const uint8_t hardly = 100; /* less than anyone who owns a cell */
  for (size_t cell = 0; cell < (size_t)PA_GRID * PA_GRID; cell++) {
    size_t row = cell / PA_GRID;
    float px, py, x, y;
    pa_affine_apply(&behind->to_photo, (float)(cell % PA_GRID) + 0.5f,
                    (float)row + 0.5f, &px, &py);
    pa_affine_apply(&front->to_grid, px, py, &x, &y);
    if (owns(front, x, y) && behind->owner[cell] > hardly)
      behind->owner[cell] = hardly;
  }
}
