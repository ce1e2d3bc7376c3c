#include "avatar3d/posing.h"

#include "avatar3d/tread.h"

#define SEEN .3f /* trust from which a landmark turns a bone */

static const pa_vec right_hand = {1, 0, 0};
static const pa_vec up_hand = {0, 1, 0};

/* The rotation that takes X to `x` and Y as near to `y` as it can. */
static pa_mat frame(pa_vec x, pa_vec y) {
  x = pa_unit(x, right_hand);
  pa_vec z = pa_unit(pa_cross(x, y), pa_v(0, 0, 1));
  y = pa_cross(z, x);
  pa_mat columns = {x, y, z};
  return pa_transpose(&columns);
}

/* Bones without a say of their own turn with their parents. */
static void follow(const pa_figure *f, unsigned bone, pa_pose_of_bones *pose) {
  for (unsigned b = bone + 1; b < f->body->bones; b++) {
    unsigned up = f->body->bone[b].parent;
    for (unsigned a = b; a != PA_BODY_NO_PARENT; a = f->body->bone[a].parent)
      if (a == bone) {
        pose->rotation[b] = pose->rotation[up];
        break;
      }
  }
}

void pa_posing_t(const pa_figure *f, pa_pose_of_bones *pose) {
  for (unsigned b = 0; b < f->body->bones; b++)
    pose->rotation[b] = pa_identity();
  for (int side = 0; side < 2; side++)
    pose->moved[side][0] = pose->moved[side][1] = 0, pose->above[side] = -1;
}

static void turn_arm(const pa_figure *f, int side, pa_vec direction,
                     pa_pose_of_bones *pose) {
  unsigned arm = f->bone[PA_BONE_SIDE(PA_BONE_UPPERARM, side)];
  pa_vec rest = pa_v(side ? -1.f : 1.f, 0, 0);
  pose->rotation[arm] = pa_turn(rest, pa_unit(direction, rest));
  follow(f, arm, pose);
}

void pa_posing_arms(const pa_figure *f, float degrees, pa_pose_of_bones *pose) {
  pa_posing_t(f, pose);
  float angle = degrees * PA_PI / 180;
  for (int s = 0; s < 2; s++)
    turn_arm(f, s, pa_v(s ? -cosf(angle) : cosf(angle), -sinf(angle), 0), pose);
}

/* ------------------------------------------------------------- as in photo */

static bool seen(const pa_sight *s, int a, int b) {
  return s->trust[a] > SEEN && s->trust[b] > SEEN;
}

static pa_vec middle(const pa_sight *s, int a, int b) {
  return pa_mix(s->seen[a], s->seen[b], .5f);
}

/* Turns a bone, and what hangs on it, from where its parent carries it towards
 * `direction`. */
static void aim(const pa_figure *f, unsigned bone, pa_vec direction,
                pa_pose_of_bones *pose) {
  unsigned up = f->body->bone[bone].parent;
  pa_vec rest = pa_unit(pa_sub(f->tail[bone], f->head[bone]), up_hand);
  pa_vec carried = pa_apply(&pose->rotation[up], rest);
  pa_mat turn = pa_turn(carried, pa_unit(direction, carried));
  pose->rotation[bone] = pa_product(&turn, &pose->rotation[up]);
  follow(f, bone, pose);
}

/* Head: X through the ears, and the nose as in the body's own head. */
static pa_mat head_rotation(const pa_figure *f, const pa_sight *s,
                            const pa_mat *otherwise) {
  int nose = pa_body_mark_find(f->body, 1);
  int left = pa_body_mark_find(f->body, 454);
  int right = pa_body_mark_find(f->body, 234);
  if (nose < 0 || left < 0 || right < 0) return *otherwise;
  if (s->trust[PA_KP_NOSE] < SEEN) return *otherwise;
  pa_vec rest_ears = pa_mix(f->point[left], f->point[right], .5f);
  pa_vec rest_nose = pa_sub(f->point[nose], rest_ears);
  pa_mat rest = frame(pa_sub(f->point[left], f->point[right]), rest_nose);
  pa_vec ears = middle(s, PA_KP_LEFT_EAR, PA_KP_RIGHT_EAR);
  pa_mat now = frame(pa_sub(s->seen[PA_KP_LEFT_EAR], s->seen[PA_KP_RIGHT_EAR]),
                     pa_sub(s->seen[PA_KP_NOSE], ears));
  pa_mat back = pa_transpose(&rest);
  return pa_product(&now, &back);
}

