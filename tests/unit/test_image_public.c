/* The image functions of parsona.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "parsona.h"

static pa_context *context;

static int open_context(void **state) {
  (void)state;
  return pa_context_create(&(pa_context_options){.threads = 1}, &context);
}

static int close_context(void **state) {
  (void)state;
  pa_context_destroy(context);
  return 0;
}

static void rows_may_be_padded(void **state) {
  (void)state;
  uint8_t rgba[3 * 20];
  for (int i = 0; i < 60; i++)
    rgba[i] = (uint8_t)i;
  pa_image *image;
  assert_int_equal(pa_image_from_rgba(context, rgba, 4, 3, 20, &image), PA_OK);
  assert_int_equal(pa_image_width(image), 4);
  assert_int_equal(pa_image_height(image), 3);
  for (int y = 0; y < 3; y++)
    assert_memory_equal(pa_image_rgba(image) + 16 * y, rgba + 20 * y, 16);
  pa_image_destroy(image);
  assert_int_equal(pa_image_from_rgba(context, rgba, 4, 3, 15, &image),
                   PA_ERROR_ARGUMENT);
  assert_null(image);
  assert_string_equal(pa_context_message(context),
                      "rows of 16 bytes are 15 bytes apart");
}

static void a_png_comes_back(void **state) {
  (void)state;
  const uint8_t rgba[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 0, 0, 0, 0};
  uint8_t *png;
  size_t size;
  assert_int_equal(pa_png_encode(context, rgba, 2, 2, 4, &png, &size), PA_OK);
  pa_image *image;
  assert_int_equal(pa_image_decode(context, png, size, &image), PA_OK);
  assert_memory_equal(pa_image_rgba(image), rgba, 16);
  pa_image_destroy(image);
  pa_bytes_free(png);
  pa_bytes_free(NULL);
}

static void mistakes_have_sentences(void **state) {
  (void)state;
  pa_image *image = (pa_image *)&image;
  uint8_t byte = 0, *png;
  size_t size;
  assert_int_equal(pa_image_decode(context, NULL, 3, &image),
                   PA_ERROR_ARGUMENT);
  assert_null(image);
  assert_string_equal(pa_context_message(context), "bytes are NULL");
  assert_int_equal(pa_image_decode(context, "nonsense", 8, &image),
                   PA_ERROR_IMAGE);
  assert_string_equal(pa_context_message(context),
                      "not a JPEG, PNG, BMP or GIF");
  assert_int_equal(pa_image_from_rgba(context, &byte, 20000, 20000, 0, &image),
                   PA_ERROR_TOO_LARGE);
  assert_int_equal(pa_png_encode(context, &byte, 1, 1, 2, &png, &size),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_image_decode(NULL, &byte, 1, &image), PA_ERROR_ARGUMENT);
  assert_int_equal(pa_image_decode(context, &byte, 1, NULL), PA_ERROR_ARGUMENT);
  assert_int_equal(pa_image_width(NULL), 0);
  assert_null(pa_image_rgba(NULL));
  pa_image_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rows_may_be_padded),
      cmocka_unit_test(a_png_comes_back),
      cmocka_unit_test(mistakes_have_sentences),
  };
  return cmocka_run_group_tests(tests, open_context, close_context);
}
