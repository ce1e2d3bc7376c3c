/* Resampling with any affine map: a grid of taps over the output pixel's
 * footprint. While it is small the taps are bilinear, at most a pixel apart;
 * when it is large they are blocks of 2 x 2 pixels, two pixels apart, at the
 * nearest whole position. */
#include <math.h>

#include "base/apart.h"
#include "image/pixel.h"

typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));

/* From this shrinking on, in pixels, taps are blocks. */
#define LARGE 4.f
/* Taps along one axis at most: of footprints over 64 pixels a sample is
 * enough. */
#define MOST_TAPS 32

typedef struct grid {
  const pa_plane *plane;
  bool blocks;
  int nx, ny; /* taps along the output's axes */
  /* From one tap to the next. */
  float xx, yx, xy, yy;
  float left, right, top, bottom; /* how far taps lie from the first one */
} grid;

/* Keeps the numbers in int's range; fmaxf makes a number of NaN. */
static float tame(float v, int size) {
  return fminf(fmaxf(v, -4), (float)size + 4);
}

static pa_v4 mix(const uint8_t *p, size_t row, float fx, float fy) {
  pa_v4 a = pa_pixel_load(p), b = pa_pixel_load(p + 4);
  pa_v4 c = pa_pixel_load(p + row), d = pa_pixel_load(p + row + 4);
  pa_v4 ab = a + (b - a) * fx, cd = c + (d - c) * fx;
  return ab + (cd - ab) * fy;
}

static pa_v4 tap_anywhere(const pa_plane *p, float x, float y) {
  x = tame(x - .5f, p->width);
  y = tame(y - .5f, p->height);
  float left = floorf(x), top = floorf(y);
  float fx = x - left, fy = y - top;
  int ix = (int)left, iy = (int)top;
  pa_v4 a = pa_plane_pixel(p, ix, iy), b = pa_plane_pixel(p, ix + 1, iy);
  pa_v4 c = pa_plane_pixel(p, ix, iy + 1);
  pa_v4 d = pa_plane_pixel(p, ix + 1, iy + 1);
  pa_v4 ab = a + (b - a) * fx, cd = c + (d - c) * fx;
  return ab + (cd - ab) * fy;
}

PA_APART static pa_v4 average_anywhere(const grid *g, float x, float y) {
  pa_v4 sum = {0};
  for (int j = 0; j < g->ny; j++)
    for (int i = 0; i < g->nx; i++)
      sum += tap_anywhere(g->plane, x + g->xx * (float)i + g->xy * (float)j,
                          y + g->yx * (float)i + g->yy * (float)j);
  return sum / (float)(g->nx * g->ny);
}

static pa_v4 average_bilinear(const grid *g, float x, float y) {
  size_t row = (size_t)4 * (size_t)g->plane->width;
  pa_v4 sum = {0};
  for (int j = 0; j < g->ny; j++)
    for (int i = 0; i < g->nx; i++) {
      float tx = x + g->xx * (float)i + g->xy * (float)j - .5f;
      float ty = y + g->yx * (float)i + g->yy * (float)j - .5f;
      int ix = (int)tx, iy = (int)ty;
      sum += mix(pa_plane_at(g->plane, ix, iy), row, tx - (float)ix,
                 ty - (float)iy);
    }
  return sum / (float)(g->nx * g->ny);
}

static u16x8 load_pair(const uint8_t *p) {
  u8x8 two;
  memcpy(&two, p, 8);
  return __builtin_convertvector(two, u16x8);
}

PA_APART static pa_v4 average_blocks(const grid *g, float x, float y) {
  size_t row = (size_t)4 * (size_t)g->plane->width;
  pa_v4 sum = {0};
  for (int j = 0; j < g->ny; j++) {
    /* A block at (x, y) has its middle there: its first pixel is the one whose
     * corner is nearest to (x - 1, y - 1). */
    float tx = x + g->xy * (float)j - .5f, ty = y + g->yy * (float)j - .5f;
    u16x8 acc = {0};
    for (int i = 0; i < g->nx; i++, tx += g->xx, ty += g->yx) {
      const uint8_t *p = pa_plane_at(g->plane, (int)tx, (int)ty);
      acc += load_pair(p) + load_pair(p + row);
    }
    u16x8 folded =
        acc + __builtin_shufflevector(acc, acc, 4, 5, 6, 7, 0, 1, 2, 3);
    sum += __builtin_convertvector(
        __builtin_shufflevector(folded, folded, 0, 1, 2, 3), pa_v4);
  }
  return sum / (float)(4 * g->nx * g->ny);
}

/* Whether all taps of the output pixel whose first tap is (x, y) lie in the
 * photo, with a margin of half a pixel and more for the rounding of the sums.
 */
static inline bool is_inside(const grid *g, float x, float y) {
  return x + g->left >= 1 && y + g->top >= 1 &&
         x + g->right <= (float)(g->plane->width - 1) &&
         y + g->bottom <= (float)(g->plane->height - 1);
}

static pa_v4 average_near_edge(const grid *g, float x, float y) {
  const pa_plane *p = g->plane;
  if (!p->repeat && (x + g->right < -1 || y + g->bottom < -1 ||
                     x + g->left > (float)(p->width + 1) ||
                     y + g->top > (float)(p->height + 1)))
    return p->outside;
  return average_anywhere(g, x, y);
}

static int tap_count(float shrink, bool blocks) {
  float n = ceilf(blocks ? shrink / 2 : shrink);
  return n >= 1 ? n <= MOST_TAPS ? (int)n : MOST_TAPS : 1;
}

static grid grid_of(const pa_plane *plane, const pa_affine *m) {
  float sx = hypotf(m->xx, m->yx), sy = hypotf(m->xy, m->yy);
  grid g = {.plane = plane, .blocks = fminf(sx, sy) >= LARGE};
  g.nx = tap_count(sx, g.blocks);
  g.ny = tap_count(sy, g.blocks);
  g.xx = m->xx / (float)g.nx;
  g.yx = m->yx / (float)g.nx;
  g.xy = m->xy / (float)g.ny;
  g.yy = m->yy / (float)g.ny;
  const float nx = (float)(g.nx - 1), ny = (float)(g.ny - 1);
  g.left = fminf(g.xx * nx, 0) + fminf(g.xy * ny, 0);
  g.right = fmaxf(g.xx * nx, 0) + fmaxf(g.xy * ny, 0);
  g.top = fminf(g.yx * nx, 0) + fminf(g.yy * ny, 0);
  g.bottom = fmaxf(g.yx * nx, 0) + fmaxf(g.yy * ny, 0);
  return g;
}

void pa_sample_row_turned(const pa_plane *plane, const pa_affine *m,
                          unsigned width, unsigned y, float scale, float offset,
                          float *out) {
  const grid g = grid_of(plane, m);
  const bool opaque = plane->image->opaque;
  const float v = (float)y + .5f / (float)g.ny, first = .5f / (float)g.nx;
  for (unsigned x = 0; x < width; x++, out += 3) {
    const float u = (float)x + first;
    const float fx = m->xx * u + m->xy * v + m->x0;
    const float fy = m->yx * u + m->yy * v + m->y0;
    pa_v4 value;
    if (!opaque || !is_inside(&g, fx, fy))
      value = average_near_edge(&g, fx, fy);
    else if (g.blocks)
      value = average_blocks(&g, fx, fy);
    else
      value = average_bilinear(&g, fx, fy);
    value = value * scale + offset;
    out[0] = value[0];
    out[1] = value[1];
    out[2] = value[2];
  }
}
