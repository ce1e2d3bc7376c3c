/* The label table of M2FP-Lite: what each of its queries is, and which class of
 * selfie_multiclass a part belongs to. */
#ifndef PARSE_LITE_TABLE_H
#define PARSE_LITE_TABLE_H

#include "nn/nn.h"
#include "parse/selfie.h"

#define PA_LITE_QUERIES_MAX 32
/* Classes of which selfie_multiclass says now one thing, now another. */
#define PA_LITE_SOMETHING PA_SELFIE_CLASSES

typedef struct pa_lite_table {
  size_t queries, parts; /* the parts come first, then binary masks */
  uint8_t label[PA_LITE_QUERIES_MAX];
  uint8_t class[PA_LITE_QUERIES_MAX]; /* of selfie_multiclass */
  /* The query of the other side: the right arm's for the left arm's, and the
   * same for what has no side. */
  uint8_t twin[PA_LITE_QUERIES_MAX];
  int background;
  int person, sleeve[2]; /* binary masks; -1: none */
} pa_lite_table;

/* Reads the file's labels; PA_ERROR_WEIGHTS when they do not begin with the
 * background, lack the person, or are too many. */
pa_status pa_lite_table_read(pa_error *err, const pa_nn_weights *weights,
                             pa_lite_table *table);

/* Lets selfie_multiclass's probabilities of one pixel, [PA_SELFIE_CLASSES],
 * weigh in on what kind of thing the pixel is: hair, skin of face or body,
 * clothes, others. How a kind's probability divides among its parts, the
 * background, and parts of no one kind stay as they are. p: [parts]. */
void pa_lite_table_weigh(const pa_lite_table *table, const float *fine,
                         float *p);

#endif
