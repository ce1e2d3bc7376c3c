/* Turning a picture upright. */
#ifndef PARSONA_IMAGE_ORIENT_H
#define PARSONA_IMAGE_ORIENT_H

#include "image/image.h"

/* Applies EXIF orientation 1..8 to the picture itself. Mirroring and half turns
 * are done in place; quarter turns (5..8) need a second buffer. On failure the
 * picture is as it was. */
pa_status pa_image_orient(pa_error *err, pa_image *image, int orientation);

/* Whether the orientation exchanges width and height. */
bool pa_image_turns_sideways(int orientation);

/* Puts rows y, y + 1, ... y + count - 1 of a picture that is `width` wide where
 * they belong in `out`, which is as the orientation wants it. Faster with some
 * dozens of rows at a time than one by one. */
void pa_image_put_rows(pa_image *out, int orientation, unsigned width,
                       unsigned y, unsigned count, const uint8_t *rows);

#endif
