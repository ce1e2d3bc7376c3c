/* Springs in VRM's words: VRMC_springBone 1.0, and 0.x's secondaryAnimation. */
#include "avatar3d/extension.h"

/* What hair must not go through: spheres on bones, metres. */
static const struct {
  pa_bone bone;
  float y, z, radius;
} colliders[] = {{PA_BONE_HEAD, .085f, .01f, .085f},
                 {PA_BONE_NECK, .02f, 0, .055f},
                 {PA_BONE_SPINE_3, .06f, -.005f, .105f}};
#define COLLIDERS (sizeof colliders / sizeof *colliders)

typedef struct swing {
  double stiffness, gravity, drag, radius;
} swing;

static swing swing_of(const pa_spring_chain *chain) {
  return chain->skirt ? (swing){1.6, .12, .5, .01}
                      : (swing){1.2, .15, .45, .012};
}

/* The node of a chain's joint: the mesh's own node stands between. */
static uint64_t node_of(const pa_glb *glb, unsigned chain, unsigned joint) {
  return pa_spring_bone(glb->figure, chain, joint) + 1;
}

static void add_colliders1(pa_gltf *g, const pa_glb *glb,
                           yyjson_mut_val *spring) {
  yyjson_mut_doc *doc = g->doc;
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, spring, "colliders");
  yyjson_mut_val *groups =
      yyjson_mut_obj_add_arr(doc, spring, "colliderGroups");
  yyjson_mut_val *group = yyjson_mut_arr_add_obj(doc, groups);
  yyjson_mut_obj_add_str(doc, group, "name", "body");
  yyjson_mut_val *members = yyjson_mut_obj_add_arr(doc, group, "colliders");
  for (size_t i = 0; i < COLLIDERS; i++) {
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_uint(doc, one, "node",
                            glb->figure->bone[colliders[i].bone]);
    yyjson_mut_val *shape = yyjson_mut_obj_add_obj(doc, one, "shape");
    yyjson_mut_val *sphere = yyjson_mut_obj_add_obj(doc, shape, "sphere");
    pa_gltf_floats(g, sphere, "offset",
                   (float[]){0, colliders[i].y, colliders[i].z}, 3);
    yyjson_mut_obj_add_real(doc, sphere, "radius", (double)colliders[i].radius);
    yyjson_mut_arr_add_uint(doc, members, i);
  }
}

static void add_chain1(pa_gltf *g, const pa_glb *glb, unsigned chain,
                       yyjson_mut_val *list) {
  const pa_spring_chain *c = &glb->springs->chain[chain];
  const swing how = swing_of(c);
  yyjson_mut_val *one = yyjson_mut_arr_add_obj(g->doc, list);
  yyjson_mut_obj_add_str(g->doc, one, "name", c->skirt ? "skirt" : "hair");
  yyjson_mut_val *joints = yyjson_mut_obj_add_arr(g->doc, one, "joints");
  for (unsigned k = 0; k < PA_SPRING_JOINTS; k++) {
    yyjson_mut_val *joint = yyjson_mut_arr_add_obj(g->doc, joints);
    yyjson_mut_obj_add_uint(g->doc, joint, "node", node_of(glb, chain, k));
    yyjson_mut_obj_add_real(g->doc, joint, "hitRadius", how.radius);
    yyjson_mut_obj_add_real(g->doc, joint, "stiffness", how.stiffness);
    yyjson_mut_obj_add_real(g->doc, joint, "gravityPower", how.gravity);
    pa_gltf_floats(g, joint, "gravityDir", (float[]){0, -1, 0}, 3);
    yyjson_mut_obj_add_real(g->doc, joint, "dragForce", how.drag);
  }
  if (c->skirt) return;
  yyjson_mut_val *groups =
      yyjson_mut_obj_add_arr(g->doc, one, "colliderGroups");
  yyjson_mut_arr_add_uint(g->doc, groups, 0);
}

