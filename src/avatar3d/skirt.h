/* Skirts, and the lower parts of dresses and coats: a ring round both legs. */
#ifndef PARSONA_AVATAR3D_SKIRT_H
#define PARSONA_AVATAR3D_SKIRT_H

#include "avatar3d/shell.h"

/* The line from the hips' middle to the ankles', in the photo and the T-pose.
 */
typedef struct pa_skirt_axis {
  float x, y;   /* of the hips' middle in the photo */
  float dx, dy; /* photo pixels for each metre down */
  float nx, ny; /* photo pixels for each metre to the figure's left */
  float top;    /* the hips' height in the T-pose */
  bool knees;   /* the photo shows them */
  bool hangs;   /* and the thighs are upright */
} pa_skirt_axis;

/* False when the person wears none, or hips and legs are not seen. Legs that
 * are bare below it are so in `outfit` too. */
bool pa_skirt_shell(const pa_figure *figure, const pa_sight *sight,
                    const pa_view *view, pa_outfit *outfit, pa_skirt_axis *axis,
                    pa_shell *shell);

void pa_skirt_skin(const pa_figure *figure, pa_vec place, uint8_t bone[4],
                   uint8_t weight[4]);

/* pa_shell_map of a pa_skirt_axis. */
pa_vec pa_skirt_map(const void *axis, pa_vec place);

#endif
