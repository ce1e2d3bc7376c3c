/* The nearest pixels of sets against a search of all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "avatar3d/nearest.h"

enum { MOST = 60 * 60 };

static unsigned distance2(unsigned width, uint32_t a, uint32_t b) {
  int dx = (int)(a % width) - (int)(b % width);
  int dy = (int)(a / width) - (int)(b / width);
  return (unsigned)(dx * dx + dy * dy);
}

static unsigned least(const uint8_t *in, unsigned width, unsigned pixels,
                      uint32_t from) {
  unsigned found = UINT32_MAX;
  for (uint32_t i = 0; i < pixels; i++)
    if (in[i] && distance2(width, from, i) < found)
      found = distance2(width, from, i);
  return found;
}

/* Of a picture one pixel in `few` is in the set. */
static void check(unsigned width, unsigned height, unsigned few) {
  uint8_t in[MOST];
  uint32_t nearest[MOST];
  unsigned pixels = width * height;
  pa_error err = {0};
  for (unsigned i = 0; i < pixels; i++) {
    in[i] = (unsigned)rand() % few == 0;
    nearest[i] = in[i] ? i : PA_NEAREST_NONE;
  }
  in[pixels / 3] = 1, nearest[pixels / 3] = pixels / 3;
  assert_int_equal(pa_nearest_spread(&err, width, height, nearest), PA_OK);
  for (unsigned i = 0; i < pixels; i++) {
    assert_true(nearest[i] < pixels && in[nearest[i]]);
    assert_int_equal(distance2(width, i, nearest[i]),
                     least(in, width, pixels, i));
  }
}

static void nearest_is_exact(void **state) {
  (void)state;
  srand(3);
  for (unsigned few = 2; few < 4000; few *= 5) {
    check(60, 60, few);
    check(59, 31, few);
    check(1, 40, few);
    check(40, 1, few);
  }
  check(1, 1, 2);
}

static void an_empty_set_stays_empty(void **state) {
  (void)state;
  uint32_t nearest[12];
  pa_error err = {0};
  for (unsigned i = 0; i < 12; i++)
    nearest[i] = PA_NEAREST_NONE;
  assert_int_equal(pa_nearest_spread(&err, 4, 3, nearest), PA_OK);
  for (unsigned i = 0; i < 12; i++)
    assert_int_equal(nearest[i], PA_NEAREST_NONE);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(nearest_is_exact),
      cmocka_unit_test(an_empty_set_stays_empty),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
