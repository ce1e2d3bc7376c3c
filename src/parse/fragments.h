/* Splinters of one garment in another. */
#ifndef PARSONA_PARSE_FRAGMENTS_H
#define PARSONA_PARSE_FRAGMENTS_H

#include "parse/grid.h"

/* Gives every connected region (4-neighbours, most probable label) that is
 * smaller than `share` of all pixels of its kind to the label of that kind
 * which it touches most. Kinds: tops and bottoms together; shoes; arms; legs. A
 * network that wavers between coat and shirt leaves such splinters; a patch of
 * that size that is right is rarer. What is called an accessory and is as large
 * as a garment becomes the garment that it touches most. `scratch` holds 2 *
 * PA_GRID * PA_GRID values. */
void pa_grid_merge_fragments(pa_grid *grid, float share, int32_t *scratch);

#endif
