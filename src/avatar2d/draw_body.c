/* Neck, shoulders, limbs and what is worn on them. */
#include <math.h>

#include "avatar2d/draw_body.h"
#include "avatar2d/proportions.h"

float pa_body_neck(const pa_traits *t) {
  float jaw = pa_face_half(t, .7f * t->face.chin);
  float wide = (.6f + .06f * t->face.grown) * jaw + .06f * t->shoulders;
  wide += 2.5f * t->build;
  return fminf(fmaxf(wide, 31), 41 + 8 * t->face.grown);
}

float pa_body_waist(const pa_traits *t) {
  return (.7f + .17f * t->build) * t->shoulders;
}

float pa_body_hips(const pa_traits *t) {
  return (.78f + .12f * t->build) * t->shoulders;
}

float pa_body_shoulder_y(const pa_traits *t, float x) {
  float n = pa_body_neck(t), span = fmaxf(t->shoulders - n, 1);
  float part = fminf(fmaxf((fabsf(x) - n) / span, 0), 1.1f);
  return NECK_BASE - 8 + 34 * powf(part, 1.35f);
}

/* From the right armpit down and around to the left one, within a path. */
static void bare_trunk(pa_picture *p, const pa_traits *t) {
  float low = WAIST + 8, s = t->shoulders, w = pa_body_waist(t);
  float chest = .7f * s + .2f * w;
  pa_picture_cubic(p, -chest, 270, -w, 300, -w, low);
  pa_picture_line(p, w, low);
  pa_picture_cubic(p, w, 300, chest, 270, .86f * s, ARMPIT);
}

void pa_draw_neck(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float n = pa_body_neck(t), s = t->shoulders;
  pa_picture_begin(p, "neck", PA_NO_PATH);
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -n, 40);
  pa_picture_line(p, -n, NECK_BASE - 22);
  pa_picture_cubic(p, -n - 2, NECK_BASE - 2, -.6f * s, NECK_BASE + 4, -.86f * s,
                   NECK_BASE + 22);
  pa_picture_line(p, -.86f * s, ARMPIT);
  if (t->upper.kind == PA_GARMENT_NONE) bare_trunk(p, t);
  pa_picture_line(p, .86f * s, ARMPIT);
  pa_picture_line(p, .86f * s, NECK_BASE + 22);
  pa_picture_cubic(p, .6f * s, NECK_BASE + 4, n + 2, NECK_BASE - 2, n,
                   NECK_BASE - 22);
  pa_picture_line(p, n, 40);
  pa_picture_close(p);
  pa_picture_fill(p, path, draw->skin);
  if (draw->style->shade != PA_SHADE_NONE) {
    pa_picture_begin(p, "neck-shadow", path);
    pa_affine old = pa_picture_push(
        p, (pa_affine){1, 0, 3 + 12 * t->yaw, 0, 1, 15 + PA_FIGURE_RISE});
    pa_picture_fill(p, pa_draw_face_path(draw), draw->skin_shade);
    pa_picture_restore(p, old);
    pa_picture_end(p);
  }
  if (draw->style->line > 0) {
    path = pa_picture_path(p);
    for (int side = -1; side <= 1; side += 2) {
      float k = (float)side;
      pa_picture_move(p, k * n, 60);
      pa_picture_line(p, k * n, NECK_BASE - 22);
      pa_picture_cubic(p, k * (n + 2), NECK_BASE - 2, k * .6f * s,
                       NECK_BASE + 4, k * .86f * s, NECK_BASE + 22);
    }
    /* Collar bones. */
    pa_picture_move(p, -.45f * n, NECK_BASE + 17);
    pa_picture_cubic(p, -.7f * n, NECK_BASE + 11, -n, NECK_BASE + 10, -1.4f * n,
                     NECK_BASE + 11);
    pa_picture_move(p, .45f * n, NECK_BASE + 17);
    pa_picture_cubic(p, .7f * n, NECK_BASE + 11, n, NECK_BASE + 10, 1.4f * n,
                     NECK_BASE + 11);
    pa_picture_stroke(p, path, pa_draw_line(draw, draw->skin),
                      draw->style->line);
  }
  pa_picture_end(p);
}

/* ------------------------------------------------------------ limbs */

/* One arm with its hand, hanging down. */
static size_t arm_path(pa_picture *p, const pa_traits *t, float side) {
  float s = t->shoulders * side, k = side;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, .8f * s, 148);
  pa_picture_cubic(p, s + k * 6, 150, s + k * 14, 180, s + k * 16, 220);
  pa_picture_cubic(p, s + k * 20, 290, s + k * 22, 330, s + k * 18, WRIST);
  pa_picture_cubic(p, s + k * 22, WRIST + 22, s + k * 14, WRIST + 40, s + k * 2,
                   WRIST + 38);
  pa_picture_cubic(p, s - k * 12, WRIST + 34, s - k * 10, WRIST + 14, s - k * 6,
                   WRIST);
  pa_picture_cubic(p, s - k * 12, 340, s - k * 22, 300, s - k * 26, ARMPIT);
  pa_picture_close(p);
  return path;
}

