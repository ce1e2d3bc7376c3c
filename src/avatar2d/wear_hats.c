/* Hats. They sit on the head above a brow line at y = -52. */
#include <math.h>
#include <string.h>

#include "avatar2d/wear.h"

#define BROW (-50.f)

/* Half width of the head with its hair at the hat's rim. */
static float head_half(const pa_draw *draw) {
  return fmaxf(pa_face_half(draw->traits, -30), 62) + 9;
}

/* A dome from rim to rim. */
static size_t dome(pa_draw *draw, float w, float rim, float top) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, rim);
  pa_picture_cubic(p, -w - 4, rim - 50, -.72f * w, top, 0, top);
  pa_picture_cubic(p, .72f * w, top, w + 4, rim - 50, w, rim);
  pa_picture_cubic(p, .5f * w, rim - 9, -.5f * w, rim - 9, -w, rim);
  pa_picture_close(p);
  return path;
}

static void shade(pa_draw *draw, size_t path, pa_color color) {
  pa_picture *p = draw->picture;
  if (draw->style->shade == PA_SHADE_NONE) return;
  pa_picture_begin(p, "hat-shade", path);
  size_t side = pa_picture_path(p);
  pa_picture_move(p, 30, -220);
  pa_picture_cubic(p, 62, -150, 62, -90, 44, -20);
  pa_picture_line(p, 160, -20);
  pa_picture_line(p, 160, -220);
  pa_picture_close(p);
  pa_picture_fill(p, side, pa_fade(pa_tone(color, -.22f), .6f));
  pa_picture_end(p);
}

static void draw_beanie(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw);
  size_t path = dome(draw, w, BROW - 8, -154);
  pa_draw_part(draw, path, color);
  shade(draw, path, color);
  path = pa_picture_path(p);
  pa_picture_rect(p, -w - 5, BROW - 26, 2 * w + 10, 32, 13);
  pa_color band = pa_tone(color, -.1f);
  pa_draw_part(draw, path, band);
  pa_picture_begin(p, "ribs", path);
  size_t ribs = pa_picture_path(p);
  for (int i = 0, count = (int)ceilf((2 * w + 5) / 11); i < count; i++) {
    float x = 11 * (float)i - w;
    pa_picture_move(p, x, BROW - 24);
    pa_picture_line(p, x, BROW + 5);
  }
  pa_picture_stroke(p, ribs, pa_fade(pa_tone(band, -.25f), .7f), 1.8f);
  pa_picture_end(p);
}

static void draw_cap(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw);
  size_t path = dome(draw, w, BROW - 4, -150);
  pa_draw_part(draw, path, color);
  shade(draw, path, color);
  path = pa_picture_path(p);
  pa_picture_move(p, 0, -149);
  pa_picture_line(p, 0, BROW - 14);
  pa_picture_move(p, -w * .55f, -132);
  pa_picture_cubic(p, -w * .74f, -110, -w * .76f, -90, -w * .7f, BROW - 11);
  pa_picture_move(p, w * .55f, -132);
  pa_picture_cubic(p, w * .74f, -110, w * .76f, -90, w * .7f, BROW - 11);
  pa_picture_stroke(p, path, pa_fade(pa_tone(color, -.3f), .6f), 1.8f);
  path = pa_picture_path(p); /* the peak */
  pa_picture_move(p, -w * .92f, BROW - 8);
  pa_picture_cubic(p, -w * .5f, BROW - 30, w * .5f, BROW - 30, w * .92f,
                   BROW - 8);
  pa_picture_cubic(p, w * 1.02f, BROW + 12, w * .7f, BROW + 14, w * .4f,
                   BROW + 6);
  pa_picture_cubic(p, w * .2f, BROW + 1, -w * .2f, BROW + 1, -w * .4f,
                   BROW + 6);
  pa_picture_cubic(p, -w * .7f, BROW + 14, -w * 1.02f, BROW + 12, -w * .92f,
                   BROW - 8);
  pa_picture_close(p);
  pa_draw_part(draw, path, pa_tone(color, -.18f));
  path = pa_picture_path(p);
  pa_picture_ellipse(p, 0, -150, 6, 4);
  pa_draw_part(draw, path, pa_tone(color, -.1f));
}

