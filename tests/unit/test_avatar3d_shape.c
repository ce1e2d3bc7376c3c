/* Shoes, and joints in the middle of their limbs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar3d/center.h"
#include "avatar3d/shoes.h"

static pa_body *body;

static int set_up(void **state) {
  (void)state;
  FILE *file = fopen(PARSONA_SOURCE_DIR "/weights/body/body.bin", "rb");
  if (!file) return 1;
  static uint8_t bytes[2 << 20];
  size_t size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  return pa_body_open(NULL, bytes, size, &body) != PA_OK;
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
      cmocka_unit_test(knees_move_to_the_middle),
      cmocka_unit_test(what_is_not_seen_stays),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
