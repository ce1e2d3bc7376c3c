/* The weights reader: a good file is read as it is, and each rule of
 * docs/weights-format.md refuses a file that breaks it and nothing else, with a
 * sentence that says which. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nn/nn.h"
#include "nn_file.h"

static const float zeros[4096];

/* Opens and closes; the status is expected, the sentence holds `text`. */
static void expect(nn_bytes file, size_t size, pa_status status,
                   const char *text) {
  pa_error err = {0};
  pa_nn_weights *weights = NULL;
  pa_status got = pa_nn_weights_open(&err, file.bytes, size, &weights);
  if (got != status || !strstr(err.text, text) || (got == 0) != !!weights)
    fail_msg("status %s, \"%s\"; expected %s, \"%s\"", pa_status_name(got),
             err.text, pa_status_name(status), text);
  if (got != PA_OK) assert_int_equal(err.status, status);
  pa_nn_weights_close(weights);
  free(file.bytes);
  assert_int_equal(pa_mem_used(), 0);
}

/* --------------------------------------------------------------- good */

#define GRAPH(ops)                                                             \
  "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4,4,3]}],"                        \
  "\"outputs\":[{\"name\":\"r\",\"value\":\"o\"}],\"ops\":[" ops "]}"
#define RELU "{\"op\":\"relu\",\"in\":[\"x\"],\"out\":[\"o\"]}"

/* Tensors for the graphs below, widest elements first. */
static void add_tensors(nn_file *f) {
  static const uint16_t halves[8] = {0x3c00, 0x0001, 0x8400, 0x7bff};
  static const signed char bytes[256] = {1, -127, 127};
  float scales[4] = {0.5f, 1, 2, 0}, negative[4] = {1, 1, -1, 1};
  nn_file_tensor(f, "w", "F32", "[4,3,3,3]", zeros, 108);
  nn_file_tensor(f, "w2", "F32", "[4,3,3,2]", zeros, 72);
  nn_file_tensor(f, "b", "F32", "[4]", scales, 4);
  nn_file_tensor(f, "dw", "F32", "[3,3,6]", zeros, 54);
  nn_file_tensor(f, "dw4", "F32", "[3,3,4]", zeros, 36);
  nn_file_tensor(f, "fc", "F32", "[5,3]", zeros, 15);
  nn_file_tensor(f, "c3", "F32", "[3]", zeros, 3);
  nn_file_tensor(f, "one", "F32", "[]", zeros, 1);
  nn_file_tensor(f, "q.scale", "F32", "[4]", scales, 4);
  nn_file_tensor(f, "qneg.scale", "F32", "[4]", negative, 4);
  nn_file_tensor(f, "qlen.scale", "F32", "[3]", scales, 3);
  nn_file_tensor(f, "qrank.scale", "F32", "[4,1]", scales, 4);
  nn_file_tensor(f, "i", "I32", "[3]", zeros, 3);
  nn_file_tensor(f, "h", "F16", "[3]", halves, 3);
  nn_file_tensor(f, "qhalf.scale", "F16", "[4]", halves, 4);
  nn_file_tensor(f, "q", "I8", "[4,1,1,3]", bytes, 12);
  nn_file_tensor(f, "qnone", "I8", "[4,1,1,3]", bytes, 12);
  nn_file_tensor(f, "qneg", "I8", "[4,1,1,3]", bytes, 12);
  nn_file_tensor(f, "qlen", "I8", "[4,1,1,3]", bytes, 12);
  nn_file_tensor(f, "qrank", "I8", "[4,1,1,3]", bytes, 12);
  nn_file_tensor(f, "qhalf", "I8", "[4,1,1,3]", bytes, 12);
  nn_file_tensor(f, "u", "U8", "[3]", bytes, 3);
}

static void test_good_file(void **state) {
  (void)state;
  static nn_file f;
  pa_error err = {0};
  pa_nn_weights *weights = NULL;
  add_tensors(&f);
  nn_bytes file = nn_file_bytes_with(
      &f, NN_METADATA ",\"labels\":\"[\\\"sky\\\",\\\"sea\\\"]\",\"more\":\"\"",
      GRAPH(RELU));
  assert_int_equal(pa_nn_weights_open(&err, file.bytes, file.size, &weights),
                   PA_OK);
  assert_string_equal(pa_nn_weights_text(weights, "role"), "test");
  assert_string_equal(pa_nn_weights_text(weights, "license"), "CC0-1.0");
  assert_string_equal(pa_nn_weights_text(weights, "more"), "");
  assert_null(pa_nn_weights_text(weights, "absent"));
  assert_int_equal(pa_nn_weights_label_count(weights), 2);
  assert_string_equal(pa_nn_weights_label(weights, 1), "sea");
  assert_null(pa_nn_weights_label(weights, 2));
  const float *scale = pa_nn_weights_constant(weights, "q.scale", 4);
  assert_non_null(scale);
  assert_true(scale[2] == 2);
  assert_null(pa_nn_weights_constant(weights, "q.scale", 3));
  assert_null(pa_nn_weights_constant(weights, "q", 12));
  assert_null(pa_nn_weights_constant(weights, "absent", 4));
  pa_nn_weights_close(weights);
  free(file.bytes);
  nn_file_free(&f);
  assert_int_equal(pa_mem_used(), 0);
}

/* Every cut of a good file is refused, and so is every byte more. */
static void test_truncated_file(void **state) {
  (void)state;
  static nn_file f;
  nn_file_tensor(&f, "c", "F32", "[3]", zeros, 3);
  nn_bytes file = nn_file_bytes(&f, GRAPH(RELU));
  for (size_t size = 0; size < file.size; size++) {
    pa_error err = {0};
    pa_nn_weights *weights = NULL;
    assert_int_equal(pa_nn_weights_open(&err, file.bytes, size, &weights),
                     PA_ERROR_WEIGHTS);
    assert_null(weights);
  }
  free(file.bytes);
  nn_file_data(&f, zeros, 1);
  file = nn_file_bytes(&f, GRAPH(RELU));
  expect(file, file.size, PA_ERROR_WEIGHTS, "1 bytes after the last tensor");
  nn_file_free(&f);
}

