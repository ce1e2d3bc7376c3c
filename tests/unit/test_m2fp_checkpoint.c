/* Checkpoints that nobody's torch.save has written: every one is refused with a
 * sentence, and nothing in it is done. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "m2fp/checkpoint.h"
#include "m2fp/zip.h"

/* ------------------------------------------------------------ bytes by hand */

typedef struct buffer {
  uint8_t bytes[1 << 16];
  size_t size;
} buffer;

static void put(buffer *b, const void *bytes, size_t size) {
  assert_true(b->size + size <= sizeof b->bytes);
  memcpy(b->bytes + b->size, bytes, size);
  b->size += size;
}

static void put16(buffer *b, unsigned n) {
  put(b, (uint8_t[]){(uint8_t)n, (uint8_t)(n >> 8)}, 2);
}

static void put32(buffer *b, uint32_t n) {
  put16(b, n & 0xffff);
  put16(b, n >> 16);
}

typedef struct file {
  const char *name;
  const void *bytes;
  size_t size;
} file;

static void local_header(buffer *b, const file *f) {
  put32(b, 0x04034b50);
  for (int i = 0; i < 7; i++)
    put16(b, 0);
  put32(b, (uint32_t)f->size);
  put32(b, (uint32_t)f->size);
  put16(b, (unsigned)strlen(f->name));
  put16(b, 0);
  put(b, f->name, strlen(f->name));
}

static void central_header(buffer *b, const file *f, size_t at) {
  put32(b, 0x02014b50);
  for (int i = 0; i < 8; i++)
    put16(b, 0);
  put32(b, (uint32_t)f->size);
  put32(b, (uint32_t)f->size);
  put16(b, (unsigned)strlen(f->name));
  for (int i = 0; i < 6; i++)
    put16(b, 0);
  put32(b, (uint32_t)at);
  put(b, f->name, strlen(f->name));
}

static void end_record(buffer *b, size_t count, size_t directory) {
  size_t length = b->size - directory;
  put32(b, 0x06054b50);
  put32(b, 0);
  put16(b, (unsigned)count);
  put16(b, (unsigned)count);
  put32(b, (uint32_t)length);
  put32(b, (uint32_t)directory);
  put16(b, 0);
}

/* A sound archive. */
static void make_zip(buffer *b, const file *files, size_t count) {
  size_t at[16];
  b->size = 0;
  for (size_t i = 0; i < count; i++) {
    at[i] = b->size;
    local_header(b, &files[i]);
    put(b, files[i].bytes, files[i].size);
  }
  size_t directory = b->size;
  for (size_t i = 0; i < count; i++)
    central_header(b, &files[i], at[i]);
  end_record(b, count, directory);
}

/* ----------------------------------------------------------------- checks */

/* From a block of its own, so that a sanitizer sees reads beyond the end. */
static pa_status open_exact(pa_error *err, const buffer *b) {
  pa_checkpoint checkpoint;
  uint8_t *bytes = malloc(b->size ? b->size : 1);
  memcpy(bytes, b->bytes, b->size);
  size_t before = pa_mem_used();
  *err = (pa_error){0};
  pa_status status = pa_checkpoint_open(err, bytes, b->size, &checkpoint);
  if (status == PA_OK) pa_checkpoint_close(&checkpoint);
  assert_int_equal(pa_mem_used(), before);
  free(bytes);
  return status;
}

static void refused(const buffer *b, const char *word) {
  pa_error err;
  pa_status status = open_exact(&err, b);
  if (status == PA_OK || !strstr(err.text, word))
    fail_msg("\"%s\" is not in \"%s\"", word, err.text);
}

static void pickle_refused(const char *pickle, size_t size, const char *word) {
  static buffer b;
  const file files[] = {{"a/data.pkl", pickle, size}, {"a/data/0", "1234", 4}};
  make_zip(&b, files, 2);
  refused(&b, word);
}

#define REFUSED(pickle, word) pickle_refused(pickle, sizeof(pickle) - 1, word)

/* A dict {"w": tensor}: FloatStorage "0" of one element. */
#define STORAGE                                                                \
  "(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"                       \
  "0"                                                                          \
  "X\x03\0\0\0cpuK\x01tQ"
