/* How each corner of the body is painted. */
#include "avatar3d/outfit.h"
#include "avatar3d/shoes.h"

static pa_source source_of(pa_region region, bool forearm) {
  switch (region) {
  case PA_REGION_HEAD:
    return PA_SOURCE_HEAD;
  case PA_REGION_TORSO:
    return PA_SOURCE_TORSO;
  case PA_REGION_ARM_L:
    return forearm ? PA_SOURCE_FOREARM_L : PA_SOURCE_ARM_L;
  case PA_REGION_ARM_R:
    return forearm ? PA_SOURCE_FOREARM_R : PA_SOURCE_ARM_R;
  case PA_REGION_HAND_L:
    return PA_SOURCE_FOREARM_L;
  case PA_REGION_HAND_R:
    return PA_SOURCE_FOREARM_R;
  case PA_REGION_LEG_L:
    return PA_SOURCE_LEG_L;
  case PA_REGION_LEG_R:
    return PA_SOURCE_LEG_R;
  case PA_REGION_FOOT_L:
    return PA_SOURCE_FOOT_L;
  case PA_REGION_FOOT_R:
    return PA_SOURCE_FOOT_R;
  case PA_REGION_EYE_L:
  case PA_REGION_EYE_R:
    return PA_SOURCE_EYE;
  default:
    return PA_SOURCE_NONE;
  }
}

static pa_part part_of(pa_source source) {
  switch (source) {
  case PA_SOURCE_HEAD:
  case PA_SOURCE_HAIRLINE:
  case PA_SOURCE_NECK:
  case PA_SOURCE_EYE:
    return PA_PART_HEAD;
  case PA_SOURCE_TORSO:
  case PA_SOURCE_DRESSED:
  case PA_SOURCE_SHIRT:
  case PA_SOURCE_SEAT:
  case PA_SOURCE_SHOULDER:
    return PA_PART_TRUNK;
  case PA_SOURCE_ARM_L:
  case PA_SOURCE_BARE_ARM_L:
    return PA_PART_ARM_L;
  case PA_SOURCE_FOREARM_L:
  case PA_SOURCE_BARE_FOREARM_L:
    return PA_PART_FOREARM_L;
  case PA_SOURCE_ARM_R:
  case PA_SOURCE_BARE_ARM_R:
    return PA_PART_ARM_R;
  case PA_SOURCE_FOREARM_R:
  case PA_SOURCE_BARE_FOREARM_R:
    return PA_PART_FOREARM_R;
  case PA_SOURCE_LEG_L:
  case PA_SOURCE_BARE_LEG_L:
  case PA_SOURCE_FOOT_L:
    return PA_PART_LEG_L;
  case PA_SOURCE_LEG_R:
  case PA_SOURCE_BARE_LEG_R:
  case PA_SOURCE_FOOT_R:
    return PA_PART_LEG_R;
  default:
    return PA_PART_NONE;
  }
}

/* A head that is turned shows one half: it stands in for the other. */
static void add_twin(const pa_view *view, pa_vec normal, pa_vec place,
                     pa_brush *b) {
  pa_vec at = pa_face_map_apply(&view->face, pa_v(-place.x, place.y, place.z));
  b->twin_x = at.x, b->twin_y = at.y;
  b->twin_facing =
      pa_dot(pa_v(-normal.x, normal.y, normal.z), view->face.towards);
}

#define HEM .25f /* of a bone: how far beside its place a hem may be */

/* Well below its sleeve or trouser leg a limb shows skin alone: the cloth that
 * the photo has beside it is the trunk's. */
static pa_source bared(const pa_outfit *o, pa_source source, float along) {
  bool leg = source == PA_SOURCE_LEG_L || source == PA_SOURCE_LEG_R;
  if (!leg && (source < PA_SOURCE_ARM_L || source > PA_SOURCE_FOREARM_R))
    return source;
  float end = leg ? o->trouser : o->sleeve;
  if (along < end + (end < HEM ? .04f : HEM)) return source;
  if (leg && o->boot < 2 && along > o->boot - HEM) return source;
  return (pa_source)(source + (leg ? PA_SOURCE_BARE_LEG_L - PA_SOURCE_LEG_L
                                   : PA_SOURCE_BARE_ARM_L - PA_SOURCE_ARM_L));
}

