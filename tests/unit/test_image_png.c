/* Writing PNG: what is read back is what was written; checksums; Huffman
 * codes; no memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "image/bytes.h"
#include "image/deflate.h"
#include "image/huffman.h"
#include "image/image.h"

static uint32_t seed;

static uint32_t random_u32(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

/* ------------------------------------------------------------ checksums */

static uint32_t crc_of(const uint8_t *p, size_t size) {
  uint32_t crc = 0xffffffff;
  for (size_t i = 0; i < size; i++) {
    crc ^= p[i];
    for (int k = 0; k < 8; k++)
      crc = crc & 1 ? crc >> 1 ^ 0xedb88320 : crc >> 1;
  }
  return ~crc;
}

static uint32_t adler_of(const uint8_t *p, size_t size) {
  uint32_t a = 1, b = 0;
  for (size_t i = 0; i < size; i++) {
    a = (a + p[i]) % 65521;
    b = (b + a) % 65521;
  }
  return b << 16 | a;
}

static void assert_chunks_are_sound(const uint8_t *png, size_t size) {
  static const char *const types[] = {"IHDR", "IDAT", "IEND"};
  size_t at = 8;
  for (int i = 0; i < 3; i++) {
    size_t length = pa_be32(png + at);
    assert_memory_equal(png + at + 4, types[i], 4);
    assert_int_equal(pa_be32(png + at + 8 + length),
                     crc_of(png + at + 4, length + 4));
    at += 12 + length;
  }
  assert_int_equal(at, size);
}

/* ------------------------------------------------------------ pictures */

enum { LEVEL, NOISE, PATCHES, RAMP, REPEATS, SPARSE, GRAIN, KINDS };

static void paint(int kind, uint8_t *p, unsigned width, unsigned height,
                  unsigned channels) {
  size_t row = (size_t)width * channels, size = row * height;
  for (size_t i = 0; i < size; i++) {
    switch (kind) {
    case LEVEL:
      p[i] = 200;
      break;
    case NOISE:
      p[i] = (uint8_t)random_u32();
      break;
    case RAMP:
      p[i] = (uint8_t)(i % row / channels + 2 * (i / row) + random_u32() % 3);
      break;
    case REPEATS:
      p[i] = (uint8_t)(i % 777 * 13 ^ i % 777 >> 3);
      break;
    case SPARSE:
      p[i] = random_u32() % 1000 ? 0 : (uint8_t)random_u32();
      break;
    case GRAIN: /* with a level strip in the middle */
      p[i] = i / (size / 3 + 1) == 1 ? 7 : (uint8_t)(random_u32() >> 16 & 3);
      break;
    default:
      p[i] = 0;
    }
  }
  for (int i = 0; kind == PATCHES && i < 30; i++) {
    unsigned x0 = random_u32() % width, y0 = random_u32() % height;
    unsigned w = 1 + random_u32() % width, h = 1 + random_u32() % height;
    uint8_t value = (uint8_t)(random_u32() % 32);
    for (unsigned y = y0; y < height && y < y0 + h; y++)
      for (unsigned x = x0; x < width && x < x0 + w; x++)
        memset(p + y * row + x * channels, value, channels);
  }
}

static void assert_same(const pa_image *image, const uint8_t *p,
                        unsigned channels) {
  size_t pixels = (size_t)image->width * image->height;
  for (size_t i = 0; i < pixels; i++, p += channels) {
    uint8_t want[4] = {p[0], p[0], p[0], 255};
    if (channels >= 3) memcpy(want, p, channels);
    if (memcmp(image->rgba + 4 * i, want, 4) != 0)
      fail_msg("pixel %zu of %u x %u x %u", i, image->width, image->height,
               channels);
  }
}

typedef pa_status (*encoder)(pa_error *err, const uint8_t *pixels,
                             unsigned width, unsigned height, unsigned channels,
                             uint8_t **png, size_t *png_size);

