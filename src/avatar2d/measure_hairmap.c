#include "avatar2d/measure_hairmap.h"

#include <math.h>

#include "avatar2d/photo_heads.h"
#include "base/apart.h"
#include "base/clamp.h"

#define WIDTH 400
#define HEIGHT 500
#define X0 (-200)
#define Y0 (-205)

/* The map that is being made, and where its cells lie in the patch. */
typedef struct canvas {
  pa_measure *m;
  pa_field *f;
  int columns[WIDTH]; /* of the patch, as the head is turned; -1: outside */
} canvas;

static void find_columns(canvas *c) {
  for (int x = 0; x < WIDTH; x++) {
    float u = pa_head_turned(&c->m->head, (float)(x + X0) + .5f);
    int column = (int)floorf(u) - PA_PATCH_X0;
    c->columns[x] = column >= 0 && column < PA_PATCH_WIDTH ? column : -1;
  }
}

/* The patch's labels, of this person or of anybody, from row `y` of the map. */
static const uint8_t *row_of(const uint8_t *labels, int y) {
  return labels + (size_t)(y + Y0 - PA_PATCH_Y0) * PA_PATCH_WIDTH;
}

static uint8_t label_in(const canvas *c, const uint8_t *row, int x) {
  return c->columns[x] < 0 ? 0 : row[c->columns[x]];
}

static float *values_of(const canvas *c, int y) {
  return c->f->values + (size_t)y * WIDTH;
}

static float middle_x(int x) {
  return (float)(x + X0) + .5f;
}

static float middle_y(int y) {
  return (float)(y + Y0) + .5f;
}

/* Close to the skull hair is this head's, whosever the person map makes it;
 * beside the cheeks it may be a neighbour's. */
static bool is_close(const pa_head *head, float u, float v) {
  float rx = head->half + 20, w = v + 26;
  return v < 12 && u * u / (rx * rx) + w * w / (116 * 116) < 1;
}

/* Above the photo's upper edge: as on a head with common hair, and straight up
 * from hair that is cut off by the edge. */
static bool beyond(const pa_measure *m, float u, float v) {
  float rx = m->head.half + 12, ry = 94, w = v + 28;
  bool cap = u * u / (rx * rx) + w * w / (ry * ry) < 1;
  if (cap && v < -58) return true;
  if (!cap && v < -20) return false;
  for (int down = 0; v + (float)down < 120; down += 2) {
    uint8_t label =
        pa_patch_label(&m->patch, pa_head_turned(&m->head, u), v + (float)down);
    if (label != PA_PATCH_OUTSIDE) return pa_labels_have(label, m->hair);
  }
  return false;
}

PA_APART static void read_row(const canvas *c, int y) {
  const pa_measure *m = c->m;
  const uint8_t *own = row_of(m->patch.labels, y);
  const uint8_t *anybody = row_of(m->patch.anybody, y);
  float *values = values_of(c, y), v = middle_y(y);
  for (int x = 0; x < WIDTH; x++) {
    float u = middle_x(x);
    bool close = is_close(&m->head, u, v);
    uint8_t label = label_in(c, close ? anybody : own, x);
    bool hair = pa_labels_have(label, m->hair);
    if (label == PA_PATCH_OUTSIDE) hair = beyond(m, u, v);
    values[x] = hair ? 1 : 0;
  }
}

/* Hair as seen from the front: 1 where it is. Beyond the photo's edge hair goes
 * on as far as a head with common hair does. */
static void read_hair(const canvas *c) {
  for (int y = 0; y < HEIGHT; y++)
    read_row(c, y);
}

/* ------------------------------------------------------------ cleaning */

