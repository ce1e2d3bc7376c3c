/* Accessories: what can be put on a person, by kind and name. */
#ifndef PARSONA_AVATAR2D_WEAR_H
#define PARSONA_AVATAR2D_WEAR_H

#include "avatar2d/draw.h"

/* "hat", "glasses", ...; NULL out of range. */
const char *pa_wear_kind(pa_wear wear);
size_t pa_wear_count(pa_wear wear);
const char *pa_wear_name(pa_wear wear, size_t index); /* NULL out of range */
bool pa_wear_known(pa_wear wear, const char *name);
/* The colour that it has when none is asked for. */
pa_color pa_wear_color(pa_wear wear, const char *name);
/* Whether hair is to be pressed down below a hat of this name, and the y above
 * which it hides the hair. */
float pa_hat_brim(const char *name);

typedef struct pa_wear_item {
  const char *name;
  unsigned color; /* 0xrrggbb */
  pa_layer layer;
  void (*draw)(pa_draw *draw, pa_color color);
} pa_wear_item;

/* The tables of the files wear_X.c. */
extern const pa_wear_item pa_hats[], pa_glasses[], pa_earrings[],
    pa_headphones[], pa_scarves[], pa_masks[];
extern const size_t pa_hats_count, pa_glasses_count, pa_earrings_count,
    pa_headphones_count, pa_scarves_count, pa_masks_count;

#endif
