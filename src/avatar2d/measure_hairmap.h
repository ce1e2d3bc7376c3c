/* Where a head has hair, as seen from the front. */
#ifndef PARSONA_AVATAR2D_MEASURE_HAIRMAP_H
#define PARSONA_AVATAR2D_MEASURE_HAIRMAP_H

#include "avatar2d/field.h"
#include "avatar2d/measure.h"

/* More than .5 where there is hair, read from the labels and cleaned of what is
 * none or another's; `map` is to be freed whatever is returned. */
pa_status pa_hairmap_create(pa_measure *m, pa_field *map);

#endif
