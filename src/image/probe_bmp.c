/* The headers of a BMP: Microsoft, BITMAPFILEHEADER and BITMAPINFOHEADER. */
#include "base/limits.h"
#include "image/bytes.h"
#include "image/probe.h"

#define FILE_HEADER 14

typedef struct header {
  size_t offset; /* of the pixels */
  uint32_t width;
  int64_t height; /* negative: top row first */
  uint32_t bits;
  uint32_t compression;
} header;

/* false when the bytes end before the header does. */
static bool read_header(const uint8_t *bytes, size_t size, header *h) {
  if (size < FILE_HEADER + 4) return false;
  const uint8_t *info = bytes + FILE_HEADER;
  uint32_t info_size = pa_le32(info);
  size_t least = info_size == 12 ? 12 : 40;
  if (size < FILE_HEADER + least) return false;
  h->offset = pa_le32(bytes + 10);
  if (info_size == 12) {
    h->width = pa_le16(info + 4);
    h->height = pa_le16(info + 6);
    h->bits = pa_le16(info + 10);
    h->compression = 0;
  } else {
    h->width = pa_le32(info + 4);
    h->height = (int32_t)pa_le32(info + 8);
    h->bits = pa_le16(info + 14);
    h->compression = pa_le32(info + 16);
  }
  return true;
}

/* Whether the rows lie within the file; the last may lack its padding. Sizes
 * over the limits are refused elsewhere, here they must only not overflow. */
static bool rows_inside(const header *h, const pa_image_probe *probe,
                        size_t size) {
  uint64_t row_bits = (uint64_t)h->width * h->bits;
  uint64_t stride = (row_bits + 31) / 32 * 4;
  uint64_t need = h->offset + stride * (probe->height - 1) + (row_bits + 7) / 8;
  return need <= size;
}

pa_status pa_image_probe_bmp(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_image_probe *probe) {
  probe->kind = PA_IMAGE_BMP;
  header h;
  if (!read_header(bytes, size, &h))
    return pa_error_set(err, PA_ERROR_IMAGE, "truncated BMP");
  if (h.width == 0 || h.height == 0 || h.bits == 0 || h.bits > 32)
    return pa_error_set(err, PA_ERROR_IMAGE, "damaged BMP: bad header");
  if (h.compression != 0 && h.compression != 3 && h.compression != 6)
    return pa_error_set(err, PA_ERROR_IMAGE,
                        "a compressed BMP, which is not read");
  probe->width = h.width;
  probe->height = (unsigned)(h.height < 0 ? -h.height : h.height);
  if (probe->width <= PA_LIMIT_IMAGE_SIDE &&
      probe->height <= PA_LIMIT_IMAGE_SIDE && !rows_inside(&h, probe, size))
    return pa_error_set(err, PA_ERROR_IMAGE, "truncated BMP");
  probe->ended = true;
  return PA_OK;
}
