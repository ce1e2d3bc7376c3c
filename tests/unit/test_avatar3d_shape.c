/* Shoes, and joints in the middle of their limbs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar3d/center.h"
#include "avatar3d/heels.h"
#include "avatar3d/reach.h"
#include "avatar3d/shoes.h"
#include "avatar3d/tread.h"
#include "body_file.h"

static pa_body *body;

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

/* ------------------------------------------------------------ shoes */

static bool is_foot(unsigned point) {
  pa_region region = body->point[point].region;
  return region == PA_REGION_FOOT_L || region == PA_REGION_FOOT_R;
}

/* Triangles of the feet that look against their points' normals. */
static unsigned inverted(const pa_figure *f) {
  pa_vec *normal = calloc(body->points, sizeof *normal);
  pa_figure_normals(body, f->point, normal);
  unsigned count = 0;
  for (unsigned i = 0; i < body->triangles; i++) {
    unsigned p[3];
    for (int k = 0; k < 3; k++)
      p[k] = body->corner[body->triangle[i][k]].point;
    if (!is_foot(p[0]) || !is_foot(p[1]) || !is_foot(p[2])) continue;
    pa_vec face = pa_cross(pa_sub(f->point[p[1]], f->point[p[0]]),
                           pa_sub(f->point[p[2]], f->point[p[0]]));
    pa_vec mean = pa_add(normal[p[0]], pa_add(normal[p[1]], normal[p[2]]));
    count += pa_dot(face, mean) < 0;
  }
  free(normal);
  return count;
}

static void extent(const pa_figure *f, int side, float *low, float *toe,
                   float *wide) {
  *low = 9, *toe = -9, *wide = 0;
  for (unsigned i = 0; i < body->points; i++) {
    if (body->point[i].region != PA_REGION_FOOT_L + (unsigned)side) continue;
    *low = fminf(*low, f->point[i].y);
    *toe = fmaxf(*toe, f->point[i].z);
    *wide = fmaxf(*wide, fabsf(f->point[i].x));
  }
}

/* How far toes reach in bands across the foot: the deepest that one stays
 * behind both its neighbours. */
static float toothed(const pa_figure *f, int side) {
  float low = 9, high = -9, reach[16] = {0}, most = 0;
  for (int pass = 0; pass < 2; pass++)
    for (unsigned i = 0; i < body->points; i++) {
      pa_vec p = f->point[i];
      if (body->point[i].region != PA_REGION_FOOT_L + (unsigned)side ||
          p.y > .05f || p.z < f->head[f->bone[PA_BONE_BALL]].z)
        continue;
      if (pass == 0) {
        low = fminf(low, p.x), high = fmaxf(high, p.x);
        continue;
      }
      int band = (int)(16 * (p.x - low) / (high - low + 1e-6f));
      reach[band] = fmaxf(reach[band], p.z);
    }
  for (int k = 1; k < 15; k++)
    if (reach[k] > 0) /* else no point lies there */
      most = fmaxf(most, fminf(reach[k - 1], reach[k + 1]) - reach[k]);
  return most;
}

static void shoes_stand_and_do_not_fold(void **state) {
  (void)state;
  pa_figure bare, shod;
  pa_outfit outfit = {.shoes = true};
  assert_int_equal(pa_figure_create(NULL, body, &bare), PA_OK);
  assert_int_equal(pa_figure_create(NULL, body, &shod), PA_OK);
  pa_figure_shape(&bare, "clothed", 1);
  pa_figure_shape(&shod, "clothed", 1);
  pa_figure_stand(&bare);
  pa_figure_stand(&shod);
  assert_int_equal(pa_shoes_fit(NULL, &outfit, 1, &shod), PA_OK);
  float low[2], toe[2], wide[2], low0, toe0, wide0;
  for (int side = 0; side < 2; side++) {
    extent(&bare, side, &low0, &toe0, &wide0);
    extent(&shod, side, &low[side], &toe[side], &wide[side]);
    assert_true(fabsf(low[side]) < .004f);
    assert_true(toothed(&shod, side) < .003f);
    assert_true(toe[side] > toe0 && toe[side] < toe0 + .03f);
    assert_true(wide[side] > wide0 && wide[side] < wide0 + .02f);
  }
  assert_true(fabsf(toe[0] - toe[1]) < .002f);
  assert_true(fabsf(wide[0] - wide[1]) < .002f);
  assert_true(inverted(&shod) <= inverted(&bare));
  for (unsigned i = 0; i < body->points; i++)
    if (!is_foot(i))
      assert_memory_equal(&bare.point[i], &shod.point[i], sizeof(pa_vec));
  outfit.shoes = false;
  pa_vec before = shod.point[0];
  assert_int_equal(pa_shoes_fit(NULL, &outfit, 1, &shod), PA_OK);
  assert_memory_equal(&before, &shod.point[0], sizeof before);
  pa_figure_destroy(&bare);
  pa_figure_destroy(&shod);
}

