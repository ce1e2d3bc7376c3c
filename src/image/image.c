#include "image/image.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

pa_status pa_image_check_size(pa_error *err, unsigned width, unsigned height) {
  if (width == 0 || height == 0)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "an image of %u x %u pixels",
                        width, height);
  if ((uint64_t)width * height > PA_LIMIT_IMAGE_PIXELS)
    return pa_error_set(err, PA_ERROR_TOO_LARGE,
                        "%u x %u pixels: over the limit of %d megapixels",
                        width, height, PA_LIMIT_IMAGE_PIXELS / 1000000);
  if (width > PA_LIMIT_IMAGE_SIDE || height > PA_LIMIT_IMAGE_SIDE)
    return pa_error_set(err, PA_ERROR_TOO_LARGE,
                        "%u x %u pixels: over the limit of %d a side", width,
                        height, PA_LIMIT_IMAGE_SIDE);
  return PA_OK;
}

pa_status pa_image_create(pa_error *err, unsigned width, unsigned height,
                          pa_image **out) {
  *out = NULL;
  pa_status status = pa_image_check_size(err, width, height);
  if (status) return status;
  size_t size = (size_t)width * height * 4;
  pa_image *image = pa_mem_calloc(1, sizeof *image);
  if (!image) return pa_error_memory(err, sizeof *image, "an image");
  image->rgba = pa_mem_alloc(size);
  if (!image->rgba) {
    pa_mem_free(image);
    return pa_error_memory(err, size, "an image's pixels");
  }
  image->width = width;
  image->height = height;
  *out = image;
  return PA_OK;
}

void pa_image_destroy(pa_image *image) {
  if (!image) return;
  pa_mem_free(image->rgba);
  pa_mem_free(image);
}

bool pa_image_is_opaque(const pa_image *image) {
  size_t left = (size_t)image->width * image->height;
  const uint8_t *alpha = image->rgba + 3;
  while (left) {
    /* No way out in the middle, so that the compiler may use wide registers. */
    size_t count = left < 4096 ? left : 4096;
    unsigned all = 255;
    for (size_t i = 0; i < count; i++)
      all &= alpha[4 * i];
    if (all != 255) return false;
    alpha += 4 * count;
    left -= count;
  }
  return true;
}

pa_affine pa_affine_square(float cx, float cy, float side, float angle,
                           unsigned size) {
  float scale = side / (float)size;
  float c = cosf(angle) * scale, s = sinf(angle) * scale;
  float half = (float)size / 2;
  pa_affine m = {.xx = c, .xy = -s, .yx = s, .yy = c};
  m.x0 = cx - (m.xx + m.xy) * half;
  m.y0 = cy - (m.yx + m.yy) * half;
  return m;
}

pa_affine pa_affine_inverse(pa_affine m) {
  float d = 1 / (m.xx * m.yy - m.xy * m.yx);
  pa_affine i = {
      .xx = m.yy * d, .xy = -m.xy * d, .yx = -m.yx * d, .yy = m.xx * d};
  i.x0 = -(i.xx * m.x0 + i.xy * m.y0);
  i.y0 = -(i.yx * m.x0 + i.yy * m.y0);
  return i;
}

void pa_affine_apply(const pa_affine *m, float x, float y, float *ox,
                     float *oy) {
  *ox = m->xx * x + m->xy * y + m->x0;
  *oy = m->yx * x + m->yy * y + m->y0;
}
