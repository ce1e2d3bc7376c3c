/* What the photo says of sleeves, waist, legs and shoes. */
#include "avatar3d/outfit.h"

#define STEPS 24 /* along a limb */
#define SEEN .4f
#define SHORTEST .42f /* sleeve */

/* Labels along a limb's two bones, from its root to its end: how far the
 * clothes go. Negative when too little is seen. */
static float covered(const pa_sight *s, const int keypoint[3], unsigned cloth,
                     unsigned skin) {
  const pa_keypoint *k = s->person.keypoints;
  float end = -1;
  unsigned votes = 0, dressed = 0, bare = 0; /* bare: below the cloth */
  for (int bone = 0; bone < 2; bone++) {
    int a = keypoint[bone], b = keypoint[bone + 1];
    if (s->trust[a] < SEEN || s->trust[b] < SEEN) continue;
    for (int i = 1; i < STEPS; i++) {
      float t = (float)i / STEPS;
      float x = k[a].x + t * (k[b].x - k[a].x);
      float y = k[a].y + t * (k[b].y - k[a].y);
      bool is_cloth = pa_sight_is(s, cloth, x, y);
      bool is_skin = pa_sight_is(s, skin, x, y);
      if (!is_cloth && !is_skin) continue;
      votes++;
      if (!is_cloth) {
        bare++;
        continue;
      }
      dressed++;
      bare = 0;
      end = fmaxf(end, (float)bone + t);
    }
  }
  if (votes < STEPS / 2) return -1;
  /* Where no skin follows, the photo or something else ends it, not the hem. */
  if (bare < 4 && end < 1.85f) return -1;
  if (dressed * 12 < votes) return .0f;
  return end > 1.85f ? 2 : end;
}

/* The longer of two sides, for a sleeve that is hidden looks short; but a limb
 * that is bare throughout is believed. `otherwise` when neither is seen. */
static float longer(float left, float right, float otherwise) {
  float most = fmaxf(left, right);
  if (fminf(left, right) == 0) return 0;
  return most < 0 ? otherwise : most;
}

/* How far sleeves go. An arm half behind the trunk looks dressed, for the
 * trunk's cloth is seen on its line; but where as much skin is seen of it as of
 * the other, a clear short sleeve, it has one, too. */
static float sleeve_of(const pa_sight *s, float left, float right,
                       float otherwise) {
  bool shorter = right < left;
  float least = fminf(left, right);
  unsigned own = s->person.label_pixels[PA_LABEL_ARM_L + shorter];
  unsigned other = s->person.label_pixels[PA_LABEL_ARM_R - shorter];
  if (least > 0 && least < 1.5f && fmaxf(left, right) > 1.8f && other * 4 > own)
    return least;
  return longer(left, right, otherwise);
}

static bool near_hand(const pa_sight *s, float x, float y, float distance) {
  for (int k = PA_KP_LEFT_WRIST; k <= PA_KP_RIGHT_INDEX; k++)
    if (hypotf(s->person.keypoints[k].x - x, s->person.keypoints[k].y - y) <
        distance)
      return true;
  return false;
}

#define ROWS 80
#define CLEAR 55.f /* of 255 */

/* Where the cloth's colour changes most on the line from (x, y) along (dx, dy),
 * .5 to 1.4 of its length; 0 when it hardly does. */
static float change_of(const pa_sight *s, float x, float y, float dx,
                       float dy) {
  float row[ROWS][4] = {{0}}, most = CLEAR, found = 0;
  for (int i = 0; i < ROWS; i++)
    for (int j = -4; j <= 4; j++) {
      float t = .5f + .9f * (float)i / ROWS, a = .05f * (float)j;
      float px = x + t * dx - a * dy, py = y + t * dy + a * dx;
      if (!pa_sight_is(s, PA_SET_TOP | PA_SET_BOTTOM, px, py)) continue;
      const uint8_t *c =
          s->image->rgba + 4 * ((size_t)py * s->width + (size_t)px);
      for (int k = 0; k < 3; k++)
        row[i][k] += c[k];
      row[i][3] += 1;
    }
  for (int i = 10; i < ROWS - 10; i++) {
    float sum[2][4] = {{0}}, apart = 0;
    for (int j = 1; j <= 10; j++)
      for (int k = 0; k < 4; k++)
        sum[0][k] += row[i - j][k], sum[1][k] += row[i + j][k];
    if (sum[0][3] < 30 || sum[1][3] < 30) continue;
    for (int k = 0; k < 3; k++) {
      float d = sum[0][k] / sum[0][3] - sum[1][k] / sum[1][3];
      apart += d * d;
    }
    if (sqrtf(apart) > most)
      most = sqrtf(apart), found = .5f + .9f * (float)i / ROWS;
  }
  return found;
}