static void test_arguments(void **state) {
  (void)state;
  pa_error err = {0};
  pa_nn_weights *weights = NULL;
  _Alignas(8) unsigned char bytes[64] = {0};
  assert_int_equal(pa_nn_weights_open(&err, NULL, 9, &weights),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_nn_weights_open(&err, bytes, 9, NULL), PA_ERROR_ARGUMENT);
  assert_int_equal(pa_nn_weights_open(&err, bytes + 4, 40, &weights),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_nn_weights_open(NULL, bytes, 40, &weights),
                   PA_ERROR_WEIGHTS);
  pa_nn_weights_close(NULL);
}

/* -------------------------------------------------------------- header */

static void set_length(nn_bytes file, uint64_t length) {
  for (int i = 0; i < 8; i++)
    file.bytes[i] = (unsigned char)(length >> (8 * i));
}

static void test_header_length(void **state) {
  (void)state;
  nn_bytes file = nn_bytes_of("{\"a\":1}", NULL, 0);
  set_length(file, 9);
  expect(file, file.size, PA_ERROR_WEIGHTS, "header: 9 bytes in a file of 16");
  file = nn_bytes_of("{\"a\":1}", NULL, 0);
  set_length(file, 7);
  expect(file, file.size, PA_ERROR_WEIGHTS, "not a multiple of 8");
  file = nn_bytes_of("{\"a\":1}", NULL, 0);
  set_length(file, UINT64_MAX);
  expect(file, file.size, PA_ERROR_TOO_LARGE, "header");
  file = nn_bytes_of("{\"a\":1}", NULL, 0);
  set_length(file, PA_LIMIT_WEIGHTS_HEADER + 8);
  expect(file, file.size, PA_ERROR_TOO_LARGE, "header");
}

/* A header as it is written, with 12 bytes of data after it. */
static void test_headers(void **state) {
  static const struct {
    const char *header;
    pa_status status;
    const char *text;
  } bad[] = {
#define T "\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]"
#define H(entries) "{\"__metadata__\":{}," entries "}"
      {" {\"a\":1}", PA_ERROR_WEIGHTS, "does not begin with {"},
      {"[]", PA_ERROR_WEIGHTS, "does not begin with {"},
      {"{\"a\":1", PA_ERROR_WEIGHTS, "header: "},
      {"{\"a\":{" T "},}", PA_ERROR_WEIGHTS, "header: "},
      {"{\"a\":{" T "}/**/}", PA_ERROR_WEIGHTS, "header: "},
      {"{\"a\":{" T "}} 1", PA_ERROR_WEIGHTS, "header: "},
      {"{\"a\xff\":{" T "}}", PA_ERROR_WEIGHTS, "header: "},
      {"{\"a\":{" T "},\"a\":{" T "}}", PA_ERROR_WEIGHTS, "key a twice"},
      {"{\"a\":{" T ",\"shape\":[3]}}", PA_ERROR_WEIGHTS, "key shape twice"},
      {"{\"\":{" T "}}", PA_ERROR_WEIGHTS, "is empty or holds a NUL"},
      {"{\"a\\u0000\":{" T "}}", PA_ERROR_WEIGHTS, "is empty or holds a NUL"},
      {H("\"a\":1"), PA_ERROR_WEIGHTS, "a: not an object"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[3]}"), PA_ERROR_WEIGHTS,
       "a: keys are not"},
      {H("\"a\":{" T ",\"x\":1}"), PA_ERROR_WEIGHTS, "a: keys are not"},
      {H("\"a\":{\"dtype\":\"F64\",\"shape\":[3],\"data_offsets\":[0,12]}"),
       PA_ERROR_WEIGHTS, "a: dtype"},
      {H("\"a\":{\"dtype\":1,\"shape\":[3],\"data_offsets\":[0,12]}"),
       PA_ERROR_WEIGHTS, "a: dtype"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":3,\"data_offsets\":[0,12]}"),
       PA_ERROR_WEIGHTS, "a: no shape"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[-3],\"data_offsets\":[0,12]}"),
       PA_ERROR_WEIGHTS, "a: a dimension"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[3.0],\"data_offsets\":[0,12]}"),
       PA_ERROR_WEIGHTS, "a: a dimension"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[0,0]}"),
       PA_ERROR_WEIGHTS, "a: a dimension"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,3],"
         "\"data_offsets\":[0,12]}"),
       PA_ERROR_TOO_LARGE, "a: rank 7"},
      {H("\"a\":{\"dtype\":\"I8\",\"shape\":[65536,65536],"
         "\"data_offsets\":[0,12]}"),
       PA_ERROR_TOO_LARGE, "a: over"},
      {H("\"a\":{\"dtype\":\"I8\",\"shape\":[18446744073709551615],"
         "\"data_offsets\":[0,12]}"),
       PA_ERROR_TOO_LARGE, "a: over"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0]}"),
       PA_ERROR_WEIGHTS, "a: data_offsets"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,-12]}"),
       PA_ERROR_WEIGHTS, "a: data_offsets"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,16]}"),
       PA_ERROR_WEIGHTS, "a: ends at byte 16 of 12"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}"),
       PA_ERROR_WEIGHTS, "a: begins at byte 4, expected 0"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,12]}"),
       PA_ERROR_WEIGHTS, "a: 12 bytes, expected 8"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,12]}"),
       PA_ERROR_WEIGHTS, "a: 12 bytes, expected 16"},
      /* a gap, an overlap, another order, a misalignment */
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
         "\"c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}"),
       PA_ERROR_WEIGHTS, "c: begins at byte 8, expected 4"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
         "\"c\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}"),
       PA_ERROR_WEIGHTS, "c: begins at byte 4, expected 8"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]},"
         "\"c\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}"),
       PA_ERROR_WEIGHTS, "a: begins at byte 4, expected 0"},
      {H("\"a\":{\"dtype\":\"I8\",\"shape\":[1],\"data_offsets\":[0,1]},"
         "\"c\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[1,9]},"
         "\"d\":{\"dtype\":\"I8\",\"shape\":[3],\"data_offsets\":[9,12]}"),
       PA_ERROR_WEIGHTS, "c: not aligned"},
      {H("\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}"),
       PA_ERROR_WEIGHTS, "4 bytes after the last tensor"},
      {"{\"a\":{" T "}}", PA_ERROR_WEIGHTS, "__metadata__: not an object"},
      {"{\"__metadata__\":[],\"a\":{" T "}}", PA_ERROR_WEIGHTS,
       "__metadata__: not an object"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_bytes file = nn_bytes_of(bad[i].header, zeros, 12);
    expect(file, file.size, bad[i].status, bad[i].text);
  }
}

