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

/* A JPEG that lacks its end marker, with one. What stb reads after the last
 * byte is zeros, which are valid codes, and a grey rest of the picture is taken
 * for success. The padding is ones instead, which is how T.81 (F.1.2.3) fills
 * up the last byte and what no code consists of (C.2): a whole picture decodes,
 * and one that is not fails. */
static uint8_t *end_jpeg(pa_error *err, const uint8_t *bytes, size_t size,
                         size_t *ended_size) {
  const size_t ones = 64;
  *ended_size = size + 2 * ones + 2;
  uint8_t *copy = pa_mem_alloc(*ended_size);
  if (!copy) {
    pa_error_memory(err, *ended_size, "a copy of the JPEG");
    return NULL;
  }
  memcpy(copy, bytes, size);
  uint8_t *p = copy + size;
  for (size_t i = 0; i < ones; i++) {
    *p++ = 0xff;
    *p++ = 0;
  }
  *p++ = 0xff;
  *p++ = 0xd9;
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

static pa_status check_size(pa_error *err, const pa_image_probe *probe,
                            int width, int height) {
  if (probe->width == (unsigned)width && probe->height == (unsigned)height)
    return PA_OK;
  return pa_error_set(err, PA_ERROR_IMAGE, "damaged %s: two sizes",
                      pa_image_kind_name(probe->kind));
}

/* Makes the picture from the planes, upright at once. */
static pa_status put_together(pa_error *err, pa_image_jpeg *jpeg,
                              unsigned width, unsigned height, int orientation,
                              pa_image **out) {
  const unsigned band = 64; /* rows turned together */
  bool sideways = pa_image_turns_sideways(orientation);
  pa_status status = pa_image_create(err, sideways ? height : width,
                                     sideways ? width : height, out);
  if (status) return status;
  size_t row = (size_t)4 * width;
  uint8_t *rows = pa_mem_alloc(row * band);
  if (!rows) {
    pa_image_destroy(*out);
    *out = NULL;
    return pa_error_memory(err, row * band, "rows of an image");
  }
  for (unsigned y = 0; y < height; y += band) {
    unsigned count = height - y < band ? height - y : band;
    for (unsigned i = 0; i < count; i++)
      pa_image_jpeg_row(jpeg, (int)(y + i), rows + row * i);
    pa_image_put_rows(*out, orientation, width, y, count, rows);
  }
  pa_mem_free(rows);
  (*out)->opaque = true;
  return PA_OK;
}

static pa_status load_jpeg(pa_error *err, const uint8_t *bytes, size_t size,
                           const pa_image_probe *probe, int orientation,
                           pa_image **out) {
  uint8_t *ended = NULL;
  size_t ended_size = size;
  if (!probe->ended) {
    ended = end_jpeg(err, bytes, size, &ended_size);
    if (!ended) return PA_ERROR_MEMORY;
  }
  int width, height;
  pa_image_stb_failure failure;
  pa_image_jpeg *jpeg = pa_image_jpeg_open(ended ? ended : bytes, ended_size,
                                           largest_allocation(probe, size),
                                           &width, &height, &failure);
  pa_mem_free(ended);
  if (!jpeg) return report(err, probe, &failure);
  pa_status status = check_size(err, probe, width, height);
  if (!status)
    status =
        put_together(err, jpeg, probe->width, probe->height, orientation, out);
  pa_image_jpeg_close(jpeg);
  return status;
}

static pa_status load_other(pa_error *err, const uint8_t *bytes, size_t size,
                            const pa_image_probe *probe, int orientation,
                            pa_image **out) {
  pa_image *image = pa_mem_calloc(1, sizeof *image);
  if (!image) return pa_error_memory(err, sizeof *image, "an image");
  int width = 0, height = 0;
  pa_image_stb_failure failure;
  image->rgba = pa_image_stb_load(bytes, size, largest_allocation(probe, size),
                                  &width, &height, &failure);
  image->width = (unsigned)width;
  image->height = (unsigned)height;
  pa_status status = image->rgba ? check_size(err, probe, width, height)
                                 : report(err, probe, &failure);
  if (!status) status = pa_image_orient(err, image, orientation);
  if (status) {
    pa_image_destroy(image);
    return status;
  }
  image->opaque = pa_image_is_opaque(image);
  *out = image;
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
  int orientation = pa_image_exif_orientation(bytes, size);
  return probe.kind == PA_IMAGE_JPEG
             ? load_jpeg(err, bytes, size, &probe, orientation, out)
             : load_other(err, bytes, size, &probe, orientation, out);
}
