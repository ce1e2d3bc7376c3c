#include "parse/waist.h"

#include <math.h>
#include <string.h>

#include "parse/grid.h"

/* Heights are counted in bins from LOWEST; two windows of WINDOW bins, one
 * above and one below, slide along the trunk, and their colours are compared.
 */
#define BINS 40
#define BIN 0.05f
#define LOWEST (-0.9f)
#define WINDOW 6
#define USUAL 0.18f
/* The line is sought between a long shirt's hem and a high waistband. */
#define HEM (-0.45f)
#define HIGH 0.6f
/* A change less than this, in units of the colours' spread, is none. */
#define CLEAR 1.0f
/* What a height's distance from the usual one costs, in the same units. */
#define STRAY 0.8f

typedef struct bin {
  float sum[3], square, count;
} bin;

static int argmax(const float *v, size_t count) {
  size_t best = 0;
  for (size_t i = 1; i < count; i++)
    if (v[i] > v[best]) best = i;
  return (int)best;
}

/* The trunk: nearer to the torso or a leg than to an arm. */
static bool on_trunk(const pa_body *body, float x, float y) {
  float d[PA_LIMB_COUNT];
  pa_body_distances(body, x, y, d);
  float arm = fminf(d[PA_LIMB_LEFT_ARM], d[PA_LIMB_RIGHT_ARM]);
  float leg = fminf(d[PA_LIMB_LEFT_LEG], d[PA_LIMB_RIGHT_LEG]);
  float trunk = fminf(d[PA_LIMB_TORSO], leg);
  return trunk < 1.2f && trunk < arm;
}

static void collect(const pa_body *body, const float *rgb, const float *classes,
                    size_t count, size_t clothes, bin *bins) {
  for (int y = 0; y < PA_GRID; y += 2) {
    for (int x = 0; x < PA_GRID; x += 2) {
      size_t cell = (size_t)y * PA_GRID + (size_t)x;
      float h = pa_body_height(body, (float)x + 0.5f, (float)y + 0.5f);
      int i = (int)floorf((h - LOWEST) / BIN);
      if (i < 0 || i >= BINS) continue;
      if (argmax(classes + cell * count, count) != (int)clothes) continue;
      if (!on_trunk(body, (float)x + 0.5f, (float)y + 0.5f)) continue;
      for (int c = 0; c < 3; c++) {
        float v = rgb[cell * 3 + (size_t)c];
        bins[i].sum[c] += v;
        bins[i].square += v * v;
      }
      bins[i].count++;
    }
  }
}

static bin add_up(const bin *bins, int begin, int end) {
  bin total = {{0, 0, 0}, 0, 0};
  for (int i = begin; i < end; i++) {
    for (int c = 0; c < 3; c++)
      total.sum[c] += bins[i].sum[c];
    total.square += bins[i].square;
    total.count += bins[i].count;
  }
  return total;
}

/* Sum over the channels of the variance. */
static float variance(const bin *b) {
  float mean_square = 0;
  for (int c = 0; c < 3; c++)
    mean_square += b->sum[c] / b->count * (b->sum[c] / b->count);
  return fmaxf(b->square / b->count - mean_square, 0);
}

/* Distance of the two windows' mean colours over their spread. */
static float contrast(const bin *bins, int line) {
  bin below = add_up(bins, line - WINDOW, line);
  bin above = add_up(bins, line, line + WINDOW);
  if (below.count < 12 || above.count < 12) return 0;
  float square = 0;
  for (int c = 0; c < 3; c++) {
    float d = below.sum[c] / below.count - above.sum[c] / above.count;
    square += d * d;
  }
  float spread = (variance(&below) + variance(&above)) / 2;
  return sqrtf(square / (spread + 0.01f));
}

float pa_waist_find(const pa_body *body, const float *rgb, const float *classes,
                    size_t count, size_t clothes) {
  bin bins[BINS];
  memset(bins, 0, sizeof bins);
  collect(body, rgb, classes, count, clothes, bins);
  float best = USUAL, best_gain = CLEAR;
  for (int line = WINDOW; line <= BINS - WINDOW; line++) {
    float height = LOWEST + (float)line * BIN;
    if (height < HEM || height > HIGH) continue;
    float gain = contrast(bins, line) - STRAY * fabsf(height - USUAL);
    if (gain <= best_gain) continue;
    best_gain = gain;
    best = height;
  }
  return best;
}
