/* Holes in a picture filled from what is around them. */
#ifndef PARSONA_AVATAR3D_FILL_H
#define PARSONA_AVATAR3D_FILL_H

#include "avatar3d/crop.h"

/* The crop's colours where `known` (its pixels) is not 0; elsewhere they go
 * over into each other without an edge, farther holes from a wider surrounding.
 * `fill` receives width * height * 3, 0..255. Nothing known: all 0. */
pa_status pa_fill_holes(pa_error *err, const pa_crop *crop,
                        const uint8_t *known, uint8_t *fill);

#endif
