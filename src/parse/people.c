/* MoveNet multipose (TensorFlow Hub, google/movenet/multipose/lightning): a
 * CenterNet of keypoints (Zhou et al. 2019, arXiv:1904.07850, section 6.2). The
 * network's heads come as they are and are decoded here, which lifts the limit
 * of six people that the published graph has. Constants are that graph's. */
#include "parse/people.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "pose/crop.h"

#define STRIDE 4 /* input pixels a cell */
#define PEAK_RADIUS 2
#define KEYPOINT_SCORE 0.127f
#define LEAST_CENTER 0.05f /* less is nobody's */
#define SPREAD 0.3f

/* How the photo is looked at, one look after the other. A small input finds the
 * people who fill the photo, a larger one the others, a mirrored one some that
 * both missed. On 133 COCO photos (184 people): 192 alone has a recall of .80,
 * 320 of .83, both .84, with the mirrored look .86. Larger inputs invent people
 * within people: the last look, for large photos of crowds, takes small people
 * only. */
typedef struct view {
  unsigned side; /* of the input, the longer one */
  bool mirrored, closer;
} view;
static const view views[] = {{192, false, false},
                             {320, false, false},
                             {320, true, false},
                             {640, false, true}};
#define VIEWS (sizeof views / sizeof *views)
#define SMALL_PERSON 0.3f /* of the photo's longer side */
#define LARGE_PERSON 0.1f /* of the photo's area */
#define MANY_PEOPLE 5
#define LARGE_PHOTO 1000 /* below, the closer look has nothing to add */

/* Two findings are one person when their boxes or their poses are this alike.
 */
#define SAME_BOX 0.6f
#define SAME_POSE 0.45f

/* RGB in -1..1 as the graph has it; black outside the photo. */
static const pa_crop_range input_range = {0.0078430176f, -1, 0};

typedef struct heads {
  const float *center;     /* [h][w], 0..1: a person's centre */
  const float *box_offset; /* [h][w][2], y and x within the cell */
  const float *box_size;   /* [h][w][2], height and width in cells */
  const float *regression; /* [h][w][17][2], keypoints from the centre */
  const float *heatmap;    /* [h][w][17], 0..1: a keypoint of anybody */
  const float *offset;     /* [h][w][17][2], within the cell */
  int h, w;
} heads;

static const float *head(const pa_nn_net *net, const char *name,
                         size_t channels, heads *heads) {
  pa_nn_shape s;
  const float *data = pa_nn_net_output(net, name, &s);
  if (!data || s.rank != 4 || s.dim[3] != channels) return NULL;
  if (!heads->h) heads->h = (int)s.dim[1], heads->w = (int)s.dim[2];
  return (int)s.dim[1] == heads->h && (int)s.dim[2] == heads->w ? data : NULL;
}

static pa_status find_heads(pa_error *err, const pa_nn_net *net, heads *h) {
  h->h = h->w = 0;
  h->center = head(net, "center", 1, h);
  h->box_offset = head(net, "box_offset", 2, h);
  h->box_size = head(net, "box_size", 2, h);
  h->regression = head(net, "regression", 2 * PA_COCO_KEYPOINTS, h);
  h->heatmap = head(net, "heatmaps", PA_COCO_KEYPOINTS, h);
  h->offset = head(net, "offsets", 2 * PA_COCO_KEYPOINTS, h);
  if (h->center && h->box_offset && h->box_size && h->regression &&
      h->heatmap && h->offset)
    return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "the people network lacks a head: center, box_offset, "
                      "box_size, regression, heatmaps or offsets");
}

/* True when no cell around (x, y) is more of a centre. */
static bool is_peak(const heads *h, int x, int y) {
  float value = h->center[y * h->w + x];
  for (int v = y - PEAK_RADIUS; v <= y + PEAK_RADIUS; v++)
    for (int u = x - PEAK_RADIUS; u <= x + PEAK_RADIUS; u++) {
      if (u < 0 || v < 0 || u >= h->w || v >= h->h) continue;
      if (h->center[v * h->w + u] > value) return false;
    }
  return true;
}

typedef struct cell_box {
  float x0, y0, x1, y1;
} cell_box;

static cell_box box_at(const heads *h, int x, int y) {
  const float *offset = h->box_offset + (y * h->w + x) * 2;
  const float *size = h->box_size + (y * h->w + x) * 2;
  float cy = (float)y + offset[0], cx = (float)x + offset[1];
  float hh = fmaxf(size[0], 0) / 2, hw = fmaxf(size[1], 0) / 2;
  return (cell_box){fmaxf(cx - hw, 0), fmaxf(cy - hh, 0),
                    fminf(cx + hw, (float)h->w), fminf(cy + hh, (float)h->h)};
}

