/* The body file: what it holds, and that no damaged one is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar3d/figure.h"
#include "base/mem.h"
#include "body_file.h"

static uint8_t *bytes;
static size_t size;

static int read_file(void **state) {
  (void)state;
  bytes = body_file_read(&size);
  return bytes == NULL;
}

static int release_file(void **state) {
  (void)state;
  free(bytes);
  return 0;
}

static pa_body *open_body(void) {
  pa_body *body;
  pa_error err = {0};
  pa_status status = pa_body_open(&err, bytes, size, &body);
  if (status != PA_OK) fail_msg("%s", err.text);
  return body;
}

static void weights_sum_to_one(void **state) {
  (void)state;
  pa_body *body = open_body();
  for (unsigned i = 0; i < body->points; i++) {
    unsigned sum = 0;
    for (int k = 0; k < 4; k++)
      sum += body->point[i].weight[k];
    assert_int_equal(sum, 255);
  }
  pa_body_close(body);
}

static void skeleton_is_symmetric_and_stands(void **state) {
  (void)state;
  pa_body *body = open_body();
  assert_int_equal(body->bones, 55);
  for (unsigned b = 0; b < body->bones; b++) {
    char other[17];
    strcpy(other, body->bone[b].name);
    size_t length = strlen(other);
    if (length < 2 || strcmp(other + length - 2, "_l") != 0) continue;
    other[length - 1] = 'r';
    int r = pa_body_bone_find(body, other);
    assert_true(r >= 0);
    const float *p = body->bone[b].head, *q = body->bone[r].head;
    assert_true(fabsf(p[0] + q[0]) < 1e-3f);
    assert_true(fabsf(p[1] - q[1]) < 1e-3f && fabsf(p[2] - q[2]) < 1e-3f);
  }
  float low = 1;
  for (unsigned i = 0; i < body->points; i++)
    low = fminf(low, body->point[i].position[1]);
  assert_true(fabsf(low) < 1e-3f);
  /* arms along X */
  int shoulder = pa_body_bone_find(body, "upperarm_l");
  int wrist = pa_body_bone_find(body, "hand_l");
  assert_true(fabsf(body->bone[shoulder].head[1] - body->bone[wrist].head[1]) <
              .01f);
  pa_body_close(body);
}

static void every_expression_is_there(void **state) {
  (void)state;
  static const char *const names[] = {
      "blinkLeft", "blinkRight", "aa",    "ih",  "ou",      "ee",
      "oh",        "happy",      "angry", "sad", "relaxed", "surprised"};
  pa_body *body = open_body();
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    int t = pa_body_target_find(body, names[i]);
    assert_true(t >= 0);
    assert_true(body->target[t].count > 20);
  }
  pa_body_close(body);
}

/* Faces look outwards: the volume of the skin is a person's. */
static void triangles_look_outwards(void **state) {
  (void)state;
  pa_body *body = open_body();
  double volume = 0;
  for (unsigned i = 0; i < body->triangles; i++) {
    pa_vec v[3];
    for (int k = 0; k < 3; k++)
      v[k] =
          pa_v3(body->point[body->corner[body->triangle[i][k]].point].position);
    volume += (double)pa_dot(v[0], pa_cross(v[1], v[2])) / 6;
  }
  assert_true(volume > .04 && volume < .1);
  pa_body_close(body);
}

static void every_truncation_is_refused(void **state) {
  (void)state;
  for (size_t n = 0; n < size; n += n < 4096 ? 1 : 1013) {
    uint8_t *cut = malloc(n ? n : 1);
    memcpy(cut, bytes, n);
    pa_body *body;
    assert_int_equal(pa_body_open(NULL, cut, n, &body), PA_ERROR_WEIGHTS);
    assert_null(body);
    free(cut);
  }
}

/* Whatever is changed, the file is refused or read within bounds. */
static void damage_does_no_harm(void **state) {
  (void)state;
  uint8_t *copy = malloc(size);
  uint32_t seed = 1;
  unsigned refused = 0;
  for (int round = 0; round < 300; round++) {
    memcpy(copy, bytes, size);
    for (int k = 0; k < 4; k++) {
      seed = seed * 1664525 + 1013904223;
      size_t at = round % 2 ? seed % 4096 : seed % size;
      seed = seed * 1664525 + 1013904223;
      copy[at] = (uint8_t)(seed >> 24);
    }
    pa_body *body;
    pa_status status = pa_body_open(NULL, copy, size, &body);
    if (status != PA_OK) {
      assert_null(body);
      refused++;
      continue;
    }
    pa_figure figure;
    if (pa_figure_create(NULL, body, &figure) == PA_OK)
      pa_figure_shape(&figure, "heavy", 1);
    pa_figure_destroy(&figure);
    pa_body_close(body);
  }
  assert_true(refused > 50);
  free(copy);
}

static void no_memory_is_an_error(void **state) {
  (void)state;
  size_t before = pa_mem_used();
  for (long n = 0; n < 40; n++) {
    pa_body *body;
    pa_mem_fail_after(n);
    pa_status status = pa_body_open(NULL, bytes, size, &body);
    pa_mem_fail_after(-1);
    assert_int_equal(status, PA_ERROR_MEMORY);
    assert_int_equal(pa_mem_used(), before);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(weights_sum_to_one),
      cmocka_unit_test(skeleton_is_symmetric_and_stands),
      cmocka_unit_test(every_expression_is_there),
      cmocka_unit_test(triangles_look_outwards),
      cmocka_unit_test(every_truncation_is_refused),
      cmocka_unit_test(damage_does_no_harm),
      cmocka_unit_test(no_memory_is_an_error),
  };
  return cmocka_run_group_tests(tests, read_file, release_file);
}
