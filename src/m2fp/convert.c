/* A checkpoint becomes a weights file (docs/weights-format.md). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "m2fp/model.h"
#include "m2fp/tables.h"
#include "nn/json.h"

#define PREFIX 8
/* Kernels of fewer weights stay float16: int8 would save next to nothing. */
#define LEAST_INT8 2048
/* The published weights' terms. */
#define LICENSE "CC-BY-NC-4.0"

typedef enum dtype { F32, F16, I8 } dtype;

/* A label table, the program's or one that was given as JSON. */
typedef struct table {
  const char *name, *people;
  size_t count;
  yyjson_doc *json; /* owned; NULL: */
  const pa_m2fp_table *known;
} table;

typedef struct converter {
  pa_error *err;
  pa_m2fp_builder builder;
  dtype kernels;
  table table;
  char *graph, *labels, *label_map; /* JSON */
  /* The file. */
  yyjson_mut_doc *header;
  uint8_t *file, *at; /* all of it; where the next tensor goes */
  size_t size;
} converter;

static pa_status bad(const converter *c, pa_status status, const char *what) {
  return pa_error_set(c->err, status, "convert: %s", what);
}

/* ------------------------------------------------------------- the table */

static yyjson_val *table_row(const table *t, size_t i) {
  yyjson_val *root = yyjson_doc_get_root(t->json);
  return yyjson_arr_get(yyjson_obj_get(root, "labels"), i);
}

static const char *label_name(const table *t, size_t i) {
  if (t->known) return t->known->labels[i].name;
  return pa_nn_json_text(yyjson_arr_get(table_row(t, i), 0));
}

static const char *label_ours(const table *t, size_t i) {
  if (t->known) return t->known->labels[i].ours;
  return pa_nn_json_text(yyjson_arr_get(table_row(t, i), 1));
}

static bool known_label(const char *name) {
  return pa_label_find(name) >= 0 || !strcmp(name, "person") ||
         !strcmp(name, "arm") || !strcmp(name, "leg");
}

static pa_status check_labels(const converter *c) {
  for (size_t i = 0; i < c->table.count; i++) {
    const char *name = label_name(&c->table, i);
    const char *ours = label_ours(&c->table, i);
    if (!name || !ours)
      return bad(c, PA_ERROR_ARGUMENT, "a label is no [name, our name]");
    if (!known_label(ours))
      return pa_error_set(c->err, PA_ERROR_ARGUMENT,
                          "convert: label %.40s: there is no %.40s in our "
                          "vocabulary",
                          name, ours);
  }
  return PA_OK;
}

/* {"name": "...", "people": "many", "labels": [["Hat", "hat"], ...]} */
static pa_status read_table(converter *c, const char *text) {
  table *t = &c->table;
  pa_status status = pa_nn_json_read(c->err, "label table", text, strlen(text),
                                     false, &t->json);
  if (status != PA_OK) return status;
  yyjson_val *root = yyjson_doc_get_root(t->json);
  t->name = pa_nn_json_text(yyjson_obj_get(root, "name"));
  t->people = pa_nn_json_text(yyjson_obj_get(root, "people"));
  t->count = yyjson_arr_size(yyjson_obj_get(root, "labels"));
  if (!t->name || !t->people || t->count == 0 || t->count > PA_LIMIT_LABELS)
    return bad(c, PA_ERROR_ARGUMENT,
               "a label table has name, people and 1 to 64 labels");
  if (strcmp(t->people, "many") != 0 && strcmp(t->people, "one") != 0)
    return bad(c, PA_ERROR_ARGUMENT, "people is neither \"many\" nor \"one\"");
  return check_labels(c);
}

