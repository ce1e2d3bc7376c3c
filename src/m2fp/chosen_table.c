#include "m2fp/chosen_table.h"

#include <string.h>

#include "base/limits.h"
#include "nn/json.h"
#include "parsona.h"

static pa_status bad(pa_error *err, const char *what) {
  return pa_error_set(err, PA_ERROR_ARGUMENT, "convert: %s", what);
}

static yyjson_val *table_row(const pa_m2fp_chosen *t, size_t i) {
  yyjson_val *root = yyjson_doc_get_root(t->json);
  return yyjson_arr_get(yyjson_obj_get(root, "labels"), i);
}

const char *pa_m2fp_chosen_name(const pa_m2fp_chosen *t, size_t i) {
  if (t->known) return t->known->labels[i].name;
  return pa_nn_json_text(yyjson_arr_get(table_row(t, i), 0));
}

const char *pa_m2fp_chosen_ours(const pa_m2fp_chosen *t, size_t i) {
  if (t->known) return t->known->labels[i].ours;
  return pa_nn_json_text(yyjson_arr_get(table_row(t, i), 1));
}

static bool known_label(const char *name) {
  return pa_label_find(name) >= 0 || !strcmp(name, "person") ||
         !strcmp(name, "arm") || !strcmp(name, "leg");
}

static pa_status check_labels(pa_error *err, const pa_m2fp_chosen *t) {
  for (size_t i = 0; i < t->count; i++) {
    const char *name = pa_m2fp_chosen_name(t, i);
    const char *ours = pa_m2fp_chosen_ours(t, i);
    if (!name || !ours) return bad(err, "a label is no [name, our name]");
    if (!known_label(ours))
      return pa_error_set(err, PA_ERROR_ARGUMENT,
                          "convert: label %.40s: there is no %.40s in our "
                          "vocabulary",
                          name, ours);
  }
  return PA_OK;
}

/* {"name": "...", "people": "many", "labels": [["Hat", "hat"], ...]} */
static pa_status read_table(pa_error *err, const char *text,
                            pa_m2fp_chosen *t) {
  pa_status status =
      pa_nn_json_read(err, "label table", text, strlen(text), false, &t->json);
  if (status != PA_OK) return status;
  yyjson_val *root = yyjson_doc_get_root(t->json);
  t->name = pa_nn_json_text(yyjson_obj_get(root, "name"));
  t->people = pa_nn_json_text(yyjson_obj_get(root, "people"));
  t->count = yyjson_arr_size(yyjson_obj_get(root, "labels"));
  if (!t->name || !t->people || t->count == 0 || t->count > PA_LIMIT_LABELS)
    return bad(err, "a label table has name, people and 1 to 64 labels");
  if (strcmp(t->people, "many") != 0 && strcmp(t->people, "one") != 0)
    return bad(err, "people is neither \"many\" nor \"one\"");
  return check_labels(err, t);
}

pa_status pa_m2fp_choose_table(pa_error *err, const char *labels,
                               size_t classes, pa_m2fp_chosen *t) {
  *t = (pa_m2fp_chosen){0};
  if (labels && labels[0] == '{') {
    pa_status status = read_table(err, labels, t);
    if (status != PA_OK) return status;
  } else {
    t->known = labels ? pa_m2fp_table_named(labels) : pa_m2fp_table_of(classes);
    if (labels && !t->known)
      return pa_error_set(err, PA_ERROR_ARGUMENT,
                          "convert: no label table \"%.40s\": cihp, lip, ppp, "
                          "mhp-v2 or a JSON file",
                          labels);
    if (!t->known)
      return pa_error_set(err, PA_ERROR_WEIGHTS,
                          "convert: no label table is of %zu classes: give one",
                          classes);
    t->name = t->known->name;
    t->people = t->known->people;
    t->count = t->known->count;
  }
  if (t->count == classes) return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "convert: label table \"%.40s\" has %zu labels, the "
                      "checkpoint %zu classes",
                      t->name, t->count, classes);
}

void pa_m2fp_chosen_free(pa_m2fp_chosen *t) {
  yyjson_doc_free(t->json);
  t->json = NULL;
}
