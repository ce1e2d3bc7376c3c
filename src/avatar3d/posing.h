/* Landmarks to a skeleton: the rotation of every bone. */
#ifndef PARSONA_AVATAR3D_POSING_H
#define PARSONA_AVATAR3D_POSING_H

#include "avatar3d/face.h"

/* World rotations from the T-pose, one a bone of the figure's body. */
typedef struct pa_pose_of_bones {
  pa_mat rotation[PA_LIMIT_BODY_BONES];
  /* Photo pixels, x and y, from an ankle's landmark (left, right) to where its
   * shoe's mask has it. */
  float moved[2][2];
  float above[2]; /* degrees from which its sole is seen there; -1: unknown */
} pa_pose_of_bones;

/* Everything as in the T-pose. */
void pa_posing_t(const pa_figure *figure, pa_pose_of_bones *pose);

/* Arms hanging at `degrees` below the horizontal: 45 is an A-pose. */
void pa_posing_arms(const pa_figure *figure, float degrees,
                    pa_pose_of_bones *pose);

/* As photographed. The head as the marks are turned where they are solid, else
 * it and the torso by their landmarks' axes, limbs by the
 * smallest turn from where the parent carries them; limbs that are not seen
 * hang down. */
void pa_posing_photo(const pa_figure *figure, const pa_sight *sight,
                     const pa_marks *marks, pa_pose_of_bones *pose);

/* The same rotations relative to each bone's parent, as quaternions. */
void pa_posing_local(const pa_figure *figure, const pa_pose_of_bones *pose,
                     pa_quat *local);

#endif
