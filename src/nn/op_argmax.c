/* The index of the largest value along the last axis, the first of equals, as
 * a float. */
#include "nn/net.h"

enum { ROWS, CHANNELS };

#define ROWS_PER_TASK 1024

static float argmax(const float *a, size_t channels) {
  size_t best = 0;
  for (size_t c = 1; c < channels; c++)
    if (a[c] > a[best]) best = c;
  return (float)best;
}

static void argmax_rows(void *loop, size_t task) {
  const pa_nn_loop *l = loop;
  size_t row = task * ROWS_PER_TASK, end = row + ROWS_PER_TASK;
  if (end > l->n[ROWS]) end = l->n[ROWS];
  for (; row < end; row++)
    l->y[row] = argmax(l->a + row * l->n[CHANNELS], l->n[CHANNELS]);
}

pa_status pa_nn_lower_argmax(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  pa_nn_loop *loop = &pa_nn_build_step(b)->loop;
  loop->n[CHANNELS] = x->dim[x->rank - 1];
  loop->n[ROWS] = pa_nn_count(x) / loop->n[CHANNELS];
  loop->task = argmax_rows;
  loop->count = (loop->n[ROWS] + ROWS_PER_TASK - 1) / ROWS_PER_TASK;
  return PA_OK;
}
