/* Colours of what the photo does not show. */
#ifndef PARSONA_AVATAR3D_CREEP_H
#define PARSONA_AVATAR3D_CREEP_H

#include "avatar3d/paint.h"

/* Colours creep along the surface from where the photo shows it to where it
 * does not, and there give way to the part's own. `layer`: which of a brush's
 * two materials, 0 or 1. By a brush's `point`, of mesh->vertices: `sum`, what
 * the photo shows times its weight; `weight`; `color` receives the result.
 * Fails without memory. */
pa_status pa_creep(pa_error *err, const pa_mesh *mesh, const pa_brush *brush,
                   int layer, const pa_rgb *sum, const float *weight,
                   pa_rgb *color);

#endif
