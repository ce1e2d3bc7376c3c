/* The ops of masked and deformable attention against plain references, and the
 * deformable one's instruction sets against the scalar one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nn/op_deform.h"
#include "nn_file.h"

/* --------------------------------------------------------- instruction sets */

static void check_gather(const pa_nn_deform *isa) {
  for (int round = 0; round < 300; round++) {
    size_t width = (size_t)nn_between(1, 70), count = (size_t)nn_between(0, 48);
    size_t room = 40 * width + width;
    float *value = nn_floats(room, -1, 1);
    float want[71], got[71];
    pa_nn_deform_tap taps[48];
    for (size_t t = 0; t < count; t++)
      taps[t] = (pa_nn_deform_tap){(size_t)nn_between(0, 40) * width,
                                   nn_uniform(-1, 1)};
    want[width] = got[width] = 1234; /* a guard */
    pa_nn_deform_scalar.gather(taps, count, value, width, want);
    isa->gather(taps, count, value, width, got);
    for (size_t i = 0; i < width; i++)
      assert_true(fabsf(want[i] - got[i]) <= 1e-5f);
    assert_true(got[width] == 1234);
    free(value);
  }
}

static void test_instruction_sets(void **state) {
  (void)state;
  check_gather(&pa_nn_deform_128);
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    check_gather(&pa_nn_deform_avx2);
#endif
  check_gather(pa_nn_deform_best());
}

/* --------------------------------------------------------------- whole ops */

typedef struct runner {
  pa_nn_engine *engine;
  pa_nn_weights *weights;
  pa_nn_net *net;
} runner;

static runner open_graph(const nn_bytes *file) {
  runner r = {0};
  pa_error err = {0};
  if (pa_nn_engine_create(&err, 2, &r.engine) ||
      pa_nn_weights_open(&err, file->bytes, file->size, &r.weights) ||
      pa_nn_net_create(&err, r.engine, r.weights, NULL, &r.net))
    fail_msg("%s", err.text);
  return r;
}

static void close_graph(runner *r) {
  pa_nn_net_destroy(r->net);
  pa_nn_weights_close(r->weights);
  pa_nn_engine_destroy(r->engine);
}

static void set_input(runner *r, const char *name, const float *x) {
  pa_nn_shape shape;
  float *to = pa_nn_net_input(r->net, name, &shape);
  size_t count = 1;
  for (size_t d = 0; d < shape.rank; d++)
    count *= shape.dim[d];
  memcpy(to, x, count * sizeof *x);
}

/* A map's value at whole coordinates, 0 outside. */
static double pixel(const float *value, const size_t *side, size_t first,
                    int64_t x, int64_t y, size_t channels, size_t c) {
  if (x < 0 || y < 0 || x >= (int64_t)side[1] || y >= (int64_t)side[0])
    return 0;
  return (
      double)value[(first + (size_t)y * side[1] + (size_t)x) * channels + c];
}

/* Bilinear, as torch.nn.functional.grid_sample with align_corners=False and
 * zeros outside has it, for (x, y) in shares of the map. */
static double sample(const float *value, const size_t *side, size_t first,
                     double x, double y, size_t channels, size_t c) {
  double px = x * (double)side[1] - 0.5, py = y * (double)side[0] - 0.5;
  double fx = floor(px), fy = floor(py), sum = 0;
  for (int dy = 0; dy < 2; dy++)
    for (int dx = 0; dx < 2; dx++)
      sum += (1 - fabs(px - fx - dx)) * (1 - fabs(py - fy - dy)) *
             pixel(value, side, first, (int64_t)fx + dx, (int64_t)fy + dy,
                   channels, c);
  return sum;
}

enum { N = 2, HEADS = 3, WIDTH = 5, LEVELS = 2, POINTS = 4 };
enum { CHANNELS = HEADS * WIDTH, SAMPLES = HEADS * LEVELS * POINTS };
static const size_t sides[LEVELS][2] = {{3, 5}, {7, 4}};
enum { TOKENS = 3 * 5 + 7 * 4 };

