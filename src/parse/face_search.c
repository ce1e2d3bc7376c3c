/* Where faces are looked for. The detector sees faces from a twentieth of its
 * region on; in groups they are smaller. */
#include <math.h>

#include "parse/faces.h"

/* A group is this many who are likely people. */
#define GROUP 5
#define LIKELY 0.2f
/* Tiles' sides and the steps between them, in the photo's longer sides: a face
 * that the whole photo's look may miss is smaller than what two tiles share. */
#define TILE 0.4f
#define STEP 0.3f

static bool is_group(const pa_found *found, size_t count) {
  size_t likely = 0;
  for (size_t i = 0; i < count; i++)
    likely += found[i].score >= LIKELY;
  return likely >= GROUP;
}

/* How many tiles cover a side of the photo. */
static int tiles_along(float side, float longer) {
  return side <= TILE * longer
             ? 1
             : 1 + (int)ceilf((side - TILE * longer) / (STEP * longer) - .01f);
}

/* The middle of the i-th of n tiles of `tile` pixels, which end where the side
 * does. */
static float middle(float side, float tile, int i, int n) {
  if (n == 1) return side / 2;
  return tile / 2 + (side - tile) * (float)i / (float)(n - 1);
}

size_t pa_faces_tiles(float w, float h, pa_pose_roi *tiles) {
  float longer = fmaxf(w, h), tile = TILE * longer;
  int columns = tiles_along(w, longer), rows = tiles_along(h, longer);
  size_t count = 0;
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < columns; x++)
      tiles[count++] = (pa_pose_roi){middle(w, tile, x, columns),
                                     middle(h, tile, y, rows), tile, 0};
  return count;
}

bool pa_faces_within(const pa_detected_face *face, const pa_pose_roi *tile,
                     float w, float h) {
  float r = face->side / 2, t = tile->side / 2;
  bool left = tile->cx - t <= 1 || face->cx - r >= tile->cx - t;
  bool right = tile->cx + t >= w - 1 || face->cx + r <= tile->cx + t;
  bool top = tile->cy - t <= 1 || face->cy - r >= tile->cy - t;
  bool bottom = tile->cy + t >= h - 1 || face->cy + r <= tile->cy + t;
  return left && right && top && bottom;
}

/* A face that the look at the whole photo has found stays that face. */
static bool known(const pa_faces *faces, const pa_detected_face *face) {
  for (size_t i = 0; i < faces->count; i++) {
    const pa_detected_face *old = &faces->list[i];
    if (!old->close &&
        hypotf(old->cx - face->cx, old->cy - face->cy) < old->side / 2)
      return true;
  }
  return false;
}

static pa_status look(pa_context *context, pa_nn_net *net,
                      const pa_image *image, const pa_pose_roi *region,
                      bool close, pa_faces *faces) {
  float w = (float)image->width, h = (float)image->height;
  pa_detected_face seen[PA_LIMIT_PERSONS];
  size_t count;
  pa_status status = pa_detect_faces(&context->err, context->engine, net, image,
                                     *region, &context->cancel, PA_FACES_LEAST,
                                     PA_LIMIT_PERSONS, seen, &count);
  if (status != PA_OK) return status;
  for (size_t i = 0; i < count; i++) {
    seen[i].close = close;
    if (close && (seen[i].side < PA_FACES_SIDE || known(faces, &seen[i])))
      continue;
    if (pa_faces_within(&seen[i], region, w, h))
      faces->count = pa_detect_insert(faces->list, faces->count,
                                      PA_LIMIT_PERSONS, &seen[i]);
  }
  return PA_OK;
}

pa_status pa_faces_find(pa_context *context, const pa_image *image,
                        const pa_found *found, size_t count, pa_faces *faces) {
  pa_pose_roi tiles[PA_FACES_TILES];
  pa_nn_net *net;
  float w = (float)image->width, h = (float)image->height;
  pa_pose_roi whole = {w / 2, h / 2, fmaxf(w, h), 0};
  faces->count = 0;
  if (!pa_context_has(context, PA_ROLE_FACE_DETECTOR)) return PA_OK;
  pa_status status = pa_context_net(context, PA_ROLE_FACE_DETECTOR, NULL, &net);
  if (status == PA_OK) status = look(context, net, image, &whole, false, faces);
  if (!is_group(found, count) || TILE * whole.side < PA_DETECT_SIZE)
    return status;
  size_t most = pa_faces_tiles(w, h, tiles);
  for (size_t i = 0; status == PA_OK && i < most; i++)
    status = look(context, net, image, &tiles[i], true, faces);
  return status;
}
