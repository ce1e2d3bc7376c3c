/* What a person's labelled pixels say of the head's place. */
#ifndef PARSONA_AVATAR2D_HEAD_PIXELS_H
#define PARSONA_AVATAR2D_HEAD_PIXELS_H

#include "parsona.h"
#include "pose/face.h"

typedef struct pa_head_box { /* photo pixels */
  float x0, y0, x1, y1;
} pa_head_box;

/* The largest patch of face that the person has; false when there is none. */
bool pa_head_largest_face(const pa_scene *scene, const pa_person *person,
                          pa_head_box *face);

/* The share of the mesh's points that lie on the person's face. */
float pa_head_share_on_face(const pa_scene *scene, const pa_person *person,
                            const pa_face *face);

/* The box of the person's head, but for a few stray pixels; where no head is
 * seen, of one that stands above what is. */
pa_head_box pa_head_pixels_box(const pa_scene *scene, const pa_person *person);

#endif
