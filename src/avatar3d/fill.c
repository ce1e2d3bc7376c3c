/* Push and pull over a pyramid (Gortler et al., "The Lumigraph", 1996). */
#include "avatar3d/fill.h"

#include <string.h>

#include "base/mem.h"

#define LEVELS 12

/* Colour times weight, and weight, 0..1. */
typedef struct cell {
  float v[4];
} cell;

/* Each level has half of the one before in width and height; the first is half
 * of the picture, which is read and written as it is. */
typedef struct level {
  unsigned width, height;
  cell *at;
} level;

static bool make_levels(const pa_crop *c, level l[LEVELS], unsigned *count) {
  unsigned w = c->width, h = c->height;
  for (*count = 0; *count < LEVELS && (*count == 0 || w > 1 || h > 1);
       ++*count) {
    w = (w + 1) / 2, h = (h + 1) / 2;
    l[*count] = (level){w, h, pa_mem_calloc((size_t)w * h, sizeof(cell))};
    if (!l[*count].at) return false;
  }
  return true;
}

static void add(cell *sum, const float rgb[3], float weight) {
  for (int k = 0; k < 3; k++)
    sum->v[k] += rgb[k];
  sum->v[3] += weight;
}

/* What has enough of it counts 1. */
static void even_out(level *l) {
  for (size_t i = 0; i < (size_t)l->width * l->height; i++) {
    float *p = l->at[i].v;
    if (p[3] <= 1) continue;
    float share = 1 / p[3];
    for (int k = 0; k < 3; k++)
      p[k] *= share;
    p[3] = 1;
  }
}

static void pull_picture(const pa_crop *c, const uint8_t *known, level *half) {
  for (unsigned y = 0; y < c->height; y++) {
    cell *row = half->at + (size_t)(y / 2) * half->width;
    size_t at = (size_t)y * c->width;
    for (unsigned x = 0; x < c->width; x++, at++)
      if (known[at]) add(&row[x / 2], c->rgb + 3 * at, 1);
  }
  even_out(half);
}

/* Each cell is the sum of the finer four. */
static void pull(const level *fine, level *coarse) {
  for (unsigned y = 0; y < fine->height; y++) {
    cell *row = coarse->at + (size_t)(y / 2) * coarse->width;
    const cell *from = fine->at + (size_t)y * fine->width;
    for (unsigned x = 0; x < fine->width; x++)
      add(&row[x / 2], from[x].v, from[x].v[3]);
  }
  even_out(coarse);
}

/* A coarse level between the middles of its cells, at row y of one twice as
 * fine: its cells along that row. */
static void between_rows(const level *l, unsigned y, cell *row) {
  unsigned near = y / 2, far = y % 2 ? near + 1 : near - (near > 0);
  if (far >= l->height) far = l->height - 1;
  const cell *a = l->at + (size_t)near * l->width;
  const cell *b = l->at + (size_t)far * l->width;
  for (unsigned x = 0; x < l->width; x++)
    for (int k = 0; k < 4; k++)
      row[x].v[k] = .75f * a[x].v[k] + .25f * b[x].v[k];
}

static cell between(const cell *row, unsigned width, unsigned x) {
  unsigned near = x / 2, far = x % 2 ? near + 1 : near - (near > 0);
  if (far >= width) far = width - 1;
  cell c;
  for (int k = 0; k < 4; k++)
    c.v[k] = .75f * row[near].v[k] + .25f * row[far].v[k];
  return c;
}

/* What is missing of each cell from the coarser ones, now whole. */
static void push(const level *coarse, level *fine, cell *row) {
  for (unsigned y = 0; y < fine->height; y++) {
    between_rows(coarse, y, row);
    for (unsigned x = 0; x < fine->width; x++) {
      float *p = fine->at[(size_t)y * fine->width + x].v;
      if (p[3] >= 1) continue;
      cell c = between(row, coarse->width, x);
      for (int k = 0; k < 3; k++)
        p[k] += (1 - p[3]) * c.v[k];
      p[3] = 1;
    }
  }
}

static void push_picture(const level *half, const pa_crop *c,
                         const uint8_t *known, cell *row, uint8_t *fill) {
  for (unsigned y = 0; y < c->height; y++) {
    between_rows(half, y, row);
    for (unsigned x = 0; x < c->width; x++) {
      size_t at = (size_t)y * c->width + x;
      const float *own = c->rgb + 3 * at;
      cell other = known[at] ? (cell){{own[0], own[1], own[2], 1}}
                             : between(row, half->width, x);
      for (size_t k = 0; k < 3; k++)
        fill[3 * at + k] = (uint8_t)pa_clamp(other.v[k] + .5f, 0, 255);
    }
  }
}

static void fill_all(const pa_crop *c, const uint8_t *known, level *l,
                     unsigned count, cell *row, uint8_t *fill) {
  pull_picture(c, known, &l[0]);
  for (unsigned k = 0; k + 1 < count; k++)
    pull(&l[k], &l[k + 1]);
  float *top = l[count - 1].at->v;
  for (int i = 3; top[3] > 0 && i >= 0; i--)
    top[i] /= top[3];
  for (unsigned k = count; k-- > 1;)
    push(&l[k], &l[k - 1], row);
  push_picture(&l[0], c, known, row, fill);
}

pa_status pa_fill_holes(pa_error *err, const pa_crop *c, const uint8_t *known,
                        uint8_t *fill) {
  level l[LEVELS] = {{0}};
  unsigned count = 0;
  bool made = make_levels(c, l, &count);
  cell *row = pa_mem_alloc((c->width + 1) / 2 * sizeof *row);
  made = made && row;
  if (made) fill_all(c, known, l, count, row, fill);
  for (unsigned k = 0; k < LEVELS; k++)
    pa_mem_free(l[k].at);
  pa_mem_free(row);
  size_t bytes = (size_t)c->width * c->height * 6;
  return made ? PA_OK : pa_error_memory(err, bytes, "a picture");
}
