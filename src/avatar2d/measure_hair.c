/* The hair's outline. */
#include <math.h>

#include "avatar2d/measure.h"
#include "avatar2d/trace.h"

/* Fewer square units than that are no hair. */
#define LEAST_HAIR 500.f
#define STEP 9.f /* between points of an outline */

typedef struct hair_map {
  pa_field hair, filled; /* the hair; the hair and what it surrounds */
  int label;
} hair_map;

static float *cell_of(pa_field *field, int x, int y) {
  return &field->values[(size_t)y * (size_t)field->width + (size_t)x];
}

/* Hair as seen from the front: 1 where it is. Beyond the photo's edge hair goes
 * on as far as a head with common hair does. */
static void read_hair(pa_measure *m, const pa_traits *t, hair_map *map) {
  pa_field *f = &map->hair;
  float rx = m->head.half + 12, ry = 100;
  (void)t;
  for (int y = 0; y < f->height; y++)
    for (int x = 0; x < f->width; x++) {
      float u = (float)x + f->x0 + .5f, v = (float)y + f->y0 + .5f;
      uint8_t label = pa_patch_label(&m->patch, pa_head_turned(&m->head, u), v);
      bool hair = label == map->label;
      if (label == PA_PATCH_OUTSIDE && v < -35)
        hair = u * u / (rx * rx) + (v + 32) * (v + 32) / (ry * ry) < 1;
      *cell_of(f, x, y) = hair ? 1 : 0;
    }
}

/* Below the crown, every row is filled between its outermost hair, as far as it
 * lies on both sides of the face. */
static void fill_between(hair_map *map) {
  const pa_field *from = &map->hair;
  for (int y = 0; y < from->height; y++) {
    int first = -1, last = -1;
    for (int x = 0; x < from->width; x++)
      if (from->values[(size_t)y * (size_t)from->width + (size_t)x] > .5f) {
        if (first < 0) first = x;
        last = x;
      }
    for (int x = 0; x < from->width; x++) {
      bool inside = first >= 0 && x >= first && x <= last;
      *cell_of(&map->filled, x, y) = inside ? 1 : 0;
    }
  }
}

static float measure_area(const pa_field *field) {
  float sum = 0;
  for (int i = 0; i < field->width * field->height; i++)
    sum += field->values[i];
  return sum;
}

/* y below which only a fiftieth of the hair lies. */
static float lowest(const pa_field *field, float area) {
  float below = 0;
  for (int y = field->height - 1; y >= 0; y--) {
    for (int x = 0; x < field->width; x++)
      below += field->values[(size_t)y * (size_t)field->width + (size_t)x];
    if (below > .02f * area) return (float)y + field->y0;
  }
  return field->y0;
}

/* x of the place where the hairline stands highest. */
static float find_parting(const pa_field *field) {
  float best = 0, highest = INFINITY;
  for (int u = -40; u <= 40; u += 2) {
    float y = 0;
    while (y > -120 && pa_field_at(field, (float)u, y) < .5f)
      y -= 1;
    if (y < highest - 2) highest = y, best = (float)u;
  }
  return best;
}

static pa_status trace(pa_measure *m, hair_map *map, pa_traits *t, float area) {
  pa_error *err = &m->context->err;
  /* Labels of a small head are coarse: the smoothing is at least its pixels. */
  float sigma = fmaxf(2.4f, .55f / fmaxf(m->head.unit, .02f));
  sigma = fminf(sigma, 7);
  pa_status status = pa_shape_create(err, &t->hair.front);
  if (status == PA_OK) status = pa_shape_create(err, &t->hair.back);
  if (status == PA_OK) status = pa_field_blur(err, &map->hair, sigma);
  if (status == PA_OK) status = pa_field_blur(err, &map->filled, sigma + .6f);
  if (status == PA_OK)
    status = pa_field_trace(err, &map->hair, .45f, fmaxf(90, .012f * area),
                            STEP, &t->hair.front);
  if (status == PA_OK)
    status = pa_field_trace(err, &map->filled, .42f, fmaxf(200, .03f * area),
                            STEP, &t->hair.back);
  if (status != PA_OK) return status;
  t->hair.kind = t->hair.front.count ? PA_HAIR_TRACED : PA_HAIR_NONE;
  t->hair.parting = find_parting(&map->hair);
  return PA_OK;
}

/* y up to which the face's skin is seen above the nose; the hair's outline
 * covers the rest. */
static float find_top(const pa_measure *m) {
  float top = -66;
  for (int u = -30; u <= 30; u += 6)
    for (float y = -66; y > -122; y--) {
      uint8_t label =
          pa_patch_label(&m->patch, pa_head_turned(&m->head, (float)u), y);
      if (label >= 64 || !(m->face >> label & 1)) break;
      top = fminf(top, y);
    }
  return top - 5;
}

pa_status pa_measure_hair(pa_measure *m, pa_traits *t) {
  pa_error *err = &m->context->err;
  hair_map map = {.label = pa_label_find("hair")};
  const int width = 400, height = 500;
  pa_status status = pa_field_create(err, width, height, -200, -205, &map.hair);
  if (status == PA_OK)
    status = pa_field_create(err, width, height, -200, -205, &map.filled);
  if (status == PA_OK) {
    read_hair(m, t, &map);
    fill_between(&map);
    float area = measure_area(&map.hair);
    t->hair.kind = PA_HAIR_NONE;
    t->hair.preset[0] = '\0';
    t->face.top = m->head.face ? find_top(m) : -112;
    if (area > LEAST_HAIR) {
      t->hair.length = lowest(&map.hair, area);
      status = trace(m, &map, t, area);
    }
  }
  pa_field_free(&map.hair);
  pa_field_free(&map.filled);
  return status;
}
