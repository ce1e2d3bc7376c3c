/* What lies behind the person. Coordinates are the canvas's. */
#include <math.h>

#include "avatar2d/draw.h"
#include "stitch/color.h"

#define SIDE ((float)PA_CANVAS)

/* A number in 0..1 that looks random, the same every time. */
static float noise(unsigned i) {
  i = (i ^ 61) ^ (i >> 16);
  i *= 9;
  i ^= i >> 4;
  i *= 0x27d4eb2du;
  i ^= i >> 15;
  return (float)(i & 0xffff) / 65535.f;
}

static float distance(pa_oklab a, pa_oklab b) {
  return hypotf(.8f * (a.l - b.l), hypotf(a.a - b.a, a.b - b.b));
}

/* The calm colour that stands out best from skin, hair and clothes; hair counts
 * less, since its outline is seen against the face as well. */
static pa_color suited(const pa_draw *draw) {
  static const unsigned calm[] = {0xa8d8ea, 0xb8e0d2, 0xd6c7f0, 0xf7d9a3,
                                  0xf6b8b0, 0x9fc7f2, 0xc9e4a8, 0xf3c6dd,
                                  0x8fd0c8, 0xe6dfd0};
  pa_oklab skin = pa_oklab_of(draw->traits->face.skin);
  pa_oklab hair = pa_oklab_of(draw->traits->hair.color);
  pa_oklab cloth = pa_oklab_of(draw->traits->upper.color);
  /* Of those that stand out, one by the clothes' colour: a group's are not all
   * alike. */
  pa_color c8 = draw->traits->upper.color, h8 = draw->traits->hair.color;
  unsigned seed = c8.r * 7u + c8.g * 13u + c8.b * 29u + h8.r * 3u + h8.b * 5u;
  unsigned best = calm[0];
  float most = 0;
  for (size_t i = 0; i < sizeof calm / sizeof *calm; i++) {
    pa_oklab c = pa_oklab_of(pa_hex(calm[i]));
    float off = fminf(distance(c, skin), fminf(1.3f * distance(c, hair),
                                               1.1f * distance(c, cloth)));
    /* Of two that stand out well, the one across from the clothes. */
    float against = (c.a * cloth.a + c.b * cloth.b) * 12;
    off = fminf(off, .15f) - .7f * against;
    off += .1f * noise(seed * 31u + (unsigned)i);
    if (off > most || !i) most = off, best = calm[i];
  }
  return pa_hex(best);
}

static size_t whole(pa_picture *p) {
  size_t path = pa_picture_path(p);
  pa_picture_rect(p, 0, 0, SIDE, SIDE, 0);
  return path;
}

static void draw_rays(pa_picture *p, pa_color color) {
  size_t path = pa_picture_path(p);
  const int rays = 14;
  for (int i = 0; i < rays; i++) {
    float a = 6.2831853f * (float)i / (float)rays;
    float b = a + 3.14159265f / (float)rays;
    pa_picture_move(p, 256, 250);
    pa_picture_line(p, 256 + 420 * cosf(a), 250 + 420 * sinf(a));
    pa_picture_line(p, 256 + 420 * cosf(b), 250 + 420 * sinf(b));
    pa_picture_close(p);
  }
  pa_picture_fill(p, path, color);
}

static void draw_dots(pa_picture *p, pa_color color) {
  size_t path = pa_picture_path(p);
  for (int row = 0; row < 17; row++)
    for (int i = 0; i < 17; i++)
      pa_picture_ellipse(p, (float)i * 32 + (row & 1 ? 16.f : 0),
                         (float)row * 32, 6, 6);
  pa_picture_fill(p, path, color);
}

/* Long thin clouds, as dawn has them. */
static void draw_clouds(pa_picture *p) {
  static const float at[][3] = {
      {-30, 92, 150},  {60, 116, 110},  {392, 60, 170}, {352, 84, 90},
      {420, 250, 130}, {-60, 300, 140}, {-20, 324, 90}};
  size_t path = pa_picture_path(p);
  for (size_t i = 0; i < sizeof at / sizeof *at; i++)
    pa_picture_rect(p, at[i][0], at[i][1], at[i][2], 15, 7.5f);
  pa_picture_fill(p, path, (pa_color){255, 255, 255, 96});
}

