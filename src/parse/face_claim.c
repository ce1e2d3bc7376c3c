#include <math.h>

#include "parse/faces.h"
#include "parse/owner.h"

/* Of the face's square: the circle of its owner, and of what is nobody else's.
 */
#define OWN 0.45f
#define OTHERS 0.4f
#define SURE 240
#define HARDLY 10

static bool has_labels(const pa_grid *grid, size_t cell) {
  const uint8_t *parts = grid->parts + cell * grid->stride;
  for (size_t c = 0; c < grid->channels; c++)
    if (parts[c]) return true;
  return false;
}

/* True when somebody is in the cell, whoever: beyond the farther cheek of a
 * turned head the circle holds what is behind it. Where the gate is shut only
 * labels tell. */
static bool is_somebody(const pa_grid *grid, size_t cell) {
  float owner = (float)grid->owner[cell] / 255;
  if (!has_labels(grid, cell)) return false;
  return pa_owner_gate(owner) <= 0 ||
         pa_owner_somebody((float)grid->body[cell] / 255, owner) >= 0.5f;
}

static void take(pa_grid *grid, size_t cell) {
  if (!is_somebody(grid, cell)) return;
  if (grid->owner[cell] < SURE) grid->owner[cell] = SURE;
  if (grid->body[cell] < SURE) grid->body[cell] = SURE;
}

static void leave(pa_grid *grid, size_t cell) {
  if (grid->owner[cell] > HARDLY) grid->owner[cell] = HARDLY;
  if (grid->body[cell] > HARDLY) grid->body[cell] = HARDLY;
}

static void claim(const pa_detected_face *face, bool mine, pa_grid *grid) {
  float r = (mine ? OWN : OTHERS) * face->side;
  for (size_t cell = 0; cell < (size_t)PA_GRID * PA_GRID; cell++) {
    size_t row = cell / PA_GRID;
    float x, y;
    pa_affine_apply(&grid->to_photo, (float)(cell % PA_GRID) + .5f,
                    (float)row + .5f, &x, &y);
    if (hypotf(x - face->cx, y - face->cy) > r) continue;
    if (mine)
      take(grid, cell);
    else
      leave(grid, cell);
  }
}

void pa_faces_claim(const pa_faces *faces, const unsigned *owned, size_t count,
                    unsigned own, pa_grid *grid) {
  for (size_t i = 0; i < count; i++)
    if (owned[i] && owned[i] != own)
      claim(&faces->list[owned[i] - 1], false, grid);
  if (own) claim(&faces->list[own - 1], true, grid);
}
