#include "parse/lite.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "parse/crops.h"
#include "parse/lite_table.h"
#include "parse/owner.h"
#include "parse/prompt.h"
#include "parse/scene.h"

#define CELLS ((size_t)PA_GRID * PA_GRID)
#define COARSE ((size_t)PA_PROMPT * PA_PROMPT)
#define STEP 4 /* pixels a coarse cell */
_Static_assert(STEP *PA_PROMPT == PA_GRID, "cells do not fill the grid");
/* Hair that is seen on so many cells of a crop's upper edge goes on above it.
 */
#define EDGE_HAIR 0.5f
#define EDGE_CELLS 3
#define LOOKS_MOST 3
/* Taken off a cell's body: where the networks are in two minds, people end.
 * They draw them a fraction of a cell too large. */
#define STRICT 0.05f
/* Keeps ratios of small probabilities small. */
#define FLOOR 0.05f

/* One crop's answer: [PA_PROMPT][PA_PROMPT][queries], and of selfie_multiclass
 * [PA_GRID][PA_GRID][PA_SELFIE_CLASSES] and its means over the coarse cells;
 * all probabilities. */
typedef struct answer {
  float *coarse, *fine, *mean;
} answer;

typedef struct lite {
  pa_context *context;
  const pa_image *image;
  const pa_pose *pose;
  const float *mask; /* the pose's */
  const pa_found *others;
  size_t other_count;
  bool twice;
  pa_nn_net *net;
  float *input, *prompt;
  const float *masks, *logits;
  pa_lite_table table;
  int hair, hat; /* labels */
} lite;

/* ------------------------------------------------------------ the network */

static pa_status open_net(lite *l) {
  pa_error *err = &l->context->err;
  pa_status status =
      pa_context_net(l->context, PA_ROLE_PARTS_LITE, NULL, &l->net);
  if (status == PA_OK)
    status = pa_lite_table_read(
        err, l->context->networks[PA_ROLE_PARTS_LITE].weights, &l->table);
  if (status != PA_OK) return status;
  pa_nn_shape image, prompt, masks, logits;
  l->input = pa_nn_net_input(l->net, "image", &image);
  l->prompt = pa_nn_net_input(l->net, "prompt", &prompt);
  l->masks = pa_nn_net_output(l->net, "masks", &masks);
  l->logits = pa_nn_net_output(l->net, "logits", &logits);
  if (l->input && l->prompt && l->masks && l->logits &&
      pa_nn_shape_is(&image, PA_GRID, PA_GRID, 3) &&
      pa_nn_shape_is(&prompt, PA_PROMPT, PA_PROMPT, PA_PROMPT_CHANNELS) &&
      pa_nn_shape_is(&logits, PA_GRID, PA_GRID, PA_SELFIE_CLASSES) &&
      pa_nn_shape_is(&masks, PA_PROMPT, PA_PROMPT, l->table.queries))
    return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "M2FP-Lite does not map image [1, 256, 256, 3] and "
                      "prompt [1, 64, 64, 8] to masks [1, 64, 64, %zu] "
                      "and logits [1, 256, 256, 6]",
                      l->table.queries);
}

/* ------------------------------------------------------------ one crop */

typedef struct answer_job {
  const lite *lite;
  const answer *to;
  bool mirrored; /* a second look, to be averaged with what `to` holds */
} answer_job;

/* The queries at one coarse cell: probabilities are taken before they are
 * enlarged. */
static void answer_queries(const answer_job *job, size_t y, size_t x) {
  const pa_lite_table *t = &job->lite->table;
  size_t from = y * PA_PROMPT + (job->mirrored ? PA_PROMPT - 1 - x : x);
  const float *logits = job->lite->masks + from * t->queries;
  float *to = job->to->coarse + (y * PA_PROMPT + x) * t->queries;
  float p[PA_LITE_QUERIES_MAX];
  pa_nn_softmax(logits, t->parts, p);
  for (size_t q = t->parts; q < t->queries; q++)
    p[q] = pa_nn_sigmoid(logits[q]);
  for (size_t q = 0; q < t->queries; q++)
    to[q] = job->mirrored ? (to[q] + p[t->twin[q]]) / 2 : p[q];
}

