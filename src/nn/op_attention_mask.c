/* The mask of a masked attention (Cheng et al. 2022, arXiv:2112.01527, section
 * 3.2.1), added to its scores before the softmax: 0 where a query's mask logit
 * is at least 0 (a probability of one half), far below any score elsewhere. A
 * query without any such pixel may look everywhere. */
#include "nn/net.h"

enum { ROWS, WIDTH };

/* exp of it is 0, and sums with scores stay finite. */
#define BLOCKED (-1e9f)

static void mask_row(void *loop, size_t row) {
  const pa_nn_loop *l = loop;
  size_t width = l->n[WIDTH], open = 0;
  const float *x = l->a + row * width;
  float *y = l->y + row * width;
  for (size_t i = 0; i < width; i++) {
    open += x[i] >= 0;
    y[i] = x[i] >= 0 ? 0 : BLOCKED;
  }
  if (open) return;
  for (size_t i = 0; i < width; i++)
    y[i] = 0;
}

pa_status pa_nn_lower_attention_mask(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  pa_nn_loop *loop = &pa_nn_build_step(b)->loop;
  loop->task = mask_row;
  loop->n[WIDTH] = x->dim[x->rank - 1];
  loop->count = loop->n[ROWS] = pa_nn_count(x) / loop->n[WIDTH];
  return PA_OK;
}
