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
static void box_rows(const float *in, float *out, int n, int r) {
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
