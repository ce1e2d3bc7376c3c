/* The points of one face: MediaPipe's face mesh (Kartynnik et al. 2019,
 * arXiv:1907.06724), from a square region turned so that the eyes are level. */
#ifndef PARSONA_POSE_FACE_H
#define PARSONA_POSE_FACE_H

#include "pose/pose.h"

/* The network's input is this many pixels square. */
#define PA_FACE_SIZE 192
#define PA_FACE_POINTS 468

/* Points of the mesh that other rooms ask for. Left and right are the
 * person's own. */
enum {
  PA_FACE_TOP = 10, /* middle of the hairline's edge of the mesh */
  PA_FACE_CHIN = 152,
  PA_FACE_RIGHT_SIDE = 234, /* before the ears */
  PA_FACE_LEFT_SIDE = 454,
  PA_FACE_RIGHT_EYE_OUTER = 33,
  PA_FACE_RIGHT_EYE_INNER = 133,
  PA_FACE_RIGHT_EYE_TOP = 159,
  PA_FACE_RIGHT_EYE_BOTTOM = 145,
  PA_FACE_LEFT_EYE_INNER = 362,
  PA_FACE_LEFT_EYE_OUTER = 263,
  PA_FACE_LEFT_EYE_TOP = 386,
  PA_FACE_LEFT_EYE_BOTTOM = 374,
  PA_FACE_NOSE_BRIDGE = 6,
  PA_FACE_NOSE_TIP = 4,
  PA_FACE_NOSE_BASE = 2,
  PA_FACE_MOUTH_RIGHT = 61,
  PA_FACE_MOUTH_LEFT = 291,
  PA_FACE_LIP_TOP = 0,
  PA_FACE_LIP_INNER_TOP = 13,
  PA_FACE_LIP_INNER_BOTTOM = 14,
  PA_FACE_LIP_BOTTOM = 17
};

typedef struct pa_face {
  float score; /* 0..1: a face is there */
  /* x and y in photo pixels; z in the same unit, away from the camera, 0 in the
   * middle of the head. */
  float points[PA_FACE_POINTS][3];
  pa_pose_roi roi; /* where it was looked at */
} pa_face;

/* The region in which a face is expected from the body's landmarks. */
pa_pose_roi
pa_face_roi_from_keypoints(const pa_keypoint keypoints[PA_KEYPOINTS]);

/* The region for a second look: one and a half times the points' box, turned
 * with the eyes, as MediaPipe follows a face from picture to picture. */
pa_pose_roi pa_face_roi_from_points(const pa_face *face);

/* Runs the network once, on one region. */
pa_status pa_face_run(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                      const pa_image *image, pa_pose_roi roi,
                      const atomic_int *cancel, pa_face *face);

/* Looks at a region, and then at the face's own; where the first look sees
 * little, a wider one is tried. A low score means that no face was seen; the
 * points then mean nothing. */
pa_status pa_face_look(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                       const pa_image *image, pa_pose_roi roi,
                       const atomic_int *cancel, pa_face *face);

/* The face of the person with these landmarks. */
pa_status pa_face_find(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                       const pa_image *image,
                       const pa_keypoint keypoints[PA_KEYPOINTS],
                       const atomic_int *cancel, pa_face *face);

#endif
