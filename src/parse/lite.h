/* M2FP-Lite's parts: 22 classes of one person's pixels, and which pixels are
 * that person's. */
#ifndef PARSONA_PARSE_LITE_H
#define PARSONA_PARSE_LITE_H

#include "parse/context.h"
#include "parse/grid.h"
#include "parse/people.h"
#include "pose/pose.h"

/* As pa_parts_run; `others` are the photo's detections, this person's own among
 * them; `twice`: look at the whole person mirrored, too, and take the mean. The
 * grid's sleeve maps are filled too. */
pa_status pa_lite_run(pa_context *context, const pa_image *image,
                      const pa_pose *pose, const float *mask,
                      const pa_found *others, size_t other_count, bool twice,
                      pa_grid *grid);

#endif
