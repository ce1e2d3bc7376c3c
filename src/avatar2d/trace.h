/* From a map of values to smooth closed outlines. */
#ifndef PARSONA_AVATAR2D_TRACE_H
#define PARSONA_AVATAR2D_TRACE_H

#include "avatar2d/traits.h"

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

/* Blurs in place: three boxes, nearly a Gaussian of this radius. */
pa_status pa_field_blur(pa_error *err, pa_field *field, float sigma);

/* The outlines of where the field is above `level`, those around less than
 * `least` square units left out, the largest first; at most PA_CONTOURS. They
 * are resampled to points about `step` apart. Outer lines turn one way, holes
 * the other. `shape` must have been created. */
pa_status pa_field_trace(pa_error *err, const pa_field *field, float level,
                         float least, float step, pa_shape *shape);

/* Signed area, square units. */
float pa_contour_area(const pa_vec *points, size_t count);

#endif
