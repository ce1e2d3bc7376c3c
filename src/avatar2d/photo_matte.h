/* Edges as if cut by hand: a coarse mask becomes an alpha that follows the
 * photo's own edges, and the background's colour is taken out of them. */
#ifndef PARSONA_AVATAR2D_PHOTO_MATTE_H
#define PARSONA_AVATAR2D_PHOTO_MATTE_H

#include "avatar2d/photo.h"

/* photo->alpha is a mask on entry. `rgb`: interleaved, 0..255, in the first
 * three planes of photo->scratch. Nothing farther than `radius` pixels from
 * the mask's edge is changed. The guided filter with a guide in colours (He,
 * Sun and Tang 2010, equation 19), on halved planes. Uses tx, ty and line. */
void pa_photo_matte(pa_photo *photo, const float *rgb, int radius);

/* The colours of the person alone where alpha lies between 0 and 1, by blurring
 * and subtracting what the background can have added (Forte 2021, "Approximate
 * fast foreground colour estimation", one pass), on halved planes. */
void pa_photo_unfringe(pa_photo *photo, float *rgb, int radius);

#endif
