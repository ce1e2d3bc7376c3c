#include <math.h>

#include "pose/point.h"
#include "pose/pose.h"

/* MediaPipe's pose graph enlarges the body's circle by this much. */
#define ROI_SCALE 1.25f
/* Keypoints end at the eyes and the ankles; the body goes on. */
#define BEYOND 1.1f

pa_pose_roi
pa_pose_roi_from_coco(const pa_keypoint keypoints[PA_COCO_KEYPOINTS],
                      float width, float height) {
  enum { L_SHOULDER = 5, R_SHOULDER, L_HIP = 11, R_HIP };
  pa_point shoulders =
      pa_middle(&keypoints[L_SHOULDER], &keypoints[R_SHOULDER]);
  pa_point hips = pa_middle(&keypoints[L_HIP], &keypoints[R_HIP]);
  float far = 0;
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++)
    far = fmaxf(far, hypotf(keypoints[i].x - hips.x, keypoints[i].y - hips.y));
  float radius = fmaxf(BEYOND * far, fmaxf(width, height) / 2);
  return (pa_pose_roi){.cx = hips.x,
                       .cy = hips.y,
                       .side = fmaxf(2 * radius * ROI_SCALE, 8),
                       .angle =
                           atan2f(shoulders.x - hips.x, hips.y - shoulders.y)};
}

pa_pose_roi pa_pose_roi_from_circle(const float circle[2][2]) {
  float dx = circle[1][0] - circle[0][0], dy = circle[1][1] - circle[0][1];
  return (pa_pose_roi){.cx = circle[0][0],
                       .cy = circle[0][1],
                       .side = fmaxf(2 * hypotf(dx, dy) * ROI_SCALE, 8),
                       .angle = atan2f(dx, -dy)};
}

pa_affine pa_pose_affine(pa_pose_roi roi) {
  return pa_affine_square(roi.cx, roi.cy, roi.side, roi.angle, PA_POSE_SIZE);
}
