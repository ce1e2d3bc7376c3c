/* What a conversion writes: header, metadata, tensors of one dtype after the
 * other (docs/weights-format.md). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "m2fp/convert.h"
#include "nn/json.h"

#define PREFIX 8
/* Kernels of fewer weights stay float16: int8 would save next to nothing. */
#define LEAST_INT8 2048
/* The published weights' terms. */
#define LICENSE "CC-BY-NC-4.0"

typedef struct writer {
  pa_error *err;
  const pa_m2fp_builder *builder;
  const pa_m2fp_chosen *table;
  pa_m2fp_dtype kernels;
  char *graph, *labels, *label_map; /* JSON */
  yyjson_mut_doc *header;
  uint8_t *file, *at; /* all of it; where the next tensor goes */
  size_t size;
} writer;

/* -------------------------------------------------------------- the header */

static size_t count_of(const pa_m2fp_tensor *t) {
  size_t count = 1;
  for (size_t d = 0; d < t->rank; d++)
    count *= t->dim[d];
  return count;
}

static pa_m2fp_dtype dtype_of(const writer *w, const pa_m2fp_tensor *t) {
  if (t->kind == PA_M2FP_PLAIN || w->kernels == PA_M2FP_F32) return PA_M2FP_F32;
  if (t->kind == PA_M2FP_FINE || count_of(t) < LEAST_INT8) return PA_M2FP_F16;
  return w->kernels;
}

static const struct {
  const char *name;
  size_t size;
} dtypes[] = {[PA_M2FP_F32] = {"F32", 4},
              [PA_M2FP_F16] = {"F16", 2},
              [PA_M2FP_I8] = {"I8", 1}};

/* An entry of the table; its data go behind those so far. */
static bool add_entry(writer *w, const char *name, pa_m2fp_dtype type,
                      size_t rank, const size_t *dim) {
  yyjson_mut_doc *doc = w->header;
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc);
  size_t bytes = dtypes[type].size;
  yyjson_mut_val *key = yyjson_mut_strcpy(doc, name);
  yyjson_mut_val *entry = yyjson_mut_obj(doc), *shape = yyjson_mut_arr(doc);
  for (size_t d = 0; d < rank; d++) {
    bytes *= dim[d];
    if (!yyjson_mut_arr_add_uint(doc, shape, dim[d])) return false;
  }
  const uint64_t range[2] = {w->size, w->size + bytes};
  w->size += bytes;
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
static bool add_entries(writer *w, pa_m2fp_dtype type) {
  const pa_m2fp_builder *b = w->builder;
  for (size_t i = 0; i < b->tensor_count; i++) {
    const pa_m2fp_tensor *t = &b->tensors[i];
    char scale[PA_M2FP_NAME + 8];
    scale_name(t, scale, sizeof scale);
    if (dtype_of(w, t) == type && !add_entry(w, t->name, type, t->rank, t->dim))
      return false;
    if (type == PA_M2FP_F32 && dtype_of(w, t) == PA_M2FP_I8 &&
        !add_entry(w, scale, PA_M2FP_F32, 1, t->dim))
      return false;
  }
  return true;
}

