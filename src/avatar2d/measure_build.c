/* How stout a body is: half the trunk's width where it is narrowest, between
 * chest and hips, in head units. Arms and their sleeves do not count. */
#include <math.h>

#include "avatar2d/measure.h"
#include "parse/scene.h"
#include "pose/pose.h"

#define ROWS 12

static pa_labels trunk_labels(void) {
  static const char *const names[] = {
      "upper_clothes", "dress", "coat", "torso_skin", "pants", "skirt", "belt"};
  return pa_labels_of(names, sizeof names / sizeof *names);
}

static bool is_trunk(const pa_measure *m, pa_labels set, int x, int y) {
  const unsigned sleeves =
      1u << PA_DERIVED_LEFT_SLEEVE | 1u << PA_DERIVED_RIGHT_SLEEVE;
  int width = (int)pa_scene_width(m->scene);
  if (x < 0 || y < 0 || x >= width || y >= (int)pa_scene_height(m->scene))
    return false;
  size_t i = (size_t)y * (size_t)width + (size_t)x;
  uint8_t label = pa_scene_labels(m->scene)[i];
  return pa_scene_persons(m->scene)[i] == m->person->id && label < 64 &&
         set >> label & 1 && !(pa_scene_derived(m->scene)[i] & sleeves);
}

/* Photo pixels from side to side of the trunk's row through a place; 0 where it
 * is not seen. */
static float row_width(const pa_measure *m, pa_labels set, float x, float y) {
  int left = (int)x, right = (int)x, row = (int)y;
  if (!is_trunk(m, set, left, row)) return 0;
  while (is_trunk(m, set, left - 1, row))
    left--;
  while (is_trunk(m, set, right + 1, row))
    right++;
  return (float)(right - left + 1);
}

static bool sees(const pa_measure *m, int joint) {
  const float sure = .6f;
  return m->person->keypoints[joint].score > sure;
}

void pa_measure_build(const pa_measure *m, pa_traits *t) {
  /* Of sixty people of CCP and twenty of the photos the middle one has 118;
   * less than `hidden` is what hands leave of a trunk. */
  const float usual = 118, spread = 34, hidden = 90, least = 9;
  const pa_keypoint *k = m->person->keypoints;
  float narrow = INFINITY, rows = 0;
  t->build = 0;
  if (!m->head.mesh || !sees(m, PA_KP_LEFT_SHOULDER) ||
      !sees(m, PA_KP_RIGHT_SHOULDER) || !sees(m, PA_KP_LEFT_HIP) ||
      !sees(m, PA_KP_RIGHT_HIP))
    return;
  float x = (k[PA_KP_LEFT_SHOULDER].x + k[PA_KP_RIGHT_SHOULDER].x) / 2;
  float y = (k[PA_KP_LEFT_SHOULDER].y + k[PA_KP_RIGHT_SHOULDER].y) / 2;
  float dx = (k[PA_KP_LEFT_HIP].x + k[PA_KP_RIGHT_HIP].x) / 2 - x;
  float dy = (k[PA_KP_LEFT_HIP].y + k[PA_KP_RIGHT_HIP].y) / 2 - y;
  if (dy < 2 * fabsf(dx)) return; /* bent, or lying */
  const pa_labels set = trunk_labels();
  for (int i = 0; i < ROWS; i++) {
    float u = .45f + .05f * (float)i;
    float wide = row_width(m, set, x + u * dx, y + u * dy);
    if (wide > 0) narrow = fminf(narrow, wide), rows++;
  }
  float waist = narrow / 2 / m->head.unit;
  if (rows < least || waist < hidden) return;
  bool coat =
      t->upper.kind == PA_GARMENT_COAT || t->upper.kind == PA_GARMENT_SUIT;
  float loose = coat ? .6f : 1;
  t->build = loose * fminf(fmaxf((waist - usual) / spread, -1), 1);
}
