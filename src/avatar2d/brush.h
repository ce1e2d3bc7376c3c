/* Strokes as a brush leaves them: thick in the middle, thin at the ends. */
#ifndef PARSONA_AVATAR2D_BRUSH_H
#define PARSONA_AVATAR2D_BRUSH_H

#include "avatar2d/picture.h"

/* Widths at the beginning, the middle and the end. */
typedef struct pa_brush {
  float from, middle, to;
} pa_brush;

/* Adds the outline of a stroke along the cubic a b c d to the current path. */
void pa_brush_add(pa_picture *picture, pa_vec a, pa_vec b, pa_vec c, pa_vec d,
                  pa_brush brush);
/* The same as a path of its own, filled. */
void pa_brush_stroke(pa_picture *picture, pa_vec a, pa_vec b, pa_vec c,
                     pa_vec d, pa_brush brush, pa_color color);

#endif
