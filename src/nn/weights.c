/* The container: header, tensors, metadata. docs/weights-format.md is the
 * specification; every rule there has its check here, in graph.c,
 * attributes.c or shape*.c. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "nn/graph.h"
#include "nn/json.h"

#define PREFIX 8 /* bytes of the header's length */

typedef struct reader {
  pa_error *err;
  pa_nn_weights *weights;
  const unsigned char *data; /* the tensors' */
  size_t size, used;         /* of the data; and where the next tensor begins */
} reader;

static pa_status bad(pa_error *err, const char *name, const char *what) {
  return pa_error_set(err, PA_ERROR_WEIGHTS, "%.80s: %s", name, what);
}

/* ------------------------------------------------------------ tensors */

static const struct {
  const char *name;
  size_t size;
} dtypes[] = {[PA_NN_F32] = {"F32", 4},
              [PA_NN_F16] = {"F16", 2},
              [PA_NN_I8] = {"I8", 1},
              [PA_NN_U8] = {"U8", 1},
              [PA_NN_I32] = {"I32", 4}};

static pa_status read_dtype(const reader *r, yyjson_val *json,
                            pa_nn_tensor *tensor) {
  for (size_t d = 0; d < sizeof dtypes / sizeof *dtypes; d++) {
    if (!yyjson_equals_str(json, dtypes[d].name)) continue;
    tensor->dtype = (pa_nn_dtype)d;
    return PA_OK;
  }
  return bad(r->err, tensor->name, "dtype is none of F32, F16, I8, U8, I32");
}

static pa_status read_shape(const reader *r, yyjson_val *json,
                            pa_nn_tensor *tensor) {
  size_t i, rank = yyjson_arr_size(json);
  yyjson_val *dim;
  uint64_t count = 1;
  if (!yyjson_is_arr(json)) return bad(r->err, tensor->name, "no shape");
  if (rank > PA_LIMIT_TENSOR_RANK)
    return pa_error_set(r->err, PA_ERROR_TOO_LARGE,
                        "%.80s: rank %zu, limit is %d", tensor->name, rank,
                        PA_LIMIT_TENSOR_RANK);
  tensor->shape.rank = rank;
  yyjson_arr_foreach(json, i, rank, dim) {
    if (!yyjson_is_uint(dim) || yyjson_get_uint(dim) == 0)
      return bad(r->err, tensor->name, "a dimension is not a whole number > 0");
    uint64_t n = yyjson_get_uint(dim);
    if (n > PA_LIMIT_TENSOR_ELEMENTS || count * n > PA_LIMIT_TENSOR_ELEMENTS)
      return pa_error_set(r->err, PA_ERROR_TOO_LARGE, "%.80s: over %u elements",
                          tensor->name, PA_LIMIT_TENSOR_ELEMENTS);
    tensor->shape.dim[i] = (size_t)n;
    count *= n;
  }
  tensor->count = (size_t)count;
  return PA_OK;
}

static pa_status read_range(reader *r, yyjson_val *json, pa_nn_tensor *tensor) {
  yyjson_val *first = yyjson_arr_get(json, 0), *last = yyjson_arr_get(json, 1);
  if (yyjson_arr_size(json) != 2 || !yyjson_is_uint(first) ||
      !yyjson_is_uint(last))
    return bad(r->err, tensor->name, "data_offsets is not [begin, end]");
  uint64_t begin = yyjson_get_uint(first), end = yyjson_get_uint(last);
  if (end > r->size)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%.80s: ends at byte %llu of %zu", tensor->name,
                        (unsigned long long)end, r->size);
  if (begin != r->used)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%.80s: begins at byte %llu, expected %zu",
                        tensor->name, (unsigned long long)begin, r->used);
  size_t element = dtypes[tensor->dtype].size;
  uint64_t bytes = end >= begin ? end - begin : 0;
  if (bytes != (uint64_t)tensor->count * element)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%.80s: %llu bytes, expected %llu", tensor->name,
                        (unsigned long long)bytes,
                        (unsigned long long)tensor->count * element);
  if (begin % element != 0)
    return bad(r->err, tensor->name, "not aligned to its element size");
  tensor->data = r->data + begin;
  r->used = (size_t)end;
  return PA_OK;
}

