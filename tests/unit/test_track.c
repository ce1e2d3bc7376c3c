/* A person followed: filters, regions, expressions and bones of made-up
 * landmarks, and, where the weights are built and a photo is at hand, frames
 * made of it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "body_file.h"
#include "track/bones.h"
#include "track/expression.h"
#include "track/one_euro.h"

/* Numbers by chance, the same ones each time; -1..1. */
static float chance(uint32_t *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return (float)(*seed >> 8) / 8388608.0f - 1;
}

/* ------------------------------------------------------------ the filter */

static void what_rests_is_calmed(void **state) {
  (void)state;
  const pa_one_euro filter = {1, .2f, 1};
  pa_one_euro_state s = {0};
  uint32_t seed = 1;
  float in = 0, out = 0;
  for (int i = 0; i < 300; i++) {
    float noise = .1f * chance(&seed), value = 5 + noise;
    pa_one_euro_run(&filter, i ? 1 / 30.f : 0, 1, &s, &value, 1);
    if (i < 100) continue;
    in += noise * noise, out += (value - 5) * (value - 5);
  }
  assert_true(out < .25f * in);
}

static void what_moves_does_not_lag(void **state) {
  (void)state;
  const pa_one_euro calm = {1, 0, 1}, quick = {1, 5, 1};
  pa_one_euro_state a = {0}, b = {0};
  float x = 0, y = 0;
  for (int i = 0; i <= 60; i++) {
    x = y = (float)i / 30; /* one unit a second */
    pa_one_euro_run(&calm, i ? 1 / 30.f : 0, 1, &a, &x, 1);
    pa_one_euro_run(&quick, i ? 1 / 30.f : 0, 1, &b, &y, 1);
  }
  assert_true(2 - x > .1f);
  assert_true(2 - y < .05f);
}

static void filter_knows_only_numbers(void **state) {
  (void)state;
  const pa_one_euro filter = {1, 1, 1};
  pa_one_euro_state s = {0};
  float first = NAN, second = 3, third = INFINITY;
  pa_one_euro_run(&filter, 0, 1, &s, &first, 1);
  assert_float_equal(first, 0, 0);
  pa_one_euro_run(&filter, 0, 1, &s, &second, 1); /* anew: no way from 0 */
  assert_float_equal(second, 3, 0);
  pa_one_euro_run(&filter, .1f, 1, &s, &third, 1);
  assert_float_equal(third, 3, 0);
}

/* ------------------------------------------------------------ regions */

static void next_region_is_the_circle(void **state) {
  (void)state;
  for (int i = -2; i <= 2; i++) {
    float tilt = .5f * (float)i;
    const float circle[2][2] = {{100, 200},
                                {100 + 80 * sinf(tilt), 200 - 80 * cosf(tilt)}};
    pa_pose_roi roi = pa_pose_roi_from_circle(circle);
    assert_float_equal(roi.cx, 100, 1e-4);
    assert_float_equal(roi.cy, 200, 1e-4);
    assert_float_equal(roi.side, 200, 1e-3);
    assert_float_equal(roi.angle, tilt, 1e-4);
  }
}

/* ------------------------------------------------------------ expressions */

static void put(pa_face *face, int index, float x, float y) {
  face->points[index][0] = x;
  face->points[index][1] = y;
}

/* A face of 100 pixels between the eyes' outer corners, seen from the front.
 * `lids`: openings by width, left and right; `brows`, `gap`, `mouth` as in
 * pa_face_lengths. */
