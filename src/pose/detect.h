/* Finding faces: BlazeFace's full-range model (Bazarevsky et al. 2019,
 * arXiv:1907.05047), which sees faces from a twentieth of the region on. */
#ifndef PARSONA_POSE_DETECT_H
#define PARSONA_POSE_DETECT_H

#include "pose/pose.h"

/* The network's input is this many pixels square. */
#define PA_DETECT_SIZE 192

/* Points of a found face; left and right are the person's own. */
enum {
  PA_SPOT_RIGHT_EYE,
  PA_SPOT_LEFT_EYE,
  PA_SPOT_NOSE,
  PA_SPOT_MOUTH,
  PA_SPOT_RIGHT_EAR,
  PA_SPOT_LEFT_EAR,
  PA_SPOTS
};

typedef struct pa_spot {
  float x, y; /* photo pixels */
} pa_spot;

typedef struct pa_detected_face {
  float score;        /* 0..1 */
  bool close;         /* too small for a look at the whole photo */
  float cx, cy, side; /* the square from brow to chin, photo pixels */
  pa_spot spots[PA_SPOTS];
} pa_detected_face;

/* Fills `faces` with at most `capacity` faces of at least `least`, the most
 * certain first, each once, and sets *count. The region may reach beyond the
 * photo. */
pa_status pa_detect_faces(pa_error *err, pa_nn_engine *engine, pa_nn_net *net,
                          const pa_image *image, pa_pose_roi region,
                          const atomic_int *cancel, float least,
                          size_t capacity, pa_detected_face *faces,
                          size_t *count);

/* Puts a face into a list that is sorted by certainty; of faces that overlap
 * the more certain stays. Returns how many there are then, at most
 * `capacity`. */
size_t pa_detect_insert(pa_detected_face *faces, size_t count, size_t capacity,
                        const pa_detected_face *face);

#endif
