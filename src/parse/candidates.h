/* People before it is known who stays. */
#ifndef PARSONA_PARSE_CANDIDATES_H
#define PARSONA_PARSE_CANDIDATES_H

#include "parse/grid.h"
#include "parse/people.h"
#include "pose/pose.h"

typedef struct pa_candidate {
  pa_found found;
  pa_pose pose;
  pa_grid grid;
  float score;
} pa_candidate;

/* Drops second detections of the same person and, once the surer ones have
 * their pixels, people of whom nothing is left that both networks see; frees
 * their grids. Returns how many stay, the most certain first. */
size_t pa_candidates_settle(pa_candidate *people, size_t count);

#endif