static void test_too_many_tensors(void **state) {
  (void)state;
  char *header = malloc(1 << 20), *p = header;
  p += sprintf(p, "{\"__metadata__\":{}");
  for (int i = 0; i <= PA_LIMIT_TENSORS; i++)
    p += sprintf(p,
                 ",\"t%d\":{\"dtype\":\"I8\",\"shape\":[],"
                 "\"data_offsets\":[%d,%d]}",
                 i, i, i + 1);
  sprintf(p, "}");
  nn_bytes file = nn_bytes_of(header, zeros, PA_LIMIT_TENSORS + 1);
  expect(file, file.size, PA_ERROR_TOO_LARGE, "8193 tensors, limit is 8192");
  free(header);
}

static void test_values_finite(void **state) {
  static const uint32_t words[] = {0x7f800000u, 0xff800000u, 0x7fc00000u};
  static const uint16_t halves[] = {0x7c00u, 0xfc00u, 0x7e01u};
  (void)state;
  for (int i = 0; i < 6; i++) {
    static nn_file f;
    if (i < 3)
      nn_file_tensor(&f, "bad", "F32", "[]", &words[i], 1);
    else
      nn_file_tensor(&f, "bad", "F16", "[]", &halves[i - 3], 1);
    nn_bytes file = nn_file_bytes(&f, GRAPH(RELU));
    expect(file, file.size, PA_ERROR_WEIGHTS, "bad: 1 values are not finite");
    nn_file_free(&f);
  }
}

/* ------------------------------------------------------------ metadata */

static void test_metadata(void **state) {
#define M(format, role, name, license, source)                                 \
  format "\"role\":\"" role "\",\"name\":\"" name "\",\"license\":\"" license  \
         "\",\"source\":\"" source "\""
#define F "\"format\":\"parsona-1\","
  static const struct {
    const char *metadata;
    pa_status status;
    const char *text;
  } bad[] = {
      {M("", "r", "n", "l", "s"), PA_ERROR_WEIGHTS, "without: format"},
      {M("\"format\":\"parsona-2\",", "r", "n", "l", "s"), PA_ERROR_WEIGHTS,
       "format is parsona-2, expected parsona-1"},
      {M(F, "", "n", "l", "s"), PA_ERROR_WEIGHTS, "without: role"},
      {M(F, "r", "", "l", "s"), PA_ERROR_WEIGHTS, "without: name"},
      {M(F, "r", "n", "", "s"), PA_ERROR_WEIGHTS, "without: license"},
      {M(F, "r", "n", "l", ""), PA_ERROR_WEIGHTS, "without: source"},
      {M(F, "r", "n", "l", "s") ",\"role\":\"r\"", PA_ERROR_WEIGHTS,
       "key role twice"},
      {M(F, "r", "n", "l", "s") ",\"more\":1", PA_ERROR_WEIGHTS,
       "more: not a string"},
      {M(F, "r", "n\\u0000", "l", "s"), PA_ERROR_WEIGHTS, "name: not a string"},
      {NN_METADATA ",\"labels\":\"{}\"", PA_ERROR_WEIGHTS,
       "labels: not a JSON array"},
      {NN_METADATA ",\"labels\":\"[\"", PA_ERROR_WEIGHTS, "labels: "},
      {NN_METADATA ",\"labels\":\"\"", PA_ERROR_WEIGHTS, "labels: "},
      {NN_METADATA ",\"labels\":\"[]\"", PA_ERROR_WEIGHTS, "labels: none"},
      {NN_METADATA ",\"labels\":\"[1]\"", PA_ERROR_WEIGHTS,
       "labels: one is not a name"},
      {NN_METADATA ",\"labels\":\"[\\\"\\\"]\"", PA_ERROR_WEIGHTS,
       "labels: one is not a name"},
      {NN_METADATA ",\"labels\":\"[\\\"a\\\",\\\"a\\\"]\"", PA_ERROR_WEIGHTS,
       "a: label twice"},
  };
  (void)state;
  static nn_file f;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    nn_bytes file = nn_file_bytes_with(&f, bad[i].metadata, GRAPH(RELU));
    expect(file, file.size, bad[i].status, bad[i].text);
  }
  char metadata[2048] = NN_METADATA ",\"labels\":\"[", *p;
  p = metadata + strlen(metadata);
  for (int i = 0; i <= PA_LIMIT_LABELS; i++)
    p += sprintf(p, "%s\\\"l%d\\\"", i ? "," : "", i);
  strcpy(p, "]\"");
  nn_bytes file = nn_file_bytes_with(&f, metadata, GRAPH(RELU));
  expect(file, file.size, PA_ERROR_TOO_LARGE, "65 labels, limit is 64");
}

