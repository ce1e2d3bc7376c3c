/* Reading traits off a photo; measure_X.c each read one kind. */
#ifndef PARSONA_AVATAR2D_MEASURE_H
#define PARSONA_AVATAR2D_MEASURE_H

#include "avatar2d/head.h"
#include "avatar2d/patch.h"
#include "avatar2d/traits.h"

typedef struct pa_measure {
  pa_context *context;
  const pa_image *image;
  const pa_scene *scene;
  const pa_person *person;
  pa_head head;
  pa_patch patch;
  pa_samples samples;            /* for whoever needs them */
  pa_oklab skin_seen, hair_seen; /* as they are in the patch */
  /* How far the face lies in a shade's coloured light, 0..1, and what this
   * takes from its colour. */
  float shade, cast_a, cast_b;
  pa_labels face, ears, hair, hat, glasses, jewellery, clothes, skin;
} pa_measure;

/* Fills `traits` (to be freed) from the person of that id, and `head` (may be
 * NULL). */
pa_status pa_measure_traits(pa_context *context, const pa_image *image,
                            const pa_scene *scene, unsigned id,
                            pa_traits *traits, pa_head *head);

/* Adds to the samples; x as seen from the front. */
static inline void pa_measure_look(pa_measure *m, pa_labels labels, float x,
                                   float y, float rx, float ry) {
  pa_samples_ellipse(&m->samples, &m->patch, labels,
                     pa_head_turned(&m->head, x), y, rx, ry);
}

void pa_measure_face(pa_measure *m, pa_traits *traits);
/* 0: in good light, 1: in so little that nothing is white. */
float pa_measure_dim(const pa_measure *m);
void pa_measure_skin(pa_measure *m, pa_traits *traits);
/* The brows' heaviness and run, as the photo shows them; skin is known. */
void pa_measure_brows(pa_measure *m, pa_traits *traits);
/* Skin first. */
void pa_measure_colors(pa_measure *m, pa_traits *traits);
void pa_measure_beard(pa_measure *m, pa_traits *traits);
pa_status pa_measure_hair(pa_measure *m, pa_traits *traits);
void pa_measure_pose(pa_measure *m, pa_traits *traits);
void pa_measure_hat(pa_measure *m, pa_traits *traits);
void pa_measure_glasses(pa_measure *m, pa_traits *traits);
/* After the hair's colour. */
void pa_measure_earrings(pa_measure *m, pa_traits *traits);
pa_status pa_measure_clothes(pa_measure *m, pa_traits *traits);
/* Slim or stout; garments are known. */
void pa_measure_build(const pa_measure *m, pa_traits *traits);
/* Standard deviations (-1.3 to 1.3) by which the mesh's face is more angular
 * than the mean: a long wide jaw, small eyes. */
float pa_measure_angular(const pa_traits *traits);
/* How angular the face is to be drawn; all else is known. */
void pa_measure_grown(const pa_measure *m, pa_traits *traits);

#endif
