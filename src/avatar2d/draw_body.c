/* Neck, shoulders, limbs and what is worn on them. */
#include <math.h>

#include "avatar2d/draw.h"

/* Heights of the figure, head units: a head is a little over two hundred, the
 * whole not quite five heads, as in picture books. */
#define NECK_BASE 128.f
#define ARMPIT 225.f
#define WAIST 330.f
#define HIPS 405.f
#define CROTCH 440.f
#define WRIST 420.f
#define KNEE 590.f
#define ANKLE 760.f

static float neck_half(const pa_traits *t) {
  float jaw = pa_face_half(t, .7f * t->face.chin);
  return fminf(fmaxf(.72f * jaw + .06f * t->shoulders, 32), 48);
}

/* y of the shoulders' line at x. */
static float shoulder_y(const pa_traits *t, float x) {
  float n = neck_half(t), span = fmaxf(t->shoulders - n, 1);
  float part = fminf(fmaxf((fabsf(x) - n) / span, 0), 1.1f);
  return NECK_BASE - 8 + 34 * powf(part, 1.35f);
}

void pa_draw_neck(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float n = neck_half(t), s = t->shoulders;
  pa_picture_begin(p, "neck", PA_NO_PATH);
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -n, 40);
  pa_picture_line(p, -n, NECK_BASE - 22);
  pa_picture_cubic(p, -n - 2, NECK_BASE - 2, -.6f * s, NECK_BASE + 4, -.86f * s,
                   NECK_BASE + 22);
  pa_picture_line(p, -.86f * s, ARMPIT);
  pa_picture_line(p, .86f * s, ARMPIT);
  pa_picture_line(p, .86f * s, NECK_BASE + 22);
  pa_picture_cubic(p, .6f * s, NECK_BASE + 4, n + 2, NECK_BASE - 2, n,
                   NECK_BASE - 22);
  pa_picture_line(p, n, 40);
  pa_picture_close(p);
  pa_picture_fill(p, path, draw->skin);
  if (draw->style->shade != PA_SHADE_NONE) {
    pa_picture_begin(p, "neck-shadow", path);
    pa_affine old = pa_picture_push(p, (pa_affine){1, 0, 3, 0, 1, 17});
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
  float s = t->shoulders, hip = .78f * s, foot = .3f * s;
  float end = hip - (hip - .62f * s) * (to - HIPS) / (ANKLE - HIPS) + loose;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -.7f * s, WAIST);
  pa_picture_cubic(p, -.74f * s, WAIST + 20, -hip, HIPS - 30, -hip - loose,
                   HIPS);
  pa_picture_cubic(p, -hip - loose, HIPS + 60, -end, to - 60, -end, to);
  pa_picture_line(p, -foot + .12f * s - loose * .3f, to);
  pa_picture_line(p, -4, CROTCH);
  pa_picture_line(p, 4, CROTCH);
  pa_picture_line(p, foot - .12f * s + loose * .3f, to);
  pa_picture_line(p, end, to);
  pa_picture_cubic(p, end, to - 60, hip + loose, HIPS + 60, hip + loose, HIPS);
  pa_picture_cubic(p, hip, HIPS - 30, .74f * s, WAIST + 20, .7f * s, WAIST);
  pa_picture_close(p);
  return path;
}

static void draw_shoes(pa_draw *draw) {
  pa_picture *p = draw->picture;
  float s = draw->traits->shoulders;
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side, x = k * .4f * s;
    size_t path = pa_picture_path(p);
    pa_picture_move(p, x - k * 26, ANKLE - 6);
    pa_picture_line(p, x + k * 24, ANKLE - 6);
    pa_picture_cubic(p, x + k * 52, ANKLE + 14, x + k * 50, ANKLE + 40,
                     x + k * 44, ANKLE + 42);
    pa_picture_line(p, x - k * 28, ANKLE + 42);
    pa_picture_cubic(p, x - k * 36, ANKLE + 30, x - k * 30, ANKLE + 10,
                     x - k * 26, ANKLE - 6);
    pa_picture_close(p);
    pa_draw_part(draw, path, pa_draw_color(draw, draw->traits->lower.shoes));
  }
}

static size_t skirt_path(pa_picture *p, const pa_traits *t, float to) {
  float s = t->shoulders;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -.68f * s, WAIST - 4);
  pa_picture_cubic(p, -.8f * s, HIPS - 30, -.95f * s, to - 90, -1.02f * s, to);
  pa_picture_cubic(p, -.5f * s, to + 16, .5f * s, to + 16, 1.02f * s, to);
  pa_picture_cubic(p, .95f * s, to - 90, .8f * s, HIPS - 30, .68f * s,
                   WAIST - 4);
  pa_picture_close(p);
  return path;
}