/* --------------------------------------------------------------- graph */

typedef struct bad_graph {
  const char *graph, *text;
  pa_status status; /* 0: PA_ERROR_WEIGHTS */
} bad_graph;

static void expect_graphs(const bad_graph *bad, size_t count) {
  static nn_file f;
  add_tensors(&f);
  for (size_t i = 0; i < count; i++) {
    nn_bytes file = nn_file_bytes(&f, bad[i].graph);
    expect(file, file.size, bad[i].status ? bad[i].status : PA_ERROR_WEIGHTS,
           bad[i].text);
  }
  nn_file_free(&f);
}

#define IN "\"inputs\":[{\"name\":\"x\",\"shape\":[1,4,4,3]}]"
#define OUT "\"outputs\":[{\"name\":\"r\",\"value\":\"o\"}]"
#define OPS "\"ops\":[" RELU "]"
#define INPUT(entry) "{\"inputs\":[" entry "]," OUT "," OPS "}"
#define OUTPUT(entry) "{" IN ",\"outputs\":[" entry "]," OPS "}"

static void test_graph_rules(void **state) {
  static const bad_graph bad[] = {
      {"1", "graph: not a JSON object", 0},
      {"{", "graph: ", 0},
      {"{" IN "," OUT "}", "keys are not inputs, outputs and ops", 0},
      {"{" IN "," OUT "," OPS ",\"more\":1}", "keys are not inputs", 0},
      {"{" IN "," IN "," OUT "," OPS "}", "key inputs twice", 0},
      {"{" IN "," OUT ",\"op\":[]}", "no ops", 0},
      {"{" IN "," OUT ",\"ops\":[]}", "no ops", 0},
      {"{" IN "," OUT ",\"ops\":{}}", "no ops", 0},
      {"{" IN ",\"outputs\":[]," OPS "}", "no outputs", 0},
      {"{\"inputs\":[]," OUT "," OPS "}", "no inputs", 0},
      {INPUT("1"), "an input: not an object", 0},
      {INPUT("{\"name\":\"x\"}"), "other keys than name and shape", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[4],\"a\":1}"), "other keys", 0},
      {INPUT("{\"name\":1,\"shape\":[4]}"), "a value without a name", 0},
      {INPUT("{\"name\":\"\",\"shape\":[4]}"), "a value without a name", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[]}"), "shape is not a list", 0},
      {INPUT("{\"name\":\"x\",\"shape\":4}"), "shape is not a list", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[1,1,1,1,1,1,1]}"),
       "shape is not a list", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[-1]}"), "dimension out of range", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[1.5]}"), "dimension out of range", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[999999999]}"),
       "dimension out of range", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[20000,20000]}"), "input x: over",
       PA_ERROR_TOO_LARGE},
      {INPUT("{\"name\":\"w\",\"shape\":[4]}"), "has a tensor's name: w", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[4]},{\"name\":\"x\",\"shape\":[4]}"),
       "value written twice: x", 0},
      {INPUT("{\"name\":\"x\",\"shape\":[4]},{\"name\":\"y\",\"shape\":[4]}"),
       "value is never used: y", 0},
      {OUTPUT("1"), "an output: not an object", 0},
      {OUTPUT("{\"name\":\"r\"}"), "other keys than name and value", 0},
      {OUTPUT("{\"name\":1,\"value\":\"o\"}"), "an output without a name", 0},
      {OUTPUT("{\"name\":\"r\",\"value\":1}"), "an output without a name", 0},
      {OUTPUT("{\"name\":\"r\",\"value\":\"o\"},"
              "{\"name\":\"r\",\"value\":\"o\"}"),
       "output twice: r", 0},
      {OUTPUT("{\"name\":\"r\",\"value\":\"z\"}"),
       "output of a value that no op writes: z", 0},
      {OUTPUT("{\"name\":\"r\",\"value\":\"x\"}"),
       "output of a value that no op writes: x", 0},
      {OUTPUT("{\"name\":\"r\",\"value\":\"w\"}"),
       "output of a value that no op writes: w", 0},
      {GRAPH("1"), "op 0: not an object", 0},
      {GRAPH("{\"in\":[\"x\"],\"out\":[\"o\"]}"), "no such op: (none)", 0},
      {GRAPH("{\"op\":\"fly\",\"in\":[\"x\"],\"out\":[\"o\"]}"),
       "no such op: fly", 0},
      {GRAPH("{\"op\":\"relu\",\"op\":\"relu\",\"in\":[\"x\"],"
             "\"out\":[\"o\"]}"),
       "op 0: key op twice", 0},
      {GRAPH("{\"op\":\"relu\",\"out\":[\"o\"]}"), "0 operands, wants 1", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":\"x\",\"out\":[\"o\"]}"),
       "0 operands, wants 1", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"x\",\"x\"],\"out\":[\"o\"]}"),
       "2 operands, wants 1 to 1", 0},
      {GRAPH("{\"op\":\"add\",\"in\":[\"x\"],\"out\":[\"o\"]}"),
       "1 operands, wants 2", 0},
      {GRAPH("{\"op\":\"concat\",\"in\":[],\"out\":[\"o\"],\"axis\":0}"),
       "0 operands", 0},
      {GRAPH("{\"op\":\"concat\",\"in\":[\"x\",\"x\",\"x\",\"x\",\"x\",\"x\","
             "\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\",\"x\","
             "\"x\"],\"out\":[\"o\"],\"axis\":0}"),
       "17 operands, wants 1 to 16", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[1],\"out\":[\"o\"]}"),
       "operand 0 is not a name", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"x\"]}"), "0 results, wants 1", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"x\"],\"out\":[\"o\",\"p\"]}"),
       "2 results, wants 1 to 1", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"x\"],\"out\":[1]}"),
       "a value without a name", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"x\"],\"out\":[\"x\"]}"),
       "value written twice: x", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"x\"],\"out\":[\"w\"]}"),
       "has a tensor's name: w", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"z\"],\"out\":[\"o\"]}"),
       "no value and no tensor: z", 0},
      /* read before it is written: z comes too late */
      {GRAPH("{\"op\":\"relu\",\"in\":[\"z\"],\"out\":[\"o\"]},"
             "{\"op\":\"relu\",\"in\":[\"x\"],\"out\":[\"z\"]}"),
       "no value and no tensor: z", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"o\"],\"out\":[\"o\"]}"),
       "no value and no tensor: o", 0},
      {GRAPH(RELU ",{\"op\":\"relu\",\"in\":[\"x\"],\"out\":[\"z\"]}"),
       "value is never used: z", 0},
      {GRAPH("{\"op\":\"split\",\"in\":[\"x\"],\"out\":[\"o\",\"z\"],"
             "\"axis\":1}"),
       "value is never used: z", 0},
      {GRAPH("{\"op\":\"relu\",\"in\":[\"c3\"],\"out\":[\"o\"]}"),
       "operand c3 is a constant", 0},
      {GRAPH("{\"op\":\"add\",\"in\":[\"c3\",\"c3\"],\"out\":[\"o\"]}"),
       "operand c3 is a constant", 0},
      {GRAPH("{\"op\":\"add\",\"in\":[\"x\",\"i\"],\"out\":[\"o\"]}"),
       "constant operand is not F32 or F16: i", 0},
      {GRAPH("{\"op\":\"add\",\"in\":[\"x\",\"q\"],\"out\":[\"o\"]}"),
       "constant operand is not F32 or F16: q", 0},
      {GRAPH("{\"op\":\"add\",\"in\":[\"x\",\"u\"],\"out\":[\"o\"]}"),
       "constant operand is not F32 or F16: u", 0},
  };
  (void)state;
  expect_graphs(bad, sizeof bad / sizeof *bad);
}

