/* Faces and people: who is whose. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "parse/faces.h"

enum { NOSE, L_EYE, R_EYE, L_SHOULDER = 5, R_SHOULDER, L_HIP = 11, R_HIP };

/* A frontal face of side `s` around (x, y). */
static pa_detected_face face_at(float x, float y, float s, float score) {
  return (pa_detected_face){
      .score = score,
      .cx = x,
      .cy = y,
      .side = s,
      .spots = {[PA_SPOT_RIGHT_EYE] = {x - .2f * s, y - .2f * s},
                [PA_SPOT_LEFT_EYE] = {x + .2f * s, y - .2f * s},
                [PA_SPOT_NOSE] = {x, y},
                [PA_SPOT_MOUTH] = {x, y + .25f * s},
                [PA_SPOT_RIGHT_EAR] = {x - .5f * s, y - .1f * s},
                [PA_SPOT_LEFT_EAR] = {x + .5f * s, y - .1f * s}}};
}

/* A person standing under such a face, torso of `torso` times s. */
static pa_found person_at(float x, float y, float s, float torso) {
  pa_found p = {.score = .6f};
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++)
    p.keypoints[i] = (pa_keypoint){x, y + (1.2f + 2 * torso) * s, .5f};
  p.keypoints[NOSE] = (pa_keypoint){x, y, .9f};
  p.keypoints[L_EYE] = (pa_keypoint){x + .2f * s, y - .2f * s, .9f};
  p.keypoints[R_EYE] = (pa_keypoint){x - .2f * s, y - .2f * s, .9f};
  for (int side = 0; side < 2; side++) {
    float out = side ? -s : s;
    p.keypoints[L_SHOULDER + side] = (pa_keypoint){x + out, y + 1.2f * s, .9f};
    p.keypoints[L_HIP + side] =
        (pa_keypoint){x + out * .6f, y + (1.2f + torso) * s, .9f};
  }
  return p;
}

static void faces_go_to_their_people(void **state) {
  (void)state;
  pa_faces faces = {{face_at(300, 100, 40, .9f), face_at(100, 105, 40, .8f)},
                    2};
  pa_found found[4] = {person_at(103, 100, 40, 3), person_at(297, 103, 40, 3),
                       person_at(500, 100, 40, 3)};
  pa_found before = found[0];
  assert_int_equal(pa_faces_join(&faces, found, 3, 4), 3);
  assert_int_equal(found[0].face, 2);
  assert_int_equal(found[1].face, 1);
  assert_int_equal(found[2].face, 0);
  assert_memory_equal(before.keypoints, found[0].keypoints,
                      sizeof before.keypoints);
}

/* A ghost of the same person, a little nearer to the face, does not get it; and
 * who has a sure face is surer than any ghost. */
static void a_likely_person_gets_the_face(void **state) {
  (void)state;
  pa_faces faces = {{face_at(100, 100, 40, .9f), face_at(300, 100, 40, .65f)},
                    2};
  pa_found found[4] = {person_at(100, 101, 40, 3), person_at(104, 103, 40, 3),
                       person_at(300, 100, 40, 3)};
  found[0].score = .26f;
  found[1].score = .42f;
  assert_int_equal(pa_faces_join(&faces, found, 3, 4), 3);
  assert_int_equal(found[0].face, 0);
  assert_int_equal(found[1].face, 1);
  assert_float_equal(found[1].score, .9f, 1e-6);
  assert_int_equal(found[2].face, 2); /* too doubtful to change anything */
  assert_float_equal(found[2].score, .6f, 1e-6);
}

static void a_face_alone_is_a_person(void **state) {
  (void)state;
  pa_faces faces = {{face_at(300, 300, 200, .9f), face_at(600, 50, 30, .65f)},
                    2};
  pa_found found[2] = {{0}};
  assert_int_equal(pa_faces_join(&faces, found, 0, 0), 0);
  /* The second is too doubtful. */
  assert_int_equal(pa_faces_join(&faces, found, 0, 2), 1);
  const pa_keypoint *k = found[0].keypoints;
  assert_int_equal(found[0].face, 1);
  assert_float_equal(found[0].score, .9f, 1e-6);
  assert_true(k[L_SHOULDER].x > 450 && k[R_SHOULDER].x < 150);
  assert_true(k[L_SHOULDER].y > 500 && k[L_HIP].y > 1000);
  assert_true(found[0].w > 0 && found[0].h > found[0].w);
}

