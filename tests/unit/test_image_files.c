/* Files of every kind against PIL's decoder; damaged ones; no memory.
 *
 * The pictures are made by tests/fuzz/image_seeds.py when the test starts. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "image/bytes.h"
#include "image/image.h"

#define FOLDER PARSONA_BUILD_DIR "/tests/image_seeds"

typedef struct file {
  uint8_t *bytes;
  size_t size;
} file;

/* {NULL, 0} when there is none. */
static file read_file(const char *folder, const char *name) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s/%s", FOLDER, folder, name);
  file f = {NULL, 0};
  FILE *in = fopen(path, "rb");
  if (!in) return f;
  fseek(in, 0, SEEK_END);
  f.size = (size_t)ftell(in);
  rewind(in);
  f.bytes = malloc(f.size + 1);
  assert_int_equal(fread(f.bytes, 1, f.size, in), f.size);
  fclose(in);
  return f;
}

static file read_seed(const char *name) {
  file f = read_file("files", name);
  if (!f.bytes) fail_msg("no %s", name);
  return f;
}

static int make_seeds(void **state) {
  (void)state;
  return system("/usr/bin/python3 '" PARSONA_SOURCE_DIR
                "/tests/fuzz/image_seeds.py' '" FOLDER "'");
}

static void for_each_seed(void (*visit)(const char *name, file f)) {
  DIR *folder = opendir(FOLDER "/files");
  assert_non_null(folder);
  for (struct dirent *e; (e = readdir(folder));) {
    if (e->d_name[0] == '.') continue;
    file f = read_seed(e->d_name);
    visit(e->d_name, f);
    free(f.bytes);
  }
  closedir(folder);
}

static bool is_kind(const char *name, const char *extension) {
  return strcmp(strrchr(name, '.') + 1, extension) == 0;
}

/* An error has a sentence, and leaves nothing behind. */
static void assert_refused(file f, pa_status status, const char *text) {
  pa_error err = {0};
  pa_image *image;
  size_t used = pa_mem_used();
  assert_int_equal(pa_image_read(&err, f.bytes, f.size, &image), status);
  assert_int_equal(err.status, status);
  assert_string_equal(err.text, text);
  assert_null(image);
  assert_int_equal(pa_mem_used(), used);
}

/* ------------------------------------------------------------- whole files */

static unsigned compared;

static void compare(const char *name, file f) {
  file expected = read_file("expected", name);
  if (!expected.bytes) return;
  pa_error err = {0};
  pa_image *image;
  if (pa_image_read(&err, f.bytes, f.size, &image))
    fail_msg("%s: %s", name, err.text);
  assert_int_equal(image->width, pa_le32(expected.bytes));
  assert_int_equal(image->height, pa_le32(expected.bytes + 4));
  /* Decoders of JPEG may differ in rounding and in how they enlarge chroma. */
  bool lossy = is_kind(name, "jpg");
  int most = lossy ? 24 : 0;
  double sum = 0;
  bool opaque = true;
  size_t count = (size_t)image->width * image->height * 4;
  for (size_t i = 0; i < count; i++) {
    if (image->rgba[i | 3] != 255) opaque = false;
    if (image->rgba[i | 3] == 0 && expected.bytes[8 + (i | 3)] == 0) continue;
    int d = abs(image->rgba[i] - expected.bytes[8 + i]);
    if (d > most)
      fail_msg("%s: byte %zu is %d, not %d", name, i, image->rgba[i],
               expected.bytes[8 + i]);
    sum += d;
  }
  if (sum / (double)count > 1) fail_msg("%s: off by %g", name, sum / count);
  assert_int_equal(image->opaque, opaque);
  pa_image_destroy(image);
  free(expected.bytes);
  compared++;
}

static void every_kind_decodes_as_elsewhere(void **state) {
  (void)state;
  compared = 0;
  for_each_seed(compare);
  assert_in_range(compared, 55, 500);
}

