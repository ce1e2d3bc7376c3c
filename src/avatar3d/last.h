/* The form that a foot takes in a shoe: one cap over all toes, a sole, and the
 * width of leather. */
#ifndef PARSONA_AVATAR3D_LAST_H
#define PARSONA_AVATAR3D_LAST_H

#include "avatar3d/figure.h"

#define PA_LAST_SOLE .021f /* metres high at the heel */

/* Gives the foot of a side (0 left, 1 right) of a figure that stands on the
 * ground that form, `size` times as long and wide. */
pa_status pa_last_apply(pa_error *err, int side, float size, pa_figure *figure);

bool pa_last_is_foot(const pa_figure *figure, unsigned point, int side);

#endif
