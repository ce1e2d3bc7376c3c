/* A map of values in head units. */
#ifndef PARSONA_AVATAR2D_FIELD_H
#define PARSONA_AVATAR2D_FIELD_H

#include "base/error.h"

/* Values in cells one head unit square; cell (0, 0) has its middle at
 * (x0 + .5, y0 + .5). */
typedef struct pa_field {
  int width, height;
  float x0, y0;
  float *values; /* [height][width] */
} pa_field;

pa_status pa_field_create(pa_error *err, int width, int height, float x0,
                          float y0, pa_field *field);
void pa_field_free(pa_field *field);
/* The value at a point, 0 outside. */
float pa_field_at(const pa_field *field, float x, float y);
/* From row `from` on, lowers to what is around them the cells of what is
 * narrower than 2 radius + 1. */
pa_status pa_field_drop_splinters(pa_error *err, pa_field *field, int radius,
                                  int from);
/* Lowers to .3 at most the islands (4 neighbours) of .45 and more whose area is
 * less than .07 of the largest one's, and all else. */
pa_status pa_field_drop_islands(pa_error *err, pa_field *field);

#endif
