/* Shoes: feet given soles, toe caps and the width of leather. */
#ifndef PARSONA_AVATAR3D_SHOES_H
#define PARSONA_AVATAR3D_SHOES_H

#include "avatar3d/outfit.h"

/* Reshapes the feet of a figure that stands on the ground, if it wears shoes.
 */
pa_status pa_shoes_fit(pa_error *err, const pa_outfit *outfit,
                       pa_figure *figure);

/* How far a point of a foot is above its sole's upper edge, metres. */
float pa_shoes_above_sole(const pa_figure *figure, unsigned point);

#endif
