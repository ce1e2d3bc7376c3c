/* Garments of the trunk: their cut, patterns and folds. */
#include <math.h>

#include "avatar2d/brush.h"
#include "avatar2d/draw_body.h"

/* ------------------------------------------------------------ cut */

/* Neckline, shoulders, trunk, with sleeves or without. */
static size_t trunk_path(pa_draw *draw, float hem) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float s = t->shoulders, w = pa_body_neck_end(t);
  float waist = pa_body_waist(t), hips = pa_body_hips(t);
  float chest = .7f * s + .2f * waist;
  float y0 = pa_body_low(t) ? 172 : pa_body_shoulder_y(t, w) - 3;
  if (pa_body_low(t)) w = .98f * s;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, y0);
  pa_body_neckline(p, t, w, y0);
  if (!t->upper.sleeves && !pa_body_low(t)) {
    float strap = fminf(w + 34, .86f * s);
    pa_picture_line(p, strap, pa_body_shoulder_y(t, strap) - 1);
    pa_picture_cubic(p, strap - 3, 185, .78f * s, ARMPIT - 8, .86f * s, ARMPIT);
  } else if (pa_body_low(t)) {
    pa_picture_line(p, .86f * s, ARMPIT);
  } else {
    pa_picture_cubic(p, .55f * s, NECK_BASE + 2, .77f * s, 136, .89f * s, 146);
    pa_picture_cubic(p, .87f * s, 170, .84f * s, 200, .86f * s, ARMPIT);
  }
  pa_picture_cubic(p, chest, 270, waist, 300, waist, WAIST);
  pa_picture_cubic(p, waist + .02f * s, WAIST + 30, hips, hem - 30,
                   hips + .02f * s, hem);
  pa_picture_cubic(p, .5f * hips, hem + 8, -.5f * hips, hem + 8,
                   -hips - .02f * s, hem);
  pa_picture_cubic(p, -hips, hem - 30, -waist - .02f * s, WAIST + 30, -waist,
                   WAIST);
  pa_picture_cubic(p, -waist, 300, -chest, 270, -.86f * s, ARMPIT);
  if (!t->upper.sleeves && !pa_body_low(t)) {
    float strap = fminf(w + 34, .86f * s);
    pa_picture_cubic(p, -.78f * s, ARMPIT - 8, -strap + 3, 185, -strap,
                     pa_body_shoulder_y(t, strap) - 1);
  } else if (!pa_body_low(t)) {
    pa_picture_cubic(p, -.84f * s, 200, -.87f * s, 170, -.89f * s, 146);
    pa_picture_cubic(p, -.77f * s, 136, -.55f * s, NECK_BASE + 2, -w, y0);
  }
  pa_picture_close(p);
  return path;
}

/* From the shoulder down to `to`. */
static size_t sleeve_path(pa_picture *p, const pa_traits *t, float side,
                          float to) {
  float s = t->shoulders * side, k = side, flat = pa_body_low(t) ? 26 : 0;
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
    for (int y = -118; y < 480; y += 34)
      pa_picture_rect(p, -420, (float)y, 840, 13, 0);
  if (t->upper.pattern == PA_PATTERN_DOTS)
    for (int row = -10; row < 16; row++)
      for (int i = -16; i < 17; i++)
        pa_picture_ellipse(p, (float)i * 26 + (row & 1 ? 13.f : 0),
                           125 + (float)row * 22, 4.6f, 4.6f);
  if (!down || across)
    pa_picture_fill(p, path,
                    t->upper.pattern == PA_PATTERN_PLAID ? pa_fade(color, .6f)
                                                         : color);
  if (down) {
    bool plaid = t->upper.pattern == PA_PATTERN_PLAID;
    path = pa_picture_path(p);
    const int step = plaid ? 34 : 20, most = plaid ? 426 : 416;
    for (int x = -most; x < 420; x += step)
      pa_picture_rect(p, (float)x, -120, plaid ? 13.f : 2.6f, 620, 0);
    pa_picture_fill(p, path, plaid ? pa_fade(color, .6f) : pa_fade(color, .8f));
  }
  pa_picture_end(p);
}

/* ------------------------------------------------------------ the whole */

/* Creases between arms and trunk. */
static void draw_folds(pa_draw *draw, size_t cloth, pa_color color) {
  const pa_traits *t = draw->traits;
  if (!t->upper.sleeves || pa_body_low(t)) return;
  pa_picture *p = draw->picture;
  float s = t->shoulders, line = draw->style->line;
  pa_color dark = pa_tone(color, -.22f * draw->style->contrast);
  if (pa_lightness(color) < .28f) dark = pa_tone(color, .12f);
  if (line > 0) dark = pa_draw_line(draw, color);
  pa_picture_begin(p, "folds", cloth);
  size_t path = pa_picture_path(p);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side * s;
    pa_brush_add(p, (pa_vec){.82f * k, 184}, (pa_vec){.79f * k, 206},
                 (pa_vec){.79f * k, 250}, (pa_vec){.82f * k, 300},
                 (pa_brush){.4f, fmaxf(line, 3), 1});
    pa_brush_add(p, (pa_vec){.76f * k, 196}, (pa_vec){.72f * k, 204},
                 (pa_vec){.66f * k, 208}, (pa_vec){.58f * k, 208},
                 (pa_brush){1, fmaxf(.7f * line, 2.2f), .2f});
  }
  pa_picture_fill(p, path, dark);
  pa_picture_end(p);
}