static double attend(const float *value, const float *offsets,
                     const float *logits, size_t token, size_t channel) {
  size_t head = channel / WIDTH, level = token >= 15, own = token - 15 * level;
  double x = ((double)(own % sides[level][1]) + 0.5) / (double)sides[level][1];
  double y = ((double)(own / sides[level][1]) + 0.5) / (double)sides[level][0];
  double sum = 0, total = 0;
  for (size_t s = 0; s < LEVELS * POINTS; s++)
    total += exp((double)logits[token * SAMPLES + head * LEVELS * POINTS + s]);
  for (size_t s = 0; s < LEVELS * POINTS; s++) {
    size_t at = token * SAMPLES + head * LEVELS * POINTS + s, l = s / POINTS;
    double sx = x + (double)offsets[2 * at] / (double)sides[l][1];
    double sy = y + (double)offsets[2 * at + 1] / (double)sides[l][0];
    sum += exp((double)logits[at]) / total *
           sample(value, sides[l], l ? 15 : 0, sx, sy, CHANNELS, channel);
  }
  return sum;
}

static void test_deform_attention(void **state) {
  (void)state;
  char graph[2048];
  snprintf(graph, sizeof graph,
           "{\"inputs\":[{\"name\":\"v\",\"shape\":[%d,%d,%d]},"
           "{\"name\":\"o\",\"shape\":[%d,%d,%d]},"
           "{\"name\":\"w\",\"shape\":[%d,%d,%d]},"
           "{\"name\":\"a\",\"shape\":[1,3,5,1]},"
           "{\"name\":\"b\",\"shape\":[1,7,4,2]}],"
           "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"}],"
           "\"ops\":[{\"op\":\"deform_attention\","
           "\"in\":[\"v\",\"o\",\"w\",\"a\",\"b\"],\"out\":[\"y\"],"
           "\"heads\":%d,\"points\":%d}]}",
           N, TOKENS, CHANNELS, N, TOKENS, 2 * SAMPLES, N, TOKENS, SAMPLES,
           HEADS, POINTS);
  nn_file empty = {0};
  nn_bytes file = nn_file_bytes(&empty, graph);
  runner r = open_graph(&file);
  float *value = nn_floats(N * TOKENS * CHANNELS, -1, 1);
  float *offsets = nn_floats(2 * N * TOKENS * SAMPLES, -6, 6);
  float *logits = nn_floats(N * TOKENS * SAMPLES, -3, 3);
  offsets[0] = 1e30f; /* far outside, and not even a number: no sample */
  offsets[3] = NAN;
  set_input(&r, "v", value);
  set_input(&r, "o", offsets);
  set_input(&r, "w", logits);
  assert_int_equal(pa_nn_net_run(NULL, r.net, NULL), PA_OK);
  offsets[0] = offsets[3] = 1e6f;
  const float *y = pa_nn_net_output(r.net, "y", NULL);
  for (size_t n = 0; n < N; n++)
    for (size_t t = 0; t < TOKENS; t++)
      for (size_t c = 0; c < CHANNELS; c++) {
        double want = attend(value + n * TOKENS * CHANNELS,
                             offsets + 2 * n * TOKENS * SAMPLES,
                             logits + n * TOKENS * SAMPLES, t, c);
        assert_true(fabs(want - (double)y[(n * TOKENS + t) * CHANNELS + c]) <
                    1e-4);
      }
  free(value);
  free(offsets);
  free(logits);
  close_graph(&r);
  free(file.bytes);
}

