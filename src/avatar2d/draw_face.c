/* The head without its features: ears, the face and the light on it. */
#include <math.h>

#include "avatar2d/draw.h"

#define SIDE_POINTS (PA_OUTLINE + 5)

/* Heights and half widths from the top of the skull to the chin. The skull
 * above the temples is a rounded box on the face's own width; the mesh ends at
 * the hairline. */
static void face_side(const pa_traits *t, pa_vec *side) {
  const float *w = t->face.outline;
  float temple = fmaxf(w[1], .93f * w[2]);
  float top = t->face.top, high = -40 - top; /* of what is above the temples */
  side[0] = (pa_vec){0, top};
  side[1] = (pa_vec){.42f * temple, top + .08f * high};
  side[2] = (pa_vec){.76f * temple, top + .34f * high};
  side[3] = (pa_vec){.95f * temple, top + .72f * high};
  for (int i = 1; i < PA_OUTLINE; i++)
    side[3 + i] = (pa_vec){w[i], pa_outline_heights[i] * t->face.chin};
  side[4].x = temple;
  side[PA_OUTLINE + 3] = (pa_vec){.38f * w[PA_OUTLINE - 1], t->face.chin};
  side[PA_OUTLINE + 4] = (pa_vec){0, t->face.chin + .6f};
}

float pa_face_half(const pa_traits *traits, float y) {
  pa_vec side[SIDE_POINTS];
  face_side(traits, side);
  for (int i = 1; i < SIDE_POINTS; i++)
    if (y <= side[i].y) {
      float span = fmaxf(side[i].y - side[i - 1].y, 1e-3f);
      float t = fmaxf(y - side[i - 1].y, 0) / span;
      return side[i - 1].x + (side[i].x - side[i - 1].x) * t;
    }
  return 0;
}

size_t pa_draw_face_path(pa_draw *draw) {
  pa_vec side[SIDE_POINTS], round[2 * SIDE_POINTS];
  size_t n = 0;
  face_side(draw->traits, side);
  for (int i = 0; i < SIDE_POINTS; i++)
    round[n++] = side[i];
  for (int i = SIDE_POINTS - 2; i > 0; i--)
    round[n++] = (pa_vec){-side[i].x, side[i].y};
  size_t path = pa_picture_path(draw->picture);
  pa_picture_smooth(draw->picture, round, n, true);
  return path;
}

/* ------------------------------------------------------------ ears */

static void draw_ear(pa_draw *draw, float side) {
  pa_picture *p = draw->picture;
  float x = side * (pa_face_half(draw->traits, 12) - 1), y = -6, s = side;
  /* The farther ear hides behind the face. */
  x -= s * 24 * fmaxf(s * draw->traits->yaw, 0);
  pa_vec outer[] = {{x - s * 6, y - 10}, {x + s * 5, y - 16},
                    {x + s * 13, y - 7}, {x + s * 12, y + 10},
                    {x + s * 7, y + 24}, {x + s * 1, y + 31},
                    {x - s * 7, y + 28}};
  size_t path = pa_picture_path(p);
  pa_picture_smooth(p, outer, sizeof outer / sizeof *outer, true);
  pa_draw_part(draw, path, draw->skin);
  pa_vec inner[] = {{x + s * 2, y - 7},
                    {x + s * 8, y - 4},
                    {x + s * 7.5f, y + 6},
                    {x + s * 2, y + 15}};
  path = pa_picture_path(p);
  pa_picture_smooth(p, inner, sizeof inner / sizeof *inner, false);
  pa_picture_stroke(p, path, pa_mix(draw->skin, draw->skin_shade, .9f),
                    fmaxf(draw->style->line * .8f, 2.6f));
}

void pa_draw_ears(pa_draw *draw) {
  float yaw = draw->traits->yaw;
  bool later = pa_turn_bares_ear(draw->traits);
  pa_picture_begin(draw->picture, "ears", PA_NO_PATH);
  if (!later || yaw < 0) draw_ear(draw, -1);
  if (!later || yaw > 0) draw_ear(draw, 1);
  pa_picture_end(draw->picture);
}

