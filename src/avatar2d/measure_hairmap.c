#include "avatar2d/measure_hairmap.h"

#include <math.h>
#include <string.h>

#include "avatar2d/photo_filter.h"
#include "base/mem.h"

static float *cell_of(pa_field *field, int x, int y) {
  return &field->values[(size_t)y * (size_t)field->width + (size_t)x];
}

/* Close to the skull hair is this head's, whosever the person map makes it;
 * beside the cheeks it may be a neighbour's. */
static bool is_close(const pa_head *head, float u, float v) {
  float rx = head->half + 20, w = v + 26;
  return v < 12 && u * u / (rx * rx) + w * w / (116 * 116) < 1;
}

/* Above the photo's upper edge: as on a head with common hair, and straight up
 * from hair that is cut off by the edge. */
static bool beyond(const pa_measure *m, float u, float v) {
  float rx = m->head.half + 12, ry = 94, w = v + 28;
  bool cap = u * u / (rx * rx) + w * w / (ry * ry) < 1;
  if (cap && v < -58) return true;
  if (!cap && v < -20) return false;
  for (int down = 0; v + (float)down < 120; down += 2) {
    uint8_t label =
        pa_patch_label(&m->patch, pa_head_turned(&m->head, u), v + (float)down);
    if (label != PA_PATCH_OUTSIDE) return pa_labels_have(label, m->hair);
  }
  return false;
}

/* Hair as seen from the front: 1 where it is. Beyond the photo's edge hair goes
 * on as far as a head with common hair does. */
static void read_hair(const pa_measure *m, pa_field *f) {
  for (int y = 0; y < f->height; y++)
    for (int x = 0; x < f->width; x++) {
      float u = (float)x + f->x0 + .5f, v = (float)y + f->y0 + .5f;
      float t = pa_head_turned(&m->head, u);
      uint8_t label = is_close(&m->head, u, v)
                          ? pa_patch_anybody(&m->patch, t, v)
                          : pa_patch_label(&m->patch, t, v);
      bool hair = pa_labels_have(label, m->hair);
      if (label == PA_PATCH_OUTSIDE) hair = beyond(m, u, v);
      *cell_of(f, x, y) = hair ? 1 : 0;
    }
}

/* ------------------------------------------------------------ cleaning */

/* What is labelled hair and has not its colour is background, mostly: the
 * colours near the face's edge say what hair is. Light on hair changes its
 * lightness most. */
static void drop_other_colors(pa_measure *m, pa_field *f) {
  m->samples.count = 0;
  float reach = m->head.half + 14;
  for (int side = -1; side <= 1; side += 2) {
    float x = pa_head_turned(&m->head, (float)side * .8f * reach);
    pa_samples_ellipse(&m->samples, &m->patch, m->hair, x, -60, 26, 30);
    pa_samples_ellipse(&m->samples, &m->patch, m->hair, x, -10, 16, 26);
  }
  pa_samples_ellipse(&m->samples, &m->patch, m->hair, 0, -94, 40, 18);
  if (m->samples.count < 60) return;
  pa_oklab usual = pa_samples_median(&m->samples, .1f, .9f);
  float spread = 0;
  for (size_t i = 0; i < m->samples.count; i++)
    spread += fabsf(m->samples.colors[i].l - usual.l) / (float)m->samples.count;
  float most = fmaxf(.16f, 2.6f * spread), off = .075f;
  for (int y = 0; y < f->height; y++)
    for (int x = 0; x < f->width; x++) {
      float *v = cell_of(f, x, y);
      if (*v < .5f) continue;
      float u = pa_head_turned(&m->head, (float)x + f->x0 + .5f);
      pa_oklab c = pa_patch_color(&m->patch, u, (float)y + f->y0 + .5f);
      bool alike = fabsf(c.l - usual.l) < most &&
                   hypotf(c.a - usual.a, c.b - usual.b) < off;
      *v = alike ? 1 : .12f;
    }
}

/* Another face in the person's pixels (people who were taken for one) has hair
 * of its own: how far this head's may reach on one side. */
static float reach_of(const pa_measure *m, float side) {
  float free = m->head.half + 34;
  for (int out = 0; free + (float)out < 200; out += 4) {
    float u = free + (float)out;
    int faces = 0;
    for (int v = -80; v < 110; v += 4) {
      float t = pa_head_turned(&m->head, side * u);
      uint8_t label = pa_patch_anybody(&m->patch, t, (float)v);
      faces += pa_labels_have(label, m->face);
    }
    if (faces >= 8) return (m->head.half + u) / 2;
  }
  return 200;
}

