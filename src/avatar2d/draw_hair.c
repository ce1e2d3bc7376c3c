/* Hair: a shape behind the head, one before it, and the light on both. */
#include <math.h>
#include <string.h>

#include "avatar2d/brush.h"
#include "avatar2d/draw.h"
#include "avatar2d/hair.h"
#include "avatar2d/wear.h"

static void add_shape(pa_picture *p, const pa_shape *shape) {
  for (size_t i = 0; i < shape->count; i++)
    pa_picture_smooth(p, shape->contours[i].points, shape->contours[i].count,
                      true);
}

static bool traced(const pa_draw *draw) {
  return draw->traits->hair.kind == PA_HAIR_TRACED &&
         draw->traits->hair.front.count > 0;
}

static size_t moved_path(pa_draw *draw, bool back, float x, float y) {
  pa_picture *p = draw->picture;
  if (draw->traits->hair.kind == PA_HAIR_NONE) return PA_NO_PATH;
  pa_affine old = pa_picture_push(p, (pa_affine){1, 0, x, 0, 1, y});
  size_t path = pa_picture_path(p), before = p->op_count;
  if (traced(draw))
    add_shape(p, back ? &draw->traits->hair.back : &draw->traits->hair.front);
  else
    pa_hair_preset(p, draw->traits, draw->traits->hair.preset, back);
  pa_picture_restore(p, old);
  return p->op_count > before ? path : PA_NO_PATH;
}

size_t pa_draw_hair_path(pa_draw *draw, float x, float y) {
  return moved_path(draw, false, x, y);
}

/* A hat presses the hair down: nothing of it is seen above the brim. */
static size_t below_brim(pa_draw *draw) {
  const char *hat = draw->worn[PA_WEAR_HAT].name;
  float brim = *hat ? pa_hat_brim(hat) : -1000;
  if (brim < -500) return PA_NO_PATH;
  pa_picture *p = draw->picture;
  float w = pa_face_half(draw->traits, -30) + 4;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -400, 1000);
  pa_picture_line(p, -400, brim + 230);
  pa_picture_cubic(p, -w - 70, brim + 90, -w - 30, brim, -w, brim);
  pa_picture_line(p, w, brim);
  pa_picture_cubic(p, w + 30, brim, w + 70, brim + 90, 400, brim + 230);
  pa_picture_line(p, 400, 1000);
  pa_picture_close(p);
  return path;
}

void pa_draw_hair_back(pa_draw *draw) {
  /* Seen from the side it hangs at the back of the head. */
  float side = pa_turn_side(draw->traits);
  float away = draw->traits->yaw < 0 ? 27 * side : -27 * side;
  pa_affine old = pa_picture_push(
      draw->picture, (pa_affine){1 - .24f * side, 0, away, 0, 1, 0});
  size_t path = moved_path(draw, true, 0, 0);
  if (path == PA_NO_PATH) {
    pa_picture_restore(draw->picture, old);
    return;
  }
  pa_picture_begin(draw->picture, "hair-back", below_brim(draw));
  pa_draw_part(draw, path, draw->hair_shade);
  pa_picture_end(draw->picture);
  pa_picture_restore(draw->picture, old);
}

/* ------------------------------------------------------------ strands */

/* y of the highest point of a path, head units. */
static float top_of(const pa_picture *p, size_t number) {
  const pa_path *path = &p->paths[number];
  float top = INFINITY;
  for (size_t i = 0; i < path->points; i++)
    top = fminf(top, p->points[path->point + i].y);
  return (top - p->transform.y0) / p->transform.yy;
}

/* Hair in which no single locks are seen: curls, or shorn. */
static bool strandless(const pa_traits *t) {
  static const char *const presets[] = {"curly", "afro", "buzz"};
  if (t->hair.kind == PA_HAIR_TRACED) return t->hair.curly;
  for (size_t i = 0; i < sizeof presets / sizeof *presets; i++)
    if (!strcmp(t->hair.preset, presets[i])) return true;
  return false;
}

/* Locks fall from the parting to both sides, the outer ones as far as the hair
 * reaches. */
static void draw_strands(pa_draw *draw, float top, pa_color color,
                         float width) {
  pa_picture *p = draw->picture;
  const pa_traits *t = draw->traits;
  float x0 = .7f * t->hair.parting, half = t->face.outline[2];
  float low = fmaxf(t->hair.length, -10);
  if (strandless(t)) return;
  pa_brush brush = {.2f * width, width, .2f * width};
  size_t path = pa_picture_path(p);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    for (int i = 0; i < 3; i++) {
      float far = .34f + .3f * (float)i, x = k * far * half;
      float y = top + 12 + 3 * (float)i, down = -74 + 24 * (float)i;
      pa_brush_add(p, (pa_vec){x0 + k * (3 + 5 * (float)i), y},
                   (pa_vec){x0 + .55f * (x - x0), y - 1},
                   (pa_vec){x, .6f * y + .4f * down}, (pa_vec){1.04f * x, down},
                   brush);
    }
    if (low < 50) continue;
    for (int i = 0; i < 2; i++) {
      float x = k * (half + 8 + 11 * (float)i);
      float from = -34 + 44 * (float)i, to = (.84f - .2f * (float)i) * low;
      pa_brush_add(p, (pa_vec){x - k * 4, from},
                   (pa_vec){x + k * 4, from + .3f * (to - from)},
                   (pa_vec){x - k * 3, from + .7f * (to - from)},
                   (pa_vec){x + k * 3, to}, brush);
    }
  }
  pa_picture_fill(p, path, color);
}