static void test_attention_mask(void **state) {
  (void)state;
  static const char graph[] =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,3,4]}],"
      "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"},"
      "{\"name\":\"s\",\"value\":\"s\"}],"
      "\"ops\":[{\"op\":\"attention_mask\",\"in\":[\"x\"],\"out\":[\"y\"]},"
      "{\"op\":\"softmax\",\"in\":[\"y\"],\"out\":[\"s\"]}]}";
  static const float x[12] = {-1, 0, 2, -3, -1, -2, -3, -4, 1, 2, 3, -.1f};
  static const float want[12] = {0,    .5f,  .5f,     0,       .25f,    .25f,
                                 .25f, .25f, 1 / 3.f, 1 / 3.f, 1 / 3.f, 0};
  nn_file empty = {0};
  nn_bytes file = nn_file_bytes(&empty, graph);
  runner r = open_graph(&file);
  set_input(&r, "x", x);
  assert_int_equal(pa_nn_net_run(NULL, r.net, NULL), PA_OK);
  const float *y = pa_nn_net_output(r.net, "y", NULL);
  const float *s = pa_nn_net_output(r.net, "s", NULL);
  for (int i = 0; i < 12; i++) {
    assert_true(fabsf(s[i] - want[i]) < 1e-6f);
    assert_true(y[i] == 0 || (y[i] < -1e8f && isfinite(y[i])));
  }
  close_graph(&r);
  free(file.bytes);
}

static void test_sine_position(void **state) {
  (void)state;
  static const char graph[] =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,3,5,2]}],"
      "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"}],"
      "\"ops\":[{\"op\":\"sine_position\",\"in\":[\"x\"],\"out\":[\"y\"],"
      "\"features\":12,\"temperature\":10000}]}";
  nn_file empty = {0};
  nn_bytes file = nn_file_bytes(&empty, graph);
  runner r = open_graph(&file);
  pa_nn_shape shape;
  assert_int_equal(pa_nn_net_run(NULL, r.net, NULL), PA_OK);
  const float *y = pa_nn_net_output(r.net, "y", &shape);
  assert_int_equal(shape.dim[3], 12);
  for (int row = 0; row < 3; row++)
    for (int column = 0; column < 5; column++)
      for (int i = 0; i < 12; i++) {
        double p = i < 6 ? (row + 1) / (3 + 1e-6) : (column + 1) / (5 + 1e-6);
        double angle =
            p * 2 * 3.14159265358979 / pow(10000, i % 6 / 2 * 2 / 6.0);
        double want = i % 2 ? cos(angle) : sin(angle);
        assert_true(fabs(want - (double)y[(row * 5 + column) * 12 + i]) < 1e-5);
      }
  close_graph(&r);
  free(file.bytes);
}

/* Two maps become one row of tokens and two maps again; a constant is a value.
 * A value that only lends its shape is not kept: its buffer may be another's.
 */
