/* Which limb a pixel lies on: turns coarse classes (skin, clothes, others) into
 * the labels of body parts by the person's landmarks. */
#ifndef PARSONA_PARSE_LIMBS_H
#define PARSONA_PARSE_LIMBS_H

#include "image/image.h"
#include "parsona.h"

typedef enum pa_limb {
  PA_LIMB_HEAD,
  PA_LIMB_TORSO,
  PA_LIMB_LEFT_ARM,
  PA_LIMB_RIGHT_ARM,
  PA_LIMB_LEFT_LEG,
  PA_LIMB_RIGHT_LEG,
  PA_LIMB_LEFT_FOOT,
  PA_LIMB_RIGHT_FOOT,
  PA_LIMB_COUNT
} pa_limb;

/* A tapered capsule: a bone with the flesh around it. */
typedef struct pa_capsule {
  float x0, y0, x1, y1; /* grid pixels */
  float r0, r1;         /* radii at the ends */
  pa_limb limb;
} pa_capsule;

#define PA_CAPSULES 24

typedef struct pa_body {
  pa_capsule capsules[PA_CAPSULES];
  size_t count;
  /* The torso's axis: hips' middle, and the unit vector towards the shoulders;
   * `length` from hips to shoulders. Grid pixels. */
  float hx, hy, ux, uy, length;
  bool thighs_raised; /* sitting, crouching: the knees are near hip height */
} pa_body;

/* Capsules from landmarks in photo pixels, brought to the grid by `to_grid`. */
void pa_body_init(const pa_keypoint keypoints[PA_KEYPOINTS],
                  const pa_affine *to_grid, pa_body *body);

/* Forgets hips and legs: for landmarks that cannot be true. */
void pa_body_drop_legs(pa_body *body);

/* Distance of (x, y) to each limb in units of the capsule's radius there: below
 * 1 inside. INFINITY for a limb without capsules. */
void pa_body_distances(const pa_body *body, float x, float y,
                       float distance[PA_LIMB_COUNT]);

/* Height over the hips along the torso's axis, 1 at the shoulders. */
float pa_body_height(const pa_body *body, float x, float y);

#endif