/* Light on the crown, in a band that thins out to both sides. */
static void draw_shine(pa_draw *draw, float top, pa_color color, bool broken) {
  pa_picture *p = draw->picture;
  float half = draw->traits->face.outline[2], y = .55f * top - 40;
  size_t path = pa_picture_path(p);
  pa_brush_add(p, (pa_vec){-.86f * half, y + 34}, (pa_vec){-.66f * half, y + 8},
               (pa_vec){-.4f * half, y - 5}, (pa_vec){-.06f * half, y - 9},
               (pa_brush){1, 11, 2});
  if (broken)
    pa_brush_add(p, (pa_vec){.08f * half, y - 9}, (pa_vec){.2f * half, y - 9},
                 (pa_vec){.34f * half, y - 6}, (pa_vec){.48f * half, y},
                 (pa_brush){1, 7, 1});
  pa_picture_fill(p, path, color);
}

static void draw_neon(pa_draw *draw) {
  pa_picture *p = draw->picture;
  size_t box = pa_picture_path(p);
  pa_picture_rect(p, -260, -260, 520, 700, 0);
  pa_picture_draw(p, box,
                  pa_paint_linear((pa_vec){-110, 0}, (pa_vec){-10, 0},
                                  pa_fade(pa_hex(0xff2bd6), .75f),
                                  pa_fade(pa_hex(0xff2bd6), 0)),
                  (pa_color){0}, 0);
  pa_picture_draw(p, box,
                  pa_paint_linear((pa_vec){110, 0}, (pa_vec){20, 0},
                                  pa_fade(pa_hex(0x19e3ff), .75f),
                                  pa_fade(pa_hex(0x19e3ff), 0)),
                  (pa_color){0}, 0);
}

static void draw_hair_light(pa_draw *draw, size_t path) {
  pa_picture *p = draw->picture;
  const pa_style *s = draw->style;
  float top = top_of(p, path);
  bool dark = pa_lightness(draw->hair) < .32f;
  pa_color strand =
      dark ? pa_fade(draw->hair_light, .55f) : pa_fade(draw->hair_shade, .8f);
  pa_picture_begin(p, "hair-light", path);
  switch (s->shade) {
  case PA_SHADE_SOFT: {
    size_t box = pa_picture_path(p);
    pa_picture_rect(p, -260, -260, 520, 700, 0);
    pa_picture_draw(p, box,
                    pa_paint_radial((pa_vec){-28, top + 30}, 120,
                                    pa_fade(draw->hair_light, .85f),
                                    pa_fade(draw->hair_light, 0)),
                    (pa_color){0}, 0);
    draw_strands(draw, top, pa_fade(strand, .5f), 4);
    break;
  }
  case PA_SHADE_NEON:
    draw_strands(draw, top, pa_fade(draw->hair_shade, .8f), 3);
    draw_neon(draw);
    break;
  case PA_SHADE_NONE:
    draw_strands(draw, top, dark ? pa_hex(0xffffff) : s->ink, 2.8f);
    break;
  case PA_SHADE_HALFTONE:
    draw_shine(draw, top, pa_fade(draw->hair_light, .9f), true);
    draw_strands(draw, top, s->ink, 3.4f);
    break;
  default:
    if (s->line > 0)
      draw_shine(draw, top, pa_fade(draw->hair_light, .8f), true);
    draw_strands(draw, top, strand, s->line > 0 ? 3 : 3.6f);
  }
  pa_picture_end(p);
}

/* What lies away from the light: all of the hair but its own outline moved
 * towards the light. */
static void draw_hair_shade(pa_draw *draw, size_t path) {
  pa_shade_style shade = draw->style->shade;
  if (shade != PA_SHADE_CEL && shade != PA_SHADE_HALFTONE) {
    pa_picture_fill(draw->picture, path, draw->hair);
    return;
  }
  pa_picture_fill(draw->picture, path,
                  pa_mix(draw->hair, draw->hair_shade, .6f));
  pa_picture_begin(draw->picture, "hair-lit", path);
  size_t lit = pa_draw_hair_path(draw, -4, -8);
  pa_picture_fill(draw->picture, lit, draw->hair);
  pa_picture_end(draw->picture);
}

void pa_draw_hair_front(pa_draw *draw) {
  pa_picture *p = draw->picture;
  size_t path = pa_draw_hair_path(draw, 0, 0);
  if (path == PA_NO_PATH) return;
  pa_picture_begin(p, "hair-front", below_brim(draw));
  size_t near = pa_turn_near(draw);
  if (near != PA_NO_PATH) pa_picture_begin(p, "hair-near", near);
  draw_hair_shade(draw, path);
  draw_hair_light(draw, path);
  if (draw->style->line > 0)
    pa_picture_stroke(p, path, pa_draw_line(draw, draw->hair),
                      draw->style->line);
  if (near != PA_NO_PATH) pa_picture_end(p);
  pa_picture_end(p);
}
