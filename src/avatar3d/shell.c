#include "avatar3d/shell.h"

#include <string.h>

static void put_triangle(pa_mesh *mesh, unsigned a, unsigned b, unsigned c) {
  pa_vec p = mesh->vertex[a].position;
  pa_vec n = pa_cross(pa_sub(mesh->vertex[b].position, p),
                      pa_sub(mesh->vertex[c].position, p));
  if (pa_length(n) > 1e-9f) pa_mesh_triangle(mesh, a, b, c);
}

static void put_vertices(const pa_shell *s, const pa_figure *f,
                         pa_shell_skin skin, pa_mesh *mesh) {
  const float pad = .006f;
  for (unsigned r = 0; r < s->rows; r++)
    for (unsigned c = 0; c < PA_SHELL_COLUMNS; c++) {
      float u = (float)c / (PA_SHELL_COLUMNS - 1);
      float v = (float)r / (float)(s->rows - 1);
      pa_vertex vertex = {.position = s->at[r][c],
                          .uv = {s->uv[0] + pad + u * (s->uv[2] - 2 * pad),
                                 s->uv[1] + pad + v * (s->uv[3] - 2 * pad)}};
      skin(f, s->at[r][c], vertex.bone, vertex.weight);
      pa_mesh_vertex(mesh, &vertex);
    }
}

/* How far round its axis a place of the shell is: from the front to the left,
 * beyond either edge as many parts of a turn as it goes on. */
static float turn_of(const pa_shell *s, unsigned row, unsigned column,
                     float axis) {
  const unsigned last = PA_SHELL_COLUMNS - 1;
  pa_vec p = s->at[row][column];
  /* The crown is one place, seen from which all directions are. */
  if (row == 0 && hypotf(p.x, p.z - axis) < .005f) p = s->at[1][column];
  float turn = atan2f(p.x, p.z - axis) / (2 * PA_PI);
  turn -= floorf(turn);
  if (column * 4 < last && turn > .75f) return turn - 1;
  return column * 4 > 3 * last && turn < .25f ? turn + 1 : turn;
}

/* The brush of one place of the shell, the mesh's vertex `i`. */
static pa_brush brush_of(const pa_shell *s, unsigned place, pa_shell_map map,
                         const void *map_data, pa_vec towards,
                         const pa_vertex *v, unsigned i) {
  const unsigned columns = PA_SHELL_COLUMNS;
  unsigned row = place / columns, column = place % columns;
  pa_vec p = v->position, n = v->normal, at = map(map_data, p);
  pa_vec twin = map(map_data, pa_v(-p.x, p.y, p.z));
  pa_vec edge = map(map_data, pa_add(p, pa_v(.1f, 0, 0)));
  float out = hypotf(p.x, p.z) * 10 * hypotf(edge.x - at.x, edge.y - at.y);
  float middle = (s->at[row][0].z + s->at[row][columns / 2].z) / 2;
  if (s->has_axis) middle = s->axis;
  pa_vec away = pa_unit(pa_v(p.x, 0, p.z - middle), n);
  return (pa_brush){.x = at.x,
                    .y = at.y,
                    .facing = pa_dot(n, towards),
                    .twin_x = twin.x,
                    .twin_y = twin.y,
                    .twin_facing = pa_dot(pa_v(-n.x, n.y, n.z), towards),
                    .ahead = pa_dot(away, towards),
                    .twin_ahead = pa_dot(pa_v(-away.x, 0, away.z), towards),
                    .out_x = out * n.x,
                    .out_y = -out * n.y,
                    .cut = s->cut,
                    .whole = s->whole && s->whole(row, column),
                    .across = (float)column / (columns - 1),
                    .down = (float)row / (float)(s->rows - 1),
                    .turn = turn_of(s, row, column, middle),
                    .fray = s->fray,
                    .source = s->source,
                    .part = PA_PART_NONE,
                    .point = (uint16_t)i,
                    .edge = -1,
                    .material = {s->material, s->material},
                    .color = {s->color, s->color}};
}

