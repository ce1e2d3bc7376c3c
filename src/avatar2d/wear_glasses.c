/* Glasses. Lenses are centred on the eyes. */
#include <math.h>

#include "avatar2d/wear.h"

typedef enum form { ROUND, SQUARE, CAT, AVIATOR, HEART } form;

/* One lens around (0, 0), its outer side towards +x. */
static size_t lens_path(pa_picture *p, form form, float w, float h) {
  size_t path = pa_picture_path(p);
  switch (form) {
  case ROUND:
    pa_picture_ellipse(p, 0, 0, w, h);
    break;
  case SQUARE:
    pa_picture_rect(p, -w, -h, 2 * w, 2 * h, .42f * h);
    break;
  case CAT:
    pa_picture_move(p, -w, -.35f * h);
    pa_picture_cubic(p, -.8f * w, -.9f * h, .4f * w, -.75f * h, 1.22f * w,
                     -1.35f * h);
    pa_picture_cubic(p, 1.2f * w, -.1f * h, .9f * w, h, 0, h);
    pa_picture_cubic(p, -.7f * w, h, -1.1f * w, .3f * h, -w, -.35f * h);
    pa_picture_close(p);
    break;
  case AVIATOR:
    pa_picture_move(p, -w, -.75f * h);
    pa_picture_cubic(p, -.4f * w, -.95f * h, .7f * w, -.95f * h, 1.08f * w,
                     -.6f * h);
    pa_picture_cubic(p, 1.15f * w, .35f * h, .55f * w, 1.2f * h, -.1f * w,
                     1.15f * h);
    pa_picture_cubic(p, -.75f * w, 1.1f * h, -1.05f * w, .1f * h, -w,
                     -.75f * h);
    pa_picture_close(p);
    break;
  case HEART:
    pa_picture_move(p, 0, 1.2f * h);
    pa_picture_cubic(p, -1.6f * w, .1f * h, -1.1f * w, -1.3f * h, 0, -.55f * h);
    pa_picture_cubic(p, 1.1f * w, -1.3f * h, 1.6f * w, .1f * h, 0, 1.2f * h);
    pa_picture_close(p);
    break;
  }
  return path;
}

typedef struct pair {
  form form;
  float width, height; /* half of a lens's */
  float rim;
  bool dark;
  float drop; /* of the lenses' middle below the eyes */
} pair;

static void draw_pair(pa_draw *draw, pa_color color, pair g) {
  pa_picture *p = draw->picture;
  float x = fmaxf(draw->traits->eyes.x, g.width + 5), y = g.drop;
  if (draw->style->eyes == PA_EYES_ANIME) g.width += 3, g.height += 4, y += 3;
  float edge = pa_face_half(draw->traits, y - 4);
  size_t path = pa_picture_path(p); /* bridge and temples */
  pa_picture_move(p, -x + g.width, y - .25f * g.height);
  pa_picture_cubic(p, -4, y - .25f * g.height - 6, 4, y - .25f * g.height - 6,
                   x - g.width, y - .25f * g.height);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    pa_picture_move(p, k * (x + g.width), y - .35f * g.height);
    pa_picture_line(p, k * (edge + 2), y - .3f * g.height - 2);
  }
  pa_picture_stroke(p, path, color, g.rim);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side, cx = k * x;
    pa_affine old = pa_picture_push(p, (pa_affine){k, 0, cx, 0, 1, y});
    size_t lens = lens_path(p, g.form, g.width, g.height);
    pa_color glass = g.dark ? pa_fade(pa_tone(color, -.5f), .98f)
                            : (pa_color){225, 240, 255, 24};
    if (g.dark && draw->style->grey) glass = draw->style->ink;
    pa_picture_draw(p, lens, pa_paint_solid(glass), color, g.rim);
    pa_picture_begin(p, "glint", lens);
    size_t glint = pa_picture_path(p);
    float a = -k * .75f * g.width;
    pa_picture_move(p, a, .5f * g.height);
    pa_picture_line(p, a + k * g.width, -1.1f * g.height);
    pa_picture_line(p, a + k * 1.35f * g.width, -1.1f * g.height);
    pa_picture_line(p, a + k * .35f * g.width, .5f * g.height);
    pa_picture_close(p);
    pa_picture_fill(p, glint, (pa_color){255, 255, 255, g.dark ? 46 : 56});
    pa_picture_end(p);
    pa_picture_restore(p, old);
  }
}

