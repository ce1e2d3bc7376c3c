#include "track/bones.h"

#include <math.h>
#include <string.h>

#include "avatar3d/measure.h"
#include "avatar3d/posing.h"
#include "base/mem.h"

/* VRM's names, and the figure's bones. Those of the two sides alternate. */
static const struct {
  const char *name;
  pa_bone bone;
} humanoid[PA_TRACK_BONES] = {
    {"hips", PA_BONE_PELVIS},
    {"spine", PA_BONE_SPINE_1},
    {"chest", PA_BONE_SPINE_2},
    {"upperChest", PA_BONE_SPINE_3},
    {"neck", PA_BONE_NECK},
    {"head", PA_BONE_HEAD},
    {"leftShoulder", PA_BONE_CLAVICLE},
    {"rightShoulder", PA_BONE_CLAVICLE_R},
    {"leftUpperArm", PA_BONE_UPPERARM},
    {"rightUpperArm", PA_BONE_UPPERARM_R},
    {"leftLowerArm", PA_BONE_LOWERARM},
    {"rightLowerArm", PA_BONE_LOWERARM_R},
    {"leftHand", PA_BONE_HAND},
    {"rightHand", PA_BONE_HAND_R},
    {"leftUpperLeg", PA_BONE_THIGH},
    {"rightUpperLeg", PA_BONE_THIGH_R},
    {"leftLowerLeg", PA_BONE_CALF},
    {"rightLowerLeg", PA_BONE_CALF_R},
    {"leftFoot", PA_BONE_FOOT},
    {"rightFoot", PA_BONE_FOOT_R},
    {"leftToes", PA_BONE_BALL},
    {"rightToes", PA_BONE_BALL_R},
};
#define FIRST_PAIR 6

const char *pa_track_bone_name(size_t bone) {
  return bone < PA_TRACK_BONES ? humanoid[bone].name : NULL;
}

/* Who sits at a desk shows no hips, and what the network says of them then
 * leans and turns at will: the trunk is upright, and turned as the shoulders
 * are. */
static void stand_upright(pa_sight *s) {
  const float seen = .3f, torso = .5f, width = .2f; /* metres */
  if (s->trust[PA_KP_LEFT_HIP] > seen && s->trust[PA_KP_RIGHT_HIP] > seen)
    return;
  pa_vec left = s->seen[PA_KP_LEFT_SHOULDER];
  pa_vec right = s->seen[PA_KP_RIGHT_SHOULDER];
  pa_vec across = pa_sub(left, right);
  across = pa_unit(pa_v(across.x, 0, across.z), pa_v(1, 0, 0));
  pa_vec middle = pa_sub(pa_mix(left, right, .5f), pa_v(0, torso, 0));
  pa_vec half = pa_mul(across, width / 2);
  s->seen[PA_KP_LEFT_HIP] = pa_add(middle, half);
  s->seen[PA_KP_RIGHT_HIP] = pa_sub(middle, half);
}

/* How much a joint is believed: not at all where its trust ends or at the
 * frame's edge, wholly some way from both. `margin`, in pixels. */
static float belief(const pa_sight *s, int k, float margin) {
  const float none = .3f, full = .5f;
  const pa_keypoint *p = &s->person.keypoints[k];
  if (!(s->trust[k] > none)) return 0;
  float x = fminf(p->x, (float)s->width - p->x);
  float y = fminf(p->y, (float)s->height - p->y);
  float trust = fminf((s->trust[k] - none) / (full - none), 1);
  return trust * pa_clamp(fminf(x, y) / fmaxf(margin, 1), 0, 1);
}

/* An elbow at the edge of the frame has a depth by chance and would point the
 * arm at the camera; one that is hidden is anywhere. By as much as they are not
 * believed, upper arms hang and what is below goes on straight; by degrees, so
 * that nothing leaps when a joint comes or goes. */