static void test_like(void **state) {
  (void)state;
  static const char graph[] =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2,3,2]},"
      "{\"name\":\"z\",\"shape\":[1,1,2,2]}],"
      "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"},"
      "{\"name\":\"w\",\"value\":\"w2\"},{\"name\":\"c\",\"value\":\"c\"}],"
      "\"ops\":["
      "{\"op\":\"neg\",\"in\":[\"x\"],\"out\":[\"x1\"]},"
      "{\"op\":\"neg\",\"in\":[\"z\"],\"out\":[\"z1\"]},"
      "{\"op\":\"reshape\",\"in\":[\"x1\"],\"out\":[\"xt\"],"
      "\"shape\":[1,-1,2]},"
      "{\"op\":\"reshape\",\"in\":[\"z1\"],\"out\":[\"zt\"],"
      "\"shape\":[1,-1,2]},"
      "{\"op\":\"concat\",\"in\":[\"xt\",\"zt\"],\"out\":[\"t\"],\"axis\":1},"
      "{\"op\":\"exp\",\"in\":[\"t\"],\"out\":[\"e\"]},"
      "{\"op\":\"split_like\",\"in\":[\"e\",\"xt\",\"zt\"],"
      "\"out\":[\"y1\",\"w1\"],\"axis\":1},"
      "{\"op\":\"reshape_like\",\"in\":[\"y1\",\"x1\"],\"out\":[\"y2\"]},"
      "{\"op\":\"neg\",\"in\":[\"y2\"],\"out\":[\"y\"]},"
      "{\"op\":\"neg\",\"in\":[\"w1\"],\"out\":[\"w2\"]},"
      "{\"op\":\"constant\",\"in\":[\"k\"],\"out\":[\"c\"]}]}";
  static const float k[3] = {1, 2, 3};
  nn_file with = {0};
  nn_file_tensor(&with, "k", "F32", "[1,3]", k, 3);
  nn_bytes file = nn_file_bytes(&with, graph);
  runner r = open_graph(&file);
  float *x = nn_floats(12, -2, 2), *z = nn_floats(4, -2, 2);
  set_input(&r, "x", x);
  set_input(&r, "z", z);
  for (int round = 0; round < 2; round++) {
    pa_nn_shape shape;
    assert_int_equal(pa_nn_net_run(NULL, r.net, NULL), PA_OK);
    const float *y = pa_nn_net_output(r.net, "y", &shape);
    assert_int_equal(shape.rank, 4);
    assert_int_equal(shape.dim[2], 3);
    for (int i = 0; i < 12; i++)
      assert_true(fabsf(y[i] + expf(-x[i])) < 1e-4f);
    const float *w = pa_nn_net_output(r.net, "w", &shape);
    assert_int_equal(shape.dim[1], 2);
    for (int i = 0; i < 4; i++)
      assert_true(fabsf(w[i] + expf(-z[i])) < 1e-4f);
    assert_memory_equal(pa_nn_net_output(r.net, "c", NULL), k, sizeof k);
  }
  free(x);
  free(z);
  close_graph(&r);
  free(file.bytes);
  nn_file_free(&with);
}

/* Wrong graphs are refused, with a word about the op. */
static void test_refused(void **state) {
  (void)state;
  static const char *const ops[] = {
      "\"reshape_like\",\"in\":[\"x\",\"z\"],\"out\":[\"y\"]",
      "\"split_like\",\"in\":[\"x\",\"z\"],\"out\":[\"y\"],\"axis\":1",
      "\"split_like\",\"in\":[\"x\",\"z\"],\"out\":[\"y\"],\"axis\":7",
      "\"sine_position\",\"in\":[\"x\"],\"out\":[\"y\"],\"features\":6,"
      "\"temperature\":10",
      "\"sine_position\",\"in\":[\"x\"],\"out\":[\"y\"],\"features\":8,"
      "\"temperature\":0",
      "\"constant\",\"in\":[\"x\"],\"out\":[\"y\"]",
      "\"deform_attention\",\"in\":[\"x\",\"x\",\"x\",\"x\"],\"out\":[\"y\"],"
      "\"heads\":1,\"points\":1",
      "\"deform_attention\",\"in\":[\"t\",\"t\",\"t\",\"x\"],\"out\":[\"y\"],"
      "\"heads\":1,\"points\":1",
      "\"deform_attention\",\"in\":[\"t\",\"t\",\"t\",\"x\"],\"out\":[\"y\"],"
      "\"heads\":3,\"points\":1",
      "\"deform_attention\",\"in\":[\"t\",\"t\",\"t\",\"x\"],\"out\":[\"y\"],"
      "\"heads\":1,\"points\":65",
  };
  nn_file empty = {0};
  for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
    char graph[1024];
    snprintf(
        graph, sizeof graph,
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2,3,2]},"
        "{\"name\":\"z\",\"shape\":[1,1,2,2]},"
        "{\"name\":\"t\",\"shape\":[1,6,2]}],"
        "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"},"
        "{\"name\":\"u\",\"value\":\"u\"},{\"name\":\"u2\",\"value\":\"u2\"},"
        "{\"name\":\"u3\",\"value\":\"u3\"}],"
        "\"ops\":[{\"op\":\"concat\",\"in\":[\"z\",\"z\"],\"out\":[\"u\"],"
        "\"axis\":0},{\"op\":\"concat\",\"in\":[\"t\",\"t\"],"
        "\"out\":[\"u2\"],\"axis\":0},{\"op\":\"concat\","
        "\"in\":[\"x\",\"x\"],\"out\":[\"u3\"],\"axis\":0},"
        "{\"op\":%s}]}",
        ops[i]);
    nn_bytes file = nn_file_bytes(&empty, graph);
    pa_nn_weights *weights = NULL;
    pa_error err = {0};
    assert_int_equal(pa_nn_weights_open(&err, file.bytes, file.size, &weights),
                     PA_ERROR_WEIGHTS);
    if (!strstr(err.text, "op 3")) fail_msg("%s: %s", ops[i], err.text);
    free(file.bytes);
  }
}

