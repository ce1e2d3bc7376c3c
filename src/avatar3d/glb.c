#include "avatar3d/glb.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "avatar3d/extension.h"
#include "avatar3d/gltf.h"
#include "avatar3d/motion.h"
#include "base/mem.h"

/* A scratch array of `count` items of `size` bytes; *failed when there is no
 * memory. */
static void *scratch(bool *failed, size_t count, size_t size) {
  void *block = pa_mem_calloc(count ? count : 1, size);
  if (!block) *failed = true;
  return block;
}

static void bounds(const float (*values)[3], size_t count, float low[3],
                   float high[3]) {
  for (int k = 0; k < 3; k++) {
    low[k] = high[k] = values[0][k];
    for (size_t i = 1; i < count; i++) {
      low[k] = fminf(low[k], values[i][k]);
      high[k] = fmaxf(high[k], values[i][k]);
    }
  }
}

/* ------------------------------------------------------------ attributes */

static void add_vectors(pa_gltf *g, const pa_glb *glb, bool normals,
                        const char *name, yyjson_mut_val *attributes,
                        bool *failed) {
  const pa_mesh *mesh = glb->mesh;
  float(*v)[3] = scratch(failed, mesh->vertices, sizeof *v);
  for (unsigned i = 0; v && i < mesh->vertices; i++) {
    pa_vec p = normals ? mesh->vertex[i].normal : mesh->vertex[i].position;
    v[i][0] = p.x, v[i][1] = p.y, v[i][2] = p.z;
  }
  if (v) {
    float low[3], high[3];
    bounds((const float(*)[3])v, mesh->vertices, low, high);
    unsigned view =
        pa_gltf_view(g, v, mesh->vertices * sizeof *v, PA_GLTF_VERTICES);
    unsigned accessor =
        pa_gltf_accessor(g, view, PA_GLTF_FLOAT, "VEC3", mesh->vertices, false,
                         normals ? NULL : low, normals ? NULL : high, 3);
    yyjson_mut_obj_add_uint(g->doc, attributes, name, accessor);
  }
  pa_mem_free(v);
}

static void add_uvs(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *attributes,
                    bool *failed) {
  const pa_mesh *mesh = glb->mesh;
  float(*v)[2] = scratch(failed, mesh->vertices, sizeof *v);
  for (unsigned i = 0; v && i < mesh->vertices; i++)
    memcpy(v[i], mesh->vertex[i].uv, sizeof *v);
  if (v)
    yyjson_mut_obj_add_uint(
        g->doc, attributes, "TEXCOORD_0",
        pa_gltf_accessor(
            g, pa_gltf_view(g, v, mesh->vertices * sizeof *v, PA_GLTF_VERTICES),
            PA_GLTF_FLOAT, "VEC2", mesh->vertices, false, NULL, NULL, 0));
  pa_mem_free(v);
}

static void add_bytes(pa_gltf *g, const pa_glb *glb, bool weights,
                      const char *name, yyjson_mut_val *attributes,
                      bool *failed) {
  const pa_mesh *mesh = glb->mesh;
  uint8_t(*v)[4] = scratch(failed, mesh->vertices, sizeof *v);
  for (unsigned i = 0; v && i < mesh->vertices; i++)
    memcpy(v[i], weights ? mesh->vertex[i].weight : mesh->vertex[i].bone,
           sizeof *v);
  if (v)
    yyjson_mut_obj_add_uint(
        g->doc, attributes, name,
        pa_gltf_accessor(
            g, pa_gltf_view(g, v, mesh->vertices * sizeof *v, PA_GLTF_VERTICES),
            PA_GLTF_U8, "VEC4", mesh->vertices, weights, NULL, NULL, 0));
  pa_mem_free(v);
}

/* ------------------------------------------------------------ expressions */

bool pa_glb_is_expression(const pa_body_target *t) {
  static const char *const shapes[] = {"clothed", "gender", "child", "old",
                                       "heavy",   "thin",   "muscle"};
  for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
    if (!strcmp(t->name, shapes[i])) return false;
  return true;
}

/* A morph target as a sparse accessor over zeros: a face is a small part of a
 * body. */
