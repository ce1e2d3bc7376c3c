/* Nose, mouth and beard. */
#include <math.h>

#include "avatar2d/brush.h"
#include "avatar2d/draw.h"

/* ------------------------------------------------------------ nose */

/* The tip stands before the face, so that it turns farther. Noses are drawn for
 * a head that turns to the right. */
static float tip_x(const pa_draw *draw) {
  return 6.5f * fabsf(draw->traits->yaw) + 22 * pa_turn_side(draw->traits);
}

/* What lies in shadow below the tip. */
static void draw_small_nose(pa_draw *draw, float width) {
  float x = tip_x(draw), y = draw->traits->nose.y;
  float w = .2f * draw->traits->nose.width;
  pa_brush_stroke(draw->picture, (pa_vec){x - w, y - 2},
                  (pa_vec){x - .5f * w, y + 1.8f},
                  (pa_vec){x + .5f * w, y + 1.8f}, (pa_vec){x + w, y - 2.4f},
                  (pa_brush){.6f * width, width, .6f * width},
                  pa_draw_line(draw, draw->skin_shade));
}

/* The shaded side of the bridge, and below tip and wings a shadow. */
static void draw_round_nose(pa_draw *draw) {
  pa_picture *p = draw->picture;
  float x = tip_x(draw), y = draw->traits->nose.y;
  float w = draw->traits->nose.width / 2;
  pa_color shade = pa_tone(draw->skin_shade, -.06f);
  pa_brush_stroke(p, (pa_vec){x + 4, .1f * y}, (pa_vec){x + 4.5f, .4f * y},
                  (pa_vec){x + .4f * w, .6f * y}, (pa_vec){x + .74f * w, y - 5},
                  (pa_brush){.6f, 4.4f, 3},
                  pa_fade(shade, .45f + .35f * fabsf(draw->traits->yaw)));
  pa_brush_stroke(p, (pa_vec){x - .82f * w, y - 4},
                  (pa_vec){x - .5f * w, y + 5.5f},
                  (pa_vec){x + .5f * w, y + 5.5f}, (pa_vec){x + .9f * w, y - 5},
                  (pa_brush){1.6f, 4.6f, 2}, shade);
}

static void draw_ink_nose(pa_draw *draw) {
  pa_picture *p = draw->picture;
  float x = tip_x(draw), y = draw->traits->nose.y;
  float w = draw->traits->nose.width / 2, line = draw->style->line;
  pa_color ink = pa_draw_line(draw, draw->skin_shade);
  pa_brush_stroke(p, (pa_vec){x + .22f * w, .4f * y},
                  (pa_vec){x + .4f * w, .62f * y}, (pa_vec){x + w, y - 9},
                  (pa_vec){x + .9f * w, y - 3},
                  (pa_brush){.4f, .9f * line, line}, ink);
  pa_brush_stroke(p, (pa_vec){x + .9f * w, y - 3.6f},
                  (pa_vec){x + .8f * w, y + 3.4f}, (pa_vec){x, y + 4},
                  (pa_vec){x - .5f * w, y + .4f},
                  (pa_brush){line, .95f * line, .4f}, ink);
}

void pa_draw_nose(pa_draw *draw) {
  pa_picture_begin(draw->picture, "nose", PA_NO_PATH);
  float way = draw->traits->yaw < 0 ? -1.f : 1.f;
  pa_affine old =
      pa_picture_push(draw->picture, (pa_affine){way, 0, 0, 0, 1, 0});
  if (draw->style->eyes == PA_EYES_ANIME)
    draw_small_nose(draw, 1.8f);
  else if (draw->style->eyes == PA_EYES_DOT)
    draw_small_nose(draw, 2.4f);
  else if (draw->style->inked)
    draw_ink_nose(draw);
  else
    draw_round_nose(draw);
  pa_picture_restore(draw->picture, old);
  pa_picture_end(draw->picture);
}

/* ------------------------------------------------------------ mouth */

typedef struct lips {
  float x, y, w;      /* middle, half width */
  float corner;       /* y of the corners */
  float upper, lower; /* thickness */
  float gap;          /* half of the opening */
} lips;

static lips lips_of(const pa_draw *draw) {
  const pa_traits *t = draw->traits;
  lips m = {.x = 0,
            .y = t->mouth.y,
            .w = t->mouth.width / 2,
            .upper = t->mouth.upper,
            .lower = t->mouth.lower,
            .gap = t->mouth.open / 2};
  m.corner = m.y - t->mouth.smile * m.w;
  return m;
}

/* The line where the lips meet, or their inner edges when `gap` is not 0: from
 * the left corner to the right one. */
static void inner_line(pa_picture *p, const lips *m, float gap, bool back) {
  float y = m->y + gap, mid = y + .33f * (y - m->corner);
  if (back)
    pa_picture_cubic(p, m->x + .5f * m->w, mid, m->x - .5f * m->w, mid,
                     m->x - m->w, m->corner);
  else
    pa_picture_cubic(p, m->x - .5f * m->w, mid, m->x + .5f * m->w, mid,
                     m->x + m->w, m->corner);
}

