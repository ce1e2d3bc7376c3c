#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/image.h"
#include "image/orient.h"
#include "image/probe.h"
#include "image/stb.h"

static pa_status check_file_size(pa_error *err, size_t size) {
  if (size > PA_LIMIT_IMAGE_FILE)
    return pa_error_set(err, PA_ERROR_TOO_LARGE,
                        "a file of %zu bytes: over the limit of %u MiB", size,
                        PA_LIMIT_IMAGE_FILE >> 20);
  return PA_OK;
}

/* A copy of a JPEG, mended so that stb_image reads it as other decoders do.
 *
 * Without the end marker: what stb reads after the last byte is zeros, which
 * are valid codes, and a grey rest of the picture is taken for success. The
 * padding is ones instead, which is how T.81 (F.1.2.3) fills up the last byte
 * and what no code consists of (C.2): a whole picture decodes, and one that is
 * not fails.
 *
 * Four components without Adobe's marker: stb takes them for YCbCr with alpha,
 * everybody else for Adobe's inverted CMYK. The marker is put in. */
static uint8_t *mend_jpeg(pa_error *err, const uint8_t *bytes, size_t size,
                          const pa_image_probe *probe, size_t *mended_size) {
  static const uint8_t adobe[] = {0xff, 0xee, 0,   14,  'A', 'd', 'o', 'b',
                                  'e',  0,    100, 0x0, 0,   0,   0,   0};
  const size_t ones = 64;
  size_t room = size + sizeof adobe + 2 * ones + 2;
  uint8_t *copy = pa_mem_alloc(room);
  if (!copy) {
    pa_error_memory(err, room, "a copy of the JPEG");
    return NULL;
  }
  uint8_t *p = copy;
  memcpy(p, bytes, 2);
  p += 2;
  if (probe->plain_cmyk) {
    memcpy(p, adobe, sizeof adobe);
    p += sizeof adobe;
  }
  memcpy(p, bytes + 2, size - 2);
  p += size - 2;
  if (!probe->ended) {
    for (size_t i = 0; i < ones; i++) {
      *p++ = 0xff;
      *p++ = 0;
    }
    *p++ = 0xff;
    *p++ = 0xd9;
  }
  *mended_size = (size_t)(p - copy);
  return copy;
}

/* No single allocation of a sound file is larger: PNG inflates 16-bit RGBA, 8
 * bytes a pixel, into a buffer that it doubles; compressed data are gathered in
 * one that it doubles too. */
static size_t largest_allocation(const pa_image_probe *probe, size_t size) {
  size_t pixels = (size_t)probe->width * probe->height;
  size_t picture = pixels * 16, file = size * 2;
  return (picture > file ? picture : file) + ((size_t)1 << 20);
}

static pa_status report(pa_error *err, const pa_image_probe *probe,
                        const pa_image_stb_failure *failure) {
  const char *kind = pa_image_kind_name(probe->kind);
  if (failure->no_memory)
    return pa_error_memory(err, failure->no_memory, "decoding the image");
  if (!probe->ended)
    return pa_error_set(err, PA_ERROR_IMAGE, "truncated %s", kind);
  if (failure->too_much)
    return pa_error_set(err, PA_ERROR_IMAGE,
                        "damaged %s: holds more data than its size needs",
                        kind);
  return pa_error_set(err, PA_ERROR_IMAGE, "damaged %s: %s", kind,
                      failure->reason ? failure->reason : "unknown reason");
}

static pa_status load(pa_error *err, const uint8_t *bytes, size_t size,
                      const pa_image_probe *probe, pa_image *image) {
  int width = 0, height = 0;
  pa_image_stb_failure failure;
  image->rgba = pa_image_stb_load(bytes, size, largest_allocation(probe, size),
                                  &width, &height, &failure);
  if (!image->rgba) return report(err, probe, &failure);
  image->width = (unsigned)width;
  image->height = (unsigned)height;
  if (image->width != probe->width || image->height != probe->height)
    return pa_error_set(err, PA_ERROR_IMAGE, "damaged %s: two sizes",
                        pa_image_kind_name(probe->kind));
  return PA_OK;
}

pa_status pa_image_read(pa_error *err, const uint8_t *bytes, size_t size,
                        pa_image **out) {
  *out = NULL;
  pa_image_probe probe;
  pa_status status = check_file_size(err, size);
  if (!status) status = pa_image_probe_file(err, bytes, size, &probe);
  if (!status) status = pa_image_check_size(err, probe.width, probe.height);
  if (status) return status;

  uint8_t *mended = NULL;
  size_t mended_size = 0;
  pa_image *image = pa_mem_calloc(1, sizeof *image);
  if (!image) return pa_error_memory(err, sizeof *image, "an image");
  if (probe.kind == PA_IMAGE_JPEG && (!probe.ended || probe.plain_cmyk)) {
    mended = mend_jpeg(err, bytes, size, &probe, &mended_size);
    status = mended ? PA_OK : PA_ERROR_MEMORY;
  }
  if (!status)
    status = mended ? load(err, mended, mended_size, &probe, image)
                    : load(err, bytes, size, &probe, image);
  pa_mem_free(mended);
  if (!status)
    status =
        pa_image_orient(err, image, pa_image_exif_orientation(bytes, size));
  if (status) {
    pa_image_destroy(image);
    return status;
  }
  image->opaque = probe.kind == PA_IMAGE_JPEG || pa_image_is_opaque(image);
  *out = image;
  return PA_OK;
}