/* The heat map's strongest cell inside the box, weighted by its distance from
 * where the centre expects the keypoint. Cell coordinates. */
static pa_keypoint keypoint_at(const heads *h, int x, int y, int k,
                               const cell_box *box) {
  const float *reg =
      h->regression + ((y * h->w + x) * PA_COCO_KEYPOINTS + k) * 2;
  float ey = (float)y + reg[0], ex = (float)x + reg[1];
  float variance = SPREAD * (float)(h->h < h->w ? h->h : h->w);
  int best = -1;
  float best_score = 0;
  for (int v = (int)ceilf(box->y0); (float)v < box->y1; v++)
    for (int u = (int)ceilf(box->x0); (float)u < box->x1; u++) {
      float d =
          ((float)v - ey) * ((float)v - ey) + ((float)u - ex) * ((float)u - ex);
      if (d > 12 * variance) continue; /* e^-12: nothing */
      int cell = v * h->w + u;
      float score =
          h->heatmap[cell * PA_COCO_KEYPOINTS + k] * expf(-d / variance);
      if (score <= best_score) continue;
      best_score = score;
      best = cell;
    }
  if (best < 0) return (pa_keypoint){ex, ey, 0};
  const float *offset = h->offset + (best * PA_COCO_KEYPOINTS + k) * 2;
  int row = best / h->w, column = best % h->w;
  return (pa_keypoint){(float)column + offset[1], (float)row + offset[0],
                       best_score};
}

/* The graph's person score: how sure the centre is, times the mean of the
 * keypoints that it is sure of. */
static float person_score(float center, const pa_found *found) {
  float sum = 0;
  int count = 0;
  for (int k = 0; k < PA_COCO_KEYPOINTS; k++) {
    if (found->keypoints[k].score <= KEYPOINT_SCORE) continue;
    sum += found->keypoints[k].score;
    count++;
  }
  return count ? center * sum / (float)count : 0;
}

/* A mirrored photo's left is right: COCO's keypoints are the nose, then pairs.
 */
static void swap_sides(pa_found *found) {
  for (int k = 1; k + 1 < PA_COCO_KEYPOINTS; k += 2) {
    pa_keypoint swap = found->keypoints[k];
    found->keypoints[k] = found->keypoints[k + 1];
    found->keypoints[k + 1] = swap;
  }
}

static pa_found decode(const heads *h, int x, int y, const pa_affine *m) {
  pa_found found = {0};
  cell_box box = box_at(h, x, y);
  for (int k = 0; k < PA_COCO_KEYPOINTS; k++) {
    pa_keypoint at = keypoint_at(h, x, y, k, &box);
    pa_keypoint *to = &found.keypoints[k];
    pa_affine_apply(m, at.x * STRIDE, at.y * STRIDE, &to->x, &to->y);
    to->score = at.score;
  }
  float x0, y0, x1, y1;
  pa_affine_apply(m, box.x0 * STRIDE, box.y0 * STRIDE, &x0, &y0);
  pa_affine_apply(m, box.x1 * STRIDE, box.y1 * STRIDE, &x1, &y1);
  found.x = fminf(x0, x1), found.w = fabsf(x1 - x0);
  found.y = y0, found.h = y1 - y0;
  if (m->xx < 0) swap_sides(&found);
  found.score = person_score(h->center[y * h->w + x], &found);
  return found;
}

/* ------------------------------------------------------------ collecting */

typedef struct people {
  pa_found *list; /* sorted, the most certain first */
  size_t count, capacity;
} people;

static float box_iou(const pa_found *a, const pa_found *b) {
  float w = fminf(a->x + a->w, b->x + b->w) - fmaxf(a->x, b->x);
  float h = fminf(a->y + a->h, b->y + b->h) - fmaxf(a->y, b->y);
  if (w <= 0 || h <= 0) return 0;
  return w * h / (a->w * a->h + b->w * b->h - w * h);
}

/* COCO's object keypoint similarity with one width for all keypoints. */
static float similarity(const pa_found *a, const pa_found *b) {
  float size = fmaxf(sqrtf(fmaxf(a->w * a->h, b->w * b->h)), 1);
  float width = 0.1f * size, sum = 0, weights = 0;
  for (int k = 0; k < PA_COCO_KEYPOINTS; k++) {
    float dx = a->keypoints[k].x - b->keypoints[k].x;
    float dy = a->keypoints[k].y - b->keypoints[k].y;
    float weight = fminf(a->keypoints[k].score, b->keypoints[k].score) + 0.05f;
    sum += weight * expf(-(dx * dx + dy * dy) / (2 * width * width));
    weights += weight;
  }
  return sum / weights;
}

