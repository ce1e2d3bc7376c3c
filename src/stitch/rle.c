/* Run lengths of masks as in COCO's cocoapi (common/maskApi.c: rleEncode,
 * rleToString). */
#include "parsona.h"

/* Writes what fits and counts the rest. */
typedef struct sink {
  uint32_t *counts;
  size_t capacity, count;
} sink;

static void push(sink *s, uint32_t run) {
  if (s->count < s->capacity) s->counts[s->count] = run;
  s->count++;
}

size_t pa_rle_encode(const uint8_t *mask, unsigned width, unsigned height,
                     uint32_t *counts, size_t capacity) {
  sink s = {counts, counts ? capacity : 0, 0};
  if (!mask || width == 0 || height == 0) return 0;
  bool inside = false;
  uint32_t run = 0;
  for (size_t x = 0; x < width; x++) {
    const uint8_t *p = mask + x;
    for (unsigned y = 0; y < height; y++, p += width) {
      if ((*p != 0) != inside) {
        push(&s, run);
        run = 0;
        inside = !inside;
      }
      run++;
    }
  }
  push(&s, run);
  return s.count;
}

size_t pa_rle_string(const uint32_t *counts, size_t count, char *text,
                     size_t capacity) {
  size_t length = 0;
  for (size_t i = 0; counts && i < count; i++) {
    /* From the fourth on, the difference to the run of the same value
     * before. */
    int64_t v = (int64_t)counts[i] - (i > 2 ? (int64_t)counts[i - 2] : 0);
    bool more = true;
    while (more) {
      unsigned bits = (unsigned)(v & 31);
      v = (v - (int64_t)bits) / 32;
      more = bits & 16 ? v != -1 : v != 0;
      if (length + 1 < capacity) text[length] = (char)(48 + bits + 32 * more);
      length++;
    }
  }
  if (text && capacity) text[length < capacity ? length : capacity - 1] = 0;
  return length;
}
