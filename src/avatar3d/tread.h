/* How feet stand in the photo: the turn of a foot that covers its shoe's mask
 * best. */
#ifndef PARSONA_AVATAR3D_TREAD_H
#define PARSONA_AVATAR3D_TREAD_H

#include "avatar3d/figure.h"
#include "avatar3d/sight.h"

typedef struct pa_tread {
  pa_mat turn; /* the foot's world rotation */
  float x, y;  /* photo pixels from the ankle's landmark to the ankle */
  float above; /* degrees from which the foot's sole is seen */
} pa_tread;

/* Finds how a foot (side 0 left, 1 right) stands on a floor seen from above.
 * `scale`: photo pixels a metre of the figure at the ankle; `toes`: where its
 * landmark says that it leads, in the photo's frame; `other`: the rotation that
 * it has to be better than. False where the photo shows too little of the shoe,
 * or nothing better is found. */
bool pa_tread_find(const pa_figure *figure, const pa_sight *sight, int side,
                   float scale, pa_vec toes, const pa_mat *other,
                   pa_tread *tread);

#endif
