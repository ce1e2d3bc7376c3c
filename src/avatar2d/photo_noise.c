/* Value noise, row by row: its lattice is hashed once a cell, not a pixel. */
#include <string.h>

#include "avatar2d/photo_filter.h"

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

float pa_noise_near(pa_noise_cell *cell, float x, float y, float size,
                    uint32_t seed) {
  x = x / size + 64, y = y / size + 64;
  int fx = below(x), fy = below(y);
  if (!cell->known || fx != cell->x || fy != cell->y) {
    *cell = (pa_noise_cell){.known = true, .x = fx, .y = fy};
    for (uint32_t k = 0; k < 4; k++)
      cell->corners[k] =
          pa_hash((uint32_t)fx + k % 2, (uint32_t)fy + k / 2, seed);
  }
  float u = bend(x - (float)fx), v = bend(y - (float)fy);
  const float *c = cell->corners;
  return pa_mixf(pa_mixf(c[0], c[1], u), pa_mixf(c[2], c[3], u), v);
}

float pa_noise(float x, float y, float size, uint32_t seed) {
  pa_noise_cell cell = {0};
  return pa_noise_near(&cell, x, y, size, seed);
}

/* The lattice at column i, `v` of the way from row j to the next. */
static float between(uint32_t i, uint32_t j, float v, uint32_t seed) {
  float up = pa_hash(i, j, seed);
  return v > 0 ? pa_mixf(up, pa_hash(i, j + 1, seed), v) : up;
}

/* Places on the lattice itself. */
static void add_hashes(uint32_t i, uint32_t j, uint32_t seed, float weight,
                       int n, float *out) {
  for (int k = 0; k < n; k++)
    out[k] += weight * pa_hash(i + (uint32_t)k, j, seed);
}

static void add_row(float x0, float y, float size, uint32_t seed, float weight,
                    int n, float *out) {
  const float step = 1 / size;
  y = y * step + 64;
  int fy = below(y), cell = below(x0 * step + 64);
  uint32_t j = (uint32_t)fy;
  float v = bend(y - (float)fy);
  if (size == 1 && v == 0 && x0 == (float)(cell - 64)) {
    add_hashes((uint32_t)cell, j, seed, weight, n, out);
    return;
  }
  float left = weight * between((uint32_t)cell, j, v, seed);
  for (int k = 0; k < n; cell++) {
    float right = weight * between((uint32_t)cell + 1, j, v, seed);
    int end = -below(x0 - (float)(cell - 63) * size); /* of the cell */
    float x = (x0 - (float)(cell - 64) * size) * step;
    if (end > n) end = n;
    for (; k < end; k++)
      out[k] += left + (right - left) * bend(x + (float)k * step);
    left = right;
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
