#include "parse/grid.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define CELLS ((size_t)PA_GRID * PA_GRID)

pa_status pa_grid_init(pa_error *err, pa_affine to_photo, const uint8_t *labels,
                       size_t channels, size_t derived, pa_grid *grid) {
  memset(grid, 0, sizeof *grid);
  grid->to_photo = to_photo;
  grid->to_grid = pa_affine_inverse(to_photo);
  grid->channels = channels;
  grid->derived = derived;
  grid->stride = (channels + derived + 15) / 16 * 16;
  memcpy(grid->labels, labels, channels);
  grid->body = pa_mem_calloc(CELLS, 1);
  grid->owner = pa_mem_calloc(CELLS, 1);
  grid->parts = pa_mem_calloc(CELLS, grid->stride);
  if (grid->body && grid->owner && grid->parts) return PA_OK;
  pa_grid_free(grid);
  return pa_error_memory(err, CELLS * (grid->stride + 2), "a person's parts");
}

void pa_grid_free(pa_grid *grid) {
  pa_mem_free(grid->body);
  pa_mem_free(grid->owner);
  pa_mem_free(grid->parts);
  grid->body = grid->owner = grid->parts = NULL;
}

uint8_t pa_grid_byte(float p) {
  return (uint8_t)(fminf(fmaxf(p, 0), 1) * 255 + 0.5f);
}

int pa_grid_channel(const pa_grid *grid, int label) {
  for (size_t c = 0; c < grid->channels; c++)
    if (grid->labels[c] == label) return (int)c;
  return -1;
}

static int clamp_to(float v, int high) {
  return v<0 ? 0 : v>(float) high ? high : (int)v;
}

pa_rect pa_grid_rect(const pa_grid *grid, unsigned width, unsigned height) {
  float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
  for (int corner = 0; corner < 4; corner++) {
    float x, y;
    pa_affine_apply(&grid->to_photo, corner & 1 ? PA_GRID : 0,
                    corner & 2 ? PA_GRID : 0, &x, &y);
    x0 = fminf(x0, x), x1 = fmaxf(x1, x);
    y0 = fminf(y0, y), y1 = fmaxf(y1, y);
  }
  return (pa_rect){
      clamp_to(floorf(x0), (int)width), clamp_to(floorf(y0), (int)height),
      clamp_to(ceilf(x1), (int)width), clamp_to(ceilf(y1), (int)height)};
}

/* Marks the island around `seed` with `id` in `ids` (0: not visited yet), and
 * returns its size in cells. `stack` has room for every cell. */
static size_t fill(const uint8_t *body, int32_t *ids, int32_t *stack,
                   int32_t seed, int32_t id) {
  size_t size = 0, top = 0;
  ids[seed] = id;
  stack[top++] = seed;
  while (top) {
    int32_t cell = stack[--top];
    int x = cell % PA_GRID, y = cell / PA_GRID;
    const int32_t next[4] = {
        x > 0 ? cell - 1 : -1, x + 1 < PA_GRID ? cell + 1 : -1,
        y > 0 ? cell - PA_GRID : -1, y + 1 < PA_GRID ? cell + PA_GRID : -1};
    size++;
    for (int i = 0; i < 4; i++) {
      if (next[i] < 0 || ids[next[i]] || body[next[i]] < 128) continue;
      ids[next[i]] = id;
      stack[top++] = next[i];
    }
  }
  return size;
}

void pa_grid_drop_islands(pa_grid *grid, float share, int32_t *scratch) {
  int32_t *ids = scratch, *stack = scratch + CELLS;
  enum { MOST = 1024 }; /* islands past this many are specks: dropped */
  size_t size[MOST + 1] = {0}, largest = 0;
  int32_t count = 0;
  memset(ids, 0, CELLS * sizeof *ids);
  for (int32_t cell = 0; cell < (int32_t)CELLS; cell++) {
    if (ids[cell] || grid->body[cell] < 128) continue;
    if (count < MOST) count++;
    size_t filled = fill(grid->body, ids, stack, cell, count);
    size[count] = count < MOST ? filled : 0;
    if (size[count] > largest) largest = size[count];
  }
  for (size_t cell = 0; cell < CELLS; cell++) {
    if (!ids[cell]) continue;
    if ((float)size[ids[cell]] < share * (float)largest) grid->body[cell] = 0;
  }
}
