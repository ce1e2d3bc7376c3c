#include "pose/body.h"

#include <math.h>
#include <string.h>

#include "base/limits.h"
#include "base/mem.h"
#include "image/bytes.h"

static const char magic[8] = "PABODY1\n";

#define HEADER 64
#define BONE_BYTES 44
#define TARGET_BYTES 24

/* What is left to read. Every take is checked; after one failed all fail. */
typedef struct reader {
  const uint8_t *at;
  size_t left;
  bool failed;
} reader;

/* The next `count * size` bytes and the padding after them; NULL when there are
 * not so many. */
static const uint8_t *take(reader *r, size_t count, size_t size) {
  size_t bytes = 0;
  bool fits = pa_mem_mul(count, size, &bytes) && bytes <= SIZE_MAX - 3;
  size_t padded = fits ? (bytes + 3) & ~(size_t)3 : 0;
  if (r->failed || !fits || padded > r->left) {
    r->failed = true;
    return NULL;
  }
  const uint8_t *begin = r->at;
  r->at += padded;
  r->left -= padded;
  return begin;
}

static float le_float(const uint8_t *p) {
  uint32_t bits = pa_le32(p);
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static float le_step(const uint8_t *p, float step) {
  return (float)(int16_t)pa_le16(p) * step;
}

static bool sane(float metres) {
  return isfinite(metres) && fabsf(metres) <= 10;
}

/* A name of 16 bytes, zero-padded, printable ASCII without quotes. */
static bool read_name(const uint8_t *p, char name[17]) {
  memcpy(name, p, 16);
  name[16] = '\0';
  size_t length = strlen(name);
  for (size_t i = 0; i < 16; i++) {
    bool letter =
        name[i] > ' ' && name[i] < 127 && name[i] != '"' && name[i] != '\\';
    if (i < length ? !letter : name[i] != '\0') return false;
  }
  return length > 0;
}

static pa_status damaged(pa_error *err, const char *what, unsigned index) {
  return pa_error_set(err, PA_ERROR_WEIGHTS, "the body file: %s %u is damaged",
                      what, index);
}

static void *room(pa_body *body, size_t count, size_t size) {
  body->bytes += count * size;
  return pa_mem_calloc(count, size);
}

/* ---------------------------------------------------------------- sections */

static pa_status read_header(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_body *body, float *step) {
  if (size < HEADER || !pa_body_is(bytes, size))
    return pa_error_set(err, PA_ERROR_WEIGHTS, "not a body file");
  if (pa_le32(bytes + 8) != size)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the body file has %zu bytes, it should have %u", size,
                        (unsigned)pa_le32(bytes + 8));
  const struct {
    unsigned *count, most;
    const char *name;
  } counts[] = {{&body->points, PA_LIMIT_BODY_POINTS, "points"},
                {&body->corners, PA_LIMIT_BODY_POINTS, "corners"},
                {&body->triangles, PA_LIMIT_BODY_TRIANGLES, "triangles"},
                {&body->bones, PA_LIMIT_BODY_BONES, "bones"},
                {&body->targets, PA_LIMIT_BODY_TARGETS, "targets"},
                {&body->marks, PA_LIMIT_BODY_MARKS, "marks"}};
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    uint32_t n = pa_le32(bytes + 12 + 4 * i);
    if (n == 0 || n > counts[i].most)
      return pa_error_set(err, PA_ERROR_WEIGHTS, "the body file has %u %s",
                          (unsigned)n, counts[i].name);
    *counts[i].count = n;
  }
  *step = le_float(bytes + 40);
  if (!(*step > 0 && *step < 1e-2f))
    return pa_error_set(err, PA_ERROR_WEIGHTS, "the body file has no scale");
  return PA_OK;
}

