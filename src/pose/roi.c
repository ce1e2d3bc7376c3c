#include <math.h>

#include "pose/pose.h"

/* Proportions of a standing adult, in lengths of the torso (shoulder line to
 * hip line): Drillis & Contini's body segments, rounded. */
#define HEAD_LENGTHS 1.65f /* hip to the top of the head */
/* MediaPipe's pose graph enlarges the body's circle by this much. */
#define ROI_SCALE 1.25f

typedef struct point {
  float x, y;
} point;

static point middle(const pa_keypoint *a, const pa_keypoint *b) {
  return (point){(a->x + b->x) / 2, (a->y + b->y) / 2};
}

static float distance(point a, point b) {
  return hypotf(a.x - b.x, a.y - b.y);
}

/* The farthest keypoint that the detector is sure of, with room for what lies
 * beyond it (the top of the head, the soles). */
static float reach(const pa_keypoint *keypoints, point from) {
  float far = 0;
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++) {
    if (keypoints[i].score < 0.2f) continue;
    far = fmaxf(far, distance(from, (point){keypoints[i].x, keypoints[i].y}));
  }
  return far * 1.1f;
}

pa_pose_roi pa_pose_roi_from_coco(
    const pa_keypoint keypoints[PA_COCO_KEYPOINTS]) {
  enum { L_SHOULDER = 5, R_SHOULDER, L_HIP = 11, R_HIP };
  point shoulders = middle(&keypoints[L_SHOULDER], &keypoints[R_SHOULDER]);
  point hips = middle(&keypoints[L_HIP], &keypoints[R_HIP]);
  float width = hypotf(keypoints[L_SHOULDER].x - keypoints[R_SHOULDER].x,
                       keypoints[L_SHOULDER].y - keypoints[R_SHOULDER].y);
  /* Foreshortened torsos: shoulders are about 0.8 torso lengths wide. */
  float torso = fmaxf(distance(shoulders, hips), width);
  float radius = fmaxf(reach(keypoints, hips), HEAD_LENGTHS * torso);
  pa_pose_roi roi = {.cx = hips.x, .cy = hips.y};
  roi.side = fmaxf(2 * radius * ROI_SCALE, 8);
  roi.angle = atan2f(shoulders.x - hips.x, hips.y - shoulders.y);
  return roi;
}

pa_affine pa_pose_affine(pa_pose_roi roi) {
  return pa_affine_square(roi.cx, roi.cy, roi.side, roi.angle, PA_POSE_SIZE);
}
