#include <stdbool.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/image.h"
#include "stb_image_write.h"

/* stb_image_write.h declares this only for those who implement it. */
unsigned char *stbi_write_png_to_mem(const unsigned char *pixels,
                                     int stride_bytes, int x, int y, int n,
                                     int *out_len);

pa_status pa_image_png(pa_error *err, const uint8_t *pixels, unsigned width,
                       unsigned height, unsigned channels, uint8_t **png,
                       size_t *png_size) {
  *png = NULL;
  *png_size = 0;
  if (channels != 1 && channels != 3 && channels != 4)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "a PNG of %u channels; 1, 3 and 4 are written",
                        channels);
  pa_status status = pa_image_check_size(err, width, height);
  if (status) return status;
  int length = 0;
  *png = stbi_write_png_to_mem(pixels, (int)(width * channels), (int)width,
                               (int)height, (int)channels, &length);
  if (!*png)
    return pa_error_memory(err, (size_t)width * height * channels,
                           "encoding a PNG");
  *png_size = (size_t)length;
  return PA_OK;
}
