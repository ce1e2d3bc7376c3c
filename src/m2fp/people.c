#include "m2fp/people.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define STRIDE 4
/* Queries that give all parts together less than this are not looked at: most
 * of the 100 say "no object". */
#define LEAST_SHARE 1e-3f

static size_t count_of(const pa_nn_shape *shape) {
  size_t count = 1;
  for (size_t d = 0; d < shape->rank; d++)
    count *= shape->dim[d];
  return count;
}

static pa_status read_outputs(pa_error *err, const pa_nn_net *net,
                              pa_m2fp_scene *s) {
  pa_nn_shape classes, masks;
  size_t width = s->labels->count + 1;
  s->classes = pa_nn_net_output(net, "classes", &classes);
  s->masks = pa_nn_net_output(net, "masks", &masks);
  s->grid_width = s->frame->width / STRIDE;
  s->grid_height = s->frame->height / STRIDE;
  if (!s->classes || !s->masks)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the M2FP network has no outputs classes and masks");
  s->queries = count_of(&classes) / width;
  if (!s->queries || s->queries > PA_M2FP_QUERIES ||
      count_of(&classes) != s->queries * width ||
      count_of(&masks) != s->queries * s->grid_width * s->grid_height)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "the M2FP network's outputs do not fit its %zu labels",
                        s->labels->count);
  return PA_OK;
}

static pa_status reserve(pa_error *err, pa_m2fp_scene *s) {
  size_t cells = s->grid_width * s->grid_height;
  s->share = pa_mem_calloc(s->queries * (s->labels->count + 1), sizeof(float));
  s->active = pa_mem_calloc(s->queries, sizeof *s->active);
  s->part = pa_mem_calloc(cells, 1);
  s->owner = pa_mem_calloc(cells, 1);
  s->claim = pa_mem_calloc(cells, 1);
  s->queue = pa_mem_calloc(cells, 2 * sizeof *s->queue);
  if (s->share && s->active && s->part && s->owner && s->claim && s->queue)
    return PA_OK;
  return pa_error_memory(err, cells * sizeof *s->queue, "the people");
}

static void release(pa_m2fp_scene *s) {
  pa_mem_free(s->share);
  pa_mem_free(s->active);
  pa_mem_free(s->part);
  pa_mem_free(s->owner);
  pa_mem_free(s->claim);
  pa_mem_free(s->queue);
}

static void find_shares(pa_m2fp_scene *s) {
  size_t count = s->labels->count;
  for (size_t q = 0; q < s->queries; q++) {
    float *share = s->share + q * (count + 1), parts = 0;
    pa_nn_softmax(s->classes + q * (count + 1), count + 1, share);
    for (size_t c = 0; c < count; c++)
      parts += c == s->labels->person ? 0 : share[c];
    if (parts >= LEAST_SHARE) s->active[s->active_count++] = q;
  }
}

size_t pa_m2fp_class_at(const pa_m2fp_scene *s, const float *logits,
                        float *sure) {
  float sum[PA_LIMIT_LABELS] = {0}, all = 0;
  size_t count = s->labels->count, best = 0;
  for (size_t i = 0; i < s->active_count; i++) {
    const float *share = s->share + s->active[i] * (count + 1);
    float mask = pa_nn_sigmoid(logits[i]);
    for (size_t c = 0; c < count; c++)
      sum[c] += mask * share[c];
  }
  if (s->labels->person < count) sum[s->labels->person] = -1;
  for (size_t c = 0; c < count; c++) {
    if (sum[c] > sum[best]) best = c;
    all += fmaxf(sum[c], 0);
  }
  if (sure) *sure = all > 0 ? sum[best] / all : 0;
  return best;
}

pa_status pa_m2fp_people(pa_error *err, pa_nn_engine *engine,
                         const pa_nn_net *net, const pa_m2fp_labels *labels,
                         const pa_m2fp_frame *frame,
                         const pa_m2fp_options *options, uint8_t *label_map,
                         uint8_t *person_map, pa_m2fp_person *persons,
                         size_t *count) {
  pa_m2fp_scene s = {.labels = labels, .frame = frame};
  pa_status status = read_outputs(err, net, &s);
  if (status == PA_OK) status = reserve(err, &s);
  if (status == PA_OK) {
    find_shares(&s);
    pa_m2fp_find_humans(&s, options);
    pa_m2fp_find_owners(&s);
    status = pa_m2fp_paint(err, engine, &s, label_map, person_map);
  }
  *count = status == PA_OK ? s.human_count : 0;
  for (size_t i = 0; i < *count; i++)
    persons[i].score = s.humans[i].score;
  release(&s);
  return status;
}
