/* The public functions of this room that need a context. */
#include <string.h>

#include "base/mem.h"
#include "image/image.h"

pa_status pa_image_decode(pa_context *context, const void *bytes, size_t size,
                          pa_image **image) {
  if (!context || !image) return PA_ERROR_ARGUMENT;
  pa_error *err = pa_context_error(context);
  *image = NULL;
  if (!bytes) return pa_error_set(err, PA_ERROR_ARGUMENT, "bytes are NULL");
  return pa_image_read(err, bytes, size, image);
}

pa_status pa_image_from_rgba(pa_context *context, const uint8_t *rgba,
                             unsigned width, unsigned height, size_t stride,
                             pa_image **image) {
  if (!context || !image) return PA_ERROR_ARGUMENT;
  pa_error *err = pa_context_error(context);
  *image = NULL;
  if (!rgba) return pa_error_set(err, PA_ERROR_ARGUMENT, "rgba is NULL");
  size_t row = (size_t)width * 4;
  if (stride == 0) stride = row;
  if (stride < row)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "rows of %zu bytes are %zu bytes apart", row, stride);
  pa_status status = pa_image_create(err, width, height, image);
  if (status) return status;
  for (size_t y = 0; y < height; y++)
    memcpy((*image)->rgba + row * y, rgba + stride * y, row);
  (*image)->opaque = pa_image_is_opaque(*image);
  return PA_OK;
}

unsigned pa_image_width(const pa_image *image) {
  return image ? image->width : 0;
}

unsigned pa_image_height(const pa_image *image) {
  return image ? image->height : 0;
}

const uint8_t *pa_image_rgba(const pa_image *image) {
  return image ? image->rgba : NULL;
}

pa_status pa_png_encode(pa_context *context, const uint8_t *pixels,
                        unsigned width, unsigned height, unsigned channels,
                        uint8_t **png, size_t *png_size) {
  if (!context || !png || !png_size) return PA_ERROR_ARGUMENT;
  pa_error *err = pa_context_error(context);
  *png = NULL;
  if (!pixels) return pa_error_set(err, PA_ERROR_ARGUMENT, "pixels are NULL");
  return pa_image_png(err, pixels, width, height, channels, png, png_size);
}

void pa_bytes_free(void *bytes) {
  pa_mem_free(bytes);
}
