/* Whole numbers in either byte order. The caller checks the bounds. */
#ifndef PARSONA_IMAGE_BYTES_H
#define PARSONA_IMAGE_BYTES_H

#include <stdint.h>

static inline uint32_t pa_be16(const uint8_t *p) {
  return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t pa_be32(const uint8_t *p) {
  return pa_be16(p) << 16 | pa_be16(p + 2);
}

static inline uint32_t pa_le16(const uint8_t *p) {
  return (uint32_t)p[1] << 8 | p[0];
}

static inline uint32_t pa_le32(const uint8_t *p) {
  return pa_le16(p + 2) << 16 | pa_le16(p);
}

#endif
