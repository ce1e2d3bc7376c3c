/* The prompt of M2FP-Lite: maps that say whose parts are wanted.
 *
 * PA_PROMPT x PA_PROMPT cells of PA_PROMPT_CHANNELS values over a crop; each
 * value is exp(-(d / r)^2), d the distance to the nearest of the channel's
 * bones or points, r a share of the crop's side: 0 head  1 torso  2 left arm  3
 * right arm  4 left leg  5 right leg 6 points of other people  7 points of the
 * person, whatever limb weights/train/prompt.py draws the same for training. */
#ifndef PARSONA_PARSE_PROMPT_H
#define PARSONA_PARSE_PROMPT_H

#include "image/image.h"
#include "parse/people.h"
#include "pose/pose.h"

#define PA_PROMPT 64
#define PA_PROMPT_CHANNELS 8

/* Draws the prompt for the person of `pose` on the crop whose pixels
 * (PA_PROMPT a side) `to_photo` maps to the photo's. `others` are detections;
 * unsure ones are left out, those that are this person's too, and points on
 * `mask`, the pose's. `maps` receives
 * [PA_PROMPT][PA_PROMPT][PA_PROMPT_CHANNELS]. */
void pa_prompt_draw(pa_affine to_photo, const pa_pose *pose, const float *mask,
                    const pa_found *others, size_t other_count, float *maps);

/* True when a detection is of the person of `pose`: the keypoints that both see
 * lie, on average, nearer than a share of the torso. */
bool pa_prompt_same(const pa_pose *pose, const pa_found *found);

/* The maps of the same picture mirrored: `to_photo` had a negative xx, and the
 * left limbs are what looks right now. */
void pa_prompt_swap_sides(float *maps);

#endif
