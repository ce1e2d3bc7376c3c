/* Images, affine maps and resampling. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "image/image.h"

static uint32_t seed = 1;

static uint32_t random_u32(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

static float random_between(float a, float b) {
  return a + (b - a) * (float)(random_u32() & 0xffff) / 65535.f;
}

static pa_image *make(unsigned width, unsigned height, int value) {
  pa_image *image;
  assert_int_equal(pa_image_create(NULL, width, height, &image), PA_OK);
  for (size_t i = 0; i < (size_t)width * height; i++) {
    for (int c = 0; c < 3; c++)
      image->rgba[4 * i + c] =
          (uint8_t)(value < 0 ? (int)(random_u32() & 255) : value);
    image->rgba[4 * i + 3] = 255;
  }
  image->opaque = true;
  return image;
}

static void sizes_over_the_limits_are_refused(void **state) {
  (void)state;
  pa_error err = {0};
  pa_image *image;
  assert_int_equal(pa_image_create(&err, 20000, 20000, &image),
                   PA_ERROR_TOO_LARGE);
  assert_null(image);
  assert_string_equal(err.text,
                      "20000 x 20000 pixels: over the limit of 110 megapixels");
  assert_int_equal(pa_image_create(&err, 30001, 1, &image), PA_ERROR_TOO_LARGE);
  assert_int_equal(pa_image_create(&err, 0, 5, &image), PA_ERROR_ARGUMENT);
}

static void the_square_maps_corners_to_corners(void **state) {
  (void)state;
  pa_affine m = pa_affine_square(50, 40, 20, 0, 256);
  float x, y;
  pa_affine_apply(&m, 0, 0, &x, &y);
  assert_float_equal(x, 40, 1e-4);
  assert_float_equal(y, 30, 1e-4);
  pa_affine_apply(&m, 256, 128, &x, &y);
  assert_float_equal(x, 60, 1e-4);
  assert_float_equal(y, 40, 1e-4);
  /* A quarter turn clockwise: the output's x axis points down. */
  m = pa_affine_square(50, 40, 20, 1.57079633f, 256);
  pa_affine_apply(&m, 256, 128, &x, &y);
  assert_float_equal(x, 50, 1e-4);
  assert_float_equal(y, 50, 1e-4);
}

static void the_inverse_undoes(void **state) {
  (void)state;
  for (int i = 0; i < 100; i++) {
    pa_affine m =
        pa_affine_square(random_between(0, 1000), random_between(0, 1000),
                         random_between(10, 900), random_between(-4, 4), 256);
    pa_affine n = pa_affine_inverse(m);
    float x = random_between(0, 256), y = random_between(0, 256), u, v;
    pa_affine_apply(&m, x, y, &u, &v);
    pa_affine_apply(&n, u, v, &u, &v);
    assert_float_equal(u, x, .02);
    assert_float_equal(v, y, .02);
  }
}

static void a_constant_stays_constant(void **state) {
  (void)state;
  pa_image *image = make(97, 61, 77);
  static float out[40 * 40 * 3];
  for (int i = 0; i < 200; i++) {
    pa_affine m = pa_affine_square(
        random_between(-50, 150), random_between(-50, 100),
        random_between(1, 400), i % 3 ? random_between(-4, 4) : 0, 40);
    pa_image_sample(image, m, 40, 40, .5f, 1, i % 2 ? -1 : 77, 0, 40, out);
    for (int k = 0; k < 40 * 40 * 3; k++)
      assert_float_equal(out[k], 77 * .5f + 1, 1e-3);
  }
  pa_image_destroy(image);
}

static void the_identity_copies(void **state) {
  (void)state;
  pa_image *image = make(31, 17, -1);
  static float out[31 * 17 * 3];
  pa_affine m = {.xx = 1, .yy = 1};
  pa_image_sample(image, m, 31, 17, 1, 0, 0, 0, 17, out);
  for (int i = 0; i < 31 * 17; i++)
    for (int c = 0; c < 3; c++)
      assert_float_equal(out[3 * i + c], image->rgba[4 * i + c], 1e-3);
  pa_image_destroy(image);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_over_the_limits_are_refused),
      cmocka_unit_test(the_square_maps_corners_to_corners),
      cmocka_unit_test(the_inverse_undoes),
      cmocka_unit_test(a_constant_stays_constant),
      cmocka_unit_test(the_identity_copies),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
