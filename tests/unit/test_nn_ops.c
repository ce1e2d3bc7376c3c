/* Every op of the weights format against a plain reference, on random shapes
 * and attributes. Each case is a file of one op (or of a few, where ops act on
 * each other), written, opened and run with one and with two threads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nn/engine.h"
#include "nn_file.h"

#define ROUNDS 40 /* random cases of each kind */
#define MOST_INPUTS 4

static pa_nn_engine *engines[2];

/* --------------------------------------------------------------- a case */

typedef struct array {
  size_t rank, dim[6];
  float *x;
} array;

typedef struct test_case {
  nn_file file;
  array in[MOST_INPUTS], want[MOST_INPUTS];
  int in_count, want_count;
  char op[4096]; /* the ops' JSON; values i0, i1 ... are inputs, o0 ... outputs
                  */
} test_case;

static size_t count_of(const array *a) {
  size_t n = 1;
  for (size_t d = 0; d < a->rank; d++)
    n *= a->dim[d];
  return n;
}

static array new_array(size_t rank, const size_t *dim) {
  array a = {.rank = rank};
  memcpy(a.dim, dim, rank * sizeof *dim);
  a.x = calloc(count_of(&a) + 1, sizeof *a.x);
  return a;
}

static array image(size_t n, size_t h, size_t w, size_t c) {
  return new_array(4, (size_t[]){n, h, w, c});
}

static array random_array(size_t rank, const size_t *dim, float from,
                          float to) {
  array a = new_array(rank, dim);
  for (size_t i = 0; i < count_of(&a); i++)
    a.x[i] = nn_uniform(from, to);
  return a;
}

static array random_image(void) {
  size_t dim[4] = {(size_t)nn_between(1, 2), (size_t)nn_between(1, 17),
                   (size_t)nn_between(1, 17), (size_t)nn_between(1, 24)};
  return random_array(4, dim, -2, 2);
}

static array random_rank(size_t rank) {
  size_t dim[6];
  for (size_t d = 0; d < rank; d++)
    dim[d] = (size_t)nn_between(1, 7);
  return random_array(rank, dim, -3, 3);
}

static float at(const array *a, size_t n, size_t y, size_t x, size_t c) {
  return a->x[((n * a->dim[1] + y) * a->dim[2] + x) * a->dim[3] + c];
}

static char *shape_json(const array *a, char *text) {
  char *p = text;
  p += sprintf(p, "[");
  for (size_t d = 0; d < a->rank; d++)
    p += sprintf(p, "%s%zu", d ? "," : "", a->dim[d]);
  sprintf(p, "]");
  return text;
}

static void ports_json(const test_case *t, char *text) {
  char shape[128], *p = text;
  p += sprintf(p, "{\"inputs\":[");
  for (int i = 0; i < t->in_count; i++)
    p += sprintf(p, "%s{\"name\":\"i%d\",\"shape\":%s}", i ? "," : "", i,
                 shape_json(&t->in[i], shape));
  p += sprintf(p, "],\"outputs\":[");
  for (int i = 0; i < t->want_count; i++)
    p += sprintf(p, "%s{\"name\":\"r%d\",\"value\":\"o%d\"}", i ? "," : "", i,
                 i);
  sprintf(p, "],\"ops\":[%s]}", t->op);
}

static void compare(const test_case *t, const pa_nn_net *net, float tolerance) {
  for (int i = 0; i < t->want_count; i++) {
    char name[8];
    pa_nn_shape shape;
    sprintf(name, "r%d", i);
    const float *got = pa_nn_net_output(net, name, &shape);
    assert_non_null(got);
    const array *want = &t->want[i];
    if (shape.rank != want->rank ||
        memcmp(shape.dim, want->dim, want->rank * sizeof *want->dim))
      fail_msg("wrong shape: %s", t->op);
    for (size_t k = 0; k < count_of(want); k++) {
      float error = fabsf(got[k] - want->x[k]);
      if (!(error <= tolerance * (1 + fabsf(want->x[k]))))
        fail_msg("value %zu of %zu is %g, expected %g: %s (input %zu %zu %zu "
                 "%zu)",
                 k, count_of(want), (double)got[k], (double)want->x[k], t->op,
                 t->in[0].dim[0], t->in[0].dim[1], t->in[0].dim[2],
                 t->in[0].dim[3]);
    }
  }
}

static void run_with(const test_case *t, const nn_bytes *file,
                     pa_nn_engine *engine, float tolerance) {
  pa_error err = {0};
  pa_nn_weights *weights = NULL;
  pa_nn_net *net = NULL;
  if (pa_nn_weights_open(&err, file->bytes, file->size, &weights) ||
      pa_nn_net_create(&err, engine, weights, NULL, &net))
    fail_msg("%s: %s", err.text, t->op);
  pa_nn_weights_close(weights);
  for (int round = 0; round < 2; round++) { /* a second run is like the first */
    for (int i = 0; i < t->in_count; i++) {
      char name[8];
      sprintf(name, "i%d", i);
      float *x = pa_nn_net_input(net, name, NULL);
      assert_non_null(x);
      if (round == 0) memcpy(x, t->in[i].x, count_of(&t->in[i]) * sizeof *x);
    }
    assert_int_equal(pa_nn_net_run(&err, net, NULL), PA_OK);
    compare(t, net, tolerance);
  }
  pa_nn_net_destroy(net);
}

/* With PARSONA_SEEDS set to a folder, every file is left there: a corpus for
 * the fuzzer of the weights reader. */
static void save_seed(const nn_bytes *file) {
  static int number;
  char path[1024];
  const char *folder = getenv("PARSONA_SEEDS");
  if (!folder) return;
  snprintf(path, sizeof path, "%s/op%04d", folder, number++);
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(file->bytes, 1, file->size, out), file->size);
  fclose(out);
}

/* Runs the case and frees what it holds. */
static void check(test_case *t, float tolerance) {
  static char graph[8192];
  ports_json(t, graph);
  nn_bytes file = nn_file_bytes(&t->file, graph);
  save_seed(&file);
  for (int e = 0; e < 2; e++)
    run_with(t, &file, engines[e], tolerance);
  free(file.bytes);
  nn_file_free(&t->file);
  for (int i = 0; i < MOST_INPUTS; i++) {
    free(t->in[i].x);
    free(t->want[i].x);
  }
  memset(t, 0, sizeof *t);
}

static test_case t; /* large */

/* -------------------------------------------------------------- weights */

static uint16_t to_half(float x) { /* exact for what the tests use */
  uint32_t bits;
  memcpy(&bits, &x, sizeof bits);
  if (x == 0) return 0;
  return (uint16_t)((bits >> 16 & 0x8000u) |
                    (((bits >> 23 & 0xffu) - 112u) << 10 & 0x7c00u) |
                    (bits >> 13 & 0x3ffu));
}

/* A tensor "w" of one of the dtypes; what it stands for comes back. `axis` is
 * the channel's. */
static array add_weight(size_t rank, const size_t *dim, size_t axis) {
  array w = random_array(rank, dim, -1, 1);
  char shape[128], channels[32];
  size_t n = count_of(&w), inner = 1;
  shape_json(&w, shape);
  for (size_t d = axis + 1; d < rank; d++)
    inner *= dim[d];
  switch (nn_between(0, 2)) {
  case 0:
    nn_file_tensor(&t.file, "w", "F32", shape, w.x, n);
    break;
  case 1: {
    uint16_t *half = malloc(n * 2);
    for (size_t i = 0; i < n; i++) {
      w.x[i] = (float)nn_between(-1000, 1000) / 1024;
      half[i] = to_half(w.x[i]);
    }
    nn_file_tensor(&t.file, "w", "F16", shape, half, n);
    free(half);
    break;
  }
  default: {
    int8_t *q = malloc(n);
    float *scale = nn_floats(dim[axis], 0.001f, 0.01f);
    for (size_t i = 0; i < n; i++) {
      q[i] = (int8_t)nn_between(-127, 127);
      w.x[i] = (float)q[i] * scale[i / inner % dim[axis]];
    }
    sprintf(channels, "[%zu]", dim[axis]);
    nn_file_tensor(&t.file, "w.scale", "F32", channels, scale, dim[axis]);
    nn_file_tensor(&t.file, "w", "I8", shape, q, n);
    free(q);
    free(scale);
  }
  }
  return w;
}

