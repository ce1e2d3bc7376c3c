#include "avatar2d/photo_filter.h"

#include <limits.h>
#include <math.h>
#include <string.h>

#include "avatar2d/photo.h"

/* No plane is wider. */
#define WIDEST PA_PHOTO_MOST

static int least(int a, int b) {
  return a < b ? a : b;
}

static int most(int a, int b) {
  return a > b ? a : b;
}

/* ------------------------------------------------------------ boxes */

/* Several rows at once: each waits for its own sums only. */
#define ROWS 4

static inline void box_rows(const float *in, float *out, int n, int r,
                            int rows) {
  float row[WIDEST][ROWS], sum[ROWS] = {0};
  for (int k = 0; k < rows; k++)
    for (int x = 0; x < n; x++)
      row[x][k] = in[k * n + x];
  int count = 0;
  for (; count <= r && count < n; count++)
    for (int k = 0; k < rows; k++)
      sum[k] += row[count][k];
  for (int x = 0; x < n; x++) {
    float share = 1 / (float)count;
    for (int k = 0; k < rows; k++)
      out[k * n + x] = sum[k] * share;
    if (x + r + 1 < n) {
      count++;
      for (int k = 0; k < rows; k++)
        sum[k] += row[x + r + 1][k];
    }
    if (x - r >= 0) {
      count--;
      for (int k = 0; k < rows; k++)
        sum[k] -= row[x - r][k];
    }
  }
}

/* Down the columns, all of a strip at once; old rows are kept in a ring since
 * `plane` is overwritten. */
#define STRIP 32
#define RING 128

static void box_columns(float *plane, int width, int height, int r, int x0,
                        int n) {
  float sum[STRIP] = {0}, ring[RING][STRIP];
  int count = 0;
  for (int y = 0; y <= least(r, height - 1); y++, count++)
    for (int x = 0; x < n; x++)
      sum[x] += plane[(size_t)y * (size_t)width + (size_t)(x0 + x)];
  for (int y = 0; y < height; y++) {
    float *row = plane + (size_t)y * (size_t)width + x0;
    float *kept = ring[y % RING], share = 1 / (float)count;
    memcpy(kept, row, (size_t)n * sizeof *kept);
    for (int x = 0; x < n; x++)
      row[x] = sum[x] * share;
    if (y + r + 1 < height) {
      const float *next = row + (size_t)(r + 1) * (size_t)width;
      for (int x = 0; x < n; x++)
        sum[x] += next[x];
      count++;
    }
    if (y - r >= 0) {
      const float *old = ring[(y - r) % RING];
      for (int x = 0; x < n; x++)
        sum[x] -= old[x];
      count--;
    }
  }
}

void pa_box(const float *in, float *out, int width, int height, int radius) {
  int r = least(radius, RING - 1);
  int y = 0;
  for (; y + ROWS <= height; y += ROWS)
    box_rows(in + (size_t)y * (size_t)width, out + (size_t)y * (size_t)width,
             width, r, ROWS);
  for (; y < height; y++)
    box_rows(in + (size_t)y * (size_t)width, out + (size_t)y * (size_t)width,
             width, r, 1);
  for (int x = 0; x < width; x += STRIP)
    box_columns(out, width, height, r, x, least(STRIP, width - x));
}

void pa_blur(const float *in, float *out, int width, int height, int radius) {
  pa_box(in, out, width, height, radius);
  pa_box(out, out, width, height, radius);
}

/* ------------------------------------------------------------ sizes */

void pa_halve(const float *in, float *out, int width, int height) {
  int w = width / 2, h = height / 2;
  for (int y = 0; y < h; y++) {
    const float *up = in + (size_t)(2 * y) * (size_t)width, *low = up + width;
    for (int x = 0; x < w; x++)
      out[(size_t)y * (size_t)w + (size_t)x] =
          .25f * (up[2 * x] + up[2 * x + 1] + low[2 * x] + low[2 * x + 1]);
  }
}

void pa_double(const float *in, float *out, int width, int height) {
  int w = width / 2, h = height / 2;
  for (int y = 0; y < height; y++) {
    int near = y / 2, far = y % 2 ? least(near + 1, h - 1) : most(near - 1, 0);
    const float *a = in + (size_t)near * (size_t)w;
    const float *b = in + (size_t)far * (size_t)w;
    float row[WIDEST];
    for (int x = 0; x < w; x++)
      row[x] = .75f * a[x] + .25f * b[x];
    float *to = out + (size_t)y * (size_t)width;
    for (int x = 0; x < w; x++) {
      to[2 * x] = .75f * row[x] + .25f * row[most(x - 1, 0)];
      to[2 * x + 1] = .75f * row[x] + .25f * row[least(x + 1, w - 1)];
    }
  }
}