/* The brim's half width: the photo's, when the hat is the photo's. */
static float brim_half(const pa_draw *draw, float own) {
  float wide = draw->traits->hat.brim, w = head_half(draw);
  bool same = !strcmp(draw->worn[PA_WEAR_HAT].name, draw->traits->hat.shape);
  return same && wide > 0 ? fminf(fmaxf(1.06f * wide, w + 26), w + 88) : own;
}

static size_t brim(pa_draw *draw, float w, float y, float h) {
  size_t path = pa_picture_path(draw->picture);
  pa_picture_ellipse(draw->picture, 0, y, w, h);
  return path;
}

static void draw_band(pa_draw *draw, float w, float y, pa_color color) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, y);
  pa_picture_cubic(p, -.5f * w, y + 8, .5f * w, y + 8, w, y);
  pa_picture_line(p, w - 2, y - 17);
  pa_picture_cubic(p, .5f * w, y - 9, -.5f * w, y - 9, -w + 2, y - 17);
  pa_picture_close(p);
  pa_picture_fill(p, path, color);
}

static void draw_fedora(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw);
  pa_draw_part(draw, brim(draw, brim_half(draw, w + 44), BROW - 12, 17),
               pa_tone(color, -.12f));
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, BROW - 13);
  pa_picture_cubic(p, -w + 4, -120, -w + 14, -166, -26, -163);
  pa_picture_cubic(p, -12, -162, -8, -153, 0, -153);
  pa_picture_cubic(p, 8, -153, 12, -162, 26, -163);
  pa_picture_cubic(p, w - 14, -166, w - 4, -120, w, BROW - 13);
  pa_picture_cubic(p, .5f * w, BROW - 4, -.5f * w, BROW - 4, -w, BROW - 13);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  shade(draw, path, color);
  draw_band(draw, w, BROW - 14, pa_tone(color, -.45f));
}

static void draw_straw(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw);
  pa_draw_part(draw, brim(draw, brim_half(draw, w + 62), BROW - 10, 22),
               pa_tone(color, -.06f));
  size_t path = dome(draw, w - 2, BROW - 14, -148);
  pa_draw_part(draw, path, color);
  shade(draw, path, color);
  size_t weave = pa_picture_path(p);
  for (int i = 0; i < 4; i++) {
    float y = BROW - 42 - 15 * (float)i, k = w - 3 - 7 * (float)i;
    pa_picture_move(p, -k, y);
    pa_picture_cubic(p, -.5f * k, y + 7, .5f * k, y + 7, k, y);
  }
  pa_picture_stroke(p, weave, pa_fade(pa_tone(color, -.25f), .6f), 1.6f);
  draw_band(draw, w - 1, BROW - 15, pa_hex(0xc0453c));
}

static void draw_beret(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw);
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w - 2, BROW - 18);
  pa_picture_cubic(p, -w - 34, -92, -w - 6, -140, -20, -148);
  pa_picture_cubic(p, 40, -156, w + 34, -128, w + 36, -96);
  pa_picture_cubic(p, w + 36, -72, w + 16, BROW - 14, w - 2, BROW - 20);
  pa_picture_cubic(p, .5f * w, BROW - 26, -.5f * w, BROW - 26, -w - 2,
                   BROW - 18);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  shade(draw, path, color);
  path = pa_picture_path(p);
  pa_picture_move(p, 2, -150);
  pa_picture_cubic(p, 4, -156, 2, -162, 7, -166);
  pa_picture_stroke(p, path, pa_tone(color, -.25f), 4.5f);
  path = pa_picture_path(p);
  pa_picture_move(p, -w, BROW - 16);
  pa_picture_cubic(p, -.5f * w, BROW - 25, .5f * w, BROW - 25, w - 2,
                   BROW - 18);
  pa_picture_stroke(p, path, pa_tone(color, -.3f), 6);
}