static void draw_lower(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  pa_color color = pa_draw_color(draw, t->lower.color);
  pa_picture_begin(p, "legs", PA_NO_PATH);
  pa_draw_part(draw, legs_path(p, t, ANKLE, -4), draw->skin);
  draw_shoes(draw);
  if (t->upper.kind == PA_GARMENT_DRESS)
    ;
  else if (t->lower.kind == PA_LOWER_SKIRT)
    pa_draw_part(draw, skirt_path(p, t, KNEE - 40), color);
  else if (t->lower.kind == PA_LOWER_SHORTS)
    pa_draw_part(draw, legs_path(p, t, KNEE - 60, 6), color);
  else if (t->lower.kind == PA_LOWER_PANTS)
    pa_draw_part(draw, legs_path(p, t, ANKLE + 4, 4), color);
  pa_picture_end(p);
}

void pa_draw_body(pa_draw *draw) {
  if (draw->view == PA_VIEW_FULL) draw_lower(draw);
  if (draw->view != PA_VIEW_FULL && draw->traits->lower.kind != PA_LOWER_NONE &&
      draw->view == PA_VIEW_HALF)
    draw_lower(draw);
  bool bare = !draw->traits->upper.sleeves ||
              draw->traits->upper.kind == PA_GARMENT_NONE;
  pa_picture_begin(draw->picture, "arms", PA_NO_PATH);
  for (int side = -1; side <= 1; side += 2)
    if (bare || draw->view != PA_VIEW_HEAD)
      pa_draw_part(draw, arm_path(draw->picture, draw->traits, (float)side),
                   draw->skin);
  pa_picture_end(draw->picture);
}

/* ------------------------------------------------------------ garments */

static bool is_low(const pa_traits *t) {
  return t->upper.neckline == PA_NECK_OFF;
}

/* The neckline from its right end (-x) to its left one, within the current
 * path, which stands at the right end. */
static void neckline(pa_picture *p, const pa_traits *t, float w, float y0) {
  /* So that some of the garment is seen in every frame. */
  float deep = fminf(t->upper.neck_depth, 180);
  switch (t->upper.neckline) {
  case PA_NECK_V:
  case PA_NECK_COLLAR:
    pa_picture_line(p, 0, deep);
    pa_picture_line(p, w, y0);
    break;
  case PA_NECK_BOAT:
  case PA_NECK_OFF:
    pa_picture_cubic(p, -.5f * w, deep + 4, .5f * w, deep + 4, w, y0);
    break;
  case PA_NECK_SCOOP:
    pa_picture_cubic(p, -.95f * w, y0 + .9f * (deep - y0), -.55f * w, deep, 0,
                     deep);
    pa_picture_cubic(p, .55f * w, deep, .95f * w, y0 + .9f * (deep - y0), w,
                     y0);
    break;
  default:
    pa_picture_cubic(p, -.8f * w, deep + 1, -.3f * w, deep + 5, 0, deep + 5);
    pa_picture_cubic(p, .3f * w, deep + 5, .8f * w, deep + 1, w, y0);
  }
}

static float neck_end(const pa_traits *t) {
  return fminf(fmaxf(t->upper.neck_width, neck_half(t) + 3),
               .9f * t->shoulders);
}

/* Neckline, shoulders, trunk, with sleeves or without. */
static size_t trunk_path(pa_draw *draw, float hem) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float s = t->shoulders, w = neck_end(t);
  float y0 = is_low(t) ? 172 : shoulder_y(t, w) - 3;
  if (is_low(t)) w = .98f * s;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, y0);
  neckline(p, t, w, y0);
  if (!t->upper.sleeves && !is_low(t)) {
    float strap = fminf(w + 34, .86f * s);
    pa_picture_line(p, strap, shoulder_y(t, strap) - 1);
    pa_picture_cubic(p, strap - 3, 185, .78f * s, ARMPIT - 8, .86f * s, ARMPIT);
  } else if (is_low(t)) {
    pa_picture_line(p, .86f * s, ARMPIT);
  } else {
    pa_picture_cubic(p, .55f * s, NECK_BASE + 2, .77f * s, 136, .89f * s, 146);
    pa_picture_cubic(p, .87f * s, 170, .84f * s, 200, .86f * s, ARMPIT);
  }
  pa_picture_cubic(p, .84f * s, 270, .7f * s, 300, .7f * s, WAIST);
  pa_picture_cubic(p, .72f * s, WAIST + 30, .78f * s, hem - 30, .8f * s, hem);
  pa_picture_cubic(p, .4f * s, hem + 8, -.4f * s, hem + 8, -.8f * s, hem);
  pa_picture_cubic(p, -.78f * s, hem - 30, -.72f * s, WAIST + 30, -.7f * s,
                   WAIST);
  pa_picture_cubic(p, -.7f * s, 300, -.84f * s, 270, -.86f * s, ARMPIT);
  if (!t->upper.sleeves && !is_low(t)) {
    float strap = fminf(w + 34, .86f * s);
    pa_picture_cubic(p, -.78f * s, ARMPIT - 8, -strap + 3, 185, -strap,
                     shoulder_y(t, strap) - 1);
  } else if (!is_low(t)) {
    pa_picture_cubic(p, -.84f * s, 200, -.87f * s, 170, -.89f * s, 146);
    pa_picture_cubic(p, -.77f * s, 136, -.55f * s, NECK_BASE + 2, -w, y0);
  }
  pa_picture_close(p);
  return path;
}

