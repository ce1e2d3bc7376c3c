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

/* ------------------------------------------------------------ points */

static float within(const pa_figure *f, unsigned bone, unsigned end, pa_vec p) {
  pa_vec axis = pa_sub(f->head[end], f->head[bone]);
  float square = fmaxf(pa_dot(axis, axis), 1e-9f);
  return pa_dot(pa_sub(p, f->head[bone]), axis) / square;
}

float pa_outfit_along(const pa_figure *f, unsigned point) {
  pa_region region = f->body->point[point].region;
  if (region < PA_REGION_ARM_L || region > PA_REGION_FOOT_R) return 0;
  int side = (region - PA_REGION_ARM_L) & 1;
  if (region == PA_REGION_HAND_L || region == PA_REGION_HAND_R ||
      region == PA_REGION_FOOT_L || region == PA_REGION_FOOT_R)
    return 2.1f;
  bool leg = region == PA_REGION_LEG_L || region == PA_REGION_LEG_R;
  unsigned root =
      f->bone[PA_BONE_SIDE(leg ? PA_BONE_THIGH : PA_BONE_UPPERARM, side)];
  unsigned joint =
      f->bone[PA_BONE_SIDE(leg ? PA_BONE_CALF : PA_BONE_LOWERARM, side)];
  unsigned end = f->bone[PA_BONE_SIDE(leg ? PA_BONE_FOOT : PA_BONE_HAND, side)];
  float t = within(f, root, joint, f->point[point]);
  if (t < 1) return fmaxf(t, 0);
  return 1 + pa_clamp(within(f, joint, end, f->point[point]), 0, 1.05f);
}

static bool is_ear(pa_vec p, pa_vec ear) {
  return fabsf(p.x) > fabsf(ear.x) - .002f && fabsf(p.y - ear.y) < .04f &&
         p.z < ear.z + .004f && p.z > ear.z - .05f;
}

float pa_outfit_scalp(const pa_figure *f, unsigned point) {
  int ear = pa_body_mark_find(f->body, 454);
  int brow = pa_body_mark_find(f->body, 10);
  if (ear < 0 || brow < 0 || f->body->point[point].region != PA_REGION_HEAD)
    return -1;
  pa_vec p = f->point[point], e = f->point[ear], b = f->point[brow];
  if (is_ear(p, e)) return PA_OUTFIT_EAR;
  /* From the hairline down before the ears, and behind them to the nape. */
  float front = (p.y - b.y) + .85f * (b.z - p.z) - .035f;
  float nape = p.y - (e.y - .035f);
  return p.z > e.z - .01f ? front : fminf(front, nape);
}

/* The height at which top and bottom meet. */
static float waist_height(const pa_figure *f, const pa_outfit *o) {
  float shoulder = f->head[f->bone[PA_BONE_UPPERARM]].y;
  float hip = f->head[f->bone[PA_BONE_THIGH]].y;
  return shoulder + o->waist * (hip - shoulder);
}

#define HANGS .06f /* metres below a hem that legs are asked about it */

bool pa_outfit_at_hem(const pa_figure *f, const pa_outfit *o, unsigned point) {
  pa_region region = f->body->point[point].region;
  if (!o->hem.told) return false;
  if (region == PA_REGION_TORSO)
    return f->point[point].y <= f->head[f->bone[PA_BONE_UPPERARM]].y - .06f;
  if (region != PA_REGION_LEG_L && region != PA_REGION_LEG_R) return false;
  return pa_outfit_along(f, point) < o->trouser - .3f &&
         f->point[point].y > pa_hem_height(&o->hem, f->point[point]) - HANGS;
}

static float leg_edge(const pa_figure *f, const pa_outfit *o, unsigned point,
                      pa_material material[2]) {
  if (pa_outfit_at_hem(f, o, point)) {
    material[0] = PA_MATERIAL_TOP;
    material[1] = PA_MATERIAL_BOTTOM;
    return pa_hem_height(&o->hem, f->point[point]) - f->point[point].y;
  }
  float ankle = f->head[f->bone[PA_BONE_FOOT]].y;
  float y = f->point[point].y, along = pa_outfit_along(f, point);
  pa_material foot = o->shoes ? PA_MATERIAL_SHOES : PA_MATERIAL_LEG_SKIN;
  float begin = fminf(1.6f, o->boot - .15f);
  bool booted = o->boot < 2 && along > begin;
  if (booted || (along > 1.6f && along - o->trouser > -.25f)) { /* below */
    material[0] = o->trouser >= 2 ? PA_MATERIAL_BOTTOM : PA_MATERIAL_LEG_SKIN;
    material[1] = foot;
    return booted ? (along - o->boot) * .4f : ankle * .82f - y;
  }
  material[0] = PA_MATERIAL_BOTTOM;
  material[1] = PA_MATERIAL_LEG_SKIN;
  return (along - o->trouser) * .4f;
}

#define BEHIND (-.35f) /* slope of the collar behind the neck */
#define DEEP .5f       /* of a wide neckline's half width: its back */

static bool is_neck(const pa_figure *f, unsigned point) {
  return pa_figure_weight(f, point, f->bone[PA_BONE_HEAD]) < .4f;
}

/* How far below the collar a point is: a plane at the neck's foot, much lower
 * before it and a little behind; level with the shoulders' slope it would be
 * ragged. */
static float below_collar(const pa_figure *f, pa_vec p) {
  pa_vec neck = f->head[f->bone[PA_BONE_NECK]];
  float ahead = p.z - neck.z;
  return neck.y - .004f - (ahead > 0 ? .5f : BEHIND) * ahead - p.y;
}

