#include "avatar3d/reach.h"

#define SEEN .3f       /* trust from which a landmark turns a bone */
#define STRAIGHT .998f /* of both bones: as far as a limb reaches */
#define DEEPEST .25f   /* of its length that it may gain in depth */
#define FORWARDS .01f  /* of its length that a straight knee is before it */

static const pa_vec down = {0, -1, 0};

/* Where an ankle, now at `now` from its hip, has to go. The photo says how far
 * across; of what is left of the leg's length depth takes as much as before, or
 * a bit more. */
static pa_vec wanted(pa_vec now, float x, float y, float most) {
  float flat = hypotf(x, y), length = pa_length(now);
  float deep = sqrtf(fmaxf(0, length * length - flat * flat));
  deep = fminf(deep, fmaxf(fabsf(now.z), DEEPEST * length));
  pa_vec want = pa_v(x, y, now.z < 0 ? -deep : deep);
  float all = pa_length(want);
  return all > most ? pa_mul(want, most / all) : want;
}

/* The knee of a leg from the origin to `ankle`, to the side of `bent`. */
static pa_vec knee_of(float thigh, float calf, pa_vec ankle, pa_vec bent) {
  float length = fmaxf(pa_length(ankle), 1e-4f);
  pa_vec along = pa_mul(ankle, 1 / length);
  float t = (thigh * thigh + length * length - calf * calf) / (2 * length);
  t = pa_clamp(t, -thigh, thigh);
  bent.z += FORWARDS * thigh;
  pa_vec side = pa_sub(bent, pa_mul(along, pa_dot(bent, along)));
  side = pa_unit(side, pa_v(0, 0, 1));
  float off = sqrtf(fmaxf(0, thigh * thigh - t * t));
  return pa_add(pa_mul(along, t), pa_mul(side, off));
}

static void turn_bone(unsigned bone, pa_vec from, pa_vec to,
                      pa_pose_of_bones *pose) {
  pa_mat turn = pa_turn(pa_unit(from, down), pa_unit(to, down));
  pose->rotation[bone] = pa_product(&turn, &pose->rotation[bone]);
}

/* Hip, knee and ankle of the left. */
static const pa_bone bones[3] = {PA_BONE_THIGH, PA_BONE_CALF, PA_BONE_FOOT};
static const int marks[3] = {PA_KP_LEFT_HIP, PA_KP_LEFT_KNEE, PA_KP_LEFT_ANKLE};

static void reach(const pa_figure *f, const pa_sight *s, const pa_camera *c,
                  int side, const pa_vec *joint, pa_pose_of_bones *pose) {
  unsigned bone[3];
  for (int k = 0; k < 3; k++) {
    if (s->trust[marks[k] + side] <= SEEN) return;
    bone[k] = f->bone[PA_BONE_SIDE(bones[k], side)];
  }
  const pa_keypoint *at = &s->person.keypoints[marks[2] + side];
  pa_vec hip = joint[bone[0]], knee = pa_sub(joint[bone[1]], hip);
  pa_vec ankle = pa_sub(joint[bone[2]], hip), shin = pa_sub(ankle, knee);
  float thigh = pa_length(knee), calf = pa_length(shin);
  float x = (at->x + pose->moved[side][0] - c->cx) / c->scale - hip.x;
  float y = (c->cy - at->y - pose->moved[side][1]) / c->scale - hip.y;
  pa_vec want = wanted(ankle, x, y, STRAIGHT * (thigh + calf));
  pa_mat swing = pa_turn(pa_unit(ankle, down), pa_unit(want, down));
  pa_vec bent = knee_of(thigh, calf, want, pa_apply(&swing, knee));
  turn_bone(bone[0], knee, bent, pose);
  turn_bone(bone[1], shin, pa_sub(want, bent), pose);
}

void pa_reach(const pa_figure *f, const pa_sight *s, const pa_camera *c,
              pa_pose_of_bones *pose) {
  pa_vec joint[PA_LIMIT_BODY_BONES];
  if (!(c->scale > 0)) return;
  pa_figure_pose(f, pose->rotation, pa_v(0, 0, 0), NULL, joint, NULL);
  for (int side = 0; side < 2; side++)
    reach(f, s, c, side, joint, pose);
}
