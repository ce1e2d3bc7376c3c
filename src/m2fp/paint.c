/* From the grid to the photo: the masks' logits are bilinear between the cells,
 * a row of photo pixels at a time; nothing of the photo's size is made but the
 * two maps. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "m2fp/people.h"

/* More bands than threads, so that none waits long for another. */
#define BANDS_A_THREAD 4

typedef struct paint_job {
  const pa_m2fp_scene *scene;
  uint8_t *label_map, *person_map;
  size_t columns; /* logits of a cell that matter: active, then humans */
  size_t bands;
  float *rows; /* a row of the grid for each band */
  /* Sums of x over a person's pixels, by band: for limbs without sides. */
  struct {
    uint64_t sum, count;
  } *middle;
} paint_job;

typedef struct taps {
  size_t low, high;
  float part; /* of the high one */
} taps;

/* The cells around a photo pixel's centre, along one axis. */
static taps find_taps(size_t pixel, unsigned photo, unsigned used,
                      unsigned before, size_t cells) {
  float at = ((float)pixel + 0.5f) * (float)used / (float)photo;
  at = (at + (float)before) / 4 - 0.5f;
  at = fminf(fmaxf(at, 0), (float)(cells - 1));
  size_t low = (size_t)at;
  size_t high = low + 1 < cells ? low + 1 : low;
  return (taps){low, high, at - (float)low};
}

static size_t query_of(const pa_m2fp_scene *s, size_t column) {
  return column < s->active_count ? s->active[column]
                                  : s->humans[column - s->active_count].query;
}

/* A row of the grid at the height of a row of the photo, [cells][columns]. */
static void blend_row(const paint_job *job, taps v, float *row) {
  const pa_m2fp_scene *s = job->scene;
  for (size_t x = 0; x < s->grid_width; x++) {
    const float *low = s->masks + (v.low * s->grid_width + x) * s->queries;
    const float *high = s->masks + (v.high * s->grid_width + x) * s->queries;
    for (size_t i = 0; i < job->columns; i++) {
      size_t q = query_of(s, i);
      *row++ = low[q] + (high[q] - low[q]) * v.part;
    }
  }
}

/* The surest person whose mask is over one half, else whoever owns the nearest
 * cell that belongs to anybody. */
static uint8_t person_at(const pa_m2fp_scene *s, const float *humans, taps v,
                         taps h) {
  if (!s->labels->one)
    for (size_t i = 0; i < s->human_count; i++)
      if (humans[i] > 0) return (uint8_t)(i + 1);
  const size_t row[2] = {v.part < 0.5f ? v.low : v.high,
                         v.part < 0.5f ? v.high : v.low};
  const size_t column[2] = {h.part < 0.5f ? h.low : h.high,
                            h.part < 0.5f ? h.high : h.low};
  for (int i = 0; i < 4; i++) {
    size_t cell = row[i / 2] * s->grid_width + column[i % 2];
    if (s->owner[cell] && s->part[cell]) return s->owner[cell];
  }
  return 0;
}

static void paint_pixel(const paint_job *job, const float *row, taps v, taps h,
                        uint8_t *label, uint8_t *person) {
  const pa_m2fp_scene *s = job->scene;
  float logits[PA_M2FP_QUERIES + PA_LIMIT_PERSONS];
  const float *low = row + h.low * job->columns;
  const float *high = row + h.high * job->columns;
  for (size_t i = 0; i < job->columns; i++)
    logits[i] = low[i] + (high[i] - low[i]) * h.part;
  *label = s->labels->ours[pa_m2fp_class_at(s, logits, NULL)];
  *person = *label ? person_at(s, logits + s->active_count, v, h) : 0;
  if (!*person) *label = 0;
}

