#include <stdbool.h>

#include "base/mem.h"
#include "image/image.h"
#include "stb_image_resize2.h"

pa_status pa_image_resize(pa_error *err, const pa_image *image, unsigned width,
                          unsigned height, pa_image **out) {
  pa_status status = pa_image_create(err, width, height, out);
  if (status) return status;
  (*out)->opaque = image->opaque;
  STBIR_RESIZE resize;
  stbir_resize_init(&resize, image->rgba, (int)image->width, (int)image->height,
                    0, (*out)->rgba, (int)width, (int)height, 0,
                    image->opaque ? STBIR_4CHANNEL : STBIR_RGBA,
                    STBIR_TYPE_UINT8);
  /* The footprint's plain average when shrinking, bilinear when enlarging. */
  bool shrinks = width < image->width || height < image->height;
  stbir_filter filter = shrinks ? STBIR_FILTER_BOX : STBIR_FILTER_TRIANGLE;
  stbir_set_filters(&resize, filter, filter);
  if (!stbir_resize_extended(&resize)) {
    pa_image_destroy(*out);
    *out = NULL;
    return pa_error_set(err, PA_ERROR_MEMORY,
                        "out of memory: resizing to %u x %u", width, height);
  }
  return PA_OK;
}