void pa_guided(const float *guide, const float *in, float *out, int width,
               int height, int radius, float epsilon, float *const *scratch) {
  int w = width / 2, h = height / 2, r = most(radius / 2, 1);
  size_t n = (size_t)w * (size_t)h;
  float *i = scratch[0], *p = scratch[1], *ii = scratch[2], *ip = scratch[3];
  pa_halve(guide, i, width, height);
  pa_halve(in, p, width, height);
  for (size_t k = 0; k < n; k++)
    ii[k] = i[k] * i[k], ip[k] = i[k] * p[k];
  pa_box(i, i, w, h, r);
  pa_box(p, p, w, h, r);
  pa_box(ii, ii, w, h, r);
  pa_box(ip, ip, w, h, r);
  for (size_t k = 0; k < n; k++) {
    float slope = (ip[k] - i[k] * p[k]) / (ii[k] - i[k] * i[k] + epsilon);
    ip[k] = slope;
    p[k] -= slope * i[k];
  }
  pa_box(ip, ip, w, h, r);
  pa_box(p, p, w, h, r);
  pa_double(ip, scratch[4], width, height);
  pa_double(p, scratch[5], width, height);
  n = (size_t)width * (size_t)height;
  for (size_t k = 0; k < n; k++)
    out[k] = scratch[4][k] * guide[k] + scratch[5][k];
}

/* ------------------------------------------------------------ noise */

float pa_hash(uint32_t x, uint32_t y, uint32_t seed) {
  uint32_t v = x * 0x9e3779b1u ^ (y + seed * 0x85ebca6bu) * 0xc2b2ae35u;
  v = v * 747796405u + 2891336453u;
  v = ((v >> ((v >> 28) + 4)) ^ v) * 277803737u;
  v = (v >> 22) ^ v;
  return (float)(v >> 8) * (1.f / 16777216);
}

/* floorf is a call where there is no SSE 4. */
static int below(float v) {
  int i = (int)v;
  return v < (float)i ? i - 1 : i;
}

static float bend(float t) {
  return t * t * (3 - 2 * t);
}

float pa_noise(float x, float y, float size, uint32_t seed) {
  x = x / size + 64, y = y / size + 64;
  int fx = below(x), fy = below(y);
  float u = bend(x - (float)fx), v = bend(y - (float)fy);
  uint32_t i = (uint32_t)fx, j = (uint32_t)fy;
  return pa_mixf(
      pa_mixf(pa_hash(i, j, seed), pa_hash(i + 1, j, seed), u),
      pa_mixf(pa_hash(i, j + 1, seed), pa_hash(i + 1, j + 1, seed), u), v);
}

static void add_row(float x0, float y, float size, uint32_t seed, float weight,
                    int n, float *out) {
  y = y / size + 64;
  int fy = below(y), cell = INT_MIN;
  float v = bend(y - (float)fy), left = 0, right = 0;
  uint32_t j = (uint32_t)fy;
  for (int k = 0; k < n; k++) {
    float x = (x0 + (float)k) / size + 64;
    int fx = below(x);
    if (fx != cell) {
      uint32_t i = (uint32_t)(cell = fx);
      left = pa_mixf(pa_hash(i, j, seed), pa_hash(i, j + 1, seed), v);
      right = pa_mixf(pa_hash(i + 1, j, seed), pa_hash(i + 1, j + 1, seed), v);
    }
    out[k] += weight * pa_mixf(left, right, bend(x - (float)fx));
  }
}

void pa_noise_row(float x, float y, float size, uint32_t seed, int n,
                  float *out) {
  memset(out, 0, (size_t)n * sizeof *out);
  add_row(x, y, size, seed, 1, n, out);
}

void pa_turbulence_row(float x, float y, float size, uint32_t seed, int n,
                       float *out) {
  float weight = .5f / .9375f;
  memset(out, 0, (size_t)n * sizeof *out);
  for (uint32_t octave = 0; octave < 4; octave++) {
    add_row(x, y, size, seed + octave, weight, n, out);
    size *= .5f, weight *= .5f;
  }
}

/* ------------------------------------------------------------ lines */

typedef struct walk {
  const float *in, *tx, *ty;
  const uint8_t *part;
  int side, steps;
  float stride;
} walk;

