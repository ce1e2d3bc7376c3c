#include "nn/json.h"

#include <string.h>

#include "base/mem.h"
#include "nn/names.h"

/* Objects up to this many keys are searched for duplicates pair by pair. */
#define SMALL_OBJECT 16

static void *json_alloc(void *ctx, size_t size) {
  (void)ctx;
  return pa_mem_alloc(size);
}

static void *json_realloc(void *ctx, void *block, size_t old, size_t size) {
  (void)ctx;
  (void)old;
  return pa_mem_realloc(block, size);
}

static void json_free(void *ctx, void *block) {
  (void)ctx;
  pa_mem_free(block);
}

static const yyjson_alc allocator = {json_alloc, json_realloc, json_free, NULL};

const yyjson_alc *pa_nn_json_memory(void) {
  return &allocator;
}

pa_status pa_nn_json_read(pa_error *err, const char *what, const void *text,
                          size_t size, bool array, yyjson_doc **doc) {
  yyjson_read_err fault;
  /* Without YYJSON_READ_INSITU the text is only read. */
  char *bytes = (char *)(uintptr_t)text;
  *doc = yyjson_read_opts(bytes, size, YYJSON_READ_NOFLAG, &allocator, &fault);
  if (!*doc && fault.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
    return pa_error_memory(err, size, what);
  if (!*doc)
    return pa_error_set(err, PA_ERROR_WEIGHTS, "%s: %s at byte %zu", what,
                        fault.msg, fault.pos);
  yyjson_val *root = yyjson_doc_get_root(*doc);
  if (array ? yyjson_is_arr(root) : yyjson_is_obj(root)) return PA_OK;
  yyjson_doc_free(*doc);
  *doc = NULL;
  return pa_error_set(err, PA_ERROR_WEIGHTS, "%s: not a JSON %s", what,
                      array ? "array" : "object");
}

static pa_status twice(pa_error *err, const char *what, const char *key) {
  return pa_error_set(err, PA_ERROR_WEIGHTS, "%s: key %.60s twice", what, key);
}

static pa_status unique_small(pa_error *err, const char *what,
                              yyjson_val *object) {
  const char *seen[SMALL_OBJECT];
  size_t i, count, j;
  yyjson_val *key, *value;
  yyjson_obj_foreach(object, i, count, key, value) {
    seen[i] = yyjson_get_str(key);
    for (j = 0; j < i; j++)
      if (strcmp(seen[j], seen[i]) == 0) return twice(err, what, seen[i]);
  }
  return PA_OK;
}

static pa_status unique_large(pa_error *err, const char *what,
                              yyjson_val *object) {
  pa_nn_names names;
  size_t i, count = yyjson_obj_size(object);
  if (!pa_nn_names_init(&names, count))
    return pa_error_memory(err, count * sizeof(void *), what);
  pa_status status = PA_OK;
  yyjson_val *key, *value;
  yyjson_obj_foreach(object, i, count, key, value) {
    if (!pa_nn_names_add(&names, yyjson_get_str(key), (uint32_t)i)) {
      status = twice(err, what, yyjson_get_str(key));
      break;
    }
  }
  pa_nn_names_free(&names);
  return status;
}

pa_status pa_nn_json_object(pa_error *err, const char *what,
                            yyjson_val *value) {
  if (!yyjson_is_obj(value))
    return pa_error_set(err, PA_ERROR_WEIGHTS, "%s: not an object", what);
  size_t i, count;
  yyjson_val *key, *item;
  yyjson_obj_foreach(value, i, count, key, item) {
    if (!pa_nn_json_text(key))
      return pa_error_set(err, PA_ERROR_WEIGHTS,
                          "%s: key %zu is empty or holds a NUL", what, i);
  }
  return count <= SMALL_OBJECT ? unique_small(err, what, value)
                               : unique_large(err, what, value);
}

const char *pa_nn_json_text(yyjson_val *value) {
  if (!yyjson_is_str(value)) return NULL;
  const char *text = yyjson_get_str(value);
  size_t length = yyjson_get_len(value);
  return length > 0 && strlen(text) == length ? text : NULL;
}