static bool add_morph(pa_gltf *g, const pa_glb *glb, const pa_body_target *t,
                      yyjson_mut_val *list, bool *failed) {
  const pa_body *body = glb->figure->body;
  bool turned = glb->options->format == PA_AVATAR3D_VRM0;
  uint16_t *index = scratch(failed, body->corners, sizeof *index);
  float(*value)[3] = scratch(failed, body->corners + 1, sizeof *value);
  int *of_point = scratch(failed, body->points, sizeof *of_point);
  size_t count = 0;
  bool made = index && value && of_point;
  for (unsigned i = 0; made && i < t->count; i++)
    of_point[t->point[i]] = (int)i + 1;
  for (unsigned i = 0; made && i < body->corners; i++) {
    int k = of_point[body->corner[i].point];
    if (!k) continue;
    index[count] = (uint16_t)i;
    for (int c = 0; c < 3; c++)
      value[count][c] =
          t->delta[k - 1][c] * glb->face_scale * (c != 1 && turned ? -1 : 1);
    count++;
  }
  if (made && count) {
    float low[3], high[3];
    bounds((const float(*)[3])value, count + 1, low, high); /* a zero too */
    unsigned at = pa_gltf_view(g, index, count * sizeof *index, 0);
    unsigned values = pa_gltf_view(g, value, count * sizeof *value, 0);
    unsigned id = pa_gltf_accessor(g, 0, PA_GLTF_FLOAT, "VEC3",
                                   glb->mesh->vertices, false, low, high, 3);
    yyjson_mut_val *a = yyjson_mut_arr_get(g->accessors, id);
    yyjson_mut_obj_remove_key(a, "bufferView");
    yyjson_mut_val *sparse = yyjson_mut_obj_add_obj(g->doc, a, "sparse");
    yyjson_mut_obj_add_uint(g->doc, sparse, "count", count);
    yyjson_mut_val *indices = yyjson_mut_obj_add_obj(g->doc, sparse, "indices");
    yyjson_mut_obj_add_uint(g->doc, indices, "bufferView", at);
    yyjson_mut_obj_add_uint(g->doc, indices, "componentType", PA_GLTF_U16);
    yyjson_mut_val *where = yyjson_mut_obj_add_obj(g->doc, sparse, "values");
    yyjson_mut_obj_add_uint(g->doc, where, "bufferView", values);
    yyjson_mut_val *target = yyjson_mut_arr_add_obj(g->doc, list);
    yyjson_mut_obj_add_uint(g->doc, target, "POSITION", id);
  }
  pa_mem_free(index);
  pa_mem_free(value);
  pa_mem_free(of_point);
  return made && count;
}

static void add_morphs(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *mesh,
                       yyjson_mut_val *primitive, bool *failed) {
  const pa_body *body = glb->figure->body;
  yyjson_mut_val *list = yyjson_mut_arr(g->doc);
  yyjson_mut_val *names = yyjson_mut_arr(g->doc);
  yyjson_mut_val *weights = yyjson_mut_arr(g->doc);
  for (unsigned i = 0; i < body->targets; i++) {
    const pa_body_target *t = &body->target[i];
    if (!pa_glb_is_expression(t) || !add_morph(g, glb, t, list, failed))
      continue;
    yyjson_mut_arr_add_str(g->doc, names, t->name);
    yyjson_mut_arr_add_uint(g->doc, weights, 0);
  }
  if (!yyjson_mut_arr_size(list)) return;
  yyjson_mut_obj_add_val(g->doc, primitive, "targets", list);
  yyjson_mut_obj_add_val(g->doc, mesh, "weights", weights);
  yyjson_mut_val *extras = yyjson_mut_obj_add_obj(g->doc, mesh, "extras");
  yyjson_mut_obj_add_val(g->doc, extras, "targetNames", names);
}

/* ------------------------------------------------------------ the document */

