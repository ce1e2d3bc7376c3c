#include "avatar3d/creep.h"

#include <string.h>

#include "base/mem.h"

#define ROUNDS 60

/* Red, green and blue; the fourth is 1, so that sums count their terms. */
typedef struct color {
  float v[4];
} color;

/* A point's colour is the mean of its neighbours' and of what never changes. */
typedef struct creeper {
  unsigned points;
  uint32_t *begin;     /* points + 1: where a point's neighbours begin */
  uint16_t *neighbour; /* as often as triangles have both */
  color *now, *next;
  color *fixed; /* of each point: seen and own colour, and their weight */
} creeper;

static bool reserve(creeper *c, unsigned points, unsigned triangles) {
  c->points = points;
  c->begin = pa_mem_calloc((size_t)points + 1, sizeof *c->begin);
  c->neighbour = pa_mem_alloc(6 * (size_t)triangles * sizeof *c->neighbour);
  c->now = pa_mem_calloc(points, sizeof *c->now);
  c->next = pa_mem_calloc(points, sizeof *c->next);
  c->fixed = pa_mem_calloc(points, sizeof *c->fixed);
  return c->begin && c->neighbour && c->now && c->next && c->fixed;
}

static void release(creeper *c) {
  pa_mem_free(c->begin);
  pa_mem_free(c->neighbour);
  pa_mem_free(c->now);
  pa_mem_free(c->next);
  pa_mem_free(c->fixed);
}

/* The points at both ends of a triangle's side; false where it crosses from one
 * material into another. */
static bool joins(const pa_brush *brush, const uint16_t *triangle, int side,
                  int layer, uint16_t end[2]) {
  const pa_brush *a = &brush[triangle[side]];
  const pa_brush *b = &brush[triangle[(side + 1) % 3]];
  end[0] = a->point, end[1] = b->point;
  return a->material[layer] == b->material[layer];
}

/* Lists every point's neighbours. */
static void connect(creeper *c, const pa_mesh *mesh, const pa_brush *brush,
                    int layer) {
  uint16_t end[2];
  uint32_t sum = 0;
  for (unsigned i = 0; i < mesh->triangles; i++)
    for (int k = 0; k < 3; k++)
      if (joins(brush, mesh->triangle[i], k, layer, end))
        c->begin[end[0]]++, c->begin[end[1]]++;
  for (unsigned q = 0; q <= c->points; q++)
    sum += c->begin[q], c->begin[q] = sum;
  for (unsigned i = mesh->triangles; i-- > 0;)
    for (int k = 2; k >= 0; k--)
      if (joins(brush, mesh->triangle[i], k, layer, end))
        for (int e = 0; e < 2; e++)
          c->neighbour[--c->begin[end[e]]] = end[1 - e];
}

static void fix(creeper *c, const pa_brush *b, int layer, pa_rgb sum,
                float weight) {
  pa_rgb own = b->color[layer];
  float k = .12f + b->hold;
  c->now[b->point] = (color){{own.r, own.g, own.b, 1}};
  c->fixed[b->point] = (color){{4 * sum.r + k * own.r, 4 * sum.g + k * own.g,
                                4 * sum.b + k * own.b, 4 * weight + k}};
}

/* Everything at once from what was before. */
static void creep_on(creeper *c) {
  for (unsigned q = 0; q < c->points; q++) {
    color sum = c->fixed[q];
    for (uint32_t i = c->begin[q]; i < c->begin[q + 1]; i++)
      for (int k = 0; k < 4; k++)
        sum.v[k] += c->now[c->neighbour[i]].v[k];
    float share = sum.v[3] > 0 ? 1 / sum.v[3] : 0;
    for (int k = 0; k < 4; k++)
      c->next[q].v[k] = sum.v[k] * share;
  }
  color *last = c->now;
  c->now = c->next, c->next = last;
}

pa_status pa_creep(pa_error *err, const pa_mesh *mesh, const pa_brush *brush,
                   int layer, const pa_rgb *sum, const float *weight,
                   pa_rgb *out) {
  creeper c = {0};
  bool made = reserve(&c, mesh->vertices, mesh->triangles);
  if (made) {
    connect(&c, mesh, brush, layer);
    for (unsigned i = 0; i < mesh->vertices; i++)
      fix(&c, &brush[i], layer, sum[brush[i].point], weight[brush[i].point]);
    for (int round = 0; round < ROUNDS; round++)
      creep_on(&c);
    for (unsigned q = 0; q < c.points; q++)
      out[q] = (pa_rgb){c.now[q].v[0], c.now[q].v[1], c.now[q].v[2]};
  }
  release(&c);
  return made ? PA_OK : pa_error_memory(err, 0, "an atlas");
}
