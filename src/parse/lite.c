#include "parse/lite.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "parse/crops.h"
#include "parse/prompt.h"
#include "parse/scene.h"
#include "pose/crop.h"

/* The network's input: RGB in -1..1; outside the photo its edge goes on. */
static const pa_crop_range input_range = {1 / 127.5f, -1, -1};

/* Width of the second crop's feathered edge, in pixels of the crop. */
#define FEATHER 21.0f
/* A pixel is not this person's below LOW, and may be above HIGH. */
#define GATE_LOW 0.10f
#define GATE_HIGH 0.30f

#define CELLS ((size_t)PA_GRID * PA_GRID)
#define COARSE ((size_t)PA_PROMPT * PA_PROMPT)
#define QUERIES_MAX 32

/* What each of the network's queries is, from the file's label table. */
typedef struct table {
  size_t queries, parts; /* the parts come first, then binary masks */
  uint8_t label[QUERIES_MAX];
  int background;
  int person, sleeve[2]; /* binary masks */
} table;

typedef struct lite {
  pa_context *context;
  const pa_image *image;
  const pa_pose *pose;
  const pa_found *others;
  size_t other_count;
  pa_nn_net *net;
  float *input, *prompt;
  const float *masks;
  table table;
} lite;

/* ------------------------------------------------------------ the file */

static pa_status read_table(pa_context *context, table *t) {
  const pa_nn_weights *weights = context->networks[PA_ROLE_PARTS_LITE].weights;
  *t = (table){.background = -1, .person = -1, .sleeve = {-1, -1}};
  t->queries = pa_nn_weights_label_count(weights);
  if (t->queries > QUERIES_MAX)
    return pa_error_set(&context->err, PA_ERROR_WEIGHTS,
                        "M2FP-Lite has %zu labels, at most %d", t->queries,
                        QUERIES_MAX);
  for (size_t q = 0; q < t->queries; q++) {
    const char *name = pa_nn_weights_label(weights, q);
    int label = pa_label_find(name);
    if (label == 0) t->background = (int)q;
    if (!strcmp(name, "person")) t->person = (int)q;
    if (!strcmp(name, "left_sleeve")) t->sleeve[0] = (int)q;
    if (!strcmp(name, "right_sleeve")) t->sleeve[1] = (int)q;
    if (label < 0) continue;
    if (t->parts != q)
      return pa_error_set(&context->err, PA_ERROR_WEIGHTS,
                          "M2FP-Lite's label \"%.40s\" stands after a mask",
                          name);
    t->label[t->parts++] = (uint8_t)label;
  }
  if (t->background == 0 && t->person >= 0) return PA_OK;
  return pa_error_set(&context->err, PA_ERROR_WEIGHTS,
                      "M2FP-Lite's labels do not begin with the background, "
                      "or lack the person");
}

static bool has_shape(const pa_nn_shape *s, size_t side, size_t channels) {
  return s->rank == 4 && s->dim[0] == 1 && s->dim[1] == side &&
         s->dim[2] == side && s->dim[3] == channels;
}

static pa_status open_net(lite *l) {
  pa_error *err = &l->context->err;
  pa_status status =
      pa_context_net(l->context, PA_ROLE_PARTS_LITE, NULL, &l->net);
  if (status == PA_OK) status = read_table(l->context, &l->table);
  if (status != PA_OK) return status;
  pa_nn_shape image, prompt, masks;
  l->input = pa_nn_net_input(l->net, "image", &image);
  l->prompt = pa_nn_net_input(l->net, "prompt", &prompt);
  l->masks = pa_nn_net_output(l->net, "masks", &masks);
  if (l->input && l->prompt && l->masks && has_shape(&image, PA_GRID, 3) &&
      has_shape(&prompt, PA_PROMPT, PA_PROMPT_CHANNELS) &&
      has_shape(&masks, PA_PROMPT, l->table.queries))
    return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "M2FP-Lite does not map image [1, 256, 256, 3] and "
                      "prompt [1, 64, 64, 8] to masks [1, 64, 64, %zu]",
                      l->table.queries);
}

