#include "avatar2d/cover.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

pa_status pa_cover_init(pa_error *err, unsigned width, unsigned height,
                        pa_cover *cover) {
  size_t cells, bytes;
  cover->width = (int)width, cover->height = (int)height;
  cover->cells = NULL;
  if (!pa_mem_mul((size_t)width + 2, height, &cells) ||
      !pa_mem_mul(cells, sizeof(float), &bytes) ||
      !(cover->cells = pa_mem_alloc(bytes)))
    return pa_error_memory(err, (size_t)width * height * sizeof(float),
                           "a picture's coverage");
  return PA_OK;
}

void pa_cover_free(pa_cover *cover) {
  pa_mem_free(cover->cells);
  cover->cells = NULL;
}

/* ------------------------------------------------------------ flattening */

typedef void (*line_user)(void *user, pa_vec from, pa_vec to);

static void flatten_cubic(pa_vec a, const pa_vec *p, line_user use,
                          void *user) {
  /* Pieces so that none is off by more than 1/20 pixel (Wang's bound). */
  float dx = fmaxf(fabsf(a.x - 2 * p[0].x + p[1].x),
                   fabsf(p[0].x - 2 * p[1].x + p[2].x));
  float dy = fmaxf(fabsf(a.y - 2 * p[0].y + p[1].y),
                   fabsf(p[0].y - 2 * p[1].y + p[2].y));
  float wanted = ceilf(sqrtf(.75f * hypotf(dx, dy) * 20));
  int pieces = (int)fminf(fmaxf(wanted, 1), 200);
  pa_vec last = a;
  for (int i = 1; i <= pieces; i++) {
    float t = (float)i / (float)pieces, s = 1 - t;
    float w0 = s * s * s, w1 = 3 * s * s * t, w2 = 3 * s * t * t,
          w3 = t * t * t;
    pa_vec next = {w0 * a.x + w1 * p[0].x + w2 * p[1].x + w3 * p[2].x,
                   w0 * a.y + w1 * p[0].y + w2 * p[1].y + w3 * p[2].y};
    if (i == pieces) next = p[2];
    use(user, last, next);
    last = next;
  }
}

/* Calls `use` for every line; contours are closed when `closing`. */
static void flatten(const pa_picture *picture, size_t number, float sx,
                    float sy, bool closing, line_user use, void *user) {
  const pa_path *path = &picture->paths[number];
  const pa_vec *from = picture->points + path->point;
  pa_vec start = {0, 0}, at = {0, 0}, p[3];
  for (size_t i = 0; i < path->ops; i++) {
    uint8_t op = picture->ops[path->op + i];
    int used = op == PA_OP_CUBIC ? 3 : op == PA_OP_CLOSE ? 0 : 1;
    for (int k = 0; k < used; k++)
      p[k] = (pa_vec){from[k].x * sx, from[k].y * sy};
    from += used;
    if (op == PA_OP_MOVE) {
      if (closing && i) use(user, at, start);
      start = at = p[0];
    } else if (op == PA_OP_LINE) {
      use(user, at, p[0]);
      at = p[0];
    } else if (op == PA_OP_CUBIC) {
      flatten_cubic(at, p, use, user);
      at = p[2];
    } else {
      use(user, at, start);
      at = start;
    }
  }
  if (closing && path->ops) use(user, at, start);
}

/* The pixels that the path's points can touch, with a margin. */
static pa_bounds bounds_of(const pa_cover *cover, const pa_picture *picture,
                           size_t number, float sx, float sy, float margin) {
  const pa_path *path = &picture->paths[number];
  const pa_vec *p = picture->points + path->point;
  float x0 = INFINITY, y0 = INFINITY, x1 = -INFINITY, y1 = -INFINITY;
  for (size_t i = 0; i < path->points; i++) {
    x0 = fminf(x0, p[i].x * sx), x1 = fmaxf(x1, p[i].x * sx);
    y0 = fminf(y0, p[i].y * sy), y1 = fmaxf(y1, p[i].y * sy);
  }
  float w = (float)cover->width, h = (float)cover->height;
  pa_bounds b = {(int)fminf(fmaxf(floorf(x0 - margin), 0), w),
                 (int)fminf(fmaxf(floorf(y0 - margin), 0), h),
                 (int)fminf(fmaxf(ceilf(x1 + margin), 0), w),
                 (int)fminf(fmaxf(ceilf(y1 + margin), 0), h)};
  if (!path->points || b.x1 <= b.x0 || b.y1 <= b.y0) b = (pa_bounds){0};
  return b;
}

static void clear(pa_cover *cover, pa_bounds b) {
  for (int y = b.y0; y < b.y1; y++)
    memset(pa_cover_row(cover, y) + b.x0, 0,
           (size_t)(b.x1 - b.x0 + 2) * sizeof(float));
}

/* ------------------------------------------------------------ filling */

typedef struct fill_job {
  pa_cover *cover;
  pa_bounds bounds;
} fill_job;

/* The line's part in one row, from x to next while y moves by d (signed): adds
 * to each cell the change of covered area against its left neighbour. */