static void paint_row(const paint_job *job, size_t band, size_t y) {
  const pa_m2fp_scene *s = job->scene;
  const pa_m2fp_frame *f = s->frame;
  float *row = job->rows + band * s->grid_width * job->columns;
  uint8_t *labels = job->label_map + y * f->photo_width;
  uint8_t *persons = job->person_map + y * f->photo_width;
  taps v =
      find_taps(y, f->photo_height, f->used_height, f->top, s->grid_height);
  blend_row(job, v, row);
  for (size_t x = 0; x < f->photo_width; x++) {
    taps h =
        find_taps(x, f->photo_width, f->used_width, f->left, s->grid_width);
    paint_pixel(job, row, v, h, &labels[x], &persons[x]);
    size_t at = band * PA_LIMIT_PERSONS + (size_t)persons[x] - 1;
    if (!persons[x]) continue;
    job->middle[at].sum += x;
    job->middle[at].count++;
  }
}

static size_t band_begin(const paint_job *job, size_t band) {
  return job->scene->frame->photo_height * band / job->bands;
}

static void paint_band(void *user, size_t band) {
  const paint_job *job = user;
  for (size_t y = band_begin(job, band); y < band_begin(job, band + 1); y++)
    paint_row(job, band, y);
}

/* ------------------------------------------------------------------ sides */

static bool has_sideless(const pa_m2fp_labels *labels) {
  for (size_t c = 0; c < labels->count; c++)
    if (labels->ours[c] >= PA_M2FP_ARM) return true;
  return false;
}

/* Facing the camera, a person's right is on the photo's left. */
static void give_sides(const paint_job *job) {
  const pa_m2fp_frame *f = job->scene->frame;
  const int sides[2][2] = {
      {pa_label_find("left_arm"), pa_label_find("right_arm")},
      {pa_label_find("left_leg"), pa_label_find("right_leg")}};
  float middle[PA_LIMIT_PERSONS] = {0};
  for (size_t p = 0; p < job->scene->human_count; p++) {
    uint64_t sum = 0, count = 0;
    for (size_t b = 0; b < job->bands; b++) {
      sum += job->middle[b * PA_LIMIT_PERSONS + p].sum;
      count += job->middle[b * PA_LIMIT_PERSONS + p].count;
    }
    if (count) middle[p] = (float)sum / (float)count;
  }
  for (size_t i = 0; i < (size_t)f->photo_width * f->photo_height; i++) {
    uint8_t *label = &job->label_map[i];
    if (*label < PA_M2FP_ARM) continue;
    bool right = (float)(i % f->photo_width) < middle[job->person_map[i] - 1];
    *label = (uint8_t)sides[*label - PA_M2FP_ARM][right];
  }
}

pa_status pa_m2fp_paint(pa_error *err, pa_nn_engine *engine,
                        const pa_m2fp_scene *s, uint8_t *label_map,
                        uint8_t *person_map) {
  paint_job job = {.scene = s,
                   .label_map = label_map,
                   .person_map = person_map,
                   .columns = s->active_count + s->human_count};
  job.bands = BANDS_A_THREAD * (size_t)pa_nn_engine_threads(engine);
  size_t pixels = (size_t)s->frame->photo_width * s->frame->photo_height;
  if (job.columns == 0 || s->human_count == 0) {
    memset(label_map, 0, pixels);
    memset(person_map, 0, pixels);
    return PA_OK;
  }
  size_t row = s->grid_width * job.columns;
  job.rows = pa_mem_calloc(job.bands * row, sizeof *job.rows);
  job.middle = pa_mem_calloc(job.bands * PA_LIMIT_PERSONS, sizeof *job.middle);
  if (job.rows && job.middle) {
    pa_nn_parallel(engine, job.bands, paint_band, &job);
    if (has_sideless(s->labels)) give_sides(&job);
  }
  bool painted = job.rows && job.middle;
  pa_mem_free(job.rows);
  pa_mem_free(job.middle);
  return painted ? PA_OK : pa_error_memory(err, job.bands * row * 4, "rows");
}