/* What hair is, near the face's edge; false where too little of it is seen. */
static bool usual_color(pa_measure *m, pa_oklab *usual, float *spread) {
  m->samples.count = 0;
  float reach = m->head.half + 14;
  for (int side = -1; side <= 1; side += 2) {
    float x = pa_head_turned(&m->head, (float)side * .8f * reach);
    pa_samples_ellipse(&m->samples, &m->patch, m->hair, x, -60, 26, 30);
    pa_samples_ellipse(&m->samples, &m->patch, m->hair, x, -10, 16, 26);
  }
  pa_samples_ellipse(&m->samples, &m->patch, m->hair, 0, -94, 40, 18);
  if (m->samples.count < 60) return false;
  *usual = pa_samples_median(&m->samples, .1f, .9f);
  *spread = 0;
  for (size_t i = 0; i < m->samples.count; i++)
    *spread +=
        fabsf(m->samples.colors[i].l - usual->l) / (float)m->samples.count;
  return true;
}

static bool is_alike(const canvas *c, int x, int y, pa_oklab usual,
                     float most) {
  const float off = .075f;
  pa_oklab seen = {0, 0, 0};
  if (c->columns[x] >= 0)
    seen = pa_patch_color(&c->m->patch, (float)(c->columns[x] + PA_PATCH_X0),
                          middle_y(y));
  float a = seen.a - usual.a, b = seen.b - usual.b;
  return fabsf(seen.l - usual.l) < most && a * a + b * b < off * off;
}

PA_APART static void compare_row(const canvas *c, int y, pa_oklab usual,
                                 float most) {
  float *values = values_of(c, y);
  for (int x = 0; x < WIDTH; x++)
    if (values[x] >= .5f) values[x] = is_alike(c, x, y, usual, most) ? 1 : .12f;
}

/* Whether a place of the map is nearer to this head than to any other, and not
 * beyond its hair's reach. */
static bool is_near(const canvas *c, const pa_photo_heads *heads, int x,
                    int y) {
  const float reach = 1.35f;
  float px, py, own, other;
  pa_affine_apply(&c->m->head.to_photo,
                  (float)(c->columns[x] + PA_PATCH_X0) + .5f, middle_y(y), &px,
                  &py);
  pa_photo_heads_far(heads, px, py, &own, &other);
  return own < reach && own < other;
}

/* What hangs beside a head is given to the neighbour in front of whom it hangs
 * here and there: it is this head's where it is nearer, and of its hair's
 * colour. */
static void reclaim(const canvas *c, pa_oklab usual, float most) {
  pa_photo_heads heads;
  pa_photo_heads_find(c->m->scene, c->m->person, &heads);
  if (!heads.count) return;
  for (int y = 0; y < HEIGHT; y++) {
    const uint8_t *anybody = row_of(c->m->patch.anybody, y);
    float *values = values_of(c, y);
    for (int x = 0; x < WIDTH; x++)
      if (values[x] <= 0 &&
          pa_labels_have(label_in(c, anybody, x), c->m->hair) &&
          is_near(c, &heads, x, y) && is_alike(c, x, y, usual, most))
        values[x] = 1;
  }
}

/* What is labelled hair and has not its colour is background, mostly. Light on
 * hair changes its lightness most. */
static void keep_its_color(const canvas *c) {
  pa_oklab usual;
  float spread;
  if (!usual_color(c->m, &usual, &spread)) return;
  for (int y = 0; y < HEIGHT; y++)
    compare_row(c, y, usual, fmaxf(.16f, 2.6f * spread));
  reclaim(c, usual, pa_clamp(1.6f * spread, .1f, .16f));
}

/* Another face in the person's pixels (people who were taken for one) has hair
 * of its own: how far this head's may reach on one side. */
static float reach_of(const pa_measure *m, float side) {
  float free = m->head.half + 34;
  for (int out = 0; free + (float)out < 200; out += 4) {
    float u = free + (float)out;
    int faces = 0;
    for (int v = -80; v < 110; v += 4) {
      float t = pa_head_turned(&m->head, side * u);
      uint8_t label = pa_patch_anybody(&m->patch, t, (float)v);
      faces += pa_labels_have(label, m->face);
    }
    if (faces >= 8) return (m->head.half + u) / 2;
  }
  return 200;
}

