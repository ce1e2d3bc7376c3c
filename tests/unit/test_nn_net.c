/* Networks as a whole: shapes chosen late, memory, cancelling, timing, several
 * networks on one engine. What ops compute is test_nn_ops.c's. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nn/nn.h"
#include "nn_file.h"

/* Every kind of step there is, on an image of any size that 4 divides. */
static const char *const graph_of_all =
    "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,0,0,3]}],"
    "\"outputs\":[{\"name\":\"scores\",\"value\":\"soft\"},"
    "{\"name\":\"best\",\"value\":\"best\"},"
    "{\"name\":\"mean\",\"value\":\"mean\"}],\"ops\":["
    "{\"op\":\"pad\",\"in\":[\"x\"],\"out\":[\"p\"],\"before\":[0,1,1,0],"
    "\"after\":[0,1,1,0]},"
    "{\"op\":\"conv2d\",\"in\":[\"p\"],\"out\":[\"c1\"],\"weight\":\"w1\","
    "\"bias\":\"b1\",\"stride\":[2,2],\"pad\":\"valid\",\"act\":\"relu6\"},"
    "{\"op\":\"depthwise_conv2d\",\"in\":[\"c1\"],\"out\":[\"d1\"],"
    "\"weight\":\"dw\",\"bias\":\"b1\",\"pad\":\"same\"},"
    "{\"op\":\"prelu\",\"in\":[\"d1\",\"slope\"],\"out\":[\"d2\"]},"
    "{\"op\":\"add\",\"in\":[\"c1\",\"d2\"],\"out\":[\"s1\"],\"act\":\"relu\"},"
    "{\"op\":\"max_pool2d\",\"in\":[\"s1\"],\"out\":[\"m1\"],\"size\":[2,2],"
    "\"stride\":[2,2],\"pad\":\"valid\"},"
    "{\"op\":\"avg_pool2d\",\"in\":[\"s1\"],\"out\":[\"m2\"],\"size\":[2,2],"
    "\"stride\":[2,2],\"pad\":\"valid\"},"
    "{\"op\":\"avg_pool2d\",\"in\":[\"s1\"],\"out\":[\"m3\"],\"size\":[1,1],"
    "\"stride\":[2,2],\"pad\":\"valid\"},"
    "{\"op\":\"concat\",\"in\":[\"m1\",\"m2\",\"m3\"],\"out\":[\"cat\"],"
    "\"axis\":-1},"
    "{\"op\":\"split\",\"in\":[\"cat\"],\"out\":[\"sp1\",\"sp2\",\"sp3\"],"
    "\"axis\":3},"
    "{\"op\":\"hardswish\",\"in\":[\"sp1\"],\"out\":[\"h1\"]},"
    "{\"op\":\"mul\",\"in\":[\"h1\",\"sp2\"],\"out\":[\"h2\"]},"
    "{\"op\":\"sub\",\"in\":[\"h2\",\"sp3\"],\"out\":[\"h3\"]},"
    "{\"op\":\"group_norm\",\"in\":[\"h3\"],\"out\":[\"gn\"],\"weight\":\"b1\","
    "\"bias\":\"b1\",\"groups\":2,\"epsilon\":1e-5},"
    "{\"op\":\"transpose\",\"in\":[\"gn\"],\"out\":[\"tr\"],"
    "\"perm\":[0,2,1,3]},"
    "{\"op\":\"transpose\",\"in\":[\"tr\"],\"out\":[\"rt\"],"
    "\"perm\":[0,2,1,3]},"
    "{\"op\":\"reshape\",\"in\":[\"rt\"],\"out\":[\"rows\"],"
    "\"shape\":[1,-1,8]},"
    "{\"op\":\"layer_norm\",\"in\":[\"rows\"],\"out\":[\"ln\"],"
    "\"weight\":\"b1\",\"bias\":\"b1\",\"epsilon\":1e-5},"
    "{\"op\":\"fully_connected\",\"in\":[\"ln\"],\"out\":[\"fc\"],"
    "\"weight\":\"fcw\"},"
    "{\"op\":\"batch_matmul\",\"in\":[\"fc\",\"ln\"],\"out\":[\"bm\"],"
    "\"transpose_b\":true},"
    "{\"op\":\"batch_matmul\",\"in\":[\"bm\",\"ln\"],\"out\":[\"at\"]},"
    "{\"op\":\"add\",\"in\":[\"gn\",\"gn\"],\"out\":[\"gn2\"]},"
    "{\"op\":\"deconv2d\",\"in\":[\"gn2\"],\"out\":[\"up\"],\"weight\":\"upw\","
    "\"stride\":[2,2]},"
    "{\"op\":\"resize_bilinear\",\"in\":[\"up\"],\"out\":[\"big\"],"
    "\"scale\":[2,2]},"
    "{\"op\":\"slice\",\"in\":[\"big\"],\"out\":[\"part\"],"
    "\"begin\":[0,0,0,1],\"size\":[-1,-1,-1,2]},"
    "{\"op\":\"resize_nearest\",\"in\":[\"gn\"],\"out\":[\"near\"],"
    "\"scale\":[4,4]},"
    "{\"op\":\"concat\",\"in\":[\"part\",\"near\"],\"out\":[\"all\"],"
    "\"axis\":3},"
    "{\"op\":\"space_to_depth\",\"in\":[\"all\"],\"out\":[\"sd\"],\"block\":2},"
    "{\"op\":\"depth_to_space\",\"in\":[\"sd\"],\"out\":[\"ds\"],\"block\":2},"
    "{\"op\":\"softmax\",\"in\":[\"ds\"],\"out\":[\"soft\"]},"
    "{\"op\":\"argmax\",\"in\":[\"soft\"],\"out\":[\"best\"]},"
    "{\"op\":\"mean\",\"in\":[\"at\"],\"out\":[\"mean\"],\"axes\":[1]}]}";

