/* Taking from a map what is too thin or too small. */
#include <math.h>
#include <string.h>

#include "avatar2d/field.h"
#include "base/apart.h"
#include "base/mem.h"

/* Row `to` becomes the least (or most) of itself and `from`, cell by cell. */
PA_APART static void take_extreme(float *to, const float *from, int n,
                                  bool most) {
  if (most)
    for (int x = 0; x < n; x++)
      to[x] = from[x] > to[x] ? from[x] : to[x];
  else
    for (int x = 0; x < n; x++)
      to[x] = from[x] < to[x] ? from[x] : to[x];
}

/* Cells from (x0, y0) up to (x1, y1), which is outside. */
typedef struct region {
  int x0, y0, x1, y1;
} region;

/* Where values are above 0, and `margin` cells around, from row `top` on. */
static region find_region(const pa_field *f, int top, int margin) {
  region r = {f->width, f->height, 0, 0};
  for (int y = top; y < f->height; y++)
    for (int x = 0; x < f->width; x++) {
      if (f->values[(size_t)y * (size_t)f->width + (size_t)x] <= 0) continue;
      if (x < r.x0) r.x0 = x;
      if (x >= r.x1) r.x1 = x + 1;
      if (y < r.y0) r.y0 = y;
      r.y1 = y + 1;
    }
  r.x0 = r.x0 > margin ? r.x0 - margin : 0;
  r.y0 = r.y0 > margin ? r.y0 - margin : 0;
  r.x1 = r.x1 + margin < f->width ? r.x1 + margin : f->width;
  r.y1 = r.y1 + margin < f->height ? r.y1 + margin : f->height;
  return r;
}

/* The least (or most) of 2 r + 1 cells in a row, along x or y. */
static void spread_extreme(pa_field *f, const float *from, region in, int r,
                           bool down, bool most) {
  const int w = f->width;
  for (int y = in.y0; y < in.y1; y++)
    for (int k = -r; k <= r; k++) {
      float *to = f->values + (size_t)y * (size_t)w;
      if (down) {
        if (y + k < in.y0 || y + k >= in.y1) continue;
        take_extreme(to + in.x0, from + (size_t)(y + k) * (size_t)w + in.x0,
                     in.x1 - in.x0, most);
      } else {
        int x = k < 0 ? in.x0 - k : in.x0;
        int n = in.x1 - in.x0 - (k < 0 ? -k : k);
        take_extreme(to + x, from + (size_t)y * (size_t)w + (x + k), n, most);
      }
    }
}

pa_status pa_field_drop_splinters(pa_error *err, pa_field *f, int r, int from) {
  size_t cells = (size_t)f->width * (size_t)f->height;
  float *old = pa_mem_alloc(2 * cells * sizeof *old), *step = old + cells;
  if (!old) return pa_error_memory(err, 2 * cells * sizeof *old, "a map");
  memcpy(old, f->values, cells * sizeof *old);
  const int margin = r + 2;
  /* What lies higher is not looked at but by what grows and shrinks here. */
  region in = find_region(f, from - 2 * margin, margin);
  for (int pass = 0; pass < 4; pass++) { /* shrink both ways, then grow */
    memcpy(step, f->values, cells * sizeof *step);
    spread_extreme(f, step, in, pass < 2 ? r : r + 2, pass & 1, pass >= 2);
  }
  size_t above = (size_t)from * (size_t)f->width;
  memcpy(f->values, old, above * sizeof *old);
  for (size_t i = above; i < cells; i++)
    f->values[i] = fminf(f->values[i], old[i]);
  pa_mem_free(old);
  return PA_OK;
}

/* Marks the island of a cell (4 neighbours) with `mark` and returns its size;
 * `stack` has room for every cell. */
static int mark_island(const pa_field *f, int *marks, int start, int mark,
                       int *stack) {
  int size = 0, depth = 0;
  stack[depth++] = start;
  marks[start] = mark;
  while (depth) {
    int at = stack[--depth], x = at % f->width, y = at / f->width;
    const int near[4][2] = {{x - 1, y}, {x + 1, y}, {x, y - 1}, {x, y + 1}};
    size++;
    for (int k = 0; k < 4; k++) {
      int nx = near[k][0], ny = near[k][1], next = ny * f->width + nx;
      if (nx < 0 || ny < 0 || nx >= f->width || ny >= f->height) continue;
      if (marks[next] || f->values[next] < .45f) continue;
      marks[next] = mark;
      stack[depth++] = next;
    }
  }
  return size;
}

pa_status pa_field_drop_islands(pa_error *err, pa_field *f) {
  int cells = f->width * f->height, mark = 0, largest = 0;
  enum { MARKS = 256 };
  int sizes[MARKS] = {0};
  int *marks = pa_mem_calloc((size_t)cells, 2 * sizeof *marks);
  if (!marks)
    return pa_error_memory(err, (size_t)cells * 2 * sizeof *marks, "a map");
  for (int i = 0; i < cells && mark + 1 < MARKS; i++) {
    if (marks[i] || f->values[i] < .45f) continue;
    mark++;
    sizes[mark] = mark_island(f, marks, i, mark, marks + cells);
    if (sizes[mark] > largest) largest = sizes[mark];
  }
  for (int i = 0; i < cells; i++)
    if (!marks[i] || (float)sizes[marks[i]] < .07f * (float)largest)
      f->values[i] = fminf(f->values[i], .3f);
  pa_mem_free(marks);
  return PA_OK;
}
