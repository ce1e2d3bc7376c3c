#include "avatar2d/photo_matte.h"

#include "avatar2d/photo_filter.h"

#define EPSILON 4e-4f /* of colours 0..1: what is less is taken for even */

/* Planes of half the size, in the scratch planes behind the colours. */
enum { R, G, B, P, RP, GP, BP, RR, RG, RB, GG, GB, BB, PLANES };

static float *half_plane(const pa_photo *photo, int number) {
  return photo->scratch[3 + number / 4] +
         (size_t)(number % 4) * (photo->area / 4);
}

PA_APART static void take_channel(const float *rgb, size_t n, float *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = rgb[3 * i] * (1 / 255.f);
}

static void halve_colors(pa_photo *photo, const float *rgb, float **h) {
  float *plane = photo->line;
  const size_t side = (size_t)photo->side;
  for (size_t c = 0; c < 3; c++) {
    for (size_t i = 0; i < photo->area; i += side)
      take_channel(rgb + 3 * i + c, side, plane + i);
    pa_halve(plane, h[c], photo->side, photo->side);
  }
  pa_halve(photo->alpha, h[P], photo->side, photo->side);
}

PA_APART static void multiply_row(const float *a, const float *b, size_t n,
                                  float *out) {
  for (size_t i = 0; i < n; i++)
    out[i] = a[i] * b[i];
}

static void multiply(float **h, size_t cells, size_t row) {
  static const int pairs[][3] = {{RP, R, P}, {GP, G, P}, {BP, B, P},
                                 {RR, R, R}, {RG, R, G}, {RB, R, B},
                                 {GG, G, G}, {GB, G, B}, {BB, B, B}};
  for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
    for (size_t i = 0; i < cells; i += row)
      multiply_row(h[pairs[k][1]] + i, h[pairs[k][2]] + i, row,
                   h[pairs[k][0]] + i);
}

/* Slopes and offsets of cells, by Cramer's rule on the 3 x 3 covariance;
 * written over the products with P, and P. */
static inline void solve_cell(float **h, size_t i) {
  float r = h[R][i], g = h[G][i], b = h[B][i], p = h[P][i];
  float x = h[RP][i] - r * p, y = h[GP][i] - g * p, z = h[BP][i] - b * p;
  float rr = h[RR][i] - r * r + EPSILON, rg = h[RG][i] - r * g;
  float rb = h[RB][i] - r * b, gg = h[GG][i] - g * g + EPSILON;
  float gb = h[GB][i] - g * b, bb = h[BB][i] - b * b + EPSILON;
  float c0 = gg * bb - gb * gb, c1 = gb * rb - rg * bb, c2 = rg * gb - gg * rb;
  float inverse = 1 / (rr * c0 + rg * c1 + rb * c2);
  float c4 = rr * bb - rb * rb, c5 = rg * rb - rr * gb, c8 = rr * gg - rg * rg;
  float sx = (c0 * x + c1 * y + c2 * z) * inverse;
  float sy = (c1 * x + c4 * y + c5 * z) * inverse;
  float sz = (c2 * x + c5 * y + c8 * z) * inverse;
  h[RP][i] = sx, h[GP][i] = sy, h[BP][i] = sz;
  h[P][i] = p - sx * r - sy * g - sz * b;
}

PA_APART static void solve(float **h, size_t from, size_t to) {
  for (size_t i = from; i < to; i++)
    solve_cell(h, i);
}

PA_APART static void add_slope(const float *slope, const float *rgb, size_t n,
                               float *refined) {
  for (size_t i = 0; i < n; i++)
    refined[i] += slope[i] * rgb[3 * i] * (1 / 255.f);
}

/* A row's alphas from the refined ones, and from the mask's mean around. */
PA_APART static void decide(const float *refined, const float *near, size_t n,
                            float *alpha) {
  for (size_t i = 0; i < n; i++) {
    float a = pa_step(.1f, .85f, refined[i]);
    a *= pa_step(0, .12f, near[i]);
    a = 1 - (1 - a) * pa_step(0, .12f, 1 - near[i]);
    alpha[i] = near[i] < 1e-4f ? 0 : near[i] > .9999f ? 1 : a;
  }
}

