#include "image/adler.h"

#include <string.h>

#define MODULUS 65521

typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));

static u16x8 load(const uint8_t *p) {
  u8x8 bytes;
  memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(bytes, u16x8);
}

/* Adler's checksum (RFC 1950, 8.2) of `rows` times 16 bytes, at most 256: then
 * no lane overflows, nor does b. Each byte counts in b once for itself and for
 * every byte after it. */
static void adler_rows(uint32_t *a, uint32_t *b, const uint8_t *p,
                       size_t rows) {
  u16x8 left = {0}, right = {0}; /* sums of the columns */
  u32x4 sum = {0}, earlier = {0};
  for (size_t i = 0; i < rows; i++, p += 16) {
    u16x8 l = load(p), r = load(p + 8);
    left += l;
    right += r;
    earlier += sum;
    u32x4 both = (u32x4)(l + r);
    sum += (both & 0xffff) + (both >> 16);
  }
  *b += 16 * (uint32_t)rows * *a;
  for (unsigned k = 0; k < 4; k++) {
    *b += 16 * earlier[k];
    *a += sum[k];
  }
  for (unsigned k = 0; k < 8; k++)
    *b += left[k] * (16 - k) + right[k] * (8 - k);
}

void pa_adler_add(pa_adler *adler, const uint8_t *bytes, size_t size) {
  while (size) {
    size_t block = size < 4096 ? size : 4096, rows = block / 16;
    uint32_t a = adler->a, b = adler->b;
    adler_rows(&a, &b, bytes, rows);
    b %= MODULUS;
    for (size_t i = 16 * rows; i < block; i++) {
      a += bytes[i];
      b += a;
    }
    adler->a = a % MODULUS;
    adler->b = b % MODULUS;
    bytes += block;
    size -= block;
  }
}

uint32_t pa_adler_value(const pa_adler *adler) {
  return adler->b << 16 | adler->a;
}
