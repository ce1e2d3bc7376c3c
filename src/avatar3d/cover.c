#include "avatar3d/cover.h"

#include <string.h>

#include "base/mem.h"

/* Millimetres by which another limb must be nearer: neighbours touch. */
#define MARGIN 30
/* The depth of forearms and hands is guessed; before a trunk they are seen. */
#define FOREARM (-60)
#define BEHIND 60

static int16_t *plane(const pa_cover *c, pa_part part) {
  return c->depth + (size_t)part * c->crop->width * c->crop->height;
}

static void draw(const pa_cover *cover, const pa_brush *const corner[3]) {
  const pa_crop *c = cover->crop;
  int16_t *depth = plane(cover, corner[0]->part);
  float x[3], y[3];
  for (int k = 0; k < 3; k++) {
    x[k] = (corner[k]->x - c->x) * c->scale;
    y[k] = (corner[k]->y - c->y) * c->scale;
  }
  float area = (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]);
  if (!(fabsf(area) > 1e-4f)) return;
  float over = 1 / area;
  float w = (float)c->width, h = (float)c->height;
  float x0 = pa_clamp(floorf(fminf(x[0], fminf(x[1], x[2]))), 0, w);
  float y0 = pa_clamp(floorf(fminf(y[0], fminf(y[1], y[2]))), 0, h);
  float x1 = pa_clamp(fmaxf(x[0], fmaxf(x[1], x[2])), 0, w - 1);
  float y1 = pa_clamp(fmaxf(y[0], fmaxf(y[1], y[2])), 0, h - 1);
  for (unsigned j = (unsigned)y0; (float)j <= y1; j++)
    for (unsigned i = (unsigned)x0; (float)i <= x1; i++) {
      float px = (float)i + .5f, py = (float)j + .5f;
      float b = ((px - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (py - y[0]));
      float d = ((x[1] - x[0]) * (py - y[0]) - (px - x[0]) * (y[1] - y[0]));
      b *= over, d *= over;
      if (b < -.01f || d < -.01f || b + d > 1.01f) continue;
      float z = corner[0]->z + b * (corner[1]->z - corner[0]->z) +
                d * (corner[2]->z - corner[0]->z);
      int16_t mm = (int16_t)pa_clamp(z * 1000, -30000, 30000);
      int16_t *at = &depth[(size_t)j * c->width + i];
      if (mm > *at) *at = mm;
    }
}

pa_status pa_cover_create(pa_error *err, const pa_crop *crop,
                          const pa_mesh *mesh, const pa_brush *brush,
                          pa_cover *cover) {
  size_t count = (size_t)PA_PART_COUNT * crop->width * crop->height;
  *cover = (pa_cover){.crop = crop,
                      .depth = pa_mem_alloc(count * sizeof *cover->depth)};
  if (!cover->depth) return pa_error_memory(err, count * 2, "a view");
  for (size_t i = 0; i < count; i++)
    cover->depth[i] = PA_COVER_NONE;
  for (unsigned i = 0; i < mesh->triangles; i++) {
    const uint16_t *t = mesh->triangle[i];
    const pa_brush *const corner[3] = {&brush[t[0]], &brush[t[1]],
                                       &brush[t[2]]};
    if (corner[0]->part < PA_PART_COUNT) draw(cover, corner);
  }
  return PA_OK;
}

void pa_cover_destroy(pa_cover *cover) {
  pa_mem_free(cover->depth);
  memset(cover, 0, sizeof *cover);
}

/* Whether the order of two parts is asked: garments and hair that hang from one
 * over the other are told by their labels. */
static bool apart(pa_part part, pa_part other) {
  if (part == other) return false;
  bool trunk = part == PA_PART_TRUNK || part == PA_PART_HEAD;
  if (trunk && (other == PA_PART_TRUNK || other == PA_PART_HEAD)) return false;
  return true;
}

static bool is_forearm(pa_part part) {
  return part == PA_PART_FOREARM_L || part == PA_PART_FOREARM_R;
}

/* The two halves of an arm. */
static bool one_arm(pa_part a, pa_part b) {
  return (a == PA_PART_ARM_L && b == PA_PART_FOREARM_L) ||
         (a == PA_PART_ARM_R && b == PA_PART_FOREARM_R) ||
         (b == PA_PART_ARM_L && a == PA_PART_FOREARM_L) ||
         (b == PA_PART_ARM_R && a == PA_PART_FOREARM_R);
}

/* Adds the pixels at which `theirs` is nearer than `own` by more than a margin,
 * and, if `alone`, those at which `own` is not. Without branches: compilers
 * make vectors of it. */
static void hide_behind(const int16_t *own, const int16_t *theirs, size_t count,
                        int margin, bool alone, uint8_t *hidden) {
  int16_t far = (int16_t)margin;
  for (size_t i = 0; i < count; i++) {
    bool none = own[i] == PA_COVER_NONE;
    bool is = theirs[i] != PA_COVER_NONE;
    bool nearer = (int16_t)(theirs[i] - far) > own[i];
    hidden[i] |= is & (none ? alone : nearer);
  }
}

void pa_cover_hide(const pa_cover *cover, pa_part part, uint8_t *hidden) {
  size_t count = (size_t)cover->crop->width * cover->crop->height;
  memset(hidden, 0, count);
  for (pa_part q = 0; part < PA_PART_COUNT && q < PA_PART_COUNT; q++) {
    if (!apart(part, q)) continue;
    bool joined = one_arm(part, q);
    /* Legs lie under garments wider than they are. */
    bool leg = q == PA_PART_LEG_L || q == PA_PART_LEG_R;
    bool alone = !joined && !(leg && part == PA_PART_TRUNK);
    int margin = is_forearm(q) && !is_forearm(part) && !joined ? FOREARM
                 : joined                                      ? BEHIND
                                                               : MARGIN;
    hide_behind(plane(cover, part), plane(cover, q), count, margin, alone,
                hidden);
  }
}

void pa_cover_hide_forearms(const pa_cover *cover, uint8_t *hidden) {
  size_t count = (size_t)cover->crop->width * cover->crop->height;
  const int16_t *left = plane(cover, PA_PART_FOREARM_L);
  const int16_t *right = plane(cover, PA_PART_FOREARM_R);
  for (size_t i = 0; i < count; i++)
    hidden[i] = (left[i] != PA_COVER_NONE) | (right[i] != PA_COVER_NONE);
}

bool pa_cover_behind(const pa_cover *cover, pa_part part, float x, float y,
                     float z) {
  const pa_crop *c = cover->crop;
  if (part >= PA_PART_COUNT) return false;
  float u = (x - c->x) * c->scale, v = (y - c->y) * c->scale;
  if (!(u >= 0 && v >= 0 && u < (float)c->width && v < (float)c->height))
    return false;
  int own = plane(cover, part)[(size_t)v * c->width + (size_t)u];
  return own != PA_COVER_NONE && (float)own > z * 1000 + BEHIND;
}