/* Where the top ends on the way from the shoulders' middle to the hips'. */
static float waist_of(const pa_sight *s, bool *midriff) {
  const pa_keypoint *k = s->person.keypoints;
  *midriff = false;
  const int corner[4] = {PA_KP_LEFT_SHOULDER, PA_KP_RIGHT_SHOULDER,
                         PA_KP_LEFT_HIP, PA_KP_RIGHT_HIP};
  for (int i = 0; i < 4; i++)
    if (s->trust[corner[i]] < SEEN) return .92f;
  float x0 = (k[corner[0]].x + k[corner[1]].x) / 2;
  float y0 = (k[corner[0]].y + k[corner[1]].y) / 2;
  float x1 = (k[corner[2]].x + k[corner[3]].x) / 2;
  float y1 = (k[corner[2]].y + k[corner[3]].y) / 2;
  float end = 0, begin = 2;
  unsigned skin = 0;
  for (int i = 0; i <= 2 * STEPS; i++) {
    float t = .3f + (float)i / STEPS * .6f;
    float x = x0 + t * (x1 - x0), y = y0 + t * (y1 - y0);
    if (t > .45f && t < 1 &&
        !near_hand(s, x, y, .3f * hypotf(x1 - x0, y1 - y0)))
      skin += pa_sight_is(s, PA_SET_NECK, x, y);
    if (pa_sight_is(s, PA_SET_TOP, x, y)) end = t;
    if (pa_sight_is(s, PA_SET_BOTTOM, x, y)) begin = fminf(begin, t);
  }
  *midriff = skin > 3;
  float change = *midriff ? 0 : change_of(s, x0, y0, x1 - x0, y1 - y0);
  if (change > 0) return change;
  if (end == 0 && begin == 2) return .92f;
  if (begin == 2) return pa_clamp(end + .05f, .92f, 1.35f);
  return pa_clamp(end > 0 ? (end + begin) / 2 : begin, .5f, 1.35f);
}

/* Where shoes begin on the way from knee to ankle. */
static float boot_of(const pa_sight *s, const int keypoint[3]) {
  const pa_keypoint *k = s->person.keypoints;
  int a = keypoint[1], b = keypoint[2];
  if (s->trust[a] < SEEN || s->trust[b] < SEEN) return 2;
  unsigned gap = 0;
  float top = 2;
  for (int i = STEPS; i >= 0 && gap < 3; i--) {
    float t = (float)i / STEPS;
    float x = k[a].x + t * (k[b].x - k[a].x);
    float y = k[a].y + t * (k[b].y - k[a].y);
    if (pa_sight_is(s, PA_SET_SHOES, x, y))
      top = 1 + t, gap = 0;
    else
      gap++;
  }
  return top > 1.93f ? 2 : top;
}

void pa_outfit_of(const pa_sight *s, pa_outfit *outfit) {
  static const int limbs[4][3] = {
      {PA_KP_LEFT_SHOULDER, PA_KP_LEFT_ELBOW, PA_KP_LEFT_WRIST},
      {PA_KP_RIGHT_SHOULDER, PA_KP_RIGHT_ELBOW, PA_KP_RIGHT_WRIST},
      {PA_KP_LEFT_HIP, PA_KP_LEFT_KNEE, PA_KP_LEFT_ANKLE},
      {PA_KP_RIGHT_HIP, PA_KP_RIGHT_KNEE, PA_KP_RIGHT_ANKLE}};
  const unsigned legs = PA_SET_BOTTOM | PA_SET_TOP | PA_BIT(PA_LABEL_SOCKS);
  pa_swatches_of(s, &outfit->swatches);
  /* Where the lines of the arms tell nothing, their skin does. */
  bool bare =
      pa_sight_pixels(s, PA_SET_ARMS) * 8 > pa_sight_pixels(s, PA_SET_TOP);
  outfit->sleeve = sleeve_of(s, covered(s, limbs[0], PA_SET_TOP, PA_SET_ARMS),
                             covered(s, limbs[1], PA_SET_TOP, PA_SET_ARMS),
                             bare ? SHORTEST : 1.9f);
  /* Straps and the edges of armholes are no sleeves. */
  if (outfit->sleeve < SHORTEST) outfit->sleeve = -.1f;
  outfit->trouser = longer(covered(s, limbs[2], legs, PA_SET_LEGS),
                           covered(s, limbs[3], legs, PA_SET_LEGS), 2);
  outfit->waist = waist_of(s, &outfit->midriff);
  unsigned feet = pa_sight_pixels(s, PA_SET_SHOES);
  outfit->boot = fminf(boot_of(s, limbs[2]), boot_of(s, limbs[3]));
  bool legs_end =
      s->trust[PA_KP_LEFT_ANKLE] > .7f && s->trust[PA_KP_RIGHT_ANKLE] > .7f;
  outfit->shoes = feet > 0 || !legs_end;
}
