/* The line in which top and trousers meet, round the body. */
#ifndef PARSONA_AVATAR3D_HEM_H
#define PARSONA_AVATAR3D_HEM_H

#include "avatar3d/camera.h"
#include "avatar3d/sight.h"

#define PA_HEM_TERMS 4

typedef struct pa_hem {
  bool told;    /* the photo shows it */
  bool behind;  /* on the body's back */
  float middle; /* where front and back part: z */
  float half;   /* the body's half width there */
  float term[PA_HEM_TERMS];
} pa_hem;

/* Fits the line to what the photo has of both garments, near `height`. */
void pa_hem_fit(const pa_figure *figure, const pa_sight *sight,
                const pa_view *view, float height, pa_hem *hem);

/* Its height at a place of the surface. */
float pa_hem_height(const pa_hem *hem, pa_vec place);

#endif