static pa_status read_bones(pa_error *err, reader *r, pa_body *body) {
  const uint8_t *p = take(r, body->bones, BONE_BYTES);
  for (unsigned i = 0; p && i < body->bones; i++, p += BONE_BYTES) {
    pa_body_bone *bone = &body->bone[i];
    bone->parent = pa_le16(p + 16);
    bool good = read_name(p, bone->name) &&
                (i ? bone->parent < i : bone->parent == PA_BODY_NO_PARENT);
    for (int k = 0; k < 3; k++) {
      bone->head[k] = le_float(p + 20 + 4 * k);
      bone->tail[k] = le_float(p + 32 + 4 * k);
      good = good && sane(bone->head[k]) && sane(bone->tail[k]);
    }
    if (!good) return damaged(err, "bone", i);
  }
  return PA_OK;
}

static bool read_skin(const uint8_t *bones, const uint8_t *weights,
                      unsigned bone_count, pa_body_point *point) {
  unsigned sum = 0;
  for (int k = 0; k < 4; k++) {
    point->bone[k] = bones[k];
    point->weight[k] = weights[k];
    sum += weights[k];
    if (bones[k] >= bone_count || (!weights[k] && bones[k])) return false;
  }
  return sum == 255;
}

static pa_status read_points(pa_error *err, reader *r, float step,
                             pa_body *body) {
  const uint8_t *position = take(r, body->points, 6);
  const uint8_t *region = take(r, body->points, 1);
  const uint8_t *bone = take(r, body->points, 4);
  const uint8_t *weight = take(r, body->points, 4);
  for (unsigned i = 0; weight && i < body->points; i++) {
    pa_body_point *point = &body->point[i];
    for (int k = 0; k < 3; k++)
      point->position[k] = le_step(position + 6 * i + 2 * k, step);
    point->region = region[i];
    if (region[i] >= PA_REGION_COUNT ||
        !read_skin(bone + 4 * i, weight + 4 * i, body->bones, point))
      return damaged(err, "point", i);
  }
  return PA_OK;
}

static pa_status read_surface(pa_error *err, reader *r, pa_body *body) {
  const uint8_t *corner = take(r, body->corners, 6);
  const uint8_t *triangle = take(r, body->triangles, 6);
  const uint8_t *mark = take(r, body->marks, 4);
  if (r->failed) return PA_OK; /* said by the caller */
  for (unsigned i = 0; i < body->corners; i++, corner += 6) {
    pa_body_corner *c = &body->corner[i];
    c->point = (uint16_t)pa_le16(corner);
    c->uv[0] = (float)pa_le16(corner + 2) / 65535;
    c->uv[1] = (float)pa_le16(corner + 4) / 65535;
    if (c->point >= body->points) return damaged(err, "corner", i);
  }
  for (unsigned i = 0; i < body->triangles; i++)
    for (int k = 0; k < 3; k++, triangle += 2) {
      body->triangle[i][k] = (uint16_t)pa_le16(triangle);
      if (body->triangle[i][k] >= body->corners)
        return damaged(err, "triangle", i);
    }
  for (unsigned i = 0; i < body->marks; i++, mark += 4) {
    body->mark[i].number = (uint16_t)pa_le16(mark);
    body->mark[i].point = (uint16_t)pa_le16(mark + 2);
    if (body->mark[i].point >= body->points) return damaged(err, "mark", i);
  }
  return PA_OK;
}

static bool make_target(pa_body *body, pa_body_target *t) {
  /* A target may move nothing: calloc(0) would look like no memory. */
  size_t count = t->count ? t->count : 1;
  t->point = room(body, count, sizeof *t->point);
  t->delta = room(body, count, sizeof *t->delta);
  t->head = room(body, body->bones, sizeof *t->head);
  t->tail = room(body, body->bones, sizeof *t->tail);
  return t->point && t->delta && t->head && t->tail;
}