#define TENSOR_OF(offset, shape, stride)                                       \
  "\x80\x02}X\x01\0\0\0w"                                                      \
  "ctorch._utils\n_rebuild_tensor_v2\n(" STORAGE offset shape stride           \
  "\211ccollections\nOrderedDict\n)RtRs."
static const char good[] = TENSOR_OF("K\0", "K\x01\x85", "K\x01\x85");

static void make_good(buffer *b) {
  const file files[] = {{"a/data.pkl", good, sizeof good - 1},
                        {"a/data/0", "\0\0\x80\x3f", 4}};
  make_zip(b, files, 2);
}

static void test_good(void **state) {
  (void)state;
  static buffer b;
  pa_checkpoint checkpoint;
  pa_error err = {0};
  float value;
  make_good(&b);
  if (pa_checkpoint_open(&err, b.bytes, b.size, &checkpoint))
    fail_msg("%s", err.text);
  assert_int_equal(checkpoint.count, 1);
  const pa_checkpoint_tensor *w = pa_checkpoint_find(&checkpoint, "w");
  assert_non_null(w);
  assert_null(pa_checkpoint_find(&checkpoint, "v"));
  assert_int_equal(pa_checkpoint_values(&err, w, &value), PA_OK);
  assert_true(value == 1);
  pa_checkpoint_close(&checkpoint);
}

static void test_globals(void **state) {
  (void)state;
  REFUSED("\x80\x02"
          "cposix\nsystem\nX\x04\0\0\0echo\x85R.",
          "posix.system");
  REFUSED("\x80\x02"
          "cbuiltins\neval\nX\x01\0\0\0"
          "1\x85R.",
          "builtins.eval");
  REFUSED("\x80\x02"
          "ctorch\nload\n.",
          "torch.load");
  REFUSED("\x80\x02"
          "ctorch._utils\n_rebuild_tensor\n.",
          "_rebuild_tensor");
  REFUSED("\x80\x02"
          "ca\x1b[2J\nb\xff\n.",
          "a?[2J.b?"); /* not to a terminal */
  REFUSED("\x80\x02"
          "cposix",
          "end early");
  REFUSED("\x80\x02"
          "cposix\nsystem",
          "end early");
  /* Other ways to a global or a call are no opcodes here. */
  REFUSED("\x80\x02"
          "(iposix\nsystem\n.",
          "opcode 0x69");
  REFUSED("\x80\x02"
          "X\1\0\0\0aX\1\0\0\0b\x93.",
          "opcode 0x93");
  REFUSED("\x80\x02"
          "ccollections\nOrderedDict\n)\x81.",
          "opcode 0x81");
  REFUSED("\x80\x02"
          "\x82\x01.",
          "opcode 0x82");
  REFUSED("\x80\x04.", "protocol");
}

static void test_calls(void **state) {
  (void)state;
  REFUSED("\x80\x02"
          "ctorch\nFloatStorage\n)R.",
          "no function");
  REFUSED("\x80\x02"
          "K\x01)R.",
          "wrong kind");
  REFUSED("\x80\x02"
          "ccollections\nOrderedDict\nK\1R.",
          "wrong kind");
  REFUSED("\x80\x02"
          "ccollections\nOrderedDict\n]\x85R.",
          "from arguments");
  REFUSED("\x80\x02"
          "ctorch._utils\n_rebuild_tensor_v2\n)R.",
          "without storage");
  REFUSED("\x80\x02"
          "ctorch._utils\n_rebuild_tensor_v2\n(K\1K\1K\1K\1tR.",
          "without storage");
  REFUSED("\x80\x02"
          "ctorch._utils\n_rebuild_parameter\n)R.",
          "without a tensor");
  REFUSED("\x80\x02"
          "K\1Q.",
          "wrong kind");
  REFUSED("\x80\x02"
          ")Q.",
          "without a size");
  REFUSED("\x80\x02"
          "(K\1K\1K\1K\1K\1tQ.",
          "storage that is none");
  REFUSED("\x80\x02"
          "K\1K\2b.",
          "wrong kind");
}