static void complete_arm(pa_sight *s, int side, float span) {
  const float upper = .28f, lower = .25f, hand = .1f; /* metres */
  int elbow = PA_KP_LEFT_ELBOW + side, wrist = PA_KP_LEFT_WRIST + side;
  int finger = PA_KP_LEFT_INDEX + side;
  float of_elbow = belief(s, elbow, .25f * span);
  float of_wrist = belief(s, wrist, .1f * span);
  float of_finger = fminf(of_wrist, belief(s, finger, .1f * span));
  pa_vec at = s->seen[PA_KP_LEFT_SHOULDER + side];
  pa_vec down = pa_unit(pa_v(side ? -.2f : .2f, -1, 0), pa_v(0, -1, 0));
  pa_vec pointing = pa_sub(s->seen[finger], s->seen[wrist]);
  s->seen[elbow] =
      pa_mix(pa_add(at, pa_mul(down, upper)), s->seen[elbow], of_elbow);
  pa_vec along = pa_unit(pa_sub(s->seen[elbow], at), down);
  pa_vec straight = pa_add(s->seen[elbow], pa_mul(along, lower));
  s->seen[wrist] = pa_mix(straight, s->seen[wrist], of_wrist);
  along = pa_unit(pa_sub(s->seen[wrist], s->seen[elbow]), along);
  pointing = pa_mix(pa_mul(along, hand), pointing, of_finger);
  s->seen[finger] = pa_add(s->seen[wrist], pointing);
  s->trust[elbow] = s->trust[wrist] = s->trust[finger] = 1;
}

static void complete_arms(pa_sight *s) {
  const float seen = .3f;
  const pa_keypoint *left = &s->person.keypoints[PA_KP_LEFT_SHOULDER];
  const pa_keypoint *right = &s->person.keypoints[PA_KP_RIGHT_SHOULDER];
  if (!(s->trust[PA_KP_LEFT_SHOULDER] > seen) ||
      !(s->trust[PA_KP_RIGHT_SHOULDER] > seen))
    return; /* no trunk to hang arms on: the figure's own hang */
  float span = hypotf(left->x - right->x, left->y - right->y);
  for (int side = 0; side < 2; side++)
    complete_arm(s, side, span);
}

/* What the figure's own posing takes: a sight without a scene. */
static void see(unsigned width, unsigned height, const pa_pose *pose,
                pa_sight *sight) {
  memset(sight, 0, sizeof *sight);
  sight->width = width;
  sight->height = height;
  if (!pose) return;
  memcpy(sight->person.keypoints, pose->keypoints, sizeof pose->keypoints);
  memcpy(sight->person.world, pose->world, sizeof pose->world);
  pa_sight_landmarks(sight);
  pa_measure_flatten(sight);
  stand_upright(sight);
  complete_arms(sight);
}

pa_status pa_bones_of(pa_error *err, const pa_body *body, unsigned width,
                      unsigned height, const pa_pose *pose, const pa_face *mesh,
                      pa_quat *bones) {
  pa_figure figure;
  pa_status status = pa_figure_create(err, body, &figure);
  if (status != PA_OK) return status;
  pa_sight sight;
  pa_marks marks;
  pa_pose_of_bones posed;
  pa_quat local[PA_LIMIT_BODY_BONES];
  see(width, height, pose, &sight);
  pa_face_marks(&figure, &sight, mesh, &marks);
  pa_posing_photo(&figure, &sight, &marks, &posed);
  pa_posing_local(&figure, &posed, local);
  for (int i = 0; i < PA_TRACK_BONES; i++)
    bones[i] = local[figure.bone[humanoid[i].bone]];
  pa_figure_destroy(&figure);
  return PA_OK;
}

static float angle_between(pa_quat a, pa_quat b) {
  float dot = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
  return 2 * acosf(fminf(fabsf(dot), 1));
}

void pa_bones_approach(const pa_quat *wanted, float angle, pa_quat *shown) {
  for (int i = 0; i < PA_TRACK_BONES; i++) {
    float apart = angle_between(shown[i], wanted[i]);
    shown[i] = apart > angle ? pa_slerp(shown[i], wanted[i], angle / apart)
                             : wanted[i];
  }
}

void pa_bones_mirror(const pa_quat *bones, pa_quat *mirrored) {
  for (int i = 0; i < PA_TRACK_BONES; i++) {
    int from = i < FIRST_PAIR ? i : i ^ 1;
    pa_quat q = bones[from];
    mirrored[i] = (pa_quat){q.x, -q.y, -q.z, q.w};
  }
}
