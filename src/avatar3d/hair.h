/* Hair, and what is worn on it, as a shell around the head. */
#ifndef PARSONA_AVATAR3D_HAIR_H
#define PARSONA_AVATAR3D_HAIR_H

#include "avatar3d/hair_measure.h"
#include "avatar3d/shell.h"

/* The hair of the photo: its outline gives the volume to the sides and above,
 * its inner edge the opening for the face, its lower end the length; the back
 * is what the sides make likely. False when there is none to speak of, or no
 * face to place it by. */
bool pa_hair_shell(const pa_figure *figure, const pa_sight *sight,
                   const pa_view *view, const pa_outfit *outfit,
                   pa_shell *shell);

void pa_hair_skin(const pa_figure *figure, pa_vec place, uint8_t bone[4],
                  uint8_t weight[4]);

#endif