static nn_bytes file_of_all(void) {
  static nn_file f;
  nn_seed = 88172645463325252u;
  float *w = nn_floats(1000, -0.5f, 0.5f);
  int8_t q[64];
  for (int i = 0; i < 64; i++)
    q[i] = (int8_t)nn_between(-127, 127);
  nn_file_tensor(&f, "w1", "F32", "[8,3,3,3]", w, 216);
  nn_file_tensor(&f, "b1", "F32", "[8]", w + 216, 8);
  nn_file_tensor(&f, "dw", "F32", "[3,3,8]", w + 300, 72);
  nn_file_tensor(&f, "slope", "F32", "[8]", w + 400, 8);
  nn_file_tensor(&f, "upw", "F32", "[4,2,2,8]", w + 500, 128);
  nn_file_tensor(&f, "fcw.scale", "F32", "[8]", w + 700, 8);
  float *scale = (float *)(void *)(f.data + f.data_size) - 8;
  for (int i = 0; i < 8; i++)
    scale[i] = fabsf(scale[i]) / 64;
  nn_file_tensor(&f, "fcw", "I8", "[8,8]", q, 64);
  nn_bytes file = nn_file_bytes(&f, graph_of_all);
  nn_file_free(&f);
  free(w);
  return file;
}

typedef struct fixture {
  nn_bytes file;
  pa_nn_engine *engine;
  pa_nn_weights *weights;
} fixture;

static int set_up(void **state) {
  static fixture f;
  pa_error err = {0};
  f.file = file_of_all();
  if (pa_nn_engine_create(&err, 2, &f.engine) ||
      pa_nn_weights_open(&err, f.file.bytes, f.file.size, &f.weights)) {
    print_error("%s\n", err.text);
    return 1;
  }
  *state = &f;
  return 0;
}

static int tear_down(void **state) {
  fixture *f = *state;
  pa_nn_weights_close(f->weights);
  pa_nn_engine_destroy(f->engine);
  free(f->file.bytes);
  return pa_mem_used() != 0;
}

static pa_nn_net *make(const fixture *f, size_t height, size_t width,
                       bool profile) {
  pa_error err = {0};
  pa_nn_shape shape = {4, {1, height, width, 3}};
  pa_nn_net_options options = {.input_shapes = &shape, .profile = profile};
  pa_nn_net *net = NULL;
  if (pa_nn_net_create(&err, f->engine, f->weights, &options, &net))
    fail_msg("%s", err.text);
  return net;
}

static void fill(pa_nn_net *net, uint64_t seed) {
  pa_nn_shape shape;
  float *x = pa_nn_net_input(net, "x", &shape);
  nn_seed = seed;
  for (size_t i = 0; i < shape.dim[1] * shape.dim[2] * 3; i++)
    x[i] = nn_uniform(-1, 1);
}

static void run(pa_nn_net *net) {
  pa_error err = {0};
  if (pa_nn_net_run(&err, net, NULL)) fail_msg("%s", err.text);
}

/* A copy of what the network has said. */
static float *scores(const pa_nn_net *net, size_t *count) {
  pa_nn_shape shape;
  const float *y = pa_nn_net_output(net, "scores", &shape);
  *count = shape.dim[1] * shape.dim[2] * shape.dim[3];
  float *copy = malloc(*count * sizeof *copy);
  memcpy(copy, y, *count * sizeof *copy);
  return copy;
}

/* ------------------------------------------------------------------ tests */

