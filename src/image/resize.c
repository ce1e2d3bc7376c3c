#include "image/image.h"
#include "image/pixel.h"

static uint8_t to_byte(float v) {
  return (uint8_t)(v + .5f);
}

static void store(pa_v4 v, bool premultiplied, uint8_t *rgba) {
  float a = v[3];
  if (premultiplied && a > 0) v *= (pa_v4){255 / a, 255 / a, 255 / a, 1};
  for (int c = 0; c < 4; c++)
    rgba[c] = to_byte(v[c] < 255 ? v[c] : 255);
}

pa_status pa_image_resize(pa_error *err, const pa_image *image, unsigned width,
                          unsigned height, pa_image **out) {
  pa_status status = pa_image_create(err, width, height, out);
  if (status) return status;
  pa_plane plane = pa_plane_of(image, -1);
  plane.premultiplied = !image->opaque;
  (*out)->opaque = image->opaque;
  float sx = (float)image->width / (float)width;
  float sy = (float)image->height / (float)height;
  uint8_t *rgba = (*out)->rgba;
  for (unsigned y = 0; y < height; y++)
    for (unsigned x = 0; x < width; x++, rgba += 4)
      store(pa_sample_box(&plane, sx * (float)x, sy * (float)y, sx, sy),
            plane.premultiplied, rgba);
  return PA_OK;
}
