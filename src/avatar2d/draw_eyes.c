/* Eyes and brows. */
#include <math.h>

#include "avatar2d/brush.h"
#include "avatar2d/draw.h"
#include "base/clamp.h"

/* One eye in coordinates of its own: x from the inner corner (-) to the outer
 * one (+), the middle at 0. */
typedef struct eye {
  float width, height, tilt; /* tilt: how much the outer corner is higher */
  float side;                /* -1: at the picture's left */
  pa_color lash;
} eye;

#define CLOSED .13f /* height over width */

/* The opening between the lids. */
static size_t almond_path(pa_picture *p, const eye *e) {
  float w = e->width / 2, up = .58f * e->height, low = .5f * e->height;
  float t = e->tilt / 2;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, t);
  pa_picture_cubic(p, -.72f * w, -1.2f * up, .4f * w, -1.55f * up - t, w, -t);
  pa_picture_cubic(p, .72f * w, 1.15f * low, -.5f * w, 1.4f * low, -w, t);
  pa_picture_close(p);
  return path;
}

/* The upper lid's line: thin at the inner corner, thick outside, with a point
 * beyond the outer corner. */
static void draw_lash(pa_picture *p, const eye *e, float thick, float wing) {
  float w = e->width / 2, up = .58f * e->height, t = e->tilt / 2;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w - 1, t + 1);
  pa_picture_cubic(p, -.74f * w, -1.2f * up - .9f * thick, .4f * w,
                   -1.55f * up - t - 1.4f * thick, w + wing,
                   -t - .5f * wing - .3f * thick);
  pa_picture_cubic(p, w + .3f * wing, -t + .2f * thick, w, -t + .3f * thick,
                   .94f * w, -t);
  pa_picture_cubic(p, .4f * w, -1.5f * up - t, -.7f * w, -1.12f * up, -w - 1,
                   t + 1);
  pa_picture_close(p);
  pa_picture_fill(p, path, e->lash);
}

static void draw_lid_crease(pa_picture *p, const eye *e, pa_color color) {
  float w = e->width / 2, up = .58f * e->height, t = e->tilt / 2;
  pa_brush_stroke(
      p, (pa_vec){-.7f * w, -.8f * up - 5}, (pa_vec){-.3f * w, -1.25f * up - 6},
      (pa_vec){.45f * w, -1.4f * up - t - 6}, (pa_vec){w, -t - .3f * up - 6},
      (pa_brush){.6f, 1.9f, .8f}, color);
}

/* A closed eye: its lashes' line. */
static void draw_closed(pa_draw *draw, const eye *e) {
  float w = .92f * e->width / 2;
  pa_brush_stroke(draw->picture, (pa_vec){-w, -1}, (pa_vec){-.5f * w, 6.5f},
                  (pa_vec){.5f * w, 6.5f}, (pa_vec){w, -2},
                  (pa_brush){1.6f, 4.2f, 2.2f}, e->lash);
}

/* ------------------------------------------------------------ almond eyes */

static void draw_iris(pa_draw *draw, const eye *e, float radius) {
  pa_picture *p = draw->picture;
  pa_color iris = draw->iris;
  float look = draw->look * .16f * e->side, y = -.08f * e->height;
  size_t path = pa_picture_path(p);
  pa_picture_ellipse(p, look, y, radius, radius);
  pa_picture_fill(p, path, pa_tone(iris, -.38f));
  path = pa_picture_path(p);
  pa_picture_ellipse(p, look, y + .12f * radius, .8f * radius, .8f * radius);
  pa_picture_fill(p, path, pa_tone(iris, .04f));
  path = pa_picture_path(p);
  pa_picture_ellipse(p, look, y, .56f * radius, .56f * radius);
  pa_picture_fill(p, path, pa_hex(0x17110f));
  path = pa_picture_path(p); /* the light stands left for both eyes */
  pa_picture_ellipse(p, look + e->side * .34f * radius, y - .36f * radius,
                     .3f * radius, .3f * radius);
  pa_picture_fill(p, path, pa_hex(0xffffff));
}