static void test_stack(void **state) {
  (void)state;
  REFUSED("\x80\x02.", "nothing on the stack");
  REFUSED("\x80\x02"
          "0.",
          "nothing on the stack");
  REFUSED("\x80\x02"
          "t.",
          "no mark");
  REFUSED("\x80\x02"
          "(.",
          "nothing on the stack");
  REFUSED("\x80\x02"
          "(\x85.",
          "nothing on the stack");
  REFUSED("\x80\x02"
          "K\1u.",
          "no mark");
  REFUSED("\x80\x02"
          "(K\1K\2u.",
          "wrong kind");
  REFUSED("\x80\x02"
          "}(K\1u.",
          "key without a value");
  REFUSED("\x80\x02"
          "}(K\1s.",
          "nothing on the stack");
  REFUSED("\x80\x02"
          "K\1K\2.",
          "left over");
  REFUSED("\x80\x02"
          "h\x05.",
          "not memorized");
  REFUSED("\x80\x02"
          "K\1j\xff\xff\xff\xff.",
          "not memorized");
  REFUSED("\x80\x02"
          "K\1r\xff\xff\xff\xff.",
          "too many");
  REFUSED("\x80\x02"
          "q\0.",
          "nothing on the stack");
  REFUSED("\x80\x02"
          "K\1.",
          "no dict");
  REFUSED("\x80\x02"
          "}.",
          "no tensors");
  /* A list that is its own item, and one recalled into itself. */
  REFUSED("\x80\x02"
          "]q\0h\0a.",
          "no dict");
  REFUSED("\x80\x02"
          "}q\0X\x05\0\0\0modelh\0s.",
          "no tensors");
}

static void test_lengths(void **state) {
  (void)state;
  REFUSED("\x80\x02"
          "X\xff\xff\xff\xff"
          "a.",
          "longer than the data");
  REFUSED("\x80\x02"
          "X\x02\0\0\0"
          "a",
          "longer than the data");
  REFUSED("\x80\x02"
          "U\xff"
          "a.",
          "longer than the data");
  REFUSED("\x80\x02"
          "X\x01",
          "end early");
  REFUSED("\x80\x02"
          "\x8a\xff"
          "a.",
          "end early");
  REFUSED("\x80\x02"
          "G1234",
          "end early");
  REFUSED("\x80\x02"
          "J1",
          "end early");
  REFUSED("\x80\x02", "end early");
  REFUSED("\x80", "end early");
}

static void test_deep(void **state) {
  (void)state;
  static buffer b;
  static char nested[40000];
  memcpy(nested, "\x80\x02", 2);
  memset(nested + 2, '(', sizeof nested - 2); /* marks in marks in marks */
  const file marks[] = {{"a/data.pkl", nested, sizeof nested}};
  make_zip(&b, marks, 1);
  refused(&b, "end early");
  memset(nested + 2, ']', 10000); /* lists in lists in lists */
  memset(nested + 10002, 'a', 9999);
  nested[20001] = '.';
  const file lists[] = {{"a/data.pkl", nested, 20002}};
  make_zip(&b, lists, 1);
  refused(&b, "no dict");
}

static void test_tensors(void **state) {
  (void)state;
  REFUSED(TENSOR_OF("K\1", "K\x01\x85", "K\x01\x85"), "beyond its storage");
  REFUSED(TENSOR_OF("K\0", "K\x02\x85", "K\x01\x85"), "beyond its storage");
  REFUSED(TENSOR_OF("J\xff\xff\xff\xff", "K\x01\x85", "K\x01\x85"),
          "out of range");
  REFUSED(TENSOR_OF("K\0", "J\xff\xff\xff\xff\x85", "K\x01\x85"),
          "out of range");
  REFUSED(TENSOR_OF("K\0", "K\x01\x85", ")"), "differ in length");
  REFUSED(TENSOR_OF("K\0", "K\1", "K\1"), "shape is none");
  REFUSED(TENSOR_OF("K\0", "(K\1K\1K\1K\1K\1K\1K\1t", "K\1\x85"),
          "shape is none");
  REFUSED(TENSOR_OF("K\0", "(J\0\0\0\x10J\0\0\0\x10t", "(K\0K\0t"), "2^28");
}

