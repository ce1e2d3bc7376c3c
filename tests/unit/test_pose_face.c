/* Where faces are looked for. What the network then says is looked at on
 * photos; its arithmetic is compared in tests/networks. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pose/face.h"

/* A face whose eyes lie `apart` pixels apart and whose mouth lies `down` below
 * them, around (x, y) and turned by `angle`. */
static void place(pa_keypoint *k, float x, float y, float apart, float down,
                  float angle) {
  const struct {
    int index;
    float x, y;
  } at[] = {{PA_KP_LEFT_EYE, apart / 2, 0},
            {PA_KP_RIGHT_EYE, -apart / 2, 0},
            {PA_KP_LEFT_EAR, apart, down / 3},
            {PA_KP_RIGHT_EAR, -apart, down / 3},
            {PA_KP_MOUTH_LEFT, apart / 3, down},
            {PA_KP_MOUTH_RIGHT, -apart / 3, down}};
  float c = cosf(angle), s = sinf(angle);
  memset(k, 0, PA_KEYPOINTS * sizeof *k);
  for (size_t i = 0; i < sizeof at / sizeof *at; i++)
    k[at[i].index] = (pa_keypoint){x + c * at[i].x - s * at[i].y,
                                   y + s * at[i].x + c * at[i].y, 1};
}

static void region_follows_the_landmarks(void **state) {
  (void)state;
  pa_keypoint k[PA_KEYPOINTS];
  place(k, 200, 100, 60, 62, 0);
  pa_pose_roi roi = pa_face_roi_from_keypoints(k);
  assert_float_equal(roi.cx, 200, 1e-3);
  assert_true(roi.cy > 110 && roi.cy < 150);
  assert_float_equal(roi.angle, 0, 1e-5);
  /* The whole face, 160 high, and room around it. */
  assert_true(roi.side > 200 && roi.side < 320);
  for (int i = -3; i <= 3; i++) {
    float angle = (float)i;
    place(k, 200, 100, 60, 62, angle);
    pa_pose_roi turned = pa_face_roi_from_keypoints(k);
    assert_float_equal(turned.angle, angle, 1e-4);
    assert_float_equal(turned.side, roi.side, 1e-2);
    assert_float_equal(hypotf(turned.cx - 200, turned.cy - 100), roi.cy - 100,
                       1e-2);
  }
}

static void side_faces_take_their_tilt_from_the_mouth(void **state) {
  (void)state;
  pa_keypoint k[PA_KEYPOINTS];
  place(k, 200, 100, 6, 60, .4f);
  pa_pose_roi roi = pa_face_roi_from_keypoints(k);
  assert_float_equal(roi.angle, .4f, 1e-4);
  assert_true(roi.side > 200);
}

static void landmarks_in_one_point_have_a_region(void **state) {
  (void)state;
  pa_keypoint k[PA_KEYPOINTS];
  place(k, 5, 5, 0, 0, 0);
  pa_pose_roi roi = pa_face_roi_from_keypoints(k);
  assert_true(roi.side >= 8 && isfinite(roi.angle));
}

static void second_region_is_the_points_box(void **state) {
  (void)state;
  for (int turn = -2; turn <= 2; turn++) {
    pa_face face = {0};
    float angle = (float)turn * .3f, c = cosf(angle), s = sinf(angle);
    for (int i = 0; i < PA_FACE_POINTS; i++) {
      float x = -40 + 80 * (float)(i % 9) / 8; /* 80 wide, 100 high */
      float y = -50 + 100 * (float)(i / 9) / 51;
      if (i == PA_FACE_LEFT_EYE_OUTER) x = 30, y = 0;
      if (i == PA_FACE_RIGHT_EYE_OUTER) x = -30, y = 0;
      face.points[i][0] = 300 + c * x - s * y;
      face.points[i][1] = 200 + s * x + c * y;
    }
    pa_pose_roi roi = pa_face_roi_from_points(&face);
    assert_float_equal(roi.angle, angle, 1e-4);
    assert_float_equal(roi.cx, 300, 1e-2);
    assert_float_equal(roi.cy, 200, 1e-2);
    assert_float_equal(roi.side, 150, 1e-2);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(region_follows_the_landmarks),
      cmocka_unit_test(side_faces_take_their_tilt_from_the_mouth),
      cmocka_unit_test(landmarks_in_one_point_have_a_region),
      cmocka_unit_test(second_region_is_the_points_box),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
