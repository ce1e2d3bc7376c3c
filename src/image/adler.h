/* Adler's checksum, as zlib's format has it (RFC 1950, 8.2). */
#ifndef PARSONA_IMAGE_ADLER_H
#define PARSONA_IMAGE_ADLER_H

#include <stddef.h>
#include <stdint.h>

typedef struct pa_adler {
  uint32_t a, b; /* 1 and 0 of no bytes */
} pa_adler;

void pa_adler_add(pa_adler *adler, const uint8_t *bytes, size_t size);
uint32_t pa_adler_value(const pa_adler *adler);

#endif