/* From the neck's lower end to where the marks want the head's joint; the depth
 * that is left of the neck's length leads forwards, as at rest. */
static pa_vec neck_direction(const pa_figure *f, const pa_sight *s,
                             const pa_marks *m, const pa_mat *chest) {
  const unsigned neck = f->bone[PA_BONE_NECK], head = f->bone[PA_BONE_HEAD];
  pa_vec rest = {0, 0, 0}, photo = {0, 0, 0};
  for (unsigned i = 0; i < m->count; i++) {
    rest = pa_add(rest, f->point[m->point[i]]);
    photo = pa_add(photo, m->photo[i]);
  }
  float n = (float)m->count;
  pa_vec out = pa_sub(pa_mul(rest, 1 / n), f->head[head]);
  out = pa_apply(&m->turn, out);
  float x = (photo.x / n - s->x0) / s->scale - out.x;
  float y = (s->y0 - photo.y / n) / s->scale - out.y;
  pa_vec arms = pa_mix(f->head[f->bone[PA_BONE_UPPERARM]],
                       f->head[f->bone[PA_BONE_UPPERARM_R]], .5f);
  pa_vec low = pa_apply(chest, pa_sub(f->head[neck], arms));
  low = pa_add(low, middle(s, PA_KP_LEFT_SHOULDER, PA_KP_RIGHT_SHOULDER));
  pa_vec own = pa_sub(f->head[head], f->head[neck]);
  float across = hypotf(x - low.x, y - low.y), length = pa_length(own);
  float deep = sqrtf(fmaxf(0, length * length - across * across));
  return pa_v(x - low.x, fmaxf(y - low.y, .3f * length),
              fminf(deep, .7f * length));
}

/* The middle of a pair of joints, as posed with the root at the origin. */
static pa_vec posed_middle(const pa_vec *joint, const pa_figure *f,
                           pa_bone left) {
  return pa_mix(joint[f->bone[left]], joint[f->bone[PA_BONE_SIDE(left, 1)]],
                .5f);
}

/* Bends the spine until the shoulders' middle lies from the hips' as seen: two
 * level lines say nothing of a lean between them. */
static void lean(const pa_figure *f, pa_vec want, pa_pose_of_bones *pose) {
  const unsigned bones[2] = {f->bone[PA_BONE_SPINE_1],
                             f->bone[PA_BONE_SPINE_2]};
  pa_vec joint[PA_LIMIT_BODY_BONES];
  for (int round = 0; round < 4; round++) {
    pa_figure_pose(f, pose->rotation, pa_v(0, 0, 0), NULL, joint, NULL);
    pa_vec now = pa_sub(posed_middle(joint, f, PA_BONE_UPPERARM),
                        posed_middle(joint, f, PA_BONE_THIGH));
    pa_mat turn = pa_turn(pa_unit(now, up_hand), pa_unit(want, up_hand));
    for (int i = 0; i < 2; i++)
      pose->rotation[bones[i]] = pa_product(&turn, &pose->rotation[bones[i]]);
  }
}

/* Shoulders are raised, or drawn forwards, by the bones that carry them. */
static void raise_shoulders(const pa_figure *f, const pa_sight *s,
                            pa_pose_of_bones *pose) {
  pa_vec joint[PA_LIMIT_BODY_BONES];
  pa_figure_pose(f, pose->rotation, pa_v(0, 0, 0), NULL, joint, NULL);
  pa_vec center = posed_middle(joint, f, PA_BONE_UPPERARM);
  pa_vec seen_center = middle(s, PA_KP_LEFT_SHOULDER, PA_KP_RIGHT_SHOULDER);
  for (int side = 0; side < 2; side++) {
    unsigned bone = f->bone[PA_BONE_SIDE(PA_BONE_CLAVICLE, side)];
    unsigned arm = f->bone[PA_BONE_SIDE(PA_BONE_UPPERARM, side)];
    pa_vec out = pa_sub(s->seen[PA_KP_LEFT_SHOULDER + side], seen_center);
    pa_vec want = pa_sub(pa_add(center, out), joint[bone]);
    pa_vec now = pa_sub(joint[arm], joint[bone]);
    pa_mat turn = pa_turn(pa_unit(now, up_hand), pa_unit(want, now));
    pose->rotation[bone] = pa_product(&turn, &pose->rotation[bone]);
    follow(f, bone, pose);
  }
}