/* A close-up: the finder puts all of the body inside the photo. */
static void a_body_too_small_for_its_face_is_replaced(void **state) {
  (void)state;
  pa_faces faces = {{face_at(300, 300, 200, .9f)}, 1};
  pa_found found[1] = {person_at(300, 300, 200, .5f)};
  assert_int_equal(pa_faces_join(&faces, found, 1, 1), 1);
  assert_int_equal(found[0].face, 1);
  assert_true(found[0].keypoints[L_HIP].y > 1000);
}

static void parts_of_a_face_are_nobody(void **state) {
  (void)state;
  pa_faces faces = {{face_at(300, 300, 200, .9f)}, 1};
  /* Two tiny people on it, and a small one beside. */
  pa_found found[4] = {person_at(370, 290, 8, 1), person_at(230, 310, 8, 1),
                       person_at(700, 290, 8, 1)};
  assert_int_equal(pa_faces_join(&faces, found, 3, 4), 2);
  assert_int_equal(found[0].face, 1);
  assert_float_equal(found[0].keypoints[NOSE].x, 300, 1e-3);
  assert_float_equal(found[1].keypoints[NOSE].x, 700, 1e-3);
}

static void the_head_is_moved_to_its_face(void **state) {
  (void)state;
  pa_faces faces = {{face_at(300, 300, 100, .9f)}, 1};
  pa_found found = {.face = 1};
  pa_pose pose = {.presence = 1};
  for (int i = 0; i < PA_KEYPOINTS; i++)
    pose.keypoints[i] = (pa_keypoint){700, 700, .9f};
  assert_int_equal(pa_faces_correct(NULL, NULL, &faces, &found, &pose), PA_OK);
  const pa_keypoint *k = pose.keypoints;
  assert_float_equal(k[PA_KP_NOSE].x, 300, 1e-3);
  assert_float_equal(k[PA_KP_LEFT_EYE].x, 320, 1e-3);
  assert_float_equal(k[PA_KP_LEFT_EYE].y, 280, 1e-3);
  assert_true(k[PA_KP_MOUTH_LEFT].x > 305 && k[PA_KP_MOUTH_RIGHT].x < 295);
  assert_true(k[3].x > k[2].x && k[2].x > k[1].x); /* corners of the left eye */
  for (int i = PA_KP_LEFT_SHOULDER; i < PA_KEYPOINTS; i++)
    assert_float_equal(k[i].x, 700, 0);
}

/* BlazePose's landmarks are finer where both agree. */
static void a_head_that_fits_stays(void **state) {
  (void)state;
  pa_faces faces = {{face_at(300, 300, 100, .9f)}, 1};
  pa_found found = {.face = 1};
  pa_pose pose = {.presence = 1}, moved;
  for (int i = 0; i < PA_KEYPOINTS; i++)
    pose.keypoints[i] = (pa_keypoint){0, 0, .9f};
  pa_faces_correct(NULL, NULL, &faces, &found, &pose);
  for (int i = 0; i <= PA_KP_MOUTH_RIGHT; i++)
    pose.keypoints[i].x += 6;
  moved = pose;
  pa_faces_correct(NULL, NULL, &faces, &found, &pose);
  assert_memory_equal(&moved, &pose, sizeof pose);
}

static void faces_are_their_owners(void **state) {
  (void)state;
  pa_faces faces = {{face_at(100, 100, 40, .9f), face_at(160, 100, 40, .9f)},
                    2};
  const unsigned owned[] = {1, 0, 2};
  const uint8_t labels[] = {2, 11};
  pa_grid grid;
  assert_int_equal(pa_grid_init(NULL,
                                pa_affine_square(128, 128, 256, 0, PA_GRID),
                                labels, 2, 0, &grid),
                   PA_OK);
  memset(grid.owner, 128, (size_t)PA_GRID * PA_GRID);
  memset(grid.body, 200, (size_t)PA_GRID * PA_GRID);
  pa_faces_claim(&faces, owned, 3, 1, &grid);
  assert_true(grid.owner[100 * PA_GRID + 100] > 230);
  assert_true(grid.body[100 * PA_GRID + 110] > 230);
  assert_true(grid.owner[100 * PA_GRID + 160] < 20);
  assert_int_equal(grid.owner[100 * PA_GRID + 130], 128);
  assert_int_equal(grid.body[180 * PA_GRID + 100], 200);
  pa_grid_free(&grid);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(faces_go_to_their_people),
      cmocka_unit_test(a_likely_person_gets_the_face),
      cmocka_unit_test(a_face_alone_is_a_person),
      cmocka_unit_test(a_body_too_small_for_its_face_is_replaced),
      cmocka_unit_test(parts_of_a_face_are_nobody),
      cmocka_unit_test(the_head_is_moved_to_its_face),
      cmocka_unit_test(a_head_that_fits_stays),
      cmocka_unit_test(faces_are_their_owners),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
