#include "parse/compose.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/mem.h"

#define CELLS ((size_t)PA_GRID * PA_GRID)

/* The two cells between which a photo pixel's middle lies, along one axis, and
 * how much the second counts in sixteenths. Weights of both axes multiply to
 * 256, so that a weighted sum of bytes fits 16 bits. */
typedef struct tap {
  uint16_t first, second, weight;
} tap;

static uint16_t clamp_cell(int v) {
  return (uint16_t)(v < 0 ? 0 : v >= PA_GRID ? PA_GRID - 1 : v);
}

/* False when `at`, in cells, lies outside the grid. */
static bool make_tap(float at, tap *t) {
  if (!(at > 0 && at < PA_GRID)) return false;
  float floored = floorf(at - 0.5f);
  t->first = clamp_cell((int)floored);
  t->second = clamp_cell((int)floored + 1);
  t->weight = (uint16_t)((at - 0.5f - floored) * 16);
  return true;
}

/* What is known of a person before the first pixel. */
typedef struct layer {
  const pa_grid *grid;
  pa_rect rect;
  tap *columns; /* of the rectangle's columns that lie on the grid: */
  int x0, x1;
  uint8_t *best; /* the most probable channel of each cell */
} layer;

typedef struct compose_job {
  layer layers[PA_LIMIT_PERSONS];
  size_t count;
  pa_scene *scene;
  bool sleeved[PA_LIMIT_LABELS]; /* garments that have sleeves */
} compose_job;

/* ---------------------------------------------------------------- layers */

static void fill_best(const pa_grid *grid, uint8_t *best) {
  for (size_t cell = 0; cell < CELLS; cell++) {
    const uint8_t *p = grid->parts + cell * grid->stride;
    size_t most = 0;
    for (size_t c = 1; c < grid->channels; c++)
      if (p[c] > p[most]) most = c;
    best[cell] = (uint8_t)most;
  }
}

/* A pixel's middle on the grid. The grid is not turned: a column of the photo
 * is one of the grid. */
static float column_at(const pa_grid *grid, int x) {
  return grid->to_grid.xx * ((float)x + 0.5f) + grid->to_grid.x0;
}

static float row_at(const pa_grid *grid, int y) {
  return grid->to_grid.yy * ((float)y + 0.5f) + grid->to_grid.y0;
}

static bool make_layer(const pa_grid *grid, const pa_scene *scene, layer *l) {
  l->grid = grid;
  l->rect = pa_grid_rect(grid, scene->width, scene->height);
  size_t width = (size_t)(l->rect.x1 - l->rect.x0);
  l->columns = pa_mem_alloc((width + 1) * sizeof *l->columns);
  l->best = pa_mem_alloc(CELLS);
  if (!l->columns || !l->best) return false;
  l->x0 = l->rect.x0;
  while (l->x0 < l->rect.x1 && !make_tap(column_at(grid, l->x0), l->columns))
    l->x0++;
  l->x1 = l->x0;
  while (l->x1 < l->rect.x1 &&
         make_tap(column_at(grid, l->x1), &l->columns[l->x1 - l->x0]))
    l->x1++;
  fill_best(grid, l->best);
  return true;
}

/* ---------------------------------------------------------------- owners */

/* A map's two rows, mixed: sixteen times its values. */
static void mix_rows(const uint8_t *map, const tap *row, uint16_t *mixed) {
  const uint8_t *a = map + (size_t)row->first * PA_GRID;
  const uint8_t *b = map + (size_t)row->second * PA_GRID;
  for (size_t i = 0; i < PA_GRID; i++)
    mixed[i] = (uint16_t)(a[i] * (16 - row->weight) + b[i] * row->weight);
}

static unsigned sample(const uint16_t *mixed, const tap *column) {
  unsigned sum = mixed[column->first] * (16u - column->weight) +
                 mixed[column->second] * (unsigned)column->weight;
  return (sum + 128) >> 8;
}

/* First pass of a row: owners. `claim` holds the best owner's probability. */
static void claim_row(const layer *l, uint8_t id, int y, uint8_t *owners,
                      uint8_t *claim) {
  uint16_t body[PA_GRID], owner[PA_GRID];
  tap row;
  if (y < l->rect.y0 || y >= l->rect.y1 || !make_tap(row_at(l->grid, y), &row))
    return;
  mix_rows(l->grid->body, &row, body);
  mix_rows(l->grid->owner, &row, owner);
  for (int x = l->x0; x < l->x1; x++) {
    const tap *column = &l->columns[x - l->x0];
    if (sample(body, column) < 128) continue;
    unsigned sure = sample(owner, column);
    if (owners[x] && sure <= claim[x]) continue;
    owners[x] = id;
    claim[x] = (uint8_t)sure;
  }
}

