/* A figure: the body's points and joints of one person, in T-pose. */
#ifndef PARSONA_AVATAR3D_FIGURE_H
#define PARSONA_AVATAR3D_FIGURE_H

#include "avatar3d/vec.h"
#include "base/limits.h"
#include "pose/body.h"

/* The bones that are spoken of by name; those of the right follow those of the
 * left in the same order. */
typedef enum pa_bone {
  PA_BONE_ROOT,
  PA_BONE_PELVIS,
  PA_BONE_SPINE_1,
  PA_BONE_SPINE_2,
  PA_BONE_SPINE_3,
  PA_BONE_NECK,
  PA_BONE_HEAD,
  PA_BONE_CLAVICLE,
  PA_BONE_UPPERARM,
  PA_BONE_LOWERARM,
  PA_BONE_HAND,
  PA_BONE_THIGH,
  PA_BONE_CALF,
  PA_BONE_FOOT,
  PA_BONE_BALL,
  PA_BONE_CLAVICLE_R,
  PA_BONE_UPPERARM_R,
  PA_BONE_LOWERARM_R,
  PA_BONE_HAND_R,
  PA_BONE_THIGH_R,
  PA_BONE_CALF_R,
  PA_BONE_FOOT_R,
  PA_BONE_BALL_R,
  PA_BONE_COUNT
} pa_bone;

/* From a bone of the left to that of side `s` (0 left, 1 right). */
#define PA_BONE_SIDE(bone, s)                                                  \
  ((bone) + (s) * (PA_BONE_CLAVICLE_R - PA_BONE_CLAVICLE))

typedef struct pa_figure {
  const pa_body *body;
  pa_vec *point; /* body->points */
  pa_vec head[PA_LIMIT_BODY_BONES], tail[PA_LIMIT_BODY_BONES];
  unsigned bone[PA_BONE_COUNT]; /* the body's index of each named bone */
} pa_figure;

/* How a person's proportions differ from the body's: factors, 1 is none. */
typedef struct pa_proportions {
  float torso, shoulders, hips;
  float upper_arm, forearm, thigh, shin;
  float head; /* as a whole */
  float neck;
} pa_proportions;

pa_status pa_figure_create(pa_error *err, const pa_body *body,
                           pa_figure *figure);
void pa_figure_destroy(pa_figure *figure);

/* Adds `amount` times a target. Names that the body lacks change nothing. */
void pa_figure_shape(pa_figure *figure, const char *target, float amount);

/* Lengthens bones, their points with them. */
void pa_figure_proportion(pa_figure *figure, const pa_proportions *p);

/* Uniform scale, and the lowest point at height 0. */
void pa_figure_scale(pa_figure *figure, float factor);
void pa_figure_stand(pa_figure *figure);

/* How much a point hangs on a bone, 0..1. */
float pa_figure_weight(const pa_figure *figure, unsigned point, unsigned bone);

/* Linear blend skinning: the points under a world rotation of each bone, the
 * root's head at `at`. `head`, `tail`: the joints; any output may be NULL. */
void pa_figure_pose(const pa_figure *figure, const pa_mat *rotation, pa_vec at,
                    pa_vec *point, pa_vec *head, pa_vec *tail);

/* Normals of points, by area; `point` in any pose. */
void pa_figure_normals(const pa_body *body, const pa_vec *point,
                       pa_vec *normal);

#endif
