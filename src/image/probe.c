#include "image/probe.h"

#include <string.h>

#include "image/bytes.h"

const char *pa_image_kind_name(pa_image_kind kind) {
  static const char *const names[] = {"image", "JPEG", "PNG", "BMP", "GIF"};
  return names[kind];
}

static bool begins(const uint8_t *bytes, size_t size, size_t at,
                   const char *with) {
  size_t length = strlen(with);
  return size >= at + length && memcmp(bytes + at, with, length) == 0;
}

/* What people try that is not read, so that the error can name it. */
static const char *other_kind(const uint8_t *bytes, size_t size) {
  if (begins(bytes, size, 0, "RIFF") && begins(bytes, size, 8, "WEBP"))
    return "a WebP";
  if (begins(bytes, size, 4, "ftypavif")) return "an AVIF";
  if (begins(bytes, size, 4, "ftyphei") || begins(bytes, size, 4, "ftypmif1"))
    return "a HEIC";
  if (begins(bytes, size, 4, "ftyp")) return "a video";
  if (begins(bytes, size, 0, "II*") || begins(bytes, size, 0, "MM"))
    return "a TIFF or a raw photo";
  if (begins(bytes, size, 0, "%PDF")) return "a PDF";
  return NULL;
}

static pa_status not_read(pa_error *err, const uint8_t *bytes, size_t size) {
  const char *other = other_kind(bytes, size);
  if (other)
    return pa_error_set(err, PA_ERROR_IMAGE,
                        "not a JPEG, PNG, BMP or GIF, but %s", other);
  return pa_error_set(err, PA_ERROR_IMAGE, "not a JPEG, PNG, BMP or GIF");
}

pa_status pa_image_probe_file(pa_error *err, const uint8_t *bytes, size_t size,
                              pa_image_probe *probe) {
  memset(probe, 0, sizeof *probe);
  if (size == 0)
    return pa_error_set(err, PA_ERROR_IMAGE, "not an image: no bytes");
  if (begins(bytes, size, 0, "\xff\xd8\xff"))
    return pa_image_probe_jpeg(err, bytes, size, probe);
  if (begins(bytes, size, 0, "\x89PNG\r\n\x1a\n"))
    return pa_image_probe_png(err, bytes, size, probe);
  if (begins(bytes, size, 0, "GIF87a") || begins(bytes, size, 0, "GIF89a"))
    return pa_image_probe_gif(err, bytes, size, probe);
  if (begins(bytes, size, 0, "BM"))
    return pa_image_probe_bmp(err, bytes, size, probe);
  return not_read(err, bytes, size);
}
