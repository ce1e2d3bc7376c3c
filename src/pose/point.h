/* Points of the photo between keypoints. Private to pose. */
#ifndef PARSONA_POSE_POINT_H
#define PARSONA_POSE_POINT_H

#include "parsona.h"

typedef struct pa_point {
  float x, y;
} pa_point;

static inline pa_point pa_middle(const pa_keypoint *a, const pa_keypoint *b) {
  return (pa_point){(a->x + b->x) / 2, (a->y + b->y) / 2};
}

#endif
