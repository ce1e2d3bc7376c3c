/* The squares of the photo on which one person's parts are looked for. */
#ifndef PARSONA_PARSE_CROPS_H
#define PARSONA_PARSE_CROPS_H

#include "parse/context.h"
#include "parse/grid.h"
#include "pose/pose.h"

/* Maps from PA_GRID x PA_GRID pixels to the photo. The first square holds the
 * whole person; the second, where there is one, the upper part, larger. */
typedef struct pa_crops {
  pa_affine square[2];
  int count;
} pa_crops;

/* `mask` is the pose's, as pa_pose_run left it. */
pa_crops pa_crops_choose(const pa_image *image, const pa_pose *pose,
                         const float *mask);

/* Moves the first square's upper edge up, as far as the photo goes on there.
 * False: there is nothing more to see. */
bool pa_crops_raise(pa_crops *crops, const pa_image *image);

/* The same square with left and right exchanged. */
pa_affine pa_crops_mirrored(pa_affine square);

/* Runs a network on one square: `input` is the network's,
 * [PA_GRID][PA_GRID][3], and gets the square's colours, -1..1. */
pa_status pa_crops_look(pa_context *context, pa_nn_net *net,
                        const pa_image *image, pa_affine square, float *input);

/* From the first square's pixels to the second's, and to the pose mask's. */
pa_affine pa_crops_to_second(const pa_crops *crops);
pa_affine pa_crops_to_mask(const pa_crops *crops, const pa_pose *pose);

/* How much the second square's opinion counts at (u, v), its pixels, beside the
 * first's 1: as much within, less towards its edges, 0 outside. */
float pa_crops_weight(float u, float v);

#endif
