/* Push and pull over a pyramid (Gortler et al., "The Lumigraph", 1996). */
#include "avatar3d/fill.h"

#include <string.h>

#include "base/mem.h"

#define LEVELS 12

typedef struct level {
  unsigned width, height;
  float *at; /* width * height of colour times weight, and weight, 0..1 */
} level;

static bool make_levels(const pa_crop *c, level l[LEVELS], unsigned *count) {
  unsigned w = c->width, h = c->height;
  for (*count = 0; *count < LEVELS; ++*count) {
    level *one = &l[*count];
    *one = (level){w, h, pa_mem_calloc((size_t)w * h, 4 * sizeof *one->at)};
    if (!one->at) return false;
    if (w == 1 && h == 1) {
      ++*count;
      break;
    }
    w = (w + 1) / 2, h = (h + 1) / 2;
  }
  return true;
}

/* Each pixel is the sum of the finer four; what has enough of it counts 1. */
static void pull(const level *fine, level *coarse) {
  for (unsigned y = 0; y < fine->height; y++)
    for (unsigned x = 0; x < fine->width; x++)
      for (size_t k = 0; k < 4; k++)
        coarse->at[4 * ((size_t)(y / 2) * coarse->width + x / 2) + k] +=
            fine->at[4 * ((size_t)y * fine->width + x) + k];
  for (size_t i = 0; i < (size_t)coarse->width * coarse->height; i++) {
    float *p = coarse->at + 4 * i;
    for (int k = 0; p[3] > 1 && k < 4; k++)
      p[k] /= k < 3 ? p[3] : 1;
    p[3] = fminf(p[3], 1);
  }
}

/* What is missing of each pixel from the coarser ones, now whole. */
static void push(const level *coarse, level *fine) {
  for (unsigned y = 0; y < fine->height; y++)
    for (unsigned x = 0; x < fine->width; x++) {
      float *p = fine->at + 4 * ((size_t)y * fine->width + x);
      if (p[3] >= 1) continue;
      float u = pa_clamp(((float)x + .5f) / 2, 0, (float)coarse->width - .51f);
      float v = pa_clamp(((float)y + .5f) / 2, 0, (float)coarse->height - .51f);
      for (unsigned k = 0; k < 3; k++)
        p[k] += (1 - p[3]) * pa_image_bilinear(coarse->at, coarse->width,
                                               coarse->height, 4, k, u, v);
      p[3] = 1;
    }
}

pa_status pa_fill_holes(pa_error *err, const pa_crop *c, const uint8_t *known,
                        uint8_t *fill) {
  level l[LEVELS] = {{0}};
  unsigned count = 0;
  size_t pixels = (size_t)c->width * c->height;
  bool made = make_levels(c, l, &count);
  for (size_t i = 0; made && i < pixels; i++)
    if (known[i]) {
      memcpy(l[0].at + 4 * i, c->rgb + 3 * i, 3 * sizeof *l[0].at);
      l[0].at[4 * i + 3] = 1;
    }
  for (unsigned k = 0; made && k + 1 < count; k++)
    pull(&l[k], &l[k + 1]);
  for (unsigned k = count; made && k-- > 1;) {
    float *top = l[k].at;
    if (k == count - 1 && top[3] > 0 && top[3] < 1)
      for (int i = 3; i >= 0; i--)
        top[i] /= top[3];
    push(&l[k], &l[k - 1]);
  }
  for (size_t i = 0; made && i < pixels; i++)
    for (size_t k = 0; k < 3; k++)
      fill[3 * i + k] = (uint8_t)pa_clamp(l[0].at[4 * i + k] + .5f, 0, 255);
  for (unsigned k = 0; k < LEVELS; k++)
    pa_mem_free(l[k].at);
  return made ? PA_OK : pa_error_memory(err, pixels * 24, "a picture");
}