#define JAW .012f /* metres below it the neck begins */

/* The jaw rises from the chin to below the ears. */
static bool is_below_jaw(const pa_figure *f, pa_vec p) {
  int chin = pa_body_mark_find(f->body, 152);
  int ear = pa_body_mark_find(f->body, 454);
  if (chin < 0 || ear < 0) return false;
  pa_vec c = f->point[chin], e = f->point[ear];
  float t = pa_smoothstep(0, 1, (c.z - p.z) / fmaxf(c.z - e.z, .01f));
  return p.y < c.y - JAW + t * (e.y - .04f - c.y);
}

/* Where a point may take its pixels from. */
static pa_source source_at(const pa_figure *f, const pa_outfit *o, bool blind,
                           unsigned point) {
  pa_region region = f->body->point[point].region;
  float along = pa_outfit_along(f, point);
  pa_source source = bared(o, source_of(region, along > 1), along);
  pa_vec joint = f->head[f->bone[PA_BONE_UPPERARM]], p = f->point[point];
  if (region == PA_REGION_TORSO && p.y > joint.y - .06f) {
    /* Beyond an armhole it is the arm's skin. */
    bool bare = o->sleeve < 0 && fabsf(p.x) > joint.x - .045f;
    if (!bare) return PA_SOURCE_SHOULDER;
    return p.x > 0 ? PA_SOURCE_BARE_ARM_L : PA_SOURCE_BARE_ARM_R;
  }
  if (pa_outfit_at_hem(f, o, point))
    return p.y > pa_hem_height(&o->hem, p) ? PA_SOURCE_SHIRT : PA_SOURCE_SEAT;
  if (region == PA_REGION_TORSO && !o->midriff) return PA_SOURCE_DRESSED;
  if (region == PA_REGION_HEAD &&
      (pa_figure_weight(f, point, f->bone[PA_BONE_HEAD]) < .4f ||
       (!blind && is_below_jaw(f, p))))
    return PA_SOURCE_NECK;
  if (region == PA_REGION_HEAD && pa_outfit_scalp(f, point) > -.055f)
    return PA_SOURCE_HAIRLINE;
  return source;
}

#define BELOW .03f /* metres below the waist: no skin of a bare midriff */

/* Whether the photo's pixels of a part must look like its typical colour. */
static bool is_plain(const pa_outfit *o, pa_region region, pa_material material,
                     float edge) {
  if (region == PA_REGION_HEAD) return false;
  if (region == PA_REGION_TORSO && o->midriff && edge < BELOW) return false;
  if (material == PA_MATERIAL_TOP) return o->swatches.plain_top;
  if (material == PA_MATERIAL_BOTTOM) return o->swatches.plain_bottom;
  return material == PA_MATERIAL_SKIN || material == PA_MATERIAL_LEG_SKIN;
}

/* The skin that covers a closed eye lies folded beside the open one, where the
 * photo shows lashes and pupil: it must look like skin. */
static void mark_lids(const pa_figure *f, pa_brush *brush) {
  static const char *const blinks[] = {"blinkLeft", "blinkRight"};
  for (int s = 0; s < 2; s++) {
    int index = pa_body_target_find(f->body, blinks[s]);
    if (index < 0) continue;
    const pa_body_target *t = &f->body->target[index];
    float most = 0;
    for (unsigned i = 0; i < t->count; i++)
      most = fmaxf(most, fabsf(t->delta[i][1]));
    for (unsigned i = 0, k = 0; i < f->body->corners; i++) {
      unsigned point = f->body->corner[i].point;
      for (k = 0; k < t->count && t->point[k] != point; k++)
        continue;
      if (k < t->count && fabsf(t->delta[k][1]) > .45f * most)
        brush[i].plain = true;
    }
  }
}