/* From the shoulder down to `to`. */
static size_t sleeve_path(pa_picture *p, const pa_traits *t, float side,
                          float to) {
  float s = t->shoulders * side, k = side, flat = is_low(t) ? 26 : 0;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, .74f * s, 140 + 1.6f * flat);
  pa_picture_cubic(p, .92f * s, 143 + flat, s + k * 12, 160 + flat, s + k * 20,
                   ARMPIT);
  pa_picture_cubic(p, s + k * 26, 290, s + k * 27, to - 40, s + k * 24, to);
  pa_picture_cubic(p, s + k * 12, to + 6, s, to + 6, s - k * 12, to);
  pa_picture_cubic(p, s - k * 16, to - 40, s - k * 24, 300, s - k * 27, ARMPIT);
  pa_picture_close(p);
  return path;
}

/* ------------------------------------------------------------ patterns */

static void draw_pattern(pa_draw *draw, size_t cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  pa_color color = pa_draw_color(draw, t->upper.second);
  if (t->upper.pattern == PA_PATTERN_PLAIN) return;
  pa_picture_begin(p, "pattern", cloth);
  size_t path = pa_picture_path(p);
  bool across = t->upper.pattern == PA_PATTERN_STRIPES ||
                t->upper.pattern == PA_PATTERN_PLAID;
  bool down = t->upper.pattern == PA_PATTERN_PINSTRIPES ||
              t->upper.pattern == PA_PATTERN_PLAID;
  if (across)
    for (float y = 120; y < 480; y += 34)
      pa_picture_rect(p, -260, y, 520, 13, 0);
  if (t->upper.pattern == PA_PATTERN_DOTS)
    for (int row = 0; row < 16; row++)
      for (int i = -9; i < 10; i++)
        pa_picture_ellipse(p, (float)i * 26 + (row & 1 ? 13.f : 0),
                           125 + (float)row * 22, 4.6f, 4.6f);
  if (!down || across)
    pa_picture_fill(p, path,
                    t->upper.pattern == PA_PATTERN_PLAID ? pa_fade(color, .6f)
                                                         : color);
  if (down) {
    bool plaid = t->upper.pattern == PA_PATTERN_PLAID;
    path = pa_picture_path(p);
    for (float x = -256; x < 260; x += plaid ? 34.f : 20.f)
      pa_picture_rect(p, x, 100, plaid ? 13.f : 2.6f, 400, 0);
    pa_picture_fill(p, path, plaid ? pa_fade(color, .6f) : pa_fade(color, .8f));
  }
  pa_picture_end(p);
}

/* ------------------------------------------------------------ details */

static void draw_collar(pa_draw *draw, pa_color color) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float w = neck_end(t), y = shoulder_y(t, w) - 6;
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    size_t path = pa_picture_path(p);
    pa_picture_move(p, k * (neck_half(t) - 1), y - 15);
    pa_picture_cubic(p, k * (w + 8), y - 5, k * (w + 6), y + 2, k * (w + 4),
                     y + 6);
    pa_picture_line(p, k * .62f * w, y + 48);
    pa_picture_line(p, k * 2, fminf(t->upper.neck_depth, y + 40));
    pa_picture_cubic(p, k * 14, y + 12, k * .7f * w, y, k * (neck_half(t) - 1),
                     y - 15);
    pa_picture_close(p);
    pa_draw_part(draw, path, color);
  }
}