/* No infinities, no NaN: such a weight is damage, and spreads. */
static pa_status check_finite(const reader *r, const pa_nn_tensor *tensor) {
  size_t wrong = 0;
  if (tensor->dtype == PA_NN_F32) {
    for (size_t i = 0; i < tensor->count; i++) {
      uint32_t bits;
      memcpy(&bits, tensor->data + i * sizeof bits, sizeof bits);
      wrong += (bits & 0x7f800000u) == 0x7f800000u;
    }
  } else if (tensor->dtype == PA_NN_F16) {
    for (size_t i = 0; i < tensor->count; i++) {
      uint16_t bits;
      memcpy(&bits, tensor->data + i * sizeof bits, sizeof bits);
      wrong += (bits & 0x7c00u) == 0x7c00u;
    }
  }
  if (wrong == 0) return PA_OK;
  return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                      "%.80s: %zu values are not finite", tensor->name, wrong);
}

static pa_status read_tensor(reader *r, const char *name, yyjson_val *json) {
  pa_nn_weights *w = r->weights;
  pa_nn_tensor *tensor = &w->tensors[w->tensor_count];
  tensor->name = name;
  pa_status status = pa_nn_json_object(r->err, name, json);
  if (status != PA_OK) return status;
  yyjson_val *dtype = yyjson_obj_get(json, "dtype");
  yyjson_val *shape = yyjson_obj_get(json, "shape");
  yyjson_val *range = yyjson_obj_get(json, "data_offsets");
  if (yyjson_obj_size(json) != 3 || !dtype || !shape || !range)
    return bad(r->err, name, "keys are not dtype, shape and data_offsets");
  status = read_dtype(r, dtype, tensor);
  if (status == PA_OK) status = read_shape(r, shape, tensor);
  if (status == PA_OK) status = read_range(r, range, tensor);
  if (status == PA_OK) status = check_finite(r, tensor);
  if (status != PA_OK) return status;
  pa_nn_names_add(&w->tensor_names, name, w->tensor_count++);
  return PA_OK;
}

static pa_status read_tensors(reader *r, yyjson_val *root) {
  pa_nn_weights *w = r->weights;
  size_t i, count = yyjson_obj_size(root);
  yyjson_val *key, *value;
  if (count > PA_LIMIT_TENSORS + 1)
    return pa_error_set(r->err, PA_ERROR_TOO_LARGE,
                        "header: %zu tensors, limit is %d", count - 1,
                        PA_LIMIT_TENSORS);
  w->tensors = pa_mem_calloc(count + 1, sizeof *w->tensors);
  if (!w->tensors || !pa_nn_names_init(&w->tensor_names, count))
    return pa_error_memory(r->err, count * sizeof *w->tensors, "tensors");
  yyjson_obj_foreach(root, i, count, key, value) {
    if (yyjson_equals_str(key, "__metadata__")) continue;
    pa_status status = read_tensor(r, yyjson_get_str(key), value);
    if (status != PA_OK) return status;
  }
  if (r->used == r->size) return PA_OK;
  return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                      "file: %zu bytes after the last tensor",
                      r->size - r->used);
}

/* ----------------------------------------------------------- metadata */

