/* Glasses: dark ones are a sheet before the face and along the temples, cut by
 * the photo's mask. */
#ifndef PARSONA_AVATAR3D_GLASSES_H
#define PARSONA_AVATAR3D_GLASSES_H

#include "avatar3d/shell.h"

#define PA_GLASSES_FRONT .62f  /* of the sheet: the rest are arms */
#define PA_GLASSES_ABOVE .024f /* metres over the eyes, and below them */
#define PA_GLASSES_BELOW .028f

/* Where glasses sit on a face. */
typedef struct pa_glasses_form {
  pa_vec bridge, outer, ear; /* of the left side */
  float y;
} pa_glasses_form;

/* False when the body lacks the marks that they are placed by. */
bool pa_glasses_form_of(const pa_figure *figure, pa_glasses_form *form);

/* A place on the sheet. t: -1 at the left ear, 1 at the right one; v: 0 above,
 * 1 below. */
pa_vec pa_glasses_place(const pa_glasses_form *form, float t, float v);

/* Whether the photo shows glasses, and both eyes through them. */
bool pa_glasses_show_eyes(const pa_sight *sight);

/* Whether the photo shows dark glasses; the colours of all of them and of their
 * darkest tenth where it shows any. */
bool pa_glasses_are_dark(const pa_sight *sight, const pa_outfit *outfit,
                         pa_rgb *lens, pa_rgb *rim);

/* False when the person wears none, or clear ones. */
bool pa_glasses_shell(const pa_figure *figure, const pa_sight *sight,
                      const pa_view *view, const pa_outfit *outfit,
                      pa_shell *shell);

#endif
