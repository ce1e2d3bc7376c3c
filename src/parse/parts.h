/* The first parser's parts: selfie_multiclass's six classes on a crop of one
 * person, divided among limbs by the person's landmarks. */
#ifndef PARSONA_PARSE_PARTS_H
#define PARSONA_PARSE_PARTS_H

#include "parse/context.h"
#include "parse/grid.h"
#include "pose/pose.h"

/* Runs the parts network on the square that holds the person and fills `grid`
 * (made here; pa_grid_free is the caller's). `mask` is the pose's, as
 * pa_pose_run left it; `twice`: look at the whole person mirrored, too, and
 * take the mean. */
pa_status pa_parts_run(pa_context *context, const pa_image *image,
                       const pa_pose *pose, const float *mask, bool twice,
                       pa_grid *grid);

#endif