static pa_status read_metadata(reader *r, yyjson_val *root) {
  static const char *const wanted[] = {"format",  "role",   "name",
                                       "license", "source", "graph"};
  yyjson_val *metadata = yyjson_obj_get(root, "__metadata__");
  pa_status status = pa_nn_json_object(r->err, "__metadata__", metadata);
  if (status != PA_OK) return status;
  size_t i, count;
  yyjson_val *key, *value;
  yyjson_obj_foreach(metadata, i, count, key, value) {
    const char *text = yyjson_get_str(value);
    if (!text || strlen(text) != yyjson_get_len(value))
      return bad(r->err, yyjson_get_str(key), "not a string");
  }
  r->weights->metadata = metadata;
  for (i = 0; i < sizeof wanted / sizeof *wanted; i++) {
    const char *text = pa_nn_weights_text(r->weights, wanted[i]);
    if (!text || !*text) return bad(r->err, "__metadata__: without", wanted[i]);
  }
  if (strcmp(pa_nn_weights_text(r->weights, "format"), "parsona-1") == 0)
    return PA_OK;
  return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                      "format is %.40s, expected parsona-1",
                      pa_nn_weights_text(r->weights, "format"));
}

static pa_status read_labels(reader *r) {
  const char *text = pa_nn_weights_text(r->weights, "labels");
  yyjson_doc **doc = &r->weights->labels_json;
  if (!text) return PA_OK;
  pa_status status =
      pa_nn_json_read(r->err, "labels", text, strlen(text), true, doc);
  if (status != PA_OK) return status;
  size_t count = pa_nn_weights_label_count(r->weights);
  if (count < 1) return bad(r->err, "labels", "none");
  if (count > PA_LIMIT_LABELS)
    return pa_error_set(r->err, PA_ERROR_TOO_LARGE, "%zu labels, limit is %d",
                        count, PA_LIMIT_LABELS);
  for (size_t i = 0; i < count; i++) {
    const char *label = pa_nn_weights_label(r->weights, i);
    if (!label) return bad(r->err, "labels", "one is not a name");
    for (size_t j = 0; j < i; j++)
      if (strcmp(label, pa_nn_weights_label(r->weights, j)) == 0)
        return bad(r->err, label, "label twice");
  }
  return PA_OK;
}

static pa_status read_graph(reader *r) {
  pa_nn_weights *w = r->weights;
  const char *text = pa_nn_weights_text(w, "graph");
  pa_status status = pa_nn_json_read(r->err, "graph", text, strlen(text), false,
                                     &w->graph_json);
  if (status != PA_OK) return status;
  return pa_nn_graph_read(r->err, w, yyjson_doc_get_root(w->graph_json));
}

/* Shapes can be checked here when the file fixes those of all inputs. */
static pa_status check_shapes(reader *r) {
  const pa_nn_graph *g = &r->weights->graph;
  pa_nn_shape inputs[PA_LIMIT_GRAPH_PORTS];
  for (uint32_t i = 0; i < g->input_count; i++) {
    inputs[i] = g->inputs[i].shape;
    if (pa_nn_count(&inputs[i]) == 0) return PA_OK;
  }
  pa_nn_shape *shapes = pa_mem_calloc(g->value_count, sizeof *shapes);
  if (!shapes)
    return pa_error_memory(r->err, g->value_count * sizeof *shapes, "shapes");
  pa_status status = pa_nn_infer(r->err, g, inputs, shapes);
  pa_mem_free(shapes);
  return status;
}

/* --------------------------------------------------------------- file */

static uint64_t header_size(const unsigned char *bytes) {
  uint64_t size = 0;
  for (int i = PREFIX - 1; i >= 0; i--)
    size = size << 8 | bytes[i];
  return size;
}

