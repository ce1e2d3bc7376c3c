#include "avatar3d/sight.h"

#include <string.h>

#define FAR 1e5f /* pixels; beyond it is no photo */

static bool is_number(const pa_person *p, int k) {
  const pa_keypoint *point = &p->keypoints[k];
  bool good =
      isfinite(point->score) && fabsf(point->x) < FAR && fabsf(point->y) < FAR;
  for (int i = 0; i < 3; i++)
    good = good && fabsf(p->world[k][i]) < 10;
  return good;
}

/* A landmark near or beyond the photo's edge is a guess of the network. */
static float trust_of(const pa_sight *s, int k) {
  const pa_keypoint *point = &s->person.keypoints[k];
  if (!is_number(&s->person, k)) return 0;
  float x = point->x, y = point->y;
  bool inside = x > 0 && y > 0 && x < (float)s->width && y < (float)s->height;
  return inside ? pa_clamp(point->score, 0, 1) : 0;
}

/* The median of the hair's green, of a sample. */
static int hair_of(const pa_sight *s) {
  const pa_person *p = &s->person;
  unsigned count[256] = {0}, all = 0, sum = 0;
  for (int i = 0; i < 160 * 160; i++) {
    int column = i % 160, row = i / 160;
    float x = p->x + p->width * ((float)column + .5f) / 160;
    float y = p->y + p->height * ((float)row + .5f) / 160;
    if (!pa_sight_inside(s, x, y)) continue;
    size_t at = (size_t)y * s->width + (size_t)x;
    if (s->persons[at] != p->id || s->labels[at] != PA_LABEL_HAIR) continue;
    count[s->image->rgba[4 * at + 1]]++;
    all++;
  }
  int value = 0;
  while (value < 255 && (sum += count[value]) * 2 < all)
    value++;
  return all ? value : 255;
}

/* In close-ups the landmarks crowd into the picture: what stands too close to
 * the face for its size is not believed. */
static void doubt_close_ups(pa_sight *s) {
  const pa_keypoint *k = s->person.keypoints;
  if (s->trust[PA_KP_NOSE] < .3f) return;
  float face = hypotf(k[PA_KP_LEFT_EYE].x + k[PA_KP_RIGHT_EYE].x -
                          k[PA_KP_MOUTH_LEFT].x - k[PA_KP_MOUTH_RIGHT].x,
                      k[PA_KP_LEFT_EYE].y + k[PA_KP_RIGHT_EYE].y -
                          k[PA_KP_MOUTH_LEFT].y - k[PA_KP_MOUTH_RIGHT].y) /
               2; /* a seventh of a torso */
  float torso = hypotf(k[PA_KP_LEFT_SHOULDER].x + k[PA_KP_RIGHT_SHOULDER].x -
                           k[PA_KP_LEFT_HIP].x - k[PA_KP_RIGHT_HIP].x,
                       k[PA_KP_LEFT_SHOULDER].y + k[PA_KP_RIGHT_SHOULDER].y -
                           k[PA_KP_LEFT_HIP].y - k[PA_KP_RIGHT_HIP].y) /
                2;
  float shoulders =
      hypotf(k[PA_KP_LEFT_SHOULDER].x - k[PA_KP_RIGHT_SHOULDER].x,
             k[PA_KP_LEFT_SHOULDER].y - k[PA_KP_RIGHT_SHOULDER].y);
  if (!(torso < 3.6f * face)) return;
  int first = shoulders < 3 * face ? PA_KP_LEFT_SHOULDER : PA_KP_LEFT_ELBOW;
  for (int i = first; i < PA_KEYPOINTS; i++)
    s->trust[i] = 0;
}

void pa_sight_landmarks(pa_sight *s) {
  for (int k = 0; k < PA_KEYPOINTS; k++) {
    const float *w = s->person.world[k];
    s->trust[k] = trust_of(s, k);
    if (is_number(&s->person, k)) s->world[k] = pa_v(w[0], -w[1], -w[2]);
  }
  doubt_close_ups(s);
}

pa_status pa_sight_create(pa_error *err, const pa_image *image,
                          const pa_scene *scene, size_t index,
                          pa_sight *sight) {
  memset(sight, 0, sizeof *sight);
  sight->image = image;
  sight->width = image->width;
  sight->height = image->height;
  sight->labels = pa_scene_labels(scene);
  sight->persons = pa_scene_persons(scene);
  if (pa_scene_width(scene) != image->width ||
      pa_scene_height(scene) != image->height)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "the scene is of another photo: %u x %u, not %u x %u",
                        pa_scene_width(scene), pa_scene_height(scene),
                        image->width, image->height);
  if (pa_scene_person(scene, index, &sight->person) != PA_OK)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "no person %zu in the photo",
                        index + 1);
  pa_sight_landmarks(sight);
  sight->hair = hair_of(sight);
  sight->hat = (float)sight->height;
  if (sight->trust[PA_KP_LEFT_EYE] > .4f && sight->trust[PA_KP_RIGHT_EYE] > .4f)
    sight->hat = (sight->person.keypoints[PA_KP_LEFT_EYE].y +
                  sight->person.keypoints[PA_KP_RIGHT_EYE].y) /
                 2;
  return PA_OK;
}

#define NEARER 1.5f /* times that the other foot must be to be believed */
#define MIDDLE .07f /* metres below its ankle a foot's middle is seen */

bool pa_sight_shoe(const pa_sight *s, int side, float x, float y) {
  unsigned label = pa_sight_label(s, x, y);
  if (label != PA_LABEL_SHOE_L && label != PA_LABEL_SHOE_R) return false;
  bool own = label == PA_LABEL_SHOE_L + (unsigned)side;
  if (s->trust[PA_KP_LEFT_ANKLE] < .5f || s->trust[PA_KP_RIGHT_ANKLE] < .5f)
    return own;
  const pa_keypoint *a = &s->person.keypoints[PA_KP_LEFT_ANKLE + side];
  const pa_keypoint *b = &s->person.keypoints[PA_KP_RIGHT_ANKLE - side];
  float down = MIDDLE * s->scale;
  float near = hypotf(x - a->x, y - a->y - down);
  float far = hypotf(x - b->x, y - b->y - down);
  return own ? near <= NEARER * far : NEARER * near < far;
}