/* How far a point is from its limb's bones, or the trunk's middle. */
static float axis_distance(const pa_figure *f, unsigned point) {
  pa_region region = f->body->point[point].region;
  pa_vec p = f->point[point];
  if (region < PA_REGION_ARM_L || region > PA_REGION_FOOT_R)
    return hypotf(p.x, p.z - f->head[f->bone[PA_BONE_SPINE_2]].z);
  int side = (region - PA_REGION_ARM_L) & 1;
  bool leg = region == PA_REGION_LEG_L || region == PA_REGION_LEG_R;
  bool lower = pa_outfit_along(f, point) > 1;
  const pa_bone chain[3] = {leg ? PA_BONE_THIGH : PA_BONE_UPPERARM,
                            leg ? PA_BONE_CALF : PA_BONE_LOWERARM,
                            leg ? PA_BONE_FOOT : PA_BONE_HAND};
  pa_vec a = f->head[f->bone[PA_BONE_SIDE(chain[lower], side)]];
  pa_vec b = f->head[f->bone[PA_BONE_SIDE(chain[lower + 1], side)]];
  pa_vec along = pa_unit(pa_sub(b, a), pa_v(0, -1, 0)), d = pa_sub(p, a);
  return pa_length(pa_sub(d, pa_mul(along, pa_dot(d, along))));
}

static bool is_face(pa_source source) {
  return source == PA_SOURCE_HEAD || source == PA_SOURCE_HAIRLINE ||
         source == PA_SOURCE_EYE;
}

/* Rubber: darker than what it carries, dark grey beneath the darkest; but for
 * its rim the photo never shows it. */
static void paint_sole(bool below, pa_brush *b) {
  const pa_rgb c = b->color[1];
  b->color[0] = b->color[1] =
      (pa_rgb){.42f * c.r + 12, .42f * c.g + 12, .42f * c.b + 12};
  b->hidden = below;
  b->hold = below ? 8 : 1;
}

void pa_outfit_brushes(const pa_figure *f, const pa_outfit *outfit,
                       const pa_view *view, const pa_vec *normal,
                       pa_brush *brush) {
  for (unsigned i = 0; i < f->body->corners; i++) {
    unsigned point = f->body->corner[i].point;
    pa_region region = f->body->point[point].region;
    pa_material material[2];
    float edge = pa_outfit_materials(f, outfit, point, material);
    bool hand = region == PA_REGION_HAND_L || region == PA_REGION_HAND_R;
    bool ear = region == PA_REGION_HEAD && edge == PA_OUTFIT_EAR;
    bool hairy = region == PA_REGION_HEAD && material[1] == PA_MATERIAL_HAIR;
    pa_source source = source_at(f, outfit, view->face.blind, point);
    float out = axis_distance(f, point) * view->camera.scale;
    brush[i] = (pa_brush){
        .x = view->point[point].x,
        .y = view->point[point].y,
        .z = view->point[point].z,
        .facing = view->facing[point],
        .out_x = out * view->normal[point].x,
        .out_y = -out * view->normal[point].y,
        .twin_facing = -1,
        .source = (uint8_t)source,
        .part = (uint8_t)part_of(source),
        .point = (uint16_t)point,
        .hidden = hand || (hairy && edge > .02f) || ear ||
                  (view->face.blind && is_face(source)),
        .plain = source != PA_SOURCE_SHOULDER && source != PA_SOURCE_NECK &&
                 is_plain(outfit, region, material[edge > 0], edge),
        .pattern = material[edge > 0] == PA_MATERIAL_BOTTOM &&
                   outfit->swatches.pattern_bottom,
        .edge = edge,
        .material = {(uint8_t)material[0], (uint8_t)material[1]},
        .color = {pa_outfit_color(outfit, material[0]),
                  pa_outfit_color(outfit, material[1])},
    };
    bool foot = region == PA_REGION_FOOT_L || region == PA_REGION_FOOT_R;
    if (foot && outfit->shoes && pa_shoes_above_sole(f, outfit, point) < 0)
      paint_sole(normal[point].y < -.5f, &brush[i]);
    if (region == PA_REGION_HEAD && view->face.count)
      add_twin(view, normal[point], f->point[point], &brush[i]);
  }
  mark_lids(f, brush);
}
