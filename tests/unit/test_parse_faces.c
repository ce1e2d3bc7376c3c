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

/* A person with a head there, as the pose network sees it. */
static pa_pose pose_at(float x, float y, float s, float presence) {
  pa_pose pose = {.presence = presence};
  pose.keypoints[PA_KP_NOSE] = (pa_keypoint){x, y, .9f};
  pose.keypoints[PA_KP_LEFT_EYE] = (pa_keypoint){x + .2f * s, y - .2f * s, .9f};
  pose.keypoints[PA_KP_RIGHT_EYE] =
      (pa_keypoint){x - .2f * s, y - .2f * s, .9f};
  return pose;
}

static void a_face_seen_closely_makes_likely(void **state) {
  (void)state;
  pa_faces faces = {{face_at(300, 100, 40, .9f)}, 1};
  pa_detected_face close = face_at(100, 100, 25, .8f);
  pa_pose pose = pose_at(101, 102, 25, .9f);
  pa_found found = {.score = .12f};
  pa_faces_own(&close, &pose, &faces, &found);
  assert_int_equal(faces.count, 2);
  assert_int_equal(found.face, 2);
  assert_float_equal(found.score, .3f, 1e-6);
  assert_float_equal(faces.list[1].cx, 100, 0);
  assert_true(faces.list[1].close);
  pa_found alone[2] = {{0}};
  assert_int_equal(pa_faces_join(&faces, alone, 0, 2), 2);
  assert_float_equal(alone[0].score, .9f, 1e-6);
  assert_float_equal(alone[1].score, .3f, 1e-6);
}

static void a_doubtful_face_changes_nobody(void **state) {
  (void)state;
  pa_faces faces = {.count = 0};
  pa_found found = {.score = .12f};
  pa_detected_face close = face_at(100, 100, 25, .8f);
  pa_pose pose = pose_at(100, 100, 25, .9f);
  pa_pose away = pose_at(115, 100, 25, .9f);
  pa_pose nobody = pose_at(100, 100, 25, .3f);
  pa_detected_face unsure = close, tiny = close;
  unsure.score = .65f;
  tiny.side = 20;
  pa_faces_own(&tiny, &pose, &faces, &found);
  pa_faces_own(&unsure, &pose, &faces, &found);
  pa_faces_own(&close, &away, &faces, &found);
  pa_faces_own(&close, &nobody, &faces, &found);
  assert_int_equal(faces.count + found.face, 0);
  assert_float_equal(found.score, .12f, 0);
}

static void a_face_seen_closely_needs_a_body(void **state) {
  (void)state;
  pa_faces faces = {{face_at(100, 100, 60, .9f), face_at(300, 100, 30, .9f)},
                    2};
  faces.list[1].close = true;
  pa_pose faint = {.presence = .3f}, sure = {.presence = .95f};
  pa_found nobody = {.face = 0}, large = {.face = 1}, close = {.face = 2};
  assert_float_equal(pa_faces_presence(&faces, &nobody, &faint), .3f, 0);
  assert_float_equal(pa_faces_presence(&faces, &large, &faint), .9f, 0);
  assert_float_equal(pa_faces_presence(&faces, &large, &sure), .95f, 0);
  assert_float_equal(pa_faces_presence(&faces, &close, &faint), .3f, 0);
}

/* Each place of the photo, with a face of a twentieth around it, lies wholly in
 * some tile. */
static void tiles_hold_every_small_face(void **state) {
  (void)state;
  const float sizes[][2] = {
      {1920, 1080}, {1000, 1000}, {640, 853}, {3000, 900}, {480, 479}};
  pa_pose_roi tiles[PA_FACES_TILES];
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    float w = sizes[i][0], h = sizes[i][1], s = fmaxf(w, h) / 20;
    size_t count = pa_faces_tiles(w, h, tiles);
    assert_true(count > 1 && count <= PA_FACES_TILES);
    for (int k = 0; k < 40 * 40; k++) {
      pa_detected_face face =
          face_at(w * (float)(k % 40) / 39, h * (float)(k / 40) / 39, s, .9f);
      size_t holding = 0;
      for (size_t t = 0; t < count; t++)
        holding += fabsf(face.cx - tiles[t].cx) <= tiles[t].side / 2 &&
                   fabsf(face.cy - tiles[t].cy) <= tiles[t].side / 2 &&
                   pa_faces_within(&face, &tiles[t], w, h);
      assert_true(holding > 0);
    }
  }
}

static void cut_faces_are_left_to_other_tiles(void **state) {
  (void)state;
  pa_pose_roi tile = {200, 200, 400, 0}; /* of a photo of 1000 x 400 */
  pa_detected_face face = face_at(395, 200, 40, .9f);
  assert_false(pa_faces_within(&face, &tile, 1000, 400));
  face.cx = 370;
  assert_true(pa_faces_within(&face, &tile, 1000, 400));
  face = face_at(200, 395, 40, .9f); /* the photo itself cuts it */
  assert_true(pa_faces_within(&face, &tile, 1000, 400));
  face = face_at(5, 200, 40, .9f);
  assert_true(pa_faces_within(&face, &tile, 1000, 400));
}

static void faces_are_listed_once(void **state) {
  (void)state;
  pa_detected_face list[2];
  pa_detected_face a = face_at(100, 100, 40, .7f), b = a, c = a;
  b.cx = 110, b.score = .8f; /* the same, seen better */
  c.cx = 200, c.score = .9f;
  size_t count = pa_detect_insert(list, 0, 2, &a);
  count = pa_detect_insert(list, count, 2, &b);
  assert_int_equal(count, 1);
  assert_float_equal(list[0].cx, 110, 0);
  count = pa_detect_insert(list, count, 2, &a);
  assert_int_equal(count, 1);
  count = pa_detect_insert(list, count, 2, &c);
  assert_int_equal(count, 2);
  assert_float_equal(list[0].cx, 200, 0);
  c.cx = 300, c.score = .85f; /* no room: the least goes */
  assert_int_equal(pa_detect_insert(list, count, 2, &c), 2);
  assert_float_equal(list[1].cx, 300, 0);
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
  memset(grid.parts, 100, (size_t)PA_GRID * PA_GRID * grid.stride);
  /* Beyond the cheek: nobody, by both networks, and by the mask alone. */
  const size_t wall = 100 * PA_GRID + 112, hole = 100 * PA_GRID + 88,
               other = 100 * PA_GRID + 92;
  grid.body[wall] = 60;
  grid.body[hole] = grid.owner[hole] = 0;
  memset(grid.parts + hole * grid.stride, 0, grid.stride);
  /* And somebody, whom the mask gives to another. */
  grid.body[other] = grid.owner[other] = 0;
  pa_faces_claim(&faces, owned, 3, 1, &grid);
  assert_int_equal(grid.body[wall], 60);
  assert_int_equal(grid.body[hole], 0);
  assert_true(grid.body[other] > 230 && grid.owner[other] > 230);
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
      cmocka_unit_test(a_face_seen_closely_makes_likely),
      cmocka_unit_test(a_doubtful_face_changes_nobody),
      cmocka_unit_test(a_face_seen_closely_needs_a_body),
      cmocka_unit_test(tiles_hold_every_small_face),
      cmocka_unit_test(cut_faces_are_left_to_other_tiles),
      cmocka_unit_test(faces_are_listed_once),
      cmocka_unit_test(faces_are_their_owners),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
