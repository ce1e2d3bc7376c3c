#include "avatar3d/texels.h"

#include "avatar3d/vec.h"

/* A triangle in the atlas: a corner's share is `base` there where the first
 * corner lies, and grows evenly from there on. */
typedef struct flat {
  float x, y, left, right;
  float along[3], down[3];
} flat;

static const float base[3] = {1, 0, 0};

#define OVER (-.02f) /* a share, so that neighbours meet without a gap */

/* The part of a row, from the first corner's x on, where no share is less than
 * OVER. */
static void span_of(const flat *f, float dy, float *from, float *to) {
  *from = f->left - f->x, *to = f->right - f->x;
  for (int k = 0; k < 3; k++) {
    float lacks = OVER - base[k] - dy * f->down[k];
    if (f->along[k] > 0) *from = fmaxf(*from, lacks / f->along[k]);
    if (f->along[k] < 0) *to = fminf(*to, lacks / f->along[k]);
    if (f->along[k] == 0 && lacks > 0) *to = -INFINITY;
  }
}

static void each_of_row(const flat *f, unsigned row, pa_texel_call call,
                        void *context) {
  float dy = (float)row + .5f - f->y, from, to;
  span_of(f, dy, &from, &to);
  if (!(from <= to)) return;
  int last = (int)floorf(f->x + to - .5f);
  for (int x = (int)ceilf(f->x + from - .5f); x <= last; x++) {
    float dx = (float)x + .5f - f->x;
    pa_texel t = {(unsigned)x, row, {0}};
    for (int k = 0; k < 3; k++)
      t.share[k] = base[k] + dx * f->along[k] + dy * f->down[k];
    call(context, &t);
  }
}

static float least(const float v[3]) {
  return fminf(v[0], fminf(v[1], v[2]));
}

static float most(const float v[3]) {
  return fmaxf(v[0], fmaxf(v[1], v[2]));
}

bool pa_texels_each(const float x[3], const float y[3], unsigned size,
                    pa_texel_call call, void *context) {
  float area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]);
  if (fabsf(area) < 1e-6f) return false;
  flat f = {.x = x[0],
            .y = y[0],
            .left = fmaxf(least(x) - 1, .25f),
            .right = fminf(most(x) + 1.5f, (float)size - .25f)};
  for (int k = 0; k < 3; k++) {
    int a = (k + 1) % 3, b = (k + 2) % 3;
    f.along[k] = (y[a] - y[b]) / area, f.down[k] = (x[b] - x[a]) / area;
  }
  unsigned top = (unsigned)pa_clamp(least(y) - 1, 0, (float)size);
  float bottom = fminf(most(y) + 1, (float)size - 1);
  for (unsigned row = top; (float)row <= bottom; row++)
    each_of_row(&f, row, call, context);
  return true;
}