/* A tensor "b" or none: then `bias` is zero. It comes before "w" in the file,
 * so that everything is aligned. */
static array add_bias(size_t channels, char *json) {
  array b = new_array(1, &channels);
  char shape[32];
  *json = 0;
  if (nn_between(0, 2) == 0) return b;
  for (size_t i = 0; i < channels; i++)
    b.x[i] = nn_uniform(-1, 1);
  sprintf(shape, "[%zu]", channels);
  nn_file_tensor(&t.file, "b", "F32", shape, b.x, channels);
  strcpy(json, ",\"bias\":\"b\"");
  return b;
}

typedef struct act {
  const char *json;
  float min, max;
} act;

static act random_act(void) {
  static const act acts[] = {
      {"", -INFINITY, INFINITY},
      {",\"act\":\"none\"", -INFINITY, INFINITY},
      {",\"act\":\"relu\"", 0, INFINITY},
      {",\"act\":\"relu6\"", 0, 6},
      {",\"act\":\"relu_n1_to_1\"", -1, 1},
      {",\"act\":{\"min\":-0.5}", -0.5f, INFINITY},
      {",\"act\":{\"min\":-2,\"max\":0.25}", -2, 0.25f},
  };
  return acts[nn_between(0, 6)];
}

static float clamped(float x, act a) {
  return fminf(fmaxf(x, a.min), a.max);
}

/* A window, with the padding resolved as docs/weights-format.md says. */
typedef struct window {
  int k[2], stride[2], dilation[2], pad[4], out[2];
  char json[128]; /* the pad attribute's value */
} window;

static bool random_window(window *w, const array *x, int most_stride,
                          int most_dilation) {
  int mode = nn_between(0, 2);
  for (int i = 0; i < 2; i++) {
    w->k[i] = nn_between(1, 5);
    w->stride[i] = nn_between(1, most_stride);
    w->dilation[i] = nn_between(1, most_dilation);
    int span = (w->k[i] - 1) * w->dilation[i] + 1, side = (int)x->dim[1 + i];
    int before = 0, after = 0;
    if (mode == 1) {
      int total =
          ((side + w->stride[i] - 1) / w->stride[i] - 1) * w->stride[i] + span -
          side;
      if (total < 0) total = 0;
      before = total / 2;
      after = total - before;
    } else if (mode == 2) {
      before = nn_between(0, span - 1);
      after = nn_between(0, span - 1);
    }
    w->pad[i == 0 ? 0 : 3] = before;
    w->pad[i == 0 ? 2 : 1] = after;
    if (side + before + after < span) return false;
    w->out[i] = (side + before + after - span) / w->stride[i] + 1;
  }
  if (mode == 0) strcpy(w->json, "\"valid\"");
  if (mode == 1) strcpy(w->json, "\"same\"");
  if (mode == 2)
    sprintf(w->json, "[%d,%d,%d,%d]", w->pad[0], w->pad[1], w->pad[2],
            w->pad[3]);
  return true;
}

/* The input's row (or column) under tap k of result o; -1 outside. */
static int tap(const window *w, int i, int o, int k, size_t side) {
  int p = o * w->stride[i] + k * w->dilation[i] - w->pad[i == 0 ? 0 : 3];
  return p >= 0 && p < (int)side ? p : -1;
}

/* ------------------------------------------------------------- convolutions */

static void conv_reference(const array *x, const array *weight,
                           const array *bias, const window *w, int groups,
                           act a, array *y) {
  size_t per_in = x->dim[3] / (size_t)groups;
  size_t per_out = y->dim[3] / (size_t)groups;
  float *out = y->x;
  for (size_t n = 0; n < y->dim[0]; n++)
    for (int oy = 0; oy < w->out[0]; oy++)
      for (int ox = 0; ox < w->out[1]; ox++)
        for (size_t o = 0; o < y->dim[3]; o++) {
          double sum = (double)bias->x[o];
          for (int ky = 0; ky < w->k[0]; ky++)
            for (int kx = 0; kx < w->k[1]; kx++) {
              int iy = tap(w, 0, oy, ky, x->dim[1]);
              int ix = tap(w, 1, ox, kx, x->dim[2]);
              if (iy < 0 || ix < 0) continue;
              for (size_t c = 0; c < per_in; c++)
                sum += (double)at(x, n, (size_t)iy, (size_t)ix,
                                  o / per_out * per_in + c) *
                       (double)at(weight, o, (size_t)ky, (size_t)kx, c);
            }
          *out++ = clamped((float)sum, a);
        }
}

static void test_conv2d(void **state) {
  (void)state;
  for (int round = 0; round < 3 * ROUNDS; round++) {
    array x = random_image();
    window w;
    char bias_json[32];
    int groups = nn_between(0, 3) ? 1 : nn_between(2, 3);
    if (groups > 1) {
      free(x.x);
      x = random_array(
          4, (size_t[]){1, 9, 8, (size_t)(groups * nn_between(1, 9))}, -2, 2);
    }
    if (!random_window(&w, &x, 3, 3)) {
      free(x.x);
      continue;
    }
    size_t out = (size_t)(groups * nn_between(1, 20));
    array bias = add_bias(out, bias_json);
    array weight = add_weight(4,
                              (size_t[]){out, (size_t)w.k[0], (size_t)w.k[1],
                                         x.dim[3] / (size_t)groups},
                              0);
    act a = random_act();
    sprintf(t.op,
            "{\"op\":\"conv2d\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"weight\":\"w\"%s,\"stride\":[%d,%d],\"dilation\":[%d,%d],"
            "\"groups\":%d,\"pad\":%s%s}",
            bias_json, w.stride[0], w.stride[1], w.dilation[0], w.dilation[1],
            groups, w.json, a.json);
    t.in[0] = x;
    t.want[0] = image(x.dim[0], (size_t)w.out[0], (size_t)w.out[1], out);
    t.in_count = t.want_count = 1;
    conv_reference(&x, &weight, &bias, &w, groups, a, &t.want[0]);
    free(weight.x);
    free(bias.x);
    check(&t, 1e-4f);
  }
}

static void test_depthwise_conv2d(void **state) {
  (void)state;
  for (int round = 0; round < 3 * ROUNDS; round++) {
    array x = random_image();
    window w;
    char bias_json[32];
    if (!random_window(&w, &x, 3, 2)) {
      free(x.x);
      continue;
    }
    size_t out = x.dim[3] * (size_t)(nn_between(0, 3) ? 1 : nn_between(2, 3));
    array bias = add_bias(out, bias_json);
    array weight =
        add_weight(3, (size_t[]){(size_t)w.k[0], (size_t)w.k[1], out}, 2);
    act a = random_act();
    sprintf(t.op,
            "{\"op\":\"depthwise_conv2d\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"weight\":\"w\"%s,\"stride\":[%d,%d],\"dilation\":[%d,%d],"
            "\"pad\":%s%s}",
            bias_json, w.stride[0], w.stride[1], w.dilation[0], w.dilation[1],
            w.json, a.json);
    /* as a grouped convolution: [out, kh, kw, 1] */
    array plain = image(out, (size_t)w.k[0], (size_t)w.k[1], 1);
    size_t taps = (size_t)(w.k[0] * w.k[1]);
    for (size_t o = 0; o < out; o++)
      for (size_t k = 0; k < taps; k++)
        plain.x[o * taps + k] = weight.x[k * out + o];
    t.in[0] = x;
    t.want[0] = image(x.dim[0], (size_t)w.out[0], (size_t)w.out[1], out);
    t.in_count = t.want_count = 1;
    conv_reference(&x, &plain, &bias, &w, (int)x.dim[3], a, &t.want[0]);
    free(plain.x);
    free(weight.x);
    free(bias.x);
    check(&t, 1e-4f);
  }
}

