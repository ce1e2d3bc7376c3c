/* A waistcoat over a shirt. */
#include <math.h>

#include "avatar2d/draw_body.h"

#define DEEP 262.f /* y of the lowest point of its opening */

/* One front (side -1: at the picture's left): from the opening's lowest point
 * up, over the shoulder, around the arm and down. They lap over a little. */
static size_t front_path(pa_picture *p, const pa_traits *t, float side) {
  float s = t->shoulders, w = pa_body_neck_end(t), k = side;
  float waist = pa_body_waist(t), hips = pa_body_hips(t), end = .74f * s;
  float chest = .7f * s + .2f * waist, hem = HIPS - 14;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -2 * k, DEEP);
  pa_picture_cubic(p, k * .3f * w, DEEP - 34, k * .98f * w, 176, k * (w + 1),
                   pa_body_shoulder_y(t, w) - 6);
  pa_picture_line(p, k * end, pa_body_shoulder_y(t, end) - 4);
  pa_picture_cubic(p, k * (end - 12), 178, k * (end - 6), ARMPIT - 14,
                   k * .86f * s, ARMPIT + 2);
  pa_picture_cubic(p, k * chest, 270, k * waist, 300, k * waist, WAIST);
  pa_picture_cubic(p, k * (waist + .02f * s), WAIST + 30, k * hips, hem - 30,
                   k * (hips + .02f * s), hem);
  pa_picture_line(p, k * 24, hem + 18);
  pa_picture_line(p, -2 * k, hem - 10);
  pa_picture_close(p);
  return path;
}

void pa_draw_waistcoat(pa_draw *draw, pa_color cloth, pa_color shirt) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float y = pa_body_shoulder_y(t, pa_body_neck_end(t)) - 4;
  if (t->upper.tie)
    pa_draw_tie(draw, y + 36);
  else
    pa_draw_buttons(draw, y + 44, shirt);
  for (int side = -1; side <= 1; side += 2)
    pa_draw_part(draw, front_path(p, t, (float)side), cloth);
  pa_draw_collar(draw, pa_tone(shirt, pa_lightness(shirt) > .7f ? -.05f : .1f));
  pa_color button = pa_tone(cloth, pa_lightness(cloth) > .5f ? -.35f : .4f);
  size_t path = pa_picture_path(p);
  for (int i = 0; i < 4; i++)
    pa_picture_ellipse(p, 0, DEEP + 14 + 32 * (float)i, 3, 3);
  pa_picture_fill(p, path, button);
}