/* How far outside a wide neckline a point is: a hole as wide as the photo shows
 * on the shoulders' ridge, half as deep behind it; before it the photo tells,
 * and what it does not show there is bare to a hand below. */
static float outside_neckline(const pa_figure *f, const pa_outfit *o,
                              pa_vec p) {
  float wide = o->neckline;
  if (wide <= 0) return below_collar(f, p);
  pa_vec ridge = f->head[f->bone[PA_BONE_UPPERARM]];
  float behind = fmaxf(0, ridge.z - p.z), deep = DEEP * wide;
  float side = hypotf(p.x, behind * wide / deep) - wide;
  float front = p.z > ridge.z ? ridge.y - .05f - p.y : -1;
  return fminf(below_collar(f, p), fmaxf(side, front));
}

#define HOLE .05f /* metres that a sleeveless top ends before the joint */

/* How far inside the armhole of a sleeveless top a point of the chest is. */
static float inside_armhole(const pa_figure *f, pa_vec p) {
  pa_vec joint = f->head[f->bone[PA_BONE_UPPERARM]];
  float lower = fmaxf(0, joint.y - p.y);
  return joint.x - HOLE + .4f * lower - fabsf(p.x);
}

float pa_outfit_materials(const pa_figure *f, const pa_outfit *o,
                          unsigned point, pa_material material[2]) {
  static const pa_material single[PA_REGION_COUNT] = {
      [PA_REGION_EYE_L] = PA_MATERIAL_EYE,
      [PA_REGION_EYE_R] = PA_MATERIAL_EYE,
      [PA_REGION_LASH] = PA_MATERIAL_LASH,
      [PA_REGION_TEETH] = PA_MATERIAL_TEETH,
      [PA_REGION_TONGUE] = PA_MATERIAL_TONGUE,
      [PA_REGION_INNER] = PA_MATERIAL_INNER};
  pa_region region = f->body->point[point].region;
  material[0] = material[1] = single[region];
  switch (region) {
  case PA_REGION_HEAD:
    material[0] = PA_MATERIAL_SKIN;
    /* High collars reach where the head has its say. */
    if (is_neck(f, point) || below_collar(f, f->point[point]) > -.05f) {
      material[1] = PA_MATERIAL_TOP;
      return outside_neckline(f, o, f->point[point]);
    }
    material[1] = o->swatches.has_hair ? PA_MATERIAL_HAIR : PA_MATERIAL_SKIN;
    return pa_outfit_scalp(f, point);
  case PA_REGION_EYE_L:
  case PA_REGION_EYE_R: {
    int eye = pa_body_bone_find(f->body,
                                region == PA_REGION_EYE_L ? "eye_l" : "eye_r");
    if (eye < 0) return -1;
    material[0] = PA_MATERIAL_LASH; /* iris and pupil, as dark as lashes */
    return hypotf(f->point[point].x - f->head[eye].x,
                  f->point[point].y - f->head[eye].y) -
           .0058f;
  }
  case PA_REGION_TORSO:
    if (f->point[point].y > f->head[f->bone[PA_BONE_UPPERARM]].y - .06f) {
      material[0] = PA_MATERIAL_SKIN;
      material[1] = PA_MATERIAL_TOP;
      float below = outside_neckline(f, o, f->point[point]);
      if (o->sleeve >= 0) return below;
      return fminf(below, inside_armhole(f, f->point[point]));
    }
    material[0] = PA_MATERIAL_TOP;
    material[1] = PA_MATERIAL_BOTTOM;
    if (o->hem.told)
      return pa_hem_height(&o->hem, f->point[point]) - f->point[point].y;
    return waist_height(f, o) - f->point[point].y;
  case PA_REGION_ARM_L:
  case PA_REGION_ARM_R:
  case PA_REGION_HAND_L:
  case PA_REGION_HAND_R:
    material[0] = PA_MATERIAL_TOP;
    material[1] = PA_MATERIAL_SKIN;
    return (pa_outfit_along(f, point) - o->sleeve) * .25f;
  case PA_REGION_LEG_L:
  case PA_REGION_LEG_R:
  case PA_REGION_FOOT_L:
  case PA_REGION_FOOT_R:
    return leg_edge(f, o, point, material);
  default:
    return -1;
  }
}

/* As the face is lit: white teeth would glow in the dark. */
static pa_rgb lit(const pa_swatches *w, float r, float g, float b) {
  float light = pa_clamp(.35f + .65f * w->skin.r / 190, .4f, 1);
  return (pa_rgb){light * r, light * g, light * b};
}

pa_rgb pa_outfit_color(const pa_outfit *o, pa_material material) {
  const pa_swatches *w = &o->swatches;
  switch (material) {
  case PA_MATERIAL_HAIR:
    return w->hair;
  case PA_MATERIAL_TOP:
    return w->top;
  case PA_MATERIAL_BOTTOM:
    return w->bottom;
  case PA_MATERIAL_SHOES:
    return w->shoes;
  case PA_MATERIAL_EYE:
    return lit(w, 236, 232, 228);
  case PA_MATERIAL_LASH:
    return (pa_rgb){34, 26, 24};
  case PA_MATERIAL_TEETH:
    return lit(w, 232, 226, 214);
  case PA_MATERIAL_TONGUE:
    return lit(w, 176, 92, 92);
  case PA_MATERIAL_INNER:
    return (pa_rgb){w->lips.r * .5f, w->lips.g * .42f, w->lips.b * .42f};
  case PA_MATERIAL_LEG_SKIN:
    return w->leg_skin;
  default:
    return w->skin;
  }
}
