/* What a mirror makes of labels. */
#ifndef PARSONA_PARSE_TWINS_H
#define PARSONA_PARSE_TWINS_H

#include "nn/nn.h"

/* For each of the file's `count` labels the one of the other side: the right
 * arm's for the left arm's, and itself for what has no side. `count` is at most
 * 256. */
void pa_twins_find(const pa_nn_weights *weights, size_t count, uint8_t *twin);

/* Makes `map`, [side][side][count], its mean with what was seen in a mirror.
 * `twin`: as above; NULL: nothing has a side. */
void pa_twins_blend(const float *mirrored, size_t side, size_t count,
                    const uint8_t *twin, float *map);

#endif
