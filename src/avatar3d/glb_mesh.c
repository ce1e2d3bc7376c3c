/* The surface of the document. */
#include <string.h>

#include "avatar3d/glb_parts.h"
#include "base/mem.h"

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
  float(*v)[3] = pa_glb_scratch(failed, mesh->vertices, sizeof *v);
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
  float(*v)[2] = pa_glb_scratch(failed, mesh->vertices, sizeof *v);
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
  uint8_t(*v)[4] = pa_glb_scratch(failed, mesh->vertices, sizeof *v);
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
  uint16_t *index = pa_glb_scratch(failed, body->corners, sizeof *index);
  float(*value)[3] = pa_glb_scratch(failed, body->corners + 1, sizeof *value);
  int *of_point = pa_glb_scratch(failed, body->points, sizeof *of_point);
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

/* ------------------------------------------------------------ the mesh */

void pa_glb_add_mesh(pa_gltf *g, const pa_glb *glb, bool *failed) {
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