static void test_shapes_chosen_late(void **state) {
  const fixture *f = *state;
  static const size_t sides[][2] = {{8, 8}, {12, 20}, {32, 16}};
  for (int i = 0; i < 3; i++) {
    pa_nn_net *net = make(f, sides[i][0], sides[i][1], false);
    pa_nn_shape shape;
    assert_non_null(pa_nn_net_input(net, "x", &shape));
    assert_int_equal(shape.dim[1], sides[i][0]);
    const float *y = pa_nn_net_output(net, "scores", &shape);
    assert_int_equal(shape.rank, 4);
    assert_int_equal(shape.dim[1], sides[i][0]);
    assert_int_equal(shape.dim[2], sides[i][1]);
    assert_int_equal(shape.dim[3], 10);
    assert_non_null(pa_nn_net_output(net, "best", &shape));
    assert_int_equal(shape.rank, 3);
    assert_non_null(pa_nn_net_output(net, "mean", &shape));
    assert_int_equal(shape.rank, 2);
    assert_int_equal(shape.dim[1], 8);
    assert_null(pa_nn_net_output(net, "absent", &shape));
    assert_null(pa_nn_net_input(net, "absent", &shape));
    fill(net, 1);
    run(net);
    float sum = 0;
    for (int c = 0; c < 10; c++)
      sum += y[c];
    assert_float_equal(sum, 1, 1e-5);
    pa_nn_net_destroy(net);
  }
}

static void expect_refused(const fixture *f, const pa_nn_net_options *options,
                           pa_status status, const char *text) {
  pa_error err = {0};
  pa_nn_net *net = NULL;
  size_t before = pa_mem_used();
  pa_status got = pa_nn_net_create(&err, f->engine, f->weights, options, &net);
  if (got != status || !strstr(err.text, text))
    fail_msg("%s: %s", pa_status_name(got), err.text);
  assert_null(net);
  assert_int_equal(pa_mem_used(), before);
}

static void test_wrong_shapes(void **state) {
  const fixture *f = *state;
  static const struct {
    pa_nn_shape shape;
    pa_status status;
    const char *text;
  } bad[] = {
      {{4, {1, 8, 8, 4}}, PA_ERROR_ARGUMENT, "dimension 3 is 4, file has 3"},
      {{4, {2, 8, 8, 3}}, PA_ERROR_ARGUMENT, "dimension 0 is 2, file has 1"},
      {{3, {8, 8, 3}}, PA_ERROR_ARGUMENT, "rank 3, expected 4"},
      {{4, {1, 0, 8, 3}}, PA_ERROR_ARGUMENT, "dimension 1 is 0"},
      {{4, {1, 40000, 40000, 3}}, PA_ERROR_TOO_LARGE, "input x: over"},
      {{4, {1, SIZE_MAX, SIZE_MAX, 3}}, PA_ERROR_TOO_LARGE, "input x: over"},
      {{4, {1, 9000, 9000, 3}}, PA_ERROR_TOO_LARGE, "result of over"},
      {{4, {1, 8, 9, 3}}, PA_ERROR_WEIGHTS, "operand 2 has another shape"},
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    pa_nn_net_options options = {.input_shapes = &bad[i].shape};
    expect_refused(f, &options, bad[i].status, bad[i].text);
  }
  expect_refused(f, NULL, PA_ERROR_ARGUMENT, "dimension 1 is 0");
}

static void test_work_limit(void **state) {
  const fixture *f = *state;
  pa_nn_shape shape = {4, {1, 64, 64, 3}};
  pa_nn_net_options options = {.input_shapes = &shape, .max_work = 1e5};
  expect_refused(f, &options, PA_ERROR_TOO_LARGE, "operations, limit is 1e+05");
}

static void test_arguments(void **state) {
  const fixture *f = *state;
  pa_error err = {0};
  pa_nn_net *net = NULL;
  pa_nn_engine *engine = NULL;
  assert_int_equal(pa_nn_net_create(&err, NULL, f->weights, NULL, &net),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_nn_net_create(&err, f->engine, NULL, NULL, &net),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_nn_engine_create(&err, 1, NULL), PA_ERROR_ARGUMENT);
  assert_int_equal(pa_nn_engine_create(&err, PA_LIMIT_THREADS + 1, &engine),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_nn_engine_create(&err, 0, &engine), PA_OK);
  assert_in_range(pa_nn_engine_threads(engine), 1, 8);
  pa_nn_engine_destroy(engine);
  pa_nn_engine_destroy(NULL);
  pa_nn_net_destroy(NULL);
  assert_int_equal(pa_nn_engine_threads(f->engine), 2);
}

