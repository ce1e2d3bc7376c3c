/* The whole photo by one network: M2FP, in place of all others. */
#ifndef PARSONA_PARSE_WHOLE_H
#define PARSONA_PARSE_WHOLE_H

#include "parse/context.h"
#include "parse/scene.h"

/* Runs the network of role "m2fp" and makes a scene of its people, without
 * boxes and keypoints. */
pa_status pa_whole_run(pa_context *context, const pa_image *image,
                       const pa_parse_options *options, pa_scene **scene);

/* Gives the scene's people (measured before) the keypoints of those whom the
 * detector finds in the same place, when it and the pose network are loaded. */
pa_status pa_whole_pose(pa_context *context, const pa_image *image,
                        pa_scene *scene);

#endif
