/* A small checkpoint (tests/m2fp/make_tiny.py) through the converter and the
 * pipeline: what is written is a sound weights file, every allocation may fail,
 * and a photo goes through. */
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
#include "m2fp/checkpoint.h"
#include "nn/nn.h"
#include "parsona.h"

static uint8_t *checkpoint;
static size_t checkpoint_size;
static pa_context *context;

static int set_up(void **state) {
  (void)state;
  FILE *file = fopen(PARSONA_BUILD_DIR "/tests/m2fp_tiny.pt", "rb");
  if (!file || fseek(file, 0, SEEK_END)) return -1;
  checkpoint_size = (size_t)ftell(file);
  rewind(file);
  checkpoint = malloc(checkpoint_size);
  if (fread(checkpoint, 1, checkpoint_size, file) != checkpoint_size) return -1;
  fclose(file);
  pa_context_options options = {.threads = 1};
  return pa_context_create(&options, &context) == PA_OK ? 0 : -1;
}

static int tear_down(void **state) {
  (void)state;
  free(checkpoint);
  pa_context_destroy(context);
  return pa_mem_used() == 0 ? 0 : -1;
}

static pa_status convert(const char *dtype, uint8_t **file, size_t *size) {
  pa_convert_options options = {.dtype = dtype, .sizes = "tiny"};
  return pa_convert(context, checkpoint, checkpoint_size, &options, file, size);
}

static void test_file(void **state) {
  (void)state;
  static const char *const dtypes[] = {"f32", "f16", "i8", NULL};
  size_t sizes[4];
  for (int i = 0; i < 4; i++) {
    uint8_t *file;
    pa_nn_weights *weights;
    pa_error err = {0};
    if (convert(dtypes[i], &file, &sizes[i]))
      fail_msg("%s", pa_context_message(context));
    if (pa_nn_weights_open(&err, file, sizes[i], &weights))
      fail_msg("%s", err.text);
    assert_string_equal(pa_nn_weights_text(weights, "license"), "CC-BY-NC-4.0");
    assert_string_equal(pa_nn_weights_text(weights, "name"), "m2fp_tiny_cihp");
    assert_int_equal(pa_nn_weights_label_count(weights), 21);
    assert_string_equal(pa_nn_weights_label(weights, 10), "Torso-skin");
    pa_nn_weights_close(weights);
    pa_bytes_free(file);
  }
  assert_true(sizes[2] < sizes[1] && sizes[1] < sizes[0]);
  assert_int_equal(sizes[2], sizes[3]);
}

static void test_arguments(void **state) {
  (void)state;
  uint8_t *file;
  size_t size;
  assert_int_equal(pa_convert(NULL, checkpoint, 9, NULL, &file, &size),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_convert(context, NULL, 0, NULL, &file, &size),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_convert(context, checkpoint, 9, NULL, NULL, &size),
                   PA_ERROR_ARGUMENT);
  /* Without options it is the published size that is expected. */
  assert_int_equal(
      pa_convert(context, checkpoint, checkpoint_size, NULL, &file, &size),
      PA_ERROR_WEIGHTS);
  assert_non_null(strstr(pa_context_message(context), "tensors missing"));
  assert_null(file);
}

static void test_not_finite(void **state) {
  (void)state;
  pa_checkpoint read;
  uint8_t *file;
  size_t size;
  assert_int_equal(pa_checkpoint_open(NULL, checkpoint, checkpoint_size, &read),
                   PA_OK);
  for (size_t i = 0; i < read.count; i++) {
    const pa_checkpoint_tensor *t = &read.tensors[i];
    size_t at = (size_t)(t->data - checkpoint) + 4 * (t->count / 2);
    float kept, wrong = i % 2 ? NAN : INFINITY;
    memcpy(&kept, checkpoint + at, sizeof kept);
    memcpy(checkpoint + at, &wrong, sizeof wrong);
    assert_int_equal(convert(NULL, &file, &size), PA_ERROR_WEIGHTS);
    assert_non_null(strstr(pa_context_message(context), "not finite"));
    assert_non_null(strstr(pa_context_message(context), t->name));
    memcpy(checkpoint + at, &kept, sizeof kept);
  }
  pa_checkpoint_close(&read);
}

static void test_no_memory(void **state) {
  (void)state;
  size_t before = pa_mem_used(), size;
  uint8_t *file = NULL;
  pa_status status = PA_ERROR_MEMORY;
  long failures = 0;
  for (long n = 0; status != PA_OK; n += 1 + n / 40) {
    pa_mem_fail_after(n);
    status = convert(NULL, &file, &size);
    pa_mem_fail_after(-1);
    if (status == PA_OK) break;
    assert_int_equal(status, PA_ERROR_MEMORY);
    assert_null(file);
    assert_int_equal(pa_mem_used(), before);
    failures++;
  }
  assert_true(failures > 50);
  pa_bytes_free(file);
}

/* Random weights see nobody in particular; what counts is that a photo of any
 * shape goes through, and that failures leave nothing behind. */
