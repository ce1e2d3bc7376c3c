/* A cap's peak: a sheet before the forehead. */
#ifndef PARSONA_AVATAR3D_PEAK_H
#define PARSONA_AVATAR3D_PEAK_H

#include "avatar3d/camera.h"
#include "avatar3d/shell.h"

/* False when the person wears no hat, or none with a peak and no brim. */
bool pa_peak_shell(const pa_figure *figure, const pa_sight *sight,
                   const pa_view *view, pa_shell *shell);

#endif