/* The table that was asked for, or else the one that the class head fits. */
static pa_status choose_table(converter *c, const char *labels) {
  table *t = &c->table;
  size_t classes = c->builder.classes;
  if (labels && labels[0] == '{') {
    pa_status status = read_table(c, labels);
    if (status != PA_OK) return status;
  } else {
    t->known = labels ? pa_m2fp_table_named(labels) : pa_m2fp_table_of(classes);
    if (labels && !t->known)
      return pa_error_set(c->err, PA_ERROR_ARGUMENT,
                          "convert: no label table \"%.40s\": cihp, lip, ppp, "
                          "mhp-v2 or a JSON file",
                          labels);
    if (!t->known)
      return pa_error_set(c->err, PA_ERROR_WEIGHTS,
                          "convert: no label table is of %zu classes: give one",
                          classes);
    t->name = t->known->name;
    t->people = t->known->people;
    t->count = t->known->count;
  }
  if (t->count == classes) return PA_OK;
  return pa_error_set(c->err, PA_ERROR_WEIGHTS,
                      "convert: label table \"%.40s\" has %zu labels, the "
                      "checkpoint %zu classes",
                      t->name, t->count, classes);
}

/* --------------------------------------------------------------- the sizes */

static pa_status choose_sizes(converter *c, const char *name) {
  static const pa_m2fp_sizes *const all[] = {&pa_m2fp_r101, &pa_m2fp_tiny};
  c->builder.sizes = all[0];
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (name && strcmp(all[i]->name, name) != 0) continue;
    c->builder.sizes = all[i];
    return PA_OK;
  }
  return bad(c, PA_ERROR_ARGUMENT, "no such sizes: r101 or tiny");
}

static pa_status choose_dtype(converter *c, const char *name) {
  static const char *const dtypes[] = {
      [F32] = "f32", [F16] = "f16", [I8] = "i8"};
  for (int i = F32; i <= I8; i++) {
    if (strcmp(name ? name : "i8", dtypes[i]) != 0) continue;
    c->kernels = (dtype)i;
    return PA_OK;
  }
  return bad(c, PA_ERROR_ARGUMENT, "dtype is none of i8, f16, f32");
}

/* The class head tells how many classes there are. */
static pa_status find_classes(converter *c) {
  const pa_checkpoint_tensor *head = pa_checkpoint_find(
      c->builder.checkpoint, "sem_seg_head.predictor.class_embed.weight");
  if (!head || head->rank != 2)
    return bad(c, PA_ERROR_WEIGHTS,
               "not an M2FP: no sem_seg_head.predictor.class_embed.weight");
  if (head->dim[0] < 2 || head->dim[0] > PA_LIMIT_LABELS + 1)
    return pa_error_set(c->err, PA_ERROR_WEIGHTS,
                        "convert: a class head of %zu rows", head->dim[0]);
  c->builder.classes = head->dim[0] - 1;
  return PA_OK;
}

/* -------------------------------------------------------------- the header */

static size_t count_of(const pa_m2fp_tensor *t) {
  size_t count = 1;
  for (size_t d = 0; d < t->rank; d++)
    count *= t->dim[d];
  return count;
}

static dtype dtype_of(const converter *c, const pa_m2fp_tensor *t) {
  if (t->kind == PA_M2FP_PLAIN || c->kernels == F32) return F32;
  if (t->kind == PA_M2FP_FINE || count_of(t) < LEAST_INT8) return F16;
  return c->kernels;
}

static const struct {
  const char *name;
  size_t size;
} dtypes[] = {[F32] = {"F32", 4}, [F16] = {"F16", 2}, [I8] = {"I8", 1}};