void pa_draw_near_ear(pa_draw *draw) {
  if (!pa_turn_bares_ear(draw->traits)) return;
  pa_picture *p = draw->picture;
  float s = draw->traits->yaw < 0 ? 1.f : -1.f, y = -2;
  float x = s * pa_face_half(draw->traits, 8);
  pa_vec outer[] = {{x - s * 11, y - 6}, {x - s * 5, y - 21},
                    {x + s * 5, y - 20}, {x + s * 9, y - 6},
                    {x + s * 5, y + 10}, {x + s * 1, y + 23},
                    {x - s * 7, y + 27}, {x - s * 12, y + 16}};
  pa_vec inner[] = {{x - s * 4, y - 10},
                    {x + s * 3, y - 10},
                    {x + s * 3, y + 2},
                    {x - s * 4, y + 11}};
  float line = fmaxf(draw->style->line, 2.4f);
  pa_color edge =
      draw->style->line > 0 ? pa_draw_line(draw, draw->skin) : draw->skin_shade;
  pa_picture_begin(p, "near-ear", PA_NO_PATH);
  size_t path = pa_picture_path(p);
  pa_picture_smooth(p, outer, sizeof outer / sizeof *outer, true);
  pa_picture_fill(p, path, draw->skin);
  path = pa_picture_path(p); /* open towards the cheek */
  pa_picture_smooth(p, outer, sizeof outer / sizeof *outer, false);
  pa_picture_stroke(p, path, edge, line);
  path = pa_picture_path(p);
  pa_picture_smooth(p, inner, sizeof inner / sizeof *inner, false);
  pa_picture_stroke(p, path, pa_mix(draw->skin, draw->skin_shade, .9f),
                    fmaxf(draw->style->line * .8f, 2.6f));
  pa_picture_end(p);
}

/* ------------------------------------------------------------ light */

/* The side away from the light, cut off by the face's outline. */
static size_t shade_path(pa_draw *draw, float depth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  pa_vec edge[] = {{pa_face_half(t, -60) - .3f * depth, -100},
                   {pa_face_half(t, -40) - .55f * depth, -40},
                   {pa_face_half(t, 0) - .75f * depth, 0},
                   {pa_face_half(t, 30) - depth, 30},
                   {pa_face_half(t, 60) - 1.15f * depth, 60},
                   {.45f * pa_face_half(t, 86) - .5f * depth, t->face.chin - 7},
                   {-8, t->face.chin + 3}};
  size_t path = pa_picture_path(p);
  pa_picture_smooth(p, edge, sizeof edge / sizeof *edge, false);
  pa_picture_line(p, 120, t->face.chin + 20);
  pa_picture_line(p, 120, -120);
  pa_picture_close(p);
  return path;
}

/* Dots on a slanted grid, larger towards the right. */
static size_t halftone_path(pa_draw *draw) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  const float step = 7;
  for (int row = -16; row < 18; row++)
    for (int column = -2; column < 14; column++) {
      float y = (float)row * step;
      float x = (float)column * step + (row & 1 ? step / 2 : 0);
      float half = pa_face_half(draw->traits, y);
      float r = 3.4f * (x - .7f * half) / fmaxf(.3f * half, 1);
      if (r > .6f && x < half + 6)
        pa_picture_ellipse(p, x, y, fminf(r, 3.2f), fminf(r, 3.2f));
    }
  return path;
}

static void draw_cheeks(pa_draw *draw, float strength) {
  pa_picture *p = draw->picture;
  pa_color blush = pa_mix(draw->skin, pa_hex(0xe8505b), .55f);
  strength *= 1 - .8f * draw->traits->face.grown;
  for (int side = -1; side <= 1; side += 2) {
    if (!pa_turn_shows(draw->traits, side)) continue;
    float x = (float)side * .62f * pa_face_half(draw->traits, 35);
    size_t path = pa_picture_path(p);
    pa_picture_ellipse(p, x, 36, 17, 13);
    pa_picture_draw(p, path,
                    pa_paint_radial((pa_vec){x, 36}, 17,
                                    pa_fade(blush, strength),
                                    pa_fade(blush, 0)),
                    (pa_color){0}, 0);
  }
}

