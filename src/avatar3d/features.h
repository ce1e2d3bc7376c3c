/* What a face has where the photo shows none, or a cartoon of it is wanted:
 * eyes, brows, nose and mouth, drawn where the head's own marks are. */
#ifndef PARSONA_AVATAR3D_FEATURES_H
#define PARSONA_AVATAR3D_FEATURES_H

#include "avatar3d/face.h"
#include "avatar3d/outfit.h"

struct pa_features {
  bool bold;  /* a cartoon's: crisp and strong */
  float size; /* the head against the body's own */
  float back; /* what lies behind this depth is no face */
  pa_vec inner[2], outer[2], upper[2], lower[2]; /* of the eyes' lids */
  pa_vec eye[2];                                 /* the eyeballs' middles */
  pa_vec brow[2][PA_FACE_BROW];
  float thick[PA_FACE_BROW]; /* half a brow, from the nose outwards */
  pa_vec corner, peak, top, middle, bottom; /* of the mouth; left, as seen */
  pa_vec wing, base, cheek;                 /* of the nose, and beside it */
  pa_rgb skin, brows, lips, iris;
};

/* False when the body lacks the marks that they are placed by. */
bool pa_features_of(const pa_figure *figure, const pa_marks *marks,
                    const pa_outfit *outfit, bool bold, pa_features *features);

/* Draws over the colour of a place of the head's skin, or of an eyeball. */
void pa_features_skin(const pa_features *features, pa_vec place, float rgb[3]);
void pa_features_eye(const pa_features *features, pa_vec place, float rgb[3]);

#endif
