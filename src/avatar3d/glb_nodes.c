/* The skeleton of the document, and its skin. */
#include <stdio.h>

#include "avatar3d/glb_parts.h"
#include "base/mem.h"

static void add_child(pa_gltf *g, yyjson_mut_val *node,
                      yyjson_mut_val **children, unsigned child) {
  if (!*children) *children = yyjson_mut_obj_add_arr(g->doc, node, "children");
  yyjson_mut_arr_add_uint(g->doc, *children, child);
}

/* Nodes of swinging chains, which follow the mesh's. */
static void add_spring_nodes(pa_gltf *g, const pa_glb *glb,
                             yyjson_mut_val *nodes) {
  const pa_springs *s = glb->springs;
  for (unsigned c = 0; c < s->chains; c++) {
    pa_vec before = glb->figure->head[s->chain[c].parent];
    for (unsigned k = 0; k < PA_SPRING_JOINTS; k++) {
      yyjson_mut_val *node = yyjson_mut_arr_add_obj(g->doc, nodes);
      char name[32];
      snprintf(name, sizeof name, "%s_%u_%u",
               s->chain[c].skirt ? "skirt" : "hair", c + 1, k + 1);
      yyjson_mut_obj_add_strcpy(g->doc, node, "name", name);
      pa_vec at = pa_sub(s->chain[c].joint[k], before);
      pa_gltf_floats(g, node, "translation", (float[]){at.x, at.y, at.z}, 3);
      yyjson_mut_val *children = NULL;
      if (k + 1 < PA_SPRING_JOINTS)
        add_child(g, node, &children, pa_spring_bone(glb->figure, c, k) + 2);
      before = s->chain[c].joint[k];
    }
  }
}

void pa_glb_add_nodes(pa_gltf *g, const pa_glb *glb) {
  const pa_figure *f = glb->figure;
  const pa_body *body = f->body;
  yyjson_mut_val *nodes = yyjson_mut_obj_add_arr(g->doc, g->root, "nodes");
  for (unsigned b = 0; b < body->bones; b++) {
    yyjson_mut_val *node = yyjson_mut_arr_add_obj(g->doc, nodes);
    yyjson_mut_obj_add_strcpy(g->doc, node, "name", body->bone[b].name);
    unsigned up = body->bone[b].parent;
    pa_vec at =
        up == PA_BODY_NO_PARENT ? f->head[b] : pa_sub(f->head[b], f->head[up]);
    pa_gltf_floats(g, node, "translation", (float[]){at.x, at.y, at.z}, 3);
    yyjson_mut_val *children = NULL;
    for (unsigned c = b + 1; c < body->bones; c++)
      if (body->bone[c].parent == b) add_child(g, node, &children, c);
    for (unsigned c = 0; c < glb->springs->chains; c++)
      if (glb->springs->chain[c].parent == b)
        add_child(g, node, &children, pa_spring_bone(f, c, 0) + 1);
  }
  yyjson_mut_val *node = yyjson_mut_arr_add_obj(g->doc, nodes);
  yyjson_mut_obj_add_str(g->doc, node, "name", "avatar");
  yyjson_mut_obj_add_uint(g->doc, node, "mesh", 0);
  yyjson_mut_obj_add_uint(g->doc, node, "skin", 0);
  add_spring_nodes(g, glb, nodes);
  yyjson_mut_val *scenes = yyjson_mut_obj_add_arr(g->doc, g->root, "scenes");
  yyjson_mut_val *scene = yyjson_mut_arr_add_obj(g->doc, scenes);
  yyjson_mut_val *roots = yyjson_mut_obj_add_arr(g->doc, scene, "nodes");
  yyjson_mut_arr_add_uint(g->doc, roots, 0);
  yyjson_mut_arr_add_uint(g->doc, roots, body->bones);
  yyjson_mut_obj_add_uint(g->doc, g->root, "scene", 0);
}

void pa_glb_add_skin(pa_gltf *g, const pa_glb *glb, bool *failed) {
  const pa_figure *f = glb->figure;
  unsigned springs = glb->springs->chains * PA_SPRING_JOINTS;
  unsigned bones = f->body->bones, all = bones + springs;
  float(*inverse)[16] = pa_glb_scratch(failed, all, sizeof *inverse);
  yyjson_mut_val *skins = yyjson_mut_obj_add_arr(g->doc, g->root, "skins");
  yyjson_mut_val *skin = yyjson_mut_arr_add_obj(g->doc, skins);
  yyjson_mut_val *joints = yyjson_mut_obj_add_arr(g->doc, skin, "joints");
  for (unsigned b = 0; inverse && b < all; b++) {
    unsigned k = b - bones;
    pa_vec at = b < bones ? f->head[b]
                          : glb->springs->chain[k / PA_SPRING_JOINTS]
                                .joint[k % PA_SPRING_JOINTS];
    inverse[b][0] = inverse[b][5] = inverse[b][10] = inverse[b][15] = 1;
    inverse[b][12] = -at.x, inverse[b][13] = -at.y, inverse[b][14] = -at.z;
    yyjson_mut_arr_add_uint(g->doc, joints, b < bones ? b : b + 1);
  }
  yyjson_mut_obj_add_uint(g->doc, skin, "skeleton", 0);
  if (inverse) {
    unsigned view = pa_gltf_view(g, inverse, all * sizeof *inverse, 0);
    yyjson_mut_obj_add_uint(g->doc, skin, "inverseBindMatrices",
                            pa_gltf_accessor(g, view, PA_GLTF_FLOAT, "MAT4",
                                             all, false, NULL, NULL, 0));
  }
  pa_mem_free(inverse);
}
