/* A reader of the pickles that PyTorch's state dicts are in, and of nothing
 * else: numbers, text, tuples, lists, dicts, and the handful of globals by
 * which tensors are described. It builds a description; no global is ever
 * looked up, imported or called, and any that is not in its table is an error.
 * It does not recurse. (Python's pickletools documents the opcodes;
 * torch/serialization.py and torch/_utils.py what PyTorch means by them.) */
#ifndef PARSONA_M2FP_PICKLE_H
#define PARSONA_M2FP_PICKLE_H

#include <stdint.h>

#include "base/error.h"

typedef enum pa_pickle_kind {
  PA_PICKLE_NONE,
  PA_PICKLE_INT, /* and booleans */
  PA_PICKLE_REAL,
  PA_PICKLE_TEXT,
  PA_PICKLE_TUPLE,
  PA_PICKLE_LIST,
  PA_PICKLE_DICT, /* items: key, value, key, value ... */
  PA_PICKLE_NAME, /* one of the known globals */
  PA_PICKLE_STORAGE,
  PA_PICKLE_TENSOR, /* items: storage, offset, size, stride, ... */
  PA_PICKLE_MARK
} pa_pickle_kind;

/* Element types of storages. */
typedef enum pa_pickle_type {
  PA_TYPE_F64,
  PA_TYPE_F32,
  PA_TYPE_F16,
  PA_TYPE_BF16,
  PA_TYPE_I64,
  PA_TYPE_I32,
  PA_TYPE_I16,
  PA_TYPE_I8,
  PA_TYPE_U8,
  PA_TYPE_BOOL,
  PA_TYPES
} pa_pickle_type;

#define PA_PICKLE_NOTHING UINT32_MAX

typedef struct pa_pickle_value {
  pa_pickle_kind kind;
  union {
    int64_t integer;
    double real;
    struct { /* in the pickle's bytes, not ended by a zero */
      const char *start;
      size_t length;
    } text;
    struct { /* cells; first is PA_PICKLE_NOTHING when there are none */
      uint32_t first, last, count;
    } items;
    int name; /* private to pickle_objects.c */
    struct {
      pa_pickle_type type;
      uint32_t key;   /* the value that names it */
      uint64_t count; /* of elements */
    } storage;
  } u;
} pa_pickle_value;

typedef struct pa_pickle_cell {
  uint32_t value, next;
} pa_pickle_cell;

/* Everything read so far; values are told by their index. */
typedef struct pa_pickle {
  pa_pickle_value *values;
  pa_pickle_cell *cells;
  uint32_t *stack, *memo;
  size_t value_count, value_room, cell_count, cell_room;
  size_t stack_count, stack_room, memo_room;
} pa_pickle;

/* Reads one pickle from the start of `bytes`, which must outlive what is read.
 * `*root` is the value it describes, `*used` its length. More pickles may be
 * read into the same struct, zeroed before the first. */
pa_status pa_pickle_read(pa_error *err, const uint8_t *bytes, size_t size,
                         pa_pickle *pickle, uint32_t *root, size_t *used);
void pa_pickle_free(pa_pickle *pickle);

/* The dict's value for a key, PA_PICKLE_NOTHING when there is none (or `dict`
 * is no dict). */
uint32_t pa_pickle_get(const pa_pickle *pickle, uint32_t dict, const char *key);
/* Item `i` of a tuple, list or tensor; PA_PICKLE_NOTHING past the last. */
uint32_t pa_pickle_item(const pa_pickle *pickle, uint32_t value, uint32_t i);

size_t pa_pickle_type_size(pa_pickle_type type);

#endif
