/* Our own depthwise convolution, for windows three or five pixels wide that
 * move by one or two: those of every mobile network.
 *
 * XNNPACK's reads each tap of each pixel through a pointer, so that an input is
 * loaded once for every result that it goes into. This one computes four
 * neighbouring results at a time from one set of loads and needs no table. */
#ifndef PARSONA_NN_OP_DEPTHWISE_H
#define PARSONA_NN_OP_DEPTHWISE_H

#include "nn/net.h"

/* One instruction set's version. */
typedef struct pa_nn_depthwise {
  const char *name;
  size_t lanes; /* channels that it computes at a time */
  /* A task of the loop: a row of results. */
  void (*row)(void *loop, size_t row);
} pa_nn_depthwise;

extern const pa_nn_depthwise pa_nn_depthwise_scalar; /* the reference */
extern const pa_nn_depthwise pa_nn_depthwise_128;
#if defined(__x86_64__)
extern const pa_nn_depthwise pa_nn_depthwise_avx2;
extern const pa_nn_depthwise pa_nn_depthwise_avx512;
#endif

/* The fastest that this processor runs. */
const pa_nn_depthwise *pa_nn_depthwise_best(void);

/* Whether the op is of the kind above. */
bool pa_nn_depthwise_takes(const pa_nn_op *op, const pa_nn_shape *x,
                           const pa_nn_shape *y);

/* Packs weights [kh, kw, channels] and the bias, which may be NULL, for `isa`,
 * as the loop's `weight`. */
pa_status pa_nn_depthwise_pack(pa_error *err, const pa_nn_depthwise *isa,
                               const pa_nn_op *op, size_t channels,
                               const float *weight, const float *bias,
                               float **packed, size_t *bytes);

/* Fills in the loop but for its weights. `pad` is [top, right, bottom, left].
 */
void pa_nn_depthwise_loop(pa_nn_loop *loop, const pa_nn_depthwise *isa,
                          const pa_nn_op *op, const int32_t *pad,
                          const pa_nn_shape *x, const pa_nn_shape *y);

#endif
