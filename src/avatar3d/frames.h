/* Clear glasses: rims, a bridge and arms, through which the eyes are seen. */
#ifndef PARSONA_AVATAR3D_FRAMES_H
#define PARSONA_AVATAR3D_FRAMES_H

#include "avatar3d/shell.h"

#define PA_FRAMES_PARTS 5

/* Fills `shell` with the parts, of the head like the hair. False, and nothing
 * filled, when the photo shows no glasses or dark ones, or is too small. */
bool pa_frames_shells(const pa_figure *figure, const pa_sight *sight,
                      const pa_view *view, const pa_outfit *outfit,
                      pa_shell shell[PA_FRAMES_PARTS]);

#endif
