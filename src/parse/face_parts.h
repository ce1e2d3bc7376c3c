/* The parts of a face: eyes, brows, nose, mouth, lips, ears; and jewellery. */
#ifndef PARSONA_PARSE_FACE_PARTS_H
#define PARSONA_PARSE_FACE_PARTS_H

#include "parse/context.h"
#include "parse/scene.h"

/* Looks at the head of `person` (of `scene`) and writes what it sees over the
 * labels of the person's own pixels; `twice`: in a mirror as well, taking the
 * mean. Does nothing where the head is too small, or turned away. */
pa_status pa_face_parts_run(pa_context *context, const pa_image *image,
                            const pa_person *person, bool twice,
                            pa_scene *scene);

/* The square around a head that the network is shown: centre, side in photo
 * pixels, and the angle by which the eyes are turned. */
typedef struct pa_head_square {
  float cx, cy, side, angle;
} pa_head_square;
pa_head_square pa_face_parts_square(const pa_keypoint keypoints[PA_KEYPOINTS]);

#endif