static size_t lips_path(pa_picture *p, const lips *m) {
  float top = m->y - m->gap - m->upper, low = m->y + m->gap + m->lower;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, m->x - m->w, m->corner);
  pa_picture_cubic(p, m->x - .62f * m->w, .45f * m->corner + .55f * top,
                   m->x - .38f * m->w, top - .6f, m->x - .18f * m->w, top);
  pa_picture_cubic(p, m->x - .08f * m->w, top + .22f * m->upper,
                   m->x + .08f * m->w, top + .22f * m->upper,
                   m->x + .18f * m->w, top);
  pa_picture_cubic(p, m->x + .38f * m->w, top - .6f, m->x + .62f * m->w,
                   .45f * m->corner + .55f * top, m->x + m->w, m->corner);
  float mid = low + .28f * (low - m->corner);
  pa_picture_cubic(p, m->x + .55f * m->w, mid, m->x - .55f * m->w, mid,
                   m->x - m->w, m->corner);
  pa_picture_close(p);
  return path;
}

static size_t opening_path(pa_picture *p, const lips *m) {
  size_t path = pa_picture_path(p);
  pa_picture_move(p, m->x - m->w * .96f, m->corner + .3f);
  lips inner = *m;
  inner.w *= .96f;
  inner_line(p, &inner, -m->gap, false);
  inner_line(p, &inner, m->gap, true);
  pa_picture_close(p);
  return path;
}

static void draw_open(pa_draw *draw, const lips *m, bool lips_too) {
  pa_picture *p = draw->picture;
  bool grey = draw->style->grey;
  if (lips_too) pa_picture_fill(p, lips_path(p, m), draw->lips);
  size_t path = opening_path(p, m);
  pa_picture_fill(p, path, grey ? draw->style->ink : pa_hex(0x5a1a24));
  pa_picture_begin(p, "teeth", path);
  if (draw->traits->mouth.teeth) {
    size_t teeth = pa_picture_path(p);
    float h = fminf(m->gap * 1.35f + 3, 12);
    float top = fminf(m->corner, m->y - m->gap) - 6;
    pa_picture_rect(p, m->x - .92f * m->w, top, 1.84f * m->w,
                    m->y - m->gap + h - top, 4);
    pa_picture_fill(p, teeth, pa_hex(0xfffaf4));
  }
  if (m->gap > 6 && !grey) {
    size_t tongue = pa_picture_path(p);
    pa_picture_ellipse(p, m->x, m->y + 1.6f * m->gap + 3, .55f * m->w,
                       .9f * m->gap);
    pa_picture_fill(p, tongue, pa_hex(0xd2606a));
  }
  pa_picture_end(p);
  if (draw->style->line > 0 || !lips_too)
    pa_picture_stroke(p, path, pa_draw_line(draw, draw->lips),
                      fmaxf(.7f * draw->style->line, 1.4f));
}

static void draw_closed(pa_draw *draw, const lips *m, bool lips_too) {
  pa_picture *p = draw->picture;
  bool inked = draw->style->inked;
  pa_color dark = inked ? draw->style->ink : pa_tone(draw->lips, -.45f);
  if (lips_too) pa_picture_fill(p, lips_path(p, m), draw->lips);
  float mid = m->y + .33f * (m->y - m->corner);
  float thick = lips_too ? 3.2f : fmaxf(1.1f * draw->style->line, 3.2f);
  pa_brush_stroke(
      p, (pa_vec){m->x - m->w, m->corner}, (pa_vec){m->x - .5f * m->w, mid},
      (pa_vec){m->x + .5f * m->w, mid}, (pa_vec){m->x + m->w, m->corner},
      (pa_brush){.7f * thick, thick, .7f * thick}, dark);
  if (lips_too) return;
  float y = m->y + m->gap + m->lower + 2; /* the lower lip's shadow */
  pa_brush_stroke(
      p, (pa_vec){m->x - .28f * m->w, y}, (pa_vec){m->x - .1f * m->w, y + 1.6f},
      (pa_vec){m->x + .1f * m->w, y + 1.6f}, (pa_vec){m->x + .28f * m->w, y},
      (pa_brush){.6f, 2, .6f}, pa_draw_line(draw, draw->skin_shade));
}

/* What a smile folds beside the corners. */
static void draw_dimples(pa_draw *draw, const lips *m) {
  const pa_style *s = draw->style;
  float smile = draw->traits->mouth.smile;
  if (smile < .3f || draw->traits->beard.kind > PA_BEARD_STUBBLE) return;
  float size = 3 + 9 * fminf(smile, .5f), y = m->corner;
  pa_color color =
      s->inked ? s->ink : pa_fade(pa_tone(draw->skin_shade, -.16f), .85f);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side, x = m->x + k * (m->w + 3);
    pa_brush_stroke(draw->picture, (pa_vec){x - k * 2, y - size},
                    (pa_vec){x + k * 3, y - .5f * size},
                    (pa_vec){x + k * 4, y + .2f * size},
                    (pa_vec){x + k * 1, y + .6f * size},
                    (pa_brush){.5f, fmaxf(.62f * s->line, 2.2f), .5f}, color);
  }
}

