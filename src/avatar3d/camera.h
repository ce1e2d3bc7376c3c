/* The photo's view of the posed figure: where each point lies in the photo. */
#ifndef PARSONA_AVATAR3D_CAMERA_H
#define PARSONA_AVATAR3D_CAMERA_H

#include "avatar3d/face.h"
#include "avatar3d/posing.h"

/* A weak-perspective view: x = cx + scale X, y = cy - scale Y. */
typedef struct pa_camera {
  float scale, cx, cy;
} pa_camera;

typedef struct pa_view {
  pa_camera camera;
  pa_pose_of_bones pose; /* as photographed */
  pa_vec *point;         /* photo x, y; z: metres towards the camera, posed */
  pa_vec *normal;        /* posed; y up */
  float *facing;         /* 1: the surface faces the camera, -1: away from it */
  pa_face_map face;
} pa_view;

/* Poses the figure as photographed, fits the camera to the landmarks, lets
 * limbs reach theirs, and moves every point by what its bones' landmarks are
 * still away; the head by the marks of its face, where there are any. `view` is
 * released with pa_view_destroy. */
pa_status pa_view_create(pa_error *err, const pa_figure *figure,
                         const pa_sight *sight, const pa_marks *marks,
                         pa_view *view);
void pa_view_destroy(pa_view *view);

#endif