static void draw_rims(pa_draw *draw) {
  pa_picture *p = draw->picture;
  const pa_color left = pa_hex(0xff2bd6), right = pa_hex(0x19e3ff);
  for (int side = -1; side <= 1; side += 2) {
    float s = (float)side;
    pa_color c = side < 0 ? left : right;
    size_t path = pa_picture_path(p);
    pa_picture_rect(p, s < 0 ? -110 : 10, -125, 100, 250, 0);
    pa_picture_draw(p, path,
                    pa_paint_linear((pa_vec){s * 78, 0}, (pa_vec){s * 28, 8},
                                    pa_fade(c, .62f), pa_fade(c, 0)),
                    (pa_color){0}, 0);
  }
}

static void draw_light(pa_draw *draw) {
  pa_picture *p = draw->picture;
  switch (draw->style->shade) {
  case PA_SHADE_CEL:
    pa_picture_fill(p, shade_path(draw, 10), pa_fade(draw->skin_shade, .5f));
    draw_cheeks(draw, .38f);
    break;
  case PA_SHADE_HALFTONE:
    pa_picture_fill(p, halftone_path(draw), pa_fade(draw->skin_shade, .6f));
    draw_cheeks(draw, .4f);
    break;
  case PA_SHADE_SOFT: {
    size_t path = pa_picture_path(p);
    pa_picture_rect(p, -110, -125, 220, 250, 0);
    pa_picture_draw(p, path,
                    pa_paint_linear((pa_vec){-60, -70}, (pa_vec){75, 95},
                                    pa_fade(draw->skin_light, .75f),
                                    pa_fade(draw->skin_light, 0)),
                    (pa_color){0}, 0);
    pa_picture_draw(p, path,
                    pa_paint_linear((pa_vec){0, 0}, (pa_vec){85, 75},
                                    pa_fade(draw->skin_shade, 0),
                                    pa_fade(draw->skin_shade, .85f)),
                    (pa_color){0}, 0);
    draw_cheeks(draw, .6f);
    break;
  }
  case PA_SHADE_NEON:
    pa_picture_fill(p, shade_path(draw, 18), pa_fade(draw->skin_shade, .5f));
    draw_rims(draw);
    break;
  default:
    break;
  }
}

/* The hair's shadow on the forehead: its own outline, moved down. */
static void draw_hair_shadow(pa_draw *draw) {
  if (draw->style->shade == PA_SHADE_NONE) return;
  size_t path = pa_draw_hair_path(draw, 2, 7);
  if (path == PA_NO_PATH) return;
  pa_picture_fill(draw->picture, path, pa_fade(draw->skin_shade, .7f));
}

/* The face's line. On a bare head from the side it ends at the nearer ear:
 * nothing parts the temple from the back of the head. */
static void draw_edge(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  size_t path = draw->face_path;
  if (pa_turn_bares_ear(t) && pa_draw_bare(t)) {
    pa_vec side[SIDE_POINTS], line[2 * SIDE_POINTS];
    const int ear = 5; /* at the height of the eyes */
    float s = t->yaw < 0 ? 1.f : -1.f;
    size_t n = 0;
    face_side(t, side);
    for (int i = ear; i < SIDE_POINTS; i++)
      line[n++] = (pa_vec){s * side[i].x, side[i].y};
    for (int i = SIDE_POINTS - 2; i >= 0; i--)
      line[n++] = (pa_vec){-s * side[i].x, side[i].y};
    path = pa_picture_path(p);
    pa_picture_smooth(p, line, n, false);
  }
  pa_picture_stroke(p, path, pa_draw_line(draw, draw->skin), draw->style->line);
}

void pa_draw_face(pa_draw *draw) {
  pa_picture *p = draw->picture;
  pa_picture_begin(p, "face", PA_NO_PATH);
  draw->face_path = pa_draw_face_path(draw);
  pa_picture_fill(p, draw->face_path, draw->skin);
  pa_picture_begin(p, "face-light", draw->face_path);
  draw_light(draw);
  draw_hair_shadow(draw);
  pa_picture_end(p);
  if (draw->style->line > 0) draw_edge(draw);
  pa_picture_end(p);
}