static void test_photo(void **state) {
  (void)state;
  static const unsigned sides[][2] = {{64, 48}, {1, 300}, {37, 2}};
  uint8_t *file, rgba[64 * 48 * 4];
  size_t size;
  for (size_t i = 0; i < sizeof rgba; i++)
    rgba[i] = (uint8_t)(i * i >> 3);
  assert_int_equal(convert(NULL, &file, &size), PA_OK);
  assert_int_equal(pa_context_load(context, file, size), PA_OK);
  pa_bytes_free(file);
  for (int i = 0; i < 3; i++) {
    pa_image *image;
    pa_scene *scene;
    pa_parse_options options = {.min_score = .01f};
    assert_int_equal(
        pa_image_from_rgba(context, rgba, sides[i][0], sides[i][1], 0, &image),
        PA_OK);
    if (pa_parse(context, image, &options, &scene))
      fail_msg("%s", pa_context_message(context));
    assert_int_equal(pa_scene_width(scene), sides[i][0]);
    pa_scene_destroy(scene);
    if (i == 2) { /* the network is made: what is left is the parse itself */
      pa_status status = PA_ERROR_MEMORY;
      for (long n = 0; status != PA_OK; n++) {
        pa_mem_fail_after(n);
        status = pa_parse(context, image, &options, &scene);
        pa_mem_fail_after(-1);
        assert_true(status == PA_OK || status == PA_ERROR_MEMORY);
        assert_true(n < 100);
      }
      pa_scene_destroy(scene);
    }
    pa_image_destroy(image);
  }
}

/* ------------------------------------------------------ photos in turn */

static void load(pa_context *into) {
  uint8_t *file;
  size_t size;
  assert_int_equal(convert(NULL, &file, &size), PA_OK);
  assert_int_equal(pa_context_load(into, file, size), PA_OK);
  pa_bytes_free(file);
}

static pa_status parse(pa_context *with, unsigned width, unsigned height,
                       pa_scene **scene) {
  uint8_t rgba[64 * 48 * 4];
  pa_image *image;
  pa_parse_options options = {.min_score = .01f};
  for (size_t i = 0; i < sizeof rgba; i++)
    rgba[i] = (uint8_t)(i * i >> 3);
  pa_status status = pa_image_from_rgba(with, rgba, width, height, 0, &image);
  if (status != PA_OK) return status;
  status = pa_parse(with, image, &options, scene);
  pa_image_destroy(image);
  return status;
}

static size_t bytes_held(pa_context *of) {
  pa_network_info info;
  assert_int_equal(pa_context_network_count(of), 1);
  assert_int_equal(pa_context_network(of, 0, &info), PA_OK);
  assert_string_equal(info.role, "m2fp");
  return info.bytes;
}

/* One network is packed, its file's copy goes, and it says of each photo what
 * one made for that photo says. */
static void test_photos_in_turn(void **state) {
  (void)state;
  static const unsigned sides[][2] = {{64, 48}, {30, 60}, {64, 48}};
  pa_context *lasting;
  assert_int_equal(
      pa_context_create(&(pa_context_options){.threads = 1}, &lasting), PA_OK);
  load(lasting);
  for (int i = 0; i < 3; i++) {
    pa_context *fresh;
    pa_scene *scene, *want;
    unsigned width = sides[i][0], height = sides[i][1];
    assert_int_equal(
        pa_context_create(&(pa_context_options){.threads = 1}, &fresh), PA_OK);
    load(fresh);
    assert_int_equal(parse(fresh, width, height, &want), PA_OK);
    assert_int_equal(parse(lasting, width, height, &scene), PA_OK);
    assert_memory_equal(pa_scene_labels(scene), pa_scene_labels(want),
                        (size_t)width * height);
    assert_int_equal(bytes_held(lasting), bytes_held(fresh));
    pa_scene_destroy(scene);
    pa_scene_destroy(want);
    pa_context_destroy(fresh);
  }
  pa_context_destroy(lasting);
}

/* The first photo packs the weights, the others bring another shape each time;
 * whatever fails, the next one goes through. */
static void test_photos_without_memory(void **state) {
  (void)state;
  pa_scene *scene;
  long failures = 0;
  for (int loaded = 0; loaded < 2; loaded++) {
    pa_status status = PA_ERROR_MEMORY;
    if (!loaded) load(context);
    for (long n = 0; status != PA_OK; n += 1 + n / 20) {
      unsigned width = 30 + 30 * (n & 1 || !loaded);
      pa_mem_fail_after(n);
      status = parse(context, width, 48, &scene);
      pa_mem_fail_after(-1);
      if (status == PA_OK) break;
      assert_int_equal(status, PA_ERROR_MEMORY);
      failures++;
    }
    pa_scene_destroy(scene);
  }
  assert_true(failures > 100);
  assert_int_equal(parse(context, 48, 48, &scene), PA_OK);
  pa_scene_destroy(scene);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_file),
      cmocka_unit_test(test_arguments),
      cmocka_unit_test(test_not_finite),
      cmocka_unit_test(test_no_memory),
      cmocka_unit_test(test_photo),
      cmocka_unit_test(test_photos_in_turn),
      cmocka_unit_test(test_photos_without_memory),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
