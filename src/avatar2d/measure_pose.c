/* How arms and legs are held, from the landmarks' three dimensions (BlazePose's
 * world landmarks, metres, y down). */
#include <math.h>
#include <string.h>

#include "avatar2d/measure.h"

#define SEEN .6f /* of a landmark's score */
#define DEGREES 57.29578f

/* A joint that the photo shows. */
static bool seen(const pa_measure *m, int joint) {
  const pa_keypoint *k = &m->person->keypoints[joint];
  return k->score > SEEN && k->x >= 0 && k->y >= 0 &&
         k->x < (float)pa_scene_width(m->scene) &&
         k->y < (float)pa_scene_height(m->scene);
}

/* The angle of a bone: 0 hangs down, 90 points away from the body. `side`: 1
 * for limbs at the picture's right. */
static float angle_of(const pa_measure *m, int from, int to, float side) {
  const float *a = m->person->world[from], *b = m->person->world[to];
  float angle = DEGREES * atan2f(side * (b[0] - a[0]), b[1] - a[1]);
  return angle < -150 ? angle + 360 : angle; /* raised and a little inward */
}

static float length_of(const pa_measure *m, int from, int to) {
  const float *a = m->person->world[from], *b = m->person->world[to];
  float sum = 0;
  for (int i = 0; i < 3; i++)
    sum += (b[i] - a[i]) * (b[i] - a[i]);
  return sqrtf(sum);
}

/* Bones that point at the camera have no angle to speak of: they hang. */
static bool is_flat(const pa_measure *m, int from, int to) {
  const float *a = m->person->world[from], *b = m->person->world[to];
  return hypotf(b[0] - a[0], b[1] - a[1]) > .5f * length_of(m, from, to);
}

static void measure_arm(const pa_measure *m, int shoulder, int elbow, int wrist,
                        float side, pa_arm *arm) {
  if (!seen(m, shoulder) || !seen(m, elbow)) return;
  if (is_flat(m, shoulder, elbow))
    arm->upper = angle_of(m, shoulder, elbow, side);
  arm->lower = arm->upper;
  if (seen(m, wrist) && is_flat(m, elbow, wrist))
    arm->lower = angle_of(m, elbow, wrist, side);
}

/* Thighs that lie or point at the camera under an upright trunk. */
static bool sits(const pa_measure *m) {
  const int hips[] = {PA_KP_LEFT_HIP, PA_KP_RIGHT_HIP};
  const int knees[] = {PA_KP_LEFT_KNEE, PA_KP_RIGHT_KNEE};
  const int shoulders[] = {PA_KP_LEFT_SHOULDER, PA_KP_RIGHT_SHOULDER};
  const int ankles[] = {PA_KP_LEFT_ANKLE, PA_KP_RIGHT_ANKLE};
  for (int k = 0; k < 2; k++) {
    const float *hip = m->person->world[hips[k]];
    const float *knee = m->person->world[knees[k]];
    const float *top = m->person->world[shoulders[k]];
    const float *foot = m->person->world[ankles[k]];
    if (!seen(m, hips[k]) || !seen(m, knees[k])) return false;
    if (knee[1] - hip[1] > .5f * length_of(m, hips[k], knees[k])) return false;
    if (hip[1] - top[1] < .6f * length_of(m, hips[k], shoulders[k]))
      return false;
    if (foot[1] < knee[1]) return false; /* kneels or leaps */
  }
  return true;
}

void pa_measure_pose(pa_measure *m, pa_traits *t) {
  const float *left = m->person->world[PA_KP_LEFT_SHOULDER];
  const float *right = m->person->world[PA_KP_RIGHT_SHOULDER];
  if (left[0] == right[0]) return; /* no pose */
  /* From behind, the picture's right arm is the person's right one. */
  bool back = left[0] < right[0];
  measure_arm(m, PA_KP_LEFT_SHOULDER, PA_KP_LEFT_ELBOW, PA_KP_LEFT_WRIST,
              back ? -1 : 1, back ? &t->pose.right : &t->pose.left);
  measure_arm(m, PA_KP_RIGHT_SHOULDER, PA_KP_RIGHT_ELBOW, PA_KP_RIGHT_WRIST,
              back ? 1 : -1, back ? &t->pose.left : &t->pose.right);
  t->pose.sitting = sits(m);
}
