/* What lies around the neck of a garment. */
#include <math.h>

#include "avatar2d/draw_body.h"

bool pa_body_low(const pa_traits *t) {
  return t->upper.neckline == PA_NECK_OFF;
}

void pa_body_neckline(pa_picture *p, const pa_traits *t, float w, float y0) {
  /* So that some of the garment is seen in every frame. */
  float deep = fminf(t->upper.neck_depth, 180);
  switch (t->upper.neckline) {
  case PA_NECK_V:
  case PA_NECK_COLLAR:
    pa_picture_line(p, 0, deep);
    pa_picture_line(p, w, y0);
    break;
  case PA_NECK_BOAT:
  case PA_NECK_OFF:
    pa_picture_cubic(p, -.5f * w, deep + 4, .5f * w, deep + 4, w, y0);
    break;
  case PA_NECK_SCOOP:
    pa_picture_cubic(p, -.95f * w, y0 + .9f * (deep - y0), -.55f * w, deep, 0,
                     deep);
    pa_picture_cubic(p, .55f * w, deep, .95f * w, y0 + .9f * (deep - y0), w,
                     y0);
    break;
  default:
    pa_picture_cubic(p, -.8f * w, deep + 1, -.3f * w, deep + 5, 0, deep + 5);
    pa_picture_cubic(p, .3f * w, deep + 5, .8f * w, deep + 1, w, y0);
  }
}

float pa_body_neck_end(const pa_traits *t) {
  return fminf(fmaxf(t->upper.neck_width, pa_body_neck(t) + 3),
               .9f * t->shoulders);
}

void pa_draw_collar(pa_draw *draw, pa_color color) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float w = pa_body_neck_end(t), y = pa_body_shoulder_y(t, w) - 6;
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    size_t path = pa_picture_path(p);
    pa_picture_move(p, k * (pa_body_neck(t) - 1), y - 15);
    pa_picture_cubic(p, k * (w + 8), y - 5, k * (w + 6), y + 2, k * (w + 4),
                     y + 6);
    pa_picture_line(p, k * .62f * w, y + 48);
    pa_picture_line(p, k * 2, fminf(t->upper.neck_depth, y + 40));
    pa_picture_cubic(p, k * 14, y + 12, k * .7f * w, y,
                     k * (pa_body_neck(t) - 1), y - 15);
    pa_picture_close(p);
    pa_draw_part(draw, path, color);
  }
}

void pa_draw_buttons(pa_draw *draw, float from, pa_color color) {
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, 0, from);
  pa_picture_line(p, 0, 410);
  pa_picture_stroke(p, path, pa_fade(pa_tone(color, -.3f), .7f), 1.8f);
  path = pa_picture_path(p);
  for (int i = 0, count = (int)ceilf((382 - from) / 38); i < count; i++)
    pa_picture_ellipse(p, 5, from + 18 + 38 * (float)i, 2.8f, 2.8f);
  pa_picture_fill(p, path,
                  pa_tone(color, pa_lightness(color) > .5f ? -.35f : .4f));
}

void pa_draw_tie(pa_draw *draw, float from) {
  pa_picture *p = draw->picture;
  pa_color color = pa_draw_color(draw, draw->traits->upper.tie_color);
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -6, from + 16);
  pa_picture_line(p, 6, from + 16);
  pa_picture_line(p, 17, from + 130);
  pa_picture_line(p, 0, from + 154);
  pa_picture_line(p, -17, from + 130);
  pa_picture_close(p);
  pa_draw_part(draw, path, color);
  path = pa_picture_path(p);
  pa_picture_move(p, -12, from - 2);
  pa_picture_line(p, 12, from - 2);
  pa_picture_line(p, 7, from + 18);
  pa_picture_line(p, -7, from + 18);
  pa_picture_close(p);
  pa_draw_part(draw, path, pa_tone(color, .12f));
}