static void make_face(const float lids[2], float brows, float gap, float mouth,
                      pa_face *face) {
  static const int upper[2][3] = {{387, 386, 385}, {160, 159, 158}};
  static const int lower[2][3] = {{373, 374, 380}, {144, 145, 153}};
  static const int brow[2][3] = {{334, 296, 293}, {105, 66, 63}};
  memset(face, 0, sizeof *face);
  put(face, PA_FACE_TOP, 0, -70);
  put(face, PA_FACE_CHIN, 0, 110);
  for (int s = 0; s < 2; s++) {
    float side = s ? -1.f : 1.f;
    put(face, s ? PA_FACE_RIGHT_SIDE : PA_FACE_LEFT_SIDE, 80 * side, 10);
    put(face, s ? PA_FACE_RIGHT_EYE_OUTER : PA_FACE_LEFT_EYE_OUTER, 50 * side,
        0);
    put(face, s ? PA_FACE_RIGHT_EYE_INNER : PA_FACE_LEFT_EYE_INNER, 18 * side,
        0);
    for (int i = 0; i < 3; i++) {
      float x = side * (26 + 8 * (float)i), half = 32 * lids[s] / 2;
      put(face, upper[s][i], x, -half);
      put(face, lower[s][i], x, half);
      put(face, brow[s][i], x, -100 * brows);
    }
    put(face, s ? PA_FACE_MOUTH_RIGHT : PA_FACE_MOUTH_LEFT, 50 * mouth * side,
        70);
  }
  put(face, PA_FACE_LIP_INNER_TOP, 0, 70 - 50 * gap);
  put(face, PA_FACE_LIP_INNER_BOTTOM, 0, 70 + 50 * gap);
}

static void move_face(const pa_mat *turn, float scale, pa_face *face) {
  for (int i = 0; i < PA_FACE_POINTS; i++) {
    pa_vec p = pa_mul(pa_apply(turn, pa_v3(face->points[i])), scale);
    face->points[i][0] = p.x + 300;
    face->points[i][1] = p.y + 200;
    face->points[i][2] = p.z;
  }
}

static void turned_faces_measure_the_same(void **state) {
  (void)state;
  pa_face face;
  for (int i = -2; i <= 2; i++) {
    make_face((float[]){.3f, .1f}, .27f, .1f, .6f, &face);
    pa_quat yaw = pa_quat_about(pa_v(0, 1, 0), .3f * (float)i);
    pa_quat roll = pa_quat_about(pa_v(0, 0, 1), .4f * (float)i);
    pa_mat turn = pa_mat_of(pa_quat_product(roll, yaw));
    move_face(&turn, 1 + .4f * (float)i, &face);
    pa_face_lengths m;
    assert_true(pa_face_measure(&face, &m));
    assert_float_equal(m.lids[0], .3f, 1e-3);
    assert_float_equal(m.lids[1], .1f, 1e-3);
    assert_float_equal(m.brows, .27f, 1e-3);
    assert_float_equal(m.gap, .1f, 1e-3);
    assert_float_equal(m.mouth, .6f, 1e-3);
    assert_float_equal(m.corners, 0, 1e-3);
  }
}

static void express(const pa_face *face, float *values) {
  pa_face_lengths m;
  pa_face_rest rest = {0};
  assert_true(pa_face_measure(face, &m));
  pa_face_rest_learn(&m, 0, &rest);
  pa_face_express(&m, &rest, values);
}

static void each_movement_has_its_expression(void **state) {
  (void)state;
  pa_face face;
  float v[PA_TRACK_EXPRESSIONS];
  make_face((float[]){.3f, .3f}, .27f, .02f, .56f, &face);
  express(&face, v);
  for (int i = 0; i < PA_TRACK_EXPRESSIONS; i++)
    assert_float_equal(v[i], 0, 1e-3);
  make_face((float[]){.08f, .3f}, .27f, .02f, .56f, &face);
  express(&face, v);
  assert_float_equal(v[PA_TRACK_BLINK_LEFT], 1, 1e-3);
  assert_float_equal(v[PA_TRACK_BLINK_RIGHT], 0, 1e-3);
  make_face((float[]){.3f, .3f}, .27f, .4f, .56f, &face);
  express(&face, v);
  assert_float_equal(v[PA_TRACK_AA], 1, 1e-3);
  assert_float_equal(v[PA_TRACK_HAPPY], 0, 1e-3);
  make_face((float[]){.3f, .3f}, .27f, .02f, .78f, &face);
  express(&face, v);
  assert_float_equal(v[PA_TRACK_HAPPY], 1, 1e-3);
  make_face((float[]){.3f, .3f}, .38f, .02f, .56f, &face);
  express(&face, v);
  assert_float_equal(v[PA_TRACK_SURPRISED], 1, 1e-3);
  make_face((float[]){.3f, .3f}, .27f, .02f, .38f, &face);
  express(&face, v);
  assert_float_equal(v[PA_TRACK_OU], 1, 1e-3);
}

