/* Pictures in, pixels out: decoding, EXIF orientation, resampling, encoding. */
#ifndef PARSONA_IMAGE_IMAGE_H
#define PARSONA_IMAGE_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* 8-bit RGBA, straight alpha, rows without padding. */
struct pa_image {
  unsigned width, height;
  uint8_t *rgba;
  /* Every alpha is 255, which makes sampling faster. false is always right. */
  bool opaque;
};

/* Decodes and orients, see pa_image_decode in parsona.h. Checks the header's
 * size against the limits before anything of that size is allocated. */
pa_status pa_image_read(pa_error *err, const uint8_t *bytes, size_t size,
                        pa_image **image);

/* `width * height` pixels, uninitialised. Checks the limits. */
pa_status pa_image_create(pa_error *err, unsigned width, unsigned height,
                          pa_image **image);

/* PA_OK when an image of this size may be made. */
pa_status pa_image_check_size(pa_error *err, unsigned width, unsigned height);

/* Looks at every pixel for the value of `opaque`. */
bool pa_image_is_opaque(const pa_image *image);

/* The EXIF orientation tag of a JPEG or PNG: 1..8, 1 when it has none or the
 * tag is malformed (Exif 2.32, 4.6.4 A; JEITA CP-3451). Reads nothing outside
 * `bytes`. */
int pa_image_exif_orientation(const uint8_t *bytes, size_t size);

/* ------------------------------------------------------------ resampling */

/* x' = xx*x + xy*y + x0, y' = yx*x + yy*y + y0: maps a point of the output to a
 * point of the input, both in pixels, (0, 0) the corner of the first pixel. */
typedef struct pa_affine {
  float xx, xy, x0;
  float yx, yy, y0;
} pa_affine;

/* The map that takes a `size` x `size` output onto the square of side `side`
 * centred on (cx, cy) in the input, turned by `angle` radians (clockwise on the
 * screen: the output's x axis points along (cos angle, sin angle)). */
pa_affine pa_affine_square(float cx, float cy, float side, float angle,
                           unsigned size);
/* The inverse; the determinant must not be 0. */
pa_affine pa_affine_inverse(pa_affine m);
void pa_affine_apply(const pa_affine *m, float x, float y, float *ox,
                     float *oy);

/* Samples the image into float RGB [height][width][3], each value
 * v * scale + offset with v in 0..255. Where `m` shrinks, the input is averaged
 * over the output pixel's footprint (no aliasing: supersampling in proportion
 * to the shrinking); where it enlarges, bilinear. Outside the image: `outside`
 * (0..255), or the nearest edge pixel when it is negative. Alpha is composed
 * onto white. Output rows [row_begin, row_end) only, so that rows can be shared
 * out over threads; `out` points to row 0. */
void pa_image_sample(const pa_image *image, pa_affine m, unsigned width,
                     unsigned height, float scale, float offset, float outside,
                     unsigned row_begin, unsigned row_end, float *out);

/* A picture of another size: averages the area of each new pixel where it
 * shrinks, bilinear where it enlarges. */
pa_status pa_image_resize(pa_error *err, const pa_image *image, unsigned width,
                          unsigned height, pa_image **out);

/* Bilinear sample of plane c of a float map [height][width][channels] at (x, y)
 * in pixels, edge values repeated. */
float pa_image_bilinear(const float *map, unsigned width, unsigned height,
                        unsigned channels, unsigned c, float x, float y);
/* The same of all planes of a map of three. */
void pa_image_bilinear_rgb(const float *map, unsigned width, unsigned height,
                           float x, float y, float rgb[3]);

/* ------------------------------------------------------------ encoding */

/* See pa_png_encode in parsona.h. */
pa_status pa_image_png(pa_error *err, const uint8_t *pixels, unsigned width,
                       unsigned height, unsigned channels, uint8_t **png,
                       size_t *png_size);
/* The same of paint and paper, in which matches are mostly chance: two thirds
 * of the time, a fiftieth more bytes. */
pa_status pa_image_png_quick(pa_error *err, const uint8_t *pixels,
                             unsigned width, unsigned height, unsigned channels,
                             uint8_t **png, size_t *png_size);

#endif
