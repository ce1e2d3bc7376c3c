#include "avatar2d/photo_parts.h"

#include <string.h>

#include "avatar2d/photo_filter.h"

/* ------------------------------------------------------------ pieces */

/* A row's pixels from `from` up to `to` that the person covers, or leaves free;
 * runs that touch (4 neighbours) are one piece, which has the index of one of
 * them, its root: the only one whose `root` is itself. */
typedef struct run {
  int y, from, to, root;
  int pixels; /* of the piece, at its root */
  bool open;  /* whether the piece reaches the canvas's edge, at its root */
} run;

static int root_of(run *runs, int i) {
  while (runs[i].root != i)
    i = runs[i].root = runs[runs[i].root].root;
  return i;
}

static void join(run *runs, int a, int b) {
  a = root_of(runs, a), b = root_of(runs, b);
  if (a == b) return;
  runs[b].root = a;
  runs[a].pixels += runs[b].pixels;
  runs[a].open |= runs[b].open;
}

/* Appends the runs of a row; returns how many there are then. */
PA_APART static int list_runs(const pa_photo *photo, bool covered, int y,
                              run *runs, int count) {
  const int side = photo->side;
  const float *alpha = photo->alpha + (size_t)y * (size_t)side;
  for (int x = 0; x < side; x++) {
    if ((alpha[x] >= .5f) != covered) continue;
    int from = x;
    while (x < side && (alpha[x] >= .5f) == covered)
      x++;
    bool open = !y || y == side - 1 || !from || x == side;
    runs[count] = (run){y, from, x, count, x - from, open};
    count++;
  }
  return count;
}

/* Joins the runs from `above` on, of one row, with those from `here` to `end`,
 * of the next. */
static void join_rows(run *runs, int above, int here, int end) {
  int a = above;
  for (int b = here; b < end; b++) {
    while (a < here && runs[a].to <= runs[b].from)
      a++;
    for (int i = a; i < here && runs[i].from < runs[b].to; i++)
      join(runs, i, b);
  }
}

/* Turns pieces of at most `most` pixels, covered ones or free ones that are
 * enclosed, into what is around them. */
static void drop_pieces(pa_photo *photo, bool covered, size_t most) {
  const int side = photo->side;
  run *runs = (run *)photo->scratch[0]; /* and on: half a run a pixel at most */
  int above = 0, here = 0;
  for (int y = 0; y < side; y++) {
    int end = list_runs(photo, covered, y, runs, here);
    join_rows(runs, above, here, end);
    above = here, here = end;
  }
  for (int i = 0; i < here; i++) {
    const run *piece = &runs[root_of(runs, i)];
    if ((size_t)piece->pixels > most || (piece->open && !covered)) continue;
    size_t row = (size_t)runs[i].y * (size_t)side;
    for (int x = runs[i].from; x < runs[i].to; x++) {
      photo->alpha[row + (size_t)x] = covered ? 0 : 1;
      if (covered) photo->part[row + (size_t)x] = PA_PHOTO_NOTHING;
    }
  }
}

void pa_photo_fill_gaps(pa_photo *photo) {
  drop_pieces(photo, false, photo->area / 90);
}

void pa_photo_drop_islands(pa_photo *photo) {
  drop_pieces(photo, true, photo->area / 150);
}

/* ------------------------------------------------------------ borders */

/* Pixels that no mask reached take the part beside them, so that an alpha that
 * goes beyond the mask finds one. */
static void spread_parts(const pa_photo *photo) {
  const int side = photo->side;
  for (int y = 0; y < side; y++) {
    uint8_t *row = photo->part + (size_t)y * (size_t)side;
    for (int x = 0; x < side; x++) {
      if (!row[x] && x) row[x] = row[x - 1];
      if (!row[x] && y) row[x] = row[x - side];
    }
  }
  for (int y = side - 1; y >= 0; y--) {
    uint8_t *row = photo->part + (size_t)y * (size_t)side;
    for (int x = side - 1; x >= 0; x--) {
      if (!row[x] && x + 1 < side) row[x] = row[x + 1];
      if (!row[x] && y + 1 < side) row[x] = row[x + side];
    }
  }
}

/* The rows that show a part; features' holes in the face are face. */
typedef struct rows {
  int first, last; /* last < first: none */
} rows;

PA_APART static void mask_row(const uint8_t *seen, uint8_t part, size_t n,
                              float *mask) {
  uint8_t other = part == PA_PHOTO_SKIN ? PA_PHOTO_FEATURE : part;
  for (size_t i = 0; i < n; i++)
    mask[i] = seen[i] == part || seen[i] == other ? 1 : 0;
}

PA_APART static void choose_row(const float *mask, float weight, uint8_t part,
                                size_t n, float *best, uint8_t *chosen) {
  for (size_t i = 0; i < n; i++) {
    bool better = weight * mask[i] > best[i];
    best[i] = better ? weight * mask[i] : best[i];
    chosen[i] = better ? part : chosen[i];
  }
}

static void find_rows(const pa_photo *photo, rows *found) {
  const int side = photo->side;
  for (int part = 0; part < PA_PHOTO_PARTS; part++)
    found[part] = (rows){side, -1};
  for (int y = 0; y < side; y++) {
    bool seen[PA_PHOTO_PARTS] = {false};
    const uint8_t *row = photo->part + (size_t)y * (size_t)side;
    for (int x = 0; x < side; x++)
      seen[row[x]] = true;
    seen[PA_PHOTO_SKIN] |= seen[PA_PHOTO_FEATURE];
    for (int part = 0; part < PA_PHOTO_PARTS; part++)
      if (seen[part]) {
        if (y < found[part].first) found[part].first = y;
        found[part].last = y;
      }
  }
}

void pa_photo_smooth_parts(pa_photo *photo) {
  float *best = photo->scratch[3], *mask = photo->scratch[4];
  uint8_t *chosen = (uint8_t *)photo->scratch[5];
  const float k = photo->scale;
  const int side = photo->side;
  int broad =
      (int)pa_clamp(photo->enlarged * .8f + 2 * photo->unit, 2 * k, 6 * k);
  rows found[PA_PHOTO_PARTS];
  find_rows(photo, found);
  memset(best, 0, photo->area * sizeof *best);
  memset(chosen, PA_PHOTO_NOTHING, photo->area);
  for (int part = 1; part < PA_PHOTO_PARTS; part++) {
    if (found[part].last < 0) continue;
    bool small = part == PA_PHOTO_FEATURE || part == PA_PHOTO_THING;
    int radius = small ? pa_photo_radius(photo, 1) : broad;
    int first = found[part].first - 2 * radius - 1;
    int last = found[part].last + 2 * radius + 1;
    if (first < 0) first = 0;
    if (last > side - 1) last = side - 1;
    size_t from = (size_t)first * (size_t)side;
    size_t to = (size_t)(last + 1) * (size_t)side;
    for (size_t i = from; i < to; i += (size_t)side)
      mask_row(photo->part + i, (uint8_t)part, (size_t)side, mask + i);
    pa_blur(mask + from, mask + from, side, last + 1 - first, radius);
    float weight = part == PA_PHOTO_FEATURE ? 2.f : 1;
    for (size_t i = from; i < to; i += (size_t)side)
      choose_row(mask + i, weight, (uint8_t)part, (size_t)side, best + i,
                 chosen + i);
  }
  memcpy(photo->part, chosen, photo->area);
  spread_parts(photo);
}
