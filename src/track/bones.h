/* Landmarks to the bones of a VRM humanoid. */
#ifndef PARSONA_TRACK_BONES_H
#define PARSONA_TRACK_BONES_H

#include "avatar3d/vec.h"
#include "pose/body.h"
#include "track/follow.h"

/* Rotations from each bone's parent, as the landmarks have them in a frame of
 * width x height pixels. `mesh` may be NULL: then the head turns by its
 * landmarks; `pose` may be NULL: then the head alone turns. */
pa_status pa_bones_of(pa_error *err, const pa_body *body, unsigned width,
                      unsigned height, const pa_pose *pose, const pa_face *mesh,
                      pa_quat *bones);

/* Moves `shown` towards `wanted`, by at most `angle` radians a bone: a limb
 * that comes into view swings there and does not jump. */
void pa_bones_approach(const pa_quat *wanted, float angle, pa_quat *shown);

/* The mirror image: left and right change places. */
void pa_bones_mirror(const pa_quat *bones, pa_quat *mirrored);

#endif