static void draw_round(pa_draw *draw, pa_color color) {
  draw_pair(draw, color, (pair){ROUND, 25, 24, 3.2f, false, 3});
}

static void draw_square(pa_draw *draw, pa_color color) {
  draw_pair(draw, color, (pair){SQUARE, 26, 19.5f, 3.8f, false, 3});
}

static void draw_slim(pa_draw *draw, pa_color color) {
  draw_pair(draw, color, (pair){SQUARE, 25, 16.5f, 2, false, 3});
}

static void draw_cat(pa_draw *draw, pa_color color) {
  draw_pair(draw, color, (pair){CAT, 24.5f, 18.5f, 4, false, 3});
}

static void draw_aviator(pa_draw *draw, pa_color color) {
  draw_pair(draw, color, (pair){AVIATOR, 26, 23, 2.2f, true, 4});
}

static void draw_shades(pa_draw *draw, pa_color color) {
  draw_pair(draw, color, (pair){SQUARE, 27, 20, 4, true, 3});
}

static void draw_heart(pa_draw *draw, pa_color color) {
  draw_pair(draw, color, (pair){HEART, 24, 21, 3.6f, true, 2});
}

/* One visor from temple to temple. */
static void draw_visor(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = pa_face_half(draw->traits, 0) + 2;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, -18);
  pa_picture_cubic(p, -.5f * w, -24, .5f * w, -24, w, -18);
  pa_picture_cubic(p, w + 1, 0, .9f * w, 18, .62f * w, 19);
  pa_picture_cubic(p, .3f * w, 20, .2f * w, 8, 0, 8);
  pa_picture_cubic(p, -.2f * w, 8, -.3f * w, 20, -.62f * w, 19);
  pa_picture_cubic(p, -.9f * w, 18, -w - 1, 0, -w, -18);
  pa_picture_close(p);
  pa_picture_draw(p, path,
                  pa_paint_linear((pa_vec){-w, 0}, (pa_vec){w, 0},
                                  pa_fade(pa_hex(0xff2bd6), .9f),
                                  pa_fade(pa_hex(0x19e3ff), .9f)),
                  color, 2.6f);
  pa_picture_begin(p, "glint", path);
  size_t glint = pa_picture_path(p);
  pa_picture_move(p, -.8f * w, 30);
  pa_picture_line(p, -.4f * w, -30);
  pa_picture_line(p, -.2f * w, -30);
  pa_picture_line(p, -.6f * w, 30);
  pa_picture_close(p);
  pa_picture_fill(p, glint, (pa_color){255, 255, 255, 110});
  pa_picture_end(p);
}

const pa_wear_item pa_glasses[] = {
    {"round", 0x2c2c34, PA_LAYER_FACE, draw_round},
    {"square", 0x24222b, PA_LAYER_FACE, draw_square},
    {"slim", 0x5b5f6b, PA_LAYER_FACE, draw_slim},
    {"cat", 0x7b2d4f, PA_LAYER_FACE, draw_cat},
    {"aviator", 0xc79a3b, PA_LAYER_FACE, draw_aviator},
    {"shades", 0x17171c, PA_LAYER_FACE, draw_shades},
    {"heart", 0xe63965, PA_LAYER_FACE, draw_heart},
    {"visor", 0x20143c, PA_LAYER_FACE, draw_visor},
};
const size_t pa_glasses_count = sizeof pa_glasses / sizeof *pa_glasses;