static size_t legs_path(pa_picture *p, const pa_traits *t, float to,
                        float loose) {
  float s = t->shoulders, hip = pa_body_hips(t), foot = .3f * s;
  float waist = pa_body_waist(t), below = waist + .04f * s;
  float end = hip - (hip - .62f * s) * (to - HIPS) / (ANKLE - HIPS) + loose;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -waist, WAIST);
  pa_picture_cubic(p, -below, WAIST + 20, -hip, HIPS - 30, -hip - loose, HIPS);
  pa_picture_cubic(p, -hip - loose, HIPS + 60, -end, to - 60, -end, to);
  pa_picture_line(p, -foot + .12f * s - loose * .3f, to);
  pa_picture_line(p, -4, CROTCH);
  pa_picture_line(p, 4, CROTCH);
  pa_picture_line(p, foot - .12f * s + loose * .3f, to);
  pa_picture_line(p, end, to);
  pa_picture_cubic(p, end, to - 60, hip + loose, HIPS + 60, hip + loose, HIPS);
  pa_picture_cubic(p, hip, HIPS - 30, below, WAIST + 20, waist, WAIST);
  pa_picture_close(p);
  return path;
}

void pa_body_shoes(pa_draw *draw, float apart, float ankle) {
  pa_picture *p = draw->picture;
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side, x = k * apart;
    size_t path = pa_picture_path(p);
    pa_picture_move(p, x - k * 26, ankle - 6);
    pa_picture_line(p, x + k * 24, ankle - 6);
    pa_picture_cubic(p, x + k * 52, ankle + 14, x + k * 50, ankle + 40,
                     x + k * 44, ankle + 42);
    pa_picture_line(p, x - k * 28, ankle + 42);
    pa_picture_cubic(p, x - k * 36, ankle + 30, x - k * 30, ankle + 10,
                     x - k * 26, ankle - 6);
    pa_picture_close(p);
    pa_draw_part(draw, path, pa_draw_color(draw, draw->traits->lower.shoes));
  }
}

size_t pa_body_skirt(pa_picture *p, const pa_traits *t, float to) {
  float s = t->shoulders, w = pa_body_waist(t) - .02f * s;
  float hip = pa_body_hips(t) + .02f * s;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, WAIST - 4);
  pa_picture_cubic(p, -hip, HIPS - 30, -.95f * s, to - 90, -1.02f * s, to);
  pa_picture_cubic(p, -.5f * s, to + 16, .5f * s, to + 16, 1.02f * s, to);
  pa_picture_cubic(p, .95f * s, to - 90, hip, HIPS - 30, w, WAIST - 4);
  pa_picture_close(p);
  return path;
}

static void draw_lower(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  pa_color color = pa_draw_color(draw, t->lower.color);
  pa_picture_begin(p, "legs", PA_NO_PATH);
  pa_draw_part(draw, legs_path(p, t, ANKLE, -4), draw->skin);
  pa_body_shoes(draw, .4f * t->shoulders, ANKLE);
  if (t->upper.kind == PA_GARMENT_DRESS)
    ;
  else if (t->lower.kind == PA_LOWER_SKIRT)
    pa_draw_part(draw, pa_body_skirt(p, t, KNEE - 40), color);
  else if (t->lower.kind == PA_LOWER_SHORTS)
    pa_draw_part(draw, legs_path(p, t, KNEE - 60, 6), color);
  else if (t->lower.kind == PA_LOWER_PANTS)
    pa_draw_part(draw, legs_path(p, t, ANKLE + 4, 4), color);
  pa_picture_end(p);
}

void pa_draw_body(pa_draw *draw) {
  if (draw->view == PA_VIEW_FULL && draw->traits->pose.sitting)
    pa_body_seated(draw);
  else if (draw->view == PA_VIEW_FULL)
    draw_lower(draw);
  if (draw->view != PA_VIEW_FULL && draw->traits->lower.kind != PA_LOWER_NONE &&
      draw->view == PA_VIEW_HALF)
    draw_lower(draw);
  bool bare = !draw->traits->upper.sleeves || pa_body_low(draw->traits) ||
              draw->traits->upper.kind == PA_GARMENT_NONE;
  pa_picture_begin(draw->picture, "arms", PA_NO_PATH);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    if (!bare && draw->view == PA_VIEW_HEAD) continue;
    if (pa_body_arm_before(draw, k)) continue; /* over the clothes */
    size_t path = pa_body_arm_hangs(draw, k)
                      ? arm_path(draw->picture, draw->traits, k)
                      : pa_body_arm(draw, k);
    pa_draw_part(draw, path, draw->skin);
  }
  pa_picture_end(draw->picture);
}