/* An entry of the table; its data go behind those so far. */
static bool add_entry(converter *c, const char *name, dtype type, size_t rank,
                      const size_t *dim) {
  yyjson_mut_doc *doc = c->header;
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc);
  size_t bytes = dtypes[type].size;
  yyjson_mut_val *key = yyjson_mut_strcpy(doc, name);
  yyjson_mut_val *entry = yyjson_mut_obj(doc), *shape = yyjson_mut_arr(doc);
  for (size_t d = 0; d < rank; d++) {
    bytes *= dim[d];
    if (!yyjson_mut_arr_add_uint(doc, shape, dim[d])) return false;
  }
  const uint64_t range[2] = {c->size, c->size + bytes};
  c->size += bytes;
  return yyjson_mut_obj_add_str(doc, entry, "dtype", dtypes[type].name) &&
         yyjson_mut_obj_add_val(doc, entry, "shape", shape) &&
         yyjson_mut_obj_add_val(doc, entry, "data_offsets",
                                yyjson_mut_arr_with_uint64(doc, range, 2)) &&
         yyjson_mut_obj_add(root, key, entry);
}

static void scale_name(const pa_m2fp_tensor *t, char *text, size_t room) {
  snprintf(text, room, "%s.scale", t->name);
}

/* All tensors of one dtype. int8 ones have their scales among the float32. */
static bool add_entries(converter *c, dtype type) {
  const pa_m2fp_builder *b = &c->builder;
  for (size_t i = 0; i < b->tensor_count; i++) {
    const pa_m2fp_tensor *t = &b->tensors[i];
    char scale[PA_M2FP_NAME + 8];
    scale_name(t, scale, sizeof scale);
    if (dtype_of(c, t) == type && !add_entry(c, t->name, type, t->rank, t->dim))
      return false;
    if (type == F32 && dtype_of(c, t) == I8 &&
        !add_entry(c, scale, F32, 1, t->dim))
      return false;
  }
  return true;
}

/* A list of texts as JSON, NULL without memory. */
static char *text_list(const table *t,
                       const char *(*text)(const table *t, size_t i)) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(pa_nn_json_memory());
  yyjson_mut_val *list = yyjson_mut_arr(doc);
  bool fine = list != NULL;
  for (size_t i = 0; fine && i < t->count; i++)
    fine = yyjson_mut_arr_add_str(doc, list, text(t, i));
  char *json =
      fine ? yyjson_mut_val_write_opts(list, 0, pa_nn_json_memory(), NULL, NULL)
           : NULL;
  yyjson_mut_doc_free(doc);
  return json;
}

static bool add_metadata(converter *c) {
  yyjson_mut_doc *doc = c->header;
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc);
  yyjson_mut_val *m = yyjson_mut_obj_add_obj(doc, root, "__metadata__");
  const char *sizes = c->builder.sizes->name;
  char name[96], source[160];
  c->labels = text_list(&c->table, label_name);
  c->label_map = text_list(&c->table, label_ours);
  c->graph =
      yyjson_mut_write_opts(c->builder.doc, 0, pa_nn_json_memory(), NULL, NULL);
  if (!m || !c->labels || !c->label_map || !c->graph) return false;
  snprintf(name, sizeof name, "m2fp_%s_%.40s", sizes, c->table.name);
  snprintf(source, sizeof source,
           "a checkpoint of M2FP (%s, %.40s), converted by parsona %s", sizes,
           c->table.name, PARSONA_VERSION);
  return yyjson_mut_obj_add_str(doc, m, "format", "parsona-1") &&
         yyjson_mut_obj_add_str(doc, m, "role", "m2fp") &&
         yyjson_mut_obj_add_strcpy(doc, m, "name", name) &&
         yyjson_mut_obj_add_str(doc, m, "license", LICENSE) &&
         yyjson_mut_obj_add_strcpy(doc, m, "source", source) &&
         yyjson_mut_obj_add_str(doc, m, "people", c->table.people) &&
         yyjson_mut_obj_add_str(doc, m, "labels", c->labels) &&
         yyjson_mut_obj_add_str(doc, m, "label_map", c->label_map) &&
         yyjson_mut_obj_add_str(doc, m, "graph", c->graph);
}