static void test_deconv2d(void **state) {
  (void)state;
  for (int round = 0; round < 3 * ROUNDS; round++) {
    array x = random_image();
    char bias_json[32];
    int k[2], stride[2], extra[2], pad[4], side[2];
    bool fine = true;
    for (int i = 0; i < 2; i++) {
      k[i] = nn_between(1, 5);
      stride[i] = nn_between(1, 3);
      extra[i] = nn_between(0, stride[i] - 1);
      int before = nn_between(0, k[i] - 1), after = nn_between(0, k[i] - 1);
      if (nn_between(0, 1)) before = after = extra[i] = 0;
      pad[i == 0 ? 0 : 3] = before;
      pad[i == 0 ? 2 : 1] = after;
      side[i] = ((int)x.dim[1 + i] - 1) * stride[i] + k[i] + extra[i] - before -
                after;
      fine = fine && side[i] > 0;
    }
    if (!fine) {
      free(x.x);
      continue;
    }
    size_t out = (size_t)nn_between(1, 20);
    array bias = add_bias(out, bias_json);
    array weight =
        add_weight(4, (size_t[]){out, (size_t)k[0], (size_t)k[1], x.dim[3]}, 0);
    act a = random_act();
    sprintf(t.op,
            "{\"op\":\"deconv2d\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"weight\":\"w\"%s,\"stride\":[%d,%d],\"pad\":[%d,%d,%d,%d],"
            "\"output_pad\":[%d,%d]%s}",
            bias_json, stride[0], stride[1], pad[0], pad[1], pad[2], pad[3],
            extra[0], extra[1], a.json);
    array y = image(x.dim[0], (size_t)side[0], (size_t)side[1], out);
    for (size_t i = 0; i < count_of(&y); i++)
      y.x[i] = bias.x[i % out];
    for (size_t n = 0; n < x.dim[0]; n++)
      for (int iy = 0; iy < (int)x.dim[1]; iy++)
        for (int ix = 0; ix < (int)x.dim[2]; ix++)
          for (int ky = 0; ky < k[0]; ky++)
            for (int kx = 0; kx < k[1]; kx++) {
              int oy = iy * stride[0] + ky - pad[0];
              int ox = ix * stride[1] + kx - pad[3];
              if (oy < 0 || oy >= side[0] || ox < 0 || ox >= side[1]) continue;
              for (size_t o = 0; o < out; o++)
                for (size_t c = 0; c < x.dim[3]; c++)
                  y.x[((n * (size_t)side[0] + (size_t)oy) * (size_t)side[1] +
                       (size_t)ox) *
                          out +
                      o] += at(&x, n, (size_t)iy, (size_t)ix, c) *
                            at(&weight, o, (size_t)ky, (size_t)kx, c);
            }
    for (size_t i = 0; i < count_of(&y); i++)
      y.x[i] = clamped(y.x[i], a);
    t.in[0] = x;
    t.want[0] = y;
    t.in_count = t.want_count = 1;
    free(weight.x);
    free(bias.x);
    check(&t, 1e-4f);
  }
}

static void test_fully_connected(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    array x = random_rank((size_t)nn_between(1, 6));
    char bias_json[32];
    size_t in = x.dim[x.rank - 1], out = (size_t)nn_between(1, 40);
    array bias = add_bias(out, bias_json);
    array weight = add_weight(2, (size_t[]){out, in}, 0);
    act a = random_act();
    sprintf(t.op,
            "{\"op\":\"fully_connected\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"weight\":\"w\"%s%s}",
            bias_json, a.json);
    size_t dim[6];
    memcpy(dim, x.dim, sizeof dim);
    dim[x.rank - 1] = out;
    array y = new_array(x.rank, dim);
    for (size_t r = 0; r < count_of(&x) / in; r++)
      for (size_t o = 0; o < out; o++) {
        float sum = bias.x[o];
        for (size_t c = 0; c < in; c++)
          sum += x.x[r * in + c] * weight.x[o * in + c];
        y.x[r * out + o] = clamped(sum, a);
      }
    t.in[0] = x;
    t.want[0] = y;
    t.in_count = t.want_count = 1;
    free(weight.x);
    free(bias.x);
    check(&t, 1e-4f);
  }
}

/* -------------------------------------------------------- broadcasting */

/* Dimension d of a value seen with `rank` dimensions. */
static size_t wide(const array *a, size_t rank, size_t d) {
  return d + a->rank < rank ? 1 : a->dim[d + a->rank - rank];
}

/* Where in `a` the element `i` of a result of this shape comes from. */
static size_t source(const array *a, const array *y, size_t i) {
  size_t offset = 0, step = 1;
  for (size_t d = y->rank; d-- > 0;) {
    size_t at_d = i % y->dim[d], side = wide(a, y->rank, d);
    i /= y->dim[d];
    if (side > 1) offset += at_d * step;
    step *= side;
  }
  return offset;
}

/* Two shapes that go together. */
static void random_pair(array *a, array *b, float from, float to) {
  size_t ra = (size_t)nn_between(1, 6), rb = (size_t)nn_between(1, 6);
  size_t rank = ra > rb ? ra : rb, da[6], db[6];
  for (size_t d = 0; d < rank; d++) {
    size_t n = (size_t)nn_between(1, d + 1 == rank ? 19 : 5);
    size_t x = nn_between(0, 3) ? n : 1, y = nn_between(0, 3) ? n : 1;
    if (d + ra >= rank) da[d + ra - rank] = x;
    if (d + rb >= rank) db[d + rb - rank] = y;
  }
  *a = random_array(ra, da, from, to);
  *b = random_array(rb, db, from, to);
}

static array broadcast_shape(const array *a, const array *b) {
  size_t rank = a->rank > b->rank ? a->rank : b->rank, dim[6];
  for (size_t d = 0; d < rank; d++) {
    size_t x = wide(a, rank, d), y = wide(b, rank, d);
    dim[d] = x == 1 ? y : x;
  }
  return new_array(rank, dim);
}

static float binary(int kind, float a, float b) {
  switch (kind) {
  case 0:
    return a + b;
  case 1:
    return a - b;
  case 2:
    return a * b;
  case 3:
    return a / b;
  case 4:
    return fminf(a, b);
  case 5:
    return fmaxf(a, b);
  default:
    return (a - b) * (a - b);
  }
}

static void test_binary(void **state) {
  static const char *const names[] = {
      "add", "sub", "mul", "div", "min", "max", "squared_difference"};
  (void)state;
  for (int round = 0; round < 7 * ROUNDS; round++) {
    int kind = round % 7, constant = nn_between(0, 2);
    array a, b;
    act bounds = random_act();
    char shape[128];
    random_pair(&a, &b, kind == 3 ? 0.5f : -3, 3);
    array y = broadcast_shape(&a, &b);
    for (size_t i = 0; i < count_of(&y); i++)
      y.x[i] = clamped(
          binary(kind, a.x[source(&a, &y, i)], b.x[source(&b, &y, i)]), bounds);
    if (constant == 2)
      nn_file_tensor(&t.file, "w", "F32", shape_json(&b, shape), b.x,
                     count_of(&b));
    if (constant == 1)
      nn_file_tensor(&t.file, "w", "F32", shape_json(&a, shape), a.x,
                     count_of(&a));
    sprintf(t.op, "{\"op\":\"%s\",\"in\":[\"%s\",\"%s\"],\"out\":[\"o0\"]%s}",
            names[kind], constant == 1 ? "w" : "i0",
            constant == 2   ? "w"
            : constant == 1 ? "i0"
                            : "i1",
            bounds.json);
    t.in[0] = constant == 1 ? b : a;
    t.in[1] = constant == 1 ? a : b; /* freed with the case */
    t.in_count = constant ? 1 : 2;
    t.want[0] = y;
    t.want_count = 1;
    check(&t, 1e-5f);
  }
}

