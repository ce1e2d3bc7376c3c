/* The head's own form, by direction from its middle. */
#ifndef PARSONA_AVATAR3D_SKULL_H
#define PARSONA_AVATAR3D_SKULL_H

#include "avatar3d/figure.h"

#define PA_SKULL_ELEVATIONS 28
#define PA_SKULL_AZIMUTHS 48

typedef struct pa_skull {
  pa_vec center, ear, chin; /* `ear`: before the left one */
  float radius[PA_SKULL_ELEVATIONS][PA_SKULL_AZIMUTHS]; /* without ears */
} pa_skull;

/* False when the body lacks the marks that it is placed by. */
bool pa_skull_of(const pa_figure *figure, pa_skull *skull);

/* Radians: elevation from the horizontal, azimuth from the front to the left.
 */
float pa_skull_radius(const pa_skull *skull, float elevation, float azimuth);
pa_vec pa_skull_direction(float elevation, float azimuth);

/* The place `beyond` metres over the skull. */
pa_vec pa_skull_place(const pa_skull *skull, float elevation, float azimuth,
                      float beyond);

#endif
