/* The colours of a drawing. A photo's are those of its light: skin and cloth in
 * the shade are dark and dull there, and nobody who looks at the photo sees
 * them so, since all around them is as dark. A drawing has no such
 * surroundings. */
#ifndef PARSONA_AVATAR2D_PALETTE_H
#define PARSONA_AVATAR2D_PALETTE_H

#include "avatar2d/traits.h"

/* Skin as it is in good light: lighter, the more so in middle tones and where
 * the light was dim (0..1), and rich in colour; darker skin stays darker. */
pa_color pa_palette_skin(pa_color seen, float dim);
/* Cloth: what is dull gains chroma, what is nearly white is white, black is a
 * tone in which folds are seen. */
pa_color pa_palette_cloth(pa_color seen);
/* Hair below skin that was made lighter by `lift` (0..1): brown and blond hair
 * with it, black hair stays black. */
pa_color pa_palette_hair(pa_color seen, float lift);

/* All of a person's own colours. */
void pa_palette_clear(pa_traits *traits);

#endif