/* Hair stays within reach of a head: no wider than a large afro above the chin,
 * no wider than the shoulders below. */
static void drop_far(const canvas *c) {
  float left = reach_of(c->m, -1), right = reach_of(c->m, 1);
  for (int y = 0; y < HEIGHT; y++) {
    const float v = middle_y(y), rx = v < 40 ? 140 : 150;
    float *values = values_of(c, y);
    for (int x = 0; x < WIDTH; x++) {
      float u = middle_x(x);
      if (fabsf(u) > rx || v < -186 || u < -left || u > right) values[x] = 0;
    }
  }
}

/* The crown: cells of the skull above the forehead. */
static bool is_crown(const pa_head *head, float u, float v) {
  float rx = head->half + 6, w = v + 28;
  return v <= -62 && u * u / (rx * rx) + w * w / (88 * 88) <= 1;
}

/* Whether the head has hair, and shows no skin on its crown. */
static bool has_crown(const canvas *c) {
  float cells = 0, bare = 0, hair = 0;
  for (int y = 0; middle_y(y) <= -62; y++) {
    const uint8_t *anybody = row_of(c->m->patch.anybody, y);
    for (int x = 0; x < WIDTH; x++) {
      if (!is_crown(&c->m->head, middle_x(x), middle_y(y))) continue;
      cells++;
      bare += pa_labels_have(label_in(c, anybody, x), c->m->face) ? 1 : 0;
      hair += values_of(c, y)[x] > .5f ? 1 : 0;
    }
  }
  return bare <= .3f * cells && hair >= .1f * cells && hair <= .6f * cells;
}

/* The crown of a head that has hair and shows no skin there has hair, whoever
 * or whatever the labels take it for. */
static void complete_crown(const canvas *c) {
  if (!has_crown(c)) return;
  for (int y = 0; middle_y(y) < -70; y++) {
    const uint8_t *anybody = row_of(c->m->patch.anybody, y);
    for (int x = 0; x < WIDTH; x++)
      if (is_crown(&c->m->head, middle_x(x), middle_y(y)) &&
          !pa_labels_have(label_in(c, anybody, x), c->m->face))
        values_of(c, y)[x] = 1;
  }
}

/* What a turned head hides of its hair is like what it shows: near the skull,
 * cells of the far side that show no skin take what their mirror images are. */
static void complete_far_side(const canvas *c) {
  const float turned = .15f;
  const pa_head *head = &c->m->head;
  float far = head->yaw > 0 ? 1 : -1;
  if (fabsf(head->yaw) < turned) return;
  for (int y = 0; middle_y(y) <= 25; y++) {
    const uint8_t *anybody = row_of(c->m->patch.anybody, y);
    float *values = values_of(c, y);
    for (int x = 0; x < WIDTH; x++) {
      float u = middle_x(x);
      if (u * far <= 0 || !is_close(head, u, middle_y(y))) continue;
      if (pa_labels_have(label_in(c, anybody, x), c->m->face)) continue;
      values[x] = fmaxf(values[x], values[WIDTH - 1 - x]);
    }
  }
}

pa_status pa_hairmap_create(pa_measure *m, pa_field *map) {
  pa_error *err = &m->context->err;
  pa_status status = pa_field_create(err, WIDTH, HEIGHT, X0, Y0, map);
  if (status != PA_OK) return status;
  canvas c = {.m = m, .f = map};
  find_columns(&c);
  read_hair(&c);
  keep_its_color(&c);
  drop_far(&c);
  complete_far_side(&c);
  complete_crown(&c);
  const int crown = -50 - Y0;
  status = pa_field_drop_splinters(err, map, 5, crown);
  return status == PA_OK ? pa_field_drop_islands(err, map) : status;
}