static void draw_almond(pa_draw *draw, const eye *e) {
  pa_picture *p = draw->picture;
  bool inked = draw->style->inked;
  size_t path = almond_path(p, e);
  pa_color white = pa_mix(pa_hex(0xffffff), draw->skin_shade, .05f);
  pa_picture_fill(p, path, white);
  pa_picture_begin(p, "iris", path);
  float radius = fmaxf(.27f * e->width, .53f * e->height);
  draw_iris(draw, e, fminf(radius, .33f * e->width));
  size_t shadow = pa_picture_path(p); /* of the lid on the eyeball */
  pa_picture_ellipse(p, 0, -.95f * e->height, .62f * e->width,
                     .56f * e->height);
  pa_picture_fill(p, shadow, (pa_color){40, 20, 40, 50});
  pa_picture_end(p);
  draw_lash(p, e, inked ? 3.6f : 2.9f, inked ? 3 : 2);
  float w = e->width / 2, h = e->height;
  if (!inked)
    draw_lid_crease(p, e, pa_fade(pa_tone(draw->skin_shade, -.1f), .8f));
  else
    pa_brush_stroke(p, (pa_vec){-.2f * w, .57f * h}, (pa_vec){.2f * w, .6f * h},
                    (pa_vec){.6f * w, .42f * h}, (pa_vec){.85f * w, .12f * h},
                    (pa_brush){.5f, 2, .8f}, e->lash);
}

/* ------------------------------------------------------------ anime eyes */

static size_t anime_path(pa_picture *p, const eye *e) {
  float w = e->width / 2, h = e->height;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -.94f * w, -.12f * h);
  pa_picture_cubic(p, -.75f * w, -.62f * h, .55f * w, -.78f * h, w, -.2f * h);
  pa_picture_cubic(p, 1.02f * w, .18f * h, .72f * w, .52f * h, .25f * w,
                   .54f * h);
  pa_picture_cubic(p, -.3f * w, .56f * h, -.8f * w, .3f * h, -.94f * w,
                   -.12f * h);
  pa_picture_close(p);
  return path;
}

static void draw_anime_iris(pa_draw *draw, const eye *e) {
  pa_picture *p = draw->picture;
  float look = draw->look * .2f * e->side - .04f * e->width;
  float rx = .34f * e->width, ry = fmaxf(.53f * e->height, .3f * e->width);
  float y = -.02f * e->height;
  pa_color iris = pa_tone(draw->iris, .06f);
  size_t path = pa_picture_path(p);
  pa_picture_ellipse(p, look, y, rx, ry);
  pa_picture_draw(p, path,
                  pa_paint_linear((pa_vec){0, y - ry}, (pa_vec){0, y + ry},
                                  pa_tone(iris, -.55f), pa_tone(iris, .38f)),
                  pa_tone(iris, -.7f), 1.4f);
  path = pa_picture_path(p);
  pa_picture_ellipse(p, look, y - .08f * ry, .48f * rx, .52f * ry);
  pa_picture_fill(p, path, pa_tone(iris, -.8f));
  path = pa_picture_path(p);
  float lx = e->side; /* the light stands left for both eyes */
  pa_picture_ellipse(p, look + lx * .38f * rx, y - .42f * ry, .3f * rx,
                     .26f * ry);
  pa_picture_ellipse(p, look - lx * .4f * rx, y + .48f * ry, .17f * rx,
                     .14f * ry);
  pa_picture_fill(p, path, pa_hex(0xffffff));
}

