/* Traits: JSON in both directions, hostile JSON, outlines, the template. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar2d/head.h"
#include "avatar2d/traits.h"
#include "base/limits.h"
#include "base/mem.h"

static void json_comes_back_as_it_went(void **state) {
  (void)state;
  pa_traits a, b;
  pa_error err = {0};
  pa_traits_default(&a);
  a.hair.kind = PA_HAIR_TRACED;
  assert_int_equal(pa_shape_create(NULL, &a.hair.front), PA_OK);
  a.hair.front.count = 1;
  a.hair.front.contours[0].count = 40;
  for (int i = 0; i < 40; i++)
    a.hair.front.contours[0].points[i] = (pa_vec){
        70 * cosf(.157f * (float)i), -60 + 30 * sinf(.157f * (float)i)};
  a.eyes.open_left = .21f;
  a.upper.kind = PA_GARMENT_SUIT;
  a.beard.kind = PA_BEARD_FULL;
  strcpy(a.glasses.shape, "cat");
  a.face.skin = (pa_color){17, 34, 51, 255};
  char *first, *second;
  assert_int_equal(pa_traits_write(&err, &a, &first), PA_OK);
  if (pa_traits_parse(&err, first, strlen(first), &b) != PA_OK)
    fail_msg("%s", err.text);
  assert_int_equal(pa_traits_write(&err, &b, &second), PA_OK);
  assert_string_equal(first, second);
  assert_int_equal(b.hair.front.count, 1);
  assert_int_equal(b.hair.front.contours[0].count, 40);
  assert_float_equal(b.hair.front.contours[0].points[7].x,
                     a.hair.front.contours[0].points[7].x, .06);
  assert_int_equal(b.upper.kind, PA_GARMENT_SUIT);
  assert_string_equal(b.glasses.shape, "cat");
  assert_int_equal(b.face.skin.g, 34);
  pa_mem_free(first);
  pa_mem_free(second);
  pa_traits_free(&a);
  pa_traits_free(&b);
}

static void what_is_not_named_is_default(void **state) {
  (void)state;
  pa_traits t, usual;
  pa_traits_default(&usual);
  const char json[] = "{\"version\":1,\"eyes\":{\"color\":\"#102030\"}}";
  assert_int_equal(pa_traits_parse(NULL, json, strlen(json), &t), PA_OK);
  assert_int_equal(t.eyes.color.b, 0x30);
  assert_float_equal(t.eyes.width, usual.eyes.width, 1e-6);
  assert_string_equal(t.hair.preset, usual.hair.preset);
  pa_traits_free(&t);
}

static void hostile_json_is_refused(void **state) {
  (void)state;
  const struct {
    const char *json, *says;
  } bad[] = {
      {"", "JSON"},
      {"{", "JSON"},
      {"[]", "not an object"},
      {"null", "not an object"},
      {"{\"version\":2}", "version"},
      {"{\"version\":\"1\"}", "version"},
      {"{\"nose\":3}", "nose"},
      {"{\"nose\":{\"z\":3}}", "nose.z"},
      {"{\"mane\":{}}", "mane"},
      {"{\"yaw\":\"left\"}", "yaw"},
      {"{\"yaw\":1e99}", "yaw"},
      {"{\"yaw\":-2.01}", "yaw"},
      {"{\"yaw\":1e999}", "JSON"},
      {"{\"face\":{\"skin\":\"red\"}}", "face.skin"},
      {"{\"face\":{\"skin\":\"#12345g\"}}", "face.skin"},
      {"{\"face\":{\"skin\":\"#1234567\"}}", "face.skin"},
      {"{\"face\":{\"skin\":7}}", "face.skin"},
      {"{\"face\":{\"outline\":[1,2,3]}}", "face.outline"},
      {"{\"face\":{\"outline\":[1,2,3,4,5,6,7,8,\"9\"]}}", "face.outline"},
      {"{\"face\":{\"outline\":[1,2,3,4,5,6,7,8,900]}}", "face.outline"},
      {"{\"mouth\":{\"teeth\":1}}", "mouth.teeth"},
      {"{\"hair\":{\"kind\":\"green\"}}", "hair.kind"},
      {"{\"hair\":{\"kind\":0}}", "hair.kind"},
      {"{\"hair\":{\"preset\":\"../../etc/passwd\"}}", "hair.preset"},
      {"{\"hair\":{\"preset\":"
       "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
       "aaaaaaaaaaaaaaaaaaaaaa\"}}",
       "hair.preset"},
      {"{\"hair\":{\"front\":{}}}", "hair.front"},
      {"{\"hair\":{\"front\":[[]]}}", "hair.front"},
      {"{\"hair\":{\"front\":[[[1,2],[3,4]]]}}", "hair.front"},
      {"{\"hair\":{\"front\":[[[1,2],[3,4],[5]]]}}", "hair.front"},
      {"{\"hair\":{\"front\":[[[1,2],[3,4],[5,1e30]]]}}", "hair.front"},
      {"{\"hair\":{\"front\":[[],[],[],[],[],[],[]]}}", "hair.front"},
      {"{\"glasses\":{\"shape\":\"monocle\"}}", "glasses.shape"},
      {"{\"glasses\":{\"shape\":\"cat\\u0000x\"}}", "glasses.shape"},
      {"{\"upper\":{\"pattern\":\"moire\"}}", "upper.pattern"},
  };
  size_t before = pa_mem_used();
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    pa_error err = {0};
    pa_traits t = {.yaw = 42};
    pa_status status =
        pa_traits_parse(&err, bad[i].json, strlen(bad[i].json), &t);
    if (status != PA_ERROR_ARGUMENT || !strstr(err.text, bad[i].says))
      fail_msg("%s: %d \"%s\"", bad[i].json, (int)status, err.text);
    assert_true(t.yaw == 42); /* untouched */
    assert_int_equal(pa_mem_used(), before);
  }
}