static void test_too_many_ops_and_ports(void **state) {
  (void)state;
  static nn_file f;
  char *graph = malloc(1 << 20), *p = graph;
  p += sprintf(p, "{" IN "," OUT ",\"ops\":[");
  for (int i = 0; i <= PA_LIMIT_GRAPH_OPS; i++)
    p += sprintf(p, "%s1", i ? "," : "");
  sprintf(p, "]}");
  nn_bytes file = nn_file_bytes(&f, graph);
  expect(file, file.size, PA_ERROR_TOO_LARGE, "8193 ops, limit is 8192");
  p = graph;
  p += sprintf(p, "{\"inputs\":[");
  for (int i = 0; i <= PA_LIMIT_GRAPH_PORTS; i++)
    p += sprintf(p, "%s1", i ? "," : "");
  sprintf(p, "]," OUT "," OPS "}");
  file = nn_file_bytes(&f, graph);
  expect(file, file.size, PA_ERROR_TOO_LARGE, "65 inputs, limit is 64");
  free(graph);
}

/* ---------------------------------------------------------- attributes */

#define OP(name, attributes)                                                   \
  GRAPH("{\"op\":\"" name "\",\"in\":[\"x\"],\"out\":[\"o\"]" attributes "}")
#define CONV(attributes) OP("conv2d", ",\"weight\":\"w\"" attributes)
#define VALID ",\"pad\":\"valid\""
#define NUMBER "not a number in range"
#define HW "not [h, w] in range"
#define TRBL "not [top, right, bottom, left] in range"
#define NORM ",\"weight\":\"c3\",\"bias\":\"c3\",\"epsilon\":0.1"

