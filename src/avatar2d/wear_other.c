/* Earrings, headphones, scarves and masks. */
#include <math.h>

#include "avatar2d/wear.h"

static float ear_x(const pa_draw *draw) {
  return pa_face_half(draw->traits, 12) + 4;
}

/* ------------------------------------------------------------ earrings */

/* Whether an ear is seen: not the farther one of a turned head. */
static bool shown(const pa_draw *draw, int side) {
  return (float)side * draw->traits->yaw < .45f;
}

static void draw_studs(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  for (int side = -1; side <= 1; side += 2) {
    if (!shown(draw, side)) continue;
    size_t path = pa_picture_path(p);
    pa_picture_ellipse(p, (float)side * ear_x(draw), 23, 4, 4);
    pa_draw_part(draw, path, color);
  }
}

static void draw_hoops(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  for (int side = -1; side <= 1; side += 2)
    if (shown(draw, side))
      pa_picture_ellipse(p, (float)side * ear_x(draw), 38, 12, 15);
  pa_picture_stroke(p, path, color, 3);
}

static void draw_drops(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  for (int side = -1; side <= 1; side += 2) {
    if (!shown(draw, side)) continue;
    float x = (float)side * ear_x(draw);
    size_t path = pa_picture_path(p);
    pa_picture_move(p, x, 24);
    pa_picture_cubic(p, x + 2, 36, x + 8, 42, x + 8, 49);
    pa_picture_cubic(p, x + 8, 60, x - 8, 60, x - 8, 49);
    pa_picture_cubic(p, x - 8, 42, x - 2, 36, x, 24);
    pa_picture_close(p);
    pa_draw_part(draw, path, color);
  }
}

const pa_wear_item pa_earrings[] = {
    {"studs", 0xe8e3d8, PA_LAYER_FACE, draw_studs},
    {"hoops", 0xd9b24c, PA_LAYER_FACE, draw_hoops},
    {"drops", 0x3aa6a0, PA_LAYER_FACE, draw_drops},
};
const size_t pa_earrings_count = sizeof pa_earrings / sizeof *pa_earrings;

/* ------------------------------------------------------------ headphones */

static void draw_bow(pa_draw *draw, pa_color color, float top) {
  pa_picture *p = draw->picture;
  float x = ear_x(draw) + 12;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -x, 0);
  pa_picture_cubic(p, -x - 8, top * .9f, -.6f * x, top, 0, top);
  pa_picture_cubic(p, .6f * x, top, x + 8, top * .9f, x, 0);
  if (draw->style->line > 0)
    pa_picture_stroke(p, path, pa_draw_line(draw, color),
                      13 + 2 * draw->style->line);
  pa_picture_stroke(p, path, color, 13);
}

static void draw_studio(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  draw_bow(draw, color, -150);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side, x = k * (ear_x(draw) + 8);
    size_t path = pa_picture_path(p);
    pa_picture_rect(p, x - 15, -26, 30, 66, 14);
    pa_draw_part(draw, path, pa_tone(color, -.15f));
    path = pa_picture_path(p);
    pa_picture_rect(p, x - 15 + (k > 0 ? 11 : 0), -20, 19, 54, 9);
    pa_draw_part(draw, path, pa_tone(color, .18f));
  }
}

static void draw_buds(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  for (int side = -1; side <= 1; side += 2) {
    float x = (float)side * (ear_x(draw) - 2);
    size_t path = pa_picture_path(p);
    pa_picture_rect(p, x - 3.5f, 6, 7, 26, 3.5f);
    pa_picture_ellipse(p, x, 8, 7, 7);
    pa_draw_part(draw, path, color);
  }
}

const pa_wear_item pa_headphones[] = {
    {"studio", 0x3a3f58, PA_LAYER_TOP, draw_studio},
    {"buds", 0xf4f4f6, PA_LAYER_TOP, draw_buds},
};
const size_t pa_headphones_count = sizeof pa_headphones / sizeof *pa_headphones;

/* ------------------------------------------------------------ scarves */

static size_t roll(pa_picture *p, float half, float top, float low) {
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -half, top);
  pa_picture_cubic(p, -.5f * half, top + 22, .5f * half, top + 22, half, top);
  pa_picture_cubic(p, half + 20, top + 8, half + 24, low - 16, half + 4, low);
  pa_picture_cubic(p, .5f * half, low + 22, -.5f * half, low + 22, -half - 4,
                   low);
  pa_picture_cubic(p, -half - 24, low - 16, -half - 20, top + 8, -half, top);
  pa_picture_close(p);
  return path;
}

