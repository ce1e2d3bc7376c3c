#include "avatar2d/photo_filter.h"

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

/* Four rows at once, a lane each: sums wait for their own only. */
#define ROWS 4
typedef float v4 __attribute__((vector_size(16)));

static inline void transpose(v4 *v) {
  v4 a = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5);
  v4 b = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  v4 c = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5);
  v4 d = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  v[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}

/* `n` is a multiple of 4. */
PA_APART static void box_rows(const float *in, float *out, int n, int r) {
  v4 row[WIDEST], mean[4], sum = {0};
  for (int x = 0; x < n; x += 4) {
    for (int k = 0; k < ROWS; k++)
      memcpy(&row[x + k], in + k * n + x, sizeof *row);
    transpose(row + x);
  }
  int count = 0;
  for (; count <= r && count < n; count++)
    sum += row[count];
  for (int x = 0; x < n; x++) {
    mean[x % 4] = sum * (1 / (float)count);
    if (x + r + 1 < n) sum += row[x + r + 1], count++;
    if (x >= r) sum -= row[x - r], count--;
    if (x % 4 < 3) continue;
    transpose(mean);
    for (int k = 0; k < ROWS; k++)
      memcpy(out + k * n + x - 3, &mean[k], sizeof *mean);
  }
}

static void box_row(const float *in, float *out, int n, int r) {
  float row[WIDEST], sum = 0;
  memcpy(row, in, (size_t)n * sizeof *row);
  int count = 0;
  for (; count <= r && count < n; count++)
    sum += row[count];
  for (int x = 0; x < n; x++) {
    out[x] = sum / (float)count;
    if (x + r + 1 < n) sum += row[x + r + 1], count++;
    if (x >= r) sum -= row[x - r], count--;
  }
}

/* Down the columns, all of a strip at once; old rows are kept in a ring since
 * `plane` is overwritten. */
#define STRIP 32
#define RING 128

PA_APART static void box_columns(float *plane, int width, int height, int r,
                                 int x0, int n) {
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
  const size_t w = (size_t)width;
  for (; width % 4 == 0 && y + ROWS <= height; y += ROWS)
    box_rows(in + (size_t)y * w, out + (size_t)y * w, width, r);
  for (; y < height; y++)
    box_row(in + (size_t)y * w, out + (size_t)y * w, width, r);
  for (int x = 0; x < width; x += STRIP)
    box_columns(out, width, height, r, x, least(STRIP, width - x));
}

void pa_blur(const float *in, float *out, int width, int height, int radius) {
  pa_box(in, out, width, height, radius);
  pa_box(out, out, width, height, radius);
}

/* ------------------------------------------------------------ sizes */

PA_APART static void halve_row(const float *up, const float *low, float *out,
                               int n) {
  for (int x = 0; x < n; x++)
    out[x] = .25f * (up[2 * x] + up[2 * x + 1] + low[2 * x] + low[2 * x + 1]);
}

void pa_halve(const float *in, float *out, int width, int height) {
  const size_t w = (size_t)width;
  for (size_t y = 0; y < (size_t)height / 2; y++)
    halve_row(in + 2 * y * w, in + (2 * y + 1) * w, out + y * (w / 2),
              width / 2);
}

/* Between row `a` and, a quarter of the way, row `b`, of `n` cells. */
PA_APART static void double_row(const float *a, const float *b, int n,
                                float *out) {
  float row[WIDEST + 2];
  for (int x = 0; x < n; x++)
    row[x + 1] = .75f * a[x] + .25f * b[x];
  row[0] = .75f * a[0] + .25f * b[0];
  row[n + 1] = .75f * a[n - 1] + .25f * b[n - 1];
  for (int x = 0; x < n; x++) {
    out[2 * x] = .75f * row[x + 1] + .25f * row[x];
    out[2 * x + 1] = .75f * row[x + 1] + .25f * row[x + 2];
  }
}

void pa_double(const float *in, float *out, int width, int height) {
  int w = width / 2, h = height / 2;
  for (int y = 0; y < height; y++) {
    int near = y / 2, far = y % 2 ? least(near + 1, h - 1) : most(near - 1, 0);
    double_row(in + (size_t)near * (size_t)w, in + (size_t)far * (size_t)w, w,
               out + (size_t)y * (size_t)width);
  }
}

PA_APART static void square_row(const float *i, const float *p, float *ii,
                                float *ip, size_t n) {
  for (size_t k = 0; k < n; k++)
    ii[k] = i[k] * i[k], ip[k] = i[k] * p[k];
}

/* Slopes over the products, offsets over the means. */
PA_APART static void slope_row(const float *i, float *p, const float *ii,
                               float *ip, float epsilon, size_t n) {
  for (size_t k = 0; k < n; k++) {
    float slope = (ip[k] - i[k] * p[k]) / (ii[k] - i[k] * i[k] + epsilon);
    ip[k] = slope;
    p[k] -= slope * i[k];
  }
}

PA_APART static void guide_row(const float *slope, const float *guide,
                               const float *offset, float *out, size_t n) {
  for (size_t k = 0; k < n; k++)
    out[k] = slope[k] * guide[k] + offset[k];
}

void pa_guided(const float *guide, const float *in, float *out, int width,
               int height, int radius, float epsilon, float *const *scratch) {
  int w = width / 2, h = height / 2, r = most(radius / 2, 1);
  const size_t row = (size_t)w, n = row * (size_t)h;
  float *i = scratch[0], *p = scratch[1], *ii = scratch[2], *ip = scratch[3];
  pa_halve(guide, i, width, height);
  pa_halve(in, p, width, height);
  for (size_t k = 0; k < n; k += row)
    square_row(i + k, p + k, ii + k, ip + k, row);
  pa_box(i, i, w, h, r);
  pa_box(p, p, w, h, r);
  pa_box(ii, ii, w, h, r);
  pa_box(ip, ip, w, h, r);
  for (size_t k = 0; k < n; k += row)
    slope_row(i + k, p + k, ii + k, ip + k, epsilon, row);
  pa_box(ip, ip, w, h, r);
  pa_box(p, p, w, h, r);
  pa_double(ip, scratch[4], width, height);
  pa_double(p, scratch[5], width, height);
  for (size_t k = 0; k < 4 * n; k += 2 * row)
    guide_row(scratch[4] + k, guide + k, scratch[5] + k, out + k, 2 * row);
}
