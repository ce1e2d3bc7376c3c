/* Traits as JSON, in both directions from one table of fields. */
#ifndef PARSONA_AVATAR2D_TRAITS_JSON_H
#define PARSONA_AVATAR2D_TRAITS_JSON_H

#include <yyjson.h>

#include "avatar2d/traits.h"

#define PA_TRAITS_VERSION 1

typedef enum pa_field_kind {
  PA_FIELD_NUMBER,
  PA_FIELD_NUMBERS, /* PA_OUTLINE of them */
  PA_FIELD_TRUTH,
  PA_FIELD_COLOR, /* "#rrggbb" */
  PA_FIELD_WORD,  /* one of `names`, stored as an enum */
  PA_FIELD_NAME,  /* of a preset, checked by `known` */
  PA_FIELD_SHAPE  /* lists of lists of [x, y] */
} pa_field_kind;

typedef struct pa_traits_field {
  const char *group, *name;
  pa_field_kind kind;
  size_t offset;
  float least, most;
  const char *(*names)(unsigned);
  bool (*known)(const char *);
} pa_traits_field;

extern const pa_traits_field pa_traits_fields[];
extern const size_t pa_traits_field_count;
extern const yyjson_alc pa_traits_json_memory; /* base/mem.h */

#endif
