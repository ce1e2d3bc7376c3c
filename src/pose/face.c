#include "pose/face.h"

#include <math.h>

#include "pose/crop.h"
#include "pose/point.h"

/* The model card: RGB in 0..1. The photo's edge is repeated: a black bar would
 * be taken for hair. */
static const pa_crop_range input_range = {1 / 255.0f, 0, -1};

/* MediaPipe's face graph enlarges the box of the face by this much. */
#define ROI_SCALE 1.5f
/* Below this a second look has no face to look at. */
#define WORTH_ANOTHER 0.1f
/* From here on the first look needs no wider one. */
#define SURE 0.8f
#define WIDER 1.6f

static float between(const pa_keypoint *a, const pa_keypoint *b) {
  return hypotf(a->x - b->x, a->y - b->y);
}

/* Proportions of the mesh's mean face: its box is 2.6 times as high as the
 * mouth lies below the eyes, 2.3 times as wide as the pupils are apart, and 1.1
 * times as wide as the ears. A head seen from the side keeps the first. */
static float face_size(const pa_keypoint *k, float eyes_to_mouth) {
  float size = 2.6f * eyes_to_mouth;
  size = fmaxf(size, 2.3f * between(&k[PA_KP_LEFT_EYE], &k[PA_KP_RIGHT_EYE]));
  return fmaxf(size, 1.1f * between(&k[PA_KP_LEFT_EAR], &k[PA_KP_RIGHT_EAR]));
}

/* The way from right eye to left eye, unless the face is seen so much from the
 * side that the way from mouth to eyes tells its tilt better. */
static float tilt(const pa_keypoint *k, pa_point eyes, pa_point mouth) {
  const pa_keypoint *left = &k[PA_KP_LEFT_EYE], *right = &k[PA_KP_RIGHT_EYE];
  float down = hypotf(mouth.x - eyes.x, mouth.y - eyes.y);
  if (between(left, right) > .5f * down)
    return atan2f(left->y - right->y, left->x - right->x);
  return atan2f(eyes.x - mouth.x, mouth.y - eyes.y);
}

pa_pose_roi
pa_face_roi_from_keypoints(const pa_keypoint keypoints[PA_KEYPOINTS]) {
  const pa_keypoint *k = keypoints;
  pa_point eyes = pa_middle(&k[PA_KP_LEFT_EYE], &k[PA_KP_RIGHT_EYE]);
  pa_point mouth = pa_middle(&k[PA_KP_MOUTH_LEFT], &k[PA_KP_MOUTH_RIGHT]);
  float down = hypotf(mouth.x - eyes.x, mouth.y - eyes.y);
  const float centre = .4f; /* of the way from the eyes to the mouth */
  return (pa_pose_roi){
      .cx = eyes.x + centre * (mouth.x - eyes.x),
      .cy = eyes.y + centre * (mouth.y - eyes.y),
      .side = fmaxf(ROI_SCALE * face_size(k, down), 8),
      .angle = tilt(k, eyes, mouth),
  };
}

pa_pose_roi pa_face_roi_from_points(const pa_face *face) {
  const float *right = face->points[PA_FACE_RIGHT_EYE_OUTER];
  const float *left = face->points[PA_FACE_LEFT_EYE_OUTER];
  float angle = atan2f(left[1] - right[1], left[0] - right[0]);
  float c = cosf(angle), s = sinf(angle);
  float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
  for (int i = 0; i < PA_FACE_POINTS; i++) {
    float x = c * face->points[i][0] + s * face->points[i][1];
    float y = c * face->points[i][1] - s * face->points[i][0];
    x0 = fminf(x0, x), x1 = fmaxf(x1, x);
    y0 = fminf(y0, y), y1 = fmaxf(y1, y);
  }
  float x = (x0 + x1) / 2, y = (y0 + y1) / 2;
  return (pa_pose_roi){
      .cx = c * x - s * y,
      .cy = s * x + c * y,
      .side = fmaxf(ROI_SCALE * fmaxf(x1 - x0, y1 - y0), 8),
      .angle = angle,
  };
}

/* Landmarks are x, y, z in pixels of the input. */
static pa_status read_points(pa_error *err, const float *landmarks,
                             pa_pose_roi roi, pa_face *face) {
  pa_affine m =
      pa_affine_square(roi.cx, roi.cy, roi.side, roi.angle, PA_FACE_SIZE);
  for (int i = 0; i < PA_FACE_POINTS; i++) {
    const float *v = landmarks + 3 * i;
    float *p = face->points[i];
    pa_affine_apply(&m, v[0], v[1], &p[0], &p[1]);
    p[2] = v[2] * roi.side / PA_FACE_SIZE;
    if (!isfinite(p[0]) || !isfinite(p[1]) || !isfinite(p[2]))
      return pa_error_set(err, PA_ERROR_WEIGHTS,
                          "the face network gave numbers that are not finite");
  }
  return PA_OK;
}

pa_status pa_face_run(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                      const pa_image *image, pa_pose_roi roi,
                      const atomic_int *cancel, pa_face *face) {
  pa_nn_shape shape;
  float *input = pa_nn_net_input(net, "image", &shape);
  if (!input || !pa_nn_shape_is(&shape, PA_FACE_SIZE, PA_FACE_SIZE, 3))
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the face network has no input image [1, 192, 192, 3]");
  const float *landmarks =
      pa_nn_net_values(net, "landmarks", 3 * PA_FACE_POINTS);
  const float *presence = pa_nn_net_values(net, "presence", 1);
  if (!landmarks || !presence)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the face network lacks an output: landmarks [1404], "
                        "presence [1]");
  pa_affine m =
      pa_affine_square(roi.cx, roi.cy, roi.side, roi.angle, PA_FACE_SIZE);
  pa_crop_sample(engine, image, m, PA_FACE_SIZE, PA_FACE_SIZE, input_range,
                 input);
  pa_status status = pa_nn_net_run(err, net, cancel);
  if (status != PA_OK) return status;
  face->roi = roi;
  face->score = pa_nn_sigmoid(presence[0]);
  return read_points(err, landmarks, roi, face);
}

pa_status pa_face_look(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                       const pa_image *image, pa_pose_roi roi,
                       const atomic_int *cancel, pa_face *face) {
  pa_status status = pa_face_run(err, engine, net, image, roi, cancel, face);
  /* Small or turned faces: the landmarks may lie too close together. */
  pa_face wider = {.score = 0};
  roi.side *= WIDER;
  if (status == PA_OK && face->score < SURE) {
    status = pa_face_run(err, engine, net, image, roi, cancel, &wider);
    if (status == PA_OK && wider.score > face->score) *face = wider;
  }
  if (status != PA_OK || face->score < WORTH_ANOTHER) return status;
  pa_face closer = {.score = 0};
  status = pa_face_run(err, engine, net, image, pa_face_roi_from_points(face),
                       cancel, &closer);
  if (status == PA_OK && closer.score > .9f * face->score) *face = closer;
  return status;
}

pa_status pa_face_find(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                       const pa_image *image,
                       const pa_keypoint keypoints[PA_KEYPOINTS],
                       const atomic_int *cancel, pa_face *face) {
  return pa_face_look(err, engine, net, image,
                      pa_face_roi_from_keypoints(keypoints), cancel, face);
}