/* A list of texts as JSON, NULL without memory. */
static char *text_list(const pa_m2fp_chosen *t,
                       const char *(*text)(const pa_m2fp_chosen *t, size_t i)) {
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

static bool add_metadata(writer *w) {
  yyjson_mut_doc *doc = w->header;
  yyjson_mut_val *root = yyjson_mut_doc_get_root(doc);
  yyjson_mut_val *m = yyjson_mut_obj_add_obj(doc, root, "__metadata__");
  const char *sizes = w->builder->sizes->name;
  char name[96], source[160];
  w->labels = text_list(w->table, pa_m2fp_chosen_name);
  w->label_map = text_list(w->table, pa_m2fp_chosen_ours);
  w->graph = yyjson_mut_write_opts(w->builder->doc, 0, pa_nn_json_memory(),
                                   NULL, NULL);
  if (!m || !w->labels || !w->label_map || !w->graph) return false;
  snprintf(name, sizeof name, "m2fp_%s_%.40s", sizes, w->table->name);
  snprintf(source, sizeof source,
           "a checkpoint of M2FP (%s, %.40s), converted by parsona %s", sizes,
           w->table->name, PARSONA_VERSION);
  return yyjson_mut_obj_add_str(doc, m, "format", "parsona-1") &&
         yyjson_mut_obj_add_str(doc, m, "role", "m2fp") &&
         yyjson_mut_obj_add_strcpy(doc, m, "name", name) &&
         yyjson_mut_obj_add_str(doc, m, "license", LICENSE) &&
         yyjson_mut_obj_add_strcpy(doc, m, "source", source) &&
         yyjson_mut_obj_add_str(doc, m, "people", w->table->people) &&
         yyjson_mut_obj_add_str(doc, m, "labels", w->labels) &&
         yyjson_mut_obj_add_str(doc, m, "label_map", w->label_map) &&
         yyjson_mut_obj_add_str(doc, m, "graph", w->graph);
}

/* Makes the file with its header and room for the data. */
static pa_status write_header(writer *w) {
  w->header = yyjson_mut_doc_new(pa_nn_json_memory());
  yyjson_mut_val *root = yyjson_mut_obj(w->header);
  if (!root) return pa_error_memory(w->err, sizeof *root, "the header");
  yyjson_mut_doc_set_root(w->header, root);
  /* Widest first, so that each begins at a multiple of its element's size. */
  bool fine = add_metadata(w) && add_entries(w, PA_M2FP_F32) &&
              add_entries(w, PA_M2FP_F16) && add_entries(w, PA_M2FP_I8);
  size_t length = 0;
  char *text = fine ? yyjson_mut_write_opts(w->header, 0, pa_nn_json_memory(),
                                            &length, NULL)
                    : NULL;
  if (!text) return pa_error_memory(w->err, w->size, "the header");
  size_t padded = (length + 7) / 8 * 8;
  w->size += PREFIX + padded;
  w->file = pa_mem_alloc(w->size);
  if (w->file) {
    for (int i = 0; i < PREFIX; i++)
      w->file[i] = (uint8_t)((uint64_t)padded >> (8 * i));
    memset(w->file + PREFIX, ' ', padded);
    memcpy(w->file + PREFIX, text, length);
    w->at = w->file + PREFIX + padded;
  }
  pa_mem_free(text);
  return w->file ? PA_OK : pa_error_memory(w->err, w->size, "the weights file");
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

static pa_status put_half(writer *w, const pa_m2fp_tensor *t,
                          const float *values) {
  for (size_t i = 0; i < count_of(t); i++, w->at += 2) {
    uint16_t half;
    if (!to_half(values[i], &half))
      return pa_error_set(w->err, PA_ERROR_WEIGHTS,
                          "%.100s: too large for float16: convert with dtype "
                          "f32",
                          t->name);
    memcpy(w->at, &half, sizeof half);
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

static void put_scales(writer *w, const pa_m2fp_tensor *t,
                       const float *values) {
  size_t width = count_of(t) / t->dim[0];
  for (size_t r = 0; r < t->dim[0]; r++, w->at += sizeof(float)) {
    float scale = row_scale(values + r * width, width);
    memcpy(w->at, &scale, sizeof scale);
  }
}

static void put_int8(writer *w, const pa_m2fp_tensor *t, const float *values) {
  size_t width = count_of(t) / t->dim[0];
  for (size_t r = 0; r < t->dim[0]; r++) {
    float scale = row_scale(values + r * width, width);
    for (size_t i = 0; i < width; i++) {
      long q = lrintf(values[r * width + i] / scale);
      int8_t byte = (int8_t)(q > 127 ? 127 : q < -127 ? -127 : q);
      memcpy(w->at++, &byte, 1);
    }
  }
}

static pa_status put(writer *w, const pa_m2fp_tensor *t, pa_m2fp_dtype type,
                     const float *values) {
  pa_m2fp_dtype own = dtype_of(w, t);
  if (type == PA_M2FP_F32 && own == PA_M2FP_I8) {
    put_scales(w, t, values);
  } else if (type == PA_M2FP_F16) {
    return put_half(w, t, values);
  } else if (type == PA_M2FP_I8) {
    put_int8(w, t, values);
  } else {
    memcpy(w->at, values, count_of(t) * sizeof *values);
    w->at += count_of(t) * sizeof *values;
  }
  return PA_OK;
}

/* The same order as the entries. int8 kernels are computed twice, for their
 * scales and for themselves, and so need not be kept. */
static pa_status write_data(writer *w, float *values, float *scratch) {
  const pa_m2fp_builder *b = w->builder;
  for (int type = PA_M2FP_F32; type <= PA_M2FP_I8; type++)
    for (size_t i = 0; i < b->tensor_count; i++) {
      const pa_m2fp_tensor *t = &b->tensors[i];
      pa_m2fp_dtype own = dtype_of(w, t);
      if (own != (pa_m2fp_dtype)type &&
          !(type == PA_M2FP_F32 && own == PA_M2FP_I8))
        continue;
      pa_status status = pa_m2fp_values(w->err, t, values, scratch);
      if (status == PA_OK) status = put(w, t, (pa_m2fp_dtype)type, values);
      if (status != PA_OK) return status;
    }
  return PA_OK;
}

static pa_status write_file(writer *w) {
  size_t most = 0;
  for (size_t i = 0; i < w->builder->tensor_count; i++) {
    const pa_m2fp_tensor *t = &w->builder->tensors[i];
    size_t needs = 4 * t->dim[0]; /* a batch norm */
    if (t->from && t->from->count > needs) needs = t->from->count;
    if (count_of(t) > needs) needs = count_of(t);
    if (needs > most) most = needs;
  }
  pa_status status = write_header(w);
  if (status != PA_OK) return status;
  float *values = pa_mem_calloc(most, 2 * sizeof *values);
  if (!values) return pa_error_memory(w->err, most * 8, "a tensor");
  status = write_data(w, values, values + most);
  pa_mem_free(values);
  if (status == PA_OK && w->at != w->file + w->size)
    return pa_error_set(w->err, PA_ERROR_INTERNAL,
                        "convert: the file has another size than planned");
  return status;
}

pa_status pa_m2fp_write(pa_error *err, const pa_m2fp_builder *builder,
                        const pa_m2fp_chosen *table, pa_m2fp_dtype kernels,
                        uint8_t **file, size_t *size) {
  writer w = {
      .err = err, .builder = builder, .table = table, .kernels = kernels};
  pa_status status = write_file(&w);
  yyjson_mut_doc_free(w.header);
  pa_mem_free(w.graph);
  pa_mem_free(w.labels);
  pa_mem_free(w.label_map);
  if (status != PA_OK) {
    pa_mem_free(w.file);
    return status;
  }
  *file = w.file;
  *size = w.size;
  return PA_OK;
}
