/* The person's measures, from landmarks and silhouettes. */
#ifndef PARSONA_AVATAR3D_MEASURE_H
#define PARSONA_AVATAR3D_MEASURE_H

#include "avatar3d/sight.h"

/* Pixels a metre of the landmarks' world; 0 when nothing can be told. */
float pa_measure_scale(const pa_sight *sight);

/* Fills sight->seen: depth from the landmarks' world, the rest from the photo,
 * whose landmarks are nearer to the truth. */
void pa_measure_flatten(pa_sight *sight);

/* Lengths against those of `figure`, in its own size: the person's size as a
 * whole is not in them. Lengths that are not seen are as the body's. */
void pa_measure_proportions(const pa_figure *figure, const pa_sight *sight,
                            pa_proportions *proportions);

#endif