/* ----------------------------------------------------------------- archives */

static void test_every_cut(void **state) {
  (void)state;
  static buffer whole, cut;
  pa_error err;
  make_good(&whole);
  for (size_t size = 0; size < whole.size; size++) {
    cut = whole;
    cut.size = size;
    assert_int_not_equal(open_exact(&err, &cut), PA_OK);
    assert_true(err.text[0]);
  }
}

/* No change of one byte is undefined behaviour; most are noticed. */
static void test_every_byte(void **state) {
  (void)state;
  static buffer whole, changed;
  pa_error err;
  make_good(&whole);
  for (size_t at = 0; at < whole.size; at++)
    for (int bit = 0; bit < 8; bit++) {
      changed = whole;
      changed.bytes[at] ^= (uint8_t)(1 << bit);
      open_exact(&err, &changed);
    }
}

/* The directory's record of entry `i` begins here. */
static uint8_t *record_of(buffer *b, size_t i) {
  uint8_t *end = b->bytes + b->size - 22;
  size_t at = end[16] | (size_t)end[17] << 8;
  for (; i > 0; i--)
    at += 46 + b->bytes[at + 28];
  return b->bytes + at;
}

static void test_archives(void **state) {
  (void)state;
  static buffer b;
  make_good(&b);
  record_of(&b, 0)[10] = 8;
  refused(&b, "compressed");
  make_good(&b);
  record_of(&b, 0)[8] = 1;
  refused(&b, "encrypted");
  make_good(&b); /* both entries in one place */
  memcpy(record_of(&b, 1) + 42, record_of(&b, 0) + 42, 4);
  refused(&b, "overlap");
  make_good(&b); /* far outside */
  memset(record_of(&b, 1) + 42, 0xff, 4);
  refused(&b, "without a header");
  make_good(&b); /* longer than the file */
  for (int field = 20; field <= 24; field += 4)
    memcpy(record_of(&b, 1) + field, "\xff\xff\xff\x7f", 4);
  refused(&b, "beyond the archive");
  make_good(&b); /* more entries than there are */
  b.bytes[b.size - 14] = b.bytes[b.size - 12] = 200;
  refused(&b, "directory ends early");
  make_good(&b);
  b.bytes[b.size - 6] = b.bytes[b.size - 5] = 0xff; /* the directory's place */
  b.bytes[b.size - 4] = 0xff;
  refused(&b, "directory reaches beyond");
  const file stranger[] = {{"readme.txt", "hello", 5}};
  make_zip(&b, stranger, 1);
  refused(&b, "no data.pkl");
  const file big[] = {{"a/data.pkl", good, sizeof good - 1},
                      {"a/byteorder", "big", 3},
                      {"a/data/0", "1234", 4}};
  make_zip(&b, big, 3);
  refused(&b, "little-endian");
  const file longer[] = {{"a/data.pkl", good, sizeof good - 1},
                         {"a/data/0", "12345678", 8}};
  make_zip(&b, longer, 2);
  refused(&b, "a storage of 8 bytes");
}

static void test_no_memory(void **state) {
  (void)state;
  static buffer b;
  pa_error err;
  pa_status status = PA_ERROR_MEMORY;
  make_good(&b);
  for (long n = 0; status != PA_OK; n++) {
    pa_mem_fail_after(n);
    status = open_exact(&err, &b);
    pa_mem_fail_after(-1);
    if (status != PA_OK) assert_int_equal(status, PA_ERROR_MEMORY);
    assert_true(n < 100);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_good),       cmocka_unit_test(test_globals),
      cmocka_unit_test(test_calls),      cmocka_unit_test(test_stack),
      cmocka_unit_test(test_lengths),    cmocka_unit_test(test_deep),
      cmocka_unit_test(test_tensors),    cmocka_unit_test(test_every_cut),
      cmocka_unit_test(test_every_byte), cmocka_unit_test(test_archives),
      cmocka_unit_test(test_no_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
