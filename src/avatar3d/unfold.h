/* Shoes in the atlas. The body's own chart shows feet from above, where the
 * walls of a shoe have no width; here they are folded outwards. */
#ifndef PARSONA_AVATAR3D_UNFOLD_H
#define PARSONA_AVATAR3D_UNFOLD_H

#include "avatar3d/figure.h"

typedef struct pa_unfold {
  pa_vec heel, ball;     /* ends of the foot's middle line */
  float top;             /* height of what is not moved */
  float low[2], high[2]; /* what it all takes, along and across */
} pa_unfold;

/* `side`: 0 left, 1 right. */
void pa_unfold_of(const pa_figure *figure, int side, pa_unfold *unfold);

/* Moves the place in the atlas of a corner of the body, if it is a foot's. */
void pa_unfold_place(const pa_unfold unfold[2], const pa_body_corner *corner,
                     pa_vec place, float uv[2]);

#endif
