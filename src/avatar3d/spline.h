/* Biharmonic splines in space: phi(r) = r with an affine part. */
#ifndef PARSONA_AVATAR3D_SPLINE_H
#define PARSONA_AVATAR3D_SPLINE_H

#include <stdbool.h>

#include "avatar3d/vec.h"
#include "base/error.h"

#define PA_SPLINE_MOST 64

/* Fits `columns` (at most 3) functions to values[count][columns] at `center`;
 * `smooth` lets them pass by (in the centres' unit). Writes count + 4 rows of
 * weights; *found is false when the centres do not span space. */
pa_status pa_spline_fit(pa_error *err, const pa_vec *center,
                        const float *values, unsigned count, unsigned columns,
                        float smooth, float *weight, bool *found);

void pa_spline_at(const pa_vec *center, const float *weight, unsigned count,
                  unsigned columns, pa_vec place, float *value);

#endif