static void add_mesh(pa_gltf *g, const pa_glb *glb, bool *failed) {
  yyjson_mut_val *meshes = yyjson_mut_obj_add_arr(g->doc, g->root, "meshes");
  yyjson_mut_val *mesh = yyjson_mut_arr_add_obj(g->doc, meshes);
  yyjson_mut_obj_add_str(g->doc, mesh, "name", "avatar");
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(g->doc, mesh, "primitives");
  yyjson_mut_val *primitive = yyjson_mut_arr_add_obj(g->doc, list);
  yyjson_mut_val *attributes =
      yyjson_mut_obj_add_obj(g->doc, primitive, "attributes");
  add_vectors(g, glb, false, "POSITION", attributes, failed);
  add_vectors(g, glb, true, "NORMAL", attributes, failed);
  add_uvs(g, glb, attributes, failed);
  add_bytes(g, glb, false, "JOINTS_0", attributes, failed);
  add_bytes(g, glb, true, "WEIGHTS_0", attributes, failed);
  unsigned view = pa_gltf_view(
      g, glb->mesh->triangle,
      glb->mesh->triangles * sizeof *glb->mesh->triangle, PA_GLTF_INDICES);
  yyjson_mut_obj_add_uint(g->doc, primitive, "indices",
                          pa_gltf_accessor(g, view, PA_GLTF_U16, "SCALAR",
                                           (size_t)glb->mesh->triangles * 3,
                                           false, NULL, NULL, 0));
  yyjson_mut_obj_add_uint(g->doc, primitive, "material", 0);
  add_morphs(g, glb, mesh, primitive, failed);
}

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