/* A rank 0 constant, and a value used twice by one op. */
static void test_binary_oddities(void **state) {
  (void)state;
  float two = 2;
  t.in[0] = random_rank(3);
  t.want[0] = new_array(3, t.in[0].dim);
  for (size_t i = 0; i < count_of(&t.in[0]); i++)
    t.want[0].x[i] = t.in[0].x[i] * t.in[0].x[i] + 2;
  nn_file_tensor(&t.file, "w", "F32", "[]", &two, 1);
  strcpy(t.op, "{\"op\":\"mul\",\"in\":[\"i0\",\"i0\"],\"out\":[\"a\"]},"
               "{\"op\":\"add\",\"in\":[\"w\",\"a\"],\"out\":[\"o0\"]}");
  t.in_count = t.want_count = 1;
  check(&t, 1e-5f);
}

static void test_prelu(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    array x = random_rank((size_t)nn_between(1, 6));
    size_t c = x.dim[x.rank - 1];
    float *slope = nn_floats(c, -1, 2);
    char shape[32];
    sprintf(shape, "[%zu]", c);
    nn_file_tensor(&t.file, "w", "F32", shape, slope, c);
    t.want[0] = new_array(x.rank, x.dim);
    for (size_t i = 0; i < count_of(&x); i++)
      t.want[0].x[i] = x.x[i] < 0 ? x.x[i] * slope[i % c] : x.x[i];
    t.in[0] = x;
    strcpy(t.op, "{\"op\":\"prelu\",\"in\":[\"i0\",\"w\"],\"out\":[\"o0\"]}");
    t.in_count = t.want_count = 1;
    free(slope);
    check(&t, 1e-5f);
  }
}

static void test_batch_matmul(void **state) {
  (void)state;
  for (int round = 0; round < 2 * ROUNDS; round++) {
    array a, b;
    char shape[128];
    size_t m = (size_t)nn_between(1, 20), k = (size_t)nn_between(1, 20);
    size_t n = (size_t)nn_between(1, 40);
    bool transposed = nn_between(0, 1), constant = nn_between(0, 3) == 0;
    random_pair(&a, &b, -1, 1); /* for the batch dimensions */
    free(a.x);
    free(b.x);
    a.rank = a.rank > 4 ? 4 : a.rank;
    b.rank = b.rank > 4 ? 4 : b.rank;
    if (round % 2) a.rank = b.rank = 0;
    size_t rank = a.rank > b.rank ? a.rank : b.rank;
    for (size_t d = 0; d < rank; d++) { /* truncating may have broken them */
      size_t x = wide(&a, rank, d), y = wide(&b, rank, d);
      if (x != y && x != 1 && y != 1) a.dim[d + a.rank - rank] = y;
    }
    a.dim[a.rank++] = m;
    a.dim[a.rank++] = k;
    b.dim[b.rank++] = transposed ? n : k;
    b.dim[b.rank++] = transposed ? k : n;
    a = random_array(a.rank, a.dim, -1, 1);
    b = random_array(b.rank, b.dim, -1, 1);
    array sa = {.rank = a.rank - 2}, sb = {.rank = b.rank - 2};
    memcpy(sa.dim, a.dim, sa.rank * sizeof *sa.dim);
    memcpy(sb.dim, b.dim, sb.rank * sizeof *sb.dim);
    array batch = broadcast_shape(&sa, &sb);
    size_t dim[6];
    memcpy(dim, batch.dim, batch.rank * sizeof *dim);
    dim[batch.rank] = m;
    dim[batch.rank + 1] = n;
    array y = new_array(batch.rank + 2, dim);
    for (size_t i = 0; i < count_of(&batch); i++) {
      const float *pa = a.x + source(&sa, &batch, i) * m * k;
      const float *pb = b.x + source(&sb, &batch, i) * k * n;
      for (size_t r = 0; r < m; r++)
        for (size_t c = 0; c < n; c++) {
          float sum = 0;
          for (size_t j = 0; j < k; j++)
            sum += pa[r * k + j] * pb[transposed ? c * k + j : j * n + c];
          y.x[(i * m + r) * n + c] = sum;
        }
    }
    free(batch.x);
    if (constant)
      nn_file_tensor(&t.file, "w", "F32", shape_json(&b, shape), b.x,
                     count_of(&b));
    sprintf(t.op,
            "{\"op\":\"batch_matmul\",\"in\":[\"i0\",\"%s\"],\"out\":[\"o0\"],"
            "\"transpose_b\":%s}",
            constant ? "w" : "i1", transposed ? "true" : "false");
    t.in[0] = a;
    t.in[1] = b;
    t.in_count = constant ? 1 : 2;
    t.want[0] = y;
    t.want_count = 1;
    check(&t, 1e-4f);
  }
}

/* -------------------------------------------------------------- unary */

static float gelu(float x) {
  return 0.5f * x * (1 + erff(x * 0.70710678f));
}

static float hardswish(float x) {
  return x * fminf(fmaxf(x + 3, 0), 6) / 6;
}

static float unary(const char *name, float x) {
  if (!strcmp(name, "relu")) return fmaxf(x, 0);
  if (!strcmp(name, "relu6")) return fminf(fmaxf(x, 0), 6);
  if (!strcmp(name, "sigmoid")) return 1 / (1 + expf(-x));
  if (!strcmp(name, "tanh")) return tanhf(x);
  if (!strcmp(name, "hardswish")) return hardswish(x);
  if (!strcmp(name, "gelu")) return gelu(x);
  if (!strcmp(name, "exp")) return expf(x);
  if (!strcmp(name, "sqrt")) return sqrtf(x);
  if (!strcmp(name, "rsqrt")) return 1 / sqrtf(x);
  if (!strcmp(name, "abs")) return fabsf(x);
  if (!strcmp(name, "neg")) return -x;
  if (!strcmp(name, "square")) return x * x;
  return floorf(x);
}

static void test_unary(void **state) {
  static const char *const names[] = {
      "relu", "relu6", "sigmoid", "tanh", "hardswish", "gelu",  "exp",
      "sqrt", "rsqrt", "abs",     "neg",  "square",    "floor",
  };
  (void)state;
  for (int round = 0; round < 13 * 8; round++) {
    const char *name = names[round % 13];
    bool positive = !strcmp(name, "sqrt") || !strcmp(name, "rsqrt");
    size_t rank = (size_t)nn_between(1, 6), dim[6];
    for (size_t d = 0; d < rank; d++)
      dim[d] = (size_t)nn_between(1, rank == 1 ? 9999 : 8);
    array x = random_array(rank, dim, positive ? 0.01f : -8, 8);
    t.want[0] = new_array(rank, dim);
    for (size_t i = 0; i < count_of(&x); i++)
      t.want[0].x[i] = unary(name, x.x[i]);
    t.in[0] = x;
    sprintf(t.op, "{\"op\":\"%s\",\"in\":[\"i0\"],\"out\":[\"o0\"]}", name);
    t.in_count = t.want_count = 1;
    check(&t, 1e-5f);
  }
}

static void test_clamp_and_leaky_relu(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    array x = random_rank(3);
    t.want[0] = new_array(x.rank, x.dim);
    for (size_t i = 0; i < count_of(&x); i++)
      t.want[0].x[i] = round % 3 == 0   ? fminf(fmaxf(x.x[i], -0.5f), 1.25f)
                       : round % 3 == 1 ? fminf(x.x[i], 0.5f)
                       : x.x[i] < 0     ? x.x[i] * 0.125f
                                        : x.x[i];
    t.in[0] = x;
    sprintf(t.op, "{\"op\":\"%s\",\"in\":[\"i0\"],\"out\":[\"o0\"],%s}",
            round % 3 == 2 ? "leaky_relu" : "clamp",
            round % 3 == 0   ? "\"min\":-0.5,\"max\":1.25"
            : round % 3 == 1 ? "\"max\":0.5"
                             : "\"alpha\":0.125");
    t.in_count = t.want_count = 1;
    check(&t, 1e-6f);
  }
}

