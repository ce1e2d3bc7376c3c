/* Labelled patches of a head, in its own units: what hats, glasses and earrings
 * are told by. */
#ifndef PARSONA_AVATAR2D_MEASURE_BLOB_H
#define PARSONA_AVATAR2D_MEASURE_BLOB_H

#include "avatar2d/measure.h"

/* What a head's cells of some labels look like together. */
typedef struct pa_blob {
  float area;                  /* square head units */
  float left, right, top, low; /* but for the outermost fiftieths */
  float widest, rim, middle;   /* its widest row, that row's y and middle */
  float crown;                 /* the widest row of its upper half */
  float middle_low, side_low;  /* lowest y before the face; beside it */
} pa_blob;

/* Measures the cells of `set` in a box of width x height units, at most 320
 * each, seen from the front. */
void pa_measure_blob(const pa_measure *m, pa_labels set, float x0, float y0,
                     int width, int height, pa_blob *b);

/* The median in OKLab of a set's cells within an ellipse, of those from one
 * share of their lightness to another; false for too few. */
bool pa_measure_color_in(pa_measure *m, pa_labels set, float x, float y,
                         float rx, float ry, float from, float to,
                         pa_color *color);

/* Writes a trait's name of PA_NAME_ROOM bytes. */
void pa_trait_name(char *shape, const char *text);

#endif
