#include "avatar2d/trace.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

pa_status pa_field_create(pa_error *err, int width, int height, float x0,
                          float y0, pa_field *field) {
  *field = (pa_field){width, height, x0, y0, NULL};
  field->values =
      pa_mem_calloc((size_t)width * (size_t)height, sizeof *field->values);
  if (field->values) return PA_OK;
  return pa_error_memory(err, (size_t)width * (size_t)height * sizeof(float),
                         "a map");
}

void pa_field_free(pa_field *field) {
  pa_mem_free(field->values);
  field->values = NULL;
}

static float cell(const pa_field *f, int x, int y) {
  if (x < 0 || y < 0 || x >= f->width || y >= f->height) return 0;
  return f->values[(size_t)y * (size_t)f->width + (size_t)x];
}

float pa_field_at(const pa_field *field, float x, float y) {
  float u = x - field->x0 - .5f, v = y - field->y0 - .5f;
  int i = (int)floorf(u), j = (int)floorf(v);
  float fu = u - (float)i, fv = v - (float)j;
  float top = cell(field, i, j) * (1 - fu) + cell(field, i + 1, j) * fu;
  float low = cell(field, i, j + 1) * (1 - fu) + cell(field, i + 1, j + 1) * fu;
  return top * (1 - fv) + low * fv;
}

/* ------------------------------------------------------------ blurring */

static void blur_line(float *values, size_t stride, int count, int radius,
                      float *copy) {
  for (int i = 0; i < count; i++)
    copy[i] = values[(size_t)i * stride];
  float sum = 0, per = 1 / (float)(2 * radius + 1);
  for (int i = -radius; i < count; i++) {
    if (i + radius < count) sum += copy[i + radius];
    if (i - radius - 1 >= 0) sum -= copy[i - radius - 1];
    if (i >= 0) values[(size_t)i * stride] = sum * per;
  }
}

pa_status pa_field_blur(pa_error *err, pa_field *field, float sigma) {
  int w = field->width, h = field->height, longest = w > h ? w : h;
  /* Variance of three boxes: ((2 r + 1)^2 - 1) / 4. */
  int radius = (int)lroundf((sqrtf(4 * sigma * sigma + 1) - 1) / 2);
  if (radius < 1) return PA_OK;
  float *copy = pa_mem_alloc((size_t)longest * sizeof *copy);
  if (!copy)
    return pa_error_memory(err, (size_t)longest * sizeof *copy, "a line");
  for (int pass = 0; pass < 3; pass++) {
    for (int y = 0; y < h; y++)
      blur_line(field->values + (size_t)y * (size_t)w, 1, w, radius, copy);
    for (int x = 0; x < w; x++)
      blur_line(field->values + x, (size_t)w, h, radius, copy);
  }
  pa_mem_free(copy);
  return PA_OK;
}

/* ------------------------------------------------------------ tracing */

/* Walks along the level's line from square to square (marching squares); the
 * square (x, y) has the cells (x, y) .. (x + 1, y + 1) at its corners. The
 * inside stays at the right hand. */
typedef struct walk {
  const pa_field *field;
  float level;
  uint8_t *seen; /* [height + 1][width + 1], of squares from (-1, -1) */
  pa_vec *points;
  size_t count, room;
} walk;

static unsigned corners(const walk *w, int x, int y) {
  return (cell(w->field, x, y) > w->level) |
         (unsigned)(cell(w->field, x + 1, y) > w->level) << 1 |
         (unsigned)(cell(w->field, x + 1, y + 1) > w->level) << 2 |
         (unsigned)(cell(w->field, x, y + 1) > w->level) << 3;
}

enum { UP, RIGHT, DOWN, LEFT, NOWHERE };

/* The side through which the line leaves a square that it entered moving
 * `from`; squares with two lines are taken as joined. */
static int leave(unsigned c, int from) {
  static const int8_t next[16] = {
      NOWHERE, LEFT, UP,      LEFT, RIGHT, NOWHERE, UP, LEFT,
      DOWN,    DOWN, NOWHERE, DOWN, RIGHT, RIGHT,   UP, NOWHERE};
  if (c == 5) return from == UP ? LEFT : RIGHT;
  if (c == 10) return from == RIGHT ? UP : DOWN;
  return next[c];
}

static float crossing(float a, float b, float level) {
  float d = b - a;
  return d != 0 ? fminf(fmaxf((level - a) / d, 0), 1) : .5f;
}

/* The point of the line on a side of the square, in field coordinates. */
static pa_vec side_point(const walk *w, int x, int y, int side) {
  const pa_field *f = w->field;
  float a = cell(f, x, y), b = cell(f, x + 1, y);
  float c = cell(f, x + 1, y + 1), d = cell(f, x, y + 1);
  pa_vec v = {(float)x, (float)y};
  if (side == UP) v.x += crossing(a, b, w->level);
  if (side == DOWN) v.x += crossing(d, c, w->level), v.y += 1;
  if (side == LEFT) v.y += crossing(a, d, w->level);
  if (side == RIGHT) v.y += crossing(b, c, w->level), v.x += 1;
  return (pa_vec){v.x + f->x0 + .5f, v.y + f->y0 + .5f};
}