static void test_softmax(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    array x = random_rank((size_t)nn_between(1, 6));
    size_t c = x.dim[x.rank - 1];
    t.want[0] = new_array(x.rank, x.dim);
    for (size_t r = 0; r < count_of(&x) / c; r++) {
      double sum = 0;
      for (size_t i = 0; i < c; i++)
        sum += exp((double)x.x[r * c + i]);
      for (size_t i = 0; i < c; i++)
        t.want[0].x[r * c + i] = (float)(exp((double)x.x[r * c + i]) / sum);
    }
    t.in[0] = x;
    strcpy(t.op, "{\"op\":\"softmax\",\"in\":[\"i0\"],\"out\":[\"o0\"]}");
    t.in_count = t.want_count = 1;
    check(&t, 1e-5f);
  }
}

/* --------------------------------------------------------------- pools */

static void test_pools(void **state) {
  (void)state;
  for (int round = 0; round < 4 * ROUNDS; round++) {
    array x = random_image();
    window w;
    bool average = round % 2;
    if (!random_window(&w, &x, 4, 1)) {
      free(x.x);
      continue;
    }
    array y = image(x.dim[0], (size_t)w.out[0], (size_t)w.out[1], x.dim[3]);
    float *out = y.x;
    for (size_t n = 0; n < y.dim[0]; n++)
      for (int oy = 0; oy < w.out[0]; oy++)
        for (int ox = 0; ox < w.out[1]; ox++)
          for (size_t c = 0; c < x.dim[3]; c++) {
            float most = -INFINITY, sum = 0;
            int inside = 0;
            for (int ky = 0; ky < w.k[0]; ky++)
              for (int kx = 0; kx < w.k[1]; kx++) {
                int iy = tap(&w, 0, oy, ky, x.dim[1]);
                int ix = tap(&w, 1, ox, kx, x.dim[2]);
                if (iy < 0 || ix < 0) continue;
                float v = at(&x, n, (size_t)iy, (size_t)ix, c);
                most = fmaxf(most, v);
                sum += v;
                inside++;
              }
            *out++ = average ? sum / (float)inside : most;
          }
    sprintf(t.op,
            "{\"op\":\"%s_pool2d\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"size\":[%d,%d],\"stride\":[%d,%d],\"pad\":%s}",
            average ? "avg" : "max", w.k[0], w.k[1], w.stride[0], w.stride[1],
            w.json);
    t.in[0] = x;
    t.want[0] = y;
    t.in_count = t.want_count = 1;
    check(&t, 1e-5f);
  }
}

static void test_reduce(void **state) {
  (void)state;
  for (int round = 0; round < 3 * ROUNDS; round++) {
    array x = random_rank((size_t)nn_between(1, 6));
    bool gone[6] = {false}, keep = nn_between(0, 1), mean = nn_between(0, 1);
    char axes[64] = "", *p = axes;
    size_t dim[6], rank = 0, terms = 1;
    int first = nn_between(0, (int)x.rank - 1);
    for (size_t d = 0; d < x.rank; d++) {
      gone[d] = d == (size_t)first || nn_between(0, 1);
      if (gone[d]) {
        int axis = nn_between(0, 1) ? (int)d : (int)d - (int)x.rank;
        p += sprintf(p, "%s%d", p > axes ? "," : "", axis);
        terms *= x.dim[d];
      }
      if (!gone[d] || keep) dim[rank++] = gone[d] ? 1 : x.dim[d];
    }
    if (rank == 0) dim[rank++] = 1;
    array kept = {.rank = x.rank}, y = new_array(rank, dim);
    for (size_t d = 0; d < x.rank; d++)
      kept.dim[d] = gone[d] ? 1 : x.dim[d];
    for (size_t i = 0; i < count_of(&x); i++)
      y.x[source(&kept, &x, i)] += x.x[i] / (float)(mean ? terms : 1);
    sprintf(t.op,
            "{\"op\":\"%s\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"axes\":[%s],\"keep_dims\":%s}",
            mean ? "mean" : "sum", axes, keep ? "true" : "false");
    t.in[0] = x;
    t.want[0] = y;
    t.in_count = t.want_count = 1;
    check(&t, 1e-5f);
  }
}

/* -------------------------------------------------------------- layout */

static void test_concat_and_split(void **state) {
  (void)state;
  for (int round = 0; round < 2 * ROUNDS; round++) {
    array whole = random_rank((size_t)nn_between(1, 6));
    size_t axis = (size_t)nn_between(0, (int)whole.rank - 1);
    int parts = nn_between(1, MOST_INPUTS);
    bool split = round % 2;
    size_t sizes[MOST_INPUTS], dim[6], inner = 1, from = 0;
    free(whole.x);
    whole.dim[axis] = 0;
    for (int i = 0; i < parts; i++) {
      sizes[i] = split && i ? sizes[0] : (size_t)nn_between(1, 9);
      whole.dim[axis] += sizes[i];
    }
    whole = random_array(whole.rank, whole.dim, -1, 1);
    for (size_t d = axis + 1; d < whole.rank; d++)
      inner *= whole.dim[d];
    char names[64] = "", *p = names;
    for (int i = 0; i < parts; i++) {
      memcpy(dim, whole.dim, sizeof dim);
      dim[axis] = sizes[i];
      array part = new_array(whole.rank, dim);
      size_t run = sizes[i] * inner;
      for (size_t k = 0; k < count_of(&part); k++)
        part.x[k] =
            whole.x[k / run * whole.dim[axis] * inner + from * inner + k % run];
      from += sizes[i];
      *(split ? &t.want[i] : &t.in[i]) = part;
      p += sprintf(p, "%s\"%s%d\"", i ? "," : "", split ? "o" : "i", i);
    }
    *(split ? &t.in[0] : &t.want[0]) = whole;
    t.in_count = split ? 1 : parts;
    t.want_count = split ? parts : 1;
    int signed_axis =
        nn_between(0, 1) ? (int)axis : (int)axis - (int)whole.rank;
    sprintf(t.op, "{\"op\":\"%s\",\"in\":[%s],\"out\":[%s],\"axis\":%d}",
            split ? "split" : "concat", split ? "\"i0\"" : names,
            split ? names : "\"o0\"", signed_axis);
    check(&t, 0);
  }
}

static void test_concat_many(void **state) {
  (void)state;
  char *p = t.op;
  t.in[0] = random_rank(2);
  size_t w = t.in[0].dim[1], h = t.in[0].dim[0];
  t.want[0] = new_array(2, (size_t[]){h, 16 * w});
  for (size_t i = 0; i < 16 * w * h; i++)
    t.want[0].x[i] = t.in[0].x[i / (16 * w) * w + i % w];
  p += sprintf(p, "{\"op\":\"concat\",\"in\":[");
  for (int i = 0; i < 16; i++)
    p += sprintf(p, "%s\"i0\"", i ? "," : "");
  sprintf(p, "],\"out\":[\"o0\"],\"axis\":1}");
  t.in_count = t.want_count = 1;
  check(&t, 0);
}

/* Copies x[from + i] of a larger into a smaller array, or the other way. */
static void window_copy(const array *large, const array *small,
                        const size_t *begin, bool extract) {
  for (size_t i = 0; i < count_of(small); i++) {
    size_t rest = i, offset = 0, step = 1;
    for (size_t d = small->rank; d-- > 0;) {
      offset += (begin[d] + rest % small->dim[d]) * step;
      rest /= small->dim[d];
      step *= large->dim[d];
    }
    if (extract)
      small->x[i] = large->x[offset];
    else
      large->x[offset] = small->x[i];
  }
}

static void test_slice(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    array x = random_rank((size_t)nn_between(1, 6));
    size_t begin[6], dim[6];
    char from[64] = "", size[64] = "", *f = from, *s = size;
    for (size_t d = 0; d < x.rank; d++) {
      bool to_end = nn_between(0, 2) == 0;
      begin[d] = (size_t)nn_between(0, (int)x.dim[d] - 1);
      dim[d] = (size_t)nn_between(1, (int)(x.dim[d] - begin[d]));
      if (to_end) dim[d] = x.dim[d] - begin[d];
      f += sprintf(f, "%s%zu", d ? "," : "", begin[d]);
      s += sprintf(s, "%s%d", d ? "," : "", to_end ? -1 : (int)dim[d]);
    }
    t.in[0] = x;
    t.want[0] = new_array(x.rank, dim);
    window_copy(&x, &t.want[0], begin, true);
    sprintf(t.op,
            "{\"op\":\"slice\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"begin\":[%s],\"size\":[%s]}",
            from, size);
    t.in_count = t.want_count = 1;
    check(&t, 0);
  }
}

