/* The orientation tag: Exif 2.32 (JEITA CP-3451), 4.5 and 4.6.4 A, in the TIFF
 * 6.0 structure that both JPEG's APP1 and PNG's eXIf hold. */
#include <string.h>

#include "image/bytes.h"
#include "image/image.h"
#include "image/probe.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT 3
#define ENTRY 12 /* bytes of a directory entry */

static int read_orientation(const uint8_t *tiff, size_t size) {
  if (size < 8) return 1;
  bool little = tiff[0] == 'I' && tiff[1] == 'I';
  if (!little && !(tiff[0] == 'M' && tiff[1] == 'M')) return 1;
  uint32_t (*u16)(const uint8_t *) = little ? pa_le16 : pa_be16;
  uint32_t (*u32)(const uint8_t *) = little ? pa_le32 : pa_be32;
  if (u16(tiff + 2) != 42) return 1;
  size_t at = u32(tiff + 4);
  if (at > size - 2) return 1;
  size_t count = u16(tiff + at);
  at += 2;
  for (size_t i = 0; i < count && size - at >= ENTRY; i++, at += ENTRY) {
    const uint8_t *entry = tiff + at;
    if (u16(entry) != TAG_ORIENTATION) continue;
    if (u16(entry + 2) != TYPE_SHORT || u32(entry + 4) != 1) return 1;
    uint32_t value = u16(entry + 8);
    return value >= 1 && value <= 8 ? (int)value : 1;
  }
  return 1;
}

int pa_image_exif_orientation(const uint8_t *bytes, size_t size) {
  pa_image_probe probe;
  /* A file that fails later on may have been read as far as its EXIF data. */
  (void)pa_image_probe_file(NULL, bytes, size, &probe);
  return probe.exif ? read_orientation(probe.exif, probe.exif_size) : 1;
}
