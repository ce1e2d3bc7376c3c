#include "avatar2d/measure_blob.h"

#include <math.h>
#include <string.h>

/* The place below which `part` of the counts lie. */
static float quantile(const float *counts, int n, float sum, float part) {
  float below = 0;
  for (int i = 0; i < n; i++) {
    below += counts[i];
    if (below > part * sum) return (float)i;
  }
  return (float)(n - 1);
}

#define BOX_MOST 320

void pa_measure_blob(const pa_measure *m, pa_labels set, float x0, float y0,
                     int width, int height, pa_blob *b) {
  float columns[BOX_MOST] = {0}, rows[BOX_MOST] = {0};
  memset(b, 0, sizeof *b);
  b->middle_low = b->side_low = -INFINITY;
  for (int y = 0; y < height; y++) {
    float first = INFINITY, last = -INFINITY;
    for (int x = 0; x < width; x++) {
      float u = x0 + (float)x + .5f, v = y0 + (float)y + .5f;
      if (!pa_labels_have(
              pa_patch_label(&m->patch, pa_head_turned(&m->head, u), v), set))
        continue;
      b->area++, columns[x]++, rows[y]++;
      first = fminf(first, u), last = fmaxf(last, u);
      float off = fabsf(u) - m->head.half;
      if (fabsf(u) < 18) b->middle_low = v;
      if (off > -12 && off < 14) b->side_low = v;
    }
    if (last - first > b->widest) {
      b->widest = last - first;
      b->rim = y0 + (float)y + .5f, b->middle = (first + last) / 2;
    }
  }
  b->left = x0 + quantile(columns, width, b->area, .02f);
  b->right = x0 + quantile(columns, width, b->area, .98f);
  b->top = y0 + quantile(rows, height, b->area, .02f);
  b->low = y0 + quantile(rows, height, b->area, .98f);
  for (int y = 0; y < height; y++) {
    float part = (y0 + (float)y - b->top) / fmaxf(b->low - b->top, 1);
    if (part > .2f && part < .5f) b->crown = fmaxf(b->crown, rows[y]);
  }
}

void pa_trait_name(char *shape, const char *text) {
  memset(shape, 0, PA_NAME_ROOM);
  strncpy(shape, text, PA_NAME_ROOM - 1);
}

bool pa_measure_color_in(pa_measure *m, pa_labels set, float x, float y,
                         float rx, float ry, float from, float to,
                         pa_color *color) {
  m->samples.count = 0;
  pa_samples_ellipse(&m->samples, &m->patch, set, pa_head_turned(&m->head, x),
                     y, rx, ry);
  if (m->samples.count < 8) return false;
  *color = pa_oklab_color(pa_samples_median(&m->samples, from, to));
  return true;
}