/* The first run may not allocate either, nor one after the arena has moved. */
static void test_run_allocates_nothing(void **state) {
  const fixture *f = *state;
  pa_nn_net *small = make(f, 16, 16, true), *large = NULL;
  fill(small, 1);
  for (int round = 0; round < 3; round++) {
    if (round == 2) large = make(f, 64, 64, false); /* moves the arena */
    size_t before = pa_mem_used();
    pa_mem_reset_peak();
    pa_mem_fail_after(0);
    pa_error err = {0};
    pa_status status = pa_nn_net_run(&err, small, NULL);
    pa_mem_fail_after(-1);
    assert_int_equal(status, PA_OK);
    assert_int_equal(pa_mem_used(), before);
    assert_int_equal(pa_mem_peak(), before);
  }
  pa_nn_net_destroy(small);
  pa_nn_net_destroy(large);
}

/* Networks of several sizes take turns in one arena and keep their results. */
static void test_networks_share_the_arena(void **state) {
  const fixture *f = *state;
  pa_nn_net *nets[3];
  float *first[3];
  size_t count[3];
  for (int i = 0; i < 3; i++) {
    nets[i] = make(f, (size_t)(16 << i), 24, false);
    fill(nets[i], (uint64_t)i + 1);
    run(nets[i]);
    first[i] = scores(nets[i], &count[i]);
  }
  for (int i = 0; i < 3; i++) { /* not one has been disturbed by the others */
    size_t n;
    float *again = scores(nets[i], &n);
    assert_memory_equal(again, first[i], n * sizeof *again);
    free(again);
  }
  for (int i = 0; i < 3; i++) {
    size_t n;
    run(nets[i]);
    float *again = scores(nets[i], &n);
    assert_memory_equal(again, first[i], n * sizeof *again);
    free(again);
    free(first[i]);
    pa_nn_net_destroy(nets[i]);
  }
}

/* The number of threads does not change the result but for rounding. */
static void test_threads_agree(void **state) {
  const fixture *f = *state;
  pa_error err = {0};
  float *got[2];
  size_t n;
  for (unsigned i = 0; i < 2; i++) {
    fixture other = *f;
    assert_int_equal(pa_nn_engine_create(&err, 1 + 3 * i, &other.engine),
                     PA_OK);
    pa_nn_net *net = make(&other, 32, 32, false);
    fill(net, 7);
    run(net);
    got[i] = scores(net, &n);
    pa_nn_net_destroy(net);
    pa_nn_engine_destroy(other.engine);
  }
  for (size_t i = 0; i < n; i++)
    assert_float_equal(got[0][i], got[1][i], 1e-5);
  free(got[0]);
  free(got[1]);
}

static void test_cancel(void **state) {
  const fixture *f = *state;
  pa_error err = {0};
  pa_nn_net *net = make(f, 16, 16, true);
  fill(net, 3);
  run(net);
  size_t n, m;
  float *before = scores(net, &n);
  atomic_int cancel = 1;
  assert_int_equal(pa_nn_net_run(&err, net, &cancel), PA_ERROR_CANCELLED);
  cancel = 0;
  assert_int_equal(pa_nn_net_run(&err, net, &cancel), PA_OK);
  float *after = scores(net, &m);
  assert_memory_equal(before, after, n * sizeof *before);
  free(before);
  free(after);
  pa_nn_net_destroy(net);
}

static void test_profile(void **state) {
  const fixture *f = *state;
  pa_nn_net *net = make(f, 32, 32, false);
  assert_int_equal(pa_nn_net_profile_count(net), 0);
  pa_nn_net_destroy(net);
  net = make(f, 32, 32, true);
  size_t count = pa_nn_net_profile_count(net);
  const char *op;
  assert_int_equal(count,
                   30); /* 32 ops: the pad is fused, the reshape a view */
  pa_nn_net_profile(net, 0, &op);
  assert_string_equal(op, "conv2d c1");
  pa_nn_net_profile(net, count - 1, &op);
  assert_string_equal(op, "mean mean");
  fill(net, 1);
  double total = 0;
  run(net);
  for (size_t i = 0; i < count; i++) {
    assert_true(pa_nn_net_profile(net, i, NULL) >= 0);
    total += pa_nn_net_profile(net, i, NULL);
  }
  assert_true(total > 0 && total < 1e4);
  assert_true(pa_nn_net_profile(net, count, &op) == 0);
  pa_nn_net_destroy(net);
}

