#include "avatar2d/photo_heads.h"

#include <math.h>

#include "pose/pose.h"

/* Of common faces, head units. */
#define PUPILS 62.f
#define EYES_TO_MOUTH 63.f

/* false where the eyes are not seen. */
static bool head_of(const pa_person *person, float *x, float *y, float *unit) {
  const float sure = .3f;
  const pa_keypoint *k = person->keypoints;
  const pa_keypoint *l = &k[PA_KP_LEFT_EYE], *r = &k[PA_KP_RIGHT_EYE];
  if (l->score < sure || r->score < sure) return false;
  *x = (l->x + r->x) / 2, *y = (l->y + r->y) / 2;
  *unit = hypotf(l->x - r->x, l->y - r->y) / PUPILS;
  l = &k[PA_KP_MOUTH_LEFT], r = &k[PA_KP_MOUTH_RIGHT];
  if (l->score >= sure && r->score >= sure) {
    float dx = (l->x + r->x) / 2 - *x, dy = (l->y + r->y) / 2 - *y;
    *unit = fmaxf(*unit, hypotf(dx, dy) / EYES_TO_MOUTH);
  }
  return *unit > 0;
}

void pa_photo_heads_find(const pa_scene *scene, const pa_person *person,
                         pa_photo_heads *heads) {
  heads->count = 0;
  if (!head_of(person, &heads->own.x, &heads->own.y, &heads->own.unit)) return;
  for (size_t i = 0; i < pa_scene_person_count(scene); i++) {
    pa_person other;
    int n = heads->count;
    if (n == PA_PHOTO_HEADS || pa_scene_person(scene, i, &other) != PA_OK ||
        other.id == person->id)
      continue;
    heads->count += head_of(&other, &heads->others[n].x, &heads->others[n].y,
                            &heads->others[n].unit);
  }
}

static float distance(float dx, float dy, float unit) {
  const float wide = 98, high = 122, middle = -20; /* head units */
  return hypotf(dx / unit / wide, (dy / unit - middle) / high);
}

void pa_photo_heads_far(const pa_photo_heads *h, float x, float y, float *own,
                        float *other) {
  *own = distance(x - h->own.x, y - h->own.y, h->own.unit);
  *other = INFINITY;
  for (int i = 0; i < h->count; i++)
    *other = fminf(*other, distance(x - h->others[i].x, y - h->others[i].y,
                                    h->others[i].unit));
}
