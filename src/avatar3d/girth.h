/* Widths: how broad the dressed person is along trunk and limbs. */
#ifndef PARSONA_AVATAR3D_GIRTH_H
#define PARSONA_AVATAR3D_GIRTH_H

#include "avatar3d/camera.h"
#include "avatar3d/outfit.h"

#define PA_GIRTH_STEPS 12

/* Factors on the body's own widths at steps along it; 1 where the photo does
 * not tell. */
typedef struct pa_girth {
  float trunk[PA_GIRTH_STEPS]; /* from the shoulders to below the hips */
  float arm[PA_GIRTH_STEPS];   /* from shoulder to wrist, both arms alike */
  float leg[PA_GIRTH_STEPS];   /* from hip to ankle */
} pa_girth;

/* Compares the silhouette across each bone with that of the figure as `view`
 * sees it: the distance from the bone's line to where the person's pixels of
 * trunk, arms or legs end. */
void pa_girth_measure(const pa_figure *figure, const pa_sight *sight,
                      const pa_view *view, const pa_outfit *outfit,
                      pa_girth *girth);

/* Widens the figure, skin and all, about its bones. */
void pa_girth_apply(const pa_girth *girth, const pa_outfit *outfit,
                    pa_figure *figure);

#endif