static pa_status check_file(pa_error *err, const unsigned char *bytes,
                            size_t size) {
  if ((uintptr_t)bytes % PREFIX != 0)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "bytes not aligned to 8");
  if (size > PA_LIMIT_WEIGHTS_FILE)
    return pa_error_set(err, PA_ERROR_TOO_LARGE, "file: %zu bytes", size);
  if (size < PREFIX + 2)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "file: %zu bytes are not a weights file", size);
  uint64_t header = header_size(bytes);
  if (header > PA_LIMIT_WEIGHTS_HEADER)
    return pa_error_set(err, PA_ERROR_TOO_LARGE,
                        "header: %llu bytes, limit is %u",
                        (unsigned long long)header, PA_LIMIT_WEIGHTS_HEADER);
  if (header > size - PREFIX)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "header: %llu bytes in a file of %zu",
                        (unsigned long long)header, size);
  if (header % PREFIX != 0)
    return bad(err, "header", "length is not a multiple of 8");
  if (bytes[PREFIX] != '{') return bad(err, "header", "does not begin with {");
  return PA_OK;
}

static pa_status read_file(pa_error *err, const unsigned char *bytes,
                           size_t size, pa_nn_weights *w) {
  size_t header = (size_t)header_size(bytes);
  reader r = {.err = err,
              .weights = w,
              .data = bytes + PREFIX + header,
              .size = size - PREFIX - header};
  pa_status status =
      pa_nn_json_read(err, "header", bytes + PREFIX, header, false, &w->header);
  if (status != PA_OK) return status;
  yyjson_val *root = yyjson_doc_get_root(w->header);
  status = pa_nn_json_object(err, "header", root);
  if (status == PA_OK) status = read_tensors(&r, root);
  if (status == PA_OK) status = read_metadata(&r, root);
  if (status == PA_OK) status = read_labels(&r);
  if (status == PA_OK) status = read_graph(&r);
  if (status == PA_OK) status = check_shapes(&r);
  return status;
}

pa_status pa_nn_weights_open(pa_error *err, const void *bytes, size_t size,
                             pa_nn_weights **weights) {
  if (!bytes || !weights)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "bytes or weights is NULL");
  pa_status status = check_file(err, bytes, size);
  if (status != PA_OK) return status;
  pa_nn_weights *w = pa_mem_calloc(1, sizeof *w);
  if (!w) return pa_error_memory(err, sizeof *w, "weights");
  status = read_file(err, bytes, size, w);
  if (status != PA_OK) {
    pa_nn_weights_close(w);
    return status;
  }
  *weights = w;
  return PA_OK;
}

void pa_nn_weights_strip(pa_nn_weights *w) {
  for (uint32_t i = 0; i < w->tensor_count; i++)
    w->tensors[i].data = NULL;
}

void pa_nn_weights_close(pa_nn_weights *w) {
  if (!w) return;
  pa_nn_graph_free(&w->graph);
  pa_nn_names_free(&w->tensor_names);
  pa_mem_free(w->tensors);
  yyjson_doc_free(w->labels_json);
  yyjson_doc_free(w->graph_json);
  yyjson_doc_free(w->header);
  pa_mem_free(w);
}

/* ---------------------------------------------------------- accessors */

const char *pa_nn_weights_text(const pa_nn_weights *weights, const char *key) {
  return yyjson_get_str(yyjson_obj_get(weights->metadata, key));
}

size_t pa_nn_weights_label_count(const pa_nn_weights *weights) {
  return yyjson_arr_size(yyjson_doc_get_root(weights->labels_json));
}

const char *pa_nn_weights_label(const pa_nn_weights *weights, size_t index) {
  yyjson_val *labels = yyjson_doc_get_root(weights->labels_json);
  return pa_nn_json_text(yyjson_arr_get(labels, index));
}

const pa_nn_tensor *pa_nn_tensor_find(const pa_nn_weights *weights,
                                      const char *name) {
  uint32_t index;
  if (!pa_nn_names_find(&weights->tensor_names, name, &index)) return NULL;
  return &weights->tensors[index];
}

const float *pa_nn_weights_constant(const pa_nn_weights *weights,
                                    const char *name, size_t count) {
  const pa_nn_tensor *tensor = pa_nn_tensor_find(weights, name);
  if (!tensor || tensor->dtype != PA_NN_F32 || tensor->count != count)
    return NULL;
  return (const float *)(const void *)tensor->data;
}
