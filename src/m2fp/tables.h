/* The label tables of the data sets that M2FP was published for, each with
 * Parsona's labels beside it. Only the converter knows them: it writes the one
 * that is meant into the weights file. */
#ifndef PARSONA_M2FP_TABLES_H
#define PARSONA_M2FP_TABLES_H

#include <stddef.h>

/* A label of the data set, and the name of ours that stands for it. Three names
 * are not of our vocabulary: "person" is the class of whole people, "arm" and
 * "leg" are limbs of either side. */
typedef struct pa_m2fp_label {
  const char *name, *ours;
} pa_m2fp_label;

typedef struct pa_m2fp_table {
  const char *name;   /* "cihp" */
  const char *people; /* "many" or "one": what it was trained on */
  const pa_m2fp_label *labels;
  size_t count;
} pa_m2fp_table;

/* By name; NULL when there is none. */
const pa_m2fp_table *pa_m2fp_table_named(const char *name);
/* By the number of classes; NULL when there is none. */
const pa_m2fp_table *pa_m2fp_table_of(size_t classes);

#endif
