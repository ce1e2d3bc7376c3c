/* Legs that reach the ankles of the photo. */
#ifndef PARSONA_AVATAR3D_REACH_H
#define PARSONA_AVATAR3D_REACH_H

#include "avatar3d/camera.h"

/* Turns both bones of each leg in `pose` until its ankle is seen where the
 * photo's landmark is, or where its shoe has it (pose->moved): one that is too
 * short straightens, one that is too long leads towards the camera or away as
 * it did before, and bends. Legs whose landmarks are not seen stay. */
void pa_reach(const pa_figure *figure, const pa_sight *sight,
              const pa_camera *camera, pa_pose_of_bones *pose);

#endif