/* ------------------------------------------------------------ heels */

static void heels_lift_all_but_the_toes(void **state) {
  (void)state;
  const float height = .08f;
  pa_outfit flat = {.shoes = true}, high = {.shoes = true, .heel = height};
  pa_figure low, up;
  assert_int_equal(pa_figure_create(NULL, body, &low), PA_OK);
  assert_int_equal(pa_figure_create(NULL, body, &up), PA_OK);
  pa_figure_stand(&low);
  pa_figure_stand(&up);
  assert_int_equal(pa_shoes_fit(NULL, &flat, 1, &low), PA_OK);
  assert_int_equal(pa_shoes_fit(NULL, &high, 1, &up), PA_OK);
  unsigned head = up.bone[PA_BONE_HEAD], ball = up.bone[PA_BONE_BALL];
  float gain = up.head[head].y - low.head[head].y;
  assert_true(gain > .55f * height && gain < height); /* the ankle's */
  assert_memory_equal(&up.head[ball], &low.head[ball], sizeof(pa_vec));
  for (unsigned i = 0; i < body->points; i++) {
    assert_true(up.point[i].y > -.003f); /* soles stay on the ground */
    if (body->point[i].region == PA_REGION_HEAD)
      assert_true(fabsf(up.point[i].y - low.point[i].y - gain) < 1e-3f);
  }
  for (int side = 0; side < 2; side++) {
    pa_shell heel;
    pa_heels_shell(&up, &high, side, &heel);
    assert_true(heel.rows > 2);
    for (unsigned r = 0; r < heel.rows; r++)
      for (unsigned c = 0; c < PA_SHELL_COLUMNS; c++) {
        pa_vec p = heel.at[r][c];
        assert_true(p.y >= 0 && p.y < height + .03f);
        assert_true((p.x > 0) == (side == 0));
      }
    pa_heels_shell(&low, &flat, side, &heel);
    assert_int_equal(heel.rows, 0);
  }
  pa_figure_destroy(&low);
  pa_figure_destroy(&up);
}

/* ------------------------------------------------------------ joints */

#define WIDTH 200
#define HEIGHT 400

static uint8_t labels[WIDTH * HEIGHT], persons[WIDTH * HEIGHT];

static void box(int x0, int y0, int x1, int y1, pa_label label) {
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++) {
      labels[y * WIDTH + x] = (uint8_t)label;
      persons[y * WIDTH + x] = 1;
    }
}

static void place(pa_sight *s, int k, float x, float y) {
  s->person.keypoints[k] = (pa_keypoint){x, y, 1};
  s->trust[k] = 1;
}

/* A trunk, and legs of trousers 20 pixels wide about x = 80 and 120. */
static pa_sight standing(void) {
  pa_sight s = {.labels = labels,
                .persons = persons,
                .width = WIDTH,
                .height = HEIGHT,
                .hat = HEIGHT};
  memset(labels, 0, sizeof labels);
  memset(persons, 0, sizeof persons);
  s.person.id = 1;
  box(65, 60, 135, 200, PA_LABEL_UPPER);
  box(70, 200, 90, 380, PA_LABEL_PANTS);
  box(110, 200, 130, 380, PA_LABEL_PANTS);
  for (int hand = 0; hand < 2; hand++) {
    float x = hand ? 80 : 120;
    place(&s, PA_KP_LEFT_SHOULDER + hand, x, 70);
    place(&s, PA_KP_LEFT_HIP + hand, x, 190);
    place(&s, PA_KP_LEFT_KNEE + hand, x, 280);
    place(&s, PA_KP_LEFT_ANKLE + hand, x, 370);
  }
  return s;
}