static void narrow_eyes_are_learned_to_be_open(void **state) {
  (void)state;
  pa_face face;
  pa_face_lengths m;
  pa_face_rest rest = {0};
  float v[PA_TRACK_EXPRESSIONS];
  make_face((float[]){.21f, .21f}, .27f, .02f, .56f, &face);
  assert_true(pa_face_measure(&face, &m));
  pa_face_rest_learn(&m, 0, &rest);
  pa_face_express(&m, &rest, v);
  assert_true(v[PA_TRACK_BLINK_LEFT] > .1f);
  for (int i = 0; i < 600; i++)
    pa_face_rest_learn(&m, 1 / 30.f, &rest);
  pa_face_express(&m, &rest, v);
  assert_float_equal(v[PA_TRACK_BLINK_LEFT], 0, 1e-3);
  make_face((float[]){.08f, .08f}, .27f, .02f, .56f, &face);
  assert_true(pa_face_measure(&face, &m));
  pa_face_express(&m, &rest, v);
  assert_float_equal(v[PA_TRACK_BLINK_LEFT], 1, 1e-3);
}

static void points_in_one_place_are_no_face(void **state) {
  (void)state;
  pa_face face = {0};
  pa_face_lengths m;
  assert_false(pa_face_measure(&face, &m));
}

/* ------------------------------------------------------------ bones */

static pa_body *body;

static uint8_t *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) return NULL;
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  uint8_t *bytes = malloc(*size);
  if (fread(bytes, 1, *size, file) != *size) *size = 0;
  fclose(file);
  return bytes;
}

static int set_up(void **state) {
  (void)state;
  body = body_file_open();
  return body == NULL;
}

static int tear_down(void **state) {
  (void)state;
  pa_body_close(body);
  return 0;
}

static int bone(const char *name) {
  for (int i = 0; i < PA_TRACK_BONES; i++)
    if (!strcmp(pa_track_bone_name((size_t)i), name)) return i;
  fail();
  return -1;
}

/* Someone who stands with arms at `raise` radians above the horizontal, left
 * and right, in a frame of 640 x 640. */
static void stand(const float raise[2], pa_pose *pose) {
  const struct {
    int index;
    float x, y, z;
  } at[] = {{PA_KP_NOSE, 0, -.62f, -.1f},
            {PA_KP_LEFT_EYE, .03f, -.65f, 0},
            {PA_KP_LEFT_EAR, .07f, -.63f, .1f},
            {PA_KP_MOUTH_LEFT, .03f, -.58f, 0},
            {PA_KP_LEFT_SHOULDER, .18f, -.45f, 0},
            {PA_KP_LEFT_HIP, .1f, 0, 0},
            {PA_KP_LEFT_KNEE, .1f, .4f, 0},
            {PA_KP_LEFT_ANKLE, .1f, .8f, 0},
            {PA_KP_LEFT_HEEL, .1f, .84f, .03f},
            {PA_KP_LEFT_FOOT, .1f, .86f, -.1f}};
  memset(pose, 0, sizeof *pose);
  for (size_t i = 0; i < sizeof at / sizeof *at; i++)
    for (int s = 0; s < 2; s++) {
      int right = at[i].index < 7 ? at[i].index + 3 : at[i].index + 1;
      int k = s && i ? right : at[i].index;
      const float p[3] = {s ? -at[i].x : at[i].x, at[i].y, at[i].z};
      memcpy(pose->world[k], p, sizeof p);
    }
  for (int s = 0; s < 2; s++)
    for (int i = 0; i < 3; i++) { /* elbow, wrist, index */
      static const int joint[] = {PA_KP_LEFT_ELBOW, PA_KP_LEFT_WRIST,
                                  PA_KP_LEFT_INDEX};
      static const float along[] = {.28f, .53f, .65f};
      float *w = pose->world[joint[i] + s];
      w[0] = (s ? -1.f : 1.f) * (.18f + along[i] * cosf(raise[s]));
      w[1] = -.45f - along[i] * sinf(raise[s]);
    }
  for (int k = 0; k < PA_KEYPOINTS; k++)
    pose->keypoints[k] = (pa_keypoint){320 + 250 * pose->world[k][0],
                                       320 + 250 * pose->world[k][1], 1};
}

