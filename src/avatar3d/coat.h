/* The lower part of a coat that is open before the legs. */
#ifndef PARSONA_AVATAR3D_COAT_H
#define PARSONA_AVATAR3D_COAT_H

#include "avatar3d/skirt.h"

#define PA_COAT_ROWS 90
#define PA_COAT_STEP                                                           \
  .01f /* metres from row to row, downwards from the hips                      \
        */

typedef struct pa_coat {
  float hem;  /* height of its lower end, metres */
  float bare; /* height below which legs between its halves are bare; -1: none
                 are */
  float inner[PA_COAT_ROWS][2]; /* metres from the middle to the left half's
                                   edge, and the right one's */
} pa_coat;

/* False where the photo shows no coat that hangs below the hips with legs
 * or trousers between its halves. */
bool pa_coat_find(const pa_sight *sight, const pa_swatches *swatches,
                  const pa_skirt_axis *axis, pa_coat *coat);

/* How far from the middle the half of a side (0 left, 1 right) begins at a
 * height. */
float pa_coat_inner(const pa_coat *coat, const pa_skirt_axis *axis, float y,
                    int side);

#endif
