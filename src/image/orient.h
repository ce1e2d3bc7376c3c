/* Turning a picture upright. */
#ifndef PARSONA_IMAGE_ORIENT_H
#define PARSONA_IMAGE_ORIENT_H

#include "image/image.h"

/* Applies EXIF orientation 1..8 to the picture itself. Mirroring and half turns
 * are done in place; quarter turns (5..8) need a second buffer. On failure the
 * picture is as it was. */
pa_status pa_image_orient(pa_error *err, pa_image *image, int orientation);

#endif