static void turn_of(const pa_pose *pose, pa_quat *q) {
  assert_int_equal(pa_bones_of(NULL, body, 640, 640, pose, NULL, q), PA_OK);
}

/* Where the bone's own X points, seen from the T-pose. */
static pa_vec along_x(pa_quat q) {
  pa_mat m = pa_mat_of(q);
  return pa_apply(&m, pa_v(1, 0, 0));
}

static void arms_go_where_they_are_seen(void **state) {
  (void)state;
  pa_pose pose;
  pa_quat q[PA_TRACK_BONES];
  for (int i = -2; i <= 3; i++) {
    float left = .4f * (float)i, right = -.3f * (float)i;
    stand((float[]){left, right}, &pose);
    turn_of(&pose, q);
    pa_vec x = along_x(
        pa_quat_product(q[bone("leftShoulder")], q[bone("leftUpperArm")]));
    assert_true(fabsf(atan2f(x.y, x.x) - left) < .12f);
    x = along_x(
        pa_quat_product(q[bone("rightShoulder")], q[bone("rightUpperArm")]));
    assert_true(fabsf(atan2f(-x.y, x.x) - right) < .12f);
    assert_true(fabsf(q[bone("leftLowerArm")].w) > .99f);
    assert_true(fabsf(q[bone("leftUpperLeg")].w) > .98f);
    assert_true(fabsf(q[bone("hips")].w) > .99f);
  }
}

static void mirror_swaps_the_sides(void **state) {
  (void)state;
  pa_pose pose;
  pa_quat a[PA_TRACK_BONES], b[PA_TRACK_BONES], back[PA_TRACK_BONES];
  stand((float[]){1.2f, -.8f}, &pose);
  turn_of(&pose, a);
  stand((float[]){-.8f, 1.2f}, &pose);
  turn_of(&pose, b);
  pa_bones_mirror(a, back);
  for (int i = 0; i < PA_TRACK_BONES; i++) {
    float dot = back[i].x * b[i].x + back[i].y * b[i].y + back[i].z * b[i].z +
                back[i].w * b[i].w;
    assert_true(fabsf(dot) > .995f);
  }
  pa_bones_mirror(back, b);
  assert_memory_equal(a, b, sizeof a);
}

static void no_hips_stand_upright(void **state) {
  (void)state;
  pa_pose pose;
  pa_quat q[PA_TRACK_BONES];
  stand((float[]){-1, -1}, &pose);
  for (int k = PA_KP_LEFT_HIP; k < PA_KEYPOINTS; k++) {
    pose.keypoints[k].score = .1f;
    pose.world[k][2] = -.4f * (float)(k % 2); /* a guess */
  }
  turn_of(&pose, q);
  assert_true(fabsf(q[bone("hips")].w) > .999f);
  assert_true(fabsf(q[bone("leftUpperLeg")].w) > .999f);
}

static pa_vec upper_arm(const pa_quat *q) {
  pa_quat up =
      pa_quat_product(q[bone("leftShoulder")], q[bone("leftUpperArm")]);
  return along_x(up);
}

static void hidden_arms_hang(void **state) {
  (void)state;
  pa_pose pose;
  pa_quat q[PA_TRACK_BONES];
  stand((float[]){.5f, .5f}, &pose);
  for (int k = PA_KP_LEFT_ELBOW; k < PA_KP_LEFT_HIP; k++)
    pose.keypoints[k].score = .2f;
  turn_of(&pose, q);
  assert_true(upper_arm(q).y < -.9f);
  assert_true(q[bone("leftLowerArm")].w > .99f); /* straight */
  assert_true(q[bone("leftHand")].w > .99f);
}

/* An elbow that is cut off by the frame and said to be before the shoulder. */
static void elbows_at_the_edge_point_nowhere(void **state) {
  (void)state;
  pa_pose pose;
  pa_quat q[PA_TRACK_BONES];
  pa_vec before = {0, 0, 0};
  for (int i = 0; i <= 80; i++) { /* the frame's edge comes nearer */
    stand((float[]){-1, -1}, &pose);
    pose.world[PA_KP_LEFT_ELBOW][2] = -.3f;
    pose.world[PA_KP_LEFT_WRIST][2] = -.3f;
    unsigned height = 340 - (unsigned)i;
    assert_int_equal(pa_bones_of(NULL, body, 640, height, &pose, NULL, q),
                     PA_OK);
    pa_vec now = upper_arm(q);
    if (i == 0) assert_true(now.z > .5f);
    if (i > 0) assert_true(pa_length(pa_sub(now, before)) < .2f);
    before = now;
  }
  assert_true(before.z < .1f && before.y < -.9f);
}

