/* What the files that draw hair share. */
#ifndef PARSONA_AVATAR2D_DRAW_HAIR_H
#define PARSONA_AVATAR2D_DRAW_HAIR_H

#include "avatar2d/draw.h"

/* What the hair is drawn from. */
typedef struct pa_drawn_hair {
  pa_contour rooms[2][PA_CONTOURS];
  pa_shape front, back; /* of the traits, or in the rooms */
  float parting, low;   /* x; lowest y beside the face */
  bool curly, shorn;
} pa_drawn_hair;

/* The hair that the traits say, under the hat that is put on. */
void pa_draw_find_hair(const pa_draw *draw, pa_drawn_hair *hair);

/* draw_strands.c: the lines within hair, in one colour, which the caller clips
 * to it. Strands fall from the parting, beginning below `top`; from the notches
 * between the locks of a shape lines go into it. Curls are arcs. */
void pa_draw_strands(pa_draw *draw, const pa_drawn_hair *hair, float top,
                     pa_color color, float width);
void pa_draw_locks(pa_draw *draw, const pa_shape *shape, pa_vec root,
                   pa_color color, float width);

#endif
