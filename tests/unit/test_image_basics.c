/* Images, affine maps, resizing. */
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

static void an_image_knows_that_it_is_opaque(void **state) {
  (void)state;
  pa_image *image = make(97, 71, 5);
  assert_true(pa_image_is_opaque(image));
  for (size_t i = 0; i < 97 * 71; i += 13) {
    image->rgba[4 * i + 3] = 254;
    assert_false(pa_image_is_opaque(image));
    image->rgba[4 * i + 3] = 255;
  }
  assert_true(pa_image_is_opaque(image));
  pa_image_destroy(image);
}

static void a_resized_constant_stays_constant(void **state) {
  (void)state;
  static const unsigned sizes[][2] = {{10, 7}, {97, 61}, {200, 5}, {1, 1}};
  pa_image *image = make(97, 61, 77);
  for (int i = 0; i < 8; i++) {
    image->opaque = i < 4;
    pa_image *small;
    assert_int_equal(
        pa_image_resize(NULL, image, sizes[i % 4][0], sizes[i % 4][1], &small),
        PA_OK);
    assert_int_equal(small->width, sizes[i % 4][0]);
    assert_int_equal(small->height, sizes[i % 4][1]);
    for (size_t k = 0; k < (size_t)small->width * small->height * 4; k++)
      assert_int_equal(small->rgba[k], k % 4 == 3 ? 255 : 77);
    pa_image_destroy(small);
  }
  pa_image_destroy(image);
}

static void halving_averages(void **state) {
  (void)state;
  pa_image *image = make(40, 20, -1), *half;
  assert_int_equal(pa_image_resize(NULL, image, 20, 10, &half), PA_OK);
  for (unsigned y = 0; y < 10; y++)
    for (unsigned x = 0; x < 20; x++)
      for (unsigned c = 0; c < 3; c++) {
        const uint8_t *p = image->rgba + 4 * (2 * y * 40 + 2 * x) + c;
        float mean = (float)(p[0] + p[4] + p[160] + p[164]) / 4;
        assert_float_equal(half->rgba[4 * (y * 20 + x) + c], mean, .51);
      }
  pa_image_destroy(half);
  pa_image_destroy(image);
}

static void clear_pixels_do_not_bleed(void **state) {
  (void)state;
  /* Red beside a clear green: half as much red, no green. */
  pa_image *image = make(2, 1, 0), *one;
  memcpy(image->rgba, (uint8_t[]){200, 0, 0, 255, 0, 255, 0, 0}, 8);
  image->opaque = false;
  assert_int_equal(pa_image_resize(NULL, image, 1, 1, &one), PA_OK);
  assert_memory_equal(one->rgba, ((uint8_t[]){200, 0, 0, 128}), 4);
  pa_image_destroy(one);
  pa_image_destroy(image);
}

static void resizing_may_run_out_of_memory(void **state) {
  (void)state;
  pa_image *image = make(97, 61, 77), *small;
  size_t used = pa_mem_used();
  for (long n = 0;; n++) {
    pa_error err = {0};
    pa_mem_fail_after(n);
    pa_status status = pa_image_resize(&err, image, 31, 99, &small);
    pa_mem_fail_after(-1);
    if (!status) break;
    assert_int_equal(status, PA_ERROR_MEMORY);
    assert_non_null(strstr(err.text, "out of memory"));
    assert_null(small);
    assert_int_equal(pa_mem_used(), used);
  }
  pa_image_destroy(small);
  pa_image_destroy(image);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes_over_the_limits_are_refused),
      cmocka_unit_test(the_square_maps_corners_to_corners),
      cmocka_unit_test(the_inverse_undoes),
      cmocka_unit_test(an_image_knows_that_it_is_opaque),
      cmocka_unit_test(a_resized_constant_stays_constant),
      cmocka_unit_test(halving_averages),
      cmocka_unit_test(clear_pixels_do_not_bleed),
      cmocka_unit_test(resizing_may_run_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