static void test_attributes(void **state) {
  static const bad_graph bad[] = {
      {OP("relu", ",\"act\":\"none\""), "op 0 (relu): no attribute act", 0},
      {OP("relu", ",\"alpha\":1"), "no attribute alpha", 0},
      {CONV(VALID ",\"output_pad\":[0,0]"), "no attribute output_pad", 0},
      {OP("conv2d", VALID), "without weight", 0},
      {CONV(""), "without pad", 0},
      {OP("conv2d", VALID ",\"weight\":1"), "weight: no tensor", 0},
      {OP("conv2d", VALID ",\"weight\":\"z\""), "weight: no tensor z", 0},
      {OP("conv2d", VALID ",\"weight\":\"u\""), "weight is not an F32, F16", 0},
      {OP("conv2d", VALID ",\"weight\":\"i\""), "weight is not an F32, F16", 0},
      {OP("conv2d", VALID ",\"weight\":\"qnone\""), "has no scale tensor", 0},
      {OP("conv2d", VALID ",\"weight\":\"qhalf\""), "is not F32 of rank 1", 0},
      {OP("conv2d", VALID ",\"weight\":\"qrank\""), "is not F32 of rank 1", 0},
      {OP("conv2d", VALID ",\"weight\":\"qneg\""), "scale 2 of qneg is neg", 0},
      {OP("conv2d", VALID ",\"weight\":\"qlen\""), "3 scales for 4 chann", 0},
      {CONV(VALID ",\"bias\":\"z\""), "bias: no tensor z", 0},
      {CONV(VALID ",\"bias\":\"q\""), "bias is not an F32 or F16 tensor", 0},
      {CONV(VALID ",\"stride\":2"), "stride is " HW, 0},
      {CONV(VALID ",\"stride\":[2]"), "stride is " HW, 0},
      {CONV(VALID ",\"stride\":[0,1]"), "stride is " HW, 0},
      {CONV(VALID ",\"stride\":[1,1.5]"), "stride is " HW, 0},
      {CONV(VALID ",\"stride\":[1,99999999999]"), "stride is " HW, 0},
      {CONV(VALID ",\"stride\":[1,18446744073709551615]"), "stride is " HW, 0},
      {CONV(VALID ",\"dilation\":[0,1]"), "dilation is " HW, 0},
      {CONV(VALID ",\"groups\":0"), "groups is " NUMBER, 0},
      {CONV(VALID ",\"groups\":\"1\""), "groups is " NUMBER, 0},
      {CONV(",\"pad\":\"full\""), "pad is not same, valid or", 0},
      {CONV(",\"pad\":1"), "pad is not same, valid or", 0},
      {CONV(",\"pad\":[1,1]"), "pad is " TRBL, 0},
      {CONV(",\"pad\":[1,1,1,-1]"), "pad is " TRBL, 0},
      {CONV(VALID ",\"act\":\"swish\""), "act is not an activation", 0},
      {CONV(VALID ",\"act\":1"), "act is not an activation", 0},
      {CONV(VALID ",\"act\":{}"), "act is not an activation", 0},
      {CONV(VALID ",\"act\":{\"low\":1}"), "act is not an activation", 0},
      {CONV(VALID ",\"act\":{\"min\":\"1\"}"), "act is not an activation", 0},
      {CONV(VALID ",\"act\":{\"min\":1e39}"), "act is not an activation", 0},
      {CONV(VALID ",\"act\":{\"min\":1,\"max\":1}"), "min below max", 0},
      {CONV(VALID ",\"act\":{\"min\":1,\"min\":1}"), "key min twice", 0},
      {OP("deconv2d", ",\"weight\":\"w\",\"pad\":\"same\""), "pad is " TRBL, 0},
      {OP("deconv2d", ",\"weight\":\"w\",\"output_pad\":[-1,0]"),
       "output_pad is " HW, 0},
      {OP("leaky_relu", ""), "without alpha", 0},
      {OP("leaky_relu", ",\"alpha\":\"1\""), "alpha is not a finite", 0},
      {OP("leaky_relu", ",\"alpha\":-1e39"), "alpha is not a finite", 0},
      {OP("clamp", ""), "neither min nor max", 0},
      {OP("clamp", ",\"min\":2,\"max\":1"), "min is not below max", 0},
      {OP("clamp", ",\"min\":true"), "min is not a finite number", 0},
      {OP("max_pool2d", VALID), "without size", 0},
      {OP("max_pool2d", ",\"size\":[2,2]"), "without pad", 0},
      {OP("max_pool2d", VALID ",\"size\":[0,2]"), "size is " HW, 0},
      {OP("mean", ""), "without axes", 0},
      {OP("mean", ",\"axes\":1"), "axes is not a list of 1 to 6", 0},
      {OP("mean", ",\"axes\":[]"), "axes is not a list of 1 to 6", 0},
      {OP("mean", ",\"axes\":[0,0,0,0,0,0,0]"), "axes is not a list of 1", 0},
      {OP("mean", ",\"axes\":[-7]"), "axes is not a list of numbers in", 0},
      {OP("mean", ",\"axes\":[1],\"keep_dims\":1"),
       "keep_dims is not true or false", 0},
      {OP("concat", ""), "without axis", 0},
      {OP("split", ",\"axis\":[1]"), "axis is " NUMBER, 0},
      {OP("slice", ",\"size\":[1,1,1,1]"), "without begin", 0},
      {OP("slice", ",\"begin\":[0,0,0,0]"), "without size", 0},
      {OP("slice", ",\"begin\":[-1,0,0,0],\"size\":[1,1,1,1]"),
       "begin is not a list of numbers in range", 0},
      {OP("slice", ",\"begin\":[0,0,0,0],\"size\":[1,1,1,-2]"),
       "size is not a list of numbers in range", 0},
      {OP("slice", ",\"begin\":[0,0,0,0],\"size\":[1,1,1]"),
       "lists differ in length", 0},
      {OP("pad", ",\"before\":[0,0,0,0]"), "without after", 0},
      {OP("pad", ",\"before\":[0,0,0,0],\"after\":[0,0,0]"),
       "lists differ in length", 0},
      {OP("pad", ",\"before\":[0,0,0,-1],\"after\":[0,0,0,0]"),
       "before is not a list of numbers", 0},
      {OP("reshape", ""), "without shape", 0},
      {OP("reshape", ",\"shape\":[-2]"), "shape is not a list of numbers", 0},
      {OP("transpose", ""), "without perm", 0},
      {OP("resize_bilinear", ""), "wants either size or scale", 0},
      {OP("resize_bilinear", ",\"size\":[8,8],\"scale\":[2,2]"),
       "wants either size or scale", 0},
      {OP("resize_bilinear", ",\"scale\":[2]"), "scale is not [h, w]", 0},
      {OP("resize_bilinear", ",\"scale\":[2,0]"), "scale is not [h, w] ab", 0},
      {OP("resize_bilinear", ",\"size\":[8,8],\"mode\":\"cubic\""),
       "mode is not half_pixel", 0},
      {OP("resize_nearest", ",\"scale\":[2,1.5]"), "in whole numbers", 0},
      {OP("resize_nearest", ",\"size\":[8,8],\"mode\":\"half_pixel\""),
       "no attribute mode", 0},
      {OP("depth_to_space", ""), "without block", 0},
      {OP("depth_to_space", ",\"block\":0"), "block is " NUMBER, 0},
      {OP("layer_norm", ",\"weight\":\"c3\",\"bias\":\"c3\""),
       "without epsilon", 0},
      {OP("layer_norm", ",\"weight\":\"c3\",\"epsilon\":1"), "without bias", 0},
      {OP("layer_norm", ",\"weight\":\"q\",\"bias\":\"c3\",\"epsilon\":1"),
       "weight is not an F32 or F16 tensor", 0},
      {OP("layer_norm", ",\"weight\":\"c3\",\"bias\":\"c3\",\"epsilon\":-1"),
       "epsilon is negative", 0},
      {OP("group_norm", NORM), "without groups", 0},
  };
  (void)state;
  expect_graphs(bad, sizeof bad / sizeof *bad);
}

