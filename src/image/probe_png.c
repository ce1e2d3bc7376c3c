/* The structure of a PNG: W3C Portable Network Graphics (third edition), 5. */
#include <string.h>

#include "image/bytes.h"
#include "image/probe.h"

#define SIGNATURE 8
/* Length and type before a chunk's data, a checksum after it. */
#define BEFORE 8
#define AFTER 4

static bool is(const uint8_t *chunk, const char *type) {
  return memcmp(chunk + 4, type, 4) == 0;
}

pa_status pa_image_probe_png(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_image_probe *probe) {
  probe->kind = PA_IMAGE_PNG;
  size_t at = SIGNATURE;
  bool header = false;
  while (size - at >= BEFORE + AFTER) {
    const uint8_t *chunk = bytes + at;
    size_t length = pa_be32(chunk);
    if (length > size - at - BEFORE - AFTER) break;
    const uint8_t *data = chunk + BEFORE;
    if (is(chunk, "IHDR") && length >= 13 && !header) {
      header = true;
      probe->width = pa_be32(data);
      probe->height = pa_be32(data + 4);
    } else if (is(chunk, "eXIf") && !probe->exif) {
      probe->exif = data;
      probe->exif_size = length;
    } else if (is(chunk, "IEND")) {
      probe->ended = true;
      break;
    }
    at += BEFORE + length + AFTER;
  }
  if (!probe->ended) return pa_error_set(err, PA_ERROR_IMAGE, "truncated PNG");
  if (!header || probe->width == 0 || probe->height == 0)
    return pa_error_set(err, PA_ERROR_IMAGE,
                        "damaged PNG: no header that gives a size");
  return PA_OK;
}
