/* The drawn figure: a person's measures as a cartoon has them.
 *
 * Photos differ from each other by a few percent; a drawing that keeps to that
 * is nobody in particular. Each measure's distance from the common one is
 * enlarged and laid on a figure with a rounder face, larger features and
 * narrower shoulders. */
#ifndef PARSONA_AVATAR2D_PROPORTIONS_H
#define PARSONA_AVATAR2D_PROPORTIONS_H

#include "avatar2d/style.h"
#include "avatar2d/traits.h"

/* How much higher than a person's the figure's shoulders lie: its chin is
 * shorter. */
#define PA_FIGURE_RISE 14.f

/* Fills `drawn` (to be freed) with the traits that are drawn for `own`. */
pa_status pa_proportions_draw(pa_error *err, const pa_traits *own,
                              const pa_style *style, pa_traits *drawn);

#endif
