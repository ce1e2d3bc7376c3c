/* Nearest neighbour: a result's pixel (y, x) is the input's at
 * floor(y * in / out), so that whole factors repeat each pixel. */
#include <string.h>

#include "nn/net.h"

static void resize_row(void *loop, size_t row) {
  const pa_nn_loop *l = loop;
  size_t channels = l->n[PA_NN_CHANNELS], bytes = channels * sizeof(float);
  pa_nn_row r = pa_nn_loop_row(l, row);
  size_t iy = (size_t)((uint64_t)r.y * l->n[PA_NN_IN_H] / l->n[PA_NN_OUT_H]);
  const float *a = r.image + iy * l->n[PA_NN_IN_W] * channels;
  for (size_t ox = 0; ox < l->n[PA_NN_OUT_W]; ox++) {
    size_t ix = (size_t)((uint64_t)ox * l->n[PA_NN_IN_W] / l->n[PA_NN_OUT_W]);
    memcpy(r.out + ox * channels, a + ix * channels, bytes);
  }
}

pa_status pa_nn_lower_resize_nearest(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0), *y = pa_nn_build_out(b, 0);
  pa_nn_loop *loop = &pa_nn_build_step(b)->loop;
  loop->task = resize_row;
  pa_nn_loop_rows(loop, x, y);
  return PA_OK;
}