/* selfie_multiclass's classes at the pixels of one coarse cell. */
static void answer_classes(const answer_job *job, size_t y, size_t x) {
  float *mean = job->to->mean + (y * PA_PROMPT + x) * PA_SELFIE_CLASSES;
  memset(mean, 0, PA_SELFIE_CLASSES * sizeof *mean);
  for (size_t k = 0; k < STEP * STEP; k++) {
    size_t row = (y * STEP + k / STEP) * PA_GRID, at = x * STEP + k % STEP;
    size_t from = row + (job->mirrored ? PA_GRID - 1 - at : at);
    float *to = job->to->fine + (row + at) * PA_SELFIE_CLASSES;
    float p[PA_SELFIE_CLASSES];
    pa_nn_softmax(job->lite->logits + from * PA_SELFIE_CLASSES,
                  PA_SELFIE_CLASSES, p);
    for (size_t c = 0; c < PA_SELFIE_CLASSES; c++) {
      to[c] = job->mirrored ? (to[c] + p[c]) / 2 : p[c];
      mean[c] += to[c] / (STEP * STEP);
    }
  }
}

static void answer_row(void *user, size_t y) {
  for (size_t x = 0; x < PA_PROMPT; x++) {
    answer_queries(user, y, x);
    answer_classes(user, y, x);
  }
}

/* mirrored: left and right exchanged; `to` holds the plain look's answer and
 * gets the mean of both. */
static pa_status look_at(const lite *l, pa_affine crop, bool mirrored,
                         const answer *to) {
  if (mirrored) crop = pa_crops_mirrored(crop);
  pa_affine prompt = {crop.xx * STEP, crop.xy * STEP, crop.x0,
                      crop.yx * STEP, crop.yy * STEP, crop.y0};
  pa_prompt_draw(prompt, l->pose, l->mask, l->others, l->other_count,
                 l->prompt);
  if (mirrored) pa_prompt_swap_sides(l->prompt);
  pa_status status =
      pa_crops_look(l->context, l->net, l->image, crop, l->input);
  if (status != PA_OK) return status;
  answer_job job = {l, to, mirrored};
  pa_nn_parallel(l->context->engine, PA_PROMPT, answer_row, &job);
  return PA_OK;
}

/* True when the crop's upper edge cuts hair or a hat above the person's own
 * face: no farther to its sides than it is high. */
static bool head_is_cut(const lite *l, pa_affine crop, const answer *from) {
  const pa_lite_table *t = &l->table;
  const pa_keypoint *k = l->pose->keypoints;
  float middle = (k[PA_KP_LEFT_EYE].x + k[PA_KP_RIGHT_EYE].x) / 2;
  float high = (k[PA_KP_LEFT_EYE].y + k[PA_KP_RIGHT_EYE].y) / 2 - crop.y0;
  int cut = 0;
  for (size_t x = 0; x < PA_PROMPT; x++) {
    const float *p = from->coarse + x * t->queries;
    float at = crop.x0 + crop.xx * ((float)x + 0.5f) * STEP, hair = 0;
    for (size_t q = 1; q < t->parts; q++)
      if (t->label[q] == l->hair || t->label[q] == l->hat) hair += p[q];
    cut += fabsf(at - middle) < high && hair > EDGE_HAIR;
  }
  return cut >= EDGE_CELLS;
}

/* Looks at the whole person; again, with more above, while the head is cut. The
 * pose's mask, by which the crop was chosen, ends with the pose's region: hair
 * that is piled up and tall hats go beyond. */
static pa_status look_at_whole(const lite *l, pa_crops *crops,
                               const answer *to) {
  for (int looks = 1;; looks++) {
    pa_status status = look_at(l, crops->square[0], false, to);
    if (status != PA_OK || looks == LOOKS_MOST ||
        !head_is_cut(l, crops->square[0], to) ||
        !pa_crops_raise(crops, l->image))
      return status;
  }
}

/* ------------------------------------------------------------ the grid */

typedef struct fill_job {
  const pa_lite_table *table;
  answer answers[2];   /* of each crop; the second's may be NULL */
  pa_affine to_second; /* grid pixels to the second crop's */
  const float *mask;   /* the pose's */
  pa_affine to_mask;
  pa_grid *grid;
} fill_job;

/* Four cells of a coarse map around (x, y), in pixels of the crop, and their
 * weights. */
