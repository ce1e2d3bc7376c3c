/* What the photo tells of the hair, as measures about the head. */
#ifndef PARSONA_AVATAR3D_HAIR_MEASURE_H
#define PARSONA_AVATAR3D_HAIR_MEASURE_H

#include "avatar3d/camera.h"
#include "avatar3d/skull.h"

#define PA_HAIR_CAP 20  /* rows from the crown to the ears' height */
#define PA_HAIR_FALL 26 /* rows below it */
#define PA_HAIR_SIDES 2 /* left, right */

typedef struct pa_hair_measures {
  pa_skull skull;
  /* Beyond the skull to the side; azimuth from the front at which hair begins:
   * by row of the cap. */
  float thick[PA_HAIR_CAP][PA_HAIR_SIDES], open[PA_HAIR_CAP][PA_HAIR_SIDES];
  /* Below: from the middle to where the hair ends and begins, metres. */
  float wide[PA_HAIR_FALL][PA_HAIR_SIDES], inner[PA_HAIR_FALL][PA_HAIR_SIDES];
  bool falls[PA_HAIR_FALL][PA_HAIR_SIDES];
  float hairline; /* elevation that it likely has over the forehead */
  bool is_long;   /* hair is seen beside the jaw and below */
  bool before[PA_HAIR_SIDES]; /* it lies before the shoulder */
  float bottom;               /* height of the lowest hair */
} pa_hair_measures;

/* Radians of azimuth that the hair's surface goes on beyond its edge, cut by
 * its alpha. */
#define PA_HAIR_BEYOND .28f

/* Elevation of a row of the cap, and height of a row below it. */
float pa_hair_elevation(unsigned row);
float pa_hair_height(const pa_hair_measures *hair, unsigned row);

/* False without a face to place it by. */
bool pa_hair_measure(const pa_figure *figure, const pa_sight *sight,
                     const pa_view *view, pa_hair_measures *hair);

/* Short hair such as many have, of a head that the photo does not show. */
bool pa_hair_likely(const pa_figure *figure, pa_hair_measures *hair);

/* pa_shell_map of a pa_face_map: its affine part. */
pa_vec pa_hair_map(const void *face_map, pa_vec place);

#endif