static bool add_point(walk *w, pa_vec v) {
  if (w->count == w->room) {
    size_t room = w->room ? 2 * w->room : 1024;
    pa_vec *grown = pa_mem_realloc(w->points, room * sizeof *grown);
    if (!grown) return false;
    w->points = grown, w->room = room;
  }
  w->points[w->count++] = v;
  return true;
}

static uint8_t *seen_at(const walk *w, int x, int y) {
  return w->seen + (size_t)(y + 1) * ((size_t)w->field->width + 1) +
         (size_t)(x + 1);
}

/* One closed line, beginning in the square (x, y). */
static bool follow(walk *w, int x, int y) {
  int from = UP, begin_x = x, begin_y = y, begin_side = NOWHERE;
  w->count = 0;
  for (;;) {
    unsigned c = corners(w, x, y);
    int side = leave(c, from);
    if (side == NOWHERE) return true;
    if (x == begin_x && y == begin_y) {
      if (begin_side == side) return true;
      if (begin_side == NOWHERE) begin_side = side;
    }
    /* A bit for each side, since a square can be crossed twice. */
    *seen_at(w, x, y) |= (uint8_t)(1u << side);
    if (!add_point(w, side_point(w, x, y, side))) return false;
    x += side == RIGHT ? 1 : side == LEFT ? -1 : 0;
    y += side == DOWN ? 1 : side == UP ? -1 : 0;
    from = side;
  }
}

float pa_contour_area(const pa_vec *points, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; i++) {
    pa_vec a = points[i], b = points[(i + 1) % count];
    sum += (double)a.x * b.y - (double)b.x * a.y;
  }
  return (float)(sum / 2);
}

/* Points at even distances along the line, each the mean of its neighbourhood
 * of one step. */
static void resample(const walk *w, float step, pa_contour *out) {
  float length = 0;
  for (size_t i = 0; i < w->count; i++) {
    pa_vec a = w->points[i], b = w->points[(i + 1) % w->count];
    length += hypotf(b.x - a.x, b.y - a.y);
  }
  size_t count = (size_t)fmaxf(length / step, 8);
  if (count > PA_CONTOUR_POINTS) count = PA_CONTOUR_POINTS;
  float spacing = length / (float)count, walked = 0;
  double x = 0, y = 0, n = 0;
  out->count = 0;
  for (size_t i = 0; i < w->count && out->count < count; i++) {
    pa_vec a = w->points[i], b = w->points[(i + 1) % w->count];
    x += a.x, y += a.y, n++;
    walked += hypotf(b.x - a.x, b.y - a.y);
    if (walked < spacing && i + 1 < w->count) continue;
    out->points[out->count++] = (pa_vec){(float)(x / n), (float)(y / n)};
    walked -= spacing;
    x = y = n = 0;
  }
}

/* Keeps the largest, in order. */
static void keep(pa_shape *shape, float *areas, const walk *w, float area,
                 float step) {
  size_t at = shape->count;
  while (at > 0 && fabsf(areas[at - 1]) < fabsf(area))
    at--;
  if (at == PA_CONTOURS) return;
  if (shape->count < PA_CONTOURS) shape->count++;
  for (size_t i = shape->count - 1; i > at; i--) {
    shape->contours[i] = shape->contours[i - 1];
    areas[i] = areas[i - 1];
  }
  resample(w, step, &shape->contours[at]);
  areas[at] = area;
}

pa_status pa_field_trace(pa_error *err, const pa_field *field, float level,
                         float least, float step, pa_shape *shape) {
  size_t squares = ((size_t)field->width + 1) * ((size_t)field->height + 1);
  walk w = {.field = field, .level = level};
  float areas[PA_CONTOURS];
  bool enough = true;
  w.seen = pa_mem_calloc(squares, 1);
  if (!w.seen) return pa_error_memory(err, squares, "an outline");
  shape->count = 0;
  for (int y = -1; enough && y < field->height; y++)
    for (int x = -1; enough && x < field->width; x++) {
      unsigned c = corners(&w, x, y);
      if (c == 0 || c == 15 || c == 5 || c == 10 || *seen_at(&w, x, y))
        continue;
      enough = follow(&w, x, y);
      float area = enough ? pa_contour_area(w.points, w.count) : 0;
      if (fabsf(area) >= least) keep(shape, areas, &w, area, step);
    }
  pa_mem_free(w.seen);
  pa_mem_free(w.points);
  return enough ? PA_OK
                : pa_error_memory(err, w.room * sizeof *w.points, "an outline");
}