/* `whole`: to the wrist. */
static void draw_sleeve(pa_draw *draw, float side, bool whole, pa_color cloth) {
  const pa_traits *t = draw->traits;
  size_t path =
      pa_body_arm_hangs(draw, side)
          ? sleeve_path(draw->picture, t, side, whole ? WRIST - 6 : 275)
          : pa_body_sleeve(draw, side, whole);
  pa_draw_part(draw, path, cloth);
  bool wide = t->upper.kind == PA_GARMENT_SUIT ||
              t->upper.kind == PA_GARMENT_COAT ||
              t->upper.kind == PA_GARMENT_WAISTCOAT;
  if (!wide) draw_pattern(draw, path);
}

/* Arms that cross the trunk, with their sleeves. */
static void draw_arms_before(pa_draw *draw, bool whole, pa_color cloth) {
  bool sleeves = draw->traits->upper.sleeves &&
                 draw->traits->upper.kind != PA_GARMENT_NONE;
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    if (!pa_body_arm_before(draw, k)) continue;
    pa_draw_part(draw, pa_body_arm(draw, k), draw->skin);
    if (sleeves) draw_sleeve(draw, k, whole, cloth);
  }
}

static bool long_sleeves(const pa_traits *t) {
  static const pa_garment kinds[] = {PA_GARMENT_SHIRT,   PA_GARMENT_SUIT,
                                     PA_GARMENT_COAT,    PA_GARMENT_HOODIE,
                                     PA_GARMENT_SWEATER, PA_GARMENT_WAISTCOAT};
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (t->upper.kind == kinds[i]) return true;
  return false;
}

/* What the arms and the whole trunk are clad in. */
static pa_color cloth_of(const pa_draw *draw) {
  const pa_traits *t = draw->traits;
  bool below = t->upper.kind == PA_GARMENT_WAISTCOAT;
  return pa_draw_color(draw, below ? t->upper.second : t->upper.color);
}

static void draw_upper(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  pa_color cloth = cloth_of(draw);
  bool longer = t->upper.kind == PA_GARMENT_COAT;
  bool vest = t->upper.kind == PA_GARMENT_WAISTCOAT;
  bool wide = t->upper.kind == PA_GARMENT_SUIT || longer || vest;
  bool arms = long_sleeves(t);
  for (int side = -1; side <= 1; side += 2)
    if (t->upper.sleeves && !pa_body_arm_before(draw, (float)side))
      draw_sleeve(draw, (float)side, arms, cloth);
  bool seated = t->pose.sitting && draw->view == PA_VIEW_FULL;
  if (t->upper.kind == PA_GARMENT_DRESS && draw->view != PA_VIEW_HEAD &&
      !seated)
    pa_draw_part(draw, pa_body_skirt(p, t, KNEE - 30), cloth);
  size_t path = trunk_path(draw, longer && !seated ? CROTCH + 50 : HIPS - 10);
  pa_draw_part(draw, path, cloth);
  if (!wide) draw_pattern(draw, path);
  draw_folds(draw, path, cloth);
  if (vest)
    pa_draw_waistcoat(draw, pa_draw_color(draw, t->upper.color), cloth);
  else if (wide)
    pa_draw_suit(draw, cloth);
  if (t->upper.kind == PA_GARMENT_HOODIE) pa_draw_hood(draw, cloth);
  bool polo = t->upper.neckline == PA_NECK_COLLAR && !wide &&
              t->upper.kind != PA_GARMENT_HOODIE;
  if (t->upper.kind == PA_GARMENT_SHIRT) {
    pa_draw_buttons(draw, t->upper.neck_depth, cloth);
    if (t->upper.tie)
      pa_draw_tie(draw, pa_body_shoulder_y(t, pa_body_neck_end(t)) + 32);
  }
  if (polo || t->upper.kind == PA_GARMENT_SHIRT)
    pa_draw_collar(draw,
                   pa_tone(cloth, pa_lightness(cloth) > .7f ? -.07f : .1f));
  /* What stands up beneath an open coat is worn inside. */
  if (t->upper.neckline == PA_NECK_HIGH)
    pa_draw_high_neck(draw,
                      wide ? pa_draw_color(draw, t->upper.second) : cloth);
  if (t->upper.neckline == PA_NECK_CREW && !wide &&
      t->upper.kind != PA_GARMENT_HOODIE)
    pa_draw_neck_band(draw, cloth);
  bool seamed = t->upper.kind == PA_GARMENT_TSHIRT ||
                t->upper.kind == PA_GARMENT_TANK ||
                t->upper.kind == PA_GARMENT_SWEATER;
  if (seamed &&
      (t->upper.neckline == PA_NECK_V || t->upper.neckline == PA_NECK_SCOOP))
    pa_draw_neck_seam(draw, path, cloth);
}

void pa_draw_clothes(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  if (t->upper.kind != PA_GARMENT_NONE) {
    pa_picture_begin(draw->picture, "clothes", PA_NO_PATH);
    draw_upper(draw);
    pa_picture_end(draw->picture);
  }
  pa_picture_begin(draw->picture, "arms-before", PA_NO_PATH);
  draw_arms_before(draw, long_sleeves(t), cloth_of(draw));
  pa_picture_end(draw->picture);
}
