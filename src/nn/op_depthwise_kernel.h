/* The body of the depthwise convolution, for one instruction set. Whoever
 * includes it defines
 *   LANES  floats of a vector
 *   MADD   MADD(a, b, c): a * b + c of vectors
 *   MIN, MAX  of vectors
 *   ROW    the name of the function that it makes: a row of results
 * and sees to it that the compiler may use the instructions.
 *
 * A last, partial block of channels is read together with what comes after it
 * (the next pixel, or the slack at a buffer's end); results of that are not
 * written. */
#include <string.h>

#include "nn/op_depthwise.h"

#define TILE 4 /* results in a row that are computed together */
#define ALWAYS static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(4 * LANES)));

/* A row of results: what of the input goes into it, and where it goes. */
typedef struct row_plan {
  const float *x;      /* the first column of the first row used */
  const float *blocks; /* the packed weights */
  float *y;
  size_t channels, row_stride, block_stride; /* in floats */
  size_t first_tap; /* of the rows used, in floats from a block's start */
  size_t rows;      /* of the window that are inside the image */
  float min, max;
} row_plan;

/* Part of the window's columns: those that are inside the image. */
typedef struct columns {
  size_t first, count, width; /* the window is `width` wide */
} columns;

ALWAYS vec load(const float *from) {
  vec v;
  memcpy(&v, from, sizeof v);
  return v;
}

ALWAYS vec all(float x) {
  vec v = {0};
  return v + x;
}

ALWAYS void store(const row_plan *p, float *to, vec v, size_t lanes) {
  v = MIN(MAX(v, all(p->min)), all(p->max));
  if (lanes >= LANES) {
    memcpy(to, &v, sizeof v);
  } else {
    for (size_t i = 0; i < lanes; i++)
      to[i] = v[i];
  }
}

/* `count` results, `stride` input pixels apart, of the block of channels that
 * begins at `c`. All numbers but c are constants where it is called. */
ALWAYS void tile(const row_plan *p, const float *x, float *y, size_t c,
                 columns window, size_t stride, size_t count) {
  const float *block = p->blocks + c / LANES * p->block_stride;
  const float *weight = block + p->first_tap + window.first * LANES;
  vec sum[TILE];
  x += c;
  for (size_t t = 0; t < count; t++)
    sum[t] = load(block);
  for (size_t r = 0; r < p->rows; r++) {
    for (size_t i = 0; i < (count - 1) * stride + window.count; i++) {
      vec in = load(x + i * p->channels);
      for (size_t t = 0; t < count; t++) {
        size_t k = i - t * stride; /* wraps when the result begins later */
        if (k < window.count)
          sum[t] = MADD(in, load(weight + k * LANES), sum[t]);
      }
    }
    x += p->row_stride;
    weight += window.width * LANES;
  }
  for (size_t t = 0; t < count; t++)
    store(p, y + t * p->channels + c, sum[t], p->channels - c);
}

/* All channels of `count` results whose windows begin at column `ix`. */
ALWAYS void tiles(const row_plan *p, size_t ix, size_t ox, columns window,
                  size_t stride, size_t count) {
  const float *x = p->x + ix * p->channels;
  float *y = p->y + ox * p->channels;
  for (size_t c = 0; c < p->channels; c += LANES)
    tile(p, x, y, c, window, stride, count);
}

/* A result whose window is partly outside, left or right. */
static void edge(const row_plan *p, int64_t ix, size_t ox, size_t width,
                 size_t in_width) {
  size_t first = ix < 0 ? (size_t)-ix : 0, end = width;
  if (ix + (int64_t)width > (int64_t)in_width)
    end = (size_t)((int64_t)in_width - ix);
  columns window = {first, end - first, width};
  tiles(p, (size_t)(ix + (int64_t)first), ox, window, 1, 1);
}

ALWAYS void run(const pa_nn_loop *l, const row_plan *p, size_t width,
                size_t stride) {
  size_t in_width = l->n[PA_NN_IN_W], out_width = l->n[PA_NN_OUT_W];
  const columns whole = {0, width, width};
  int64_t ix = -l->pad[3];
  size_t ox = 0;
  for (; ox < out_width && ix < 0; ox++, ix += (int64_t)stride)
    edge(p, ix, ox, width, in_width);
  for (; ox + TILE <= out_width &&
         (size_t)ix + (TILE - 1) * stride + width <= in_width;
       ox += TILE, ix += TILE * (int64_t)stride)
    tiles(p, (size_t)ix, ox, whole, stride, TILE);
  for (; ox < out_width && (size_t)ix + width <= in_width;
       ox++, ix += (int64_t)stride)
    tiles(p, (size_t)ix, ox, whole, stride, 1);
  for (; ox < out_width; ox++, ix += (int64_t)stride)
    edge(p, ix, ox, width, in_width);
}

static void ROW(void *loop, size_t row) {
  const pa_nn_loop *l = loop;
  size_t image = row / l->n[PA_NN_OUT_H], oy = row % l->n[PA_NN_OUT_H];
  size_t height = l->n[PA_NN_IN_H], width = (size_t)l->window[1];
  int64_t iy = (int64_t)oy * l->stride[0] - l->pad[0], end = l->window[0];
  size_t first = iy < 0 ? (size_t)-iy : 0;
  if (iy + end > (int64_t)height) end = (int64_t)height - iy;
  row_plan p = {.blocks = l->weight,
                .channels = l->n[PA_NN_CHANNELS],
                .rows = (size_t)end - first,
                .min = l->min,
                .max = l->max};
  p.row_stride = l->n[PA_NN_IN_W] * p.channels;
  p.block_stride = LANES * (1 + (size_t)l->window[0] * width);
  p.first_tap = LANES * (1 + first * width);
  p.x = l->a + (image * height + (size_t)(iy + (int64_t)first)) * p.row_stride;
  p.y = l->y + row * l->n[PA_NN_OUT_W] * p.channels;
  if (width == 3 && l->stride[1] == 1)
    run(l, &p, 3, 1);
  else if (width == 3)
    run(l, &p, 3, 2);
  else if (l->stride[1] == 1)
    run(l, &p, 5, 1);
  else
    run(l, &p, 5, 2);
}