/* Hair stays within reach of a head: no wider than a large afro above the chin,
 * no wider than the shoulders below. */
static void drop_far(const pa_measure *m, pa_field *f) {
  float left = reach_of(m, -1), right = reach_of(m, 1);
  for (int y = 0; y < f->height; y++)
    for (int x = 0; x < f->width; x++) {
      float u = (float)x + f->x0 + .5f, v = (float)y + f->y0 + .5f;
      float rx = v < 40 ? 140 : 150;
      if (fabsf(u) > rx || v < -186 || u < -left || u > right)
        *cell_of(f, x, y) = 0;
    }
}

/* The crown of a head that has hair and shows no skin there has hair, whoever
 * or whatever the labels take it for. */
static void complete_crown(const pa_measure *m, pa_field *f) {
  float rx = m->head.half + 6, cells = 0, bare = 0, hair = 0;
  for (int pass = 0; pass < 2; pass++) {
    if (pass &&
        (bare > .3f * cells || hair < .1f * cells || hair > .6f * cells))
      return;
    for (int y = 0; y < f->height; y++)
      for (int x = 0; x < f->width; x++) {
        float u = (float)x + f->x0 + .5f, v = (float)y + f->y0 + .5f;
        float w = v + 28;
        if (v > -62 || u * u / (rx * rx) + w * w / (88 * 88) > 1) continue;
        uint8_t label =
            pa_patch_anybody(&m->patch, pa_head_turned(&m->head, u), v);
        bool face = pa_labels_have(label, m->face);
        if (pass && !face && v < -70) *cell_of(f, x, y) = 1;
        if (pass) continue;
        cells++;
        bare += face ? 1 : 0;
        hair += *cell_of(f, x, y) > .5f ? 1 : 0;
      }
  }
}

/* What a turned head hides of its hair is like what it shows: near the skull,
 * cells of the far side that show no skin take what their mirror images are. */
static void complete_far_side(const pa_measure *m, pa_field *f) {
  const float turned = .15f;
  float far = m->head.yaw > 0 ? 1 : -1;
  if (fabsf(m->head.yaw) < turned) return;
  for (int y = 0; y < f->height; y++)
    for (int x = 0; x < f->width; x++) {
      float u = (float)x + f->x0 + .5f, v = (float)y + f->y0 + .5f;
      if (u * far <= 0 || v > 25 || !is_close(&m->head, u, v)) continue;
      uint8_t label =
          pa_patch_anybody(&m->patch, pa_head_turned(&m->head, u), v);
      if (pa_labels_have(label, m->face)) continue;
      float *own = cell_of(f, x, y);
      *own = fmaxf(*own, pa_field_at(f, -u, v));
    }
}

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

/* Where there may be hair, and `margin` cells around it, from row `top` on. */
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

/* Takes away what is narrower than 2 r + 1 below the crown: splinters, not
 * strands. On the crown hair may be thin. */
static pa_status drop_splinters(pa_error *err, pa_field *f, int r) {
  size_t cells = (size_t)f->width * (size_t)f->height;
  float *old = pa_mem_alloc(2 * cells * sizeof *old), *step = old + cells;
  if (!old) return pa_error_memory(err, 2 * cells * sizeof *old, "a map");
  memcpy(old, f->values, cells * sizeof *old);
  const int crown = (int)(-50 - f->y0), margin = r + 2;
  /* What lies higher is not looked at but by what grows and shrinks here. */
  region in = find_region(f, crown - 2 * margin, margin);
  for (int pass = 0; pass < 4; pass++) { /* shrink both ways, then grow */
    memcpy(step, f->values, cells * sizeof *step);
    spread_extreme(f, step, in, pass < 2 ? r : r + 2, pass & 1, pass >= 2);
  }
  size_t above = (size_t)crown * (size_t)f->width;
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

/* Keeps the islands that are not much smaller than the largest. */
static pa_status drop_islands(pa_error *err, pa_field *f) {
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

pa_status pa_hairmap_create(pa_measure *m, pa_field *map) {
  pa_error *err = &m->context->err;
  const int width = 400, height = 500;
  pa_status status = pa_field_create(err, width, height, -200, -205, map);
  if (status != PA_OK) return status;
  read_hair(m, map);
  drop_other_colors(m, map);
  drop_far(m, map);
  complete_far_side(m, map);
  complete_crown(m, map);
  status = drop_splinters(err, map, 5);
  return status == PA_OK ? drop_islands(err, map) : status;
}
