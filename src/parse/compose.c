#include "parse/compose.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Bilinear weights sum to 256, so that a weighted sum of bytes fits 16 bits. */
typedef struct tap {
  size_t cell[4];
  uint16_t weight[4];
} tap;

static int clamp_cell(int v) {
  return v < 0 ? 0 : v >= PA_GRID ? PA_GRID - 1 : v;
}

static size_t cell_index(int y, int x) {
  return (size_t)y * PA_GRID + (size_t)x;
}

/* False when (gx, gy) lies outside the grid. */
static bool make_tap(float gx, float gy, tap *t) {
  if (!(gx > 0 && gy > 0 && gx < PA_GRID && gy < PA_GRID)) return false;
  float fx = floorf(gx - 0.5f), fy = floorf(gy - 0.5f);
  unsigned wx = (unsigned)((gx - 0.5f - fx) * 16);
  unsigned wy = (unsigned)((gy - 0.5f - fy) * 16);
  int x0 = clamp_cell((int)fx), x1 = clamp_cell((int)fx + 1);
  int y0 = clamp_cell((int)fy), y1 = clamp_cell((int)fy + 1);
  t->cell[0] = cell_index(y0, x0);
  t->cell[1] = cell_index(y0, x1);
  t->cell[2] = cell_index(y1, x0);
  t->cell[3] = cell_index(y1, x1);
  t->weight[0] = (uint16_t)((16 - wx) * (16 - wy));
  t->weight[1] = (uint16_t)(wx * (16 - wy));
  t->weight[2] = (uint16_t)((16 - wx) * wy);
  t->weight[3] = (uint16_t)(wx * wy);
  return true;
}

static unsigned sample(const uint8_t *map, const tap *t) {
  unsigned sum = 128;
  for (int i = 0; i < 4; i++)
    sum += (unsigned)map[t->cell[i]] * t->weight[i];
  return sum >> 8;
}

typedef struct word {
  uint8_t label, derived;
} word;

/* The most probable label of the tap, and the derived masks it is in. */
static word best_label(const pa_grid *grid, const tap *t, const bool *sleeved) {
  uint16_t sum[PA_LIMIT_LABELS] = {0};
  for (int i = 0; i < 4; i++) {
    const uint8_t *cell = grid->parts + t->cell[i] * grid->stride;
    for (size_t c = 0; c < grid->stride; c++)
      sum[c] = (uint16_t)(sum[c] + cell[c] * t->weight[i]);
  }
  size_t best = 0;
  for (size_t c = 1; c < grid->channels; c++)
    if (sum[c] > sum[best]) best = c;
  word found = {grid->labels[best], 0};
  for (size_t d = 0; d < grid->derived; d++)
    if (sleeved[found.label] && sum[grid->channels + d] >= 128 * 256)
      found.derived |= (uint8_t)(1u << d);
  return found;
}

typedef struct compose_job {
  const pa_grid *grids;
  const pa_rect *rects;
  size_t count;
  pa_scene *scene;
  bool sleeved[PA_LIMIT_LABELS]; /* garments that have sleeves */
} compose_job;

/* First pass of a row: owners. `claim` holds the best owner's probability. */
static void claim_row(const compose_job *job, size_t person, int y,
                      uint8_t *owners, uint8_t *claim) {
  const pa_grid *grid = &job->grids[person];
  const pa_rect *rect = &job->rects[person];
  const pa_affine *m = &grid->to_grid;
  for (int x = rect->x0; x < rect->x1; x++) {
    float gx, gy;
    tap t;
    pa_affine_apply(m, (float)x + 0.5f, (float)y + 0.5f, &gx, &gy);
    if (!make_tap(gx, gy, &t) || sample(grid->body, &t) < 128) continue;
    unsigned owner = sample(grid->owner, &t);
    if (owners[x] && owner <= claim[x]) continue;
    owners[x] = (uint8_t)(person + 1);
    claim[x] = (uint8_t)owner;
  }
}

/* Second pass: the owners' labels take the claims' place. */
static void label_row(const compose_job *job, int y, const uint8_t *owners,
                      uint8_t *labels, uint8_t *derived) {
  for (int x = 0; x < (int)job->scene->width; x++) {
    if (!owners[x]) continue;
    const pa_grid *grid = &job->grids[owners[x] - 1];
    float gx, gy;
    tap t;
    pa_affine_apply(&grid->to_grid, (float)x + 0.5f, (float)y + 0.5f, &gx, &gy);
    if (!make_tap(gx, gy, &t)) continue;
    word found = best_label(grid, &t, job->sleeved);
    labels[x] = found.label;
    derived[x] = found.derived;
  }
}

static void compose_row(void *user, size_t y) {
  const compose_job *job = user;
  uint8_t *owners = job->scene->persons + y * job->scene->width;
  uint8_t *labels = job->scene->labels + y * job->scene->width;
  for (size_t i = 0; i < job->count; i++) {
    const pa_rect *rect = &job->rects[i];
    if ((int)y >= rect->y0 && (int)y < rect->y1)
      claim_row(job, i, (int)y, owners, labels);
  }
  uint8_t *derived = job->scene->derived + y * job->scene->width;
  label_row(job, (int)y, owners, labels, derived);
}

void pa_compose(pa_nn_engine *engine, const pa_grid *grids, size_t count,
                pa_scene *scene) {
  pa_rect rects[PA_LIMIT_PERSONS];
  for (size_t i = 0; i < count; i++)
    rects[i] = pa_grid_rect(&grids[i], scene->width, scene->height);
  compose_job job = {
      .grids = grids, .rects = rects, .count = count, .scene = scene};
  job.sleeved[pa_label_find("upper_clothes")] = true;
  job.sleeved[pa_label_find("dress")] = true;
  job.sleeved[pa_label_find("coat")] = true;
  pa_nn_parallel(engine, scene->height, compose_row, &job);
}
