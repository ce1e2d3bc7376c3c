/* Two detections of one person. */
#ifndef PARSONA_PARSE_OVERLAP_H
#define PARSONA_PARSE_OVERLAP_H

#include <stdbool.h>

#include "parse/grid.h"

/* True when the two grids claim mostly the same pixels: intersection over union
 * of what each surely owns above 0.6, or the second lies nearly whole inside
 * the first. */
bool pa_overlap_duplicate(const pa_grid *first, const pa_grid *second);

#endif
