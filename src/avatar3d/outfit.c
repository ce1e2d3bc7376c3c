#include "avatar3d/outfit.h"

#define STEPS 24 /* along a limb */
#define SEEN .4f

/* Labels along a limb's two bones, from its root to its end: how far the
 * clothes go. Negative when too little is seen. */
static float covered(const pa_sight *s, const int keypoint[3], unsigned cloth,
                     unsigned skin) {
  const pa_keypoint *k = s->person.keypoints;
  float end = -1;
  unsigned votes = 0, dressed = 0;
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
      if (!is_cloth) continue;
      dressed++;
      end = fmaxf(end, (float)bone + t);
    }
  }
  if (votes < STEPS / 2) return -1;
  if (dressed * 12 < votes) return .0f;
  return end > 1.85f ? 2 : end;
}

/* The longer of two sides that agree, for a sleeve that is hidden looks short;
 * `otherwise` when neither is seen. */
static float longer(float left, float right, float otherwise) {
  float most = fmaxf(left, right);
  return most < 0 ? otherwise : most;
}

void pa_outfit_of(const pa_sight *s, pa_outfit *outfit) {
  static const int limbs[4][3] = {
      {PA_KP_LEFT_SHOULDER, PA_KP_LEFT_ELBOW, PA_KP_LEFT_WRIST},
      {PA_KP_RIGHT_SHOULDER, PA_KP_RIGHT_ELBOW, PA_KP_RIGHT_WRIST},
      {PA_KP_LEFT_HIP, PA_KP_LEFT_KNEE, PA_KP_LEFT_ANKLE},
      {PA_KP_RIGHT_HIP, PA_KP_RIGHT_KNEE, PA_KP_RIGHT_ANKLE}};
  const unsigned legs = PA_SET_BOTTOM | PA_SET_TOP | PA_BIT(PA_LABEL_SOCKS);
  pa_swatches_of(s, &outfit->swatches);
  outfit->sleeve = longer(covered(s, limbs[0], PA_SET_TOP, PA_SET_ARMS),
                          covered(s, limbs[1], PA_SET_TOP, PA_SET_ARMS), 1.9f);
  outfit->trouser = longer(covered(s, limbs[2], legs, PA_SET_LEGS),
                           covered(s, limbs[3], legs, PA_SET_LEGS), 2);
  unsigned feet = pa_sight_pixels(s, PA_SET_SHOES);
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

bool pa_outfit_scalp(const pa_figure *f, unsigned point) {
  if (f->body->point[point].region != PA_REGION_HEAD) return false;
  int ear = pa_body_mark_find(f->body, 454),
      brow = pa_body_mark_find(f->body, 10);
  int chin = pa_body_mark_find(f->body, 152);
  if (ear < 0 || brow < 0 || chin < 0) return false;
  pa_vec p = f->point[point], e = f->point[ear];
  float tall = f->point[brow].y - f->point[chin].y;
  /* a plane that leans back from the forehead to the nape */
  float line = p.y - e.y + (e.z - p.z) * .9f;
  if (p.z > e.z) line = p.y - f->point[brow].y + (f->point[brow].z - p.z) * .8f;
  return line > (p.z > e.z ? 0 : -.12f * tall) && p.y > e.y - .45f * tall;
}

pa_material pa_outfit_material(const pa_figure *f, const pa_outfit *o,
                               unsigned point) {
  switch ((pa_region)f->body->point[point].region) {
  case PA_REGION_HEAD:
    return o->swatches.has_hair && pa_outfit_scalp(f, point) ? PA_MATERIAL_HAIR
                                                             : PA_MATERIAL_SKIN;
  case PA_REGION_TORSO:
    return f->point[point].y < f->head[f->bone[PA_BONE_SPINE_1]].y
               ? PA_MATERIAL_BOTTOM
               : PA_MATERIAL_TOP;
  case PA_REGION_ARM_L:
  case PA_REGION_ARM_R:
    return pa_outfit_along(f, point) <= o->sleeve ? PA_MATERIAL_TOP
                                                  : PA_MATERIAL_SKIN;
  case PA_REGION_LEG_L:
  case PA_REGION_LEG_R:
    return pa_outfit_along(f, point) <= o->trouser ? PA_MATERIAL_BOTTOM
                                                   : PA_MATERIAL_LEG_SKIN;
  case PA_REGION_FOOT_L:
  case PA_REGION_FOOT_R:
    return o->shoes ? PA_MATERIAL_SHOES : PA_MATERIAL_LEG_SKIN;
  case PA_REGION_EYE_L:
  case PA_REGION_EYE_R:
    return PA_MATERIAL_EYE;
  case PA_REGION_LASH:
    return PA_MATERIAL_LASH;
  case PA_REGION_TEETH:
    return PA_MATERIAL_TEETH;
  case PA_REGION_TONGUE:
    return PA_MATERIAL_TONGUE;
  case PA_REGION_INNER:
    return PA_MATERIAL_INNER;
  default:
    return PA_MATERIAL_SKIN;
  }
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
    return (pa_rgb){236, 232, 228};
  case PA_MATERIAL_LASH:
    return (pa_rgb){34, 26, 24};
  case PA_MATERIAL_TEETH:
    return (pa_rgb){232, 226, 214};
  case PA_MATERIAL_TONGUE:
    return (pa_rgb){176, 92, 92};
  case PA_MATERIAL_INNER:
    return (pa_rgb){72, 30, 30};
  case PA_MATERIAL_LEG_SKIN:
    return w->leg_skin;
  default:
    return w->skin;
  }
}