/* Makes the file with its header and room for the data. */
static pa_status write_header(converter *c) {
  c->header = yyjson_mut_doc_new(pa_nn_json_memory());
  yyjson_mut_val *root = yyjson_mut_obj(c->header);
  if (!root) return pa_error_memory(c->err, sizeof *root, "the header");
  yyjson_mut_doc_set_root(c->header, root);
  /* Widest first, so that each begins at a multiple of its element's size. */
  bool fine = add_metadata(c) && add_entries(c, F32) && add_entries(c, F16) &&
              add_entries(c, I8);
  size_t length = 0;
  char *text = fine ? yyjson_mut_write_opts(c->header, 0, pa_nn_json_memory(),
                                            &length, NULL)
                    : NULL;
  if (!text) return pa_error_memory(c->err, c->size, "the header");
  size_t padded = (length + 7) / 8 * 8;
  c->size += PREFIX + padded;
  c->file = pa_mem_alloc(c->size);
  if (c->file) {
    for (int i = 0; i < PREFIX; i++)
      c->file[i] = (uint8_t)((uint64_t)padded >> (8 * i));
    memset(c->file + PREFIX, ' ', padded);
    memcpy(c->file + PREFIX, text, length);
    c->at = c->file + PREFIX + padded;
  }
  pa_mem_free(text);
  return c->file ? PA_OK : pa_error_memory(c->err, c->size, "the weights file");
}

/* ---------------------------------------------------------------- the data */

/* To the nearest IEEE 754 binary16, ties to even; false beyond its range. */
static bool to_half(float value, uint16_t *half) {
  uint32_t bits;
  float size = fabsf(value);
  memcpy(&bits, &value, sizeof bits);
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000u);
  if (size >= 65520) return false;
  if (size < 0x1p-14f) { /* subnormal: counts of 2^-24 */
    *half = (uint16_t)(sign | (uint16_t)lrintf(size * 0x1p24f));
    return true;
  }
  bits &= 0x7fffffffu;
  bits += 0xfffu + (bits >> 13 & 1); /* round */
  *half = (uint16_t)(sign | (bits - (112u << 23)) >> 13);
  return true;
}

static pa_status put_half(converter *c, const pa_m2fp_tensor *t,
                          const float *values) {
  for (size_t i = 0; i < count_of(t); i++, c->at += 2) {
    uint16_t half;
    if (!to_half(values[i], &half))
      return pa_error_set(c->err, PA_ERROR_WEIGHTS,
                          "%.100s: too large for float16: convert with dtype "
                          "f32",
                          t->name);
    memcpy(c->at, &half, sizeof half);
  }
  return PA_OK;
}

/* A row's step: its largest weight is 127 of them. A row of zeros has any. */
static float row_scale(const float *row, size_t width) {
  float most = 0;
  for (size_t i = 0; i < width; i++)
    most = fmaxf(most, fabsf(row[i]));
  return most > 0 && most / 127 >= 1e-30f ? most / 127 : 1;
}

static void put_scales(converter *c, const pa_m2fp_tensor *t,
                       const float *values) {
  size_t width = count_of(t) / t->dim[0];
  for (size_t r = 0; r < t->dim[0]; r++, c->at += sizeof(float)) {
    float scale = row_scale(values + r * width, width);
    memcpy(c->at, &scale, sizeof scale);
  }
}

static void put_int8(converter *c, const pa_m2fp_tensor *t,
                     const float *values) {
  size_t width = count_of(t) / t->dim[0];
  for (size_t r = 0; r < t->dim[0]; r++) {
    float scale = row_scale(values + r * width, width);
    for (size_t i = 0; i < width; i++) {
      long q = lrintf(values[r * width + i] / scale);
      int8_t byte = (int8_t)(q > 127 ? 127 : q < -127 ? -127 : q);
      memcpy(c->at++, &byte, 1);
    }
  }
}