/* A hand that waves at the camera is seen though its elbow is not. */
static void hands_are_raised_without_elbows(void **state) {
  (void)state;
  pa_pose pose;
  pa_quat q[PA_TRACK_BONES];
  stand((float[]){0, 0}, &pose);
  pose.keypoints[PA_KP_LEFT_ELBOW].score = .1f;
  const float raised[3] = {.3f, -.6f, -.1f};
  memcpy(pose.world[PA_KP_LEFT_WRIST], raised, sizeof raised);
  pose.keypoints[PA_KP_LEFT_WRIST].x = 320 + 250 * raised[0];
  pose.keypoints[PA_KP_LEFT_WRIST].y = 320 + 250 * raised[1];
  turn_of(&pose, q);
  assert_true(upper_arm(q).y < -.9f);
  pa_quat up =
      pa_quat_product(q[bone("leftShoulder")], q[bone("leftUpperArm")]);
  assert_true(along_x(pa_quat_product(up, q[bone("leftLowerArm")])).y > .8f);
}

static void bones_approach_no_faster(void **state) {
  (void)state;
  pa_quat shown[PA_TRACK_BONES], wanted[PA_TRACK_BONES];
  for (int i = 0; i < PA_TRACK_BONES; i++) {
    shown[i] = (pa_quat){0, 0, 0, 1};
    wanted[i] = pa_quat_about(pa_v(0, 0, 1), .1f * (float)i);
  }
  pa_bones_approach(wanted, .5f, shown);
  for (int i = 0; i < PA_TRACK_BONES; i++)
    assert_float_equal(2 * acosf(fminf(shown[i].w, 1)),
                       fminf(.1f * (float)i, .5f), 2e-3);
}

static void check_units(const pa_quat *q) {
  for (int i = 0; i < PA_TRACK_BONES; i++) {
    float n =
        q[i].x * q[i].x + q[i].y * q[i].y + q[i].z * q[i].z + q[i].w * q[i].w;
    assert_float_equal(n, 1, 1e-3); /* not so for NaN */
  }
}

static void hostile_landmarks_give_rotations(void **state) {
  (void)state;
  const float odd[] = {0, NAN, INFINITY, -1e30f, 1e9f};
  pa_quat q[PA_TRACK_BONES];
  pa_pose pose;
  uint32_t seed = 7;
  for (int round = 0; round < 400; round++) {
    stand((float[]){chance(&seed), chance(&seed)}, &pose);
    for (int k = 0; k < PA_KEYPOINTS; k++) {
      pose.keypoints[k].score = chance(&seed);
      for (int i = 0; i < 3; i++)
        if (chance(&seed) > .8f) pose.world[k][i] = chance(&seed);
      if (round % 2 && chance(&seed) > .7f)
        pose.world[k][round % 3] = odd[round % 5];
      if (round % 3 && chance(&seed) > .7f)
        pose.keypoints[k].x = odd[round % 5];
    }
    if (round % 7 == 0) memset(&pose.world, 0, sizeof pose.world);
    turn_of(&pose, q);
    check_units(q);
  }
  assert_int_equal(pa_bones_of(NULL, body, 640, 640, NULL, NULL, q), PA_OK);
  check_units(q);
}

/* ------------------------------------------------------------ a photo */

static pa_context *open_networks(void) {
  static const char *const files[] = {
      "body.bin", "movenet_multipose.safetensors", "blazepose_full.safetensors",
      "face_detector_full.safetensors", "face_mesh.safetensors"};
  pa_context *context;
  assert_int_equal(pa_context_create(NULL, &context), PA_OK);
  for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
    char path[512];
    snprintf(path, sizeof path, PARSONA_SOURCE_DIR "/build/weights/%s",
             files[i]);
    size_t size = 0;
    uint8_t *bytes = read_file(path, &size);
    pa_status status =
        bytes ? pa_context_load(context, bytes, size) : PA_ERROR_NO_NETWORK;
    free(bytes);
    if (status == PA_OK) continue;
    pa_context_destroy(context);
    return NULL;
  }
  return context;
}