static void test_pad(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    array x = random_rank((size_t)nn_between(1, 6));
    size_t before[6], dim[6];
    char b[64] = "", a[64] = "", *pb = b, *pa = a;
    for (size_t d = 0; d < x.rank; d++) {
      bool none = nn_between(0, 1);
      before[d] = none ? 0 : (size_t)nn_between(0, 3);
      size_t after = none ? 0 : (size_t)nn_between(0, 3);
      dim[d] = x.dim[d] + before[d] + after;
      pb += sprintf(pb, "%s%zu", d ? "," : "", before[d]);
      pa += sprintf(pa, "%s%zu", d ? "," : "", after);
    }
    t.in[0] = x;
    t.want[0] = new_array(x.rank, dim);
    for (size_t i = 0; i < count_of(&t.want[0]); i++)
      t.want[0].x[i] = -1.5f;
    window_copy(&t.want[0], &x, before, false);
    sprintf(t.op,
            "{\"op\":\"pad\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"before\":[%s],\"after\":[%s],\"value\":-1.5}",
            b, a);
    t.in_count = t.want_count = 1;
    check(&t, 0);
  }
}

static void test_reshape(void **state) {
  (void)state;
  static const struct {
    const char *shape;
    size_t rank, dim[6];
  } cases[] = {{"[4,30]", 2, {4, 30}},
               {"[-1]", 1, {120}},
               {"[0,-1,2]", 3, {2, 30, 2}},
               {"[0,0,0,0]", 4, {2, 3, 4, 5}},
               {"[1,1,60,1,2,1]", 6, {1, 1, 60, 1, 2, 1}}};
  for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
    t.in[0] = random_array(4, (size_t[]){2, 3, 4, 5}, -1, 1);
    t.want[0] = new_array(cases[k].rank, cases[k].dim);
    memcpy(t.want[0].x, t.in[0].x, 120 * sizeof(float));
    sprintf(t.op,
            "{\"op\":\"reshape\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"shape\":%s}",
            cases[k].shape);
    t.in_count = t.want_count = 1;
    check(&t, 0);
  }
}

static void test_transpose(void **state) {
  (void)state;
  for (int round = 0; round < 2 * ROUNDS; round++) {
    array x = random_rank((size_t)nn_between(1, 6));
    size_t perm[6], dim[6], stride[6], step = 1;
    char text[64] = "", *p = text;
    for (size_t d = 0; d < x.rank; d++)
      perm[d] = d;
    for (size_t d = x.rank; d-- > 1;) {
      size_t other = (size_t)nn_between(0, (int)d), moved = perm[d];
      perm[d] = perm[other];
      perm[other] = moved;
    }
    for (size_t d = x.rank; d-- > 0;) {
      stride[d] = step;
      step *= x.dim[d];
    }
    for (size_t d = 0; d < x.rank; d++) {
      dim[d] = x.dim[perm[d]];
      p += sprintf(p, "%s%zu", d ? "," : "", perm[d]);
    }
    t.in[0] = x;
    t.want[0] = new_array(x.rank, dim);
    for (size_t i = 0; i < count_of(&x); i++) {
      size_t rest = i, from = 0;
      for (size_t d = x.rank; d-- > 0;) {
        from += rest % dim[d] * stride[perm[d]];
        rest /= dim[d];
      }
      t.want[0].x[i] = x.x[from];
    }
    sprintf(t.op,
            "{\"op\":\"transpose\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "\"perm\":[%s]}",
            text);
    t.in_count = t.want_count = 1;
    check(&t, 0);
  }
}

/* Position in the input of the result's pixel o, clamped to it. */
static float resize_position(int mode, size_t o, size_t in, size_t out) {
  float scale = (float)in / (float)out;
  if (mode == 1)
    return out > 1 ? (float)o * (float)(in - 1) / (float)(out - 1) : 0;
  float p = mode == 0 ? ((float)o + 0.5f) * scale - 0.5f : (float)o * scale;
  return fminf(fmaxf(p, 0), (float)(in - 1));
}

static void test_resize_bilinear(void **state) {
  static const char *const modes[] = {"half_pixel", "align_corners",
                                      "asymmetric"};
  (void)state;
  for (int round = 0; round < 3 * ROUNDS; round++) {
    array x = random_image();
    int mode = round % 3;
    bool factors = nn_between(0, 1);
    size_t out[2];
    char how[64];
    for (int i = 0; i < 2; i++)
      out[i] = factors ? 2 * x.dim[1 + i] : (size_t)nn_between(1, 30);
    sprintf(how, factors ? "\"scale\":[2,2.0]" : "\"size\":[%zu,%zu]", out[0],
            out[1]);
    array y = image(x.dim[0], out[0], out[1], x.dim[3]);
    float *p = y.x;
    for (size_t n = 0; n < x.dim[0]; n++)
      for (size_t oy = 0; oy < out[0]; oy++)
        for (size_t ox = 0; ox < out[1]; ox++)
          for (size_t c = 0; c < x.dim[3]; c++) {
            float fy = resize_position(mode, oy, x.dim[1], out[0]);
            float fx = resize_position(mode, ox, x.dim[2], out[1]);
            size_t y0 = (size_t)fy, x0 = (size_t)fx;
            size_t y1 = y0 + 1 < x.dim[1] ? y0 + 1 : y0;
            size_t x1 = x0 + 1 < x.dim[2] ? x0 + 1 : x0;
            float ay = fy - (float)y0, ax = fx - (float)x0;
            *p++ = (1 - ay) * ((1 - ax) * at(&x, n, y0, x0, c) +
                               ax * at(&x, n, y0, x1, c)) +
                   ay * ((1 - ax) * at(&x, n, y1, x0, c) +
                         ax * at(&x, n, y1, x1, c));
          }
    sprintf(t.op,
            "{\"op\":\"resize_bilinear\",\"in\":[\"i0\"],\"out\":[\"o0\"],"
            "%s,\"mode\":\"%s\"}",
            how, modes[mode]);
    t.in[0] = x;
    t.want[0] = y;
    t.in_count = t.want_count = 1;
    check(&t, 2e-5f);
  }
}

static void test_resize_nearest(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    array x = random_image();
    bool factors = nn_between(0, 1);
    size_t out[2], scale = (size_t)nn_between(1, 3);
    char how[64];
    for (int i = 0; i < 2; i++)
      out[i] = factors ? scale * x.dim[1 + i] : (size_t)nn_between(1, 30);
    if (factors)
      sprintf(how, "\"scale\":[%zu,%zu]", scale, scale);
    else
      sprintf(how, "\"size\":[%zu,%zu]", out[0], out[1]);
    array y = image(x.dim[0], out[0], out[1], x.dim[3]);
    float *p = y.x;
    for (size_t n = 0; n < x.dim[0]; n++)
      for (size_t oy = 0; oy < out[0]; oy++)
        for (size_t ox = 0; ox < out[1]; ox++)
          for (size_t c = 0; c < x.dim[3]; c++)
            *p++ = at(&x, n, oy * x.dim[1] / out[0], ox * x.dim[2] / out[1], c);
    sprintf(t.op,
            "{\"op\":\"resize_nearest\",\"in\":[\"i0\"],\"out\":[\"o0\"],%s}",
            how);
    t.in[0] = x;
    t.want[0] = y;
    t.in_count = t.want_count = 1;
    check(&t, 0);
  }
}

