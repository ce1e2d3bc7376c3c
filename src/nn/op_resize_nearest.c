/* Nearest neighbour: a result's pixel (y, x) is the input's at
 * floor(y * in / out), so that whole factors repeat each pixel. */
#include <string.h>

#include "nn/net.h"

enum { IN_H, IN_W, OUT_H, OUT_W, CHANNELS };

static void resize_row(void *loop, size_t row) {
  const pa_nn_loop *l = loop;
  size_t channels = l->n[CHANNELS], bytes = channels * sizeof(float);
  size_t image = row / l->n[OUT_H], oy = row % l->n[OUT_H];
  size_t iy = (size_t)((uint64_t)oy * l->n[IN_H] / l->n[OUT_H]);
  const float *a = l->a + (image * l->n[IN_H] + iy) * l->n[IN_W] * channels;
  float *y = l->y + row * l->n[OUT_W] * channels;
  for (size_t ox = 0; ox < l->n[OUT_W]; ox++) {
    size_t ix = (size_t)((uint64_t)ox * l->n[IN_W] / l->n[OUT_W]);
    memcpy(y + ox * channels, a + ix * channels, bytes);
  }
}

pa_status pa_nn_lower_resize_nearest(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0), *y = pa_nn_build_out(b, 0);
  pa_nn_loop *loop = &pa_nn_build_step(b)->loop;
  loop->task = resize_row;
  loop->count = y->dim[0] * y->dim[1];
  loop->n[IN_H] = x->dim[1];
  loop->n[IN_W] = x->dim[2];
  loop->n[OUT_H] = y->dim[1];
  loop->n[OUT_W] = y->dim[2];
  loop->n[CHANNELS] = y->dim[3];
  return PA_OK;
}
