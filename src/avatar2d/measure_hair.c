/* The hair's outline, or the name of a haircut like it. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure_form.h"
#include "avatar2d/measure_hairmap.h"
#include "stitch/color.h"

/* Fewer square units than that are no hair. */
#define LEAST_HAIR 500.f

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

/* Hair that lies so close to the skull all over is a few millimetres long. */
static bool is_shorn(const pa_hair_form *f) {
  const float thin = 8.5f, ear = 10;
  if (f->bare || f->tied || f->curls > 0 || f->behind > ear) return false;
  if (f->side[0].low > ear || f->side[1].low > ear) return false;
  for (int i = 0; i < PA_CROWN; i++)
    if (f->crown[i] - pa_hair_skull(f, pa_hair_ray(i)) > thin) return false;
  return true;
}

/* In a bluish shade blond hair is as grey as grey hair is. Of what is long more
 * is blond. */
static void warm_in_shade(const pa_measure *m, pa_traits *t) {
  const float shaded = .5f, light = .5f, most = .72f, long_hair = 110;
  const float dull = .045f, blond = 1.15f; /* chroma; hue, radians */
  pa_oklab c = pa_oklab_of(t->hair.color);
  if (m->shade < shaded || c.l < light || c.l > most) return;
  if (t->hair.length < long_hair || hypotf(c.a, c.b) > dull) return;
  c.a = dull * cosf(blond), c.b = dull * sinf(blond);
  t->hair.color = pa_oklab_color(c);
}

/* The outlines of the haircut that was seen. */
static pa_status wear_own(pa_measure *m, const pa_field *map,
                          const pa_haircut *cut, pa_traits *t) {
  pa_error *err = &m->context->err;
  pa_hair_form form;
  pa_status status = pa_shape_create(err, &t->hair.front);
  if (status == PA_OK) status = pa_shape_create(err, &t->hair.back);
  if (status != PA_OK) return status;
  pa_hair_form_measure(m, map, cut, t->hair.parting, &form);
  t->hair.curly = form.curls > 0;
  t->hair.shorn = is_shorn(&form);
  pa_hair_form_shapes(&form, &t->hair.front, &t->hair.back);
  t->hair.kind = t->hair.front.count ? PA_HAIR_TRACED : PA_HAIR_NONE;
  return PA_OK;
}

/* A head seen from the side or from behind has no outline that a face seen from
 * the front could wear, nor has hair that was found in pieces: a haircut of the
 * same length. */
static pa_status wear(pa_measure *m, const pa_field *map, pa_traits *t) {
  const float side = .72f; /* radians */
  pa_haircut cut;
  pa_haircut_look(m, t, map, &cut);
  t->hair.parting = find_parting(map);
  /* What the crown was completed with is no hair when none was seen, unless the
   * photo ends below it. */
  bool hatted = pa_haircut_hatted(m), unseen = m->hair_seen.l <= 0;
  if (m->head.mesh && unseen && cut.outside < .6f && !hatted) return PA_OK;
  bool hidden = cut.hat > .4f && cut.area < 2600;
  if (m->head.face && fabsf(m->head.yaw) < side && !hidden &&
      pa_haircut_sound(m, &cut))
    return wear_own(m, map, &cut, t);
  /* A few locks lighter than the skin are the hat's own edge, in the sun. */
  if (hidden && pa_lightness(t->hair.color) > pa_lightness(t->face.skin))
    t->hair.color = pa_hex(0x3a2a20);
  /* Whose hair a hat hides has some, more often than none. */
  else if (hatted && unseen)
    t->hair.color = t->brows.color;
  const char *name = pa_haircut_preset(m, &cut, t);
  t->hair.kind = PA_HAIR_PRESET;
  memcpy(t->hair.preset, name, strlen(name) + 1);
  return PA_OK;
}

pa_status pa_measure_hair(pa_measure *m, pa_traits *t) {
  pa_field map = {0};
  pa_status status = pa_hairmap_create(m, &map);
  if (status == PA_OK) {
    float area = measure_area(&map);
    t->hair.kind = PA_HAIR_NONE;
    t->hair.preset[0] = '\0';
    t->face.top = -112;
    if (area > LEAST_HAIR || (m->head.face && pa_haircut_hatted(m))) {
      t->hair.length = lowest(&map, area);
      status = wear(m, &map, t);
      warm_in_shade(m, t);
    }
  }
  pa_field_free(&map);
  return status;
}
