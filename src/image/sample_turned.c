/* Resampling with any affine map: a grid of taps over the output pixel's
 * footprint. While it is small the taps are bilinear, at most a pixel apart;
 * when it is large they are blocks of 2 x 2 pixels, two pixels apart, at the
 * nearest whole position. */
#include <math.h>

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

static pa_v4 average_anywhere(const grid *g, float x, float y) {
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

static pa_v4 average_blocks(const grid *g, float x, float y) {
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

/* Where the taps of the output pixel whose first tap is (x, y) lie. */
static void bounds(const grid *g, float x, float y, float *left, float *right,
                   float *top, float *bottom) {
  float nx = (float)(g->nx - 1), ny = (float)(g->ny - 1);
  float ax = g->xx * nx, bx = g->xy * ny;
  float ay = g->yx * nx, by = g->yy * ny;
  *left = x + fminf(ax, 0) + fminf(bx, 0);
  *right = x + fmaxf(ax, 0) + fmaxf(bx, 0);
  *top = y + fminf(ay, 0) + fminf(by, 0);
  *bottom = y + fmaxf(ay, 0) + fmaxf(by, 0);
}

static pa_v4 average(const grid *g, float x, float y) {
  const pa_plane *p = g->plane;
  float left, right, top, bottom;
  bounds(g, x, y, &left, &right, &top, &bottom);
  float w = (float)p->width, h = (float)p->height;
  /* A margin of half a pixel and more for the rounding of the sums. */
  bool inside = left >= 1 && top >= 1 && right <= w - 1 && bottom <= h - 1;
  if (inside && p->image->opaque)
    return g->blocks ? average_blocks(g, x, y) : average_bilinear(g, x, y);
  if (!p->repeat && (right < -1 || bottom < -1 || left > w + 1 || top > h + 1))
    return p->outside;
  return average_anywhere(g, x, y);
}

static int tap_count(float shrink, bool blocks) {
  float n = ceilf(blocks ? shrink / 2 : shrink);
  return n >= 1 ? n <= MOST_TAPS ? (int)n : MOST_TAPS : 1;
}

void pa_sample_row_turned(const pa_plane *plane, const pa_affine *m,
                          unsigned width, unsigned y, float scale, float offset,
                          float *out) {
  float sx = hypotf(m->xx, m->yx), sy = hypotf(m->xy, m->yy);
  grid g = {.plane = plane, .blocks = fminf(sx, sy) >= LARGE};
  g.nx = tap_count(sx, g.blocks);
  g.ny = tap_count(sy, g.blocks);
  g.xx = m->xx / (float)g.nx;
  g.yx = m->yx / (float)g.nx;
  g.xy = m->xy / (float)g.ny;
  g.yy = m->yy / (float)g.ny;
  for (unsigned x = 0; x < width; x++, out += 3) {
    float fx, fy;
    pa_affine_apply(m, (float)x + .5f / (float)g.nx,
                    (float)y + .5f / (float)g.ny, &fx, &fy);
    pa_v4 value = average(&g, fx, fy) * scale + offset;
    out[0] = value[0];
    out[1] = value[1];
    out[2] = value[2];
  }
}
