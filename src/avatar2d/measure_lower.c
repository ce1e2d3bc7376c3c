/* What is worn below the waist. */
#include <math.h>

#include "avatar2d/measure_cloth.h"
#include "avatar2d/measure_clothes.h"
#include "pose/pose.h"

float pa_pixels_of(const pa_measure *m, const char *name) {
  int label = pa_label_find(name);
  return label < 0 ? 0 : (float)m->person->label_pixels[label];
}

bool pa_label_color(pa_measure *m, pa_labels set, pa_color *color) {
  const pa_scene *scene = m->scene;
  const pa_person *p = m->person;
  unsigned width = pa_scene_width(scene);
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  unsigned step = (unsigned)(sqrtf(p->width * p->height / 30000)) + 1;
  m->samples.count = 0;
  for (unsigned y = (unsigned)p->y; y < (unsigned)(p->y + p->height); y += step)
    for (unsigned x = (unsigned)p->x; x < (unsigned)(p->x + p->width);
         x += step) {
      size_t i = (size_t)y * width + x;
      if (persons[i] != p->id || !pa_labels_have(labels[i], set)) continue;
      if (m->samples.count == PA_SAMPLES) break;
      m->samples.colors[m->samples.count++] =
          pa_patch_oklab(&m->patch, m->image->rgba + 4 * i);
    }
  if (m->samples.count < 12) return false;
  *color = pa_oklab_color(pa_samples_median(&m->samples, .4f, .85f));
  return true;
}

/* ------------------------------------------------------------ dresses */

#define ROWS 64 /* parts of the person's height */

/* The person's pixels with a label, part of the height by part. */
static void count_rows(const pa_measure *m, const char *name, float *rows) {
  const pa_person *p = m->person;
  const uint8_t *labels = pa_scene_labels(m->scene);
  const uint8_t *persons = pa_scene_persons(m->scene);
  const int label = pa_label_find(name);
  const unsigned h = (unsigned)p->height;
  for (int i = 0; i < ROWS; i++)
    rows[i] = 0;
  for (unsigned y = 0; y < h; y++) {
    size_t row = ((size_t)p->y + y) * pa_scene_width(m->scene) + (size_t)p->x;
    for (size_t x = 0; x < (size_t)p->width; x++)
      if (persons[row + x] == p->id && labels[row + x] == label)
        rows[(size_t)y * ROWS / h]++;
  }
}

/* Skirts and wide trousers are labelled as dresses at times: such a dress
 * begins where the garment above ends. */
static bool dress_is_below(const pa_measure *m) {
  const float least = .25f, most = .85f, mixed = .2f, seen = .2f;
  float upper = pa_pixels_of(m, "upper_clothes");
  float dress = pa_pixels_of(m, "dress");
  float above[ROWS], below[ROWS], sum = 0, high = 0;
  if (dress <= seen * (upper + pa_pixels_of(m, "coat")) ||
      upper < least * (upper + dress))
    return false;
  count_rows(m, "upper_clothes", above);
  count_rows(m, "dress", below);
  for (int i = 0; i < ROWS && sum < most * upper; i++)
    sum += above[i], high += below[i];
  return high < mixed * dress;
}

/* Labels of what hangs from the waist; `below`: dress_is_below. */
static pa_labels skirt_labels(bool below) {
  static const char *const names[] = {"skirt", "dress"};
  return pa_labels_of(names, below ? 2 : 1);
}

/* Dresses are labelled as what they look like above and below the waist: what
 * is one colour, and shows no waist, is one garment. */
bool pa_is_dress(pa_measure *m) {
  static const char *const above[] = {"upper_clothes", "dress"};
  const bool below = dress_is_below(m);
  float dress = pa_pixels_of(m, "dress"), skirt = pa_pixels_of(m, "skirt");
  float upper = pa_pixels_of(m, "upper_clothes") + (below ? 0 : dress);
  float pants = pa_pixels_of(m, "pants");
  float legs = pa_pixels_of(m, "left_leg") + pa_pixels_of(m, "right_leg");
  pa_color top, low;
  if (below) skirt += dress;
  if (pants > .3f * (upper + (below ? dress : 0))) return false;
  if (!below && dress > .35f * upper) return true;
  if (pants + skirt < .05f * upper && legs > .05f * upper) return true;
  if (skirt < .4f * upper || pa_pixels_of(m, "belt") > .005f * (upper + skirt))
    return false;
  return pa_label_color(m, pa_labels_of(above, below ? 1 : 2), &top) &&
         pa_label_color(m, skirt_labels(below), &low) &&
         pa_cloth_apart(pa_oklab_of(top), pa_oklab_of(low)) < .003f;
}

