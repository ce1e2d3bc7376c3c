/* What pa_stitch_options come to: the colour and the height of every label of
 * every person. */
#ifndef PARSONA_STITCH_SCHEME_H
#define PARSONA_STITCH_SCHEME_H

#include "base/limits.h"
#include "parsona.h"

/* Labels of a scheme: those of the vocabulary and, last, one that stands for
 * values of the map beyond it, which is never drawn. */
#define PA_SCHEME_LABELS 33
#define PA_SCHEME_PERSONS (PA_LIMIT_PERSONS + 1) /* nobody included */

typedef struct pa_scheme {
  float alpha;
  float tint;
  pa_color palette[PA_SCHEME_LABELS];
  /* 0: not drawn; 1: the bottom layer ... */
  uint8_t rank[PA_SCHEME_LABELS];
  bool person_drawn[PA_SCHEME_PERSONS];
} pa_scheme;

/* options may be NULL. PA_ERROR_ARGUMENT for a layer that is no label. */
pa_status pa_scheme_make(const pa_stitch_options *options, pa_scheme *scheme);

/* Straight alpha; all zero where nothing is drawn. */
pa_color pa_scheme_color(const pa_scheme *scheme, unsigned person,
                         unsigned label);

#endif
