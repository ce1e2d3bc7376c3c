/* Allocation: alignment, counting, failure on demand; error sentences. */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/mem.h"

static void blocks_are_aligned_and_counted(void **state) {
  (void)state;
  size_t before = pa_mem_used();
  unsigned char *blocks[40];
  size_t sum = 0;
  for (size_t i = 0; i < 40; i++) {
    size_t size = 1 + i * 37;
    blocks[i] = pa_mem_alloc(size);
    assert_non_null(blocks[i]);
    assert_int_equal((uintptr_t)blocks[i] % PA_MEM_ALIGNMENT, 0);
    assert_int_equal(pa_mem_size(blocks[i]), size);
    memset(blocks[i], (int)i, size);
    sum += size;
  }
  assert_int_equal(pa_mem_used(), before + sum);
  assert_true(pa_mem_peak() >= before + sum);
  for (size_t i = 0; i < 40; i++) {
    assert_int_equal(blocks[i][i * 37], i);
    pa_mem_free(blocks[i]);
  }
  assert_int_equal(pa_mem_used(), before);
  pa_mem_reset_peak();
  assert_int_equal(pa_mem_peak(), before);
  pa_mem_free(NULL);
}

static void calloc_is_zeroed(void **state) {
  (void)state;
  for (int round = 0; round < 20; round++) {
    unsigned char *block = pa_mem_calloc(33, 31);
    for (int i = 0; i < 33 * 31; i++)
      assert_int_equal(block[i], 0);
    memset(block, 0xff, 33 * 31);
    pa_mem_free(block);
  }
}

static void realloc_keeps_what_fits(void **state) {
  (void)state;
  size_t before = pa_mem_used();
  unsigned char *block = pa_mem_realloc(NULL, 100);
  for (int i = 0; i < 100; i++)
    block[i] = (unsigned char)i;
  block = pa_mem_realloc(block, 5000);
  assert_int_equal((uintptr_t)block % PA_MEM_ALIGNMENT, 0);
  assert_int_equal(pa_mem_used(), before + 5000);
  for (int i = 0; i < 100; i++)
    assert_int_equal(block[i], i);
  block = pa_mem_realloc(block, 10);
  for (int i = 0; i < 10; i++)
    assert_int_equal(block[i], i);
  pa_mem_fail_after(0);
  assert_null(pa_mem_realloc(block, 20));
  pa_mem_fail_after(-1);
  assert_int_equal(block[9], 9);
  pa_mem_free(block);
  assert_int_equal(pa_mem_used(), before);
}

static void impossible_sizes_are_refused(void **state) {
  (void)state;
  size_t before = pa_mem_used(), product = 0;
  assert_null(pa_mem_alloc(0));
  assert_null(pa_mem_alloc(SIZE_MAX));
  assert_null(pa_mem_alloc(SIZE_MAX - PA_MEM_ALIGNMENT));
  assert_null(pa_mem_alloc(SIZE_MAX - 2 * PA_MEM_ALIGNMENT));
  assert_null(pa_mem_calloc(SIZE_MAX / 2, 3));
  assert_null(pa_mem_calloc(0, 3));
  assert_false(pa_mem_mul(SIZE_MAX / 2, 3, &product));
  assert_int_equal(product, 0);
  assert_true(pa_mem_mul(SIZE_MAX, 1, &product));
  assert_true(product == SIZE_MAX);
  assert_true(pa_mem_mul(SIZE_MAX, 0, &product));
  assert_int_equal(product, 0);
  assert_true(pa_mem_mul(0, SIZE_MAX, &product));
  assert_int_equal(product, 0);
  assert_int_equal(pa_mem_used(), before);
}

static void failures_come_when_asked_for(void **state) {
  (void)state;
  pa_mem_fail_after(2);
  void *a = pa_mem_alloc(1), *b = pa_mem_alloc(1);
  assert_non_null(a);
  assert_non_null(b);
  for (int i = 0; i < 5; i++) {
    assert_null(pa_mem_alloc(1));
    assert_null(pa_mem_calloc(1, 1));
    assert_null(pa_mem_strdup("x"));
  }
  pa_mem_fail_after(-1);
  char *c = pa_mem_strdup("text");
  assert_string_equal(c, "text");
  pa_mem_free(a);
  pa_mem_free(b);
  pa_mem_free(c);
}

static void errors_keep_a_sentence(void **state) {
  (void)state;
  pa_error err = {0};
  assert_int_equal(pa_error_set(&err, PA_ERROR_IMAGE, "%s: %d", "conv", 27),
                   PA_ERROR_IMAGE);
  assert_int_equal(err.status, PA_ERROR_IMAGE);
  assert_string_equal(err.text, "conv: 27");
  assert_int_equal(pa_error_set(NULL, PA_ERROR_IMAGE, "x"), PA_ERROR_IMAGE);
  assert_int_equal(pa_error_memory(&err, 12, "soup"), PA_ERROR_MEMORY);
  assert_string_equal(err.text, "out of memory: 12 bytes for soup");
}

static void long_sentences_are_cut(void **state) {
  (void)state;
  char text[1000];
  memset(text, 'x', sizeof text - 1);
  text[sizeof text - 1] = 0;
  struct {
    pa_error err;
    char after;
  } box = {{0}, 'a'};
  pa_error_set(&box.err, PA_ERROR_IMAGE, "%s", text);
  assert_int_equal(strlen(box.err.text), sizeof box.err.text - 1);
  assert_int_equal(box.after, 'a');
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(blocks_are_aligned_and_counted),
      cmocka_unit_test(calloc_is_zeroed),
      cmocka_unit_test(realloc_keeps_what_fits),
      cmocka_unit_test(impossible_sizes_are_refused),
      cmocka_unit_test(failures_come_when_asked_for),
      cmocka_unit_test(errors_keep_a_sentence),
      cmocka_unit_test(long_sentences_are_cut),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
