/* Of each pixel the nearest one of a set. */
#ifndef PARSONA_AVATAR3D_NEAREST_H
#define PARSONA_AVATAR3D_NEAREST_H

#include <stdint.h>

#include "base/error.h"

#define PA_NEAREST_NONE UINT32_MAX

/* `nearest`: width * height, at most 2048 each; in: of the set's pixels
 * anything but PA_NEAREST_NONE, which the others have; out: the index of the
 * nearest pixel of the set, of equally near ones any. An empty set leaves all
 * as it is. The distance is Euclid's, exactly (Meijster, Roerdink and
 * Hesselink, "A general algorithm for computing distance transforms in linear
 * time", 2000). Fails without memory. */
pa_status pa_nearest_spread(pa_error *err, unsigned width, unsigned height,
                            uint32_t *nearest);

#endif
