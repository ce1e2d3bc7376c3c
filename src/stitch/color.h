/* Colours that the eye would call even: OKLab (B. Ottosson, "A perceptual color
 * space for image processing", 2020) and its polar form. */
#ifndef PARSONA_STITCH_COLOR_H
#define PARSONA_STITCH_COLOR_H

#include "parsona.h"

typedef struct pa_oklab {
  float l, a, b; /* lightness 0..1, green to red, blue to yellow */
} pa_oklab;

pa_oklab pa_oklab_of(pa_color color);

/* Of linear light, 0..1, red, green, blue. */
pa_oklab pa_oklab_of_linear(const float rgb[3]);

/* sRGB's 0..1 as linear light (IEC 61966-2-1). */
float pa_srgb_linear(float v);

/* The 8-bit colour, alpha 255. Where sRGB has no such colour, the one of the
 * same lightness and hue with as much chroma as there is. */
pa_color pa_oklab_color(pa_oklab lab);

/* The hue that stands for person `id`, 1, 2, ...: each a golden angle on from
 * the last, so that any few in a row lie far apart. */
pa_oklab pa_person_hue(unsigned id);

/* `color` turned towards person `id` by `tint` (0..1); alpha is kept. Lightness
 * follows last, so that the parts stay apart as long as they can. Nobody (id 0)
 * has no hue and keeps the colour. */
pa_color pa_color_tint(pa_color color, unsigned id, float tint);

#endif
