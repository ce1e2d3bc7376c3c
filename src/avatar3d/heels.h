/* High heels: feet that stand on their balls, and what holds up the rest. */
#ifndef PARSONA_AVATAR3D_HEELS_H
#define PARSONA_AVATAR3D_HEELS_H

#include "avatar3d/camera.h"
#include "avatar3d/shell.h"

#define PA_HEELS_HIGHEST .10f /* metres */

/* How high the heels of the shoes are that the photo shows, metres; 0: flat.
 * `view`: of the figure with flat feet. */
float pa_heels_measure(const pa_sight *sight, const pa_view *view);

/* Lifts the heels of a figure that stands on the ground, and all of it but the
 * toes with them; soles stay at height 0. */
void pa_heels_lift(pa_figure *figure, float height);

/* How far a point of a foot is above the sole's lower edge, metres, on heels of
 * such a height. */
float pa_heels_above_ground(const pa_figure *figure, unsigned point,
                            float height);

/* What is under the heel of a side (0 left, 1 right). */
void pa_heels_shell(const pa_figure *figure, const pa_outfit *outfit, int side,
                    pa_shell *shell);

/* pa_shell_skin and pa_shell_map of the shells; the photo does not show them.
 */
void pa_heels_skin(const pa_figure *figure, pa_vec place, uint8_t bone[4],
                   uint8_t weight[4]);
pa_vec pa_heels_map(const void *none, pa_vec place);

#endif
