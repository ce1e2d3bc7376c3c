/* What colours a garment has, and how they are laid out. */
#ifndef PARSONA_AVATAR2D_MEASURE_CLOTH_H
#define PARSONA_AVATAR2D_MEASURE_CLOTH_H

#include "avatar2d/measure.h"

#define PA_CLOTHS 3
#define PA_CLOTH_SAMPLES 2400

typedef struct pa_cloth {
  size_t count;
  pa_oklab color[PA_CLOTH_SAMPLES];
  float x[PA_CLOTH_SAMPLES], y[PA_CLOTH_SAMPLES];
  uint8_t cluster[PA_CLOTH_SAMPLES];
} pa_cloth;

/* Samples of about one colour. */
typedef struct pa_cloth_color {
  pa_oklab color;
  float share, middle; /* middle: mean distance from the middle line */
} pa_cloth_color;

/* Gathers the clothes' cells, and their colours, the largest share first; false
 * where there are hardly any. `colors`: PA_CLOTHS, zeroed. */
bool pa_cloth_look(const pa_measure *m, pa_cloth *cloth,
                   pa_cloth_color *colors);

/* Lightness counts less than hue: folds are no second colour. */
float pa_cloth_apart(pa_oklab a, pa_oklab b);

/* Two colours that alternate over the garment are a pattern; which one is told
 * by the direction of the changes. What is only a print or a shadow changes
 * rarely. */
pa_pattern pa_cloth_pattern(const pa_cloth *cloth,
                            const pa_cloth_color *colors);

/* Whether a neckline with its lowest point at y = `tip` lies between a collar's
 * points: cloth stands up beside the neck, and has more edges there than on the
 * chest; many more where the neckline does not look `pointed`. */
bool pa_cloth_has_collar(const pa_measure *m, float tip, bool pointed);

/* A suit or a waistcoat, told by the colours of sleeves, trunk and of what lies
 * below the chin, and the colours of `outer` and the shirt `inner`;
 * PA_GARMENT_NONE: neither, and `inner` is left. */
pa_garment pa_measure_layers(pa_measure *m, pa_color *outer, pa_color *inner);

#endif
