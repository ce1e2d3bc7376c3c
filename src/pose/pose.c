#include "pose/pose.h"

#include <math.h>
#include <string.h>

#include "pose/crop.h"

/* The body's 33 and six more: the circle that video tracking follows, hands. */
#define LANDMARKS 39
#define VALUES 5 /* x, y, z, visibility, presence */

/* The model card: RGB in 0..1, black outside the photo. */
static const pa_crop_range input_range = {1 / 255.0f, 0, 0};

typedef struct outputs {
  const float *landmarks; /* [LANDMARKS][VALUES], in pixels of the input */
  const float *presence;  /* [1], a probability */
  const float *mask;      /* [PA_POSE_SIZE][PA_POSE_SIZE], logits */
  const float *world;     /* [LANDMARKS][3], metres */
} outputs;

const char *const pa_pose_outputs[] = {"landmarks", "presence", "world", "mask",
                                       NULL};
const char *const pa_pose_outputs_without_mask[] = {"landmarks", "presence",
                                                    "world", NULL};

static pa_status find_outputs(pa_error *err, const pa_nn_net *net,
                              bool need_mask, outputs *out) {
  out->landmarks = pa_nn_net_values(net, "landmarks", LANDMARKS * VALUES);
  out->presence = pa_nn_net_values(net, "presence", 1);
  out->mask = pa_nn_net_values(net, "mask", PA_POSE_SIZE * PA_POSE_SIZE);
  out->world = pa_nn_net_values(net, "world", LANDMARKS * 3);
  if (out->landmarks && out->presence && out->world &&
      (out->mask || !need_mask))
    return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "the pose network lacks an output: landmarks [195], "
                      "presence [1], mask [256, 256], world [117]");
}

static void read_landmarks(const outputs *out, const pa_affine *m, float scale,
                           pa_pose *pose) {
  for (int i = 0; i < PA_KEYPOINTS; i++) {
    const float *v = out->landmarks + i * VALUES;
    pa_keypoint *k = &pose->keypoints[i];
    pa_affine_apply(m, v[0], v[1], &k->x, &k->y);
    k->score =
        pa_nn_sigmoid(fminf(v[3], v[4])); /* visible, and inside the photo */
    pose->depth[i] = v[2] * scale;
  }
  for (int i = 0; i < 2; i++) {
    const float *v = out->landmarks + (PA_KEYPOINTS + i) * VALUES;
    pa_affine_apply(m, v[0], v[1], &pose->circle[i][0], &pose->circle[i][1]);
  }
}

/* The network sees the person upright; the photo's axes are turned back. */
static void read_world(const outputs *out, float angle, pa_pose *pose) {
  float c = cosf(angle), s = sinf(angle);
  for (int i = 0; i < PA_KEYPOINTS; i++) {
    const float *v = out->world + i * 3;
    pose->world[i][0] = c * v[0] - s * v[1];
    pose->world[i][1] = s * v[0] + c * v[1];
    pose->world[i][2] = v[2];
  }
}

static void read_mask(const outputs *out, float *mask) {
  for (size_t i = 0; i < PA_POSE_SIZE * PA_POSE_SIZE; i++)
    mask[i] = pa_nn_sigmoid(out->mask[i]);
}

static bool finite_pose(const pa_pose *pose) {
  for (int i = 0; i < PA_KEYPOINTS; i++)
    if (!isfinite(pose->keypoints[i].x) || !isfinite(pose->keypoints[i].y))
      return false;
  for (int i = 0; i < 2; i++)
    if (!isfinite(pose->circle[i][0]) || !isfinite(pose->circle[i][1]))
      return false;
  return isfinite(pose->presence);
}

pa_status pa_pose_run(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                      const pa_image *image, pa_pose_roi roi,
                      const atomic_int *cancel, pa_pose *pose, float *mask) {
  pa_nn_shape shape;
  float *input = pa_nn_net_input(net, "image", &shape);
  if (!input || !pa_nn_shape_is(&shape, PA_POSE_SIZE, PA_POSE_SIZE, 3))
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the pose network has no input image [1, 256, 256, 3]");
  outputs out;
  pa_status status = find_outputs(err, net, mask != NULL, &out);
  if (status != PA_OK) return status;

  pa_affine m = pa_pose_affine(roi);
  pa_crop_sample(engine, image, m, PA_POSE_SIZE, PA_POSE_SIZE, input_range,
                 input);
  status = pa_nn_net_run(err, net, cancel);
  if (status != PA_OK) return status;

  pose->roi = roi;
  pose->presence = out.presence[0];
  read_landmarks(&out, &m, roi.side / PA_POSE_SIZE, pose);
  read_world(&out, roi.angle, pose);
  if (mask) read_mask(&out, mask);
  if (!finite_pose(pose))
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the pose network gave numbers that are not finite");
  return PA_OK;
}
