/* Multi-scale deformable attention (Zhu et al. 2021, arXiv:2010.04159, section
 * 4.1), as a self-attention of the pixels of several maps ("levels").
 *
 * Each token, a pixel of one level, samples every level at a few points around
 * its own place. Operands, n maps at a time:
 *   value    [n, tokens, heads * width]
 *   offsets  [n, tokens, heads, levels, points, 2]  x and y, in pixels of the
 *            sampled level, from the token's place
 *   weights  [n, tokens, heads, levels, points]  logits: the softmax over a
 *            head's levels and points is taken here
 * The token in row r and column c of a level of h by w pixels has its place at
 * ((c + .5) / w, (r + .5) / h) of every level. Samples are bilinear between
 * pixel centres; beyond a map's edge there is zero. */
#ifndef PARSONA_NN_OP_DEFORM_H
#define PARSONA_NN_OP_DEFORM_H

#include "nn/net.h"

/* A pixel that goes into a result: its place in `value`, in floats. */
typedef struct pa_nn_deform_tap {
  size_t at;
  float weight;
} pa_nn_deform_tap;

#define PA_NN_DEFORM_TAPS (4 * PA_NN_DEFORM_SAMPLES)

/* y[i] = sum over the taps of weight * value[at + i], for 0 <= i < width. */
typedef void (*pa_nn_deform_gather)(const pa_nn_deform_tap *taps, size_t count,
                                    const float *value, size_t width, float *y);

/* One instruction set's version. */
typedef struct pa_nn_deform {
  const char *name;
  pa_nn_deform_gather gather;
} pa_nn_deform;

extern const pa_nn_deform pa_nn_deform_scalar; /* the reference */
extern const pa_nn_deform pa_nn_deform_128;
#if defined(__x86_64__)
extern const pa_nn_deform pa_nn_deform_avx2;
#endif

/* The fastest that this processor runs. */
const pa_nn_deform *pa_nn_deform_best(void);

#endif