/* ------------------------------------------------------------ brushes */

static pa_source source_of(pa_region region) {
  static const pa_source of[PA_REGION_COUNT] = {
      [PA_REGION_HEAD] = PA_SOURCE_HEAD,   [PA_REGION_TORSO] = PA_SOURCE_TORSO,
      [PA_REGION_ARM_L] = PA_SOURCE_ARM,   [PA_REGION_ARM_R] = PA_SOURCE_ARM,
      [PA_REGION_HAND_L] = PA_SOURCE_ARM,  [PA_REGION_HAND_R] = PA_SOURCE_ARM,
      [PA_REGION_LEG_L] = PA_SOURCE_LEG,   [PA_REGION_LEG_R] = PA_SOURCE_LEG,
      [PA_REGION_FOOT_L] = PA_SOURCE_FOOT, [PA_REGION_FOOT_R] = PA_SOURCE_FOOT,
      [PA_REGION_EYE_L] = PA_SOURCE_EYE,   [PA_REGION_EYE_R] = PA_SOURCE_EYE,
      [PA_REGION_LASH] = PA_SOURCE_NONE,   [PA_REGION_TEETH] = PA_SOURCE_NONE,
      [PA_REGION_TONGUE] = PA_SOURCE_NONE, [PA_REGION_INNER] = PA_SOURCE_NONE};
  return of[region];
}

/* A head that is turned shows one half: it stands in for the other. */
static void add_twin(const pa_figure *f, const pa_view *view, pa_vec normal,
                     pa_vec place, pa_brush *b) {
  (void)f;
  pa_vec at = pa_face_map_apply(&view->face, pa_v(-place.x, place.y, place.z));
  b->twin_x = at.x, b->twin_y = at.y;
  b->twin_facing =
      pa_dot(pa_v(-normal.x, normal.y, normal.z), view->face.towards);
}

void pa_outfit_brushes(const pa_figure *f, const pa_outfit *outfit,
                       const pa_view *view, const pa_vec *normal,
                       pa_brush *brush) {
  for (unsigned i = 0; i < f->body->corners; i++) {
    unsigned point = f->body->corner[i].point;
    pa_region region = f->body->point[point].region;
    pa_material material = pa_outfit_material(f, outfit, point);
    bool scalp = region == PA_REGION_HEAD && pa_outfit_scalp(f, point);
    brush[i] = (pa_brush){
        .x = view->point[point].x,
        .y = view->point[point].y,
        .facing = view->facing[point],
        .twin_facing = -1,
        .source = (uint8_t)source_of(region),
        .material = (uint8_t)material,
        .point = (uint16_t)point,
        .hidden = scalp && outfit->swatches.has_hair,
        .color = pa_outfit_color(outfit, material),
    };
    if (region == PA_REGION_HEAD && view->face.count)
      add_twin(f, view, normal[point], f->point[point], &brush[i]);
  }
}