static void round_trip_with(encoder encode, int kind, unsigned width,
                            unsigned height, unsigned channels) {
  size_t size = (size_t)width * height * channels, png_size;
  uint8_t *pixels = malloc(size), *png;
  paint(kind, pixels, width, height, channels);
  pa_error err = {0};
  assert_int_equal(
      encode(&err, pixels, width, height, channels, &png, &png_size), PA_OK);
  assert_chunks_are_sound(png, png_size);
  pa_image *image;
  if (pa_image_read(&err, png, png_size, &image))
    fail_msg("kind %d, %u x %u x %u: %s", kind, width, height, channels,
             err.text);
  assert_int_equal(image->width, width);
  assert_int_equal(image->height, height);
  assert_same(image, pixels, channels);
  pa_image_destroy(image);
  pa_mem_free(png);
  free(pixels);
}

static void round_trip(int kind, unsigned width, unsigned height,
                       unsigned channels) {
  round_trip_with(pa_image_png, kind, width, height, channels);
  round_trip_with(pa_image_png_quick, kind, width, height, channels);
}

static void small_pictures_come_back(void **state) {
  (void)state;
  static const unsigned channels[] = {1, 3, 4};
  for (int i = 0; i < 400; i++) {
    seed = (uint32_t)i;
    unsigned width = 1 + random_u32() % 70, height = 1 + random_u32() % 50;
    round_trip(i % KINDS, width, height, channels[i / KINDS % 3]);
  }
}

/* Large enough to slide the window and to fill several blocks. */
static void large_pictures_come_back(void **state) {
  (void)state;
  for (int kind = 0; kind < KINDS; kind++) {
    seed = (uint32_t)kind;
    round_trip(kind, 701, 503, 4);
    round_trip(kind, 2003, 700, 1);
  }
  round_trip(NOISE, 30000, 3, 4);
  round_trip(RAMP, 1, 30000, 1);
}

static void level_pictures_are_small(void **state) {
  (void)state;
  uint8_t *pixels = malloc(4000 * 3000), *png;
  size_t size;
  paint(LEVEL, pixels, 4000, 3000, 1);
  size_t used = pa_mem_used();
  pa_mem_reset_peak();
  assert_int_equal(pa_image_png(NULL, pixels, 4000, 3000, 1, &png, &size),
                   PA_OK);
  assert_in_range(size, 100, 20000);
  assert_true(pa_mem_peak() - used < 2 << 20);
  pa_mem_free(png);
  free(pixels);
}

/* Two bits a byte, for which matches are no help, and next to none where a
 * strip is level. */
static void grain_takes_no_more_than_it_must(void **state) {
  (void)state;
  enum { WIDTH = 1200, HEIGHT = 1200 };
  uint8_t *pixels = malloc(WIDTH * HEIGHT), *png;
  size_t size;
  seed = 1234567;
  paint(GRAIN, pixels, WIDTH, HEIGHT, 1);
  assert_int_equal(pa_image_png(NULL, pixels, WIDTH, HEIGHT, 1, &png, &size),
                   PA_OK);
  const size_t noise = WIDTH * HEIGHT / 3 * 2;
  assert_in_range(size, noise / 4, noise * 36 / 100);
  pa_mem_free(png);
  free(pixels);
}

static void impossible_pictures_are_refused(void **state) {
  (void)state;
  pa_error err = {0};
  uint8_t pixels[16] = {0}, *png;
  size_t size;
  assert_int_equal(pa_image_png(&err, pixels, 2, 2, 2, &png, &size),
                   PA_ERROR_ARGUMENT);
  assert_string_equal(err.text, "a PNG of 2 channels; 1, 3 and 4 are written");
  assert_int_equal(pa_image_png(&err, pixels, 0, 2, 1, &png, &size),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_image_png(&err, pixels, 40000, 1, 1, &png, &size),
                   PA_ERROR_TOO_LARGE);
  assert_null(png);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  static uint8_t pixels[200 * 200];
  paint(NOISE, pixels, 200, 200, 1);
  size_t used = pa_mem_used();
  for (long n = 0;; n++) {
    pa_error err = {0};
    uint8_t *png;
    size_t size;
    pa_mem_fail_after(n);
    pa_status status = pa_image_png(&err, pixels, 200, 200, 1, &png, &size);
    pa_mem_fail_after(-1);
    if (!status) {
      assert_true(n > 3);
      pa_mem_free(png);
      break;
    }
    assert_int_equal(status, PA_ERROR_MEMORY);
    assert_non_null(strstr(err.text, "out of memory"));
    assert_null(png);
    assert_int_equal(pa_mem_used(), used);
  }
}

