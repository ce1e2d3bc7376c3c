/* Which of a photo's pixels say how a garment looks where nobody sees it. */
#ifndef PARSONA_AVATAR3D_CLEAN_H
#define PARSONA_AVATAR3D_CLEAN_H

#include "avatar3d/crop.h"

/* Marks, 1 in `foul` (the crop's pixels), what garments and bare limbs of the
 * crop are not to have on their backs: their outline, deep shadow, glare, what
 * else lies there and was given their label. Nothing of what is of many
 * colours. */
pa_status pa_clean_mark(pa_error *err, const pa_crop *crop, uint8_t *foul);

#endif