/* ------------------------------------------------------------ legs */

/* Adds the bare and the covered of the places along a shin. */
static void look_at_shin(const pa_measure *m, int knee, int ankle, float *bare,
                         float *covered) {
  static const char *const skin[] = {"left_leg", "right_leg"};
  static const char *const cloth[] = {"pants"};
  const pa_labels legs = pa_labels_of(skin, 2), pants = pa_labels_of(cloth, 1);
  const pa_keypoint *a = &m->person->keypoints[knee];
  const pa_keypoint *b = &m->person->keypoints[ankle];
  const float sure = .5f, width = (float)pa_scene_width(m->scene);
  const float height = (float)pa_scene_height(m->scene);
  if (a->score < sure || b->score < sure) return;
  for (int k = 4; k < 14; k++) {
    const float t = .05f * (float)k;
    float x = a->x + t * (b->x - a->x), y = a->y + t * (b->y - a->y);
    if (!(x >= 0 && y >= 0 && x < width && y < height)) continue;
    size_t i = (size_t)y * pa_scene_width(m->scene) + (size_t)x;
    if (pa_scene_persons(m->scene)[i] != m->person->id) continue;
    uint8_t label = pa_scene_labels(m->scene)[i];
    *bare += pa_labels_have(label, legs);
    *covered += pa_labels_have(label, pants);
  }
}

/* Shorts may reach down to the knee; what they leave bare is seen below it, or
 * is much. */
static bool are_shorts(const pa_measure *m) {
  float bare = 0, covered = 0;
  float legs = pa_pixels_of(m, "left_leg") + pa_pixels_of(m, "right_leg");
  look_at_shin(m, PA_KP_LEFT_KNEE, PA_KP_LEFT_ANKLE, &bare, &covered);
  look_at_shin(m, PA_KP_RIGHT_KNEE, PA_KP_RIGHT_ANKLE, &bare, &covered);
  return legs > .45f * pa_pixels_of(m, "pants") ||
         (bare >= 6 && bare > 2 * covered);
}

/* Skirts are labelled as trousers at times, rarely the other way; shorts and
 * trousers as dresses in part. */
static bool is_skirt(const pa_measure *m, bool below) {
  float skirt = pa_pixels_of(m, "skirt"), pants = pa_pixels_of(m, "pants");
  float dress = below ? pa_pixels_of(m, "dress") : 0;
  return skirt > .5f * pants || pants < .25f * dress;
}

/* A dress of which a coat shows the skirt. */
static bool is_below_coat(const pa_measure *m) {
  float legs = pa_pixels_of(m, "left_leg") + pa_pixels_of(m, "right_leg");
  return legs > .3f * pa_pixels_of(m, "dress");
}

void pa_measure_lower(pa_measure *m, pa_traits *t) {
  static const char *const pants[] = {"pants"}, *const dress[] = {"dress"};
  static const char *const shoes[] = {"left_shoe", "right_shoe"};
  const bool below = dress_is_below(m);
  pa_color *color = &t->lower.color;
  bool skirt =
      is_skirt(m, below) && pa_label_color(m, skirt_labels(below), color);
  if (!skirt && pa_label_color(m, pa_labels_of(pants, 1), color))
    t->lower.kind = are_shorts(m) ? PA_LOWER_SHORTS : PA_LOWER_PANTS;
  else if (!skirt && is_below_coat(m))
    skirt = pa_label_color(m, pa_labels_of(dress, 1), color);
  if (skirt) t->lower.kind = PA_LOWER_SKIRT;
  pa_label_color(m, pa_labels_of(shoes, 2), &t->lower.shoes);
}
