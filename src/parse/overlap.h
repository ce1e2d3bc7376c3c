/* Two detections of one person. */
#ifndef PARSONA_PARSE_OVERLAP_H
#define PARSONA_PARSE_OVERLAP_H

#include <stdbool.h>

#include "parse/grid.h"
#include "pose/pose.h"

typedef struct pa_overlap {
  float in_first;  /* share of the second's pixels that the first owns too */
  float in_second; /* and the other way round */
} pa_overlap;

/* Of the pixels that each grid surely owns. */
pa_overlap pa_overlap_measure(const pa_grid *first, const pa_grid *second);

/* Of the pixels that a grid surely owns and none of the others does; 0 when
 * there are none. */
typedef struct pa_support {
  float mean; /* their body, 0..1 */
  float free; /* their share of all that the grid surely owns */
} pa_support;
pa_support pa_overlap_support(const pa_grid *grid, const pa_grid *others,
                              size_t count);

/* True when the heads of two poses are in the same place: nearer than half the
 * shoulders' width. */
bool pa_overlap_same_head(const pa_pose *first, const pa_pose *second);

/* True when two detections that overlap like this are of one person: nearly the
 * same pixels, or one of them part of the other. People who merely stand before
 * one another share few pixels, since a pose mask leaves out who is in front;
 * where it does not, `before` says that the second is known to be somebody
 * else, who may be covered wholly. */
bool pa_overlap_duplicate(pa_overlap overlap, bool same_head, bool before);

/* Whoever is seen within another's pixels is before them: what `front` surely
 * owns is no longer surely the other's. */
void pa_overlap_yield(pa_grid *behind, const pa_grid *front);

#endif
