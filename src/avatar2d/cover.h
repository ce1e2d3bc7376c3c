/* How much of each pixel a shape covers. */
#ifndef PARSONA_AVATAR2D_COVER_H
#define PARSONA_AVATAR2D_COVER_H

#include "avatar2d/picture.h"

/* A rectangle of pixels; x1 and y1 are excluded. */
typedef struct pa_bounds {
  int x0, y0, x1, y1;
} pa_bounds;

typedef struct pa_cover {
  int width, height;
  float *cells; /* [height][width + 2] */
} pa_cover;

pa_status pa_cover_init(pa_error *err, unsigned width, unsigned height,
                        pa_cover *cover);
void pa_cover_free(pa_cover *cover);
static inline float *pa_cover_row(const pa_cover *cover, int y) {
  return cover->cells + (size_t)y * ((size_t)cover->width + 2);
}

/* Fills the cells of the returned bounds with the coverage 0..1 of the path's
 * inside, for points enlarged by `sx` and `sy`: the exact area of each pixel
 * (signed areas added up along the rows, as in R. Levien's font-rs and
 * S. Barrett's stb_truetype 2). Contours that turn the other way cut holes. */
pa_bounds pa_cover_fill(pa_cover *cover, const pa_picture *picture, size_t path,
                        float sx, float sy);

/* The same for a line of this width (picture units) along the path, with round
 * caps and joins: the overlap of a pixel-wide window with the line, by the
 * distance of the pixel's middle. */
pa_bounds pa_cover_stroke(pa_cover *cover, const pa_picture *picture,
                          size_t path, float sx, float sy, float width);

#endif