/* ------------------------------------------------------------ one crop */

/* Softmax of the parts, sigmoid of the masks: once a coarse cell, before they
 * are enlarged. */
static void probabilities(const table *t, const float *logits, float *p) {
  float top = logits[0], sum = 0;
  for (size_t q = 1; q < t->parts; q++)
    top = fmaxf(top, logits[q]);
  for (size_t q = 0; q < t->parts; q++)
    sum += p[q] = expf(logits[q] - top);
  for (size_t q = 0; q < t->parts; q++)
    p[q] /= sum;
  for (size_t q = t->parts; q < t->queries; q++)
    p[q] = 1 / (1 + expf(-logits[q]));
}

/* Runs the network on a crop; `coarse` receives [PA_PROMPT][PA_PROMPT][queries]
 * probabilities. */
static pa_status look_at(const lite *l, pa_affine crop, float *coarse) {
  pa_crop_sample(l->context->engine, l->image, crop, PA_GRID, PA_GRID,
                 input_range, l->input);
  const float step = (float)PA_GRID / PA_PROMPT;
  pa_affine prompt = {crop.xx * step, crop.xy * step, crop.x0,
                      crop.yx * step, crop.yy * step, crop.y0};
  pa_prompt_draw(prompt, l->pose, l->others, l->other_count, l->prompt);
  pa_status status =
      pa_nn_net_run(&l->context->err, l->net, &l->context->cancel);
  if (status != PA_OK) return status;
  for (size_t cell = 0; cell < COARSE; cell++)
    probabilities(&l->table, l->masks + cell * l->table.queries,
                  coarse + cell * l->table.queries);
  return PA_OK;
}

/* ------------------------------------------------------------ the grid */

typedef struct fill_job {
  const table *table;
  const float *coarse[2]; /* of each crop; the second may be NULL */
  pa_affine to_second;    /* grid pixels to the second crop's */
  const float *mask;      /* the pose's */
  pa_affine to_mask;
  pa_grid *grid;
} fill_job;

/* Bilinear, at (x, y) in pixels of the crop. */
static void enlarge(const float *coarse, size_t queries, float x, float y,
                    float *p) {
  const float step = (float)PA_GRID / PA_PROMPT;
  float u = fminf(fmaxf(x / step - 0.5f, 0), PA_PROMPT - 1);
  float v = fminf(fmaxf(y / step - 0.5f, 0), PA_PROMPT - 1);
  size_t x0 = (size_t)u, y0 = (size_t)v;
  size_t x1 = x0 + (x0 + 1 < PA_PROMPT), y1 = y0 + (y0 + 1 < PA_PROMPT);
  float fx = u - (float)x0, fy = v - (float)y0;
  const float *a = coarse + (y0 * PA_PROMPT + x0) * queries;
  const float *b = coarse + (y0 * PA_PROMPT + x1) * queries;
  const float *c = coarse + (y1 * PA_PROMPT + x0) * queries;
  const float *d = coarse + (y1 * PA_PROMPT + x1) * queries;
  for (size_t q = 0; q < queries; q++)
    p[q] = (a[q] * (1 - fx) + b[q] * fx) * (1 - fy) +
           (c[q] * (1 - fx) + d[q] * fx) * fy;
}

/* Both crops' opinions: equal weights where the second reaches, less towards
 * its edges. */
static void look_up(const fill_job *job, float x, float y, float *p) {
  size_t queries = job->table->queries;
  enlarge(job->coarse[0], queries, x, y, p);
  if (!job->coarse[1]) return;
  float u, v, second[QUERIES_MAX];
  pa_affine_apply(&job->to_second, x, y, &u, &v);
  float edge = fminf(fminf(u, v), fminf(PA_GRID - u, PA_GRID - v));
  if (edge <= 0) return;
  float weight = fminf(edge / FEATHER, 1);
  enlarge(job->coarse[1], queries, u, v, second);
  for (size_t q = 0; q < queries; q++)
    p[q] = (p[q] + weight * second[q]) / (1 + weight);
}

