#include "avatar2d/photo_parts.h"

#include <string.h>

#include "avatar2d/photo_filter.h"

/* ------------------------------------------------------------ pieces */

/* Lists in `piece`, which has room for every pixel, the piece around `start`
 * that the person covers or leaves free (4 neighbours), marks it and returns
 * its size; `open` says whether it reaches the canvas's edge. */
static size_t list_piece(const pa_photo *photo, bool covered, uint8_t *marks,
                         int *piece, int start, bool *open) {
  const int side = photo->side;
  size_t size = 1;
  *open = false;
  piece[0] = start, marks[start] = 1;
  for (size_t i = 0; i < size; i++) {
    int at = piece[i], y = at / side, x = at - y * side;
    if (!x || !y || x == side - 1 || y == side - 1) *open = true;
    const int near[4] = {x ? at - 1 : at, x < side - 1 ? at + 1 : at,
                         y ? at - side : at, y < side - 1 ? at + side : at};
    for (int k = 0; k < 4; k++)
      if (!marks[near[k]] && (photo->alpha[near[k]] >= .5f) == covered)
        marks[near[k]] = 1, piece[size++] = near[k];
  }
  return size;
}

/* Turns pieces of at most `most` pixels, covered ones or free ones that are
 * enclosed, into what is around them. */
static void drop_pieces(pa_photo *photo, bool covered, size_t most) {
  int *piece = (int *)photo->scratch[4];
  uint8_t *marks = (uint8_t *)photo->scratch[5];
  memset(marks, 0, photo->area);
  for (size_t i = 0; i < photo->area; i++) {
    bool open;
    if (marks[i] || (photo->alpha[i] >= .5f) != covered) continue;
    size_t size = list_piece(photo, covered, marks, piece, (int)i, &open);
    if (size > most || (open && !covered)) continue;
    for (size_t k = 0; k < size; k++) {
      photo->alpha[piece[k]] = covered ? 0 : 1;
      if (covered) photo->part[piece[k]] = PA_PHOTO_NOTHING;
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

static bool shows(uint8_t seen, int part) {
  return seen == part || (part == PA_PHOTO_SKIN && seen == PA_PHOTO_FEATURE);
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
    for (size_t i = from; i < to; i++)
      mask[i] = shows(photo->part[i], part) ? 1 : 0;
    pa_blur(mask + from, mask + from, side, last + 1 - first, radius);
    float weight = part == PA_PHOTO_FEATURE ? 2.f : 1;
    for (size_t i = from; i < to; i++)
      if (weight * mask[i] > best[i])
        best[i] = weight * mask[i], chosen[i] = (uint8_t)part;
  }
  memcpy(photo->part, chosen, photo->area);
  spread_parts(photo);
}
