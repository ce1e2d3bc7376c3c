#include "parse/lite_table.h"

#include <string.h>

#include "parse/twins.h"
#include "parsona.h"

/* selfie_multiclass's share in saying of what kind a pixel is. It learned from
 * far more photos than the parts did, but cloth and what is carried they know
 * as well and better. */
static const float shares[PA_SELFIE_CLASSES] = {
    [PA_SELFIE_HAIR] = 0.8f,      [PA_SELFIE_BODY_SKIN] = 0.8f,
    [PA_SELFIE_FACE_SKIN] = 0.8f, [PA_SELFIE_CLOTHES] = 0.6f,
    [PA_SELFIE_OTHERS] = 0.4f,
};
/* Below these the two have nothing to compare. */
#define LEAST_PARTS 1e-3f
#define LEAST_CLASSES 0.05f

static uint8_t class_of(const char *label) {
  static const struct {
    const char *label;
    uint8_t class;
  } known[] = {{"background", PA_SELFIE_BACKGROUND},
               {"hair", PA_SELFIE_HAIR},
               {"face", PA_SELFIE_FACE_SKIN},
               {"torso_skin", PA_SELFIE_BODY_SKIN},
               {"left_arm", PA_SELFIE_BODY_SKIN},
               {"right_arm", PA_SELFIE_BODY_SKIN},
               {"left_leg", PA_SELFIE_BODY_SKIN},
               {"right_leg", PA_SELFIE_BODY_SKIN},
               {"upper_clothes", PA_SELFIE_CLOTHES},
               {"dress", PA_SELFIE_CLOTHES},
               {"coat", PA_SELFIE_CLOTHES},
               {"pants", PA_SELFIE_CLOTHES},
               {"skirt", PA_SELFIE_CLOTHES},
               {"left_shoe", PA_SELFIE_OTHERS},
               {"right_shoe", PA_SELFIE_OTHERS},
               {"bag", PA_SELFIE_OTHERS},
               {"hat", PA_SELFIE_OTHERS}};
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (!strcmp(known[i].label, label)) return known[i].class;
  return PA_LITE_SOMETHING;
}

pa_status pa_lite_table_read(pa_error *err, const pa_nn_weights *weights,
                             pa_lite_table *t) {
  *t = (pa_lite_table){.background = -1, .person = -1, .sleeve = {-1, -1}};
  t->queries = pa_nn_weights_label_count(weights);
  if (t->queries > PA_LITE_QUERIES_MAX)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "M2FP-Lite has %zu labels, at most %d", t->queries,
                        PA_LITE_QUERIES_MAX);
  for (size_t q = 0; q < t->queries; q++) {
    const char *name = pa_nn_weights_label(weights, q);
    int label = pa_label_find(name);
    if (label == 0) t->background = (int)q;
    if (!strcmp(name, "person")) t->person = (int)q;
    if (!strcmp(name, "left_sleeve")) t->sleeve[0] = (int)q;
    if (!strcmp(name, "right_sleeve")) t->sleeve[1] = (int)q;
    if (label < 0) continue;
    if (t->parts != q)
      return pa_error_set(err, PA_ERROR_WEIGHTS,
                          "M2FP-Lite's label \"%.40s\" stands after a mask",
                          name);
    t->class[t->parts] = class_of(name);
    t->label[t->parts++] = (uint8_t)label;
  }
  pa_twins_find(weights, t->queries, t->twin);
  if (t->background == 0 && t->person >= 0) return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "M2FP-Lite's labels do not begin with the background, "
                      "or lack the person");
}

void pa_lite_table_weigh(const pa_lite_table *t, const float *fine, float *p) {
  float kind[PA_SELFIE_CLASSES + 1] = {0}, ours = 0, theirs = 0;
  for (size_t q = 1; q < t->parts; q++)
    kind[t->class[q]] += p[q];
  for (size_t c = 1; c < PA_SELFIE_CLASSES; c++) {
    ours += kind[c];
    theirs += fine[c];
  }
  if (ours < LEAST_PARTS || theirs < LEAST_CLASSES) return;
  float want[PA_SELFIE_CLASSES], wanted = 0;
  for (size_t c = 1; c < PA_SELFIE_CLASSES; c++) {
    want[c] = (1 - shares[c]) * kind[c] / ours + shares[c] * fine[c] / theirs;
    wanted += want[c];
  }
  float factor[PA_SELFIE_CLASSES + 1];
  for (size_t c = 1; c < PA_SELFIE_CLASSES; c++)
    factor[c] = want[c] / wanted * ours / (kind[c] + 1e-4f);
  factor[PA_LITE_SOMETHING] = 1;
  factor[PA_SELFIE_BODY_SKIN] *= pa_selfie_skin_trust(fine);
  for (size_t q = 1; q < t->parts; q++)
    p[q] *= factor[t->class[q]];
}
