/* Whether a V-shaped neckline is a shirt's, open below its collar. */
#include <math.h>

#include "avatar2d/measure_cloth.h"

#define HALF 75 /* half the width that is looked at */

static bool is_cloth(const pa_measure *m, int x, int y) {
  return pa_labels_have(pa_patch_label(&m->patch, (float)x, (float)y),
                        m->clothes);
}

/* Cloth on every side: the garment's own outline does not count. */
static bool within_cloth(const pa_measure *m, int x, int y) {
  const int off = 4;
  return is_cloth(m, x - off, y - off) && is_cloth(m, x + off, y - off) &&
         is_cloth(m, x - off, y + off) && is_cloth(m, x + off, y + off) &&
         is_cloth(m, x, y);
}

static float lightness(const pa_measure *m, int x, int y) {
  return pa_patch_color(&m->patch, (float)x, (float)y).l;
}

/* The mean step of lightness from cell to cell, of rows y0 to y1; negative
 * where there is little cloth. */
static float steps(const pa_measure *m, int y0, int y1) {
  const float most = .1f; /* a button or a pen is no more than an edge */
  const int least = 80;
  float sum = 0;
  int count = 0;
  for (int y = y0; y < y1; y++)
    for (int x = -HALF; x <= HALF; x++) {
      if (!within_cloth(m, x, y)) continue;
      float here = lightness(m, x, y);
      sum += fminf(
          hypotf(here - lightness(m, x - 1, y), here - lightness(m, x, y - 1)),
          most);
      count++;
    }
  return count > least ? sum / (float)count : -1;
}

/* The topmost y of cloth beside the neck. */
static float beside_neck(const pa_measure *m) {
  for (int y = 60; y < 200; y++)
    for (int x = 28; x < 60; x += 4)
      for (int side = -1; side <= 1; side += 2)
        if (is_cloth(m, side * x, y) && within_cloth(m, side * x, y + 5))
          return (float)y;
  return INFINITY;
}

bool pa_cloth_has_collar(const pa_measure *m, float tip, bool pointed) {
  const float sharp = .28f; /* photo pixels a head unit */
  const float high = 120, deep = 36, busy = pointed ? 1.1f : 1.6f;
  const float plain = .004f;
  float top = beside_neck(m);
  if (m->head.unit < sharp || top > high || tip - top < deep) return false;
  int low = (int)tip;
  float near = steps(m, 64, (int)fminf(tip + 35, 190));
  float chest = steps(m, low + 50, low + 120);
  return chest >= 0 && near > fmaxf(busy * chest, plain);
}
