/* Idle, walk and wave. */
#ifndef PARSONA_AVATAR3D_MOTION_H
#define PARSONA_AVATAR3D_MOTION_H

#include "avatar3d/glb.h"
#include "avatar3d/gltf.h"

typedef enum pa_motion {
  PA_MOTION_IDLE,
  PA_MOTION_WALK,
  PA_MOTION_WAVE,
  PA_MOTION_COUNT
} pa_motion;

/* The pose at `phase` of the loop, 0..1: each bone's rotation against its
 * parent, and how far the root is lifted so that the lower foot stands on the
 * ground. */
float pa_motion_pose(const pa_figure *figure, pa_motion motion, float phase,
                     pa_quat *local);

/* World rotations of such local ones. */
void pa_motion_world(const pa_body *body, const pa_quat *local,
                     pa_mat *rotation);

/* Adds the animations to a plain GLB; VRM files are moved by their viewers. */
void pa_motion_add(pa_gltf *g, const pa_glb *glb, bool *failed);

#endif
