/* Dark glasses: a sheet before the eyes, cut by the photo's mask, with arms. */
#ifndef PARSONA_AVATAR3D_GLASSES_H
#define PARSONA_AVATAR3D_GLASSES_H

#include "avatar3d/shell.h"

/* False when none are worn, or clear ones: eyes behind glass are part of the
 * face, and so are their frames. */
bool pa_glasses_shell(const pa_figure *figure, const pa_sight *sight,
                      const pa_view *view, const pa_outfit *outfit,
                      pa_shell *shell);

#endif
