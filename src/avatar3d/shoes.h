/* Shoes: feet given soles, toe caps and the width of leather. */
#ifndef PARSONA_AVATAR3D_SHOES_H
#define PARSONA_AVATAR3D_SHOES_H

#include "avatar3d/outfit.h"

/* Where the photo shows a shoe, and where the figure's foot is seen there:
 * x0, y0, x1, y1 in photo pixels. */
typedef struct pa_shoe {
  bool seen;
  float foot[4], shoe[4];
} pa_shoe;

typedef struct pa_shoes {
  pa_shoe side[2];
  float size; /* the shoes' extent over the feet's, 1 where not to be told */
} pa_shoes;

/* Compares the masks of the shoes with the feet as `view` sees them. */
void pa_shoes_measure(const pa_figure *figure, const pa_sight *sight,
                      const pa_view *view, pa_shoes *shoes);

/* Reshapes the feet of a figure that stands on the ground, if it wears shoes;
 * `size` times as long and wide. On high heels all but the toes is lifted. */
pa_status pa_shoes_fit(pa_error *err, const pa_outfit *outfit, float size,
                       pa_figure *figure);

/* Moves the feet of a view onto the shoes' masks, for ankles and toes are known
 * to no more than half a shoe: to where they stand as their shoes do (a
 * pa_tread), else by the masks' boxes. */
void pa_shoes_place(const pa_figure *figure, const pa_shoes *shoes,
                    pa_view *view);

/* How far a point of a foot is above its sole's upper edge, metres. */
float pa_shoes_above_sole(const pa_figure *figure, const pa_outfit *outfit,
                          unsigned point);

#endif
