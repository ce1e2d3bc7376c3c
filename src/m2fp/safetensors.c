/* A checkpoint as safetensors: a length, a JSON table, the numbers. */
#include <string.h>

#include "m2fp/checkpoint.h"
#include "nn/json.h"

#define PREFIX 8

typedef struct reader {
  pa_error *err;
  const uint8_t *data;
  size_t size;
} reader;

static pa_status bad(const reader *r, const char *name, const char *what) {
  return pa_error_set(r->err, PA_ERROR_WEIGHTS, "%.120s: %s", name, what);
}

static pa_status read_type(const reader *r, const char *name, yyjson_val *json,
                           pa_pickle_type *type) {
  static const char *const types[PA_TYPES] = {
      "F64", "F32", "F16", "BF16", "I64", "I32", "I16", "I8", "U8", "BOOL"};
  for (int t = 0; t < PA_TYPES; t++) {
    if (!yyjson_equals_str(json, types[t])) continue;
    *type = (pa_pickle_type)t;
    return PA_OK;
  }
  return bad(r, name, "a dtype that is not read");
}

static pa_status read_shape(const reader *r, const char *name, yyjson_val *json,
                            pa_checkpoint_tensor *t) {
  t->rank = yyjson_arr_size(json);
  if (!yyjson_is_arr(json) || t->rank > PA_LIMIT_TENSOR_RANK)
    return bad(r, name, "its shape is none");
  t->count = 1;
  for (size_t d = t->rank; d > 0; d--) {
    yyjson_val *dim = yyjson_arr_get(json, d - 1);
    uint64_t n = yyjson_get_uint(dim);
    if (!yyjson_is_uint(dim) || n > PA_LIMIT_TENSOR_ELEMENTS ||
        n * t->count > PA_LIMIT_TENSOR_ELEMENTS)
      return bad(r, name, "its shape is out of range");
    t->dim[d - 1] = (size_t)n;
    t->stride[d - 1] = t->count;
    t->count *= (size_t)n;
  }
  return PA_OK;
}

static pa_status read_range(const reader *r, const char *name, yyjson_val *json,
                            pa_checkpoint_tensor *t) {
  yyjson_val *first = yyjson_arr_get(json, 0), *last = yyjson_arr_get(json, 1);
  if (yyjson_arr_size(json) != 2 || !yyjson_is_uint(first) ||
      !yyjson_is_uint(last))
    return bad(r, name, "data_offsets is not [begin, end]");
  uint64_t begin = yyjson_get_uint(first), end = yyjson_get_uint(last);
  if (begin > end || end > r->size)
    return bad(r, name, "it reaches beyond the file");
  if (end - begin != (uint64_t)t->count * pa_pickle_type_size(t->type))
    return bad(r, name, "its bytes do not fit its shape");
  t->data = r->data + begin;
  return PA_OK;
}

static pa_status read_table(const reader *r, yyjson_val *root,
                            pa_checkpoint *checkpoint) {
  size_t i, count;
  yyjson_val *key, *value;
  yyjson_obj_foreach(root, i, count, key, value) {
    const char *name = yyjson_get_str(key);
    if (strcmp(name, "__metadata__") == 0) continue;
    pa_checkpoint_tensor t = {0};
    pa_status status = pa_nn_json_object(r->err, name, value);
    if (status == PA_OK)
      status = read_type(r, name, yyjson_obj_get(value, "dtype"), &t.type);
    if (status == PA_OK)
      status = read_shape(r, name, yyjson_obj_get(value, "shape"), &t);
    if (status == PA_OK)
      status = read_range(r, name, yyjson_obj_get(value, "data_offsets"), &t);
    if (status == PA_OK)
      status =
          pa_checkpoint_add(r->err, checkpoint, name, yyjson_get_len(key), &t);
    if (status != PA_OK) return status;
  }
  return checkpoint->count ? PA_OK
                           : bad(r, "checkpoint", "it holds no tensors");
}

pa_status pa_checkpoint_safetensors(pa_error *err, const uint8_t *bytes,
                                    size_t size, pa_checkpoint *checkpoint) {
  reader r = {.err = err};
  uint64_t header = 0;
  for (int i = PREFIX - 1; i >= 0; i--)
    header = header << 8 | bytes[i];
  if (header > PA_LIMIT_WEIGHTS_HEADER || header > size - PREFIX)
    return bad(&r, "checkpoint", "its header reaches beyond the file");
  r.data = bytes + PREFIX + header;
  r.size = size - PREFIX - (size_t)header;
  yyjson_doc *doc;
  pa_status status = pa_nn_json_read(err, "header", bytes + PREFIX,
                                     (size_t)header, false, &doc);
  if (status != PA_OK) return status;
  yyjson_val *root = yyjson_doc_get_root(doc);
  status = pa_nn_json_object(err, "header", root);
  if (status == PA_OK) status = read_table(&r, root, checkpoint);
  yyjson_doc_free(doc);
  return status;
}
