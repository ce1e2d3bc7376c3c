/* Who of the candidates stays. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parse/candidates.h"

/* Somebody who owns columns [x0, x1) from y0 on of a photo of 256 x 256, with
 * the head at their top. */
static pa_candidate somebody(float score, float presence, int x0, int x1,
                             int y0, uint8_t body) {
  const uint8_t labels[] = {2, 11};
  pa_candidate c;
  memset(&c, 0, sizeof c);
  c.score = score;
  c.pose.presence = presence;
  c.pose.keypoints[PA_KP_NOSE] =
      (pa_keypoint){(float)(x0 + x1) / 2, (float)y0 + 5, 1};
  c.pose.keypoints[PA_KP_LEFT_SHOULDER].x = (float)x1;
  c.pose.keypoints[PA_KP_RIGHT_SHOULDER].x = (float)x0;
  assert_int_equal(pa_grid_init(NULL,
                                pa_affine_square(128, 128, 256, 0, PA_GRID),
                                labels, 2, 0, &c.grid),
                   PA_OK);
  for (int y = y0; y < PA_GRID; y++) {
    memset(c.grid.owner + y * PA_GRID + x0, 250, (size_t)(x1 - x0));
    memset(c.grid.body + y * PA_GRID + x0, body, (size_t)(x1 - x0));
  }
  return c;
}

static size_t settle(pa_candidate *people, size_t count) {
  size_t kept = pa_candidates_settle(people, count);
  for (size_t i = 0; i < kept; i++)
    pa_grid_free(&people[i].grid);
  return kept;
}

static void a_child_before_an_adult_stays(void **state) {
  (void)state;
  pa_candidate people[2] = {somebody(.9f, 1, 60, 200, 0, 250),
                            somebody(.6f, .95f, 100, 140, 150, 250)};
  assert_int_equal(pa_candidates_settle(people, 2), 2);
  assert_float_equal(people[0].score, .9f, 0);
  /* The adult is behind. */
  assert_true(people[0].grid.owner[200 * PA_GRID + 120] <
              people[1].grid.owner[200 * PA_GRID + 120]);
  assert_int_equal(people[0].grid.owner[200 * PA_GRID + 80], 250);
  pa_grid_free(&people[0].grid);
  pa_grid_free(&people[1].grid);
}

static void the_adult_may_be_less_sure(void **state) {
  (void)state;
  pa_candidate people[2] = {somebody(.58f, .95f, 100, 140, 150, 250),
                            somebody(.5f, 1, 60, 200, 0, 250)};
  assert_int_equal(settle(people, 2), 2);
  /* A part that is a little surer than the whole gives way to it. */
  pa_candidate part[2] = {somebody(.52f, .95f, 100, 140, 150, 250),
                          somebody(.5f, 1, 60, 200, 0, 250)};
  assert_int_equal(settle(part, 2), 1);
  assert_float_equal(part[0].score, .5f, 0);
}

static void a_part_of_a_person_is_nobody(void **state) {
  (void)state;
  /* Not sure enough; the pose network does not see much; the same head. */
  pa_candidate people[2] = {somebody(.9f, 1, 60, 200, 0, 250),
                            somebody(.5f, .95f, 100, 140, 150, 250)};
  assert_int_equal(settle(people, 2), 1);
  pa_candidate faint[2] = {somebody(.9f, 1, 60, 200, 0, 250),
                           somebody(.6f, .8f, 100, 140, 150, 250)};
  assert_int_equal(settle(faint, 2), 1);
  pa_candidate head[2] = {somebody(.9f, 1, 60, 200, 0, 250),
                          somebody(.6f, 1, 100, 160, 0, 250)};
  assert_int_equal(settle(head, 2), 1);
}

static void a_blurred_person_stays(void **state) {
  (void)state;
  pa_candidate people[2] = {somebody(.9f, 1, 0, 100, 0, 250),
                            somebody(.45f, .98f, 130, 220, 20, 140)};
  assert_int_equal(settle(people, 2), 2);
  pa_candidate unseen[2] = {somebody(.9f, 1, 0, 100, 0, 250),
                            somebody(.45f, .9f, 130, 220, 20, 140)};
  assert_int_equal(settle(unseen, 2), 1);
  /* Half of what is seen is the first's. */
  pa_candidate hair[2] = {somebody(.9f, 1, 0, 100, 0, 250),
                          somebody(.45f, .98f, 50, 150, 20, 140)};
  assert_int_equal(settle(hair, 2), 1);
}

static void a_faint_person_is_seen_whole_and_alone(void **state) {
  (void)state;
  pa_candidate people[2] = {somebody(.9f, 1, 0, 100, 0, 250),
                            somebody(.25f, .7f, 130, 220, 20, 240)};
  assert_int_equal(settle(people, 2), 2);
  /* Seen well enough for .45, not for .25. */
  pa_candidate unseen[2] = {somebody(.9f, 1, 0, 100, 0, 250),
                            somebody(.25f, .7f, 130, 220, 20, 190)};
  assert_int_equal(settle(unseen, 2), 1);
  pa_candidate surer[2] = {somebody(.9f, 1, 0, 100, 0, 250),
                           somebody(.45f, .7f, 130, 220, 20, 190)};
  assert_int_equal(settle(surer, 2), 2);
  /* A third of what is seen is the first's. */
  pa_candidate shared[2] = {somebody(.9f, 1, 0, 100, 0, 250),
                            somebody(.25f, .7f, 70, 160, 20, 240)};
  assert_int_equal(settle(shared, 2), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(a_child_before_an_adult_stays),
      cmocka_unit_test(the_adult_may_be_less_sure),
      cmocka_unit_test(a_part_of_a_person_is_nobody),
      cmocka_unit_test(a_blurred_person_stays),
      cmocka_unit_test(a_faint_person_is_seen_whole_and_alone),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