/* int8 weights kept in int8 give what their float32 copies give. */
static void test_compact(void **state) {
  (void)state;
  static const char graph[] =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4,5,24]}],"
      "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"}],\"ops\":["
      "{\"op\":\"conv2d\",\"in\":[\"x\"],\"out\":[\"a\"],\"weight\":\"w\","
      "\"bias\":\"b\",\"pad\":\"same\",\"act\":\"relu\"},"
      "{\"op\":\"fully_connected\",\"in\":[\"a\"],\"out\":[\"y\"],"
      "\"weight\":\"v\"}]}";
  nn_file f = {0};
  int8_t w[17 * 24], v[9 * 17];
  float *scale = nn_floats(17, 0.001f, 0.1f), *bias = nn_floats(17, -1, 1);
  for (size_t i = 0; i < sizeof w; i++)
    w[i] = (int8_t)nn_between(-127, 127);
  for (size_t i = 0; i < sizeof v; i++)
    v[i] = (int8_t)nn_between(-127, 127);
  nn_file_tensor(&f, "w.scale", "F32", "[17]", scale, 17);
  nn_file_tensor(&f, "b", "F32", "[17]", bias, 17);
  nn_file_tensor(&f, "v.scale", "F32", "[9]", scale, 9);
  nn_file_tensor(&f, "w", "I8", "[17,1,1,24]", w, sizeof w);
  nn_file_tensor(&f, "v", "I8", "[9,17]", v, sizeof v);
  nn_bytes file = nn_file_bytes(&f, graph);
  runner r = open_graph(&file);
  pa_nn_net *compact;
  pa_nn_net_options options = {.compact = true};
  pa_error err = {0};
  if (pa_nn_net_create(&err, r.engine, r.weights, &options, &compact))
    fail_msg("%s", err.text);
  assert_true(pa_nn_net_bytes(compact) < pa_nn_net_bytes(r.net));
  float *x = nn_floats(480, -1, 1);
  set_input(&r, "x", x);
  memcpy(pa_nn_net_input(compact, "x", NULL), x, 480 * sizeof *x);
  assert_int_equal(pa_nn_net_run(&err, r.net, NULL), PA_OK);
  assert_int_equal(pa_nn_net_run(&err, compact, NULL), PA_OK);
  const float *want = pa_nn_net_output(r.net, "y", NULL);
  const float *got = pa_nn_net_output(compact, "y", NULL);
  for (int i = 0; i < 20 * 9; i++)
    if (!(fabsf(want[i] - got[i]) < 1e-4f * (1 + fabsf(want[i]))))
      fail_msg("%d: %g, expected %g", i, (double)got[i], (double)want[i]);
  pa_nn_net_destroy(compact);
  free(x);
  free(scale);
  free(bias);
  close_graph(&r);
  free(file.bytes);
  nn_file_free(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_instruction_sets),
      cmocka_unit_test(test_deform_attention),
      cmocka_unit_test(test_attention_mask),
      cmocka_unit_test(test_sine_position),
      cmocka_unit_test(test_like),
      cmocka_unit_test(test_refused),
      cmocka_unit_test(test_compact),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
