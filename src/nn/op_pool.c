#include "nn/op_pool.h"

#include <math.h>
#include <string.h>

/* The part of a window that is inside: first and end. */
static void clip(int64_t first, int64_t window, size_t side, size_t *from,
                 size_t *to) {
  int64_t end = first + window;
  *from = first > 0 ? (size_t)first : 0;
  *to = end < (int64_t)side ? (size_t)end : side;
}

static void pool_pixel(const pa_nn_loop *l, const float *image, size_t oy,
                       size_t ox, bool average, float *y) {
  size_t channels = l->n[PA_NN_CHANNELS], y0, y1, x0, x1;
  clip((int64_t)oy * l->stride[0] - l->pad[0], l->window[0], l->n[PA_NN_IN_H],
       &y0, &y1);
  clip((int64_t)ox * l->stride[1] - l->pad[3], l->window[1], l->n[PA_NN_IN_W],
       &x0, &x1);
  for (size_t c = 0; c < channels; c++) {
    float result = average ? 0 : -INFINITY;
    for (size_t iy = y0; iy < y1; iy++) {
      for (size_t ix = x0; ix < x1; ix++) {
        float x = image[(iy * l->n[PA_NN_IN_W] + ix) * channels + c];
        result = average ? result + x : fmaxf(result, x);
      }
    }
    y[c] = average ? result / (float)((y1 - y0) * (x1 - x0)) : result;
  }
}

static void pool_row(void *loop, size_t row, bool average) {
  const pa_nn_loop *l = loop;
  pa_nn_row r = pa_nn_loop_row(l, row);
  for (size_t ox = 0; ox < l->n[PA_NN_OUT_W]; ox++)
    pool_pixel(l, r.image, r.y, ox, average, r.out + ox * l->n[PA_NN_CHANNELS]);
}

static void average_row(void *loop, size_t row) {
  pool_row(loop, row, true);
}

static void max_row(void *loop, size_t row) {
  pool_row(loop, row, false);
}

void pa_nn_pool_loop(pa_nn_loop *loop, const pa_nn_op *op, const int32_t *pad,
                     const pa_nn_shape *x, const pa_nn_shape *y) {
  loop->task = op->kind == PA_NN_AVG_POOL2D ? average_row : max_row;
  pa_nn_loop_rows(loop, x, y);
  memcpy(loop->window, op->size, sizeof loop->window);
  memcpy(loop->stride, op->stride, sizeof loop->stride);
  memcpy(loop->pad, pad, sizeof loop->pad);
}