pa_status pa_shell_add(pa_error *err, const pa_shell *s, const pa_figure *f,
                       pa_shell_skin skin, pa_shell_map map,
                       const void *map_data, pa_vec towards, pa_mesh *mesh,
                       pa_brush *brush) {
  if (s->rows < 2) return PA_OK;
  const unsigned columns = PA_SHELL_COLUMNS;
  pa_status status = pa_mesh_reserve(err, mesh, s->rows * columns,
                                     2 * (s->rows - 1) * (columns - 1));
  if (status != PA_OK) return status;
  unsigned first = mesh->vertices, first_triangle = mesh->triangles;
  put_vertices(s, f, skin, mesh);
  for (unsigned r = 0; r + 1 < s->rows; r++)
    for (unsigned c = 0; c + 1 < columns; c++) {
      unsigned a = first + r * columns + c, b = a + columns;
      put_triangle(mesh, a, b, a + 1);
      put_triangle(mesh, a + 1, b, b + 1);
    }
  pa_mesh_normals(mesh, first, first_triangle);
  for (unsigned i = first; i < mesh->vertices; i++) {
    brush[i] =
        brush_of(s, i - first, map, map_data, towards, &mesh->vertex[i], i);
    if (!s->unseen) continue;
    brush[i].hidden = true;
    brush[i].x = brush[i].twin_x = -1e6f; /* beyond the photo: nothing cuts */
    brush[i].ahead = brush[i].twin_ahead = -1;
  }
  return PA_OK;
}

void pa_shell_weights(const unsigned *bones, const float *shares,
                      unsigned count, uint8_t bone[4], uint8_t weight[4]) {
  float sum = 0;
  unsigned left = 255, largest = 0;
  for (unsigned k = 0; k < count; k++)
    sum += fmaxf(shares[k], 0);
  memset(bone, 0, 4);
  memset(weight, 0, 4);
  for (unsigned k = 0; k < count && sum > 0; k++) {
    float share = fmaxf(shares[k], 0) / sum;
    unsigned w = (unsigned)(share * 255);
    weight[k] = (uint8_t)w;
    bone[k] = w ? (uint8_t)bones[k] : 0;
    left -= w;
    if (shares[k] > shares[largest]) largest = k;
  }
  weight[largest] = (uint8_t)(weight[largest] + left);
  bone[largest] = (uint8_t)bones[largest];
}

/* ------------------------------------------------------------ relief */

#define CELL .01f
#define NONE (-9.f)

static void stamp(pa_relief *relief, pa_vec p) {
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++) {
      int x = (int)floorf(p.x / CELL) + PA_RELIEF_X / 2 + dx;
      int y = (int)floorf(p.y / CELL) + dy;
      if (x < 0 || y < 0 || x >= PA_RELIEF_X || y >= PA_RELIEF_Y) continue;
      relief->front[y][x] = fmaxf(relief->front[y][x], p.z);
      relief->back[y][x] = fmaxf(relief->back[y][x], -p.z);
    }
}

void pa_relief_of(const pa_figure *f, pa_relief *relief) {
  for (int y = 0; y < PA_RELIEF_Y; y++)
    for (int x = 0; x < PA_RELIEF_X; x++)
      relief->front[y][x] = relief->back[y][x] = NONE;
  const pa_body *body = f->body;
  for (unsigned i = 0; i < body->triangles; i++) {
    pa_vec p[3];
    bool trunk = true;
    for (int k = 0; k < 3; k++) {
      unsigned point = body->corner[body->triangle[i][k]].point;
      pa_region region = body->point[point].region;
      trunk =
          trunk && (region == PA_REGION_TORSO || region == PA_REGION_LEG_L ||
                    region == PA_REGION_LEG_R || region == PA_REGION_ARM_L ||
                    region == PA_REGION_ARM_R);
      p[k] = f->point[point];
    }
    if (!trunk) continue;
    for (int a = 0; a <= 3; a++)
      for (int b = 0; a + b <= 3; b++)
        stamp(relief, pa_mix(pa_mix(p[0], p[1], (float)a / 3), p[2],
                             a + b ? (float)b / 3 : 0));
  }
}

pa_vec pa_relief_clear(const pa_relief *relief, pa_vec p, float gap) {
  int x = (int)floorf(p.x / CELL) + PA_RELIEF_X / 2;
  int y = (int)floorf(p.y / CELL);
  if (x < 0 || y < 0 || x >= PA_RELIEF_X || y >= PA_RELIEF_Y) return p;
  float front = relief->front[y][x], back = -relief->back[y][x];
  if (relief->front[y][x] == NONE) return p;
  float middle = (front + back) / 2;
  if (p.z >= middle)
    p.z = fmaxf(p.z, front + gap);
  else
    p.z = fminf(p.z, back - gap);
  return p;
}