static void deep_and_large_json_is_refused(void **state) {
  (void)state;
  size_t size = PA_LIMIT_TRAITS + 10;
  char *json = malloc(size);
  pa_traits t;
  memset(json, ' ', size);
  assert_int_equal(pa_traits_parse(NULL, json, size, &t), PA_ERROR_TOO_LARGE);
  memset(json, '[', size);
  assert_int_equal(pa_traits_parse(NULL, json, 200000, &t), PA_ERROR_ARGUMENT);
  /* More points than a line may have. */
  char *at = json + sprintf(json, "{\"hair\":{\"back\":[[");
  for (int i = 0; i < 161; i++)
    at += sprintf(at, "%s[%d,0]", i ? "," : "", i);
  sprintf(at, "]]}}");
  assert_int_equal(pa_traits_parse(NULL, json, strlen(json), &t),
                   PA_ERROR_ARGUMENT);
  free(json);
}

static void wild_numbers_become_a_face(void **state) {
  (void)state;
  const char json[] =
      "{\"eyes\":{\"x\":-500,\"width\":600,\"open_left\":2},"
      "\"mouth\":{\"y\":-600,\"width\":600,\"open\":600},"
      "\"face\":{\"chin\":-600,\"outline\":[0,0,0,0,0,0,0,0,200]}}";
  pa_traits t;
  assert_int_equal(pa_traits_parse(NULL, json, strlen(json), &t), PA_OK);
  assert_true(t.eyes.x > 0 && t.eyes.x + t.eyes.width / 2 < t.face.outline[2]);
  assert_true(t.mouth.y > t.nose.y && t.mouth.y < t.face.chin);
  assert_true(t.face.chin > 50);
  pa_traits_free(&t);
}

/* ------------------------------------------------------------ the template */

/* However the photo frames and turns a head, the canvas shows its eyes level,
 * in one place and of one size. */
static void canvas_follows_the_head(void **state) {
  (void)state;
  for (int i = 0; i < 24; i++) {
    float angle = .25f * (float)(i - 12), unit = .3f + .4f * (float)(i % 5);
    float c = cosf(angle) * unit, s = sinf(angle) * unit;
    pa_head head = {.to_photo = {c, -s, 310, s, c, 140}};
    for (int view = PA_VIEW_HEAD; view <= PA_VIEW_FULL; view++) {
      pa_affine canvas = pa_head_canvas(&head, (pa_figure_view)view);
      pa_affine back = pa_affine_inverse(canvas);
      pa_affine place = pa_view_affine((pa_figure_view)view);
      /* An eye 31 units to the side of the middle. */
      float x = 310 + 31 * c, y = 140 + 31 * s, u, v;
      pa_affine_apply(&back, x, y, &u, &v);
      assert_float_equal(u, PA_CANVAS / 2.f + 31 * place.xx, .02);
      assert_float_equal(v, place.y0, .02);
    }
  }
}

static void turned_faces_are_brought_to_the_front(void **state) {
  (void)state;
  pa_head head = {.left = -40, .middle = 15, .right = 62, .half = 70};
  assert_float_equal(pa_head_turned(&head, -70), -40, 1e-4);
  assert_float_equal(pa_head_turned(&head, 0), 15, 1e-4);
  assert_float_equal(pa_head_turned(&head, 70), 62, 1e-4);
  assert_float_equal(pa_head_turned(&head, 100), 92, 1e-4);
  for (float x = -150; x < 150; x++) /* never folds */
    assert_true(pa_head_turned(&head, x) < pa_head_turned(&head, x + 1));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(json_comes_back_as_it_went),
      cmocka_unit_test(what_is_not_named_is_default),
      cmocka_unit_test(hostile_json_is_refused),
      cmocka_unit_test(deep_and_large_json_is_refused),
      cmocka_unit_test(wild_numbers_become_a_face),
      cmocka_unit_test(canvas_follows_the_head),
      cmocka_unit_test(turned_faces_are_brought_to_the_front),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
