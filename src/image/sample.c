#include <math.h>

#include "base/clamp.h"
#include "image/pixel.h"

void pa_image_sample(const pa_image *image, pa_affine m, unsigned width,
                     unsigned height, float scale, float offset, float outside,
                     unsigned row_begin, unsigned row_end, float *out) {
  pa_plane plane = pa_plane_of(image, outside);
  bool straight = m.xy == 0 && m.yx == 0 && m.xx > 0 && m.yy > 0;
  if (row_end > height) row_end = height;
  for (unsigned y = row_begin; y < row_end; y++) {
    float *row = out + (size_t)3 * width * y;
    if (straight)
      pa_sample_row_straight(&plane, &m, width, y, scale, offset, row);
    else
      pa_sample_row_turned(&plane, &m, width, y, scale, offset, row);
  }
}

typedef struct corners {
  const float *at[4]; /* above left and right, below */
  float x, y;         /* shares of right and below */
} corners;

static corners corners_of(const float *map, unsigned width, unsigned height,
                          unsigned channels, float x, float y) {
  x = pa_clamp(x - .5f, 0, (float)(width - 1));
  y = pa_clamp(y - .5f, 0, (float)(height - 1));
  size_t x0 = (size_t)x, y0 = (size_t)y;
  size_t right = x0 + 1 < width ? channels : 0;
  size_t below = y0 + 1 < height ? (size_t)width * channels : 0;
  const float *at = map + (y0 * width + x0) * channels;
  return (corners){.at = {at, at + right, at + below, at + below + right},
                   .x = x - (float)x0,
                   .y = y - (float)y0};
}

static float mix(const corners *m, unsigned c) {
  float a = m->at[0][c], b = m->at[1][c], d = m->at[2][c], e = m->at[3][c];
  float ab = a + (b - a) * m->x, de = d + (e - d) * m->x;
  return ab + (de - ab) * m->y;
}

float pa_image_bilinear(const float *map, unsigned width, unsigned height,
                        unsigned channels, unsigned c, float x, float y) {
  corners m = corners_of(map, width, height, channels, x, y);
  return mix(&m, c);
}

void pa_image_bilinear_rgb(const float *map, unsigned width, unsigned height,
                           float x, float y, float rgb[3]) {
  corners m = corners_of(map, width, height, 3, x, y);
  for (unsigned c = 0; c < 3; c++)
    rgb[c] = mix(&m, c);
}
