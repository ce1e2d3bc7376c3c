#include "avatar3d/center.h"

#define SEEN .5f
#define FAITH .85f
#define MOST .13f /* of the torso's length: how far a joint may be moved */

/* A joint between two others of its limb; `wide`: the most that the dressed
 * limb measures there, `thin`: half of what it measures at least, in torso
 * lengths; `first`: of five places along the limb that are looked at. */
static const struct {
  int before, joint, after;
  bool leg;
  float wide, thin;
  int first;
} joints[] = {
    {PA_KP_LEFT_HIP, PA_KP_LEFT_KNEE, PA_KP_LEFT_ANKLE, true, .52f, .1f, -2},
    {PA_KP_LEFT_KNEE, PA_KP_LEFT_ANKLE, PA_KP_LEFT_ANKLE, true, .5f, .06f, -2},
    {PA_KP_LEFT_SHOULDER, PA_KP_LEFT_ELBOW, PA_KP_LEFT_WRIST, false, .42f, .08f,
     -2},
    {PA_KP_LEFT_ELBOW, PA_KP_LEFT_WRIST, PA_KP_LEFT_WRIST, false, .36f, .055f,
     -2},
    {PA_KP_LEFT_SHOULDER, PA_KP_LEFT_SHOULDER, PA_KP_LEFT_ELBOW, false, .36f,
     .09f, 1},
};

static float torso_of(const pa_sight *s) {
  const pa_keypoint *k = s->person.keypoints;
  for (int i = 0; i < 2; i++)
    if (s->trust[PA_KP_LEFT_SHOULDER + i] < SEEN ||
        s->trust[PA_KP_LEFT_HIP + i] < SEEN)
      return 0;
  return hypotf(k[PA_KP_LEFT_SHOULDER].x + k[PA_KP_RIGHT_SHOULDER].x -
                    k[PA_KP_LEFT_HIP].x - k[PA_KP_RIGHT_HIP].x,
                k[PA_KP_LEFT_SHOULDER].y + k[PA_KP_RIGHT_SHOULDER].y -
                    k[PA_KP_LEFT_HIP].y - k[PA_KP_RIGHT_HIP].y) /
         2;
}

/* Steps from (x, y) along (dx, dy) to the limb's side; `most` when there is
 * none before. */
static float side(const pa_sight *s, unsigned set, float x, float y, float dx,
                  float dy, float most) {
  float last = 0;
  for (int i = 0; (float)i < most; i++) {
    float d = (float)i;
    if (pa_sight_is(s, set, x + d * dx, y + d * dy))
      last = d + 1;
    else if (d - last > 2)
      return last;
  }
  return most;
}

/* How far the middle of the limb is to the side of (x, y), along (nx, ny).
 * Where one side runs into the trunk or the other leg, the free one is at least
 * `thin` away. False when nothing is told. */
static bool middle_at(const pa_sight *s, unsigned set, float x, float y,
                      float nx, float ny, float wide, float thin,
                      float *shift) {
  float from = 0;
  /* a landmark beside its limb */
  for (float d = 0; d < .3f * wide && !pa_sight_is(s, set, x, y); d += 1)
    for (int k = -1; k <= 1; k += 2)
      if (pa_sight_is(s, set, x + (float)k * d * nx, y + (float)k * d * ny) &&
          from == 0)
        from = (float)k * (d + 1);
  x += from * nx, y += from * ny;
  if (!pa_sight_is(s, set, x, y)) return false;
  float a = side(s, set, x, y, nx, ny, wide);
  float b = side(s, set, x, y, -nx, -ny, wide);
  if (a + b < 3) return false;
  if (a + b < wide)
    *shift = from + (a - b) / 2;
  else if (fminf(a, b) < thin)
    *shift = from + (a < b ? a - thin : thin - b);
  else
    return false;
  return true;
}

static void center(pa_sight *s, size_t i, int hand, float torso) {
  pa_keypoint *k = s->person.keypoints;
  int before = joints[i].before + hand, joint = joints[i].joint + hand;
  int after = joints[i].after + hand;
  if (s->trust[before] < SEEN || s->trust[joint] < SEEN ||
      s->trust[after] < SEEN)
    return;
  float dx = k[after].x - k[before].x, dy = k[after].y - k[before].y;
  float length = hypotf(dx, dy);
  if (!(length > .2f * torso)) return;
  dx /= length, dy /= length;
  unsigned other =
      PA_BIT(joints[i].leg ? PA_LABEL_LEG_R - hand : PA_LABEL_ARM_R - hand);
  unsigned not = other | PA_BIT(PA_LABEL_BACKGROUND) | PA_BIT(PA_LABEL_BAG) |
                 (joints[i].leg ? PA_SET_ARMS : 0) | PA_BIT(PA_LABEL_HAIR);
  float sum = 0, count = 0, shift;
  for (int step = 0; step < 5; step++) {
    float t = .04f * torso * (float)(joints[i].first + step);
    if (middle_at(s, ~not, k[joint].x + t * dx, k[joint].y + t * dy, -dy, dx,
                  joints[i].wide * torso, joints[i].thin * torso, &shift))
      sum += shift, count += 1;
  }
  if (count < 3) return;
  shift = pa_clamp(FAITH * sum / count, -MOST * torso, MOST * torso);
  k[joint].x -= shift * dy;
  k[joint].y += shift * dx;
}

void pa_center_joints(pa_sight *s) {
  float torso = torso_of(s);
  if (!(torso > 12)) return;
  for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
    for (int hand = 0; hand < 2; hand++)
      center(s, i, hand, torso);
}