void pa_draw_suit(pa_draw *draw, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  pa_color inner = pa_draw_color(draw, t->upper.second);
  float w = pa_body_neck_end(t), y = pa_body_shoulder_y(t, w) - 4, deep = 300;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, y);
  if (t->upper.kind == PA_GARMENT_SUIT || t->upper.tie) {
    pa_picture_line(p, 0, y + 42);
  } else {
    float low = fmaxf(t->upper.neck_depth, y + 14);
    pa_picture_cubic(p, -.7f * w, low, -.3f * w, low + 3, 0, low + 3);
    pa_picture_cubic(p, .3f * w, low + 3, .7f * w, low, w, y);
  }
  pa_picture_line(p, w, y);
  pa_picture_line(p, 4, deep);
  pa_picture_line(p, -4, deep);
  pa_picture_close(p);
  pa_draw_part(draw, path, inner);
  bool formal = t->upper.kind == PA_GARMENT_SUIT;
  if (t->upper.tie) pa_draw_tie(draw, y + 36);
  if (formal || t->upper.tie) pa_draw_collar(draw, inner);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    path = pa_picture_path(p);
    pa_picture_move(p, k * (w - 3), y - 5);
    pa_picture_cubic(p, k * (w + 22), y + 8, k * (w + 30), y + 34, k * (w + 34),
                     y + 60);
    pa_picture_line(p, k * (w + 14), y + 66);
    pa_picture_line(p, k * (w + 20), y + 82);
    pa_picture_cubic(p, k * (w - 8), y + 120, k * 18, deep - 40, k * 1, deep);
    pa_picture_cubic(p, k * 10, deep - 60, k * (w - 16), y + 60, k * (w - 3),
                     y - 5);
    pa_picture_close(p);
    pa_draw_part(draw, path,
                 pa_tone(cloth, pa_lightness(cloth) < .3f ? .12f : -.1f));
  }
  path = pa_picture_path(p);
  pa_picture_move(p, 0, deep);
  pa_picture_line(p, 0, 430);
  pa_picture_stroke(p, path, pa_tone(cloth, -.35f), 2.2f);
}

void pa_draw_hood(pa_draw *draw, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float w = pa_body_neck_end(t), y = pa_body_shoulder_y(t, w) - 6;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w - 26, y + 4);
  pa_picture_cubic(p, -w - 10, y - 34, -w + 2, y - 28, -pa_body_neck(t),
                   y - 22);
  pa_picture_cubic(p, -.8f * w, y + 16, -.3f * w, y + 30, 0, y + 32);
  pa_picture_cubic(p, .3f * w, y + 30, .8f * w, y + 16, pa_body_neck(t),
                   y - 22);
  pa_picture_cubic(p, w - 2, y - 28, w + 10, y - 34, w + 26, y + 4);
  pa_picture_cubic(p, w + 20, y + 40, .5f * w, y + 62, 0, y + 64);
  pa_picture_cubic(p, -.5f * w, y + 62, -w - 20, y + 40, -w - 26, y + 4);
  pa_picture_close(p);
  pa_draw_part(draw, path, pa_tone(cloth, -.12f));
  path = pa_picture_path(p);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side;
    pa_picture_move(p, k * 20, y + 50);
    pa_picture_cubic(p, k * 22, y + 80, k * 18, y + 100, k * 20, y + 118);
  }
  pa_picture_stroke(p, path, pa_tone(cloth, .55f), 4);
}

void pa_draw_high_neck(pa_draw *draw, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float n = pa_body_neck(t) + 3, y = pa_body_shoulder_y(t, n) + 14;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -n, 98);
  pa_picture_cubic(p, -.5f * n, 110, .5f * n, 110, n, 98);
  pa_picture_line(p, n + 6, y - 8);
  pa_picture_cubic(p, .5f * n, y + 12, -.5f * n, y + 12, -n - 6, y - 8);
  pa_picture_close(p);
  pa_draw_part(draw, path, pa_tone(cloth, -.08f));
}

void pa_draw_neck_band(pa_draw *draw, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float w = pa_body_neck_end(t), y0 = pa_body_shoulder_y(t, w) - 3;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w, y0 + 2.5f);
  pa_body_neckline(p, t, w, y0 + 2.5f);
  pa_picture_stroke(
      p, path, pa_tone(cloth, pa_lightness(cloth) < .3f ? .16f : -.16f), 4.6f);
}

void pa_draw_neck_seam(pa_draw *draw, size_t garment, pa_color cloth) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float w = pa_body_neck_end(t), y0 = pa_body_shoulder_y(t, w) - 3;
  pa_picture_begin(p, "seam", garment);
  pa_affine old = pa_picture_push(p, (pa_affine){1, 0, 0, 0, 1, 8});
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -w - 7, y0 - 4);
  pa_picture_line(p, -w, y0);
  pa_body_neckline(p, t, w, y0);
  pa_picture_line(p, w + 7, y0 - 4);
  pa_picture_stroke(
      p, path, pa_tone(cloth, pa_lightness(cloth) < .3f ? .14f : -.14f), 1.9f);
  pa_picture_restore(p, old);
  pa_picture_end(p);
}
