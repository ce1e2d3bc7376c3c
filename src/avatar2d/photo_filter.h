/* Filters on planes of floats, row by row without padding. Results may not be
 * the input unless it is said. */
#ifndef PARSONA_AVATAR2D_PHOTO_FILTER_H
#define PARSONA_AVATAR2D_PHOTO_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/apart.h"
#include "base/clamp.h"
#include "stitch/color.h"

static inline float pa_mixf(float a, float b, float t) {
  return a + (b - a) * t;
}
/* 0 up to `from`, 1 from `to` on, smooth between. */
static inline float pa_step(float from, float to, float v) {
  float t = pa_clamp((v - from) / (to - from), 0, 1);
  return t * t * (3 - 2 * t);
}

/* Mean over (2r + 1) x (2r + 1) pixels, of those there are. out may be in. */
void pa_box(const float *in, float *out, int width, int height, int radius);
/* Two boxes: near a Gaussian of deviation about .82 (r + .5). out may be in. */
void pa_blur(const float *in, float *out, int width, int height, int radius);

/* Halves both sides (which are even) by averages; doubles them bilinearly. */
void pa_halve(const float *in, float *out, int width, int height);
void pa_double(const float *in, float *out, int width, int height);

/* The guided filter (He, Sun and Tang 2010) with a grey guide, computed on
 * halved planes (He and Sun 2015). `width` x `height` is even; `scratch`: six
 * planes. out may be in or guide. `radius` in pixels of the full size. */
void pa_guided(const float *guide, const float *in, float *out, int width,
               int height, int radius, float epsilon, float *const *scratch);

/* A hash of a place as 0..1 (PCG's output function, O'Neill 2014). */
float pa_hash(uint32_t x, uint32_t y, uint32_t seed);
/* Value noise of mean .5 whose hills are `size` pixels apart, 0..1. */
float pa_noise(float x, float y, float size, uint32_t seed);
/* The same for places that mostly lie in the cell of the one before, along a
 * line across the lattice; `cell` is all zero at first. */
typedef struct pa_noise_cell {
  bool known;
  int x, y;
  float corners[4];
} pa_noise_cell;
float pa_noise_near(pa_noise_cell *cell, float x, float y, float size,
                    uint32_t seed);
/* The same at `n` places from (x, y) on, one pixel apart. */
void pa_noise_row(float x, float y, float size, uint32_t seed, int n,
                  float *out);
/* Four octaves of it. */
void pa_turbulence_row(float x, float y, float size, uint32_t seed, int n,
                       float *out);

/* Line integral convolution (Cabral and Leedom 1993): the mean of `in` along
 * the field through each pixel, `steps` steps of `stride` pixels each way (as
 * long as the finest hills of `in`), where `alpha` is not 0; elsewhere `in`.
 * Lines end where `part` changes. With a `spare` plane (or NULL) it is done in
 * two passes where 2 steps + 1 is a multiple of 3. */
void pa_along(const float *in, const float *tx, const float *ty,
              const float *alpha, const uint8_t *part, int side, int steps,
              float stride, float *spare, float *out);

/* Three planes of linear light to OKLab's, in place, to a few parts in a
 * million. */
void pa_lab_linear(float *restrict r, float *restrict g, float *restrict b,
                   size_t n);
/* sRGB floats (0..255, interleaved) to OKLab planes; one colour, and a row of
 * `n` pixels, back: sRGB bytes, of which alphas are left. */
void pa_lab_planes(const float *rgb, size_t count, float *l, float *a,
                   float *b);
void pa_lab_bytes(float l, float a, float b, uint8_t *rgb);
void pa_lab_row(const float *l, const float *a, const float *b, size_t n,
                uint8_t *rgba);

#endif