static void pose_head(const pa_figure *f, const pa_sight *s,
                      const pa_marks *marks, pa_pose_of_bones *pose) {
  const unsigned *bone = f->bone;
  const pa_mat chest = pose->rotation[bone[PA_BONE_SPINE_3]];
  pa_mat head = marks->solid ? marks->turn : head_rotation(f, s, &chest);
  pa_quat high = pa_quat_of(&chest), top = pa_quat_of(&head);
  pose->rotation[bone[PA_BONE_NECK]] = pa_mat_of(pa_slerp(high, top, .5f));
  pose->rotation[bone[PA_BONE_HEAD]] = head;
  if (marks->solid && s->scale > 0) {
    pa_vec along = neck_direction(f, s, marks, &chest);
    pa_vec rest =
        pa_sub(f->head[bone[PA_BONE_HEAD]], f->head[bone[PA_BONE_NECK]]);
    pa_mat *turn = &pose->rotation[bone[PA_BONE_NECK]];
    pa_vec carried = pa_unit(pa_apply(turn, rest), up_hand);
    pa_mat more = pa_turn(carried, pa_unit(along, carried));
    *turn = pa_product(&more, turn);
  }
  follow(f, bone[PA_BONE_HEAD], pose);
}

static void pose_trunk(const pa_figure *f, const pa_sight *s,
                       pa_pose_of_bones *pose) {
  const unsigned *bone = f->bone;
  pa_vec hips = middle(s, PA_KP_LEFT_HIP, PA_KP_RIGHT_HIP);
  pa_vec shoulders = middle(s, PA_KP_LEFT_SHOULDER, PA_KP_RIGHT_SHOULDER);
  pa_vec up = pa_sub(shoulders, hips);
  pa_mat pelvis =
      frame(pa_sub(s->seen[PA_KP_LEFT_HIP], s->seen[PA_KP_RIGHT_HIP]), up);
  pa_mat chest = frame(
      pa_sub(s->seen[PA_KP_LEFT_SHOULDER], s->seen[PA_KP_RIGHT_SHOULDER]), up);
  pa_quat low = pa_quat_of(&pelvis), high = pa_quat_of(&chest);
  pose->rotation[bone[PA_BONE_PELVIS]] = pelvis;
  follow(f, bone[PA_BONE_PELVIS], pose);
  pose->rotation[bone[PA_BONE_SPINE_1]] = pa_mat_of(pa_slerp(low, high, .33f));
  pose->rotation[bone[PA_BONE_SPINE_2]] = pa_mat_of(pa_slerp(low, high, .67f));
  pose->rotation[bone[PA_BONE_SPINE_3]] = chest;
  follow(f, bone[PA_BONE_SPINE_3], pose);
  if (seen(s, PA_KP_LEFT_HIP, PA_KP_RIGHT_HIP)) lean(f, up, pose);
  raise_shoulders(f, s, pose);
}

static void pose_arm(const pa_figure *f, const pa_sight *s, int side,
                     pa_pose_of_bones *pose) {
  int shoulder = PA_KP_LEFT_SHOULDER + side, elbow = PA_KP_LEFT_ELBOW + side;
  int wrist = PA_KP_LEFT_WRIST + side, finger = PA_KP_LEFT_INDEX + side;
  const pa_mat *chest = &pose->rotation[f->bone[PA_BONE_SPINE_3]];
  pa_vec hanging = pa_apply(chest, pa_v(side ? -.2f : .2f, -1, 0));
  pa_vec upper = seen(s, shoulder, elbow)
                     ? pa_sub(s->seen[elbow], s->seen[shoulder])
                     : hanging;
  pa_vec lower =
      seen(s, elbow, wrist) ? pa_sub(s->seen[wrist], s->seen[elbow]) : upper;
  pa_vec hand =
      seen(s, wrist, finger) ? pa_sub(s->seen[finger], s->seen[wrist]) : lower;
  aim(f, f->bone[PA_BONE_SIDE(PA_BONE_UPPERARM, side)], upper, pose);
  aim(f, f->bone[PA_BONE_SIDE(PA_BONE_LOWERARM, side)], lower, pose);
  aim(f, f->bone[PA_BONE_SIDE(PA_BONE_HAND, side)], hand, pose);
}