/* ---------------------------------------------------------------- labels */

typedef struct word {
  uint8_t label, derived;
} word;

typedef struct corners {
  size_t cell[4];
  uint16_t weight[4];
} corners;

static corners corners_of(const tap *row, const tap *column) {
  size_t top = (size_t)row->first * PA_GRID;
  size_t bottom = (size_t)row->second * PA_GRID;
  unsigned x = column->weight, y = row->weight;
  return (corners){{top + column->first, top + column->second,
                    bottom + column->first, bottom + column->second},
                   {(uint16_t)((16 - x) * (16 - y)), (uint16_t)(x * (16 - y)),
                    (uint16_t)((16 - x) * y), (uint16_t)(x * y)}};
}

/* The channel that is most probable between four cells. One that is so in each
 * of them is so between them. */
static size_t best_channel(const layer *l, const corners *at) {
  const pa_grid *grid = l->grid;
  const uint8_t *best = l->best;
  size_t most = best[at->cell[0]];
  if (best[at->cell[1]] == most && best[at->cell[2]] == most &&
      best[at->cell[3]] == most)
    return most;
  uint16_t sum[PA_LIMIT_LABELS] = {0};
  for (int i = 0; i < 4; i++) {
    const uint8_t *cell = grid->parts + at->cell[i] * grid->stride;
    for (size_t c = 0; c < grid->stride; c++)
      sum[c] = (uint16_t)(sum[c] + cell[c] * at->weight[i]);
  }
  most = 0;
  for (size_t c = 1; c < grid->channels; c++)
    if (sum[c] > sum[most]) most = c;
  return most;
}

static bool in_derived(const pa_grid *grid, const corners *at, size_t derived) {
  unsigned sum = 0;
  for (int i = 0; i < 4; i++)
    sum +=
        (unsigned)
            grid->parts[at->cell[i] * grid->stride + grid->channels + derived] *
        at->weight[i];
  return sum >= 128 * 256;
}

static word word_at(const layer *l, const corners *at, const bool *sleeved) {
  word found = {l->grid->labels[best_channel(l, at)], 0};
  if (!sleeved[found.label]) return found;
  for (size_t d = 0; d < l->grid->derived; d++)
    if (in_derived(l->grid, at, d)) found.derived |= (uint8_t)(1u << d);
  return found;
}

/* Second pass: the owners' labels take the claims' place. */
static void label_row(const compose_job *job, int y, const uint8_t *owners,
                      uint8_t *labels, uint8_t *derived) {
  tap rows[PA_LIMIT_PERSONS] = {0};
  for (size_t i = 0; i < job->count; i++)
    make_tap(row_at(job->layers[i].grid, y), &rows[i]);
  for (int x = 0; x < (int)job->scene->width; x++) {
    if (!owners[x]) continue;
    const layer *l = &job->layers[owners[x] - 1];
    corners at = corners_of(&rows[owners[x] - 1], &l->columns[x - l->x0]);
    word found = word_at(l, &at, job->sleeved);
    labels[x] = found.label;
    derived[x] = found.derived;
  }
}

static void compose_row(void *user, size_t y) {
  const compose_job *job = user;
  size_t begin = y * job->scene->width;
  uint8_t *owners = job->scene->persons + begin;
  uint8_t *labels = job->scene->labels + begin;
  for (size_t i = 0; i < job->count; i++)
    claim_row(&job->layers[i], (uint8_t)(i + 1), (int)y, owners, labels);
  label_row(job, (int)y, owners, labels, job->scene->derived + begin);
}

pa_status pa_compose(pa_error *err, pa_nn_engine *engine, const pa_grid *grids,
                     size_t count, pa_scene *scene) {
  compose_job job = {.count = count, .scene = scene};
  job.sleeved[pa_label_find("upper_clothes")] = true;
  job.sleeved[pa_label_find("dress")] = true;
  job.sleeved[pa_label_find("coat")] = true;
  bool made = true;
  for (size_t i = 0; made && i < count; i++)
    made = make_layer(&grids[i], scene, &job.layers[i]);
  if (made) pa_nn_parallel(engine, scene->height, compose_row, &job);
  for (size_t i = 0; i < count; i++) {
    pa_mem_free(job.layers[i].columns);
    pa_mem_free(job.layers[i].best);
  }
  if (made) return PA_OK;
  return pa_error_memory(err, CELLS, "the composition");
}