static pa_image *open_photo(pa_context *context) {
  static const char *const paths[] = {
      PARSONA_SOURCE_DIR "/../shared/data/photos/000_person-vlado5.jpg",
      "/usr/lib/python3/dist-packages/skimage/data/astronaut.png"};
  for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
    size_t size = 0;
    uint8_t *bytes = read_file(paths[i], &size);
    pa_image *image = NULL;
    if (bytes) pa_image_decode(context, bytes, size, &image);
    free(bytes);
    if (image) return image;
  }
  return NULL;
}

#define WIDTH 480
#define HEIGHT 360

/* A frame with the photo, 300 pixels high, its corner at (x, y) on grey. */
static pa_image *frame_with(pa_context *context, const pa_image *photo, int x,
                            int y) {
  static uint8_t rgba[WIDTH * HEIGHT * 4];
  memset(rgba, 128, sizeof rgba);
  const uint8_t *from = photo ? pa_image_rgba(photo) : NULL;
  unsigned pw = photo ? pa_image_width(photo) : 0;
  unsigned ph = photo ? pa_image_height(photo) : 1, w = 300 * pw / ph;
  for (int v = 0; v < HEIGHT; v++)
    for (int u = 0; u < WIDTH; u++) {
      uint8_t *to = rgba + 4 * (v * WIDTH + u);
      to[3] = 255;
      int sx = u - x, sy = v - y;
      if (sx < 0 || sy < 0 || sx >= (int)w || sy >= 300) continue;
      memcpy(to,
             from + 4 * ((unsigned)sy * ph / 300 * pw + (unsigned)sx * pw / w),
             3);
    }
  pa_image *frame = NULL;
  assert_int_equal(pa_image_from_rgba(context, rgba, WIDTH, HEIGHT, 0, &frame),
                   PA_OK);
  return frame;
}

static void track_at(pa_tracker *t, pa_context *context, const pa_image *photo,
                     int x, double seconds, pa_track *out) {
  pa_image *frame = frame_with(context, photo, x, 50);
  pa_status status = pa_tracker_frame(t, frame, seconds, out);
  if (status != PA_OK) print_error("%s\n", pa_context_message(context));
  assert_int_equal(status, PA_OK);
  pa_image_destroy(frame);
}

static void check_finite(const pa_track *t) {
  for (int k = 0; k < PA_KEYPOINTS; k++) {
    assert_true(isfinite(t->keypoints[k].x) && isfinite(t->keypoints[k].y));
    for (int i = 0; i < 3; i++)
      assert_true(isfinite(t->world[k][i]));
  }
  for (int i = 0; i < PA_TRACK_EXPRESSIONS; i++)
    assert_true(t->expressions[i] >= 0 && t->expressions[i] <= 1);
  pa_quat q[PA_TRACK_BONES];
  memcpy(q, t->bones, sizeof q);
  check_units(q);
}

static void a_person_is_followed_lost_and_found(void **state) {
  (void)state;
  pa_context *context = open_networks();
  if (!context) skip();
  pa_image *photo = open_photo(context);
  if (!photo) {
    pa_context_destroy(context);
    skip();
  }
  pa_tracker *tracker;
  pa_track first, track;
  assert_int_equal(pa_tracker_create(context, NULL, &tracker), PA_OK);
  track_at(tracker, context, photo, 20, 0, &first);
  assert_true(first.found && first.face && first.searched);
  check_finite(&first);
  for (int i = 1; i <= 8; i++) {
    track_at(tracker, context, photo, 20 + 8 * i, i / 15.0, &track);
    assert_true(track.found && track.face && !track.searched);
  }
  for (int i = 9; i <= 12; i++) /* stands still, so that filters arrive */
    track_at(tracker, context, photo, 84, i / 15.0, &track);
  float moved = track.keypoints[PA_KP_NOSE].x - first.keypoints[PA_KP_NOSE].x;
  assert_true(moved > 55 && moved < 73);
  check_finite(&track);

  track_at(tracker, context, NULL, 0, 13 / 15.0, &track);
  assert_true(!track.found && !track.face && track.searched);
  assert_float_equal(track.bones[0][3], 1, 0);
  track_at(tracker, context, photo, 140, 2, &track);
  assert_true(track.found && track.searched);
  track_at(tracker, context, photo, 140, 2, &track); /* a clock that stands */
  assert_true(track.found && !track.searched);
  check_finite(&track);
  pa_tracker_destroy(tracker);
  pa_image_destroy(photo);
  pa_context_destroy(context);
}

