#include <math.h>
#include <string.h>

#include "image/image.h"

/* One RGBA pixel in float lanes. */
typedef float v4 __attribute__((vector_size(16)));
typedef uint8_t u8x4 __attribute__((vector_size(4)));

typedef struct sampler {
  const pa_image *image;
  v4 outside;
  bool repeat; /* edge pixels instead of `outside` */
  /* Sub-samples of an output pixel, and the map from one to the next. */
  unsigned nx, ny;
  float step_xx, step_yx, step_xy, step_yy;
} sampler;

static v4 load(const uint8_t *p) {
  u8x4 bytes;
  memcpy(&bytes, p, 4);
  return __builtin_convertvector(bytes, v4);
}

static v4 over_white(v4 p) {
  float a = p[3] * (1 / 255.f);
  return p * a + 255 * (1 - a);
}

static v4 pixel(const sampler *s, int x, int y) {
  int w = (int)s->image->width, h = (int)s->image->height;
  if (x < 0 || y < 0 || x >= w || y >= h) {
    if (!s->repeat) return s->outside;
    x = x < 0 ? 0 : x >= w ? w - 1 : x;
    y = y < 0 ? 0 : y >= h ? h - 1 : y;
  }
  v4 p = load(s->image->rgba + 4 * ((size_t)y * (size_t)w + (size_t)x));
  return s->image->opaque ? p : over_white(p);
}

/* Far outside, one place is like another; keeps the numbers in int's range
 * (fmaxf makes a number of NaN). */
static float tame(float v, unsigned size) {
  return fminf(fmaxf(v, -4), (float)size + 4);
}

static v4 tap(const sampler *s, float x, float y) {
  x = tame(x - .5f, s->image->width);
  y = tame(y - .5f, s->image->height);
  float left = floorf(x), top = floorf(y);
  float fx = x - left, fy = y - top;
  int ix = (int)left, iy = (int)top;
  v4 a = pixel(s, ix, iy), b = pixel(s, ix + 1, iy);
  v4 c = pixel(s, ix, iy + 1), d = pixel(s, ix + 1, iy + 1);
  v4 ab = a + (b - a) * fx, cd = c + (d - c) * fx;
  return ab + (cd - ab) * fy;
}

/* All four neighbours are inside and opaque. */
static v4 tap_inside(const sampler *s, float x, float y) {
  x -= .5f;
  y -= .5f;
  int ix = (int)x, iy = (int)y;
  float fx = x - (float)ix, fy = y - (float)iy;
  size_t row = (size_t)4 * s->image->width;
  const uint8_t *p = s->image->rgba + row * (size_t)iy + 4 * (size_t)ix;
  v4 a = load(p), b = load(p + 4), c = load(p + row), d = load(p + row + 4);
  v4 ab = a + (b - a) * fx, cd = c + (d - c) * fx;
  return ab + (cd - ab) * fy;
}

/* Whether every tap of the output pixel whose first tap is (x, y) has all its
 * neighbours inside the image. */
static bool all_inside(const sampler *s, float x, float y) {
  float nx = (float)(s->nx - 1), ny = (float)(s->ny - 1);
  float ax = s->step_xx * nx, bx = s->step_xy * ny;
  float ay = s->step_yx * nx, by = s->step_yy * ny;
  float left = x + fminf(ax, 0) + fminf(bx, 0);
  float right = x + fmaxf(ax, 0) + fmaxf(bx, 0);
  float top = y + fminf(ay, 0) + fminf(by, 0);
  float bottom = y + fmaxf(ay, 0) + fmaxf(by, 0);
  /* A margin of a hundredth of a pixel for the rounding of the sums. */
  return left >= .51f && top >= .51f &&
         right <= (float)s->image->width - .51f &&
         bottom <= (float)s->image->height - .51f;
}

static v4 average(const sampler *s, float x, float y) {
  bool fast = s->image->opaque && all_inside(s, x, y);
  v4 sum = {0};
  for (unsigned j = 0; j < s->ny; j++) {
    for (unsigned i = 0; i < s->nx; i++) {
      float tx = x + s->step_xx * (float)i + s->step_xy * (float)j;
      float ty = y + s->step_yx * (float)i + s->step_yy * (float)j;
      sum += fast ? tap_inside(s, tx, ty) : tap(s, tx, ty);
    }
  }
  return sum / (float)(s->nx * s->ny);
}

/* Taps along one axis of an output pixel that covers `shrink` input pixels:
 * each tap is bilinear, so one for every one and a half pixels leaves no
 * gaps. */
static unsigned tap_count(float shrink) {
  float n = ceilf(shrink * (2 / 3.f));
  return n >= 1 ? n <= 64 ? (unsigned)n : 64 : 1;
}

void pa_image_sample(const pa_image *image, pa_affine m, unsigned width,
                     unsigned height, float scale, float offset, float outside,
                     unsigned row_begin, unsigned row_end, float *out) {
  sampler s = {.image = image, .repeat = outside < 0};
  s.outside = (v4){outside, outside, outside, 255};
  s.nx = tap_count(hypotf(m.xx, m.yx));
  s.ny = tap_count(hypotf(m.xy, m.yy));
  s.step_xx = m.xx / (float)s.nx;
  s.step_yx = m.yx / (float)s.nx;
  s.step_xy = m.xy / (float)s.ny;
  s.step_yy = m.yy / (float)s.ny;
  if (row_end > height) row_end = height;
  for (unsigned y = row_begin; y < row_end; y++) {
    float *p = out + (size_t)3 * width * y;
    for (unsigned x = 0; x < width; x++, p += 3) {
      float fx, fy;
      pa_affine_apply(&m, (float)x + .5f / (float)s.nx,
                      (float)y + .5f / (float)s.ny, &fx, &fy);
      v4 v = average(&s, fx, fy) * scale + offset;
      p[0] = v[0];
      p[1] = v[1];
      p[2] = v[2];
    }
  }
}

float pa_image_bilinear(const float *map, unsigned width, unsigned height,
                        unsigned channels, unsigned c, float x, float y) {
  x = fminf(fmaxf(x - .5f, 0), (float)(width - 1));
  y = fminf(fmaxf(y - .5f, 0), (float)(height - 1));
  size_t x0 = (size_t)x, y0 = (size_t)y;
  size_t x1 = x0 + 1 < width ? x0 + 1 : x0;
  size_t y1 = y0 + 1 < height ? y0 + 1 : y0;
  float fx = x - (float)x0, fy = y - (float)y0;
  const float *top = map + y0 * width * channels + c;
  const float *bottom = map + y1 * width * channels + c;
  float a = top[x0 * channels], b = top[x1 * channels];
  float d = bottom[x0 * channels], e = bottom[x1 * channels];
  float ab = a + (b - a) * fx, de = d + (e - d) * fx;
  return ab + (de - ab) * fy;
}
