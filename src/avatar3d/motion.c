#include "avatar3d/motion.h"

#include <string.h>

#include "base/mem.h"

#define FRAMES 25 /* the last is the first again */

static const struct {
  const char *name;
  float seconds;
} motions[PA_MOTION_COUNT] = {{"idle", 4}, {"walk", 1.12f}, {"wave", 2.4f}};

/* The bones' own axes are the world's in the T-pose: X to the figure's left, Y
 * up, Z ahead. Angles in degrees, turned about X, then Y, then Z. */
static void turn(const pa_figure *f, int bone, float x, float y, float z,
                 pa_quat *local) {
  const float k = PA_PI / 180;
  pa_quat qx = pa_quat_about(pa_v(1, 0, 0), x * k);
  pa_quat qy = pa_quat_about(pa_v(0, 1, 0), y * k);
  pa_quat qz = pa_quat_about(pa_v(0, 0, 1), z * k);
  pa_quat q = pa_quat_product(qy, qx);
  local[f->bone[bone]] = pa_quat_product(qz, q);
}

/* An arm: `down` degrees below the horizontal, `ahead` degrees forward, the
 * elbow bent by `bend`. */
static void arm(const pa_figure *f, int side, float down, float ahead,
                float bend, pa_quat *local) {
  float s = side ? -1.f : 1.f;
  const float k = PA_PI / 180;
  pa_quat lower = pa_quat_about(pa_v(0, 0, 1), -s * down * k);
  pa_quat swing = pa_quat_about(pa_v(1, 0, 0), -ahead * k);
  local[f->bone[PA_BONE_SIDE(PA_BONE_UPPERARM, side)]] =
      pa_quat_product(swing, lower);
  turn(f, PA_BONE_SIDE(PA_BONE_LOWERARM, side), 0, -s * bend, 0, local);
}

/* Hands at rest: fingers side by side and a little bent, in degrees. */
static void curl_fingers(const pa_figure *f, pa_quat *local) {
  static const struct {
    const char *name;
    float bend, close; /* the latter at the knuckle */
  } fingers[] = {{"index", 14, 7},
                 {"middle", 17, 1},
                 {"ring", 20, -6},
                 {"pinky", 22, -12},
                 {"thumb", 6, 16}};
  const float k = PA_PI / 180;
  for (unsigned b = 0; b < f->body->bones; b++)
    for (size_t i = 0; i < sizeof fingers / sizeof *fingers; i++) {
      const char *name = f->body->bone[b].name;
      if (strncmp(name, fingers[i].name, strlen(fingers[i].name)) != 0)
        continue;
      float s = name[strlen(name) - 1] == 'r' ? 1.f : -1.f;
      bool knuckle = strstr(name, "_01") != NULL;
      pa_quat bend = pa_quat_about(pa_v(0, 0, 1), s * fingers[i].bend * k);
      pa_quat close = pa_quat_about(pa_v(0, 1, 0),
                                    -s * (knuckle ? fingers[i].close : 0) * k);
      local[b] = pa_quat_product(close, bend);
    }
}

static void idle(const pa_figure *f, float phase, pa_quat *local) {
  float breath = sinf(2 * PA_PI * phase);
  turn(f, PA_BONE_SPINE_2, -.8f * breath, 0, 0, local);
  turn(f, PA_BONE_SPINE_3, -.7f * breath, 0, 0, local);
  turn(f, PA_BONE_NECK, .8f * breath, 1.5f * breath, 0, local);
  for (int s = 0; s < 2; s++)
    arm(f, s, 72 - breath, 2, 14, local);
}

static void walk(const pa_figure *f, float phase, pa_quat *local) {
  for (int s = 0; s < 2; s++) {
    float angle = 2 * PA_PI * (phase + (s ? .5f : 0));
    float swing = sinf(angle), lift = fmaxf(0, cosf(angle));
    turn(f, PA_BONE_SIDE(PA_BONE_THIGH, s), -24 * swing - 6 * lift, 0, 0,
         local);
    turn(f, PA_BONE_SIDE(PA_BONE_CALF, s), 8 + 46 * lift * lift, 0, 0, local);
    turn(f, PA_BONE_SIDE(PA_BONE_FOOT, s), 8 * swing - 10 * lift, 0, 0, local);
    arm(f, s, 74, -20 * swing, 16 - 8 * swing, local);
  }
  float turned = 5 * sinf(2 * PA_PI * phase);
  turn(f, PA_BONE_PELVIS, 1, turned * -.6f, 0, local);
  turn(f, PA_BONE_SPINE_2, 1, turned, 0, local);
  turn(f, PA_BONE_NECK, 0, -turned * .4f, 0, local);
}

static void wave(const pa_figure *f, float phase, pa_quat *local) {
  idle(f, phase, local);
  /* the left arm: out and up, the forearm to and fro */
  float to = sinf(4 * PA_PI * phase);
  local[f->bone[PA_BONE_UPPERARM]] =
      pa_quat_about(pa_v(0, 0, 1), 12 * PA_PI / 180);
  pa_quat up = pa_quat_about(pa_v(0, 0, 1), (62 + 18 * to) * PA_PI / 180);
  pa_quat palm = pa_quat_about(pa_v(1, 0, 0), -80 * PA_PI / 180);
  local[f->bone[PA_BONE_LOWERARM]] = pa_quat_product(up, palm);
  turn(f, PA_BONE_HEAD, 0, 4, 3, local);
}

void pa_motion_world(const pa_body *body, const pa_quat *local,
                     pa_mat *rotation) {
  for (unsigned b = 0; b < body->bones; b++) {
    pa_mat own = pa_mat_of(local[b]);
    unsigned up = body->bone[b].parent;
    rotation[b] =
        up == PA_BODY_NO_PARENT ? own : pa_product(&rotation[up], &own);
  }
}

