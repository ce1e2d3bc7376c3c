#include "avatar3d/measure.h"

#define SEEN .4f

float pa_measure_scale(const pa_sight *s) {
  float weight = 0, px = 0, py = 0;
  pa_vec mean = {0, 0, 0};
  for (int k = PA_KP_LEFT_SHOULDER; k < PA_KEYPOINTS; k++) {
    float w = s->trust[k] > SEEN ? s->trust[k] : 0;
    weight += w;
    px += w * s->person.keypoints[k].x;
    py += w * s->person.keypoints[k].y;
    mean = pa_add(mean, pa_mul(s->world[k], w));
  }
  if (weight < 1) return 0;
  float photo = 0, world = 0;
  for (int k = PA_KP_LEFT_SHOULDER; k < PA_KEYPOINTS; k++) {
    float w = s->trust[k] > SEEN ? s->trust[k] : 0;
    float dx = s->person.keypoints[k].x - px / weight;
    float dy = s->person.keypoints[k].y - py / weight;
    pa_vec d = pa_sub(s->world[k], pa_mul(mean, 1 / weight));
    photo += w * (dx * dx + dy * dy);
    world += w * (d.x * d.x + d.y * d.y);
  }
  return world > 1e-4f ? sqrtf(photo / world) : 0;
}

void pa_measure_flatten(pa_sight *s) {
  float scale = pa_measure_scale(s), weight = 0, px = 0, py = 0, wx = 0, wy = 0;
  for (int k = 0; k < PA_KEYPOINTS; k++) {
    s->seen[k] = s->world[k];
    float w = s->trust[k] > SEEN ? s->trust[k] : 0;
    weight += w;
    px += w * s->person.keypoints[k].x, py += w * s->person.keypoints[k].y;
    wx += w * s->world[k].x, wy += w * s->world[k].y;
  }
  if (!(scale > 0) || !(weight > 0)) return;
  s->scale = scale;
  s->x0 = (px - scale * wx) / weight;
  s->y0 = (py + scale * wy) / weight;
  for (int k = 0; k < PA_KEYPOINTS; k++) {
    if (!(s->trust[k] > 0)) continue;
    s->seen[k].x = (s->person.keypoints[k].x - s->x0) / scale;
    s->seen[k].y = (s->y0 - s->person.keypoints[k].y) / scale;
  }
}

/* A length between landmarks, in metres: across by the photo, in depth by the
 * network. 0 when it is not seen. */
static float length(const pa_sight *s, float scale, int a, int b) {
  if (s->trust[a] < SEEN || s->trust[b] < SEEN) return 0;
  float dx = s->person.keypoints[a].x - s->person.keypoints[b].x;
  float dy = s->person.keypoints[a].y - s->person.keypoints[b].y;
  float dz = s->world[a].z - s->world[b].z;
  float flat = (dx * dx + dy * dy) / (scale * scale);
  pa_vec d = pa_sub(s->world[a], s->world[b]);
  float network = pa_dot(d, d);
  return sqrtf(.5f * (flat + dz * dz) + .5f * network);
}

/* Of both sides, or the one that is seen. */
static float both(const pa_sight *s, float scale, int a, int b) {
  float left = length(s, scale, a, b);
  float right = length(s, scale, a + 1, b + 1);
  return left > 0 && right > 0 ? (left + right) / 2 : left + right;
}

static float distance(const pa_figure *f, int a, int b) {
  return pa_length(pa_sub(f->head[f->bone[a]], f->head[f->bone[b]]));
}

/* The distance of eyes and mouth, and of the ears, which say how large the head
 * is; 0 when the face is not seen. */