static void test_macs(void **state) {
  const fixture *f = *state;
  pa_nn_net *net = make(f, 8, 8, false);
  double conv = 4 * 4 * 8 * 27, depthwise = 4 * 4 * 8 * 9, up = 2 * 2 * 8 * 16;
  double fc = 4 * 8 * 8, products = 2 * 4 * 4 * 8;
  assert_true(pa_nn_net_macs(net) == conv + depthwise + up + fc + products);
  pa_nn_net_destroy(net);
}

/* pa_nn_net_bytes is what a network takes, its names apart; all of it comes
 * back. The arena is less than all values together. */
static void test_memory(void **state) {
  const fixture *f = *state;
  pa_nn_net *first = make(f, 64, 64, false); /* the arena is there now */
  size_t before = pa_mem_used();
  for (int round = 0; round < 20; round++) {
    pa_nn_net *net = make(f, 64, 64, false);
    size_t taken = pa_mem_used() - before;
    assert_in_range(pa_nn_net_bytes(net), taken - 1024, taken + 1024);
    assert_in_range(pa_nn_net_arena_bytes(net), 64 * 64 * 10 * 4 * 2,
                    64 * 64 * 10 * 4 * 6);
    pa_nn_net_destroy(net);
    assert_int_equal(pa_mem_used(), before);
  }
  pa_nn_net_destroy(first);
}

/* Any one allocation may fail while an engine or a network is made. */
static void test_out_of_memory(void **state) {
  const fixture *f = *state;
  pa_nn_shape shape = {4, {1, 16, 16, 3}};
  const char *const outputs[] = {"scores", "mean", NULL};
  pa_nn_net_options options = {
      .input_shapes = &shape, .outputs = outputs, .profile = true};
  size_t before = pa_mem_used();
  for (long n = 0;; n++) {
    pa_error err = {0};
    pa_nn_engine *engine = NULL;
    pa_nn_net *net = NULL;
    pa_mem_fail_after(n);
    pa_status status = pa_nn_engine_create(&err, 1, &engine);
    if (status == PA_OK)
      status = pa_nn_net_create(&err, engine, f->weights, &options, &net);
    pa_mem_fail_after(-1);
    if (status == PA_OK) {
      fill(net, 1);
      run(net);
    } else if (status != PA_ERROR_MEMORY || net) {
      fail_msg("allocation %ld: %s, %s", n, pa_status_name(status), err.text);
    }
    pa_nn_net_destroy(net);
    pa_nn_engine_destroy(engine);
    if (pa_mem_used() != before)
      fail_msg("allocation %ld leaks %zu bytes", n, pa_mem_used() - before);
    if (status == PA_OK) {
      assert_in_range(n, 100, 1000);
      break;
    }
  }
}

/* What fails while a larger network is made takes nothing from a smaller one.
 */
static void test_another_fails(void **state) {
  fixture f = *(const fixture *)*state;
  pa_error err = {0};
  assert_int_equal(pa_nn_engine_create(&err, 1, &f.engine), PA_OK);
  pa_nn_net *small = make(&f, 16, 16, false), *large = NULL;
  pa_nn_shape shape = {4, {1, 64, 64, 3}};
  pa_nn_net_options options = {.input_shapes = &shape};
  pa_status status = PA_ERROR_MEMORY;
  size_t count, same;
  bool lost = false;
  fill(small, 3);
  run(small);
  float *want = scores(small, &count);
  for (long n = 0; status != PA_OK; n++) {
    pa_mem_fail_after(n);
    status = pa_nn_net_create(&err, f.engine, f.weights, &options, &large);
    pa_mem_fail_after(0); /* the arena may be gone, and cannot come back */
    pa_status without = pa_nn_net_run(&err, small, NULL);
    pa_mem_fail_after(-1);
    assert_true(without == PA_OK || without == PA_ERROR_MEMORY);
    lost |= without == PA_ERROR_MEMORY;
    run(small);
    float *got = scores(small, &same);
    assert_int_equal(same, count);
    assert_memory_equal(got, want, count * sizeof *got);
    free(got);
  }
  assert_true(lost);
  free(want);
  pa_nn_net_destroy(small);
  pa_nn_net_destroy(large);
  pa_nn_engine_destroy(f.engine);
}

/* The network outlives its file. */
static void test_file_may_go(void **state) {
  (void)state;
  pa_error err = {0};
  pa_nn_engine *engine;
  pa_nn_weights *weights;
  pa_nn_net *net;
  nn_bytes file = file_of_all();
  pa_nn_shape shape = {4, {1, 16, 16, 3}};
  pa_nn_net_options options = {.input_shapes = &shape};
  assert_int_equal(pa_nn_engine_create(&err, 1, &engine), PA_OK);
  assert_int_equal(pa_nn_weights_open(&err, file.bytes, file.size, &weights),
                   PA_OK);
  assert_int_equal(pa_nn_net_create(&err, engine, weights, &options, &net),
                   PA_OK);
  pa_nn_weights_close(weights);
  memset(file.bytes, 0xff, file.size);
  free(file.bytes);
  fill(net, 1);
  run(net);
  size_t n;
  float *y = scores(net, &n);
  for (size_t i = 0; i < n; i++)
    assert_true(y[i] >= 0 && y[i] <= 1);
  free(y);
  pa_nn_net_destroy(net);
  pa_nn_engine_destroy(engine);
}

