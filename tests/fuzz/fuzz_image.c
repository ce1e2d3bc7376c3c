/* Any bytes as a photo: decoded or refused with a sentence, nothing leaked. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/image.h"
#include "image/probe.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds) {
  if (!holds) abort();
}

static void use(const pa_image *image) {
  float out[8 * 8 * 3];
  pa_affine m =
      pa_affine_square((float)image->width / 2, (float)image->height / 3,
                       (float)image->height, (float)image->width, 8);
  pa_image_sample(image, m, 8, 8, 1, 0, (float)(image->width % 3) - 1, 0, 8,
                  out);
  for (size_t i = 0; i < sizeof out / sizeof *out; i++)
    check(out[i] >= -1 && out[i] <= 256);
}

/* Large pictures take long and show nothing new. Those over the limits, which
 * must be refused, are quick. */
static bool too_slow(const uint8_t *data, size_t size) {
  pa_image_probe probe;
  if (pa_image_probe_file(NULL, data, size, &probe)) return false;
  size_t pixels = (size_t)probe.width * probe.height;
  return pixels > 1 << 20 && pixels <= PA_LIMIT_IMAGE_PIXELS;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (too_slow(data, size)) return 0;
  pa_error err = {0};
  pa_image *image;
  size_t used = pa_mem_used();
  int orientation = pa_image_exif_orientation(data, size);
  check(orientation >= 1 && orientation <= 8);
  pa_status status = pa_image_read(&err, data, size, &image);
  check((status == PA_OK) == (image != NULL));
  check(status == PA_OK || (err.status == status && err.text[0]));
  if (image) {
    check(image->opaque == pa_image_is_opaque(image));
    use(image);
  }
  pa_image_destroy(image);
  check(pa_mem_used() == used);
  return 0;
}