static void draw_wool(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  size_t end = pa_picture_path(p);
  pa_picture_move(p, 16, 140);
  pa_picture_line(p, 62, 134);
  pa_picture_line(p, 74, 262);
  pa_picture_line(p, 30, 266);
  pa_picture_close(p);
  pa_draw_part(draw, end, pa_tone(color, -.1f));
  size_t fringe = pa_picture_path(p);
  for (int i = 0; i < 6; i++) {
    pa_picture_move(p, 33 + 7.4f * (float)i, 266);
    pa_picture_line(p, 33 + 7.6f * (float)i, 279);
  }
  pa_picture_stroke(p, fringe, pa_tone(color, -.1f), 3.6f);
  size_t path = roll(p, 56, 96, 142);
  pa_draw_part(draw, path, color);
  size_t folds = pa_picture_path(p);
  pa_picture_move(p, -62, 112);
  pa_picture_cubic(p, -20, 136, 30, 134, 66, 110);
  pa_picture_move(p, -58, 132);
  pa_picture_cubic(p, -20, 150, 34, 150, 64, 128);
  pa_picture_stroke(p, folds, pa_fade(pa_tone(color, -.3f), .7f), 2.4f);
}

static void draw_bandana(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -52, 112);
  pa_picture_cubic(p, -20, 128, 20, 128, 52, 112);
  pa_picture_cubic(p, 44, 140, 16, 172, 0, 182);
  pa_picture_cubic(p, -16, 172, -44, 140, -52, 112);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  pa_picture_begin(p, "spots", path);
  size_t spots = pa_picture_path(p);
  for (int row = 0; row < 4; row++)
    for (int i = -3; i <= 3; i++)
      pa_picture_ellipse(p, 17 * (float)i + (row & 1 ? 8.f : 0),
                         128 + 14 * (float)row, 2.6f, 2.6f);
  pa_picture_fill(p, spots, pa_hex(0xffffff));
  pa_picture_end(p);
}

const pa_wear_item pa_scarves[] = {
    {"wool", 0xb23a48, PA_LAYER_NECK, draw_wool},
    {"bandana", 0xc0392b, PA_LAYER_NECK, draw_bandana},
};
const size_t pa_scarves_count = sizeof pa_scarves / sizeof *pa_scarves;

/* ------------------------------------------------------------ masks */

static void draw_medical(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  const pa_traits *t = draw->traits;
  float y0 = .62f * t->nose.y, y1 = t->face.chin + 1;
  float w0 = .86f * pa_face_half(t, y0), w1 = .86f * pa_face_half(t, y1 - 20);
  size_t loops = pa_picture_path(p);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    pa_picture_move(p, k * w0, y0 + 8);
    pa_picture_line(p, k * (pa_face_half(t, 4) + 1), 4);
    pa_picture_move(p, k * w1, y1 - 24);
    pa_picture_line(p, k * (pa_face_half(t, 30) + 2), 26);
  }
  pa_picture_stroke(p, loops, pa_tone(color, -.12f), 2.2f);
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w0, y0 + 4);
  pa_picture_cubic(p, -.5f * w0, y0 - 8, .5f * w0, y0 - 8, w0, y0 + 4);
  pa_picture_cubic(p, w0 + 2, y0 + 30, w1 + 4, y1 - 30, w1, y1 - 18);
  pa_picture_cubic(p, .6f * w1, y1 + 6, -.6f * w1, y1 + 6, -w1, y1 - 18);
  pa_picture_cubic(p, -w1 - 4, y1 - 30, -w0 - 2, y0 + 30, -w0, y0 + 4);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  size_t folds = pa_picture_path(p);
  for (int i = 1; i <= 3; i++) {
    float y = y0 + (y1 - y0) * .22f * (float)i, w = .9f * (w0 + w1) / 2;
    pa_picture_move(p, -w, y);
    pa_picture_cubic(p, -.4f * w, y + 6, .4f * w, y + 6, w, y);
  }
  pa_picture_stroke(p, folds, pa_fade(pa_tone(color, -.2f), .8f), 1.8f);
}

static void draw_hero(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = pa_face_half(draw->traits, 0) - 3, x = draw->traits->eyes.x;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, -16);
  pa_picture_cubic(p, -.5f * w, -30, -.2f * w, -16, 0, -13);
  pa_picture_cubic(p, .2f * w, -16, .5f * w, -30, w, -16);
  pa_picture_cubic(p, w, 6, .75f * w, 25, .5f * w, 23);
  pa_picture_cubic(p, .25f * w, 21, .2f * w, 12, 0, 12);
  pa_picture_cubic(p, -.2f * w, 12, -.25f * w, 21, -.5f * w, 23);
  pa_picture_cubic(p, -.75f * w, 25, -w, 6, -w, -16);
  pa_picture_close(p);
  float r = .62f * draw->traits->eyes.width;
  for (int side = -1; side <= 1; side += 2) { /* holes turn the other way */
    float cx = (float)side * x;
    pa_picture_move(p, cx + r, 0);
    pa_picture_cubic(p, cx + .6f * r, -.85f * r, cx - .6f * r, -.85f * r,
                     cx - r, 0);
    pa_picture_cubic(p, cx - .6f * r, .75f * r, cx + .6f * r, .75f * r, cx + r,
                     0);
    pa_picture_close(p);
  }
  pa_draw_part(draw, path, color);
}

const pa_wear_item pa_masks[] = {
    {"medical", 0xa9d3e0, PA_LAYER_FACE, draw_medical},
    {"hero", 0x23233a, PA_LAYER_FACE, draw_hero},
};
const size_t pa_masks_count = sizeof pa_masks / sizeof *pa_masks;
