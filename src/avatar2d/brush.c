#include "avatar2d/brush.h"

#include <math.h>

#define STEPS 6 /* pieces of a stroke */

static float bend(float a, float b, float c, float d, float t) {
  float s = 1 - t;
  return s * s * s * a + 3 * s * s * t * b + 3 * s * t * t * c + t * t * t * d;
}

static float slope(float a, float b, float c, float d, float t) {
  float s = 1 - t;
  return 3 * s * s * (b - a) + 6 * s * t * (c - b) + 3 * t * t * (d - c);
}

static float width_at(pa_brush w, float t) {
  float bump = 4 * t * (1 - t); /* 1 in the middle */
  return w.from * (1 - t) + w.to * t +
         bump * (w.middle - .5f * (w.from + w.to));
}

void pa_brush_add(pa_picture *p, pa_vec a, pa_vec b, pa_vec c, pa_vec d,
                  pa_brush brush) {
  pa_vec v[2 * STEPS + 2];
  for (int i = 0; i <= STEPS; i++) {
    float t = (float)i / STEPS;
    float x = bend(a.x, b.x, c.x, d.x, t), y = bend(a.y, b.y, c.y, d.y, t);
    /* A little inside, where control points may coincide with ends. */
    float u = fminf(fmaxf(t, .02f), .98f);
    float dx = slope(a.x, b.x, c.x, d.x, u), dy = slope(a.y, b.y, c.y, d.y, u);
    float half = .5f * width_at(brush, t) / fmaxf(hypotf(dx, dy), 1e-3f);
    v[i] = (pa_vec){x - dy * half, y + dx * half};
    v[2 * STEPS + 1 - i] = (pa_vec){x + dy * half, y - dx * half};
  }
  pa_picture_smooth(p, v, 2 * STEPS + 2, true);
}

void pa_brush_stroke(pa_picture *p, pa_vec a, pa_vec b, pa_vec c, pa_vec d,
                     pa_brush brush, pa_color color) {
  size_t path = pa_picture_path(p);
  pa_brush_add(p, a, b, c, d, brush);
  pa_picture_fill(p, path, color);
}
