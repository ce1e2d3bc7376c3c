/* Run lengths of masks as in COCO's cocoapi (common/maskApi.c: rleEncode,
 * rleToString). */
#include <string.h>

#include "parsona.h"

/* Columns looked at together: a mask is mostly empty, and columns are slow to
 * walk through. */
#define STRIP 16

typedef struct encoder {
  uint32_t *counts;
  size_t capacity, count; /* counts what does not fit, too */
  uint32_t run;           /* pixels since the last change */
  bool inside;
} encoder;

static void end_run(encoder *e) {
  if (e->count < e->capacity) e->counts[e->count] = e->run;
  e->count++;
  e->run = 0;
}

static void add(encoder *e, bool inside, uint32_t pixels) {
  if (pixels == 0) return;
  if (inside != e->inside) {
    end_run(e);
    e->inside = inside;
  }
  e->run += pixels;
}

static bool any_set(const uint8_t *p, size_t columns) {
  if (columns == STRIP) {
    uint64_t words[STRIP / 8];
    memcpy(words, p, STRIP);
    return (words[0] | words[1]) != 0;
  }
  for (size_t i = 0; i < columns; i++)
    if (p[i]) return true;
  return false;
}

size_t pa_rle_encode(const uint8_t *mask, unsigned width, unsigned height,
                     uint32_t *counts, size_t capacity) {
  if (!mask || width == 0 || height == 0) return 0;
  encoder e = {.counts = counts, .capacity = counts ? capacity : 0};
  for (size_t x = 0; x < width; x += STRIP) {
    size_t columns = width - x < STRIP ? width - x : STRIP;
    const uint8_t *strip = mask + x;
    unsigned top = 0, bottom = height;
    while (top < bottom && !any_set(strip + (size_t)width * top, columns))
      top++;
    while (bottom > top &&
           !any_set(strip + (size_t)width * (bottom - 1), columns))
      bottom--;
    for (size_t i = 0; i < columns; i++) {
      const uint8_t *p = strip + (size_t)width * top + i;
      add(&e, false, top);
      for (unsigned y = top; y < bottom; y++, p += width)
        add(&e, *p != 0, 1);
      add(&e, false, height - bottom);
    }
  }
  end_run(&e);
  return e.count;
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