/* ------------------------------------------------------ other input shapes */

typedef struct packed {
  pa_nn_engine *engine;
  pa_nn_weights *weights;
  pa_nn_net *net;
} packed;

static pa_nn_net_options options_of(const pa_nn_shape *shape) {
  return (pa_nn_net_options){.input_shapes = shape, .compact = true};
}

/* A network that is packed and no more; its file is gone. */
static packed pack(void) {
  packed p = {.net = NULL};
  pa_error err = {0};
  nn_bytes file = file_of_all();
  pa_nn_shape shape = {4, {1, 16, 16, 3}};
  pa_nn_net_options options = options_of(&shape);
  options.pack_only = true;
  assert_int_equal(pa_nn_engine_create(&err, 1, &p.engine), PA_OK);
  assert_int_equal(pa_nn_weights_open(&err, file.bytes, file.size, &p.weights),
                   PA_OK);
  if (pa_nn_net_create(&err, p.engine, p.weights, &options, &p.net))
    fail_msg("%s", err.text);
  pa_nn_weights_strip(p.weights);
  memset(file.bytes, 0xff, file.size);
  free(file.bytes);
  return p;
}

static void unpack(packed *p) {
  pa_nn_net_destroy(p->net);
  pa_nn_weights_close(p->weights);
  pa_nn_engine_destroy(p->engine);
}

static pa_status reshape(packed *p, pa_error *err, size_t height,
                         size_t width) {
  pa_nn_shape shape = {4, {1, height, width, 3}};
  pa_nn_net_options options = options_of(&shape);
  return pa_nn_net_reshape(err, p->net, p->weights, &options);
}

/* Of the same input, to the bit. */
static void assert_same_scores(pa_nn_net *net, pa_nn_net *other,
                               uint64_t seed) {
  fill(net, seed);
  fill(other, seed);
  run(net);
  run(other);
  size_t n, m;
  float *got = scores(net, &n), *want = scores(other, &m);
  assert_int_equal(n, m);
  assert_memory_equal(got, want, n * sizeof *got);
  free(got);
  free(want);
}

/* The same outputs to the bit, and the same memory, as one made for the shape.
 */
static void compare_with_new(const fixture *f, pa_nn_net *net) {
  pa_error err = {0};
  pa_nn_shape shape;
  pa_nn_net *made = NULL;
  assert_non_null(pa_nn_net_input(net, "x", &shape));
  pa_nn_net_options options = options_of(&shape);
  if (pa_nn_net_create(&err, f->engine, f->weights, &options, &made))
    fail_msg("%s", err.text);
  assert_same_scores(net, made, 5);
  assert_memory_equal(pa_nn_net_output(net, "mean", NULL),
                      pa_nn_net_output(made, "mean", NULL), 8 * sizeof(float));
  assert_true(pa_nn_net_macs(net) == pa_nn_net_macs(made));
  assert_int_equal(pa_nn_net_arena_bytes(net), pa_nn_net_arena_bytes(made));
  assert_in_range(pa_nn_net_bytes(net), pa_nn_net_bytes(made) - 1024,
                  pa_nn_net_bytes(made) + 1024);
  pa_nn_net_destroy(made);
}

static void test_reshape(void **state) {
  static const size_t sides[][2] = {{16, 16}, {32, 24}, {12, 20}, {16, 16}};
  pa_error err = {0};
  packed p = pack();
  assert_null(pa_nn_net_input(p.net, "x", NULL));
  assert_int_equal(pa_nn_net_arena_bytes(p.net), 0);
  assert_int_equal(pa_nn_net_run(&err, p.net, NULL), PA_ERROR_ARGUMENT);
  for (int i = 0; i < 4; i++) {
    if (reshape(&p, &err, sides[i][0], sides[i][1])) fail_msg("%s", err.text);
    compare_with_new(*state, p.net);
  }
  assert_int_equal(reshape(&p, &err, 8, 9), PA_ERROR_WEIGHTS);
  assert_null(pa_nn_net_input(p.net, "x", NULL));
  assert_int_equal(pa_nn_net_run(&err, p.net, NULL), PA_ERROR_ARGUMENT);
  assert_int_equal(reshape(&p, &err, 8, 8), PA_OK);
  compare_with_new(*state, p.net);
  unpack(&p);
}

