/* What stands in front of what: each limb's nearest surface at the pixels of a
 * crop, so that a trunk is not painted with the arm before it. */
#ifndef PARSONA_AVATAR3D_COVER_H
#define PARSONA_AVATAR3D_COVER_H

#include "avatar3d/crop.h"
#include "avatar3d/paint.h"

typedef struct pa_cover {
  const pa_crop *crop;
  /* Millimetres towards the camera, PA_PART_COUNT planes of the crop's size;
   * PA_COVER_NONE where the part is not. */
  int16_t *depth;
} pa_cover;

#define PA_COVER_NONE INT16_MIN

/* Draws the mesh as its brushes see it. */
pa_status pa_cover_create(pa_error *err, const pa_crop *crop,
                          const pa_mesh *mesh, const pa_brush *brush,
                          pa_cover *cover);
void pa_cover_destroy(pa_cover *cover);

/* `hidden`, of the crop's size, receives 1 for pixels that show another limb in
 * front of `part`, or where only that limb is; else 0. */
void pa_cover_hide(const pa_cover *cover, pa_part part, uint8_t *hidden);

/* The same for those where a forearm or hand is seen, whatever its depth. */
void pa_cover_hide_forearms(const pa_cover *cover, uint8_t *hidden);

/* Whether a place of `part`, z metres towards the camera, lies behind nearer
 * skin of the same part. */
bool pa_cover_behind(const pa_cover *cover, pa_part part, float x, float y,
                     float z);

#endif
