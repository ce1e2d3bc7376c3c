/* Line integral convolution. */
#include "avatar2d/photo_filter.h"

typedef struct walk {
  const float *in, *tx, *ty;
  const uint8_t *part;
  int side, steps;
  float stride;
} walk;

/* Adds what lies on one side of a pixel; returns how many pixels it took. */
static int walk_on(const walk *w, int x, int y, float way, float *sum) {
  const unsigned side = (unsigned)w->side;
  size_t at = (size_t)y * side + (size_t)x;
  uint8_t part = w->part[at];
  float px = (float)x + .5f, py = (float)y + .5f;
  way *= w->stride;
  float dx = way * w->tx[at], dy = way * w->ty[at];
  for (int i = 0; i < w->steps; i++) {
    px += dx, py += dy;
    if (px < 0 || py < 0) return i;
    unsigned ix = (unsigned)(int)px, iy = (unsigned)(int)py;
    if (ix >= side || iy >= side) return i;
    at = (size_t)iy * side + ix;
    if (w->part[at] != part) return i;
    *sum += w->in[at];
    /* The field has no sign: go on the way that was gone. */
    float nx = w->tx[at], ny = w->ty[at];
    float same = nx * dx + ny * dy < 0 ? -w->stride : w->stride;
    dx = same * nx, dy = same * ny;
  }
  return w->steps;
}

PA_APART static void walk_row(const walk *w, const float *alpha, int y,
                              float *out) {
  const int side = w->side;
  for (int x = 0; x < side; x++) {
    size_t at = (size_t)y * (size_t)side + (size_t)x;
    float sum = w->in[at];
    if (alpha[at] > 0) {
      int count = 1 + walk_on(w, x, y, 1, &sum);
      count += walk_on(w, x, y, -1, &sum);
      sum /= (float)count;
    }
    out[at] = sum;
  }
}

static void walk_all(const walk *w, const float *alpha, float *out) {
  for (int y = 0; y < w->side; y++)
    walk_row(w, alpha, y, out);
}

void pa_along(const float *in, const float *tx, const float *ty,
              const float *alpha, const uint8_t *part, int side, int steps,
              float stride, float *spare, float *out) {
  walk w = {in, tx, ty, part, side, steps, stride};
  /* The mean of three along a line, then of each third of these means: the mean
   * of thrice as many, in fewer steps. */
  if (spare && (2 * steps + 1) % 3 == 0) {
    w.steps = 1;
    walk_all(&w, alpha, spare);
    w.in = spare, w.steps = (steps - 1) / 3, w.stride = 3 * stride;
  }
  walk_all(&w, alpha, out);
}