/* Labels what a foot covers that is turned so about an ankle at (100, 150). */
static void draw_shoe(const pa_figure *f, int side, const pa_mat *turn,
                      float scale) {
  pa_vec ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]];
  for (unsigned i = 0; i < body->triangles; i++) {
    pa_vec p[3];
    unsigned foot = 0;
    for (int k = 0; k < 3; k++) {
      unsigned point = body->corner[body->triangle[i][k]].point;
      foot += body->point[point].region == PA_REGION_FOOT_L + (unsigned)side;
      p[k] = pa_apply(turn, pa_sub(f->point[point], ankle));
    }
    for (int a = 0; foot == 3 && a <= 6; a++)
      for (int b = 0; a + b <= 6; b++) {
        pa_vec q = pa_add(p[0], pa_add(pa_mul(pa_sub(p[1], p[0]), a / 6.f),
                                       pa_mul(pa_sub(p[2], p[0]), b / 6.f)));
        int x = (int)(100 + scale * q.x), y = (int)(150 - scale * q.y);
        box(x, y, x + 1, y + 1, PA_LABEL_SHOE_L + side);
      }
  }
}

static void feet_turn_as_their_shoes(void **state) {
  (void)state;
  const float scale = 280, headings[] = {-.7f, 0, .6f};
  pa_figure f;
  assert_int_equal(pa_figure_create(NULL, body, &f), PA_OK);
  pa_figure_stand(&f);
  pa_tread found;
  const pa_mat straight = pa_identity();
  for (int i = 0; i < 3; i++) {
    pa_sight s = standing();
    pa_quat yaw = pa_quat_about(pa_v(0, 1, 0), headings[i]);
    pa_quat tilt = pa_quat_about(pa_v(1, 0, 0), .5f);
    pa_mat turn = pa_mat_of(pa_quat_product(tilt, yaw));
    memset(labels, 0, sizeof labels);
    place(&s, PA_KP_LEFT_ANKLE, 100, 150);
    assert_false(
        pa_tread_find(&f, &s, 0, scale, pa_v(0, -1, 1), &straight, &found));
    draw_shoe(&f, 0, &turn, scale);
    assert_true(
        pa_tread_find(&f, &s, 0, scale, pa_v(0, -1, 1), &straight, &found));
    pa_vec want = pa_apply(&turn, pa_v(0, 0, 1));
    pa_vec is = pa_apply(&found.turn, pa_v(0, 0, 1));
    assert_true(pa_dot(want, is) > .95f);
    assert_false(
        pa_tread_find(&f, &s, 0, scale, pa_v(0, -1, 1), &turn, &found));
  }
  pa_figure_destroy(&f);
}

/* How far an ankle of the posed figure is seen from a place, pixels. */
static float ankle_off(const pa_figure *f, const pa_pose_of_bones *pose,
                       const pa_camera *c, int side, const pa_keypoint *at) {
  pa_vec joint[PA_LIMIT_BODY_BONES];
  pa_figure_pose(f, pose->rotation, pa_v(0, 0, 0), NULL, joint, NULL);
  pa_vec ankle = joint[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]];
  return hypotf(c->cx + c->scale * ankle.x - at->x,
                c->cy - c->scale * ankle.y - at->y);
}

/* Shoes that the photo shows `below` their ankles, and how much of the foot is
 * bare. */
static float heel_of(float below, float bare) {
  const pa_view view = {.camera = {.scale = 300}};
  pa_sight s = standing();
  s.scale = 300;
  for (int hand = 0; hand < 2; hand++) {
    int x = hand ? 80 : 120, y = 250, end = y + (int)(300 * below);
    place(&s, PA_KP_LEFT_ANKLE + hand, (float)x, (float)y);
    memset(labels + (y - 1) * WIDTH + x - 15, 0, 30);
    for (int row = y; row < HEIGHT; row++)
      memset(labels + row * WIDTH + x - 18, 0, 36);
    int skin = y + (int)(bare * (float)(end - y));
    box(x - 10, y, x + 10, skin, PA_LABEL_LEG_L + hand);
    box(x - 10, skin, x + 10, end, PA_LABEL_SHOE_L + hand);
  }
  return pa_heels_measure(&s, &view);
}

static void heels_are_seen_by_steep_feet(void **state) {
  (void)state;
  assert_true(heel_of(.13f, 0) == 0);    /* loafers */
  assert_true(heel_of(.13f, .55f) == 0); /* ballerinas */
  float low = heel_of(.17f, .55f), high = heel_of(.2f, .55f);
  assert_true(low >= .05f && high > low && high <= PA_HEELS_HIGHEST);
  assert_true(heel_of(.16f, 0) == 0);
  assert_true(heel_of(.19f, 0) >= .05f); /* ankle boots */
  assert_true(heel_of(.19f, .2f) == 0);
}

