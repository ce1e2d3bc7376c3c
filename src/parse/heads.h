/* What heads tell of whose pixel it is, where networks that look at one person
 * at a time cannot: of people who embrace, and of those who stand in a row. */
#ifndef PARSONA_PARSE_HEADS_H
#define PARSONA_PARSE_HEADS_H

#include "parse/grid.h"
#include "pose/pose.h"

/* Makes a person less sure of owning the cells where another is too: at and
 * below the other's head when it is the lower one (people who are near each
 * other stand on one floor, so it is nearer to the camera), and below both
 * heads where the other's is less to the side. `pose` and `other_pose` are
 * theirs; nothing changes where a head is not seen. */
void pa_heads_yield(pa_grid *grid, const pa_pose *pose, const pa_grid *other,
                    const pa_pose *other_pose);

#endif
