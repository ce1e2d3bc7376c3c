/* Whether the hair that was found makes a haircut, and which preset is like it
 * where it does not. */
#ifndef PARSONA_AVATAR2D_MEASURE_HAIRCUT_H
#define PARSONA_AVATAR2D_MEASURE_HAIRCUT_H

#include "avatar2d/field.h"
#include "avatar2d/measure.h"

typedef struct pa_haircut {
  /* Of rays from the head's middle over its crown, the shares that meet hair,
   * bare skin, a hat, and the end of the photo. */
  float hair, bare, hat, outside;
  /* Shares of hair beside cheeks, neck and chest; 0: the picture's left. */
  float beside[2][3];
  bool ear[2];     /* whether an ear is seen there */
  bool tied;       /* what ends at the ears is combed back and tied */
  float over_eyes; /* the share of hair where the eyes are */
  float uneven;    /* 0: both sides alike, 1: nothing in common */
  float height;    /* of the hair above the eyes */
  float width;     /* half of it, at the temples */
  float area;      /* square units */
} pa_haircut;

/* Whether hair of which nothing falls is combed back, and tied where the photo
 * does not show it: earrings or painted lips, and large eyes over a small jaw.
 * Nothing in the hair itself tells it from a short cut. For faces with a mesh.
 */
bool pa_haircut_tied(const pa_traits *traits);

/* `hair` is 1 where there is hair, seen from the front. */
void pa_haircut_look(const pa_measure *m, const pa_traits *traits,
                     const pa_field *hair, pa_haircut *cut);

/* Whether its outline can be worn: no pieces afloat, nothing across the eyes,
 * no crown that the photo or the labels leave out. */
bool pa_haircut_sound(const pa_measure *m, const pa_haircut *cut);

/* The name of a preset of about the same length and volume. */
const char *pa_haircut_preset(const pa_measure *m, const pa_haircut *cut,
                              const pa_traits *traits);

/* Whether a hat lies where hair would grow. */
bool pa_haircut_hatted(const pa_measure *m);

#endif
