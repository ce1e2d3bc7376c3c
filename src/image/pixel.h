/* Pixels as four float lanes, for the resamplers. */
#ifndef PARSONA_IMAGE_PIXEL_H
#define PARSONA_IMAGE_PIXEL_H

#include <string.h>

#include "image/image.h"

typedef float pa_v4 __attribute__((vector_size(16)));

/* An image, and what is taken to lie around it. */
typedef struct pa_plane {
  const pa_image *image;
  int width, height;
  pa_v4 outside;
  bool repeat; /* edge pixels instead of `outside` */
  /* Values are colour times alpha, and alpha; otherwise colour over white. */
  bool premultiplied;
} pa_plane;

static inline pa_plane pa_plane_of(const pa_image *image, float outside) {
  pa_plane plane = {.image = image,
                    .width = (int)image->width,
                    .height = (int)image->height,
                    .outside = {outside, outside, outside, 255},
                    .repeat = outside < 0};
  return plane;
}

static inline const uint8_t *pa_plane_at(const pa_plane *p, int x, int y) {
  return p->image->rgba + 4 * ((size_t)y * (size_t)p->width + (size_t)x);
}

static inline pa_v4 pa_pixel_load(const uint8_t *p) {
  typedef uint8_t u8x4 __attribute__((vector_size(4)));
  u8x4 bytes;
  memcpy(&bytes, p, 4);
  return __builtin_convertvector(bytes, pa_v4);
}

/* The pixel (x, y), inside or not, over white. */
static inline pa_v4 pa_plane_pixel(const pa_plane *p, int x, int y) {
  if (x < 0 || y < 0 || x >= p->width || y >= p->height) {
    if (!p->repeat) return p->outside;
    x = x < 0 ? 0 : x >= p->width ? p->width - 1 : x;
    y = y < 0 ? 0 : y >= p->height ? p->height - 1 : y;
  }
  pa_v4 v = pa_pixel_load(pa_plane_at(p, x, y));
  if (p->image->opaque) return v;
  float a = v[3] * (1 / 255.f);
  if (p->premultiplied) return v * (pa_v4){a, a, a, 1};
  return v * a + 255 * (1 - a);
}

/* The average over the box from (x, y) to (x + width, y + height), or over one
 * as large as a pixel with the same middle where it is smaller. */
pa_v4 pa_sample_box(const pa_plane *plane, float x, float y, float width,
                    float height);

/* Row `y` of pa_image_sample's output, into `out`: for maps that neither turn
 * nor mirror, and for all others. */
void pa_sample_row_straight(const pa_plane *plane, const pa_affine *m,
                            unsigned width, unsigned y, float scale,
                            float offset, float *out);
void pa_sample_row_turned(const pa_plane *plane, const pa_affine *m,
                          unsigned width, unsigned y, float scale, float offset,
                          float *out);

#endif