static void add_row(float *row, float x, float next, float d) {
  float x0 = fminf(x, next), x1 = fmaxf(x, next);
  int first = (int)x0, end = (int)ceilf(x1);
  if (end <= first + 1) {
    float right = d * (.5f * (x + next) - (float)first);
    row[first] += d - right;
    row[first + 1] += right;
    return;
  }
  float s = 1 / (x1 - x0), f0 = x0 - (float)first;
  float f1 = x1 - (float)end + 1;
  float a0 = .5f * s * (1 - f0) * (1 - f0), am = .5f * s * f1 * f1;
  row[first] += d * a0;
  if (end == first + 2) {
    row[first + 1] += d * (1 - a0 - am);
  } else {
    float a1 = s * (1.5f - f0);
    row[first + 1] += d * (a1 - a0);
    for (int i = first + 2; i < end - 1; i++)
      row[i] += d * s;
    float a2 = a1 + (float)(end - first - 3) * s;
    row[end - 1] += d * (1 - a2 - am);
  }
  row[end] += d * am;
}

/* A line within the bounds' columns. */
static void add_inside(const fill_job *job, pa_vec a, pa_vec b) {
  if (a.y == b.y) return;
  float direction = 1;
  if (a.y > b.y) {
    pa_vec swap = a;
    a = b, b = swap, direction = -1;
  }
  float top = fmaxf(a.y, (float)job->bounds.y0);
  float bottom = fminf(b.y, (float)job->bounds.y1);
  float slope = (b.x - a.x) / (b.y - a.y);
  float least = (float)job->bounds.x0, most = (float)job->bounds.x1;
  for (int y = (int)top; (float)y < bottom; y++) {
    float begin = fmaxf(top, (float)y), end = fminf(bottom, (float)y + 1);
    float x = a.x + (begin - a.y) * slope, next = a.x + (end - a.y) * slope;
    x = fminf(fmaxf(x, least), most), next = fminf(fmaxf(next, least), most);
    add_row(pa_cover_row(job->cover, y), x, next, direction * (end - begin));
  }
}

static pa_vec at_x(pa_vec a, pa_vec b, float x) {
  return (pa_vec){x, a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x)};
}

/* What lies left or right of the bounds becomes a line along their edge. */
static void add_line(void *user, pa_vec a, pa_vec b) {
  const fill_job *job = user;
  const float edges[2] = {(float)job->bounds.x0, (float)job->bounds.x1};
  float least = fminf(a.x, b.x), most = fmaxf(a.x, b.x);
  pa_vec from = a;
  for (int i = 0; i < 2; i++) {
    float edge = edges[a.x < b.x ? i : 1 - i];
    if (!(least < edge && edge < most)) continue;
    pa_vec cut = at_x(a, b, edge);
    add_inside(job, from, cut);
    from = cut;
  }
  add_inside(job, from, b);
}

pa_bounds pa_cover_fill(pa_cover *cover, const pa_picture *picture, size_t path,
                        float sx, float sy) {
  fill_job job = {cover, bounds_of(cover, picture, path, sx, sy, 0)};
  pa_bounds b = job.bounds;
  clear(cover, b);
  flatten(picture, path, sx, sy, true, add_line, &job);
  for (int y = b.y0; y < b.y1; y++) {
    float *row = pa_cover_row(cover, y), sum = 0;
    for (int x = b.x0; x < b.x1; x++) {
      sum += row[x];
      row[x] = fminf(fabsf(sum), 1);
    }
  }
  return b;
}

/* ------------------------------------------------------------ stroking */

typedef struct stroke_job {
  pa_cover *cover;
  pa_bounds bounds;
  float half; /* of the width, pixels */
} stroke_job;

static float limit(float v, int least, int most) {
  return fminf(fmaxf(v, (float)least), (float)most);
}

static void add_segment(void *user, pa_vec a, pa_vec b) {
  const stroke_job *job = user;
  const pa_bounds *in = &job->bounds;
  float reach = job->half + 1, dx = b.x - a.x, dy = b.y - a.y;
  float length2 = dx * dx + dy * dy, per = length2 > 0 ? 1 / length2 : 0;
  int x0 = (int)limit(floorf(fminf(a.x, b.x) - reach), in->x0, in->x1);
  int x1 = (int)limit(ceilf(fmaxf(a.x, b.x) + reach), in->x0, in->x1);
  int y0 = (int)limit(floorf(fminf(a.y, b.y) - reach), in->y0, in->y1);
  int y1 = (int)limit(ceilf(fmaxf(a.y, b.y) + reach), in->y0, in->y1);
  for (int y = y0; y < y1; y++) {
    float *row = pa_cover_row(job->cover, y), py = (float)y + .5f - a.y;
    for (int x = x0; x < x1; x++) {
      float px = (float)x + .5f - a.x;
      float t = fminf(fmaxf((px * dx + py * dy) * per, 0), 1);
      float ex = px - t * dx, ey = py - t * dy;
      float d = sqrtf(ex * ex + ey * ey);
      float c = fminf(job->half, d + .5f) - fmaxf(-job->half, d - .5f);
      if (c > row[x]) row[x] = c;
    }
  }
}

pa_bounds pa_cover_stroke(pa_cover *cover, const pa_picture *picture,
                          size_t path, float sx, float sy, float width) {
  float half = width * sqrtf(sx * sy) / 2;
  stroke_job job = {cover, bounds_of(cover, picture, path, sx, sy, half + 1),
                    half};
  clear(cover, job.bounds);
  flatten(picture, path, sx, sy, false, add_segment, &job);
  return job.bounds;
}
