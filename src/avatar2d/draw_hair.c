/* Hair: a shape behind the head, one before it, and the light on both. */
#include <math.h>
#include <string.h>

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
  size_t path = moved_path(draw, true, 0, 0);
  if (path == PA_NO_PATH) return;
  pa_picture_begin(draw->picture, "hair-back", below_brim(draw));
  pa_draw_part(draw, path, draw->hair_shade);
  pa_picture_end(draw->picture);
}

/* ------------------------------------------------------------ strands */

/* Where strands begin: at the parting, on the crown. */
static pa_vec crown_of(const pa_draw *draw) {
  return (pa_vec){.6f * draw->traits->hair.parting, -104};
}

/* Lines that fall from the crown to both sides, bent as the head is. */
static void draw_strands(pa_draw *draw, pa_color color, float width) {
  pa_picture *p = draw->picture;
  pa_vec c = crown_of(draw);
  size_t path = pa_picture_path(p);
  static const float spread[] = {-1.22f, -.98f, -.72f, -.42f,
                                 .42f,   .74f,  1.0f,  1.24f};
  float low = fmaxf(draw->traits->hair.length, 0);
  for (size_t i = 0; i < sizeof spread / sizeof *spread; i++) {
    float s = spread[i], x = 74 * s, far = fabsf(s) > .9f ? low : -20;
    pa_picture_move(p, c.x + 10 * s, c.y + 4 * fabsf(s));
    pa_picture_cubic(p, c.x + .55f * x, c.y + 6, x, -74, 1.04f * x, -30);
    if (far > 20)
      pa_picture_cubic(p, 1.08f * x, 10, 1.12f * x, .5f * far, 1.1f * x,
                       .92f * far);
  }
  pa_picture_stroke(p, path, color, width);
}

/* A band of light around the crown. */
static void draw_shine(pa_draw *draw, pa_color color, bool jagged) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  float x = -18;
  pa_picture_move(p, x - 52, -62);
  pa_picture_cubic(p, x - 40, -88, x - 14, -99, x + 12, -101);
  pa_picture_cubic(p, x - 4, -93, x - 26, -84, x - 36, -58);
  if (jagged) {
    pa_picture_line(p, x - 40, -70);
    pa_picture_line(p, x - 46, -52);
    pa_picture_line(p, x - 47, -66);
  }
  pa_picture_close(p);
  if (jagged) {
    pa_picture_move(p, x + 24, -101);
    pa_picture_cubic(p, x + 40, -99, x + 56, -92, x + 66, -80);
    pa_picture_line(p, x + 55, -84);
    pa_picture_line(p, x + 52, -76);
    pa_picture_line(p, x + 44, -89);
    pa_picture_line(p, x + 38, -84);
    pa_picture_close(p);
  }
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
  pa_picture_begin(p, "hair-light", path);
  switch (s->shade) {
  case PA_SHADE_SOFT: {
    size_t box = pa_picture_path(p);
    pa_picture_rect(p, -260, -260, 520, 700, 0);
    pa_picture_draw(p, box,
                    pa_paint_radial((pa_vec){-28, -92}, 120,
                                    pa_fade(draw->hair_light, .85f),
                                    pa_fade(draw->hair_light, 0)),
                    (pa_color){0}, 0);
    draw_strands(draw, pa_fade(draw->hair_shade, .35f), 3);
    break;
  }
  case PA_SHADE_NEON:
    draw_strands(draw, pa_fade(draw->hair_shade, .8f), 2.2f);
    draw_neon(draw);
    break;
  case PA_SHADE_NONE:
    draw_strands(draw, pa_fade(pa_hex(0xffffff), .85f), 1.8f);
    break;
  case PA_SHADE_HALFTONE:
    draw_strands(draw, s->ink, 2.2f);
    draw_shine(draw, pa_fade(draw->hair_light, .9f), true);
    break;
  default:
    draw_strands(draw, pa_fade(draw->hair_shade, .65f),
                 s->line > 0 ? 2.f : 2.8f);
    draw_shine(draw, pa_fade(draw->hair_light, s->line > 0 ? .85f : .4f),
               s->eyes == PA_EYES_ANIME);
  }
  pa_picture_end(p);
}

void pa_draw_hair_front(pa_draw *draw) {
  pa_picture *p = draw->picture;
  size_t path = pa_draw_hair_path(draw, 0, 0);
  if (path == PA_NO_PATH) return;
  pa_picture_begin(p, "hair-front", below_brim(draw));
  pa_picture_fill(p, path, draw->hair);
  draw_hair_light(draw, path);
  if (draw->style->line > 0)
    pa_picture_stroke(p, path, pa_draw_line(draw, draw->hair),
                      draw->style->line);
  pa_picture_end(p);
}
