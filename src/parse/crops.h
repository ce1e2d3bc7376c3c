/* The squares of the photo on which one person's parts are looked for. */
#ifndef PARSONA_PARSE_CROPS_H
#define PARSONA_PARSE_CROPS_H

#include "parse/grid.h"
#include "pose/pose.h"

/* Maps from PA_GRID x PA_GRID pixels to the photo. The first square holds the
 * whole person; the second, where there is one, the upper part, larger. */
typedef struct pa_crops {
  pa_affine square[2];
  int count;
} pa_crops;

/* `mask` is the pose's, as pa_pose_run left it. */
pa_crops pa_crops_choose(const pa_image *image, const pa_pose *pose,
                         const float *mask);

/* b after a. */
pa_affine pa_affine_compose(const pa_affine *b, const pa_affine *a);

#endif
