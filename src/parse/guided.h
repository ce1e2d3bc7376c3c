/* Outlines that follow the photo: a person's grid filtered by the guided image
 * filter (He, Sun and Tang, "Guided Image Filtering", PAMI 2013). */
#ifndef PARSONA_PARSE_GUIDED_H
#define PARSONA_PARSE_GUIDED_H

#include "nn/nn.h"
#include "parse/grid.h"

/* Filters the grid's body and the parts that are likely anywhere, in place: in
 * each small window a probability becomes that linear function of the photo's
 * RGB that fits it best. `image` is the photo; the grid lies straight on it.
 * The owner and the derived masks stay. Fails for want of memory only. */
pa_status pa_grid_follow(pa_error *err, pa_nn_engine *engine,
                         const pa_image *image, pa_grid *grid);

#endif
