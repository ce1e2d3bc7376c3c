/* Hair: a shape behind the head, one before it, and the light on both. */
#include <math.h>
#include <string.h>

#include "avatar2d/brush.h"
#include "avatar2d/draw_hair.h"
#include "avatar2d/hair.h"
#include "avatar2d/wear.h"

static const char *preset_of(const pa_traits *t) {
  return t->hair.kind == PA_HAIR_PRESET ? t->hair.preset : "";
}

/* y of the rim of a hat that presses the hair down; far above without one. */
static float rim_of(const pa_draw *draw) {
  const char *hat = draw->worn[PA_WEAR_HAT].name;
  return *hat ? pa_hat_brim(hat) : -1000;
}

/* Under a hat hair lies close to the head, and widens below. */
static void press(const pa_draw *draw, float rim, pa_contour *rooms,
                  pa_shape *shape) {
  if (shape->contours != rooms)
    memcpy(rooms, shape->contours, shape->count * sizeof *rooms);
  shape->contours = rooms;
  float close = pa_face_half(draw->traits, -30) + 10;
  for (size_t i = 0; i < shape->count; i++)
    for (size_t k = 0; k < rooms[i].count; k++) {
      pa_vec *v = &rooms[i].points[k];
      float most = close + .3f * fmaxf(v->y - rim, 0);
      v->x = fminf(fmaxf(v->x, -most), most);
    }
}

static void find_shapes(const pa_traits *t, pa_drawn_hair *cut) {
  cut->front = (pa_shape){0, cut->rooms[0]};
  cut->back = (pa_shape){0, cut->rooms[1]};
  cut->parting = t->hair.parting, cut->low = t->hair.length;
  cut->curly = t->hair.kind == PA_HAIR_TRACED && t->hair.curly;
  cut->shorn = pa_hair_shorn(t);
  if (t->hair.kind == PA_HAIR_TRACED) {
    cut->front = t->hair.front, cut->back = t->hair.back;
    return;
  }
  pa_hair_form form;
  if (!pa_hair_preset_form(t, preset_of(t), &form)) return;
  pa_hair_preset(t, preset_of(t), &cut->front, &cut->back);
  cut->parting = form.parting, cut->low = form.side[0].low;
  cut->curly = form.curls > 0;
}

void pa_draw_find_hair(const pa_draw *draw, pa_drawn_hair *cut) {
  float rim = rim_of(draw);
  find_shapes(draw->traits, cut);
  if (rim < -500 || cut->curly) return; /* curls stand off below it */
  press(draw, rim, cut->rooms[0], &cut->front);
  press(draw, rim, cut->rooms[1], &cut->back);
}

static size_t moved_path(pa_draw *draw, bool back, float x, float y) {
  pa_picture *p = draw->picture;
  const pa_shape *shape = back ? &draw->haircut->back : &draw->haircut->front;
  if (!shape->count) return PA_NO_PATH;
  pa_affine old = pa_picture_push(p, (pa_affine){1, 0, x, 0, 1, y});
  size_t path = pa_picture_path(p), before = p->op_count;
  for (size_t i = 0; i < shape->count; i++)
    pa_picture_smooth(p, shape->contours[i].points, shape->contours[i].count,
                      true);
  pa_picture_restore(p, old);
  return p->op_count > before ? path : PA_NO_PATH;
}

size_t pa_draw_hair_path(pa_draw *draw, float x, float y) {
  return moved_path(draw, false, x, y);
}

/* A hat presses the hair down: nothing of it is seen above the brim. */
static size_t below_brim(pa_draw *draw) {
  float brim = rim_of(draw);
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

/* The colour of lines within hair of this colour. */
static pa_color strand_color(const pa_draw *draw, pa_color hair) {
  const pa_style *s = draw->style;
  bool dark = pa_lightness(hair) < .32f;
  if (s->shade == PA_SHADE_NONE) return dark ? pa_hex(0xffffff) : s->ink;
  if (s->inked && !dark) return s->ink;
  return dark ? pa_tone(hair, .17f) : pa_tone(hair, -.3f);
}

static void draw_back_locks(pa_draw *draw, size_t path) {
  if (draw->haircut->curly) return;
  pa_picture_begin(draw->picture, "back-locks", path);
  pa_draw_locks(draw, &draw->haircut->back, (pa_vec){0, -60},
                strand_color(draw, draw->hair_shade),
                fmaxf(.8f * draw->style->line, 2.6f));
  pa_picture_end(draw->picture);
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
  draw_back_locks(draw, path);
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
  pa_color strand = strand_color(draw, draw->hair);
  const pa_drawn_hair *cut = draw->haircut;
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
    pa_draw_strands(draw, cut, top, pa_fade(strand, .6f), 4);
    break;
  }
  case PA_SHADE_NEON:
    pa_draw_strands(draw, cut, top, pa_fade(draw->hair_shade, .8f), 3);
    draw_neon(draw);
    break;
  case PA_SHADE_NONE:
    pa_draw_strands(draw, cut, top, strand, 3);
    break;
  default:
    if (s->line > 0 && !cut->shorn)
      draw_shine(draw, top, pa_fade(draw->hair_light, .85f), true);
    pa_draw_strands(draw, cut, top, strand, fmaxf(.85f * s->line, 3.2f));
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
