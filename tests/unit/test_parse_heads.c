/* What heads tell of whose pixel it is. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parse/heads.h"

/* A face of which eyes and mouth are 10 pixels apart: a torso of 70. */
static pa_pose facing(float x, float y) {
  pa_pose pose = {.presence = 1};
  pa_keypoint *k = pose.keypoints;
  k[PA_KP_NOSE] = (pa_keypoint){x, y, 1};
  k[PA_KP_LEFT_EYE] = (pa_keypoint){x + 5, y - 5, 1};
  k[PA_KP_RIGHT_EYE] = (pa_keypoint){x - 5, y - 5, 1};
  k[PA_KP_MOUTH_LEFT] = (pa_keypoint){x + 3, y + 5, 1};
  k[PA_KP_MOUTH_RIGHT] = (pa_keypoint){x - 3, y + 5, 1};
  return pose;
}

/* Somebody who is sure to own every cell of a photo of 256 x 256. */
static pa_grid everywhere(uint8_t owner) {
  const uint8_t labels[] = {2, 11};
  pa_grid grid;
  assert_int_equal(pa_grid_init(NULL,
                                pa_affine_square(128, 128, 256, 0, PA_GRID),
                                labels, 2, 0, &grid),
                   PA_OK);
  memset(grid.owner, owner, (size_t)PA_GRID * PA_GRID);
  memset(grid.body, 250, (size_t)PA_GRID * PA_GRID);
  return grid;
}

/* What the first is less sure of at (x, y), when both are everywhere. */
static int lost(const pa_pose *own, const pa_pose *other, int x, int y) {
  pa_grid a = everywhere(200), b = everywhere(200);
  pa_heads_yield(&a, own, &b, other);
  int less = 200 - a.owner[y * PA_GRID + x];
  assert_int_equal(b.owner[y * PA_GRID + x], 200);
  pa_grid_free(&a);
  pa_grid_free(&b);
  return less;
}

static void the_lower_head_is_in_front(void **state) {
  (void)state;
  pa_pose high = facing(130, 60), low = facing(130, 120);
  assert_in_range(lost(&high, &low, 130, 110), 50, 70); /* the head */
  assert_in_range(lost(&high, &low, 130, 180), 50, 70); /* the torso */
  assert_in_range(lost(&high, &low, 160, 200), 50, 70);
  assert_int_equal(lost(&high, &low, 130, 70), 0);  /* above */
  assert_int_equal(lost(&high, &low, 220, 140), 0); /* beside */
  assert_int_equal(lost(&low, &high, 130, 180), 0);
  /* In proportion: a large face is lower by less of a torso. */
  pa_pose between = facing(130, 85), large = facing(130, 85);
  large.keypoints[PA_KP_MOUTH_LEFT].y += 8;
  large.keypoints[PA_KP_MOUTH_RIGHT].y += 8;
  int some = lost(&high, &between, 130, 180);
  assert_in_range(some, 10, 50);
  assert_true(lost(&high, &large, 130, 180) < some);
}

static void in_a_row_the_nearer_head_owns_more(void **state) {
  (void)state;
  pa_pose left = facing(80, 60), right = facing(150, 60);
  assert_in_range(lost(&left, &right, 150, 150), 35, 45);
  assert_int_equal(lost(&right, &left, 150, 150), 0);
  assert_in_range(lost(&right, &left, 80, 150), 35, 45);
  assert_in_range(lost(&left, &right, 116, 150), 0, 2); /* between them */
  assert_int_equal(lost(&left, &right, 150, 50), 0);    /* above the noses */
  /* Far behind is another row. */
  pa_pose small = facing(150, 60);
  small.keypoints[PA_KP_MOUTH_LEFT].y -= 6;
  small.keypoints[PA_KP_MOUTH_RIGHT].y -= 6;
  assert_int_equal(lost(&left, &small, 150, 150), 0);
}

static void only_what_both_claim_changes(void **state) {
  (void)state;
  pa_pose high = facing(130, 60), low = facing(130, 120);
  pa_grid behind = everywhere(200), faint = everywhere(5);
  pa_grid front = everywhere(190);
  for (int y = 0; y < PA_GRID; y++)
    memset(front.body + y * PA_GRID, 0, 120);
  pa_heads_yield(&behind, &high, &front, &low);
  pa_heads_yield(&faint, &high, &front, &low);
  assert_int_equal(behind.owner[200 * PA_GRID + 115], 200);
  assert_true(behind.owner[200 * PA_GRID + 125] < 200);
  assert_int_equal(faint.owner[200 * PA_GRID + 125], 0);
  pa_grid_free(&behind);
  pa_grid_free(&faint);
  pa_grid_free(&front);
}

static void unseen_heads_say_nothing(void **state) {
  (void)state;
  const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f};
  pa_pose high = facing(130, 60), low = facing(130, 120);
  low.keypoints[PA_KP_NOSE].score = 0.1f;
  assert_int_equal(lost(&high, &low, 130, 180), 0);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    pa_pose odd = facing(130, 120);
    odd.keypoints[PA_KP_NOSE].y = bad[i];
    assert_in_range(lost(&high, &odd, 130, 180), 0, 100);
    odd.keypoints[PA_KP_LEFT_EYE].x = bad[i];
    assert_in_range(lost(&high, &odd, 130, 180), 0, 100);
    assert_in_range(lost(&odd, &high, 130, 180), 0, 100);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_lower_head_is_in_front),
      cmocka_unit_test(in_a_row_the_nearer_head_owns_more),
      cmocka_unit_test(only_what_both_claim_changes),
      cmocka_unit_test(unseen_heads_say_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
