/* The reference: one channel, one result, one tap at a time. */
#include <math.h>

#include "nn/op_depthwise.h"

static float result(const pa_nn_loop *l, const float *image, size_t oy,
                    size_t ox, size_t c) {
  size_t height = l->n[PA_NN_IN_H], width = l->n[PA_NN_IN_W];
  size_t taps = (size_t)l->window[0] * (size_t)l->window[1];
  const float *weight = l->weight + c * (1 + taps);
  float sum = *weight++;
  for (int32_t ky = 0; ky < l->window[0]; ky++) {
    for (int32_t kx = 0; kx < l->window[1]; kx++, weight++) {
      int64_t iy = (int64_t)oy * l->stride[0] + ky - l->pad[0];
      int64_t ix = (int64_t)ox * l->stride[1] + kx - l->pad[3];
      if (iy < 0 || ix < 0 || iy >= (int64_t)height || ix >= (int64_t)width)
        continue;
      sum +=
          *weight *
          image[((size_t)iy * width + (size_t)ix) * l->n[PA_NN_CHANNELS] + c];
    }
  }
  return fminf(fmaxf(sum, l->min), l->max);
}

static void row_scalar(void *loop, size_t row) {
  const pa_nn_loop *l = loop;
  pa_nn_row r = pa_nn_loop_row(l, row);
  for (size_t ox = 0; ox < l->n[PA_NN_OUT_W]; ox++)
    for (size_t c = 0; c < l->n[PA_NN_CHANNELS]; c++)
      *r.out++ = result(l, r.image, r.y, ox, c);
}

const pa_nn_depthwise pa_nn_depthwise_scalar = {"scalar", 1, row_scalar};
