/* Finding the people of a photo: boxes and 17 keypoints. */
#ifndef PARSONA_PARSE_PEOPLE_H
#define PARSONA_PARSE_PEOPLE_H

#include "parse/context.h"
#include "pose/pose.h"

typedef struct pa_found {
  float score;      /* 0..1 */
  float x, y, w, h; /* box, photo pixels */
  unsigned face;    /* 1 + the number of this person's face, 0: none seen */
  pa_keypoint keypoints[PA_COCO_KEYPOINTS];
} pa_found;

/* True of somebody who fills a tenth of the photo or more. */
bool pa_people_large(const pa_image *image, const pa_found *found);

/* Fills `found` with at most `capacity` people, the most certain first, and
 * sets *count. Who is large needs `min_score_large` only. */
pa_status pa_people_find(pa_context *context, const pa_image *image,
                         float min_score, float min_score_large,
                         size_t capacity, pa_found *found, size_t *count);

#endif