/* Adds what lies on one side of a pixel; returns how many pixels it took. */
static int walk_on(const walk *w, int x, int y, float way, float *sum) {
  size_t at = (size_t)y * (size_t)w->side + (size_t)x;
  uint8_t part = w->part[at];
  float px = (float)x + .5f, py = (float)y + .5f;
  way *= w->stride;
  float dx = way * w->tx[at], dy = way * w->ty[at];
  for (int i = 0; i < w->steps; i++) {
    px += dx, py += dy;
    int ix = (int)px, iy = (int)py;
    if (px < 0 || py < 0 || ix >= w->side || iy >= w->side) return i;
    at = (size_t)iy * (size_t)w->side + (size_t)ix;
    if (w->part[at] != part) return i;
    *sum += w->in[at];
    /* The field has no sign: go on the way that was gone. */
    float nx = w->tx[at], ny = w->ty[at];
    float same = nx * dx + ny * dy < 0 ? -w->stride : w->stride;
    dx = same * nx, dy = same * ny;
  }
  return w->steps;
}

void pa_along(const float *in, const float *tx, const float *ty,
              const float *alpha, const uint8_t *part, int side, int steps,
              float stride, float *out) {
  walk w = {in, tx, ty, part, side, steps, stride};
  for (int y = 0; y < side; y++)
    for (int x = 0; x < side; x++) {
      size_t at = (size_t)y * (size_t)side + (size_t)x;
      float sum = in[at];
      if (!(alpha[at] > 0)) {
        out[at] = sum;
        continue;
      }
      int count = 1 + walk_on(&w, x, y, 1, &sum);
      count += walk_on(&w, x, y, -1, &sum);
      out[at] = sum / (float)count;
    }
}

/* ------------------------------------------------------------ colours */

#define STEPS 1020 /* a quarter of an 8-bit step */

/* The cube root of 0..1 to a few parts in a million: a guess from the exponent
 * and two steps of Halley's. */
static inline float root(float v) {
  union {
    float f;
    uint32_t u;
  } guess = {v + 1e-9f};
  guess.u = guess.u / 3 + 709921077u;
  float g = guess.f;
  for (int i = 0; i < 2; i++) {
    float cube = g * g * g;
    g *= (cube + 2 * v) / (2 * cube + v + 1e-12f);
  }
  return g;
}

void pa_lab_planes(const float *rgb, size_t count, float *l, float *a,
                   float *b) {
  float table[STEPS + 1];
  for (int i = 0; i <= STEPS; i++)
    table[i] = pa_srgb_linear((float)i / STEPS);
  for (size_t i = 0; i < count; i++) {
    float v[3];
    for (size_t c = 0; c < 3; c++)
      v[c] = table[(int)(pa_clampf(rgb[3 * i + c], 0, 255) * 4 + .5f)];
    float x = .4122214708f * v[0] + .5363325363f * v[1] + .0514459929f * v[2];
    float y = .2119034982f * v[0] + .6806995451f * v[1] + .1073969566f * v[2];
    float z = .0883024619f * v[0] + .2817188376f * v[1] + .6299787005f * v[2];
    x = root(x), y = root(y), z = root(z);
    l[i] = .2104542553f * x + .7936177850f * y - .0040720468f * z;
    a[i] = 1.9779984951f * x - 2.4285922050f * y + .4505937099f * z;
    b[i] = .0259040371f * x + .7827717662f * y - .8086757660f * z;
  }
}

/* sRGB's exponent is 5/12: the fourth root of the fifth power of the cube
 * root. */
static uint8_t byte_of(float v) {
  if (!(v > 0)) return 0;
  if (v >= 1) return 255;
  float c = root(v);
  float s = v <= .0031308f ? 12.92f * v : 1.055f * c * sqrtf(sqrtf(c)) - .055f;
  return (uint8_t)(s * 255 + .5f);
}

void pa_lab_bytes(float l, float a, float b, uint8_t *rgb) {
  float x = l + .3963377774f * a + .2158037573f * b;
  float y = l - .1055613458f * a - .0638541728f * b;
  float z = l - .0894841775f * a - 1.2914855480f * b;
  x *= x * x, y *= y * y, z *= z * z;
  rgb[0] = byte_of(4.0767416621f * x - 3.3077115913f * y + .2309699292f * z);
  rgb[1] = byte_of(-1.2684380046f * x + 2.6097574011f * y - .3413193965f * z);
  rgb[2] = byte_of(-.0041960863f * x - .7034186147f * y + 1.7076147010f * z);
}