/* ------------------------------------------------------------ deflate */

static void the_checksum_is_adlers(void **state) {
  (void)state;
  for (int i = 0; i < 60; i++) {
    seed = (uint32_t)i;
    size_t size = random_u32() % 20000;
    uint8_t *bytes = malloc(size + 1);
    for (size_t k = 0; k < size; k++)
      bytes[k] = i % 2 ? 255 : (uint8_t)random_u32();
    pa_sink sink = {0};
    pa_deflate *deflate = pa_deflate_begin(&sink, false);
    for (size_t at = 0; at < size;) {
      size_t part = random_u32() % 9000;
      if (part > size - at) part = size - at;
      pa_deflate_write(deflate, bytes + at, part);
      at += part;
    }
    pa_deflate_end(deflate);
    assert_false(sink.failed);
    assert_int_equal(pa_be32(sink.bytes + sink.size - 4),
                     adler_of(bytes, size));
    pa_mem_free(sink.bytes);
    free(bytes);
  }
}

static void check_code(const uint32_t *frequency, unsigned count,
                       unsigned longest) {
  pa_huffman h;
  pa_huffman_make(frequency, count, longest, &h);
  uint32_t kraft = 0;
  unsigned used = 0;
  for (unsigned s = 0; s < count; s++) {
    assert_in_range(h.length[s], 0, longest);
    if (frequency[s]) assert_true(h.length[s] > 0);
    if (!h.length[s]) continue;
    used++;
    kraft += 1u << (longest - h.length[s]);
    /* No code begins with another. */
    for (unsigned t = 0; t < s; t++) {
      unsigned l = h.length[s] < h.length[t] ? h.length[s] : h.length[t];
      if (l) assert_true(((h.code[s] ^ h.code[t]) & ((1u << l) - 1)) != 0);
      /* The rarer is not the shorter. */
      if (frequency[s] && frequency[t] && frequency[s] < frequency[t])
        assert_true(h.length[s] >= h.length[t]);
    }
  }
  assert_true(used >= 2);
  assert_int_equal(kraft, 1u << longest);
}

static void codes_are_complete_and_short_enough(void **state) {
  (void)state;
  uint32_t f[PA_HUFFMAN_SYMBOLS];
  for (int i = 0; i < 300; i++) {
    seed = (uint32_t)i;
    unsigned count = 2 + random_u32() % (PA_HUFFMAN_SYMBOLS - 2);
    unsigned density = random_u32() % 101;
    for (unsigned s = 0; s < count; s++)
      f[s] =
          random_u32() % 100 < density ? 1 + (random_u32() & random_u32()) : 0;
    check_code(f, count, 15);
    if (count <= 128) check_code(f, count, 7);
  }
  /* Fibonacci's numbers want the longest codes of all. */
  f[0] = f[1] = 1;
  for (unsigned s = 2; s < 40; s++)
    f[s] = f[s - 1] + f[s - 2];
  check_code(f, 40, 15);
  check_code(f, 19, 7);
  memset(f, 0, sizeof f);
  check_code(f, 30, 15);
  f[17] = 9;
  check_code(f, 30, 15);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(small_pictures_come_back),
      cmocka_unit_test(large_pictures_come_back),
      cmocka_unit_test(level_pictures_are_small),
      cmocka_unit_test(grain_takes_no_more_than_it_must),
      cmocka_unit_test(impossible_pictures_are_refused),
      cmocka_unit_test(any_allocation_may_fail),
      cmocka_unit_test(the_checksum_is_adlers),
      cmocka_unit_test(codes_are_complete_and_short_enough),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