void pa_spring_json1(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *all) {
  if (!glb->springs->chains) return;
  yyjson_mut_val *spring =
      yyjson_mut_obj_add_obj(g->doc, all, "VRMC_springBone");
  yyjson_mut_obj_add_str(g->doc, spring, "specVersion", "1.0");
  add_colliders1(g, glb, spring);
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(g->doc, spring, "springs");
  for (unsigned i = 0; i < glb->springs->chains; i++)
    add_chain1(g, glb, i, list);
}

static void add_vector0(pa_gltf *g, yyjson_mut_val *object, const char *key,
                        double x, double y, double z) {
  yyjson_mut_val *v = yyjson_mut_obj_add_obj(g->doc, object, key);
  yyjson_mut_obj_add_real(g->doc, v, "x", x);
  yyjson_mut_obj_add_real(g->doc, v, "y", y);
  yyjson_mut_obj_add_real(g->doc, v, "z", z);
}

static void add_colliders0(pa_gltf *g, const pa_glb *glb,
                           yyjson_mut_val *list) {
  for (size_t i = 0; i < COLLIDERS; i++) {
    yyjson_mut_val *group = yyjson_mut_arr_add_obj(g->doc, list);
    yyjson_mut_obj_add_uint(g->doc, group, "node",
                            glb->figure->bone[colliders[i].bone]);
    yyjson_mut_val *spheres =
        yyjson_mut_obj_add_arr(g->doc, group, "colliders");
    yyjson_mut_val *one = yyjson_mut_arr_add_obj(g->doc, spheres);
    /* Unity's frame: z is the other way round */
    add_vector0(g, one, "offset", 0, (double)colliders[i].y,
                (double)colliders[i].z);
    yyjson_mut_obj_add_real(g->doc, one, "radius", (double)colliders[i].radius);
  }
}

/* One group of all chains of a kind. */
static void add_group0(pa_gltf *g, const pa_glb *glb, bool skirt,
                       yyjson_mut_val *list) {
  const pa_springs *s = glb->springs;
  yyjson_mut_val *roots = yyjson_mut_arr(g->doc);
  const pa_spring_chain *last = NULL;
  for (unsigned i = 0; i < s->chains; i++) {
    if (s->chain[i].skirt != skirt) continue;
    last = &s->chain[i];
    yyjson_mut_arr_add_uint(g->doc, roots, node_of(glb, i, 0));
  }
  if (!last) return;
  const swing how = swing_of(last);
  yyjson_mut_val *group = yyjson_mut_arr_add_obj(g->doc, list);
  yyjson_mut_obj_add_str(g->doc, group, "comment", skirt ? "skirt" : "hair");
  yyjson_mut_obj_add_real(g->doc, group, "stiffiness", how.stiffness);
  yyjson_mut_obj_add_real(g->doc, group, "gravityPower", how.gravity);
  add_vector0(g, group, "gravityDir", 0, -1, 0);
  yyjson_mut_obj_add_real(g->doc, group, "dragForce", how.drag);
  yyjson_mut_obj_add_int(g->doc, group, "center", -1);
  yyjson_mut_obj_add_real(g->doc, group, "hitRadius", how.radius);
  yyjson_mut_obj_add_val(g->doc, group, "bones", roots);
  yyjson_mut_val *groups =
      yyjson_mut_obj_add_arr(g->doc, group, "colliderGroups");
  for (size_t i = 0; !skirt && i < COLLIDERS; i++)
    yyjson_mut_arr_add_uint(g->doc, groups, i);
}

void pa_spring_json0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  yyjson_mut_val *second =
      yyjson_mut_obj_add_obj(g->doc, vrm, "secondaryAnimation");
  yyjson_mut_val *groups = yyjson_mut_obj_add_arr(g->doc, second, "boneGroups");
  add_group0(g, glb, false, groups);
  add_group0(g, glb, true, groups);
  yyjson_mut_val *list =
      yyjson_mut_obj_add_arr(g->doc, second, "colliderGroups");
  if (glb->springs->chains) add_colliders0(g, glb, list);
}