static void draw_anime(pa_draw *draw, const eye *e) {
  pa_picture *p = draw->picture;
  float w = e->width / 2, h = e->height;
  size_t path = anime_path(p, e);
  pa_picture_fill(p, path, pa_hex(0xfffdfb));
  pa_picture_begin(p, "iris", path);
  draw_anime_iris(draw, e);
  size_t shadow = pa_picture_path(p);
  pa_picture_rect(p, -w - 2, -h, 2 * w + 4, .62f * h, 0);
  pa_picture_fill(p, shadow, (pa_color){60, 40, 80, 46});
  pa_picture_end(p);
  size_t lash = pa_picture_path(p);
  pa_picture_move(p, -1.0f * w, -.04f * h);
  pa_picture_cubic(p, -.8f * w, -.72f * h, .5f * w, -1.0f * h, 1.2f * w,
                   -.3f * h);
  pa_picture_cubic(p, 1.1f * w, -.2f * h, 1.06f * w, -.1f * h, .98f * w,
                   .06f * h);
  pa_picture_cubic(p, .95f * w, -.2f * h, .5f * w, -.66f * h, -.1f * w,
                   -.56f * h);
  pa_picture_cubic(p, -.5f * w, -.5f * h, -.82f * w, -.3f * h, -w, -.04f * h);
  pa_picture_close(p);
  pa_picture_fill(p, lash, e->lash);
  size_t low = pa_picture_path(p);
  pa_picture_move(p, -.2f * w, .56f * h);
  pa_picture_cubic(p, .2f * w, .6f * h, .55f * w, .5f * h, .75f * w, .34f * h);
  pa_picture_stroke(p, low, e->lash, 1.5f);
  draw_lid_crease(p, e, pa_fade(e->lash, .55f));
}

/* ------------------------------------------------------------ dots, ink */

static void draw_dot(pa_draw *draw, const eye *e) {
  pa_picture *p = draw->picture;
  float rx = .235f * e->width, ry = fmaxf(.52f * e->height, .8f * rx);
  size_t path = pa_picture_path(p);
  pa_picture_ellipse(p, 0, 0, rx, ry);
  pa_picture_fill(p, path, pa_mix(draw->style->ink, draw->iris, .18f));
  path = pa_picture_path(p);
  pa_picture_ellipse(p, .36f * rx * e->side, -.4f * ry, .34f * rx, .34f * rx);
  pa_picture_fill(p, path, pa_hex(0xffffff));
  float w = e->width / 2;
  path = pa_picture_path(p); /* the upper lid, as a brush leaves it */
  pa_picture_move(p, -.55f * w, -ry * .75f - 2);
  pa_picture_cubic(p, -.2f * w, -ry * 1.25f - 2, .5f * w, -ry * 1.25f - 3,
                   .95f * w, -.35f * ry - e->tilt);
  pa_picture_stroke(p, path, e->lash, 2.6f);
}

static void draw_ink(pa_draw *draw, const eye *e) {
  pa_picture *p = draw->picture;
  size_t path = almond_path(p, e);
  pa_picture_fill(p, path, pa_hex(0xffffff));
  pa_picture_begin(p, "iris", path);
  size_t iris = pa_picture_path(p);
  float r = fminf(fmaxf(.5f * e->height, .2f * e->width), .3f * e->width);
  pa_picture_ellipse(p, draw->look * .16f * e->side, -.05f * e->height, r, r);
  pa_picture_fill(p, iris, e->lash);
  pa_picture_end(p);
  draw_lash(p, e, 3.6f, 3);
}

/* ------------------------------------------------------------ lashes */

/* How long the outer lashes are drawn, 0..1: on the round faces of grown
 * people, not on children's, nor where nothing is known. Most of the women who
 * were looked at lie below .36 and most men above; nothing was counted. */
static float lash_length(const pa_traits *t) {
  float soft = pa_clamp((.38f - t->face.grown) / .12f, 0, 1);
  return soft * pa_clamp(t->face.grown / .08f, 0, 1);
}

static void draw_outer_lashes(const pa_draw *draw, const eye *e, float length) {
  pa_picture *p = draw->picture;
  float w = e->width / 2, h = e->height, t = e->tilt / 2;
  bool anime = draw->style->eyes == PA_EYES_ANIME;
  bool dot = draw->style->eyes == PA_EYES_DOT;
  /* Where they leave the lid. */
  pa_vec at[2] = {{.97f * w, -t - .18f * h}, {.74f * w, -.62f * h - t}};
  if (anime) at[0] = (pa_vec){1.1f * w, -.3f * h}, at[1].y = -.62f * h;
  if (dot) at[0] = (pa_vec){.94f * w, -.17f * h};
  for (int i = 0; i < (dot ? 1 : 2); i++) {
    pa_vec a = at[i];
    float x = length * (i ? 4.6f : 6.6f), y = length * (i ? 6 : 4.4f);
    pa_brush_stroke(p, (pa_vec){a.x - 2.5f, a.y + 1},
                    (pa_vec){a.x + .35f * x, a.y + .1f * y},
                    (pa_vec){a.x + .8f * x, a.y - .4f * y},
                    (pa_vec){a.x + x, a.y - y}, (pa_brush){3.2f, 2.2f, .4f},
                    e->lash);
  }
}