void pa_draw_mouth(pa_draw *draw) {
  lips m = lips_of(draw);
  const pa_style *s = draw->style;
  bool lips_too = s->eyes == PA_EYES_ALMOND;
  pa_picture_begin(draw->picture, "mouth", PA_NO_PATH);
  if (draw->traits->mouth.open > 3)
    draw_open(draw, &m, lips_too);
  else
    draw_closed(draw, &m, lips_too);
  draw_dimples(draw, &m);
  pa_picture_end(draw->picture);
}

/* ------------------------------------------------------------ beard */

/* Along the jaw, from ear to ear, up to `top` at the sides and to the mouth in
 * the middle. */
static size_t jaw_path(pa_draw *draw, float top, float cheek, float below) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float chin = t->face.chin, lip = t->mouth.y - t->mouth.open / 2;
  lip -= t->mouth.upper + 5;
  pa_vec v[24];
  size_t n = 0;
  v[n++] = (pa_vec){-pa_face_half(t, top) - 1, top};
  v[n++] = (pa_vec){-pa_face_half(t, .62f * chin) - 2, .62f * chin};
  v[n++] = (pa_vec){-pa_face_half(t, .86f * chin) - 3, .86f * chin + 2};
  v[n++] = (pa_vec){-16, chin + below * .8f};
  v[n++] = (pa_vec){0, chin + below};
  v[n++] = (pa_vec){16, chin + below * .8f};
  v[n++] = (pa_vec){pa_face_half(t, .86f * chin) + 3, .86f * chin + 2};
  v[n++] = (pa_vec){pa_face_half(t, .62f * chin) + 2, .62f * chin};
  v[n++] = (pa_vec){pa_face_half(t, top) + 1, top};
  v[n++] = (pa_vec){pa_face_half(t, top) - 7, top + 3};
  v[n++] = (pa_vec){.8f * pa_face_half(t, cheek), cheek};
  v[n++] = (pa_vec){.62f * t->mouth.width, lip + 3};
  v[n++] = (pa_vec){.3f * t->mouth.width, lip - 3};
  v[n++] = (pa_vec){0, lip - 1};
  v[n++] = (pa_vec){-.3f * t->mouth.width, lip - 3};
  v[n++] = (pa_vec){-.62f * t->mouth.width, lip + 3};
  v[n++] = (pa_vec){-.8f * pa_face_half(t, cheek), cheek};
  v[n++] = (pa_vec){-pa_face_half(t, top) + 7, top + 3};
  size_t path = pa_picture_path(p);
  pa_picture_smooth(p, v, n, true);
  return path;
}

static size_t moustache_path(pa_draw *draw, float thick) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float w = .6f * t->mouth.width, x = 0;
  float y = t->mouth.y - t->mouth.open / 2 - t->mouth.upper - 1;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, x, y - thick);
  pa_picture_cubic(p, x + .3f * w, y - 1.5f * thick, x + .8f * w, y - thick,
                   x + w, y + 4);
  pa_picture_cubic(p, x + .7f * w, y + 3, x + .3f * w, y + 2, x, y);
  pa_picture_cubic(p, x - .3f * w, y + 2, x - .7f * w, y + 3, x - w, y + 4);
  pa_picture_cubic(p, x - .8f * w, y - thick, x - .3f * w, y - 1.5f * thick, x,
                   y - thick);
  pa_picture_close(p);
  return path;
}

static size_t goatee_path(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  float lip = t->mouth.y + t->mouth.open / 2 + t->mouth.lower + 4;
  float chin = t->face.chin, x = 0;
  pa_vec v[] = {{x - 7, lip},       {x + 7, lip},  {x + 19, lip + 11},
                {x + 16, chin - 2}, {x, chin + 6}, {x - 16, chin - 2},
                {x - 19, lip + 11}};
  size_t path = pa_picture_path(draw->picture);
  pa_picture_smooth(draw->picture, v, sizeof v / sizeof *v, true);
  return path;
}

void pa_draw_beard(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_beard kind = t->beard.kind;
  if (kind == PA_BEARD_NONE) return;
  pa_picture *p = draw->picture;
  pa_picture_begin(p, "beard", PA_NO_PATH);
  float chin = t->face.chin;
  pa_color color = draw->beard;
  if (kind == PA_BEARD_STUBBLE) {
    pa_picture_begin(p, "stubble", draw->face_path);
    pa_picture_fill(p, jaw_path(draw, .12f * chin, .5f * chin, 4),
                    pa_fade(color, .26f));
    pa_picture_end(p);
  } else if (kind == PA_BEARD_SHORT) {
    pa_draw_part(draw, jaw_path(draw, -.06f * chin, .56f * chin, 3), color);
  } else if (kind == PA_BEARD_FULL) {
    pa_draw_part(draw, jaw_path(draw, -.08f * chin, .47f * chin, 22), color);
  }
  if (kind == PA_BEARD_GOATEE) pa_draw_part(draw, goatee_path(draw), color);
  if (kind == PA_BEARD_GOATEE || kind == PA_BEARD_MOUSTACHE)
    pa_draw_part(draw, moustache_path(draw, 8), color);
  pa_picture_end(p);
}
