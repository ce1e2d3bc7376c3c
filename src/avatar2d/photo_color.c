/* sRGB and OKLab, many pixels at once: loops that compilers make vectors of. */
#include <math.h>

#include "avatar2d/photo_filter.h"

#define STEPS 1020 /* a quarter of an 8-bit step */
#define BATCH 64

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

void pa_lab_linear(float *restrict r, float *restrict g, float *restrict b,
                   size_t n) {
  for (size_t i = 0; i < n; i++) {
    float x = .4122214708f * r[i] + .5363325363f * g[i] + .0514459929f * b[i];
    float y = .2119034982f * r[i] + .6806995451f * g[i] + .1073969566f * b[i];
    float z = .0883024619f * r[i] + .2817188376f * g[i] + .6299787005f * b[i];
    x = root(x), y = root(y), z = root(z);
    r[i] = .2104542553f * x + .7936177850f * y - .0040720468f * z;
    g[i] = 1.9779984951f * x - 2.4285922050f * y + .4505937099f * z;
    b[i] = .0259040371f * x + .7827717662f * y - .8086757660f * z;
  }
}

PA_APART static void linear_of(const float *rgb, const float *table, size_t n,
                               float *r, float *g, float *b) {
  float *planes[3] = {r, g, b};
  for (size_t i = 0; i < n; i++)
    for (size_t c = 0; c < 3; c++)
      planes[c][i] = table[(int)(pa_clamp(rgb[3 * i + c], 0, 255) * 4 + .5f)];
}

void pa_lab_planes(const float *rgb, size_t count, float *l, float *a,
                   float *b) {
  float table[STEPS + 1];
  for (int i = 0; i <= STEPS; i++)
    table[i] = pa_srgb_linear((float)i / STEPS);
  for (size_t done = 0; done < count; done += BATCH) {
    size_t n = count - done < BATCH ? count - done : BATCH;
    linear_of(rgb + 3 * done, table, n, l + done, a + done, b + done);
    pa_lab_linear(l + done, a + done, b + done, n);
  }
}

/* sRGB's curve from two square roots, a tenth of an 8-bit step off at most. */
static inline float encode(float v) {
  v = v > 0 ? v : 0;
  v = v < 1 ? v : 1;
  float s = sqrtf(v), q = sqrtf(s);
  float curve = 212.60862f * s + 76.016515f * q - 14.106630f * v - 19.610236f;
  return (v > .0031308f ? curve : 3294.6f * v) + .5f;
}

static void bytes_of(const float *restrict l, const float *restrict a,
                     const float *restrict b, size_t n,
                     float *restrict v) { /* 3 x n */
  for (size_t i = 0; i < n; i++) {
    float x = l[i] + .3963377774f * a[i] + .2158037573f * b[i];
    float y = l[i] - .1055613458f * a[i] - .0638541728f * b[i];
    float z = l[i] - .0894841775f * a[i] - 1.2914855480f * b[i];
    x *= x * x, y *= y * y, z *= z * z;
    v[i] = encode(4.0767416621f * x - 3.3077115913f * y + .2309699292f * z);
    v[BATCH + i] =
        encode(-1.2684380046f * x + 2.6097574011f * y - .3413193965f * z);
    v[2 * BATCH + i] =
        encode(-.0041960863f * x - .7034186147f * y + 1.7076147010f * z);
  }
}

void pa_lab_row(const float *l, const float *a, const float *b, size_t n,
                uint8_t *rgba) {
  float v[3 * BATCH];
  for (size_t done = 0; done < n; done += BATCH) {
    size_t part = n - done < BATCH ? n - done : BATCH;
    bytes_of(l + done, a + done, b + done, part, v);
    for (size_t i = 0; i < part; i++)
      for (size_t c = 0; c < 3; c++)
        rgba[4 * (done + i) + c] = (uint8_t)v[c * BATCH + i];
  }
}

void pa_lab_bytes(float l, float a, float b, uint8_t *rgb) {
  float v[3 * BATCH];
  bytes_of(&l, &a, &b, 1, v);
  for (size_t c = 0; c < 3; c++)
    rgb[c] = (uint8_t)v[c * BATCH];
}
