/* Whose pixel it is: from sureness to a body, and back. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/owner.h"

static void bodies_are_the_poses(void **state) {
  (void)state;
  assert_float_equal(pa_owner_closeness(0), 0, 0);
  assert_float_equal(pa_owner_closeness(0.15f), 0, 1e-6);
  assert_float_equal(pa_owner_closeness(NAN), 0, 0);
}

static void portraits_are_mostly_the_parts_networks(void **state) {
  (void)state;
  float before = 0;
  for (int percent = 16; percent < 30; percent++) {
    float now = pa_owner_closeness((float)percent / 100);
    assert_true(now > before);
    before = now;
  }
  assert_float_equal(pa_owner_closeness(1), 0.7f, 1e-6);
  assert_true(before < 0.7f);
}

static void hats_that_the_pose_leaves_out_are_worn(void **state) {
  (void)state;
  const float person = 0.95f, mask = 0.02f;
  assert_true(pa_owner_body(person, mask) == 0);
  float close = mask + pa_owner_closeness(0.4f) * (person - mask);
  assert_true(pa_owner_body(person, close) > 0.5f);
  /* Who stands beside keeps what is surely theirs. */
  assert_true(close < 0.9f);
}

static void the_way_back(void **state) {
  (void)state;
  for (int percent = 15; percent <= 100; percent += 5) {
    float owner = (float)percent / 100;
    assert_float_equal(pa_owner_somebody(pa_owner_body(0.6f, owner), owner),
                       0.6f, 1e-4);
  }
  assert_float_equal(pa_owner_gate(0.1f), 0, 0);
  assert_float_equal(pa_owner_gate(0.3f), 1, 1e-6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(bodies_are_the_poses),
      cmocka_unit_test(portraits_are_mostly_the_parts_networks),
      cmocka_unit_test(hats_that_the_pose_leaves_out_are_worn),
      cmocka_unit_test(the_way_back),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
