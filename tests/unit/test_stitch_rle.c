/* Run lengths against a decoder written from cocoapi's definition. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parsona.h"

static uint32_t seed = 7;

static uint32_t random_u32(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

/* Zeros and ones in turn, down the columns. */
static void decode(const uint32_t *counts, size_t count, unsigned w, unsigned h,
                   uint8_t *mask) {
  size_t at = 0;
  for (size_t i = 0; i < count; i++)
    for (uint32_t k = 0; k < counts[i]; k++, at++)
      mask[at % h * w + at / h] = i & 1;
  assert_int_equal(at, (size_t)w * h);
}

/* cocoapi's rleFrString: five bits a character, the sixth says that more
 * follow, the last one's fifth is the sign. */
static size_t parse(const char *text, uint32_t *counts) {
  size_t count = 0;
  while (*text) {
    int64_t value = 0;
    int shift = 0;
    for (;;) {
      int c = *text++ - 48;
      assert_in_range(c, 0, 63);
      value |= (int64_t)(c & 31) << shift;
      shift += 5;
      if (c & 32) continue;
      if (c & 16) value -= (int64_t)1 << shift;
      break;
    }
    if (count > 2) value += counts[count - 2];
    counts[count++] = (uint32_t)value;
  }
  return count;
}

static void masks_come_back(void **state) {
  (void)state;
  for (int i = 0; i < 300; i++) {
    unsigned w = 1 + random_u32() % 60, h = 1 + random_u32() % 60;
    uint8_t *mask = calloc(w, h), *back = calloc(w, h);
    unsigned density = random_u32() % 101, run = 1 + random_u32() % 50;
    for (unsigned k = 0; k < w * h; k++)
      mask[k] = k % run                        ? k ? mask[k - 1] : 0
                : random_u32() % 100 < density ? 255
                                               : 0;
    uint32_t *counts = calloc(w * h + 1, 4), *parsed = calloc(w * h + 1, 4);
    size_t count = pa_rle_encode(mask, w, h, counts, w * h + 1);
    decode(counts, count, w, h, back);
    for (unsigned k = 0; k < w * h; k++)
      assert_int_equal(mask[k] != 0, back[k]);

    size_t length = pa_rle_string(counts, count, NULL, 0);
    char *text = malloc(length + 1);
    assert_int_equal(pa_rle_string(counts, count, text, length + 1), length);
    assert_int_equal(strlen(text), length);
    assert_int_equal(parse(text, parsed), count);
    assert_memory_equal(counts, parsed, count * 4);
    free(text);
    free(parsed);
    free(counts);
    free(back);
    free(mask);
  }
}

static void long_runs_come_back(void **state) {
  (void)state;
  const uint32_t counts[] = {0,  1,     4000000000u, 5, 15, 16,
                             31, 32000, 110000000,   0, 1,  2};
  size_t count = sizeof counts / sizeof counts[0];
  char text[200];
  uint32_t parsed[20];
  pa_rle_string(counts, count, text, sizeof text);
  assert_int_equal(parse(text, parsed), count);
  assert_memory_equal(counts, parsed, sizeof counts);
}

static void a_known_mask(void **state) {
  (void)state;
  /* Column by column: 0 1 1 | 0 1 0. Runs 1 2 1 1 1; the fourth on as
   * differences: 1 2 1 -1 0. */
  const uint8_t mask[] = {0, 0, 9, 1, 255, 0};
  uint32_t counts[8];
  assert_int_equal(pa_rle_encode(mask, 2, 3, counts, 8), 5);
  assert_memory_equal(counts, ((uint32_t[]){1, 2, 1, 1, 1}), 20);
  char text[16];
  assert_int_equal(pa_rle_string(counts, 5, text, sizeof text), 5);
  assert_string_equal(text, "121O0");
}

static void what_does_not_fit_is_counted(void **state) {
  (void)state;
  const uint8_t mask[] = {0, 0, 9, 1, 255, 0};
  uint32_t counts[3] = {7, 7, 7};
  assert_int_equal(pa_rle_encode(mask, 2, 3, counts, 2), 5);
  assert_int_equal(counts[1], 2);
  assert_int_equal(counts[2], 7);
  assert_int_equal(pa_rle_encode(mask, 2, 3, NULL, 0), 5);
  assert_int_equal(pa_rle_encode(mask, 0, 3, counts, 2), 0);
  char text[4] = "....";
  assert_int_equal(pa_rle_string((uint32_t[]){1, 2, 1}, 3, text, 3), 3);
  assert_string_equal(text, "12");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(masks_come_back),
      cmocka_unit_test(long_runs_come_back),
      cmocka_unit_test(a_known_mask),
      cmocka_unit_test(what_does_not_fit_is_counted),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