static void shoes_belong_to_their_feet(void **state) {
  (void)state;
  pa_sight s = standing();
  s.scale = 200;
  place(&s, PA_KP_LEFT_ANKLE, 120, 300);
  place(&s, PA_KP_RIGHT_ANKLE, 80, 340);
  box(60, 350, 100, 380, PA_LABEL_SHOE_L); /* by mistake */
  box(110, 310, 130, 330, PA_LABEL_SHOE_L);
  assert_true(pa_sight_shoe(&s, 1, 80, 365));
  assert_false(pa_sight_shoe(&s, 0, 80, 365));
  assert_true(pa_sight_shoe(&s, 0, 120, 320));
  assert_false(pa_sight_shoe(&s, 1, 120, 320));
  assert_false(pa_sight_shoe(&s, 0, 120, 345)); /* trousers */
}

static void legs_reach_their_ankles(void **state) {
  (void)state;
  static const float shifts[][2] = {{0, 0}, {14, -30}, {-20, -8}, {6, 2}};
  const pa_camera c = {.scale = 200, .cx = 100, .cy = 380};
  pa_figure f;
  assert_int_equal(pa_figure_create(NULL, body, &f), PA_OK);
  pa_figure_stand(&f);
  for (int i = 0; i < 4; i++) {
    pa_sight s = standing();
    pa_pose_of_bones pose, before;
    pa_posing_t(&f, &pose);
    before = pose;
    pa_keypoint *k = s.person.keypoints;
    for (int side = 0; side < 2; side++) {
      pa_vec ankle = f.head[f.bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]];
      place(&s, PA_KP_LEFT_ANKLE + side,
            c.cx + c.scale * ankle.x + shifts[i][0],
            c.cy - c.scale * ankle.y + shifts[i][1]);
    }
    s.trust[PA_KP_RIGHT_ANKLE] = .1f;
    pa_reach(&f, &s, &c, &pose);
    /* the last is a little out of reach */
    float most = i < 3 ? .5f : 3;
    assert_true(ankle_off(&f, &pose, &c, 0, &k[PA_KP_LEFT_ANKLE]) < most);
    unsigned other = f.bone[PA_BONE_CALF_R];
    assert_memory_equal(&pose.rotation[other], &before.rotation[other],
                        sizeof *pose.rotation);
  }
  pa_figure_destroy(&f);
}

static void knees_move_to_the_middle(void **state) {
  (void)state;
  pa_sight s = standing();
  place(&s, PA_KP_LEFT_KNEE, 127, 280);
  place(&s, PA_KP_RIGHT_ANKLE, 73, 370);
  pa_center_joints(&s);
  const pa_keypoint *k = s.person.keypoints;
  assert_true(fabsf(k[PA_KP_LEFT_KNEE].x - 120) < 2.5f);
  assert_true(fabsf(k[PA_KP_RIGHT_ANKLE].x - 80) < 2.5f);
  assert_true(fabsf(k[PA_KP_RIGHT_KNEE].x - 80) < 1.5f);
  assert_true(fabsf(k[PA_KP_LEFT_KNEE].y - 280) < 3);
}

static void what_is_not_seen_stays(void **state) {
  (void)state;
  pa_sight s = standing();
  place(&s, PA_KP_LEFT_KNEE, 127, 280);
  s.trust[PA_KP_LEFT_KNEE] = .2f;
  place(&s, PA_KP_RIGHT_KNEE, 20, 280); /* far beside its leg */
  pa_center_joints(&s);
  assert_true(s.person.keypoints[PA_KP_LEFT_KNEE].x == 127);
  assert_true(s.person.keypoints[PA_KP_RIGHT_KNEE].x == 20);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(shoes_stand_and_do_not_fold),
      cmocka_unit_test(feet_turn_as_their_shoes),
      cmocka_unit_test(heels_lift_all_but_the_toes),
      cmocka_unit_test(heels_are_seen_by_steep_feet),
      cmocka_unit_test(shoes_belong_to_their_feet),
      cmocka_unit_test(legs_reach_their_ankles),
      cmocka_unit_test(knees_move_to_the_middle),
      cmocka_unit_test(what_is_not_seen_stays),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
