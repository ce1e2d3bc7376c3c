/* The avatar's surface: one skin, one atlas. The body's corners come first, in
 * their order; shells (hair, skirt, ...) follow. */
#ifndef PARSONA_AVATAR3D_MESH_H
#define PARSONA_AVATAR3D_MESH_H

#include "avatar3d/figure.h"

typedef struct pa_vertex {
  pa_vec position, normal;
  float uv[2];
  uint8_t bone[4], weight[4]; /* weights sum to 255, unused bones are 0 */
} pa_vertex;

typedef struct pa_mesh {
  pa_vertex *vertex;
  uint16_t (*triangle)[3];
  unsigned vertices, triangles;
  unsigned vertex_room, triangle_room;
} pa_mesh;

/* Room for so many more; PA_ERROR_TOO_LARGE beyond 16-bit indices. */
pa_status pa_mesh_reserve(pa_error *err, pa_mesh *mesh, unsigned vertices,
                          unsigned triangles);
void pa_mesh_destroy(pa_mesh *mesh);

/* The figure's surface as it stands. `mesh` must be empty. */
pa_status pa_mesh_body(pa_error *err, const pa_figure *figure, pa_mesh *mesh);

/* Appends; there must be room. Returns the vertex's index. */
unsigned pa_mesh_vertex(pa_mesh *mesh, const pa_vertex *vertex);
void pa_mesh_triangle(pa_mesh *mesh, unsigned a, unsigned b, unsigned c);

/* Normals of the vertices from `first` on; vertices at one place share one. */
void pa_mesh_normals(pa_mesh *mesh, unsigned first, unsigned first_triangle);

#endif