static void draw_city(pa_picture *p) {
  pa_picture_draw(p, whole(p),
                  pa_paint_linear((pa_vec){0, 0}, (pa_vec){0, SIDE},
                                  pa_hex(0x120a2e), pa_hex(0x52155f)),
                  (pa_color){0}, 0);
  size_t sun = pa_picture_path(p);
  pa_picture_ellipse(p, 256, 250, 190, 190);
  pa_picture_draw(p, sun,
                  pa_paint_linear((pa_vec){0, 60}, (pa_vec){0, 440},
                                  pa_hex(0xff3cac), pa_hex(0x2b1a8f)),
                  (pa_color){0}, 0);
  size_t towers = pa_picture_path(p), windows;
  for (unsigned i = 0; i < 11; i++) {
    float x = (float)i * 50 - 20, w = 34 + 22 * noise(i);
    float h = 120 + 190 * noise(i + 50);
    pa_picture_rect(p, x, SIDE - h, w, h + 4, 0);
  }
  pa_picture_fill(p, towers, pa_hex(0x1a0d3d));
  windows = pa_picture_path(p);
  for (unsigned i = 0; i < 11; i++) {
    float x = (float)i * 50 - 20, h = 120 + 190 * noise(i + 50);
    for (unsigned k = 0; k < 9; k++)
      if (noise(i * 31 + k) > .55f)
        pa_picture_rect(p, x + 7 + 12 * (float)(k % 2),
                        SIDE - h + 12 + (float)k * 20, 6, 9, 0);
  }
  pa_picture_fill(p, windows, (pa_color){25, 227, 255, 190});
}

static void draw_waves(pa_picture *p, pa_color color) {
  for (int i = 0; i < 3; i++) {
    float y = 190 + 95 * (float)i;
    size_t path = pa_picture_path(p);
    pa_picture_move(p, 0, y);
    pa_picture_cubic(p, 128, y - 80, 160, y + 50, 290, y);
    pa_picture_cubic(p, 400, y - 44, 440, y + 30, SIDE, y - 10);
    pa_picture_line(p, SIDE, SIDE);
    pa_picture_line(p, 0, SIDE);
    pa_picture_close(p);
    pa_picture_fill(p, path, pa_tone(color, -.07f * (float)(i + 1)));
  }
}

static void draw_confetti(pa_picture *p, pa_color color) {
  static const unsigned bright[] = {0xffffff, 0xff6b6b, 0xffd93d, 0x4d96ff};
  for (unsigned tone = 0; tone < 4; tone++) {
    size_t path = pa_picture_path(p);
    for (unsigned i = tone; i < 72; i += 4) {
      float x = noise(i) * SIDE, y = noise(i + 900) * SIDE;
      float r = 3 + 4 * noise(i + 77), a = 6.28f * noise(i + 5);
      float c = cosf(a) * r, s = sinf(a) * r;
      pa_picture_move(p, x - 2 * c + s, y - 2 * s - c);
      pa_picture_line(p, x + 2 * c + s, y + 2 * s - c);
      pa_picture_line(p, x + 2 * c - s, y + 2 * s + c);
      pa_picture_line(p, x - 2 * c - s, y - 2 * s + c);
      pa_picture_close(p);
    }
    pa_picture_fill(p, path, pa_mix(pa_hex(bright[tone]), color, .15f));
  }
}

static void draw_kind(pa_draw *draw, pa_color color) {
  pa_picture *p = draw->picture;
  switch (draw->backdrop) {
  case PA_BACKDROP_DISC: {
    size_t disc = pa_picture_path(p);
    pa_picture_ellipse(p, 256, 256, 256, 256);
    pa_picture_fill(p, disc, color);
    return;
  }
  case PA_BACKDROP_GLOW:
    pa_picture_draw(p, whole(p),
                    pa_paint_radial((pa_vec){256, 220}, 370,
                                    pa_tone(color, .45f), pa_tone(color, -.1f)),
                    (pa_color){0}, 0);
    return;
  case PA_BACKDROP_SKY:
    pa_picture_draw(p, whole(p),
                    pa_paint_linear((pa_vec){0, 0}, (pa_vec){0, SIDE},
                                    pa_tone(color, -.1f), pa_tone(color, .5f)),
                    (pa_color){0}, 0);
    draw_clouds(p);
    return;
  case PA_BACKDROP_CITY:
    draw_city(p);
    return;
  default:
    pa_picture_fill(p, whole(p), color);
  }
  if (draw->backdrop == PA_BACKDROP_RAYS) draw_rays(p, pa_tone(color, .2f));
  if (draw->backdrop == PA_BACKDROP_DOTS) draw_dots(p, pa_tone(color, .4f));
  if (draw->backdrop == PA_BACKDROP_WAVES) draw_waves(p, color);
  if (draw->backdrop == PA_BACKDROP_CONFETTI) draw_confetti(p, color);
}

void pa_draw_backdrop(pa_draw *draw) {
  if (draw->backdrop == PA_BACKDROP_NONE) return;
  pa_color color = draw->backdrop_color;
  if (!color.a) {
    color = suited(draw);
    if (draw->style->grey) color = pa_hex(0xf3efe6);
    if (draw->backdrop == PA_BACKDROP_RAYS) {
      pa_oklab lab = pa_oklab_of(color);
      lab.a *= 1.7f, lab.b *= 1.7f;
      color = pa_oklab_color(lab);
    }
  }
  pa_picture_begin(draw->picture, "background", PA_NO_PATH);
  draw_kind(draw, color);
  pa_picture_end(draw->picture);
}