static void stand(int side, unsigned foot, const pa_tread *tread,
                  pa_pose_of_bones *pose) {
  pose->rotation[foot] = tread->turn;
  pose->moved[side][0] = tread->x, pose->moved[side][1] = tread->y;
  pose->above[side] = tread->above;
}

/* The network's depth of toes is a guess; the foot's length against the shin's
 * is not: what the photo shows too short leads towards the camera or away. */
static void pose_foot(const pa_figure *f, const pa_sight *s, int side,
                      pa_pose_of_bones *pose) {
  unsigned foot = f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)];
  unsigned calf = f->bone[PA_BONE_SIDE(PA_BONE_CALF, side)];
  unsigned ball = f->bone[PA_BONE_SIDE(PA_BONE_BALL, side)];
  int ankle = PA_KP_LEFT_ANKLE + side;
  pa_vec shin = pa_sub(s->seen[ankle], s->seen[PA_KP_LEFT_KNEE + side]);
  pa_vec seen_foot = pa_sub(s->seen[PA_KP_LEFT_FOOT + side], s->seen[ankle]);
  pa_vec rest = pa_sub(f->tail[ball], f->head[foot]);
  float ratio = pa_length(rest) /
                fmaxf(pa_length(pa_sub(f->head[foot], f->head[calf])), .05f);
  float length = ratio * pa_length(shin);
  float flat = hypotf(seen_foot.x, seen_foot.y);
  float deep = sqrtf(fmaxf(0, length * length - flat * flat));
  pa_vec want = pa_v(seen_foot.x, seen_foot.y, seen_foot.z < 0 ? -deep : deep);
  pa_vec carried = pa_unit(pa_apply(&pose->rotation[calf], rest), up_hand);
  pa_mat turn = pa_turn(carried, pa_unit(want, carried));
  pose->rotation[foot] = pa_product(&turn, &pose->rotation[calf]);
  pa_tread stands;
  float scale = s->scale * length / fmaxf(pa_length(rest), .01f);
  if (pa_tread_find(f, s, side, scale, want, &pose->rotation[foot], &stands))
    stand(side, foot, &stands, pose);
  follow(f, foot, pose);
}

static void pose_leg(const pa_figure *f, const pa_sight *s, int side,
                     pa_pose_of_bones *pose) {
  int hip = PA_KP_LEFT_HIP + side, knee = PA_KP_LEFT_KNEE + side;
  int ankle = PA_KP_LEFT_ANKLE + side, toe = PA_KP_LEFT_FOOT + side;
  pa_vec down = pa_v(0, -1, 0);
  pa_vec thigh =
      seen(s, hip, knee) ? pa_sub(s->seen[knee], s->seen[hip]) : down;
  pa_vec shin =
      seen(s, knee, ankle) ? pa_sub(s->seen[ankle], s->seen[knee]) : down;
  aim(f, f->bone[PA_BONE_SIDE(PA_BONE_THIGH, side)], thigh, pose);
  aim(f, f->bone[PA_BONE_SIDE(PA_BONE_CALF, side)], shin, pose);
  if (seen(s, knee, ankle) && seen(s, ankle, toe)) pose_foot(f, s, side, pose);
}

void pa_posing_photo(const pa_figure *f, const pa_sight *s,
                     const pa_marks *marks, pa_pose_of_bones *pose) {
  pa_posing_t(f, pose);
  bool trunk = seen(s, PA_KP_LEFT_SHOULDER, PA_KP_RIGHT_SHOULDER);
  if (trunk) pose_trunk(f, s, pose);
  if (trunk || marks->solid) pose_head(f, s, marks, pose);
  for (int side = 0; side < 2; side++) {
    pose_arm(f, s, side, pose);
    pose_leg(f, s, side, pose);
  }
}

void pa_posing_local(const pa_figure *f, const pa_pose_of_bones *pose,
                     pa_quat *local) {
  for (unsigned b = 0; b < f->body->bones; b++) {
    unsigned up = f->body->bone[b].parent;
    pa_mat relative = pose->rotation[b];
    if (up != PA_BODY_NO_PARENT) {
      pa_mat back = pa_transpose(&pose->rotation[up]);
      relative = pa_product(&back, &pose->rotation[b]);
    }
    local[b] = pa_quat_of(&relative);
  }
}