static void draw_buttons(pa_draw *draw, float from, pa_color color) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, 0, from);
  pa_picture_line(p, 0, 410);
  pa_picture_stroke(p, path, pa_fade(pa_tone(color, -.3f), .7f), 1.8f);
  path = pa_picture_path(p);
  for (float y = from + 18; y < 400; y += 38)
    pa_picture_ellipse(p, 5, y, 2.8f, 2.8f);
  pa_picture_fill(p, path,
                  pa_tone(color, pa_lightness(color) > .5f ? -.35f : .4f));
}

static void draw_tie(pa_draw *draw, float from) {
  pa_picture *p = draw->picture;
  pa_color color = pa_draw_color(draw, draw->traits->upper.tie_color);
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -6, from + 16);
  pa_picture_line(p, 6, from + 16);
  pa_picture_line(p, 17, from + 130);
  pa_picture_line(p, 0, from + 154);
  pa_picture_line(p, -17, from + 130);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  path = pa_picture_path(p);
  pa_picture_move(p, -12, from - 2);
  pa_picture_line(p, 12, from - 2);
  pa_picture_line(p, 7, from + 18);
  pa_picture_line(p, -7, from + 18);
  pa_picture_close(p);
  pa_draw_part(draw, path, pa_tone(color, .12f));
}

/* What a suit or coat leaves open, and its lapels. */
static void draw_suit(pa_draw *draw, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  pa_color inner = pa_draw_color(draw, t->upper.second);
  float w = neck_end(t), y = shoulder_y(t, w) - 4, deep = 300;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, y);
  if (t->upper.kind == PA_GARMENT_SUIT || t->upper.tie) {
    pa_picture_line(p, 0, y + 42);
  } else {
    float low = fmaxf(t->upper.neck_depth, y + 14);
    pa_picture_cubic(p, -.7f * w, low, -.3f * w, low + 3, 0, low + 3);
    pa_picture_cubic(p, .3f * w, low + 3, .7f * w, low, w, y);
  }
  pa_picture_line(p, w, y);
  pa_picture_line(p, 4, deep);
  pa_picture_line(p, -4, deep);
  pa_picture_close(p);
  pa_draw_part(draw, path, inner);
  bool formal = t->upper.kind == PA_GARMENT_SUIT;
  if (t->upper.tie) draw_tie(draw, y + 36);
  if (formal || t->upper.tie) draw_collar(draw, inner);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    path = pa_picture_path(p);
    pa_picture_move(p, k * (w - 3), y - 5);
    pa_picture_cubic(p, k * (w + 22), y + 8, k * (w + 30), y + 34, k * (w + 34),
                     y + 60);
    pa_picture_line(p, k * (w + 14), y + 66);
    pa_picture_line(p, k * (w + 20), y + 82);
    pa_picture_cubic(p, k * (w - 8), y + 120, k * 18, deep - 40, k * 1, deep);
    pa_picture_cubic(p, k * 10, deep - 60, k * (w - 16), y + 60, k * (w - 3),
                     y - 5);
    pa_picture_close(p);
    pa_draw_part(draw, path,
                 pa_tone(cloth, pa_lightness(cloth) < .3f ? .12f : -.1f));
  }
  path = pa_picture_path(p);
  pa_picture_move(p, 0, deep);
  pa_picture_line(p, 0, 430);
  pa_picture_stroke(p, path, pa_tone(cloth, -.35f), 2.2f);
}

static void draw_hood(pa_draw *draw, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float w = neck_end(t), y = shoulder_y(t, w) - 6;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w - 26, y + 4);
  pa_picture_cubic(p, -w - 10, y - 34, -w + 2, y - 28, -neck_half(t), y - 22);
  pa_picture_cubic(p, -.8f * w, y + 16, -.3f * w, y + 30, 0, y + 32);
  pa_picture_cubic(p, .3f * w, y + 30, .8f * w, y + 16, neck_half(t), y - 22);
  pa_picture_cubic(p, w - 2, y - 28, w + 10, y - 34, w + 26, y + 4);
  pa_picture_cubic(p, w + 20, y + 40, .5f * w, y + 62, 0, y + 64);
  pa_picture_cubic(p, -.5f * w, y + 62, -w - 20, y + 40, -w - 26, y + 4);
  pa_picture_close(p);
  pa_draw_part(draw, path, pa_tone(cloth, -.12f));
  path = pa_picture_path(p);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    pa_picture_move(p, k * 20, y + 50);
    pa_picture_cubic(p, k * 22, y + 80, k * 18, y + 100, k * 20, y + 118);
  }
  pa_picture_stroke(p, path, pa_tone(cloth, .55f), 4);
}