static pa_status read_target(pa_error *err, reader *r, unsigned index,
                             pa_body *body) {
  pa_body_target *t = &body->target[index];
  const uint8_t *head = take(r, 1, TARGET_BYTES);
  if (!head) return PA_OK; /* said by the caller */
  t->count = pa_le32(head + 16);
  float step = le_float(head + 20);
  if (!read_name(head, t->name) || t->count > body->points ||
      !(step > 0 && step < 1e-2f))
    return damaged(err, "target", index);
  const uint8_t *ends = take(r, body->bones, 12);
  const uint8_t *point = take(r, t->count, 2);
  const uint8_t *delta = take(r, t->count, 6);
  if (r->failed) return PA_OK;
  if (!make_target(body, t)) return pa_error_memory(err, 0, "a body");
  for (unsigned i = 0; i < body->bones; i++)
    for (int k = 0; k < 3; k++) {
      t->head[i][k] = le_step(ends + 12 * i + 2 * k, step);
      t->tail[i][k] = le_step(ends + 12 * i + 6 + 2 * k, step);
    }
  for (unsigned i = 0; i < t->count; i++) {
    t->point[i] = (uint16_t)pa_le16(point + 2 * i);
    if (t->point[i] >= body->points || (i && t->point[i] <= t->point[i - 1]))
      return damaged(err, "target", index);
    for (int k = 0; k < 3; k++)
      t->delta[i][k] = le_step(delta + 6 * i + 2 * k, step);
  }
  return PA_OK;
}

static pa_status allocate(pa_error *err, pa_body *body) {
  body->bone = room(body, body->bones, sizeof *body->bone);
  body->point = room(body, body->points, sizeof *body->point);
  body->corner = room(body, body->corners, sizeof *body->corner);
  body->triangle = room(body, body->triangles, sizeof *body->triangle);
  body->mark = room(body, body->marks, sizeof *body->mark);
  body->target = room(body, body->targets, sizeof *body->target);
  bool made = body->bone && body->point && body->corner && body->triangle &&
              body->mark && body->target;
  return made ? PA_OK : pa_error_memory(err, body->bytes, "a body");
}

static pa_status read_all(pa_error *err, reader *r, float step, pa_body *body) {
  pa_status status = allocate(err, body);
  if (status == PA_OK) status = read_bones(err, r, body);
  if (status == PA_OK) status = read_points(err, r, step, body);
  if (status == PA_OK) status = read_surface(err, r, body);
  for (unsigned i = 0; status == PA_OK && i < body->targets; i++)
    status = read_target(err, r, i, body);
  if (status != PA_OK) return status;
  if (r->failed || r->left)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the body file's sections do not fill it");
  return PA_OK;
}

/* ---------------------------------------------------------------- public */

bool pa_body_is(const void *bytes, size_t size) {
  return size >= sizeof magic && !memcmp(bytes, magic, sizeof magic);
}

pa_status pa_body_open(pa_error *err, const void *bytes, size_t size,
                       pa_body **body) {
  *body = NULL;
  pa_body *made = pa_mem_calloc(1, sizeof *made);
  if (!made) return pa_error_memory(err, sizeof *made, "a body");
  float step = 0;
  pa_status status = read_header(err, bytes, size, made, &step);
  if (status == PA_OK) {
    reader r = {(const uint8_t *)bytes + HEADER, size - HEADER, false};
    status = read_all(err, &r, step, made);
  }
  if (status != PA_OK) {
    pa_body_close(made);
    return status;
  }
  *body = made;
  return PA_OK;
}

void pa_body_close(pa_body *body) {
  if (!body) return;
  for (unsigned i = 0; body->target && i < body->targets; i++) {
    pa_mem_free(body->target[i].point);
    pa_mem_free(body->target[i].delta);
    pa_mem_free(body->target[i].head);
    pa_mem_free(body->target[i].tail);
  }
  pa_mem_free(body->bone);
  pa_mem_free(body->point);
  pa_mem_free(body->corner);
  pa_mem_free(body->triangle);
  pa_mem_free(body->mark);
  pa_mem_free(body->target);
  pa_mem_free(body);
}

int pa_body_bone_find(const pa_body *body, const char *name) {
  for (unsigned i = 0; i < body->bones; i++)
    if (!strcmp(body->bone[i].name, name)) return (int)i;
  return -1;
}

int pa_body_target_find(const pa_body *body, const char *name) {
  for (unsigned i = 0; i < body->targets; i++)
    if (!strcmp(body->target[i].name, name)) return (int)i;
  return -1;
}

int pa_body_mark_find(const pa_body *body, unsigned number) {
  for (unsigned i = 0; i < body->marks; i++)
    if (body->mark[i].number == number) return body->mark[i].point;
  return -1;
}