/* ------------------------------------------------------------ both */

static eye eye_of(const pa_draw *draw, float side, float open) {
  const pa_traits *t = draw->traits;
  float scale = draw->style->eye_scale;
  eye e = {.width = t->eyes.width * scale, .side = side};
  e.height = open * t->eyes.width * scale;
  e.tilt = t->eyes.tilt * e.width;
  e.lash = draw->style->inked ? draw->style->ink
                              : pa_mix(pa_hex(0x1d1418), draw->brows, .25f);
  return e;
}

static void draw_eye(pa_draw *draw, float side, float open) {
  pa_picture *p = draw->picture;
  eye e = eye_of(draw, side, open);
  float x = side * draw->traits->eyes.x;
  float y = draw->style->eyes == PA_EYES_ANIME ? 3 : 0;
  pa_affine old = pa_picture_push(p, (pa_affine){side, 0, x, 0, 1, y});
  pa_picture_begin(p, side < 0 ? "right-eye" : "left-eye", PA_NO_PATH);
  if (open < CLOSED)
    draw_closed(draw, &e);
  else if (draw->style->eyes == PA_EYES_ANIME)
    draw_anime(draw, &e);
  else if (draw->style->eyes == PA_EYES_DOT)
    draw_dot(draw, &e);
  else if (draw->style->eyes == PA_EYES_INK)
    draw_ink(draw, &e);
  else
    draw_almond(draw, &e);
  float length = lash_length(draw->traits);
  if (length > 0 && open >= CLOSED) draw_outer_lashes(draw, &e, length);
  pa_picture_end(p);
  pa_picture_restore(p, old);
}

void pa_draw_eyes(pa_draw *draw) {
  pa_picture_begin(draw->picture, "eyes", PA_NO_PATH);
  const pa_traits *t = draw->traits;
  if (pa_turn_shows(t, -1)) draw_eye(draw, -1, t->eyes.open_right);
  if (pa_turn_shows(t, 1)) draw_eye(draw, 1, t->eyes.open_left);
  pa_picture_end(draw->picture);
}

/* A brow: round at its inner end, thin at the outer one. */
static void draw_brow(pa_draw *draw, float side) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float x0 = t->brows.inner_x, x1 = t->brows.outer_x;
  float xp = x0 + .62f * (x1 - x0), h = t->brows.thickness / 2;
  if (draw->style->inked) h *= 1.2f;
  float y0 = t->brows.inner_y, yp = t->brows.peak_y;
  float y1 = t->brows.outer_y, xm = x0 + .3f * (x1 - x0);
  float ym = y0 + .62f * (yp - y0);
  pa_vec line[] = {{x0, y0 + .9f * h}, {x0 + 1, y0 - .75f * h},
                   {xm, ym - h},       {xp, yp - .85f * h},
                   {x1, y1},           {xp - 1, yp + .7f * h},
                   {xm, ym + h}};
  pa_affine old = pa_picture_push(p, (pa_affine){side, 0, 0, 0, 1, 0});
  size_t path = pa_picture_path(p);
  pa_picture_smooth(p, line, sizeof line / sizeof *line, true);
  pa_picture_fill(p, path, draw->brows);
  pa_picture_restore(p, old);
}

void pa_draw_brows(pa_draw *draw) {
  pa_picture_begin(draw->picture, "brows", PA_NO_PATH);
  for (int side = -1; side <= 1; side += 2)
    if (pa_turn_shows(draw->traits, side)) draw_brow(draw, (float)side);
  pa_picture_end(draw->picture);
}
