#include <math.h>

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

float pa_image_bilinear(const float *map, unsigned width, unsigned height,
                        unsigned channels, unsigned c, float x, float y) {
  x = fminf(fmaxf(x - .5f, 0), (float)(width - 1));
  y = fminf(fmaxf(y - .5f, 0), (float)(height - 1));
  size_t x0 = (size_t)x, y0 = (size_t)y;
  size_t x1 = x0 + 1 < width ? x0 + 1 : x0;
  size_t y1 = y0 + 1 < height ? y0 + 1 : y0;
  float fx = x - (float)x0, fy = y - (float)y0;
  const float *top = map + y0 * width * channels + c;
  const float *bottom = map + y1 * width * channels + c;
  float a = top[x0 * channels], b = top[x1 * channels];
  float d = bottom[x0 * channels], e = bottom[x1 * channels];
  float ab = a + (b - a) * fx, de = d + (e - d) * fx;
  return ab + (de - ab) * fy;
}
