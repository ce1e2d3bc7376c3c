#include <math.h>
#include <string.h>

#include "m2fp/m2fp.h"
#include "nn/json.h"

#define MULTIPLE 32 /* of the input's sides: the stride of res5 */

/* Many people: detectron2's ResizeShortestEdge. */
#define SHORT_SIDE 640
#define LONG_SIDE 1333
/* One person. */
#define ONE_WIDTH 384
#define ONE_HEIGHT 512
#define ONE_BORDER 128

/* ImageNet's, for values of 0..255. */
static const float mean[3] = {123.675f, 116.28f, 103.53f};
static const float deviation[3] = {58.395f, 57.12f, 57.375f};

/* ----------------------------------------------------------------- labels */

static pa_status bad(pa_error *err, const char *what) {
  return pa_error_set(err, PA_ERROR_WEIGHTS, "the M2FP file: %s", what);
}

static pa_status read_label(pa_error *err, const char *name, size_t class,
                            pa_m2fp_labels *labels) {
  int ours = name ? pa_label_find(name) : -1;
  if (name && !strcmp(name, "person")) {
    labels->person = class;
    ours = 0;
  }
  if (name && !strcmp(name, "arm")) ours = PA_M2FP_ARM;
  if (name && !strcmp(name, "leg")) ours = PA_M2FP_LEG;
  if (ours < 0)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the M2FP file: label_map: no label \"%.40s\"",
                        name ? name : "");
  labels->ours[class] = (uint8_t)ours;
  return PA_OK;
}

pa_status pa_m2fp_labels_read(pa_error *err, const pa_nn_weights *weights,
                              pa_m2fp_labels *labels) {
  const char *map = pa_nn_weights_text(weights, "label_map");
  const char *people = pa_nn_weights_text(weights, "people");
  size_t count = pa_nn_weights_label_count(weights);
  if (!map || !people || !count)
    return bad(err, "without labels, label_map or people");
  yyjson_doc *doc;
  pa_status status =
      pa_nn_json_read(err, "label_map", map, strlen(map), true, &doc);
  if (status != PA_OK) return status;
  yyjson_val *list = yyjson_doc_get_root(doc);
  if (yyjson_arr_size(list) != count)
    status = pa_error_set(err, PA_ERROR_WEIGHTS,
                          "the M2FP file: label_map has %zu entries for %zu "
                          "labels",
                          yyjson_arr_size(list), count);
  *labels = (pa_m2fp_labels){.count = count, .person = count};
  labels->one = strcmp(people, "one") == 0;
  for (size_t i = 0; status == PA_OK && i < count; i++)
    status =
        read_label(err, pa_nn_json_text(yyjson_arr_get(list, i)), i, labels);
  yyjson_doc_free(doc);
  if (status == PA_OK && !labels->one && labels->person == count)
    return bad(err, "a network for many people without a class of people");
  return status;
}

/* ------------------------------------------------------------------ frame */

static unsigned rounded(double side) {
  return side < 1 ? 1 : (unsigned)(side + 0.5);
}

static unsigned padded(unsigned side) {
  return (side + MULTIPLE - 1) / MULTIPLE * MULTIPLE;
}

static pa_m2fp_frame frame_of_many(unsigned width, unsigned height) {
  pa_m2fp_frame frame = {.border = -1};
  double least = width < height ? width : height;
  double most = width < height ? height : width;
  double scale = SHORT_SIDE / least;
  if (most * scale > LONG_SIDE) scale = LONG_SIDE / most;
  frame.used_width = rounded(width * scale);
  frame.used_height = rounded(height * scale);
  frame.width = padded(frame.used_width);
  frame.height = padded(frame.used_height);
  return frame;
}

/* The published pipeline leaves the border out, that is at the mean colour,
 * when the photo begins in the input's corner. */
static pa_m2fp_frame frame_of_one(unsigned width, unsigned height) {
  pa_m2fp_frame frame = {
      .width = ONE_WIDTH, .height = ONE_HEIGHT, .border = ONE_BORDER};
  double scale = fmin((double)ONE_WIDTH / width, (double)ONE_HEIGHT / height);
  frame.used_width = rounded(width * scale);
  frame.used_height = rounded(height * scale);
  frame.left = (ONE_WIDTH - frame.used_width) / 2;
  frame.top = (ONE_HEIGHT - frame.used_height) / 2;
  if (frame.left == 0 && frame.top == 0) frame.border = -1;
  return frame;
}

pa_m2fp_frame pa_m2fp_frame_of(const pa_m2fp_labels *labels, unsigned width,
                               unsigned height) {
  pa_m2fp_frame frame =
      labels->one ? frame_of_one(width, height) : frame_of_many(width, height);
  frame.photo_width = width;
  frame.photo_height = height;
  return frame;
}

/* ------------------------------------------------------------------- fill */

#define ROWS_A_TASK 16

typedef struct fill_job {
  const pa_image *photo;
  const pa_m2fp_frame *frame;
  float *input;
} fill_job;

static void normalise_row(const pa_m2fp_frame *f, unsigned y, float *row) {
  bool inside = y >= f->top && y < f->top + f->used_height;
  for (unsigned x = 0; x < f->width; x++, row += 3) {
    bool photo = inside && x >= f->left && x < f->left + f->used_width;
    for (int c = 0; c < 3; c++) {
      float value = photo ? row[c] : f->border < 0 ? mean[c] : f->border;
      row[c] = (value - mean[c]) / deviation[c];
    }
  }
}

static void fill_rows(void *user, size_t task) {
  const fill_job *job = user;
  const pa_m2fp_frame *f = job->frame;
  unsigned first = (unsigned)task * ROWS_A_TASK, end = first + ROWS_A_TASK;
  float sx = (float)f->photo_width / (float)f->used_width;
  float sy = (float)f->photo_height / (float)f->used_height;
  pa_affine m = {sx, 0, -sx * (float)f->left, 0, sy, -sy * (float)f->top};
  pa_image_sample(job->photo, m, f->width, f->height, 1, 0, -1, first, end,
                  job->input);
  for (unsigned y = first; y < end && y < f->height; y++)
    normalise_row(f, y, job->input + (size_t)3 * f->width * y);
}

void pa_m2fp_fill(pa_nn_engine *engine, const pa_image *photo,
                  const pa_m2fp_frame *frame, float *input) {
  fill_job job = {photo, frame, input};
  pa_nn_parallel(engine, (frame->height + ROWS_A_TASK - 1) / ROWS_A_TASK,
                 fill_rows, &job);
}
