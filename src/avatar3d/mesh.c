#include "avatar3d/mesh.h"

#include <string.h>

#include "avatar3d/unfold.h"
#include "base/mem.h"

pa_status pa_mesh_reserve(pa_error *err, pa_mesh *mesh, unsigned vertices,
                          unsigned triangles) {
  unsigned v = mesh->vertices + vertices, t = mesh->triangles + triangles;
  if (v > 65535 || t > PA_LIMIT_BODY_TRIANGLES)
    return pa_error_set(err, PA_ERROR_TOO_LARGE,
                        "an avatar of %u vertices and %u triangles", v, t);
  if (v > mesh->vertex_room) {
    pa_vertex *grown = pa_mem_realloc(mesh->vertex, v * sizeof *grown);
    if (!grown) return pa_error_memory(err, v * sizeof *grown, "a mesh");
    mesh->vertex = grown;
    mesh->vertex_room = v;
  }
  if (t > mesh->triangle_room) {
    void *grown = pa_mem_realloc(mesh->triangle, t * sizeof *mesh->triangle);
    if (!grown) return pa_error_memory(err, 0, "a mesh");
    mesh->triangle = grown;
    mesh->triangle_room = t;
  }
  return PA_OK;
}

void pa_mesh_destroy(pa_mesh *mesh) {
  pa_mem_free(mesh->vertex);
  pa_mem_free(mesh->triangle);
  memset(mesh, 0, sizeof *mesh);
}

unsigned pa_mesh_vertex(pa_mesh *mesh, const pa_vertex *vertex) {
  mesh->vertex[mesh->vertices] = *vertex;
  return mesh->vertices++;
}

void pa_mesh_triangle(pa_mesh *mesh, unsigned a, unsigned b, unsigned c) {
  uint16_t *t = mesh->triangle[mesh->triangles++];
  t[0] = (uint16_t)a, t[1] = (uint16_t)b, t[2] = (uint16_t)c;
}

/* The head's chart is the atlas's upper left quarter. Its middle, the face, is
 * drawn out to twice its size at the cost of the back of the head. */
static float stretched(float v, float middle, float reach) {
  const float more = 1.3f;
  float s = (v - middle) / reach;
  return middle + reach * s * (1 + more) / (1 + more * fabsf(s));
}

/* The neck, at the chart's lower end, gets rows back from the crown, that hair
 * covers: collars drawn with texels of a centimetre have teeth. */
static float lengthened(float v) {
  static const float from[] = {0, .1f, .43f, .5f},
                     to[] = {0, .037f, .367f, .5f};
  int i = v < from[1] ? 0 : v < from[2] ? 1 : 2;
  return to[i] + (v - from[i]) * (to[i + 1] - to[i]) / (from[i + 1] - from[i]);
}

static void place_in_atlas(const float uv[2], float to[2]) {
  bool head = uv[0] < .5f && uv[1] < .5f;
  to[0] = head ? stretched(uv[0], .25f, .25f) : uv[0];
  to[1] = head ? lengthened(stretched(uv[1], .25f, .25f)) : uv[1];
}

#define TRUNK                                                                  \
  .35f            /* rows of the trunk's chart, the upper right of the atlas   \
                   */
#define LIFT .05f /* of them for the shoulders */

/* The trunk's chart is unrolled from a cylinder, in which the shoulders' ridge
 * has no length: rows for it between the neck and the arms. */
static void lift_shoulders(const pa_figure *f, pa_vec p, float uv[2]) {
  if (uv[0] < .5f || uv[1] >= TRUNK) return;
  pa_vec joint = f->head[f->bone[PA_BONE_UPPERARM]];
  float high = pa_smoothstep(joint.y - .1f, joint.y + .02f, p.y);
  float in = pa_clamp(1 - fabsf(p.x) / fmaxf(joint.x, .01f), 0, 1);
  uv[1] = LIFT + uv[1] * (1 - LIFT / TRUNK) - LIFT * high * in;
}

#define HEAD .497f /* where the head's chart ends, rows of the atlas */
#define DROP .045f

/* So has the neck where it widens to the shoulders: there it ends higher than
 * before, and below it is room. */
static void drop_neck(const pa_figure *f, pa_vec p, float uv[2]) {
  if (uv[0] >= .5f || uv[1] >= .5f) return;
  pa_vec neck = f->head[f->bone[PA_BONE_NECK]];
  float low = 1 - pa_smoothstep(neck.y - .01f, neck.y + .06f, p.y);
  float out = pa_smoothstep(.04f, .085f, fabsf(p.x));
  uv[1] = fminf(uv[1] + DROP * low * out, HEAD);
}

pa_status pa_mesh_body(pa_error *err, const pa_figure *f, pa_mesh *mesh) {
  const pa_body *body = f->body;
  pa_status status = pa_mesh_reserve(err, mesh, body->corners, body->triangles);
  if (status != PA_OK) return status;
  pa_vec *normal = pa_mem_calloc(body->points, sizeof *normal);
  if (!normal) return pa_error_memory(err, 0, "a mesh");
  pa_figure_normals(body, f->point, normal);
  pa_unfold feet[2];
  for (int side = 0; side < 2; side++)
    pa_unfold_of(f, side, &feet[side]);
  for (unsigned i = 0; i < body->corners; i++) {
    const pa_body_corner *corner = &body->corner[i];
    const pa_body_point *point = &body->point[corner->point];
    pa_vertex v = {.position = f->point[corner->point],
                   .normal = normal[corner->point]};
    place_in_atlas(corner->uv, v.uv);
    lift_shoulders(f, v.position, v.uv);
    drop_neck(f, v.position, v.uv);
    pa_unfold_place(feet, corner, v.position, v.uv);
    memcpy(v.bone, point->bone, sizeof v.bone);
    memcpy(v.weight, point->weight, sizeof v.weight);
    pa_mesh_vertex(mesh, &v);
  }
  for (unsigned i = 0; i < body->triangles; i++)
    pa_mesh_triangle(mesh, body->triangle[i][0], body->triangle[i][1],
                     body->triangle[i][2]);
  pa_mem_free(normal);
  return PA_OK;
}

static bool same_place(pa_vec a, pa_vec b) {
  return a.x == b.x && a.y == b.y && a.z == b.z;
}

void pa_mesh_normals(pa_mesh *mesh, unsigned first, unsigned first_triangle) {
  for (unsigned i = first; i < mesh->vertices; i++)
    mesh->vertex[i].normal = pa_v(0, 0, 0);
  for (unsigned i = first_triangle; i < mesh->triangles; i++) {
    const uint16_t *t = mesh->triangle[i];
    pa_vec a = mesh->vertex[t[0]].position;
    pa_vec face = pa_cross(pa_sub(mesh->vertex[t[1]].position, a),
                           pa_sub(mesh->vertex[t[2]].position, a));
    for (int k = 0; k < 3; k++)
      mesh->vertex[t[k]].normal = pa_add(mesh->vertex[t[k]].normal, face);
  }
  /* A seam's vertices are neighbours of the same row: near in the list. */
  for (unsigned i = first; i < mesh->vertices; i++)
    for (unsigned j = i + 1; j < mesh->vertices && j < i + 130; j++)
      if (same_place(mesh->vertex[i].position, mesh->vertex[j].position)) {
        pa_vec sum = pa_add(mesh->vertex[i].normal, mesh->vertex[j].normal);
        mesh->vertex[i].normal = mesh->vertex[j].normal = sum;
      }
  for (unsigned i = first; i < mesh->vertices; i++)
    mesh->vertex[i].normal = pa_unit(mesh->vertex[i].normal, pa_v(0, 0, 1));
}
