/* Whose pixel it is: what the parsers share of that question. */
#ifndef PARSONA_PARSE_OWNER_H
#define PARSONA_PARSE_OWNER_H

#include "image/image.h"

/* The pose's mask ([PA_POSE_SIZE][PA_POSE_SIZE], probabilities) at a grid
 * pixel's point; 0 outside of it. */
float pa_owner_mask(const float *mask, const pa_affine *to_mask, float x,
                    float y);

/* 0 where `owner`, a probability, is so low that the pixel is not this
 * person's, 1 where it may be, and between them in between. */
float pa_owner_gate(float owner);

#endif
