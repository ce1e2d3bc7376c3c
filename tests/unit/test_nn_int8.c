/* Layers computed in int8 against the same layers in float32. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nn/nn.h"
#include "nn_file.h"

enum { PIXELS = 6 * 7, IN = 72, OUT = 130 };

typedef struct layer {
  int8_t w[OUT * IN];
  float scale[OUT], bias[OUT];
} layer;

static layer random_layer(void) {
  layer l;
  for (size_t i = 0; i < sizeof l.w; i++)
    l.w[i] = (int8_t)nn_between(-127, 127);
  for (size_t i = 0; i < OUT; i++) {
    l.scale[i] = nn_uniform(0.001f, 0.01f);
    l.bias[i] = nn_uniform(-1, 1);
  }
  return l;
}

static nn_bytes file_of(const layer *l, const char *graph,
                        const char *weight_shape) {
  nn_file f = {0};
  nn_file_tensor(&f, "w.scale", "F32", "[130]", l->scale, OUT);
  nn_file_tensor(&f, "b", "F32", "[130]", l->bias, OUT);
  nn_file_tensor(&f, "w", "I8", weight_shape, l->w, sizeof l->w);
  nn_bytes file = nn_file_bytes(&f, graph);
  nn_file_free(&f);
  return file;
}

/* Activations of very different ranges, one row without any. */
static void fill_input(float *x) {
  for (int row = 0; row < PIXELS; row++) {
    float range = row == 3 ? 0 : powf(10, (float)nn_between(-3, 3));
    float lowest = row % 2 ? -range : 0;
    for (int k = 0; k < IN; k++)
      x[row * IN + k] = nn_uniform(lowest, range);
  }
}

/* What bringing a row's activations to 255 steps may move a result: by less
 * than a step each. */
static float bound(const float *x, const layer *l, int out) {
  float low = 0, high = 0, weights = 0;
  for (int k = 0; k < IN; k++) {
    low = fminf(low, x[k]);
    high = fmaxf(high, x[k]);
    weights += fabsf((float)l->w[out * IN + k]) * l->scale[out];
  }
  return (high - low) / 255 * weights + 1e-5f;
}

typedef struct answers {
  float float32[PIXELS * OUT], int8[PIXELS * OUT];
} answers;

static void run(const nn_bytes *file, bool int8, const float *x, float *y,
                size_t results) {
  pa_error err = {0};
  pa_nn_engine *engine;
  pa_nn_weights *weights;
  pa_nn_net *net;
  pa_nn_net_options options = {.int8 = int8};
  if (pa_nn_engine_create(&err, 2, &engine) ||
      pa_nn_weights_open(&err, file->bytes, file->size, &weights) ||
      pa_nn_net_create(&err, engine, weights, &options, &net))
    fail_msg("%s", err.text);
  for (int again = 0; again < 2; again++) { /* buffers are used anew */
    memcpy(pa_nn_net_input(net, "x", NULL), x, PIXELS * IN * sizeof *x);
    if (pa_nn_net_run(&err, net, NULL)) fail_msg("%s", err.text);
  }
  memcpy(y, pa_nn_net_output(net, "y", NULL), results * sizeof *y);
  pa_nn_net_destroy(net);
  pa_nn_weights_close(weights);
  pa_nn_engine_destroy(engine);
}

static void check_layer(const char *graph, const char *weight_shape) {
  static answers a;
  layer l = random_layer();
  nn_bytes file = file_of(&l, graph, weight_shape);
  float x[PIXELS * IN];
  fill_input(x);
  run(&file, false, x, a.float32, PIXELS * OUT);
  run(&file, true, x, a.int8, PIXELS * OUT);
  size_t moved = 0;
  for (int i = 0; i < PIXELS * OUT; i++) {
    float off = fabsf(a.int8[i] - a.float32[i]);
    float most = bound(x + i / OUT * IN, &l, i % OUT);
    if (!(off <= most))
      fail_msg("%d: %g, in float32 %g, off by more than %g", i,
               (double)a.int8[i], (double)a.float32[i], (double)most);
    moved += off > 0;
  }
  assert_true(moved > PIXELS * OUT / 4); /* it was int8 indeed */
  free(file.bytes);
}

static void test_convolution(void **state) {
  (void)state;
  check_layer("{\"inputs\":[{\"name\":\"x\",\"shape\":[1,6,7,72]}],"
              "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"}],\"ops\":["
              "{\"op\":\"conv2d\",\"in\":[\"x\"],\"out\":[\"y\"],"
              "\"weight\":\"w\",\"bias\":\"b\",\"pad\":\"same\"}]}",
              "[130,1,1,72]");
}

static void test_fully_connected(void **state) {
  (void)state;
  check_layer("{\"inputs\":[{\"name\":\"x\",\"shape\":[42,72]}],"
              "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"}],\"ops\":["
              "{\"op\":\"fully_connected\",\"in\":[\"x\"],\"out\":[\"y\"],"
              "\"weight\":\"w\",\"bias\":\"b\",\"act\":\"relu6\"}]}",
              "[130,72]");
}

/* A layer that does not take every pixel stays as it is, to the bit. */
static void test_left_in_float32(void **state) {
  (void)state;
  static const char graph[] =
      "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,6,7,72]}],"
      "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"}],\"ops\":["
      "{\"op\":\"conv2d\",\"in\":[\"x\"],\"out\":[\"y\"],"
      "\"weight\":\"w\",\"bias\":\"b\",\"pad\":\"same\",\"stride\":[2,2]}]}";
  static answers a;
  layer l = random_layer();
  nn_bytes file = file_of(&l, graph, "[130,1,1,72]");
  float x[PIXELS * IN];
  fill_input(x);
  run(&file, false, x, a.float32, 3 * 4 * OUT);
  run(&file, true, x, a.int8, 3 * 4 * OUT);
  assert_memory_equal(a.float32, a.int8, 3 * 4 * OUT * sizeof(float));
  free(file.bytes);
}

/* Scales that XNNPACK does not take leave the layer in float32. */
static void test_scales(void **state) {
  (void)state;
  static answers a;
  layer l = random_layer();
  l.scale[5] = 0;
  nn_bytes file =
      file_of(&l,
              "{\"inputs\":[{\"name\":\"x\",\"shape\":[42,72]}],"
              "\"outputs\":[{\"name\":\"y\",\"value\":\"y\"}],\"ops\":["
              "{\"op\":\"fully_connected\",\"in\":[\"x\"],\"out\":[\"y\"],"
              "\"weight\":\"w\",\"bias\":\"b\"}]}",
              "[130,72]");
  float x[PIXELS * IN];
  fill_input(x);
  run(&file, false, x, a.float32, PIXELS * OUT);
  run(&file, true, x, a.int8, PIXELS * OUT);
  assert_memory_equal(a.float32, a.int8, sizeof a.int8);
  free(file.bytes);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_convolution),
      cmocka_unit_test(test_fully_connected),
      cmocka_unit_test(test_left_in_float32),
      cmocka_unit_test(test_scales),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
