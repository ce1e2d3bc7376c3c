/* The brim of a hat: a disc round the head as wide as the mask shows it. */
#ifndef PARSONA_AVATAR3D_BRIM_H
#define PARSONA_AVATAR3D_BRIM_H

#include "avatar3d/camera.h"
#include "avatar3d/shell.h"

/* False when the photo shows no hat, or one without a brim all round. */
bool pa_brim_shell(const pa_figure *figure, const pa_sight *sight,
                   const pa_view *view, pa_shell *shell);

/* The brim's height in the T-pose and how far it reaches from the middle; false
 * as above. */
bool pa_brim_find(const pa_figure *figure, const pa_sight *sight,
                  const pa_view *view, float *height, float *reach);

/* Gives the shell of a brim or a peak the hat's pixels and place in the atlas;
 * one hat has but one of them. */
void pa_brim_paint(const pa_sight *sight, pa_shell *shell);

#endif