static float pose_mask(const fill_job *job, float x, float y) {
  float mx, my;
  pa_affine_apply(&job->to_mask, x, y, &mx, &my);
  if (!(mx > 0 && my > 0 && mx < PA_POSE_SIZE && my < PA_POSE_SIZE)) return 0;
  return pa_image_bilinear(job->mask, PA_POSE_SIZE, PA_POSE_SIZE, 1, 0, mx, my);
}

static float clamp01(float v) {
  return fminf(fmaxf(v, 0), 1);
}

static uint8_t to_byte(float p) {
  return (uint8_t)(clamp01(p) * 255 + 0.5f);
}

static void fill_cell(const fill_job *job, size_t cell, float x, float y) {
  const table *t = job->table;
  pa_grid *grid = job->grid;
  float p[QUERIES_MAX];
  look_up(job, x, y, p);
  /* Two networks say whose pixel it is: this one, told by landmarks, and the
   * pose's own mask. */
  float owner = (pose_mask(job, x, y) + p[t->person]) / 2;
  float gate = clamp01((owner - GATE_LOW) / (GATE_HIGH - GATE_LOW));
  float person = 1 - p[t->background];
  float body = (person + owner) / 2 * gate;
  grid->body[cell] = to_byte(body);
  grid->owner[cell] = to_byte(owner);
  if (body < 0.01f || person < 1e-4f) return;
  uint8_t *parts = grid->parts + cell * grid->stride;
  for (size_t q = 1; q < t->parts; q++)
    parts[q - 1] = to_byte(p[q] / person);
  for (int side = 0; side < 2; side++)
    if (t->sleeve[side] >= 0)
      parts[grid->channels + (size_t)side] = to_byte(p[t->sleeve[side]]);
}

static void fill_row(void *user, size_t y) {
  for (size_t x = 0; x < PA_GRID; x++)
    fill_cell(user, y * PA_GRID + x, (float)x + 0.5f, (float)y + 0.5f);
}

static pa_status fill_grid(lite *l, const pa_crops *crops, const float *mask,
                           float *coarse, pa_grid *grid) {
  fill_job job = {
      .table = &l->table, .coarse = {coarse}, .mask = mask, .grid = grid};
  pa_status status = look_at(l, crops->square[0], coarse);
  if (status == PA_OK && crops->count > 1) {
    float *second = coarse + COARSE * l->table.queries;
    status = look_at(l, crops->square[1], second);
    pa_affine back = pa_affine_inverse(crops->square[1]);
    job.coarse[1] = second;
    job.to_second = pa_affine_compose(&back, &crops->square[0]);
  }
  if (status != PA_OK) return status;
  pa_affine back = pa_affine_inverse(pa_pose_affine(l->pose->roi));
  job.to_mask = pa_affine_compose(&back, &crops->square[0]);
  pa_nn_parallel(l->context->engine, PA_GRID, fill_row, &job);
  return PA_OK;
}

pa_status pa_lite_run(pa_context *context, const pa_image *image,
                      const pa_pose *pose, const float *mask,
                      const pa_found *others, size_t other_count,
                      pa_grid *grid) {
  lite l = {.context = context,
            .image = image,
            .pose = pose,
            .others = others,
            .other_count = other_count};
  memset(grid, 0, sizeof *grid);
  pa_status status = open_net(&l);
  if (status != PA_OK) return status;
  pa_crops crops = pa_crops_choose(image, pose, mask);
  size_t bytes = 2 * COARSE * l.table.queries * sizeof(float);
  float *coarse = pa_mem_alloc(bytes);
  if (!coarse) return pa_error_memory(&context->err, bytes, "a person's parts");
  status = pa_grid_init(&context->err, crops.square[0], l.table.label + 1,
                        l.table.parts - 1, PA_DERIVED_INNER_CLOTHES, grid);
  if (status == PA_OK) status = fill_grid(&l, &crops, mask, coarse, grid);
  if (status != PA_OK) pa_grid_free(grid);
  pa_mem_free(coarse);
  return status;
}