static void test_depth_and_space(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    size_t k = (size_t)nn_between(1, 3), h = (size_t)nn_between(1, 6);
    size_t w = (size_t)nn_between(1, 6), c = (size_t)nn_between(1, 5), n = 2;
    bool to_space = round % 2;
    array deep = random_array(4, (size_t[]){n, h, w, k * k * c}, -1, 1);
    array wide_one = image(n, h * k, w * k, c);
    float *p = wide_one.x;
    for (size_t b = 0; b < n; b++)
      for (size_t y = 0; y < h * k; y++)
        for (size_t x = 0; x < w * k; x++)
          for (size_t i = 0; i < c; i++)
            *p++ = at(&deep, b, y / k, x / k, (y % k * k + x % k) * c + i);
    t.in[0] = to_space ? deep : wide_one;
    t.want[0] = to_space ? wide_one : deep;
    sprintf(t.op,
            "{\"op\":\"%s\",\"in\":[\"i0\"],\"out\":[\"o0\"],\"block\":%zu}",
            to_space ? "depth_to_space" : "space_to_depth", k);
    t.in_count = t.want_count = 1;
    check(&t, 0);
  }
}

static void test_argmax(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    size_t rank = (size_t)nn_between(1, 4), dim[4];
    for (size_t d = 0; d < rank; d++)
      dim[d] = (size_t)nn_between(1, 30);
    array x = new_array(rank, dim);
    size_t c = dim[rank - 1], one = 1;
    for (size_t i = 0; i < count_of(&x); i++) /* with many ties */
      x.x[i] = (float)nn_between(-9, 9);
    t.want[0] = rank > 1 ? new_array(rank - 1, dim) : new_array(1, &one);
    for (size_t r = 0; r < count_of(&t.want[0]); r++) {
      size_t best = 0;
      for (size_t i = 0; i < c; i++)
        if (x.x[r * c + i] > x.x[r * c + best]) best = i;
      t.want[0].x[r] = (float)best;
    }
    t.in[0] = x;
    strcpy(t.op, "{\"op\":\"argmax\",\"in\":[\"i0\"],\"out\":[\"o0\"]}");
    t.in_count = t.want_count = 1;
    check(&t, 0);
  }
}

static void test_norms(void **state) {
  (void)state;
  for (int round = 0; round < 2 * ROUNDS; round++) {
    bool layer = round % 2;
    int groups = layer ? 1 : nn_between(1, 4);
    size_t dim[4] = {(size_t)nn_between(1, 3), (size_t)nn_between(1, 9),
                     (size_t)nn_between(1, 9),
                     (size_t)(groups * nn_between(1, 12))};
    array x = random_array(4, dim, 2, 7);
    size_t c = dim[3], per = c / (size_t)groups;
    size_t rows = layer ? 1 : dim[1] * dim[2];
    float *weight = nn_floats(c, -2, 2), *bias = nn_floats(c, -1, 1);
    char shape[32], attribute[32] = "";
    sprintf(shape, "[%zu]", c);
    nn_file_tensor(&t.file, "w", "F32", shape, weight, c);
    nn_file_tensor(&t.file, "b", "F32", shape, bias, c);
    t.want[0] = new_array(4, dim);
    for (size_t f = 0; f < count_of(&x) / (rows * c); f++)
      for (size_t g = 0; g < (size_t)groups; g++) {
        double sum = 0, squares = 0, n = (double)(rows * per);
        size_t start = f * rows * c + g * per;
        for (size_t i = 0; i < rows * per; i++)
          sum += (double)x.x[start + i / per * c + i % per];
        for (size_t i = 0; i < rows * per; i++)
          squares +=
              pow((double)x.x[start + i / per * c + i % per] - sum / n, 2);
        for (size_t i = 0; i < rows * per; i++) {
          size_t k = start + i / per * c + i % per;
          t.want[0].x[k] =
              (float)(((double)x.x[k] - sum / n) / sqrt(squares / n + 1e-3) *
                          (double)weight[k % c] +
                      (double)bias[k % c]);
        }
      }
    t.in[0] = x;
    if (!layer) sprintf(attribute, ",\"groups\":%d", groups);
    sprintf(t.op,
            "{\"op\":\"%s\",\"in\":[\"i0\"],\"out\":[\"o0\"],\"weight\":\"w\","
            "\"bias\":\"b\",\"epsilon\":1e-3%s}",
            layer ? "layer_norm" : "group_norm", attribute);
    t.in_count = t.want_count = 1;
    free(weight);
    free(bias);
    check(&t, 1e-4f);
  }
}

/* ------------------------------------------------------- ops together */

/* A pad before a convolution becomes the convolution's own: the result is that
 * of an explicit pad. */
static void test_pad_and_conv(void **state) {
  (void)state;
  for (int round = 0; round < ROUNDS; round++) {
    size_t out = 5;
    array x = random_array(4, (size_t[]){1, 7, 6, 3}, -1, 1);
    window w = {{3, 3}, {1, 1}, {1, 1}, {0}, {0}, ""};
    array bias = new_array(1, &out);
    array weight = add_weight(4, (size_t[]){out, 3, 3, 3}, 0);
    int before[2] = {nn_between(0, 4), nn_between(0, 4)};
    int after[2] = {nn_between(0, 4), nn_between(0, 4)};
    w.stride[0] = w.stride[1] = nn_between(1, 2);
    for (int i = 0; i < 2; i++) {
      w.pad[i == 0 ? 0 : 3] = before[i];
      w.pad[i == 0 ? 2 : 1] = after[i];
      w.out[i] =
          ((int)x.dim[1 + i] + before[i] + after[i] - 3) / w.stride[i] + 1;
    }
    act none = {"", -INFINITY, INFINITY};
    t.in[0] = x;
    t.want[0] = image(1, (size_t)w.out[0], (size_t)w.out[1], out);
    conv_reference(&x, &weight, &bias, &w, 1, none, &t.want[0]);
    sprintf(t.op,
            "{\"op\":\"pad\",\"in\":[\"i0\"],\"out\":[\"p\"],"
            "\"before\":[0,%d,%d,0],\"after\":[0,%d,%d,0]},"
            "{\"op\":\"conv2d\",\"in\":[\"p\"],\"out\":[\"o0\"],"
            "\"weight\":\"w\",\"stride\":[%d,%d],\"pad\":\"valid\"}",
            before[0], before[1], after[0], after[1], w.stride[0], w.stride[1]);
    t.in_count = t.want_count = 1;
    free(weight.x);
    free(bias.x);
    check(&t, 1e-4f);
  }
}

/* Clamps after clamps after an op; the middle value read by others or not. */
static void test_fused_clamps(void **state) {
  (void)state;
  for (int round = 0; round < 4; round++) {
    bool first_is_output = round & 1, second_is_output = round & 2;
    array x = random_rank(3), y = random_array(3, x.dim, -3, 3);
    size_t n = count_of(&x);
    t.in[0] = x;
    t.in[1] = y;
    t.in_count = 2;
    float *sum = calloc(n, sizeof *sum), *one = calloc(n, sizeof *one);
    float *two = calloc(n, sizeof *two);
    for (size_t i = 0; i < n; i++) {
      sum[i] = fminf(fmaxf(x.x[i] + y.x[i], -1), 1);
      one[i] = fmaxf(sum[i], 0);
      two[i] = fminf(fmaxf(one[i], 0.25f), 0.75f);
    }
    sprintf(t.op,
            "{\"op\":\"add\",\"in\":[\"i0\",\"i1\"],\"out\":[\"%s\"],"
            "\"act\":\"relu_n1_to_1\"},"
            "{\"op\":\"relu\",\"in\":[\"%s\"],\"out\":[\"%s\"]},"
            "{\"op\":\"clamp\",\"in\":[\"%s\"],\"out\":[\"o0\"],\"min\":0.25,"
            "\"max\":0.75}",
            first_is_output ? "o1" : "a", first_is_output ? "o1" : "a",
            second_is_output ? (first_is_output ? "o2" : "o1") : "b",
            second_is_output ? (first_is_output ? "o2" : "o1") : "b");
    float *want[3] = {two};
    int count = 1;
    if (first_is_output) want[count++] = sum;
    if (second_is_output) want[count++] = one;
    t.want_count = count;
    for (int i = 0; i < count; i++) {
      t.want[i] = new_array(3, x.dim);
      memcpy(t.want[i].x, want[i], n * sizeof(float));
    }
    free(sum);
    free(one);
    free(two);
    check(&t, 1e-6f);
  }
}