static float head_size(const pa_sight *s, float scale) {
  const pa_keypoint *k = s->person.keypoints;
  if (s->trust[PA_KP_NOSE] < SEEN || !(scale > 0)) return 0;
  float ex = (k[PA_KP_LEFT_EYE].x + k[PA_KP_RIGHT_EYE].x) / 2;
  float ey = (k[PA_KP_LEFT_EYE].y + k[PA_KP_RIGHT_EYE].y) / 2;
  float mx = (k[PA_KP_MOUTH_LEFT].x + k[PA_KP_MOUTH_RIGHT].x) / 2;
  float my = (k[PA_KP_MOUTH_LEFT].y + k[PA_KP_MOUTH_RIGHT].y) / 2;
  float tall = hypotf(mx - ex, my - ey) / .0665f;
  float wide = hypotf(k[PA_KP_LEFT_EYE].x - k[PA_KP_RIGHT_EYE].x,
                      k[PA_KP_LEFT_EYE].y - k[PA_KP_RIGHT_EYE].y) /
               .060f;
  return fmaxf(tall, wide) / scale;
}

/* A measured length against the body's, with less faith in the extremes. */
static float ratio(float measured, float size, float of_body) {
  if (!(measured > 0) || !(size > 0)) return 1;
  float r = measured / (size * of_body);
  return pa_clamp(1 + .75f * (r - 1), .85f, 1.18f);
}

void pa_measure_proportions(const pa_figure *f, const pa_sight *s,
                            pa_proportions *p) {
  *p = (pa_proportions){1, 1, 1, 1, 1, 1, 1, 1, 1};
  float scale = pa_measure_scale(s);
  if (!(scale > 0)) return;
  float torso = both(s, scale, PA_KP_LEFT_SHOULDER, PA_KP_LEFT_HIP);
  float upper_arm = both(s, scale, PA_KP_LEFT_SHOULDER, PA_KP_LEFT_ELBOW);
  float forearm = both(s, scale, PA_KP_LEFT_ELBOW, PA_KP_LEFT_WRIST);
  float thigh = both(s, scale, PA_KP_LEFT_HIP, PA_KP_LEFT_KNEE);
  float shin = both(s, scale, PA_KP_LEFT_KNEE, PA_KP_LEFT_ANKLE);
  float shoulders = length(s, scale, PA_KP_LEFT_SHOULDER, PA_KP_RIGHT_SHOULDER);
  float hips = length(s, scale, PA_KP_LEFT_HIP, PA_KP_RIGHT_HIP);
  float body_torso = distance(f, PA_BONE_UPPERARM, PA_BONE_THIGH);
  float body_arm = distance(f, PA_BONE_UPPERARM, PA_BONE_LOWERARM);
  float body_fore = distance(f, PA_BONE_LOWERARM, PA_BONE_HAND);
  float body_thigh = distance(f, PA_BONE_THIGH, PA_BONE_CALF);
  float body_shin = distance(f, PA_BONE_CALF, PA_BONE_FOOT);
  float body_shoulders = distance(f, PA_BONE_UPPERARM, PA_BONE_UPPERARM_R);
  float body_hips = distance(f, PA_BONE_THIGH, PA_BONE_THIGH_R);

  /* The person's size: of all that is seen, each length by its length. */
  float sum = 0, of_body = 0;
  const float pairs[][2] = {{torso, body_torso},  {upper_arm, body_arm},
                            {forearm, body_fore}, {thigh, body_thigh},
                            {shin, body_shin},    {shoulders, body_shoulders}};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if (pairs[i][0] > 0) sum += pairs[i][0], of_body += pairs[i][1];
  if (!(of_body > 0) || !(sum > 0)) return;
  float size = sum / of_body;
  p->torso = ratio(torso, size, body_torso);
  p->shoulders = ratio(shoulders, size, body_shoulders);
  p->hips = pa_clamp(ratio(hips, size, body_hips), .92f, 1.1f);
  p->upper_arm = ratio(upper_arm, size, body_arm);
  p->forearm = ratio(forearm, size, body_fore);
  p->thigh = ratio(thigh, size, body_thigh);
  p->shin = ratio(shin, size, body_shin);
  float head = head_size(s, scale);
  if (head > 0) p->head = pa_clamp(head / size, .95f, 1.3f);
  p->neck = .5f + .5f * p->head;
}