/* -------------------------------------------------------------- shapes */

#define FLAT                                                                   \
  "{\"op\":\"reshape\",\"in\":[\"x\"],\"out\":[\"f\"],\"shape\":[48]},"
#define ON_FLAT(name, attributes)                                              \
  GRAPH(FLAT "{\"op\":\"" name "\",\"in\":[\"f\"],\"out\":[\"o\"]" attributes  \
             "}")
#define PAIR(name, other, attributes)                                          \
  GRAPH("{\"op\":\"" name "\",\"in\":[\"x\",\"" other                          \
        "\"],\"out\":[\"o\"]" attributes "}")

static void test_shapes(void **state) {
  static const bad_graph bad[] = {
      {ON_FLAT("conv2d", VALID ",\"weight\":\"w\""), "rank 1, wants 4", 0},
      {ON_FLAT("max_pool2d", VALID ",\"size\":[2,2]"), "rank 1, wants 4", 0},
      {ON_FLAT("resize_nearest", ",\"size\":[2,2]"), "rank 1, wants 4", 0},
      {ON_FLAT("depth_to_space", ",\"block\":2"), "rank 1, wants 4", 0},
      {ON_FLAT("space_to_depth", ",\"block\":2"), "rank 1, wants 4", 0},
      {OP("conv2d", VALID ",\"weight\":\"fc\""), "weight of rank 2", 0},
      {OP("conv2d", VALID ",\"weight\":\"w2\""), "3 channels in 1 groups", 0},
      {CONV(VALID ",\"groups\":2"), "3 channels in 2 groups", 0},
      {CONV(VALID ",\"bias\":\"c3\""), "bias of 3 values for 4 channels", 0},
      {CONV(VALID ",\"bias\":\"one\""), "bias of 1 values for 4 channels", 0},
      {CONV(",\"pad\":[0,3,0,0]"), "padding of 3 is not less than the win", 0},
      {CONV(VALID ",\"dilation\":[2,1]"), "window of 5 on 4 pixels", 0},
      {CONV(VALID ",\"dilation\":[1,268435456]"), "window of over 2^28", 0},
      {OP("depthwise_conv2d", VALID ",\"weight\":\"w\""), "weight of rank", 0},
      {OP("depthwise_conv2d", VALID ",\"weight\":\"dw4\""),
       "3 channels, weight has 4", 0},
      {OP("depthwise_conv2d", VALID ",\"weight\":\"dw\",\"bias\":\"b\""),
       "bias of 4 values for 6 channels", 0},
      {OP("deconv2d", ",\"weight\":\"fc\""), "weight of rank 2, wants 4", 0},
      {OP("deconv2d", ",\"weight\":\"w2\""), "3 channels, weight has 2", 0},
      {OP("deconv2d", ",\"weight\":\"w\",\"pad\":[3,0,0,0]"),
       "padding of 3 is not less", 0},
      {OP("deconv2d", ",\"weight\":\"w\",\"stride\":[2,2],"
                      "\"output_pad\":[2,0]"),
       "output_pad of 2 is not less than the stride of 2", 0},
      {OP("fully_connected", ",\"weight\":\"w\""), "weight of rank 4", 0},
      {ON_FLAT("fully_connected", ",\"weight\":\"fc\""),
       "last axis is 48, weight wants 3", 0},
      {OP("fully_connected", ",\"weight\":\"fc\",\"bias\":\"b\""),
       "bias of 4 values for 5 channels", 0},
      {PAIR("batch_matmul", "c3", ""), "operand of rank below 2", 0},
      {PAIR("batch_matmul", "fc", ""), "3 columns by 5 rows", 0},
      {PAIR("batch_matmul", "w2", ",\"transpose_b\":true"),
       "3 columns by 2 rows", 0},
      {PAIR("batch_matmul", "w", ""), "4 and 3 do not go together", 0},
      {PAIR("add", "b", ""), "dimensions 3 and 4 do not go together", 0},
      {PAIR("prelu", "b", ""), "slope is not a constant of 3 values", 0},
      {PAIR("prelu", "x", ""), "slope is not a constant of 3 values", 0},
      {OP("sum", ",\"axes\":[4]"), "axis 4 of a value of rank 4", 0},
      {OP("sum", ",\"axes\":[-5]"), "axis -5 of a value of rank 4", 0},
      {OP("sum", ",\"axes\":[3,-1]"), "axis 3 twice", 0},
      {OP("concat", ",\"axis\":4"), "axis 4 of a value of rank 4", 0},
      {PAIR("concat", "c3", ",\"axis\":0"), "operand 1 has another shape", 0},
      {PAIR("concat", "w", ",\"axis\":0"), "operand 1 has another shape", 0},
      {GRAPH("{\"op\":\"split\",\"in\":[\"x\"],\"out\":[\"o\",\"p\"],"
             "\"axis\":3},{\"op\":\"relu\",\"in\":[\"p\"],\"out\":[\"q0\"]},"
             "{\"op\":\"add\",\"in\":[\"q0\",\"o\"],\"out\":[\"z\"]}"),
       "value is never used: z", 0},
      {GRAPH("{\"op\":\"split\",\"in\":[\"x\"],\"out\":[\"p\",\"s\"],"
             "\"axis\":3},{\"op\":\"add\",\"in\":[\"p\",\"s\"],"
             "\"out\":[\"o\"]}"),
       "3 in 2 equal parts", 0},
      {OP("slice", ",\"begin\":[0,0],\"size\":[1,1]"), "begin of 2 numbers", 0},
      {OP("slice", ",\"begin\":[0,0,0,1],\"size\":[1,1,1,3]"), "3 from 1 of",
       0},
      {OP("slice", ",\"begin\":[0,0,0,3],\"size\":[1,1,1,-1]"), "0 from 3", 0},
      {OP("pad", ",\"before\":[0,0],\"after\":[0,0]"), "before of 2 numb", 0},
      {OP("pad", ",\"before\":[0,0,0,268435456],\"after\":[0,0,0,0]"),
       "over 268435456 elements", PA_ERROR_TOO_LARGE},
      {OP("reshape", ",\"shape\":[7,-1]"), "48 elements do not fit", 0},
      {OP("reshape", ",\"shape\":[47]"), "48 elements do not fit", 0},
      {OP("reshape", ",\"shape\":[-1,-1]"), "two dimensions of -1", 0},
      {OP("reshape", ",\"shape\":[268435456,268435456]"), "shape too large", 0},
      {ON_FLAT("reshape", ",\"shape\":[0,0]"), "no dimension 1 to copy", 0},
      {OP("transpose", ",\"perm\":[0,1]"), "perm of 2 numbers", 0},
      {OP("transpose", ",\"perm\":[0,1,2,2]"), "not a permutation", 0},
      {OP("transpose", ",\"perm\":[0,1,2,4]"), "not a permutation", 0},
      {OP("resize_bilinear", ",\"scale\":[0.2,1]"), "1 of the result is em", 0},
      {OP("resize_bilinear", ",\"size\":[16777216,1]"), "side of over 2^24", 0},
      {OP("resize_bilinear", ",\"size\":[16384,16384]"),
       "over 268435456 elements", PA_ERROR_TOO_LARGE},
      {OP("depth_to_space", ",\"block\":2"), "3 channels in blocks of 2", 0},
      {OP("depth_to_space", ",\"block\":65536"), "3 channels in blocks", 0},
      {OP("space_to_depth", ",\"block\":3"), "4 by 4 pixels in blocks of", 0},
      {OP("layer_norm", ",\"weight\":\"b\",\"bias\":\"c3\",\"epsilon\":1"),
       "weight is not of 3 values", 0},
      {OP("layer_norm", ",\"weight\":\"c3\",\"bias\":\"b\",\"epsilon\":1"),
       "bias of 4 values for 3 channels", 0},
      {OP("group_norm", NORM ",\"groups\":2"), "3 channels in 2 groups", 0},
  };
  (void)state;
  expect_graphs(bad, sizeof bad / sizeof *bad);
}

