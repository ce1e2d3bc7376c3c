/* Whose pixel it is: what the parsers share of that question. */
#ifndef PARSONA_PARSE_OWNER_H
#define PARSONA_PARSE_OWNER_H

#include "image/image.h"

/* The pose's mask ([PA_POSE_SIZE][PA_POSE_SIZE], probabilities) at a grid
 * pixel's point; 0 outside of it. */
float pa_owner_mask(const float *mask, const pa_affine *to_mask, float x,
                    float y);

/* What of the pose's mask the parts network's word replaces, 0..1: more, the
 * larger the face is in the square (its side's share of the square's). The pose
 * network wants bodies: of a face that fills its region the mask cuts off hats
 * and shoulders and takes in what is behind. */
float pa_owner_closeness(float face);

/* 0 where `owner`, a probability, is so low that the pixel is not this
 * person's, 1 where it may be, and between them in between. */
float pa_owner_gate(float owner);

/* How surely the pixel is of this person's body: of a person at all (`person`),
 * and this one's (`owner`). A half or more counts as theirs. */
float pa_owner_body(float person, float owner);

/* The way back, where `owner` is not so low that the gate is shut: how surely
 * somebody is there. */
float pa_owner_somebody(float body, float owner);

#endif