static void test_stripped(void **state) {
  const fixture *f = *state;
  pa_error err = {0};
  packed p = pack();
  pa_nn_net *net = NULL;
  pa_nn_shape shape = {4, {1, 16, 16, 3}};
  pa_nn_net_options options = options_of(&shape);
  assert_string_equal(pa_nn_weights_text(p.weights, "role"), "test");
  assert_null(pa_nn_weights_constant(p.weights, "slope", 8));
  assert_int_equal(pa_nn_net_create(&err, p.engine, p.weights, &options, &net),
                   PA_ERROR_ARGUMENT);
  assert_non_null(strstr(err.text, "have been given back"));
  assert_null(net);
  assert_int_equal(pa_nn_net_reshape(&err, NULL, f->weights, &options),
                   PA_ERROR_ARGUMENT);
  assert_int_equal(pa_nn_net_reshape(&err, p.net, NULL, &options),
                   PA_ERROR_ARGUMENT);
  unpack(&p);
}

/* Any one allocation may fail: what is packed is still there afterwards. */
static void test_reshape_out_of_memory(void **state) {
  packed p = pack();
  for (long n = 0;; n++) {
    pa_error err = {0};
    pa_mem_fail_after(n);
    pa_status status = reshape(&p, &err, 32, 16);
    pa_mem_fail_after(-1);
    if (status == PA_OK) {
      assert_in_range(n, 50, 1000);
      break;
    }
    if (status != PA_ERROR_MEMORY)
      fail_msg("allocation %ld: %s, %s", n, pa_status_name(status), err.text);
    assert_null(pa_nn_net_input(p.net, "x", NULL));
  }
  compare_with_new(*state, p.net);
  unpack(&p);
}

/* With a stride, "same" pads an even side and an odd one differently. */
static void test_reshape_changes_padding(void **state) {
  const fixture *f = *state;
  static nn_file file;
  static const char graph[] =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,0,0,3]}],"
      "\"outputs\":[{\"name\":\"scores\",\"value\":\"y\"}],\"ops\":["
      "{\"op\":\"conv2d\",\"in\":[\"x\"],\"out\":[\"y\"],"
      "\"weight\":\"w\",\"stride\":[2,2],\"pad\":\"same\"}]}";
  pa_error err = {0};
  float *w = nn_floats(108, -1, 1);
  nn_file_tensor(&file, "w", "F32", "[4,3,3,3]", w, 108);
  nn_bytes bytes = nn_file_bytes(&file, graph);
  pa_nn_shape shape = {4, {1, 8, 8, 3}};
  pa_nn_net_options options = {.input_shapes = &shape};
  pa_nn_weights *weights;
  pa_nn_net *net, *odd;
  assert_int_equal(pa_nn_weights_open(&err, bytes.bytes, bytes.size, &weights),
                   PA_OK);
  assert_int_equal(pa_nn_net_create(&err, f->engine, weights, &options, &net),
                   PA_OK);
  shape.dim[1] = shape.dim[2] = 9;
  assert_int_equal(pa_nn_net_create(&err, f->engine, weights, &options, &odd),
                   PA_OK);
  assert_int_equal(pa_nn_net_reshape(&err, net, weights, &options), PA_OK);
  assert_same_scores(net, odd, 2);
  pa_nn_weights_strip(weights);
  shape.dim[1] = shape.dim[2] = 8;
  assert_int_equal(pa_nn_net_reshape(&err, net, weights, &options),
                   PA_ERROR_ARGUMENT);
  shape.dim[1] = shape.dim[2] = 9;
  assert_int_equal(pa_nn_net_reshape(&err, net, weights, &options), PA_OK);
  pa_nn_net_destroy(net);
  pa_nn_net_destroy(odd);
  pa_nn_weights_close(weights);
  nn_file_free(&file);
  free(bytes.bytes);
  free(w);
}

/* ------------------------------------------------- some of the outputs */

static pa_nn_net *make_part(const fixture *f, const char *const *outputs) {
  pa_error err = {0};
  pa_nn_shape shape = {4, {1, 64, 48, 3}};
  pa_nn_net_options options = {
      .input_shapes = &shape, .outputs = outputs, .profile = true};
  pa_nn_net *net = NULL;
  if (pa_nn_net_create(&err, f->engine, f->weights, &options, &net))
    fail_msg("%s", err.text);
  fill(net, 9);
  run(net);
  return net;
}

static const char *const output_names[] = {"scores", "best", "mean"};

/* Every choice of outputs: those are the whole network's to the bit, the others
 * are not there. */