/* Shapes that the file leaves open are checked when a network is made. */
static void test_open_shapes(void **state) {
  (void)state;
  static nn_file f;
  pa_error err = {0};
  pa_nn_engine *engine;
  pa_nn_weights *weights;
  pa_nn_net *net = NULL;
  nn_bytes file = nn_file_bytes(
      &f, "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,0]}]," OUT
          ",\"ops\":[{\"op\":\"reshape\",\"in\":[\"x\"],\"out\":[\"o\"],"
          "\"shape\":[8]}]}");
  assert_int_equal(pa_nn_engine_create(&err, 1, &engine), PA_OK);
  assert_int_equal(pa_nn_weights_open(&err, file.bytes, file.size, &weights),
                   PA_OK);
  pa_nn_shape shape = {2, {1, 9}};
  pa_nn_net_options options = {.input_shapes = &shape};
  assert_int_equal(pa_nn_net_create(&err, engine, weights, &options, &net),
                   PA_ERROR_WEIGHTS);
  assert_non_null(strstr(err.text, "9 elements do not fit"));
  shape.dim[1] = 8;
  assert_int_equal(pa_nn_net_create(&err, engine, weights, &options, &net),
                   PA_OK);
  pa_nn_net_destroy(net);
  pa_nn_weights_close(weights);
  pa_nn_engine_destroy(engine);
  free(file.bytes);
  assert_int_equal(pa_mem_used(), 0);
}

/* Any one allocation may fail while a file is read. */
static void test_out_of_memory(void **state) {
  (void)state;
  static nn_file f;
  add_tensors(&f);
  nn_bytes file = nn_file_bytes_with(
      &f, NN_METADATA ",\"labels\":\"[\\\"sky\\\"]\"",
      GRAPH("{\"op\":\"conv2d\",\"in\":[\"x\"],\"out\":[\"o\"],"
            "\"weight\":\"w\",\"bias\":\"b\",\"pad\":\"same\"}"));
  for (long n = 0;; n++) {
    pa_error err = {0};
    pa_nn_weights *weights = NULL;
    pa_mem_fail_after(n);
    pa_status status =
        pa_nn_weights_open(&err, file.bytes, file.size, &weights);
    pa_mem_fail_after(-1);
    pa_nn_weights_close(weights);
    assert_int_equal(pa_mem_used(), 0);
    if (status == PA_OK) {
      assert_in_range(n, 8, 99);
      break;
    }
    assert_int_equal(status, PA_ERROR_MEMORY);
    assert_int_equal(err.status, PA_ERROR_MEMORY);
    assert_null(weights);
  }
  free(file.bytes);
  nn_file_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_good_file),
      cmocka_unit_test(test_truncated_file),
      cmocka_unit_test(test_arguments),
      cmocka_unit_test(test_header_length),
      cmocka_unit_test(test_headers),
      cmocka_unit_test(test_too_many_tensors),
      cmocka_unit_test(test_values_finite),
      cmocka_unit_test(test_metadata),
      cmocka_unit_test(test_graph_rules),
      cmocka_unit_test(test_too_many_ops_and_ports),
      cmocka_unit_test(test_attributes),
      cmocka_unit_test(test_shapes),
      cmocka_unit_test(test_open_shapes),
      cmocka_unit_test(test_out_of_memory),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