typedef struct tap {
  size_t cell[4];
  float weight[4];
} tap;

static tap tap_at(float x, float y) {
  float u = fminf(fmaxf(x / STEP - 0.5f, 0), PA_PROMPT - 1);
  float v = fminf(fmaxf(y / STEP - 0.5f, 0), PA_PROMPT - 1);
  size_t x0 = (size_t)u, y0 = (size_t)v;
  size_t x1 = x0 + (x0 + 1 < PA_PROMPT), y1 = y0 + (y0 + 1 < PA_PROMPT);
  float fx = u - (float)x0, fy = v - (float)y0;
  return (tap){{y0 * PA_PROMPT + x0, y0 * PA_PROMPT + x1, y1 * PA_PROMPT + x0,
                y1 * PA_PROMPT + x1},
               {(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy}};
}

static void enlarge(const float *map, size_t channels, const tap *t, float *p) {
  const float *a = map + t->cell[0] * channels;
  const float *b = map + t->cell[1] * channels;
  const float *c = map + t->cell[2] * channels;
  const float *d = map + t->cell[3] * channels;
  for (size_t q = 0; q < channels; q++)
    p[q] = a[q] * t->weight[0] + b[q] * t->weight[1] + c[q] * t->weight[2] +
           d[q] * t->weight[3];
}

/* The parts are known at stride 4, selfie_multiclass's classes at stride 1:
 * how much likelier a class is at this pixel than around it is taken over, so
 * that outlines follow the picture (in the manner of joint upsampling, Kopf et
 * al. 2007). */
static void sharpen(const pa_lite_table *t, const answer *from, const tap *at,
                    size_t pixel, float *p) {
  float ratio[PA_SELFIE_CLASSES + 1], around[PA_SELFIE_CLASSES];
  const float *fine = from->fine + pixel * PA_SELFIE_CLASSES;
  enlarge(from->mean, PA_SELFIE_CLASSES, at, around);
  for (size_t c = 0; c < PA_SELFIE_CLASSES; c++)
    ratio[c] = (fine[c] + FLOOR) / (around[c] + FLOOR);
  ratio[PA_LITE_SOMETHING] = (1 - fine[PA_SELFIE_BACKGROUND] + FLOOR) /
                             (1 - around[PA_SELFIE_BACKGROUND] + FLOOR);
  float sum = 0;
  for (size_t q = 0; q < t->parts; q++)
    sum += p[q] *= ratio[t->class[q]];
  for (size_t q = 0; q < t->parts; q++)
    p[q] /= sum;
}

/* What a crop's answer says at (x, y) in its pixels. */
static void look_at_point(const pa_lite_table *t, const answer *from, float x,
                          float y, float *p) {
  tap at = tap_at(x, y);
  enlarge(from->coarse, t->queries, &at, p);
  size_t px = (size_t)fminf(fmaxf(x, 0), PA_GRID - 1);
  size_t py = (size_t)fminf(fmaxf(y, 0), PA_GRID - 1);
  sharpen(t, from, &at, py * PA_GRID + px, p);
  pa_lite_table_weigh(t, from->fine + (py * PA_GRID + px) * PA_SELFIE_CLASSES,
                      p);
}

/* Both crops' opinions: equal weights where the second reaches, less towards
 * its edges. */
static void look_up(const fill_job *job, float x, float y, float *p) {
  size_t queries = job->table->queries;
  look_at_point(job->table, &job->answers[0], x, y, p);
  if (!job->answers[1].coarse) return;
  float u, v, second[PA_LITE_QUERIES_MAX];
  pa_affine_apply(&job->to_second, x, y, &u, &v);
  float weight = pa_crops_weight(u, v);
  if (weight <= 0) return;
  look_at_point(job->table, &job->answers[1], u, v, second);
  for (size_t q = 0; q < queries; q++)
    p[q] = (p[q] + weight * second[q]) / (1 + weight);
}

static void fill_cell(const fill_job *job, size_t cell, float x, float y) {
  const pa_lite_table *t = job->table;
  pa_grid *grid = job->grid;
  float p[PA_LITE_QUERIES_MAX];
  look_up(job, x, y, p);
  /* Two networks say whose pixel it is: this one, told by landmarks, and the
   * pose's own mask. */
  float owner =
      (pa_owner_mask(job->mask, &job->to_mask, x, y) + p[t->person]) / 2;
  float person = 1 - p[t->background];
  /* What is asked for is easily seen: selfie_multiclass, which knows no prompt,
   * is a witness too. */
  float fine =
      1 - job->answers[0].fine[cell * PA_SELFIE_CLASSES + PA_SELFIE_BACKGROUND];
  float body = fmaxf(pa_owner_body((person + fine) / 2, owner) - STRICT, 0);
  grid->body[cell] = pa_grid_byte(body);
  grid->owner[cell] = pa_grid_byte(owner);
  /* Whoever is here may still be given to this person (pa_faces_claim). */
  if (person < 0.5f && (body < 0.01f || person < 1e-4f)) return;
  uint8_t *parts = grid->parts + cell * grid->stride;
  for (size_t q = 1; q < t->parts; q++)
    parts[q - 1] = pa_grid_byte(p[q] / person);
  for (int side = 0; side < 2; side++)
    if (t->sleeve[side] >= 0)
      parts[grid->channels + (size_t)side] = pa_grid_byte(p[t->sleeve[side]]);
}

static void fill_row(void *user, size_t y) {
  for (size_t x = 0; x < PA_GRID; x++)
    fill_cell(user, y * PA_GRID + x, (float)x + 0.5f, (float)y + 0.5f);
}

static size_t answer_floats(const pa_lite_table *t) {
  return COARSE * t->queries + CELLS * PA_SELFIE_CLASSES +
         COARSE * PA_SELFIE_CLASSES;
}

static answer answer_in(const pa_lite_table *t, float *room) {
  float *fine = room + COARSE * t->queries;
  return (answer){room, fine, fine + CELLS * PA_SELFIE_CLASSES};
}

static pa_status fill_grid(lite *l, const pa_crops *crops, const float *mask,
                           const answer *answers, pa_grid *grid) {
  const pa_lite_table *t = &l->table;
  pa_status status =
      pa_grid_init(&l->context->err, crops->square[0], t->label + 1,
                   t->parts - 1, PA_DERIVED_INNER_CLOTHES, grid);
  if (status != PA_OK) return status;
  fill_job job = {.table = t,
                  .answers = {answers[0], answers[1]},
                  .mask = mask,
                  .to_mask = pa_crops_to_mask(crops, l->pose),
                  .grid = grid};
  if (crops->count > 1)
    job.to_second = pa_crops_to_second(crops);
  else
    job.answers[1] = (answer){NULL, NULL, NULL};
  pa_nn_parallel(l->context->engine, PA_GRID, fill_row, &job);
  return PA_OK;
}

/* `room` holds two answers. */
static pa_status look_and_fill(lite *l, const float *mask, float *room,
                               pa_grid *grid) {
  const pa_lite_table *t = &l->table;
  const answer answers[2] = {answer_in(t, room),
                             answer_in(t, room + answer_floats(t))};
  pa_crops crops = pa_crops_choose(l->image, l->pose, mask);
  pa_status status = look_at_whole(l, &crops, &answers[0]);
  if (status == PA_OK && l->twice)
    status = look_at(l, crops.square[0], true, &answers[0]);
  if (status == PA_OK && crops.count > 1)
    status = look_at(l, crops.square[1], false, &answers[1]);
  return status == PA_OK ? fill_grid(l, &crops, mask, answers, grid) : status;
}

pa_status pa_lite_run(pa_context *context, const pa_image *image,
                      const pa_pose *pose, const float *mask,
                      const pa_found *others, size_t other_count, bool twice,
                      pa_grid *grid) {
  lite l = {.context = context,
            .image = image,
            .pose = pose,
            .mask = mask,
            .others = others,
            .other_count = other_count,
            .twice = twice,
            .hair = pa_label_find("hair"),
            .hat = pa_label_find("hat")};
  memset(grid, 0, sizeof *grid);
  pa_status status = open_net(&l);
  if (status != PA_OK) return status;
  size_t bytes = 2 * answer_floats(&l.table) * sizeof(float);
  float *room = pa_mem_alloc(bytes);
  if (!room) return pa_error_memory(&context->err, bytes, "a person's parts");
  status = look_and_fill(&l, mask, room, grid);
  pa_mem_free(room);
  return status;
}
