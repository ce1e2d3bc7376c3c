/* Putting the people together: every photo pixel goes to one person, or to
 * nobody, and gets one label. */
#ifndef PARSONA_PARSE_COMPOSE_H
#define PARSONA_PARSE_COMPOSE_H

#include "nn/nn.h"
#include "parse/grid.h"
#include "parse/scene.h"

/* Fills the scene's maps from one grid a person (grid i is person i + 1). Where
 * several people claim a pixel, the most probable owner has it. The grids lie
 * straight on the photo, not turned. Fails for want of memory only. */
pa_status pa_compose(pa_error *err, pa_nn_engine *engine, const pa_grid *grids,
                     size_t count, pa_scene *scene);

#endif