static void add_nodes(pa_gltf *g, const pa_glb *glb) {
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

static void add_skin(pa_gltf *g, const pa_glb *glb, bool *failed) {
  const pa_figure *f = glb->figure;
  unsigned springs = glb->springs->chains * PA_SPRING_JOINTS;
  unsigned bones = f->body->bones, all = bones + springs;
  float(*inverse)[16] = scratch(failed, all, sizeof *inverse);
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

static void add_material(pa_gltf *g, const pa_glb *glb) {
  yyjson_mut_doc *doc = g->doc;
  yyjson_mut_val *images = yyjson_mut_obj_add_arr(doc, g->root, "images");
  yyjson_mut_val *image = yyjson_mut_arr_add_obj(doc, images);
  yyjson_mut_obj_add_uint(doc, image, "bufferView",
                          pa_gltf_view(g, glb->png, glb->png_size, 0));
  yyjson_mut_obj_add_str(doc, image, "mimeType", "image/png");
  yyjson_mut_obj_add_str(doc, image, "name", "atlas");
  yyjson_mut_val *samplers = yyjson_mut_obj_add_arr(doc, g->root, "samplers");
  yyjson_mut_val *sampler = yyjson_mut_arr_add_obj(doc, samplers);
  yyjson_mut_obj_add_uint(doc, sampler, "magFilter", 9729);
  yyjson_mut_obj_add_uint(doc, sampler, "minFilter", 9987);
  yyjson_mut_obj_add_uint(doc, sampler, "wrapS", 33071);
  yyjson_mut_obj_add_uint(doc, sampler, "wrapT", 33071);
  yyjson_mut_val *textures = yyjson_mut_obj_add_arr(doc, g->root, "textures");
  yyjson_mut_val *texture = yyjson_mut_arr_add_obj(doc, textures);
  yyjson_mut_obj_add_uint(doc, texture, "sampler", 0);
  yyjson_mut_obj_add_uint(doc, texture, "source", 0);
  yyjson_mut_val *materials = yyjson_mut_obj_add_arr(doc, g->root, "materials");
  yyjson_mut_val *m = yyjson_mut_arr_add_obj(doc, materials);
  yyjson_mut_obj_add_str(doc, m, "name", "atlas");
  yyjson_mut_val *pbr = yyjson_mut_obj_add_obj(doc, m, "pbrMetallicRoughness");
  yyjson_mut_val *base = yyjson_mut_obj_add_obj(doc, pbr, "baseColorTexture");
  yyjson_mut_obj_add_uint(doc, base, "index", 0);
  yyjson_mut_obj_add_uint(doc, pbr, "metallicFactor", 0);
  yyjson_mut_obj_add_real(doc, pbr, "roughnessFactor", 0.9);
  yyjson_mut_obj_add_bool(doc, m, "doubleSided", true);
  yyjson_mut_obj_add_str(doc, m, "alphaMode", "MASK"); /* hair's outline */
  yyjson_mut_obj_add_real(doc, m, "alphaCutoff", .5);
  if (glb->options->style == PA_AVATAR3D_CARTOON) {
    yyjson_mut_val *ext = yyjson_mut_obj_add_obj(doc, m, "extensions");
    if (glb->options->format == PA_AVATAR3D_VRM)
      pa_extension_toon(g, ext);
    else
      yyjson_mut_obj_add_obj(doc, ext, "KHR_materials_unlit");
  }
}

static void add_heading(pa_gltf *g, const pa_glb *glb) {
  yyjson_mut_val *asset = yyjson_mut_obj_add_obj(g->doc, g->root, "asset");
  yyjson_mut_obj_add_str(g->doc, asset, "version", "2.0");
  yyjson_mut_obj_add_str(g->doc, asset, "generator",
                         "Parsona " PARSONA_VERSION);
  yyjson_mut_val *used =
      yyjson_mut_obj_add_arr(g->doc, g->root, "extensionsUsed");
  if (glb->options->style == PA_AVATAR3D_CARTOON &&
      glb->options->format != PA_AVATAR3D_VRM)
    yyjson_mut_arr_add_str(g->doc, used, "KHR_materials_unlit");
  pa_extension_names(g, glb, used);
  if (!yyjson_mut_arr_size(used))
    yyjson_mut_obj_remove_key(g->root, "extensionsUsed");
}

/* ------------------------------------------------------------ the file */

static void put_le32(pa_sink *sink, uint32_t v) {
  uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                  (uint8_t)(v >> 24)};
  pa_sink_write(sink, b, 4);
}

/* GLB: header, JSON padded with spaces, the buffer (glTF 2.0, 4.4). */
static pa_status join(pa_error *err, pa_gltf *g, uint8_t **bytes,
                      size_t *size) {
  yyjson_mut_val *buffers = yyjson_mut_obj_add_arr(g->doc, g->root, "buffers");
  yyjson_mut_val *buffer = yyjson_mut_arr_add_obj(g->doc, buffers);
  yyjson_mut_obj_add_uint(g->doc, buffer, "byteLength", g->bin.size);
  size_t length = 0;
  char *json = yyjson_mut_write(g->doc, YYJSON_WRITE_NOFLAG, &length);
  pa_sink out = {0};
  if (json) {
    size_t padding = (4 - length % 4) % 4;
    size_t all = 12 + 8 + length + padding + 8 + g->bin.size;
    put_le32(&out, 0x46546c67);
    put_le32(&out, 2);
    put_le32(&out, (uint32_t)all);
    put_le32(&out, (uint32_t)(length + padding));
    put_le32(&out, 0x4e4f534a);
    pa_sink_write(&out, json, length);
    pa_sink_write(&out, "   ", padding);
    put_le32(&out, (uint32_t)g->bin.size);
    put_le32(&out, 0x004e4942);
    pa_sink_write(&out, g->bin.bytes, g->bin.size);
  }
  free(json);
  if (!json || out.failed || g->bin.failed) {
    pa_mem_free(out.bytes);
    return pa_error_memory(err, g->bin.size, "an avatar's file");
  }
  *bytes = out.bytes;
  *size = out.size;
  return PA_OK;
}

pa_status pa_glb_write(pa_error *err, const pa_glb *glb, uint8_t **bytes,
                       size_t *size) {
  pa_gltf g = {.doc = yyjson_mut_doc_new(NULL)};
  if (!g.doc) return pa_error_memory(err, 0, "an avatar's file");
  g.root = yyjson_mut_obj(g.doc);
  yyjson_mut_doc_set_root(g.doc, g.root);
  g.views = yyjson_mut_arr(g.doc);
  g.accessors = yyjson_mut_arr(g.doc);
  bool failed = !g.root || !g.views || !g.accessors;
  if (!failed) {
    add_heading(&g, glb);
    add_mesh(&g, glb, &failed);
    add_nodes(&g, glb);
    add_skin(&g, glb, &failed);
    add_material(&g, glb);
    pa_motion_add(&g, glb, &failed);
    pa_extension_add(&g, glb);
    yyjson_mut_obj_add_val(g.doc, g.root, "bufferViews", g.views);
    yyjson_mut_obj_add_val(g.doc, g.root, "accessors", g.accessors);
  }
  pa_status status = failed ? pa_error_memory(err, 0, "an avatar's file")
                            : join(err, &g, bytes, size);
  pa_mem_free(g.bin.bytes);
  yyjson_mut_doc_free(g.doc);
  return status;
}
