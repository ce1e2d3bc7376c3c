#include "parse/fragments.h"

#include <string.h>

#include "parsona.h"

#define CELLS ((size_t)PA_GRID * PA_GRID)

/* Labels of one kind stand on one line. */
static const char *const kinds[][6] = {
    {"upper_clothes", "dress", "coat", "pants", "skirt", "scarf"},
    {"left_shoe", "right_shoe", "socks"},
    {"left_arm", "right_arm"},
    {"left_leg", "right_leg"},
};
#define KINDS (sizeof kinds / sizeof *kinds)
#define GARMENTS 1 /* the first kind */
/* An accessory that covers more than this share of the garments is one. */
#define ACCESSORY_MOST 0.04f

typedef struct work {
  pa_grid *grid;
  uint8_t kind[PA_LIMIT_LABELS]; /* of each channel; 0: none */
  int accessory;                 /* its channel; -1: none */
  /* Of each cell: 0 nobody, -1 - channel not visited yet, 1 + channel. */
  int32_t *best;
  int32_t *queue; /* the region's cells */
  size_t total[KINDS + 1];
} work;

static void find_kinds(work *w) {
  /* Where hats are not told apart, accessories are hats, and may be large. */
  bool hats = pa_grid_channel(w->grid, pa_label_find("hat")) >= 0;
  w->accessory =
      hats ? pa_grid_channel(w->grid, pa_label_find("accessory")) : -1;
  for (size_t k = 0; k < KINDS; k++)
    for (size_t i = 0; i < 6 && kinds[k][i]; i++) {
      int channel = pa_grid_channel(w->grid, pa_label_find(kinds[k][i]));
      if (channel >= 0) w->kind[channel] = (uint8_t)(k + 1);
    }
}

static void find_best(work *w) {
  const pa_grid *grid = w->grid;
  for (size_t cell = 0; cell < CELLS; cell++) {
    w->best[cell] = 0;
    if (grid->body[cell] < 128) continue;
    const uint8_t *p = grid->parts + cell * grid->stride;
    size_t best = 0;
    for (size_t c = 1; c < grid->channels; c++)
      if (p[c] > p[best]) best = c;
    w->best[cell] = -1 - (int32_t)best;
    w->total[w->kind[best]]++;
  }
}

/* Visits a neighbour of the region: joins it, or counts what it is. */
static void visit(work *w, size_t cell, int32_t mine, size_t *length,
                  uint32_t *touches) {
  int32_t there = w->best[cell];
  if (there == -1 - mine) {
    w->best[cell] = 1 + mine;
    w->queue[(*length)++] = (int32_t)cell;
  } else if (there != 0 && there != 1 + mine) {
    touches[there < 0 ? -1 - there : there - 1]++;
  }
}

/* The region around `seed` fills the queue; returns its size. touches[c]: how
 * many sides it shares with channel c. */
static size_t flood(work *w, size_t seed, int32_t mine, uint32_t *touches) {
  size_t length = 0;
  w->best[seed] = 1 + mine;
  w->queue[length++] = (int32_t)seed;
  for (size_t at = 0; at < length; at++) {
    size_t cell = (size_t)w->queue[at], x = cell % PA_GRID;
    if (x > 0) visit(w, cell - 1, mine, &length, touches);
    if (x + 1 < PA_GRID) visit(w, cell + 1, mine, &length, touches);
    if (cell >= PA_GRID) visit(w, cell - PA_GRID, mine, &length, touches);
    if (cell + PA_GRID < CELLS)
      visit(w, cell + PA_GRID, mine, &length, touches);
  }
  return length;
}

/* The region's cells and the neighbour's label trade their probabilities. */
static void give(work *w, size_t length, size_t from, size_t to) {
  for (size_t at = 0; at < length; at++) {
    size_t cell = (size_t)w->queue[at];
    uint8_t *p = w->grid->parts + cell * w->grid->stride;
    uint8_t swap = p[from];
    p[from] = p[to];
    p[to] = swap;
    w->best[cell] = 1 + (int32_t)to;
  }
}

/* The kind whose labels may have the region; 0 when it stays what it is. */
static uint8_t claimed_by(const work *w, size_t mine, size_t length,
                          float share) {
  if ((int)mine == w->accessory)
    return (float)length > ACCESSORY_MOST * (float)w->total[GARMENTS] ? GARMENTS
                                                                      : 0;
  uint8_t kind = w->kind[mine];
  return (float)length < share * (float)w->total[kind] ? kind : 0;
}

void pa_grid_merge_fragments(pa_grid *grid, float share, int32_t *scratch) {
  work w = {.grid = grid, .best = scratch, .queue = scratch + CELLS};
  find_kinds(&w);
  find_best(&w);
  for (size_t seed = 0; seed < CELLS; seed++) {
    if (w.best[seed] >= 0) continue;
    uint32_t touches[PA_LIMIT_LABELS] = {0};
    size_t mine = (size_t)(-1 - w.best[seed]);
    size_t length = flood(&w, seed, (int32_t)mine, touches);
    uint8_t kind = claimed_by(&w, mine, length, share);
    if (!kind) continue;
    size_t to = mine;
    for (size_t c = 0; c < grid->channels; c++)
      if (c != mine && w.kind[c] == kind && touches[c] &&
          (to == mine || touches[c] > touches[to]))
        to = c;
    if (to != mine) give(&w, length, mine, to);
  }
}