static pa_status put(converter *c, const pa_m2fp_tensor *t, dtype type,
                     const float *values) {
  dtype own = dtype_of(c, t);
  if (type == F32 && own == I8) {
    put_scales(c, t, values);
  } else if (type == F16) {
    return put_half(c, t, values);
  } else if (type == I8) {
    put_int8(c, t, values);
  } else {
    memcpy(c->at, values, count_of(t) * sizeof *values);
    c->at += count_of(t) * sizeof *values;
  }
  return PA_OK;
}

/* The same order as the entries. int8 kernels are computed twice, for their
 * scales and for themselves, and so need not be kept. */
static pa_status write_data(converter *c, float *values, float *scratch) {
  const pa_m2fp_builder *b = &c->builder;
  for (int type = F32; type <= I8; type++)
    for (size_t i = 0; i < b->tensor_count; i++) {
      const pa_m2fp_tensor *t = &b->tensors[i];
      dtype own = dtype_of(c, t);
      if (own != (dtype)type && !(type == F32 && own == I8)) continue;
      pa_status status = pa_m2fp_values(c->err, t, values, scratch);
      if (status == PA_OK) status = put(c, t, (dtype)type, values);
      if (status != PA_OK) return status;
    }
  return PA_OK;
}

static pa_status write_file(converter *c) {
  size_t most = 0;
  for (size_t i = 0; i < c->builder.tensor_count; i++) {
    const pa_m2fp_tensor *t = &c->builder.tensors[i];
    size_t needs = 4 * t->dim[0]; /* a batch norm */
    if (t->from && t->from->count > needs) needs = t->from->count;
    if (count_of(t) > needs) needs = count_of(t);
    if (needs > most) most = needs;
  }
  pa_status status = write_header(c);
  if (status != PA_OK) return status;
  float *values = pa_mem_calloc(most, 2 * sizeof *values);
  if (!values) return pa_error_memory(c->err, most * 8, "a tensor");
  status = write_data(c, values, values + most);
  pa_mem_free(values);
  if (status == PA_OK && c->at != c->file + c->size)
    return bad(c, PA_ERROR_INTERNAL, "the file has another size than planned");
  return status;
}

/* ------------------------------------------------------------------- whole */

static pa_status convert(converter *c, const pa_convert_options *options) {
  pa_status status = choose_sizes(c, options->sizes);
  if (status == PA_OK) status = choose_dtype(c, options->dtype);
  if (status == PA_OK) status = find_classes(c);
  if (status == PA_OK) status = pa_m2fp_build(c->err, &c->builder);
  if (status == PA_OK) status = choose_table(c, options->labels);
  if (status == PA_OK) status = write_file(c);
  return status;
}

static void release(converter *c) {
  pa_m2fp_builder_free(&c->builder);
  yyjson_mut_doc_free(c->header);
  yyjson_doc_free(c->table.json);
  pa_mem_free(c->graph);
  pa_mem_free(c->labels);
  pa_mem_free(c->label_map);
}

pa_status pa_convert(pa_context *context, const void *checkpoint, size_t size,
                     const pa_convert_options *options, uint8_t **file,
                     size_t *file_size) {
  if (!context || !file || !file_size) return PA_ERROR_ARGUMENT;
  *file = NULL;
  *file_size = 0;
  pa_error *err = pa_context_error(context);
  if (!checkpoint || !size)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "the checkpoint is empty");
  if (size > PA_LIMIT_WEIGHTS_FILE)
    return pa_error_set(err, PA_ERROR_TOO_LARGE, "the checkpoint has %zu bytes",
                        size);
  static const pa_convert_options defaults = {0};
  pa_checkpoint read;
  pa_status status = pa_checkpoint_open(err, checkpoint, size, &read);
  if (status != PA_OK) return status;
  converter c = {.err = err, .builder.checkpoint = &read};
  status = convert(&c, options ? options : &defaults);
  release(&c);
  pa_checkpoint_close(&read);
  if (status != PA_OK) {
    pa_mem_free(c.file);
    return status;
  }
  *file = c.file;
  *file_size = c.size;
  return PA_OK;
}
