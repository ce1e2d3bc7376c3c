/* The depthwise convolution of each instruction set that this processor has
 * against the scalar one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nn/op_depthwise.h"
#include "nn_file.h"

typedef struct problem {
  pa_nn_tensor tensor; /* for the window's size */
  pa_nn_op op;
  pa_nn_shape x, y;
  int32_t pad[4];
  float *input, *weight, *bias;
} problem;

/* A random problem of those that pa_nn_depthwise_takes; false when its window
 * does not fit. */
static int make(problem *p) {
  memset(p, 0, sizeof *p);
  int window[2] = {nn_between(1, 6), nn_between(0, 1) ? 3 : 5};
  size_t channels = (size_t)nn_between(1, 50);
  p->op = (pa_nn_op){.kind = PA_NN_DEPTHWISE_CONV2D,
                     .weight = &p->tensor,
                     .stride = {nn_between(1, 3), nn_between(1, 2)},
                     .dilation = {1, 1},
                     .groups = 1,
                     .act_min = nn_between(0, 1) ? -0.25f : -INFINITY,
                     .act_max = nn_between(0, 1) ? 0.5f : INFINITY};
  p->tensor.shape =
      (pa_nn_shape){3, {(size_t)window[0], (size_t)window[1], channels}};
  p->x = (pa_nn_shape){4,
                       {(size_t)nn_between(1, 2), (size_t)nn_between(1, 9),
                        (size_t)nn_between(1, 21), channels}};
  p->y = p->x;
  for (int i = 0; i < 2; i++) {
    int before = nn_between(0, window[i] - 1);
    int after = nn_between(0, window[i] - 1);
    int side = (int)p->x.dim[1 + i] + before + after;
    if (side < window[i]) return 0;
    p->pad[i == 0 ? 0 : 3] = before;
    p->pad[i == 0 ? 2 : 1] = after;
    p->y.dim[1 + i] = (size_t)((side - window[i]) / p->op.stride[i] + 1);
  }
  p->input = nn_floats(pa_nn_count(&p->x) + PA_NN_SLACK / 4, -1, 1);
  p->weight = nn_floats((size_t)(window[0] * window[1]) * channels, -1, 1);
  p->bias = nn_between(0, 2) ? nn_floats(channels, -1, 1) : NULL;
  /* What lies beyond is not used: not even a NaN shows. */
  for (size_t i = 0; i < PA_NN_SLACK / 4; i++)
    p->input[pa_nn_count(&p->x) + i] = NAN;
  return 1;
}

static void release(problem *p) {
  free(p->input);
  free(p->weight);
  free(p->bias);
}

/* The result, with a guard value behind it that must stay. */
static float *run(const problem *p, const pa_nn_depthwise *isa) {
  size_t count = pa_nn_count(&p->y);
  float *y = calloc(count + 1, sizeof *y);
  pa_nn_loop loop = {0};
  assert_int_equal(pa_nn_depthwise_pack(NULL, isa, &p->op, p->x.dim[3],
                                        p->weight, p->bias, &loop.weight,
                                        &loop.bytes),
                   PA_OK);
  pa_nn_depthwise_loop(&loop, isa, &p->op, p->pad, &p->x, &p->y);
  loop.a = p->input;
  loop.y = y;
  y[count] = 1234;
  for (size_t i = 0; i < loop.count; i++)
    loop.task(&loop, i);
  assert_true(y[count] == 1234);
  pa_mem_free(loop.weight);
  return y;
}

static void compare(const pa_nn_depthwise *isa) {
  for (int round = 0; round < 500; round++) {
    problem p;
    if (!make(&p)) continue;
    assert_true(pa_nn_depthwise_takes(&p.op, &p.x, &p.y));
    float *want = run(&p, &pa_nn_depthwise_scalar), *got = run(&p, isa);
    for (size_t i = 0; i < pa_nn_count(&p.y); i++)
      if (!(fabsf(got[i] - want[i]) <= 1e-5f))
        fail_msg("%s, round %d: value %zu is %g, expected %g", isa->name, round,
                 i, (double)got[i], (double)want[i]);
    free(want);
    free(got);
    release(&p);
  }
  assert_int_equal(pa_mem_used(), 0);
}

static void test_128(void **state) {
  (void)state;
  compare(&pa_nn_depthwise_128);
}

static void test_avx2(void **state) {
  (void)state;
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) skip();
  compare(&pa_nn_depthwise_avx2);
#else
  skip();
#endif
}

static void test_avx512(void **state) {
  (void)state;
#if defined(__x86_64__)
  if (!__builtin_cpu_supports("avx512f")) skip();
  compare(&pa_nn_depthwise_avx512);
#else
  skip();
#endif
}

/* What it must leave to XNNPACK. */
static void test_takes(void **state) {
  (void)state;
  problem p;
  while (!make(&p)) {
  }
  pa_nn_op op = p.op;
  op.dilation[1] = 2;
  assert_false(pa_nn_depthwise_takes(&op, &p.x, &p.y));
  op = p.op;
  op.stride[1] = 3;
  assert_false(pa_nn_depthwise_takes(&op, &p.x, &p.y));
  op = p.op;
  op.kind = PA_NN_CONV2D;
  assert_false(pa_nn_depthwise_takes(&op, &p.x, &p.y));
  p.y.dim[3] *= 2; /* two results a channel */
  assert_false(pa_nn_depthwise_takes(&p.op, &p.x, &p.y));
  p.y.dim[3] /= 2;
  p.tensor.shape.dim[1] = 4;
  assert_false(pa_nn_depthwise_takes(&p.op, &p.x, &p.y));
  p.tensor.shape.dim[1] = 3;
  assert_true(pa_nn_depthwise_takes(&p.op, &p.x, &p.y));
  release(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_128),
      cmocka_unit_test(test_avx2),
      cmocka_unit_test(test_avx512),
      cmocka_unit_test(test_takes),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