void pa_photo_matte(pa_photo *photo, const float *rgb, int radius) {
  float *h[PLANES], *near = photo->line, *refined = photo->tx;
  const int side = photo->side, half = side / 2;
  const size_t cells = photo->area / 4;
  for (int k = 0; k < PLANES; k++)
    h[k] = half_plane(photo, k);
  halve_colors(photo, rgb, h);
  multiply(h, cells, (size_t)half);
  for (int k = 0; k < PLANES; k++)
    pa_box(h[k], h[k], half, half, radius / 2 + 1);
  for (size_t i = 0; i < cells; i += (size_t)half)
    solve(h, i, i + (size_t)half);
  for (int k = P; k <= BP; k++)
    pa_box(h[k], h[k], half, half, radius / 2 + 1);
  pa_double(h[P], refined, photo->side, photo->side);
  for (size_t c = 0; c < 3; c++) {
    pa_double(h[RP + c], photo->ty, photo->side, photo->side);
    for (size_t i = 0; i < photo->area; i += (size_t)side)
      add_slope(photo->ty + i, rgb + 3 * i + c, (size_t)side, refined + i);
  }
  /* Beyond the radius the mask is believed. */
  pa_box(photo->alpha, near, photo->side, photo->side, radius);
  for (size_t i = 0; i < photo->area; i += (size_t)side)
    decide(refined + i, near + i, (size_t)side, photo->alpha + i);
}

/* ------------------------------------------------------------ colours */

/* Planes of half the size: how much of the person and of the background a cell
 * shows, and colours times that. */
enum {
  OWN,
  BACK,
  OWN_COLOR,
  BACK_COLOR = OWN_COLOR + 3,
  MIXED = BACK_COLOR + 3
};

static void add_pixel(float alpha, const float *rgb, float *sums) {
  const float least = 1e-5f;
  float own = alpha * alpha * alpha * alpha + least, back = 1 - alpha + least;
  sums[OWN] += own, sums[BACK] += back;
  for (size_t c = 0; c < 3; c++) {
    sums[OWN_COLOR + c] += own * rgb[c];
    sums[BACK_COLOR + c] += back * rgb[c];
  }
}

PA_APART static void weigh_row(const pa_photo *photo, const float *rgb,
                               size_t y, float **h) {
  const size_t side = (size_t)photo->side, half = side / 2;
  for (size_t x = 0; x < half; x++) {
    float sums[MIXED] = {0};
    for (size_t k = 0; k < 4; k++) {
      size_t i = (2 * y + k / 2) * side + 2 * x + k % 2;
      add_pixel(photo->alpha[i], rgb + 3 * i, sums);
    }
    for (size_t k = 0; k < MIXED; k++)
      h[k][y * half + x] = sums[k];
  }
}

PA_APART static void divide_row(float *sums, const float *weights, size_t n) {
  for (size_t i = 0; i < n; i++)
    sums[i] /= weights[i];
}

/* One channel of a row, where the person does not fill the pixel. */
PA_APART static void unmix_row(const float *alpha, const float *own,
                               const float *back, size_t n, float *rgb) {
  for (size_t i = 0; i < n; i++) {
    float a = alpha[i], seen = rgb[3 * i];
    if (a >= 1) continue;
    float v = own[i] + a * (seen - a * own[i] - (1 - a) * back[i]);
    rgb[3 * i] = pa_clamp(v, 0, 255);
  }
}

void pa_photo_unfringe(pa_photo *photo, float *rgb, int radius) {
  float *h[MIXED], *own = photo->tx, *back = photo->ty;
  const int side = photo->side, half = side / 2;
  const size_t cells = photo->area / 4;
  for (int k = 0; k < MIXED; k++)
    h[k] = half_plane(photo, k);
  for (size_t y = 0; y < (size_t)half; y++)
    weigh_row(photo, rgb, y, h);
  for (int k = 0; k < MIXED; k++)
    pa_blur(h[k], h[k], half, half, radius / 2 + 1);
  for (size_t c = 0; c < 3; c++) {
    for (size_t i = 0; i < cells; i += (size_t)half) {
      divide_row(h[OWN_COLOR + c] + i, h[OWN] + i, (size_t)half);
      divide_row(h[BACK_COLOR + c] + i, h[BACK] + i, (size_t)half);
    }
    pa_double(h[OWN_COLOR + c], own, side, side);
    pa_double(h[BACK_COLOR + c], back, side, side);
    for (size_t i = 0; i < photo->area; i += (size_t)side)
      unmix_row(photo->alpha + i, own + i, back + i, (size_t)side,
                rgb + 3 * i + c);
  }
}
