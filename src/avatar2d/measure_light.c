/* How well a face was lit. What is white in a photo, or near a head, tells how
 * bright its light was; skin cannot, since it comes in all tones. */
#include <math.h>

#include "avatar2d/measure.h"

#define SIDE 72 /* samples a side */
#define BINS 64 /* of lightness */

/* The lightness below which all but the twentieth part lies. */
static float brightest(const float counts[BINS], float sum) {
  float above = 0;
  for (int i = BINS - 1; i > 0; i--) {
    above += counts[i];
    if (above >= .05f * sum) return ((float)i + .5f) / BINS;
  }
  return 0;
}

/* Of a grid of places, (0, 0) to (1, 1), that `m` brings into the photo. */
static float brightest_in(const pa_patch *patch, const pa_affine *m) {
  const pa_image *image = patch->image;
  float counts[BINS] = {0}, sum = 0;
  for (int row = 0; row < SIDE; row++)
    for (int column = 0; column < SIDE; column++) {
      float x, y;
      pa_affine_apply(m, ((float)column + .5f) / SIDE,
                      ((float)row + .5f) / SIDE, &x, &y);
      if (x < 0 || y < 0 || x >= (float)image->width ||
          y >= (float)image->height)
        continue;
      const uint8_t *p =
          image->rgba + 4 * ((size_t)y * image->width + (size_t)x);
      float l = pa_patch_oklab(patch, p).l;
      int bin = (int)(l * BINS);
      counts[bin < BINS ? bin : BINS - 1]++, sum++;
    }
  return brightest(counts, sum);
}

float pa_measure_dim(const pa_measure *m) {
  const float white = .94f, room = .07f;
  const pa_image *image = m->image;
  pa_affine all = {(float)image->width, 0, 0, 0, (float)image->height, 0};
  pa_affine h = m->head.to_photo;
  const float left = -170, top = -170, side = 400; /* head and shoulders */
  pa_affine near = {h.xx * side, h.xy * side, h.xx * left + h.xy * top + h.x0,
                    h.yx * side, h.yy * side, h.yx * left + h.yy * top + h.y0};
  float seen =
      fmaxf(brightest_in(&m->patch, &all), brightest_in(&m->patch, &near));
  return fminf(fmaxf((white - seen) / room, 0), 1);
}
