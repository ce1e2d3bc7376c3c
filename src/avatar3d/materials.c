/* Which garment or skin each point of the body is, and where two meet. */
#include "avatar3d/outfit.h"

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

#define NAPE .035f  /* metres below the ears at which hair ends beside them */
#define LOWER .013f /* so much lower it ends behind */
#define THIN .012f  /* metres on both sides over which it grows thin */

/* How far over the nape's hairline a place is that lies `behind` the ears, so
 * close to it a sixth of that: two materials mix over less than 2 mm. */
static float over_nape(float y, float behind) {
  float over = y + NAPE + LOWER * pa_smoothstep(.02f, .06f, behind);
  float soft = THIN * pa_smoothstep(.02f, .04f, behind);
  float near = pa_clamp(over, -soft, soft);
  return over - near * 5 / 6;
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
  float nape = over_nape(p.y - e.y, e.z - p.z);
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