static void odd_frames_are_survived(void **state) {
  (void)state;
  pa_context *context = open_networks();
  if (!context) skip();
  static const unsigned sizes[][2] = {{1, 1}, {3, 2}, {1, 400}, {200, 3}};
  uint8_t rgba[400 * 4 * 3];
  uint32_t seed = 3;
  for (size_t i = 0; i < sizeof rgba; i++)
    rgba[i] = (uint8_t)(128 + 127 * chance(&seed));
  pa_tracker *tracker;
  pa_track track;
  assert_int_equal(pa_tracker_create(context, NULL, &tracker), PA_OK);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    pa_image *frame;
    assert_int_equal(
        pa_image_from_rgba(context, rgba, sizes[i][0], sizes[i][1], 0, &frame),
        PA_OK);
    assert_int_equal(pa_tracker_frame(tracker, frame, -(double)i, &track),
                     PA_OK);
    check_finite(&track);
    assert_int_equal(pa_tracker_frame(tracker, frame, NAN, &track),
                     PA_ERROR_ARGUMENT);
    pa_image_destroy(frame);
  }
  assert_int_equal(pa_tracker_frame(tracker, NULL, 0, &track),
                   PA_ERROR_ARGUMENT);
  pa_tracker_destroy(tracker);
  pa_context_destroy(context);
}

static void what_is_missing_is_said(void **state) {
  (void)state;
  pa_context *context;
  pa_tracker *tracker;
  pa_track track;
  assert_int_equal(pa_context_create(NULL, &context), PA_OK);
  assert_int_equal(pa_tracker_create(NULL, NULL, &tracker), PA_ERROR_ARGUMENT);
  assert_int_equal(pa_tracker_create(context, NULL, &tracker), PA_OK);
  pa_image *frame = frame_with(context, NULL, 0, 0);
  assert_int_equal(pa_tracker_frame(tracker, frame, 0, &track),
                   PA_ERROR_NO_NETWORK);
  assert_non_null(strstr(pa_context_message(context), "body"));
  assert_false(track.found);
  pa_tracker_destroy(tracker);
  pa_mem_fail_after(0);
  assert_int_equal(pa_tracker_create(context, NULL, &tracker), PA_ERROR_MEMORY);
  pa_mem_fail_after(-1);
  assert_null(tracker);
  pa_tracker_destroy(NULL);
  pa_image_destroy(frame);
  pa_context_destroy(context);
  assert_null(pa_track_bone_name(PA_TRACK_BONES));
  assert_null(pa_track_expression_name(PA_TRACK_EXPRESSIONS));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(what_rests_is_calmed),
      cmocka_unit_test(what_moves_does_not_lag),
      cmocka_unit_test(filter_knows_only_numbers),
      cmocka_unit_test(next_region_is_the_circle),
      cmocka_unit_test(turned_faces_measure_the_same),
      cmocka_unit_test(each_movement_has_its_expression),
      cmocka_unit_test(narrow_eyes_are_learned_to_be_open),
      cmocka_unit_test(points_in_one_place_are_no_face),
      cmocka_unit_test(arms_go_where_they_are_seen),
      cmocka_unit_test(mirror_swaps_the_sides),
      cmocka_unit_test(no_hips_stand_upright),
      cmocka_unit_test(hidden_arms_hang),
      cmocka_unit_test(elbows_at_the_edge_point_nowhere),
      cmocka_unit_test(hands_are_raised_without_elbows),
      cmocka_unit_test(bones_approach_no_faster),
      cmocka_unit_test(hostile_landmarks_give_rotations),
      cmocka_unit_test(a_person_is_followed_lost_and_found),
      cmocka_unit_test(odd_frames_are_survived),
      cmocka_unit_test(what_is_missing_is_said),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
