/* Where the upper clothes end and the lower ones begin. */
#ifndef PARSONA_PARSE_WAIST_H
#define PARSONA_PARSE_WAIST_H

#include <stddef.h>

#include "parse/limbs.h"

/* The height over the hips (pa_body_height) at which the clothes' colour
 * changes most along the trunk; a usual waist's where it hardly changes. `rgb`
 * is [PA_GRID][PA_GRID][3] in -1..1, `classes` [PA_GRID][PA_GRID][count]
 * logits, of which `clothes` is the clothes'. */
float pa_waist_find(const pa_body *body, const float *rgb, const float *classes,
                    size_t count, size_t clothes);

#endif
