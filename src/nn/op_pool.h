/* Our own pools, for windows and strides that XNNPACK does not take. */
#ifndef PARSONA_NN_OP_POOL_H
#define PARSONA_NN_OP_POOL_H

#include "nn/net.h"

/* A task is a row of the result. `pad` is [top, right, bottom, left]; what is
 * outside the input does not count. */
void pa_nn_pool_loop(pa_nn_loop *loop, const pa_nn_op *op, const int32_t *pad,
                     const pa_nn_shape *x, const pa_nn_shape *y);

#endif
