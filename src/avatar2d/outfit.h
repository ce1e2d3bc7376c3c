/* What is chosen for an avatar besides its traits. */
#ifndef PARSONA_AVATAR2D_OUTFIT_H
#define PARSONA_AVATAR2D_OUTFIT_H

#include "avatar2d/draw.h"

/* Puts on what the traits wear, what `options` name and what its seed adds. May
 * change the traits (hair, beard). Sets draw->worn and draw->backdrop. */
pa_status pa_outfit_apply(pa_error *err, const pa_avatar2d_options *options,
                          pa_traits *traits, pa_draw *draw);

#endif
