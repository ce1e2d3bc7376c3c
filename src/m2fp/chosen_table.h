/* The label table of a conversion: one of the program's, or one given as JSON.
 */
#ifndef PARSONA_M2FP_CHOSEN_TABLE_H
#define PARSONA_M2FP_CHOSEN_TABLE_H

#include <yyjson.h>

#include "base/error.h"
#include "m2fp/tables.h"

typedef struct pa_m2fp_chosen {
  const char *name, *people; /* as in pa_m2fp_table */
  size_t count;
  yyjson_doc *json;           /* owned; NULL: */
  const pa_m2fp_table *known; /* the program's */
} pa_m2fp_chosen;

/* The table that was asked for: a name of tables.h, or JSON that begins with
 * {; NULL: the one that has as many labels as there are classes. Errors:
 * PA_ERROR_ARGUMENT for a table that there is not or that is not one,
 * PA_ERROR_WEIGHTS for one of another number of labels. Free it in any case. */
pa_status pa_m2fp_choose_table(pa_error *err, const char *labels,
                               size_t classes, pa_m2fp_chosen *table);
void pa_m2fp_chosen_free(pa_m2fp_chosen *table);

/* Of label `i`: the data set's name, and ours. */
const char *pa_m2fp_chosen_name(const pa_m2fp_chosen *table, size_t i);
const char *pa_m2fp_chosen_ours(const pa_m2fp_chosen *table, size_t i);

#endif