static void what_is_not_read_is_named(void **state) {
  (void)state;
  static const struct {
    const char *name;
    pa_status status;
    const char *text;
  } cases[] = {
      {"arithmetic.jpg", PA_ERROR_IMAGE,
       "a lossless, hierarchical or arithmetic-coded JPEG, which is not read"},
      {"lossless.jpg", PA_ERROR_IMAGE,
       "a lossless, hierarchical or arithmetic-coded JPEG, which is not read"},
      {"twelve_bits.jpg", PA_ERROR_IMAGE,
       "a JPEG of 12 bits a sample; only 8 are read"},
      {"huge.jpg", PA_ERROR_TOO_LARGE,
       "20005 x 19991 pixels: over the limit of 110 megapixels"},
      {"huge.png", PA_ERROR_TOO_LARGE,
       "20000 x 20000 pixels: over the limit of 110 megapixels"},
      {"no_size.png", PA_ERROR_IMAGE,
       "damaged PNG: no header that gives a size"},
      {"bomb.png", PA_ERROR_IMAGE,
       "damaged PNG: holds more data than its size needs"},
      {"run_length.bmp", PA_ERROR_IMAGE, "a compressed BMP, which is not read"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    file f = read_seed(cases[i].name);
    assert_refused(f, cases[i].status, cases[i].text);
    free(f.bytes);
  }
}

static void what_is_no_image_is_named(void **state) {
  (void)state;
  static const struct {
    const char *bytes;
    size_t size;
    const char *text;
  } cases[] = {
      {"", 0, "not an image: no bytes"},
      {"hello, world", 12, "not a JPEG, PNG, BMP or GIF"},
      {"\0\0\0\0", 4, "not a JPEG, PNG, BMP or GIF"},
      {"\xff", 1, "not a JPEG, PNG, BMP or GIF"},
      {"RIFF\0\0\0\0WEBPVP8 ", 16, "not a JPEG, PNG, BMP or GIF, but a WebP"},
      {"\0\0\0\x18"
       "ftypheic",
       12, "not a JPEG, PNG, BMP or GIF, but a HEIC"},
      {"\0\0\0\x18"
       "ftypisom",
       12, "not a JPEG, PNG, BMP or GIF, but a video"},
      {"GIF89a", 6, "truncated GIF"},
      {"BM", 2, "truncated BMP"},
      {"\x89PNG\r\n\x1a\n", 8, "truncated PNG"},
      {"\xff\xd8\xff", 3, "truncated JPEG"},
      {"\xff\xd8\xff\xd9", 4, "a JPEG without a picture"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint8_t *exact = malloc(cases[i].size + 1);
    memcpy(exact, cases[i].bytes, cases[i].size);
    assert_refused((file){exact, cases[i].size}, PA_ERROR_IMAGE, cases[i].text);
    free(exact);
  }
}

/* ------------------------------------------------------------- cut files */

/* A file cut anywhere is refused, or the picture is all there. */
static void cut_everywhere(const char *name, file f) {
  file expected = read_file("expected", name);
  if (!expected.bytes) return;
  pa_image *whole;
  assert_int_equal(pa_image_read(NULL, f.bytes, f.size, &whole), PA_OK);
  size_t bytes = (size_t)whole->width * whole->height * 4;
  for (size_t size = 0; size < f.size; size++) {
    /* A block of its own, so that a sanitizer sees its end. */
    uint8_t *part = malloc(size + !size);
    memcpy(part, f.bytes, size);
    pa_error err = {0};
    pa_image *image;
    pa_status status = pa_image_read(&err, part, size, &image);
    if (status) {
      assert_int_equal(status, PA_ERROR_IMAGE);
      if (size > 8 && !strstr(err.text, "truncated"))
        fail_msg("%s cut to %zu: %s", name, size, err.text);
    } else if (memcmp(image->rgba, whole->rgba, bytes) != 0) {
      fail_msg("%s cut to %zu of %zu: half a picture", name, size, f.size);
    }
    pa_image_destroy(image);
    free(part);
  }
  pa_image_destroy(whole);
  free(expected.bytes);
}

static void cut_files_are_noticed(void **state) {
  (void)state;
  for_each_seed(cut_everywhere);
}

/* ------------------------------------------------------------- bad luck */

/* Some damage is not to be seen; nothing must come of it but an error or a
 * picture. */
static void flip_bits(const char *name, file f) {
  (void)name;
  size_t used = pa_mem_used();
  uint32_t seed = 1;
  for (int i = 0; i < 300; i++) {
    seed = seed * 1664525u + 1013904223u;
    size_t at = (seed >> 8) % f.size;
    uint8_t keep = f.bytes[at];
    f.bytes[at] ^= (uint8_t)(1u << (seed & 7));
    pa_error err = {0};
    pa_image *image;
    pa_status status = pa_image_read(&err, f.bytes, f.size, &image);
    assert_true((status == PA_OK) == (image != NULL));
    assert_true(status == PA_OK || err.text[0]);
    pa_image_destroy(image);
    f.bytes[at] = keep;
  }
  assert_int_equal(pa_mem_used(), used);
}

static void damaged_files_do_no_harm(void **state) {
  (void)state;
  for_each_seed(flip_bits);
}

static void run_out_of_memory(const char *name, file f) {
  file expected = read_file("expected", name);
  if (!expected.bytes) return;
  free(expected.bytes);
  size_t used = pa_mem_used();
  for (long n = 0;; n++) {
    pa_error err = {0};
    pa_image *image;
    pa_mem_fail_after(n);
    pa_status status = pa_image_read(&err, f.bytes, f.size, &image);
    pa_mem_fail_after(-1);
    if (!status) {
      assert_true(n > 1);
      pa_image_destroy(image);
      break;
    }
    if (status != PA_ERROR_MEMORY || image || pa_mem_used() != used)
      fail_msg("%s, allocation %ld: %d, %s", name, n, status, err.text);
    assert_non_null(strstr(err.text, "out of memory"));
  }
  assert_int_equal(pa_mem_used(), used);
}

static void any_allocation_may_fail(void **state) {
  (void)state;
  for_each_seed(run_out_of_memory);
}

/* ------------------------------------------------------------- EXIF */

static void wrap_tiff(const uint8_t *tiff, size_t size, file *out) {
  static const uint8_t begin[] = {0xff, 0xd8, 0xff, 0xe1, 0, 0,
                                  'E',  'x',  'i',  'f',  0, 0};
  out->size = sizeof begin + size;
  out->bytes = malloc(out->size);
  memcpy(out->bytes, begin, sizeof begin);
  memcpy(out->bytes + sizeof begin, tiff, size);
  out->bytes[4] = (uint8_t)((size + 8) >> 8);
  out->bytes[5] = (uint8_t)(size + 8);
}

static int orientation_of(const uint8_t *tiff, size_t size) {
  file f;
  wrap_tiff(tiff, size, &f);
  int orientation = pa_image_exif_orientation(f.bytes, f.size);
  free(f.bytes);
  return orientation;
}

static void the_orientation_tag_is_read(void **state) {
  (void)state;
  uint8_t little[] = {'I',  'I', 42, 0, 8, 0, 0, 0, 2, 0, /* two entries */
                      1,    1,   3,  0, 1, 0, 0, 0, 9, 0, 0, 0,
                      0x12, 1,   3,  0, 1, 0, 0, 0, 6, 0, 0, 0};
  uint8_t big[] = {'M',  'M', 0, 42, 0, 0, 0, 8, 0, 1, 1,
                   0x12, 0,   3, 0,  0, 0, 1, 0, 8, 0, 0};
  assert_int_equal(orientation_of(little, sizeof little), 6);
  assert_int_equal(orientation_of(big, sizeof big), 8);
  for (size_t size = 0; size < sizeof little; size++)
    assert_int_equal(orientation_of(little, size), 1);
  little[24] = 4; /* a LONG */
  assert_int_equal(orientation_of(little, sizeof little), 1);
  little[24] = 3;
  little[30] = 9;
  assert_int_equal(orientation_of(little, sizeof little), 1);
  little[30] = 0;
  assert_int_equal(orientation_of(little, sizeof little), 1);
  little[30] = 5;
  assert_int_equal(orientation_of(little, sizeof little), 5);
  little[4] = little[5] = little[6] = little[7] = 0xff;
  assert_int_equal(orientation_of(little, sizeof little), 1);
  big[3] = 43;
  assert_int_equal(orientation_of(big, sizeof big), 1);
  assert_int_equal(pa_image_exif_orientation(big, sizeof big), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_kind_decodes_as_elsewhere),
      cmocka_unit_test(what_is_not_read_is_named),
      cmocka_unit_test(what_is_no_image_is_named),
      cmocka_unit_test(cut_files_are_noticed),
      cmocka_unit_test(damaged_files_do_no_harm),
      cmocka_unit_test(any_allocation_may_fail),
      cmocka_unit_test(the_orientation_tag_is_read),
  };
  return cmocka_run_group_tests(tests, make_seeds, NULL);
}