static void test_some_outputs(void **state) {
  const fixture *f = *state;
  pa_nn_net *whole = make_part(f, NULL);
  for (unsigned choice = 1; choice < 8; choice++) {
    const char *wanted[4] = {NULL};
    for (int i = 0, n = 0; i < 3; i++)
      if (choice >> i & 1) wanted[n++] = output_names[i];
    pa_nn_net *part = make_part(f, wanted);
    for (int i = 0; i < 3; i++) {
      pa_nn_shape shape = {0};
      const float *want = pa_nn_net_output(whole, output_names[i], &shape);
      size_t count = 1;
      for (size_t d = 0; d < shape.rank; d++)
        count *= shape.dim[d];
      assert_non_null(want);
      const float *got = pa_nn_net_values(part, output_names[i], count);
      assert_int_equal(got != NULL, choice >> i & 1);
      if (got) assert_memory_equal(got, want, count * sizeof *got);
    }
    pa_nn_net_destroy(part);
  }
  pa_nn_net_destroy(whole);
}

static void test_left_out(void **state) {
  const fixture *f = *state;
  pa_nn_net *whole = make_part(f, NULL);
  pa_nn_net *all =
      make_part(f, (const char *[]){"mean", "best", "scores", NULL});
  pa_nn_net *mean = make_part(f, (const char *[]){"mean", "mean", NULL});
  assert_int_equal(pa_nn_net_profile_count(whole), 30);
  assert_int_equal(pa_nn_net_profile_count(all), 30);
  /* Less gn2, up, big, part, near, all, sd, ds, soft and best. */
  assert_int_equal(pa_nn_net_profile_count(mean), 20);
  assert_true(pa_nn_net_macs(all) == pa_nn_net_macs(whole));
  assert_true(pa_nn_net_macs(mean) ==
              pa_nn_net_macs(whole) - 16.0 * 12 * 8 * 16); /* the deconv2d */
  assert_int_equal(pa_nn_net_arena_bytes(all), pa_nn_net_arena_bytes(whole));
  assert_true(pa_nn_net_arena_bytes(mean) < pa_nn_net_arena_bytes(whole));
  assert_true(pa_nn_net_bytes(mean) < pa_nn_net_bytes(whole));
  assert_non_null(pa_nn_net_input(mean, "x", NULL));
  pa_nn_net_destroy(whole);
  pa_nn_net_destroy(all);
  pa_nn_net_destroy(mean);
}

static void test_unknown_outputs(void **state) {
  const fixture *f = *state;
  pa_nn_shape shape = {4, {1, 16, 16, 3}};
  pa_nn_net_options options = {.input_shapes = &shape};
  options.outputs = (const char *[]){"mean", "absent", NULL};
  expect_refused(f, &options, PA_ERROR_WEIGHTS, "no output absent");
  options.outputs = (const char *[]){"soft", NULL}; /* a value, no output */
  expect_refused(f, &options, PA_ERROR_WEIGHTS, "no output soft");
  options.outputs = (const char *[]){NULL};
  expect_refused(f, &options, PA_ERROR_ARGUMENT, "no output is wanted");
}

static void count_task(void *user, size_t i) {
  atomic_int *counts = user;
  atomic_fetch_add(&counts[i], 1);
}

static void test_parallel(void **state) {
  const fixture *f = *state;
  atomic_int counts[1000] = {0};
  pa_nn_parallel(f->engine, 1000, count_task, counts);
  for (int i = 0; i < 1000; i++)
    assert_int_equal(counts[i], 1);
  pa_nn_parallel(f->engine, 0, count_task, counts);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_shapes_chosen_late),
      cmocka_unit_test(test_wrong_shapes),
      cmocka_unit_test(test_work_limit),
      cmocka_unit_test(test_arguments),
      cmocka_unit_test(test_run_allocates_nothing),
      cmocka_unit_test(test_networks_share_the_arena),
      cmocka_unit_test(test_threads_agree),
      cmocka_unit_test(test_cancel),
      cmocka_unit_test(test_profile),
      cmocka_unit_test(test_macs),
      cmocka_unit_test(test_memory),
      cmocka_unit_test(test_out_of_memory),
      cmocka_unit_test(test_another_fails),
      cmocka_unit_test(test_file_may_go),
      cmocka_unit_test(test_reshape),
      cmocka_unit_test(test_stripped),
      cmocka_unit_test(test_reshape_out_of_memory),
      cmocka_unit_test(test_reshape_changes_padding),
      cmocka_unit_test(test_some_outputs),
      cmocka_unit_test(test_left_out),
      cmocka_unit_test(test_unknown_outputs),
      cmocka_unit_test(test_parallel),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