/* Values that are outputs and operands at once, views of inputs and outputs,
 * results that could overwrite what is still needed. */
static void test_shared_buffers(void **state) {
  (void)state;
  array x = random_array(2, (size_t[]){6, 4}, -1, 1);
  t.in[0] = x;
  t.in_count = 1;
  t.want_count = 4;
  t.want[0] = new_array(2, x.dim);            /* -x, also read by others */
  t.want[1] = new_array(1, (size_t[]){24});   /* a view of it */
  t.want[2] = new_array(2, (size_t[]){4, 6}); /* a view of the input */
  t.want[3] = new_array(2, x.dim);            /* the rest */
  for (size_t i = 0; i < 24; i++) {
    float neg = -x.x[i];
    t.want[0].x[i] = t.want[1].x[i] = neg;
    t.want[2].x[i] = x.x[i];
    float square = neg * neg;
    t.want[3].x[i] = fabsf(square - 0.5f * neg) + square + neg;
  }
  float half = 0.5f;
  nn_file_tensor(&t.file, "half", "F32", "[1]", &half, 1);
  strcpy(t.op,
         "{\"op\":\"neg\",\"in\":[\"i0\"],\"out\":[\"o0\"]},"
         "{\"op\":\"reshape\",\"in\":[\"o0\"],\"out\":[\"o1\"],\"shape\":[24]},"
         "{\"op\":\"reshape\",\"in\":[\"i0\"],\"out\":[\"o2\"],"
         "\"shape\":[4,6]},"
         "{\"op\":\"square\",\"in\":[\"o1\"],\"out\":[\"s\"]},"
         "{\"op\":\"reshape\",\"in\":[\"s\"],\"out\":[\"s2\"],\"shape\":[6,4]},"
         "{\"op\":\"mul\",\"in\":[\"o0\",\"half\"],\"out\":[\"h\"]},"
         "{\"op\":\"sub\",\"in\":[\"s2\",\"h\"],\"out\":[\"d\"]},"
         "{\"op\":\"abs\",\"in\":[\"d\"],\"out\":[\"e\"]},"
         "{\"op\":\"reshape\",\"in\":[\"s\"],\"out\":[\"s3\"],\"shape\":[6,4]},"
         "{\"op\":\"add\",\"in\":[\"e\",\"s3\"],\"out\":[\"f\"]},"
         "{\"op\":\"add\",\"in\":[\"f\",\"o0\"],\"out\":[\"o3\"]}");
  check(&t, 1e-6f);
}

/* A random chain of element-wise ops and views on a few values: what is shared
 * and overwritten must never show. */
static void test_random_graphs(void **state) {
  (void)state;
  for (int round = 0; round < 4 * ROUNDS; round++) {
    enum { N = 24, OPS = 14 };
    float values[OPS + 1][N];
    char *p = t.op;
    bool used[OPS + 1] = {false};
    t.in[0] = random_array(2, (size_t[]){4, 6}, -1, 1);
    memcpy(values[0], t.in[0].x, sizeof values[0]);
    for (int v = 1; v <= OPS; v++) {
      int a = v == 1 ? 0 : nn_between(v > 4 ? v - 4 : 0, v - 1);
      int b = nn_between(v > 4 ? v - 4 : 0, v - 1), kind = nn_between(0, 3);
      const char *out = v == OPS ? "o0" : NULL;
      char name[16];
      snprintf(name, sizeof name, "v%d", v);
      if (!out) out = name;
      used[a] = true;
      if (kind == 2) used[b] = true;
      char from[2][16];
      snprintf(from[0], 16, a ? "v%d" : "i0", a);
      snprintf(from[1], 16, b ? "v%d" : "i0", b);
      for (int i = 0; i < N; i++)
        values[v][i] = kind == 0   ? -values[a][i]
                       : kind == 1 ? fabsf(values[a][i])
                       : kind == 2 ? 0.5f * (values[a][i] + values[b][i])
                                   : values[a][i];
      if (v > 1) p += sprintf(p, ",");
      if (kind < 2)
        p += sprintf(p, "{\"op\":\"%s\",\"in\":[\"%s\"],\"out\":[\"%s\"]}",
                     kind ? "abs" : "neg", from[0], out);
      else if (kind == 3)
        p += sprintf(p,
                     "{\"op\":\"reshape\",\"in\":[\"%s\"],\"out\":[\"%s\"],"
                     "\"shape\":[4,6]}",
                     from[0], out);
      else
        p += sprintf(p,
                     "{\"op\":\"add\",\"in\":[\"%s\",\"%s\"],\"out\":[\"t%d\"]}"
                     ",{\"op\":\"mul\",\"in\":[\"t%d\",\"half\"],"
                     "\"out\":[\"%s\"]}",
                     from[0], from[1], v, v, out);
    }
    /* What nothing reads is added up, so that every value counts. */
    float rest[N] = {0}, half = 0.5f;
    const char *sum = NULL;
    char last[16] = "";
    for (int v = 1; v < OPS; v++) {
      if (used[v]) continue;
      for (int i = 0; i < N; i++)
        rest[i] += values[v][i];
      if (!sum) {
        snprintf(last, sizeof last, "v%d", v);
        sum = last;
        continue;
      }
      p += sprintf(p,
                   ",{\"op\":\"add\",\"in\":[\"%s\",\"v%d\"],"
                   "\"out\":[\"s%d\"]}",
                   last, v, v);
      snprintf(last, sizeof last, "s%d", v);
    }
    t.want[0] = new_array(2, t.in[0].dim);
    memcpy(t.want[0].x, values[OPS], sizeof values[OPS]);
    t.want_count = t.in_count = 1;
    if (sum) {
      sprintf(p,
              ",{\"op\":\"reshape\",\"in\":[\"%s\"],\"out\":[\"o1\"],"
              "\"shape\":[24]}",
              last);
      t.want[1] = new_array(1, (size_t[]){N});
      memcpy(t.want[1].x, rest, sizeof rest);
      t.want_count = 2;
    }
    nn_file_tensor(&t.file, "half", "F32", "[1]", &half, 1);
    if (!strstr(t.op, "half")) nn_file_free(&t.file);
    check(&t, 1e-5f);
  }
}

static int make_engines(void **state) {
  (void)state;
  pa_error err;
  if (pa_nn_engine_create(&err, 1, &engines[0]) ||
      pa_nn_engine_create(&err, 2, &engines[1]))
    return 1;
  engines[1]->least_threaded_work = 0;
  return 0;
}

static int destroy_engines(void **state) {
  (void)state;
  pa_nn_engine_destroy(engines[0]);
  pa_nn_engine_destroy(engines[1]);
  return pa_mem_used() != 0; /* nothing leaks */
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_conv2d),
      cmocka_unit_test(test_depthwise_conv2d),
      cmocka_unit_test(test_deconv2d),
      cmocka_unit_test(test_fully_connected),
      cmocka_unit_test(test_binary),
      cmocka_unit_test(test_binary_oddities),
      cmocka_unit_test(test_prelu),
      cmocka_unit_test(test_batch_matmul),
      cmocka_unit_test(test_unary),
      cmocka_unit_test(test_clamp_and_leaky_relu),
      cmocka_unit_test(test_softmax),
      cmocka_unit_test(test_pools),
      cmocka_unit_test(test_reduce),
      cmocka_unit_test(test_concat_and_split),
      cmocka_unit_test(test_concat_many),
      cmocka_unit_test(test_slice),
      cmocka_unit_test(test_pad),
      cmocka_unit_test(test_reshape),
      cmocka_unit_test(test_transpose),
      cmocka_unit_test(test_resize_bilinear),
      cmocka_unit_test(test_resize_nearest),
      cmocka_unit_test(test_depth_and_space),
      cmocka_unit_test(test_argmax),
      cmocka_unit_test(test_norms),
      cmocka_unit_test(test_pad_and_conv),
      cmocka_unit_test(test_fused_clamps),
      cmocka_unit_test(test_shared_buffers),
      cmocka_unit_test(test_random_graphs),
  };
  return cmocka_run_group_tests(tests, make_engines, destroy_engines);
}
