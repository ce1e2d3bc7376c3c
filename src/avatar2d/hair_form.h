/* A haircut in a few numbers, and the outlines that follow from them.
 *
 * The outline of hair in a photo is ragged; a drawn one is made of few curves
 * that know where they go. So hair is kept as how far it stands off the skull
 * around the crown, where it begins on the forehead and how it falls beside the
 * face, and its outlines are drawn from that. */
#ifndef PARSONA_AVATAR2D_HAIR_FORM_H
#define PARSONA_AVATAR2D_HAIR_FORM_H

#include "avatar2d/traits.h"

#define PA_CROWN 11        /* rays around the crown, 20 degrees apart */
#define PA_CROWN_Y (-20.f) /* they begin here, at x = 0 */
#define PA_HAIRLINE 9      /* places on the forehead, 14 units apart */
#define PA_HAIR_FALLS 34.f /* y from which a side hangs, not ends */
#define PA_FALL 9          /* heights beside face and trunk: -20, 10 ... 220 */

typedef struct pa_hair_side {
  float low;                            /* y where the hair ends */
  float outer[PA_FALL], inner[PA_FALL]; /* distances from the middle line */
} pa_hair_side;

typedef struct pa_hair_form {
  float half;              /* half the face's width beside the eyes */
  float crown[PA_CROWN];   /* lengths of the rays, from the left ear over the
                              top to the right one */
  float line[PA_HAIRLINE]; /* y where the forehead ends, x = -56 ... 56 */
  float parting;           /* x where the hair parts */
  pa_hair_side side[2];    /* the picture's left, right */
  float behind;            /* y down to which hair hangs behind the head */
  bool bare;               /* no hair on the crown: two sides of hair */
  bool full;               /* it stands off the sides of the head as well */
  float knot, knot_angle;  /* radius of a knot on the crown, 0: none; where */
  float curls;             /* size of curls along the outer edge, 0: none */
  bool tied;               /* combed back, over the ears */
  float tail;              /* y where tied hair ends that hangs behind an ear,
                              0: none; on the picture's left where `tail_left` */
  bool tail_left;
} pa_hair_form;

/* A ray's angle, radians; 0 points up, the picture's right is positive. */
float pa_hair_ray(int ray);
/* How far the skull reaches along it. */
float pa_hair_skull(const pa_hair_form *form, float angle);
float pa_hair_line_x(int place);
float pa_hair_fall_y(int height);

/* Brings numbers that were measured into an order that can be worn. */
void pa_hair_form_limit(pa_hair_form *form);

/* The outlines before and behind the head, which must have been created. */
void pa_hair_form_shapes(const pa_hair_form *form, pa_shape *front,
                         pa_shape *back);

#endif