/* How far below its place in the T-pose the lowest of ankles and balls is. */
static float sunk(const pa_figure *f, const pa_quat *local) {
  pa_mat rotation[PA_LIMIT_BODY_BONES];
  pa_vec head[PA_LIMIT_BODY_BONES];
  pa_motion_world(f->body, local, rotation);
  pa_figure_pose(f, rotation, pa_v(0, 0, 0), NULL, head, NULL);
  float lowest = 1e9f;
  for (int s = 0; s < 2; s++) {
    const int bones[] = {PA_BONE_SIDE(PA_BONE_FOOT, s),
                         PA_BONE_SIDE(PA_BONE_BALL, s)};
    for (int k = 0; k < 2; k++) {
      unsigned b = f->bone[bones[k]];
      lowest = fminf(lowest, head[b].y - f->head[b].y);
    }
  }
  return -lowest;
}

float pa_motion_pose(const pa_figure *f, pa_motion motion, float phase,
                     pa_quat *local) {
  for (unsigned b = 0; b < f->body->bones; b++)
    local[b] = (pa_quat){0, 0, 0, 1};
  curl_fingers(f, local);
  void (*const make[])(const pa_figure *, float, pa_quat *) = {idle, walk,
                                                               wave};
  make[motion](f, phase, local);
  return sunk(f, local);
}

/* ------------------------------------------------------------ glTF */

typedef struct track {
  float time[FRAMES];
  float root[FRAMES][3];
  float turn[PA_LIMIT_BODY_BONES][FRAMES][4];
  bool moves[PA_LIMIT_BODY_BONES];
} track;

static void sample(const pa_figure *f, pa_motion motion, track *t) {
  pa_quat local[PA_LIMIT_BODY_BONES];
  memset(t, 0, sizeof *t);
  for (int i = 0; i < FRAMES; i++) {
    float phase = (float)i / (FRAMES - 1);
    t->time[i] = phase * motions[motion].seconds;
    float lift = pa_motion_pose(f, motion, phase, local);
    pa_vec root = f->head[0];
    t->root[i][0] = root.x, t->root[i][1] = root.y + lift;
    t->root[i][2] = root.z;
    for (unsigned b = 0; b < f->body->bones; b++) {
      pa_quat q = local[b];
      float *to = t->turn[b][i];
      to[0] = q.x, to[1] = q.y, to[2] = q.z, to[3] = q.w;
      if (fabsf(q.w) < .99999f) t->moves[b] = true;
    }
  }
}

static void add_channel(pa_gltf *g, yyjson_mut_val *animation, unsigned node,
                        const char *path, unsigned input, unsigned output) {
  yyjson_mut_val *samplers = yyjson_mut_obj_get(animation, "samplers");
  yyjson_mut_val *channels = yyjson_mut_obj_get(animation, "channels");
  yyjson_mut_val *sampler = yyjson_mut_arr_add_obj(g->doc, samplers);
  yyjson_mut_obj_add_uint(g->doc, sampler, "input", input);
  yyjson_mut_obj_add_uint(g->doc, sampler, "output", output);
  yyjson_mut_val *channel = yyjson_mut_arr_add_obj(g->doc, channels);
  yyjson_mut_obj_add_uint(g->doc, channel, "sampler",
                          yyjson_mut_arr_size(samplers) - 1);
  yyjson_mut_val *target = yyjson_mut_obj_add_obj(g->doc, channel, "target");
  yyjson_mut_obj_add_uint(g->doc, target, "node", node);
  yyjson_mut_obj_add_str(g->doc, target, "path", path);
}

static void add_motion(pa_gltf *g, const pa_glb *glb, pa_motion motion,
                       track *t, yyjson_mut_val *animations) {
  sample(glb->figure, motion, t);
  yyjson_mut_val *a = yyjson_mut_arr_add_obj(g->doc, animations);
  yyjson_mut_obj_add_str(g->doc, a, "name", motions[motion].name);
  yyjson_mut_obj_add_arr(g->doc, a, "samplers");
  yyjson_mut_obj_add_arr(g->doc, a, "channels");
  unsigned time = pa_gltf_accessor(
      g, pa_gltf_view(g, t->time, sizeof t->time, 0), PA_GLTF_FLOAT, "SCALAR",
      FRAMES, false, t->time, &t->time[FRAMES - 1], 1);
  unsigned root =
      pa_gltf_accessor(g, pa_gltf_view(g, t->root, sizeof t->root, 0),
                       PA_GLTF_FLOAT, "VEC3", FRAMES, false, NULL, NULL, 0);
  add_channel(g, a, 0, "translation", time, root);
  for (unsigned b = 0; b < glb->figure->body->bones; b++) {
    if (!t->moves[b]) continue;
    unsigned turns =
        pa_gltf_accessor(g, pa_gltf_view(g, t->turn[b], sizeof t->turn[b], 0),
                         PA_GLTF_FLOAT, "VEC4", FRAMES, false, NULL, NULL, 0);
    add_channel(g, a, b, "rotation", time, turns);
  }
}

void pa_motion_add(pa_gltf *g, const pa_glb *glb, bool *failed) {
  if (glb->options->format != PA_AVATAR3D_GLB) return;
  track *t = pa_mem_calloc(1, sizeof *t);
  if (!t) {
    *failed = true;
    return;
  }
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(g->doc, g->root, "animations");
  for (int m = 0; m < PA_MOTION_COUNT; m++)
    add_motion(g, glb, (pa_motion)m, t, list);
  pa_mem_free(t);
}
