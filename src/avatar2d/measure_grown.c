/* How grown up and angular a face is to be drawn. Photos of adults differ from
 * each other in that more than the mesh says; beards, cropped hair and ties go
 * along with it, and the mesh's jaw and eyes say the rest. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure_haircut.h"
#include "pose/pose.h"

static float clamp(float v, float least, float most) {
  return fminf(fmaxf(v, least), most);
}

/* Means and deviations are those of some ninety faces. */
float pa_measure_angular(const pa_traits *t) {
  float jaw = (t->face.outline[7] / t->face.outline[2] - .49f) / .04f;
  float chin = (t->face.chin - t->mouth.y - 43) / 3.2f;
  float face = (t->face.chin - 104) / 3.8f;
  float eyes = (25.5f - t->eyes.width) / 1;
  return clamp((jaw + chin + face + 1.5f * eyes) / 4.5f, -1.3f, 1.3f);
}

static bool cropped(const pa_traits *t) {
  static const char *const names[] = {"buzz", "short", "side", "quiff", "bald"};
  const float ear = 32;
  if (t->hair.kind == PA_HAIR_NONE) return true;
  if (t->hair.kind == PA_HAIR_TRACED) return t->hair.length < ear;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (!strcmp(t->hair.preset, names[i])) return true;
  return false;
}

/* Photo pixels a metre of BlazePose's body, from shoulders, elbows, hips and
 * knees; 0 where one of them is not seen. */
static float pixels_a_metre(const pa_measure *m) {
  static const int joints[] = {PA_KP_LEFT_SHOULDER, PA_KP_RIGHT_SHOULDER,
                               PA_KP_LEFT_ELBOW,    PA_KP_RIGHT_ELBOW,
                               PA_KP_LEFT_HIP,      PA_KP_RIGHT_HIP,
                               PA_KP_LEFT_KNEE,     PA_KP_RIGHT_KNEE};
  const size_t count = sizeof joints / sizeof *joints;
  const float sure = .5f, n = (float)count;
  float x = 0, y = 0, u = 0, v = 0, along = 0, square = 0;
  for (size_t i = 0; i < count; i++) {
    const pa_keypoint *k = &m->person->keypoints[joints[i]];
    const float *w = m->person->world[joints[i]];
    if (k->score < sure || k->x < 0 || k->y < 0 ||
        k->x >= (float)m->image->width || k->y >= (float)m->image->height)
      return 0;
    x += k->x / n, y += k->y / n, u += w[0] / n, v += w[1] / n;
  }
  for (size_t i = 0; i < count; i++) {
    const pa_keypoint *k = &m->person->keypoints[joints[i]];
    const float *w = m->person->world[joints[i]];
    along += (k->x - x) * (w[0] - u) + (k->y - y) * (w[1] - v);
    square += (w[0] - u) * (w[0] - u) + (w[1] - v) * (w[1] - v);
  }
  return along > 0 && square > 0 ? along / square : 0;
}

/* 0..1: how sure it is that this is a child. BlazePose's metres are those of an
 * adult's body; in them the faces of sixty standing adults are at most .122
 * high from the eyes to the chin, that of a girl of about six .146. */
static float childlike(const pa_measure *m) {
  const float adult = .134f, child = .148f;
  float metre = pixels_a_metre(m);
  if (metre <= 0) return 0;
  return clamp((100 * m->head.unit / metre - adult) / (child - adult), 0, 1);
}

void pa_measure_grown(const pa_measure *m, pa_traits *t) {
  float k = .3f;
  if (m->head.mesh) k += .17f * pa_measure_angular(t);
  bool tied = *t->earrings.shape || (m->head.mesh && pa_haircut_tied(t));
  if (cropped(t) && !tied) k += .25f;
  if (t->beard.kind != PA_BEARD_NONE)
    k += t->beard.kind == PA_BEARD_STUBBLE ? .2f : .3f;
  if (t->upper.tie) k += .1f;
  k = clamp(k, 0, 1);
  bool bearded = t->beard.kind != PA_BEARD_NONE;
  float child = m->head.mesh && !bearded ? childlike(m) : 0;
  t->face.grown = k - child * (k + .7f);
}