static void draw_top_hat(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw) - 4;
  pa_draw_part(draw, brim(draw, w + 32, BROW - 14, 14), pa_tone(color, -.1f));
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w + 4, BROW - 15);
  pa_picture_cubic(p, -w + 10, -105, -w + 2, -140, -w - 2, -166);
  pa_picture_cubic(p, -.5f * w, -175, .5f * w, -175, w + 2, -166);
  pa_picture_cubic(p, w - 2, -140, w - 10, -105, w - 4, BROW - 15);
  pa_picture_cubic(p, .5f * w, BROW - 7, -.5f * w, BROW - 7, -w + 4, BROW - 15);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  shade(draw, path, color);
  draw_band(draw, w - 5, BROW - 16, pa_hex(0xb5384a));
}

static void draw_party(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -50, -90);
  pa_picture_line(p, 4, -168);
  pa_picture_line(p, 54, -86);
  pa_picture_cubic(p, 24, -82, -22, -84, -50, -90);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  pa_picture_begin(p, "spots", path);
  size_t spots = pa_picture_path(p);
  static const float at[][2] = {{-16, -112}, {14, -98},  {4, -134},
                                {30, -118},  {-4, -148}, {10, -150}};
  for (size_t i = 0; i < sizeof at / sizeof *at; i++)
    pa_picture_ellipse(p, at[i][0], at[i][1], 6, 6);
  pa_picture_fill(p, spots, pa_hex(0xffe26a));
  pa_picture_end(p);
  path = pa_picture_path(p);
  pa_picture_ellipse(p, 4, -167, 9, 9);
  pa_draw_part(draw, path, pa_hex(0xffe26a));
}

static void draw_crown(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw) - 10;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, -82);
  pa_picture_line(p, -w - 6, -142);
  pa_picture_line(p, -.5f * w, -112);
  pa_picture_line(p, 0, -160);
  pa_picture_line(p, .5f * w, -112);
  pa_picture_line(p, w + 6, -142);
  pa_picture_line(p, w, -82);
  pa_picture_cubic(p, .5f * w, -72, -.5f * w, -72, -w, -82);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  shade(draw, path, color);
  size_t stones = pa_picture_path(p);
  pa_picture_ellipse(p, 0, -94, 7, 8);
  pa_picture_fill(p, stones, pa_hex(0xd7263d));
  stones = pa_picture_path(p);
  pa_picture_ellipse(p, -.55f * w, -96, 5, 6);
  pa_picture_ellipse(p, .55f * w, -96, 5, 6);
  pa_picture_fill(p, stones, pa_hex(0x2e86de));
}

static void draw_headband(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw);
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w + 2, BROW - 4);
  pa_picture_cubic(p, -.5f * w, BROW - 32, .5f * w, BROW - 32, w - 2, BROW - 4);
  pa_picture_line(p, w, BROW - 24);
  pa_picture_cubic(p, .5f * w, BROW - 56, -.5f * w, BROW - 56, -w, BROW - 24);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
}

/* y where a helmet ends at a side; a turned head hides the farther one. */
static float helmet_end(const pa_draw *draw, float side) {
  float away = fminf(fmaxf((side * draw->traits->yaw - .3f) / .6f, 0), 1);
  return 38 - 62 * away;
}

/* Around the face, from the right end to the left one, in the current path. */
static void helmet_opening(pa_draw *draw, float w) {
  pa_picture *p = draw->picture;
  float left = helmet_end(draw, -1), right = helmet_end(draw, 1);
  float y = BROW + 4;
  pa_picture_cubic(p, w - 8, .5f * (right + y), w - 8, -30, w - 14, y);
  pa_picture_cubic(p, .5f * w, -66, -.5f * w, -66, -w + 14, y);
  pa_picture_cubic(p, -w + 8, -30, -w + 8, .5f * (left + y), -w + 10, left - 2);
}

