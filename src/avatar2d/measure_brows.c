/* Brows as the photo shows them. The mesh puts every face's brows about where
 * they are and makes them all alike: over sixty faces its thickness varies by a
 * twentieth. How dark they are against the forehead, column by column, tells
 * how heavy they are, and their middle where they run. */
#include <math.h>
#include <stdlib.h>

#include "avatar2d/measure.h"

#define COLUMNS 9
#define REACH 11 /* head units above and below the mesh's line */

/* One column's: darkness summed up, its greatest, and its middle. */
typedef struct column {
  float sum, most, y;
} column;

/* The mesh's line at a share of the way from the inner to the outer end. */
static float line_at(const pa_traits *t, float u) {
  const float peak = .62f;
  return u < peak ? t->brows.inner_y +
                        u / peak * (t->brows.peak_y - t->brows.inner_y)
                  : t->brows.peak_y + (u - peak) / (1 - peak) *
                                          (t->brows.outer_y - t->brows.peak_y);
}

/* Lightness of the forehead above a brow; 0 where hair or a hat covers it. */
static float forehead(const pa_measure *m, float x, float y) {
  float sum = 0;
  int count = 0;
  for (int i = 0; i < 6; i++) {
    float v = y - REACH - (float)i;
    if (!pa_labels_have(pa_patch_label(&m->patch, x, v), m->face)) continue;
    sum += pa_patch_color(&m->patch, x, v).l, count++;
  }
  return count > 3 ? sum / (float)count : 0;
}

/* false where something covers the brow. */
static bool look(const pa_measure *m, float x, float y, column *c) {
  const float faint = .07f; /* shadows and wrinkles */
  const float lid = -9;
  float light = forehead(m, x, y);
  *c = (column){0, 0, 0};
  if (light < .2f) return false;
  for (int i = -REACH; i <= REACH; i++) {
    float v = y + (float)i;
    if (v > lid) break;
    uint8_t label = pa_patch_label(&m->patch, x, v);
    if (pa_labels_have(label, m->glasses | m->hair | m->hat)) return false;
    if (!pa_labels_have(label, m->face)) continue;
    float dark = 1 - pa_patch_color(&m->patch, x, v).l / light - faint;
    if (dark <= 0) continue;
    c->sum += dark, c->y += dark * v, c->most = fmaxf(c->most, dark);
  }
  if (c->sum > 0) c->y /= c->sum;
  return true;
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

static float median(float *v, int n) {
  qsort(v, (size_t)n, sizeof *v, by_value);
  return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

/* A column of the side (-1: the picture's left) at share u of the brow. */
static bool look_at(const pa_measure *m, const pa_traits *t, float side,
                    float u, column *c) {
  float x = t->brows.inner_x + u * (t->brows.outer_x - t->brows.inner_x);
  return look(m, pa_head_turned(&m->head, side * x), line_at(t, u), c);
}

/* What the columns of the sides that are seen say. */
typedef struct found {
  float sums[2 * COLUMNS], off[3][2 * COLUMNS];
  int count, places[3];
} found;

static void look_at_side(const pa_measure *m, const pa_traits *t, float side,
                         found *f) {
  const float there = .3f; /* enough of a brow to have a place */
  for (int i = 0; i < COLUMNS; i++) {
    const float u = .08f + .1f * (float)i;
    const int third = i / 3;
    column c;
    if (!look_at(m, t, side, u, &c)) continue;
    f->sums[f->count++] = c.sum;
    if (c.sum > there) f->off[third][f->places[third]++] = c.y - line_at(t, u);
  }
}

/* Moves a height of the mesh's towards the middle that was seen. */
static void settle(found *f, int third, float trust, float *y) {
  const float most = 8;
  if (f->places[third] < 2) return;
  float off = median(f->off[third], f->places[third]);
  *y += trust * fminf(fmaxf(off, -most), most);
}

void pa_measure_brows(pa_measure *m, pa_traits *t) {
  /* Photo pixels a head unit from which brows are seen, and seen well. */
  const float least = .22f, clear = .5f;
  const float turned = .3f; /* radians: of a head that hides one */
  found f = {.count = 0};
  if (!m->head.mesh || m->head.unit < least) return;
  for (int side = -1; side <= 1; side += 2)
    if (m->head.yaw * (float)side < turned) look_at_side(m, t, (float)side, &f);
  if (f.count < COLUMNS / 2) return;
  float trust = fminf((m->head.unit - least) / (clear - least), 1);
  float heavy = 2.4f + 1.05f * powf(median(f.sums, f.count), .8f);
  t->brows.thickness += trust * (heavy - t->brows.thickness);
  settle(&f, 0, .75f * trust, &t->brows.inner_y);
  settle(&f, 1, .75f * trust, &t->brows.peak_y);
  settle(&f, 2, .75f * trust, &t->brows.outer_y);
}
