#include "pose/detect.h"

#include <math.h>

#include "pose/crop.h"

/* The feature map that predicts: one box a cell, its anchor the cell's middle.
 */
#define GRID 48
#define CELLS ((size_t)GRID * GRID)
#define VALUES (4 + 2 * PA_SPOTS) /* cx, cy, w, h, points; in input pixels */
/* Boxes of more than this overlap are of one face, as in MediaPipe's graph. */
#define SAME_IOU 0.3f

/* The model card: RGB in -1..1, grey outside the photo. */
static const pa_crop_range input_range = {2 / 255.0f, -1, 127.5f};

static float overlap(const pa_detected_face *a, const pa_detected_face *b) {
  float reach = (a->side + b->side) / 2;
  float side = fminf(a->side, b->side);
  float w = fminf(reach - fabsf(a->cx - b->cx), side);
  float h = fminf(reach - fabsf(a->cy - b->cy), side);
  if (!(w > 0 && h > 0)) return 0;
  return w * h / (a->side * a->side + b->side * b->side - w * h);
}

static pa_detected_face decode(const float *v, size_t cell, float score,
                               const pa_affine *to_photo, float scale) {
  const float step = (float)PA_DETECT_SIZE / GRID;
  size_t row = cell / GRID;
  float x = ((float)(cell % GRID) + .5f) * step;
  float y = ((float)row + .5f) * step;
  pa_detected_face face = {.score = score};
  pa_affine_apply(to_photo, x + v[0], y + v[1], &face.cx, &face.cy);
  face.side = fmaxf(fmaxf(v[2], v[3]), 0) * scale;
  for (size_t i = 0; i < PA_SPOTS; i++)
    pa_affine_apply(to_photo, x + v[4 + 2 * i], y + v[5 + 2 * i],
                    &face.spots[i].x, &face.spots[i].y);
  return face;
}

static bool finite_face(const pa_detected_face *face) {
  bool finite =
      isfinite(face->cx) && isfinite(face->cy) && isfinite(face->side);
  for (size_t i = 0; i < PA_SPOTS; i++)
    finite = finite && isfinite(face->spots[i].x) && isfinite(face->spots[i].y);
  return finite && face->side > 0;
}

size_t pa_detect_insert(pa_detected_face *faces, size_t count, size_t capacity,
                        const pa_detected_face *face) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++) {
    if (overlap(&faces[i], face) > SAME_IOU) {
      if (faces[i].score >= face->score) return count;
      continue;
    }
    faces[kept++] = faces[i];
  }
  if (kept == capacity) {
    if (!kept || faces[kept - 1].score >= face->score) return kept;
    kept--;
  }
  size_t at = kept;
  for (; at > 0 && faces[at - 1].score < face->score; at--)
    faces[at] = faces[at - 1];
  faces[at] = *face;
  return kept + 1;
}

pa_status pa_detect_faces(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                          const pa_image *image, pa_pose_roi region,
                          const atomic_int *cancel, float least,
                          size_t capacity, pa_detected_face *faces,
                          size_t *count) {
  *count = 0;
  pa_nn_shape shape;
  float *input = pa_nn_net_input(net, "image", &shape);
  const float *boxes = pa_nn_net_values(net, "boxes", CELLS * VALUES);
  const float *scores = pa_nn_net_values(net, "scores", CELLS);
  if (!input || !boxes || !scores ||
      !pa_nn_shape_is(&shape, PA_DETECT_SIZE, PA_DETECT_SIZE, 3))
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the face detector does not map image [1, 192, 192, "
                        "3] to boxes [2304, 16] and scores [2304]");
  pa_affine m = pa_affine_square(region.cx, region.cy, region.side,
                                 region.angle, PA_DETECT_SIZE);
  pa_crop_sample(engine, image, m, PA_DETECT_SIZE, PA_DETECT_SIZE, input_range,
                 input);
  pa_status status = pa_nn_net_run(err, net, cancel);
  if (status != PA_OK) return status;
  float scale = region.side / PA_DETECT_SIZE;
  for (size_t i = 0; i < CELLS; i++) {
    float score = pa_nn_sigmoid(scores[i]);
    if (!(score >= least)) continue;
    pa_detected_face face = decode(boxes + i * VALUES, i, score, &m, scale);
    if (finite_face(&face))
      *count = pa_detect_insert(faces, *count, capacity, &face);
  }
  return PA_OK;
}
