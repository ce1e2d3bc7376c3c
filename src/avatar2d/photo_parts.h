/* Tidying the masks that were read from labels. */
#ifndef PARSONA_AVATAR2D_PHOTO_PARTS_H
#define PARSONA_AVATAR2D_PHOTO_PARTS_H

#include "avatar2d/photo.h"

/* Small gaps that the person encloses are the labels', below a chin mostly;
 * between arm and trunk they are larger. */
void pa_photo_fill_gaps(pa_photo *photo);

/* Splinters of a neighbour, afloat. A hand is larger. */
void pa_photo_drop_islands(pa_photo *photo);

/* Parts with smooth borders, and one for every pixel that alpha reached: the
 * part of the largest blurred mask. Features are kept as they are. */
void pa_photo_smooth_parts(pa_photo *photo);

/* photo_bust.c. Puts a neck and plain shoulders below a head of which the photo
 * shows nothing else, into alpha, part, fade (which is known) and `rgb` (the
 * colours on the canvas, 0..255, interleaved). For the frames head and half. */
void pa_photo_add_bust(pa_photo *photo, float *rgb);

#endif