static void remove_at(people *p, size_t i) {
  memmove(p->list + i, p->list + i + 1, (p->count - i - 1) * sizeof *p->list);
  p->count--;
}

/* Keeps the list sorted and free of people who are alike. */
static void insert(people *p, const pa_found *found) {
  for (size_t i = 0; i < p->count;) {
    if (box_iou(&p->list[i], found) < SAME_BOX &&
        similarity(&p->list[i], found) < SAME_POSE) {
      i++;
      continue;
    }
    if (p->list[i].score >= found->score) return;
    remove_at(p, i);
  }
  if (p->count == p->capacity) {
    if (!p->count || p->list[p->count - 1].score >= found->score) return;
    p->count--;
  }
  size_t at = p->count;
  while (at > 0 && p->list[at - 1].score < found->score)
    at--;
  memmove(p->list + at + 1, p->list + at, (p->count - at) * sizeof *p->list);
  p->list[at] = *found;
  p->count++;
}

/* ------------------------------------------------------------ looking */

bool pa_people_large(const pa_image *image, const pa_found *found) {
  float photo = (float)image->width * (float)image->height;
  return found->w * found->h > LARGE_PERSON * photo;
}

/* Looks at the whole photo, in the upper left of a black square: networks of
 * few shapes can be kept, and making one takes longer than the black does.
 * `min_scores`: of small people, of large ones. */
static pa_status look(pa_context *context, const pa_image *image,
                      const view *view, const float *min_scores,
                      people *people) {
  float w = (float)image->width, h = (float)image->height;
  float scale = fmaxf(w, h) / (float)view->side; /* photo pixels a pixel */
  float largest = view->closer ? SMALL_PERSON * fmaxf(w, h) : INFINITY;
  pa_nn_shape shape = {4, {1, view->side, view->side, 3}};
  pa_nn_net *net;
  pa_status status = pa_context_net(context, PA_ROLE_PEOPLE, &shape, &net);
  if (status != PA_OK) return status;
  float *input = pa_nn_net_input(net, "image", NULL);
  heads heads;
  status = find_heads(&context->err, net, &heads);
  if (status != PA_OK) return status;
  if (!input)
    return pa_error_set(&context->err, PA_ERROR_WEIGHTS,
                        "the people network has no input \"image\"");

  pa_affine m = {scale, 0, 0, 0, scale, 0};
  if (view->mirrored) m.xx = -scale, m.x0 = w;
  pa_crop_sample(context->engine, image, m, view->side, view->side, input_range,
                 input);
  status = pa_nn_net_run(&context->err, net, &context->cancel);
  if (status != PA_OK) return status;
  for (int y = 0; y < heads.h; y++)
    for (int x = 0; x < heads.w; x++) {
      if (heads.center[y * heads.w + x] < LEAST_CENTER ||
          !is_peak(&heads, x, y))
        continue;
      pa_found found = decode(&heads, x, y, &m);
      float least = min_scores[pa_people_large(image, &found)];
      if (found.score >= least && found.w >= 1 && found.h >= 1 &&
          found.w <= largest && found.h <= largest)
        insert(people, &found);
    }
  return PA_OK;
}

/* Nobody, many, or someone small, in a photo that has more to show. */
static bool worth_closer_look(const people *p, const pa_image *image) {
  unsigned side = image->width > image->height ? image->width : image->height;
  if (side < LARGE_PHOTO) return false;
  if (p->count == 0 || p->count >= MANY_PEOPLE) return true;
  for (size_t i = 0; i < p->count; i++)
    if (fmaxf(p->list[i].h, p->list[i].w) < SMALL_PERSON * (float)side)
      return true;
  return false;
}

pa_status pa_people_find(pa_context *context, const pa_image *image,
                         float min_score, float min_score_large,
                         size_t capacity, pa_found *found, size_t *count) {
  const float min_scores[2] = {min_score, min_score_large};
  people p = {found, 0, capacity};
  pa_status status = PA_OK;
  *count = 0;
  for (size_t i = 0; status == PA_OK && i < VIEWS; i++)
    if (!views[i].closer || worth_closer_look(&p, image))
      status = look(context, image, &views[i], min_scores, &p);
  if (status == PA_OK) *count = p.count;
  return status;
}