static void draw_high_neck(pa_draw *draw, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float n = neck_half(t) + 3, y = shoulder_y(t, n) + 14;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -n, 98);
  pa_picture_cubic(p, -.5f * n, 110, .5f * n, 110, n, 98);
  pa_picture_line(p, n + 6, y - 8);
  pa_picture_cubic(p, .5f * n, y + 12, -.5f * n, y + 12, -n - 6, y - 8);
  pa_picture_close(p);
  pa_draw_part(draw, path, pa_tone(cloth, -.08f));
}

/* A band along a crew neck. */
static void draw_neck_band(pa_draw *draw, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float w = neck_end(t), y0 = shoulder_y(t, w) - 3;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, y0 + 2.5f);
  neckline(p, t, w, y0 + 2.5f);
  pa_picture_stroke(
      p, path, pa_tone(cloth, pa_lightness(cloth) < .3f ? .16f : -.16f), 4.6f);
}

/* ------------------------------------------------------------ the whole */

/* Creases between arms and trunk, and the shaded side. */
static void draw_folds(pa_draw *draw, size_t cloth, pa_color color) {
  pa_picture *p = draw->picture;
  float s = draw->traits->shoulders;
  pa_color dark = pa_tone(color, -.2f * draw->style->contrast);
  if (pa_lightness(color) < .28f) dark = pa_tone(color, .14f);
  pa_picture_begin(p, "folds", cloth);
  if (draw->style->shade != PA_SHADE_NONE &&
      draw->style->shade != PA_SHADE_HALFTONE) {
    size_t shade = pa_picture_path(p);
    pa_picture_move(p, .9f * s, 120);
    pa_picture_cubic(p, .78f * s, 160, .34f * s, 190, .42f * s, 480);
    pa_picture_line(p, 280, 480);
    pa_picture_line(p, 280, 120);
    pa_picture_close(p);
    pa_picture_fill(p, shade, pa_fade(pa_tone(color, -.28f), .4f));
  }
  if (draw->traits->upper.sleeves && !is_low(draw->traits) &&
      draw->style->line <= 0) {
    size_t path = pa_picture_path(p);
    for (int side = -1; side <= 1; side += 2) {
      float k = (float)side;
      pa_picture_move(p, k * .83f * s, 214);
      pa_picture_cubic(p, k * .81f * s, 240, k * .8f * s, 270, k * .8f * s,
                       330);
    }
    pa_picture_stroke(p, path, dark, fmaxf(draw->style->line, 2.4f));
  }
  pa_picture_end(p);
}

static void draw_upper(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  pa_color cloth = pa_draw_color(draw, t->upper.color);
  bool longer = t->upper.kind == PA_GARMENT_COAT;
  bool wide = t->upper.kind == PA_GARMENT_SUIT || longer;
  bool arms = t->upper.kind == PA_GARMENT_SHIRT || wide ||
              t->upper.kind == PA_GARMENT_HOODIE ||
              t->upper.kind == PA_GARMENT_SWEATER;
  if (t->upper.sleeves) {
    for (int side = -1; side <= 1; side += 2) {
      size_t sleeve = sleeve_path(p, t, (float)side, arms ? WRIST - 6 : 275);
      pa_draw_part(draw, sleeve, cloth);
      if (!wide) draw_pattern(draw, sleeve);
    }
  }
  if (t->upper.kind == PA_GARMENT_DRESS && draw->view != PA_VIEW_HEAD)
    pa_draw_part(draw, skirt_path(p, t, KNEE - 30), cloth);
  size_t path = trunk_path(draw, longer ? CROTCH + 50 : HIPS - 10);
  pa_draw_part(draw, path, cloth);
  if (!wide) draw_pattern(draw, path);
  draw_folds(draw, path, cloth);
  if (wide) draw_suit(draw, cloth);
  if (t->upper.kind == PA_GARMENT_HOODIE) draw_hood(draw, cloth);
  if (t->upper.kind == PA_GARMENT_SHIRT) {
    draw_buttons(draw, t->upper.neck_depth, cloth);
    if (t->upper.tie) draw_tie(draw, shoulder_y(t, neck_end(t)) + 32);
    draw_collar(draw, pa_tone(cloth, .1f));
  }
  if (t->upper.neckline == PA_NECK_HIGH) draw_high_neck(draw, cloth);
  if (t->upper.neckline == PA_NECK_CREW && !wide &&
      t->upper.kind != PA_GARMENT_HOODIE)
    draw_neck_band(draw, cloth);
}

void pa_draw_clothes(pa_draw *draw) {
  if (draw->traits->upper.kind == PA_GARMENT_NONE) return;
  pa_picture_begin(draw->picture, "clothes", PA_NO_PATH);
  draw_upper(draw);
  pa_picture_end(draw->picture);
}