/* Slits for air, and an edge around the face. */
static void draw_vents(pa_draw *draw, size_t shell, float w, pa_color color) {
  pa_picture *p = draw->picture;
  pa_picture_begin(p, "vents", shell);
  size_t path = pa_picture_path(p);
  for (int i = -1; i <= 1; i++) {
    float k = (float)i, x = .42f * w * k;
    pa_affine old =
        pa_picture_push(p, (pa_affine){1, .32f * k, x, 0, 1, -112 + 9 * k * k});
    pa_picture_ellipse(p, 0, 0, 7.5f, 23 - 3 * k * k);
    pa_picture_restore(p, old);
  }
  pa_picture_fill(p, path, pa_tone(color, -.5f));
  path = pa_picture_path(p);
  pa_picture_move(p, w - 10, helmet_end(draw, 1) - 2);
  helmet_opening(draw, w);
  pa_picture_stroke(p, path, pa_tone(color, -.32f), 13);
  pa_picture_end(p);
}

static void draw_strap(pa_draw *draw, float w) {
  pa_picture *p = draw->picture;
  const float turned = .5f;
  float chin = draw->traits->face.chin;
  size_t path = pa_picture_path(p);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    if (k * draw->traits->yaw > turned) continue;
    pa_picture_move(p, k * (w - 14), 28);
    pa_picture_cubic(p, k * (w - 18), 60, k * 44, chin - 4, k * 14, chin + 3);
  }
  pa_picture_stroke(p, path, pa_hex(0x2b2930), 5);
}

static void draw_helmet(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  float w = head_half(draw) + 4;
  float left = helmet_end(draw, -1), right = helmet_end(draw, 1);
  draw_strap(draw, w);
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w + 1, left);
  pa_picture_cubic(p, -w - 13, -30, -w - 12, -100, -.56f * w, -142);
  pa_picture_cubic(p, -.3f * w, -162, .3f * w, -162, .56f * w, -142);
  pa_picture_cubic(p, w + 12, -100, w + 13, -30, w - 1, right);
  pa_picture_cubic(p, w - 4, right + 4, w - 8, right + 4, w - 10, right - 2);
  helmet_opening(draw, w);
  pa_picture_cubic(p, -w + 8, left + 4, -w + 4, left + 4, -w + 1, left);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  shade(draw, path, color);
  draw_vents(draw, path, w, color);
  if (draw->style->line > 0)
    pa_picture_stroke(p, path, pa_draw_line(draw, color), draw->style->line);
}

const pa_wear_item pa_hats[] = {
    {"beanie", 0x3f6b8c, PA_LAYER_TOP, draw_beanie},
    {"cap", 0xc8423b, PA_LAYER_TOP, draw_cap},
    {"fedora", 0x6b4f3a, PA_LAYER_TOP, draw_fedora},
    {"straw", 0xe3c27a, PA_LAYER_TOP, draw_straw},
    {"beret", 0x8c2f39, PA_LAYER_TOP, draw_beret},
    {"tophat", 0x26242e, PA_LAYER_TOP, draw_top_hat},
    {"party", 0x6a5acd, PA_LAYER_TOP, draw_party},
    {"crown", 0xf0b93a, PA_LAYER_TOP, draw_crown},
    {"headband", 0x2aa198, PA_LAYER_TOP, draw_headband},
    {"helmet", 0xd8452f, PA_LAYER_TOP, draw_helmet},
};
const size_t pa_hats_count = sizeof pa_hats / sizeof *pa_hats;

float pa_hat_brim(const char *name) {
  static const char *const deep[] = {"beanie", "cap",    "fedora", "straw",
                                     "beret",  "tophat", "helmet"};
  for (size_t i = 0; i < sizeof deep / sizeof *deep; i++)
    if (!strcmp(name, deep[i])) return BROW - 14;
  return -1000;
}
