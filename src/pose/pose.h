/* The pose of one person: BlazePose GHUM landmarks (Bazarevsky et al. 2020,
 * arXiv:2006.10204) and the mask of that person, from a square region. */
#ifndef PARSONA_POSE_POSE_H
#define PARSONA_POSE_POSE_H

#include <stdatomic.h>

#include "image/image.h"
#include "nn/nn.h"
#include "parsona.h"

/* The network's input and its mask are this many pixels square. */
#define PA_POSE_SIZE 256

/* Indices of BlazePose's landmarks that other rooms ask for. */
enum {
  PA_KP_NOSE = 0,
  PA_KP_LEFT_EYE = 2,
  PA_KP_RIGHT_EYE = 5,
  PA_KP_LEFT_EAR = 7,
  PA_KP_RIGHT_EAR = 8,
  PA_KP_MOUTH_LEFT = 9,
  PA_KP_MOUTH_RIGHT = 10,
  PA_KP_LEFT_SHOULDER = 11,
  PA_KP_RIGHT_SHOULDER = 12,
  PA_KP_LEFT_ELBOW = 13,
  PA_KP_RIGHT_ELBOW = 14,
  PA_KP_LEFT_WRIST = 15,
  PA_KP_RIGHT_WRIST = 16,
  PA_KP_LEFT_INDEX = 19,
  PA_KP_RIGHT_INDEX = 20,
  PA_KP_LEFT_HIP = 23,
  PA_KP_RIGHT_HIP = 24,
  PA_KP_LEFT_KNEE = 25,
  PA_KP_RIGHT_KNEE = 26,
  PA_KP_LEFT_ANKLE = 27,
  PA_KP_RIGHT_ANKLE = 28,
  PA_KP_LEFT_HEEL = 29,
  PA_KP_RIGHT_HEEL = 30,
  PA_KP_LEFT_FOOT = 31,
  PA_KP_RIGHT_FOOT = 32
};

/* A square of the photo: centre, side in pixels, turned by `angle` radians so
 * that the person stands upright in it. */
typedef struct pa_pose_roi {
  float cx, cy, side, angle;
} pa_pose_roi;

typedef struct pa_pose {
  float presence;                      /* 0..1: a person is there */
  pa_keypoint keypoints[PA_KEYPOINTS]; /* photo pixels */
  float depth[PA_KEYPOINTS];           /* z in photo pixels, hips at 0 */
  float world[PA_KEYPOINTS][3];        /* metres, see pa_person */
  /* Two more landmarks, photo pixels: the hips' middle, and where the circle
   * around the whole body lies straight above it. */
  float circle[2][2];
  pa_pose_roi roi; /* where it was looked at */
} pa_pose;

/* The 17 keypoints of COCO, the order of person detectors. */
#define PA_COCO_KEYPOINTS 17

/* The region for a person that a detector found with these keypoints and a box
 * of this size: the circle around the hips that holds the whole body, as
 * BlazePose was trained on. (On 157 people of COCO photos the mask of this
 * region has a mean IoU of .818; a square around the box .779; a second pass
 * from the landmarks' own circle adds nothing.) */
pa_pose_roi
pa_pose_roi_from_coco(const pa_keypoint keypoints[PA_COCO_KEYPOINTS],
                      float width, float height);

/* The region for the next frame of a video, from this one's circle, as
 * MediaPipe's pose graph follows a person (Bazarevsky et al. 2020, section 3).
 */
pa_pose_roi pa_pose_roi_from_circle(const float circle[2][2]);

/* What pa_pose_run reads of a network, for pa_nn_net_options.outputs: all of
 * it, and what it reads when no mask is wanted, which takes little more than
 * half the time: the mask's branch works at full resolution. */
extern const char *const pa_pose_outputs[];
extern const char *const pa_pose_outputs_without_mask[];

/* Runs the network on the region. `mask`, PA_POSE_SIZE squared floats, receives
 * the probability of each pixel of the region to be this person; NULL when it
 * is not wanted: then the network may be one without a mask. */
pa_status pa_pose_run(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                      const pa_image *image, pa_pose_roi roi,
                      const atomic_int *cancel, pa_pose *pose, float *mask);

/* The map from the mask's pixels to the photo's. */
pa_affine pa_pose_affine(pa_pose_roi roi);

#endif
