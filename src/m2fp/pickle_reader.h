/* The reader's inside: a cursor, and the machine's stack of values. Private to
 * the files named pickle*.c. */
#ifndef PARSONA_M2FP_PICKLE_READER_H
#define PARSONA_M2FP_PICKLE_READER_H

#include <stdbool.h>

#include "m2fp/pickle.h"

/* A state dict of 822 tensors takes 20,000 values. */
#define PA_PICKLE_MOST_VALUES (1u << 21)

typedef struct pa_pickle_reader {
  pa_error *err;
  pa_pickle *p;
  const uint8_t *bytes, *at, *end;
} pa_pickle_reader;

static inline pa_status pa_pickle_bad(const pa_pickle_reader *r,
                                      const char *what) {
  return pa_error_set(r->err, PA_ERROR_WEIGHTS, "pickle: %s at byte %zu", what,
                      (size_t)(r->at - r->bytes));
}

/* pickle_stack.c */
pa_status pa_pickle_push_index(const pa_pickle_reader *r, uint32_t value);
pa_status pa_pickle_push(const pa_pickle_reader *r, pa_pickle_value value);
pa_status pa_pickle_push_kind(const pa_pickle_reader *r, pa_pickle_kind kind);
pa_status pa_pickle_push_int(const pa_pickle_reader *r, int64_t number);
/* The value on top, which must not be a mark. */
pa_status pa_pickle_pop(const pa_pickle_reader *r, uint32_t *value);
pa_status pa_pickle_pop_kind(const pa_pickle_reader *r, pa_pickle_kind kind,
                             uint32_t *value);
pa_status pa_pickle_marked_tuple(const pa_pickle_reader *r);
pa_status pa_pickle_short_tuple(const pa_pickle_reader *r, size_t count);
/* Items above the mark go into the list or dict below it. */
pa_status pa_pickle_extend(const pa_pickle_reader *r, pa_pickle_kind kind);
/* The same for one item (a dict's key and value) without a mark. */
pa_status pa_pickle_extend_one(const pa_pickle_reader *r, pa_pickle_kind kind);

/* pickle_objects.c: the globals of the table, and what they are called for. */
pa_status pa_pickle_push_name(pa_pickle_reader *r);
pa_status pa_pickle_call(pa_pickle_reader *r);
/* ("storage", type, key, device, elements, ...) */
pa_status pa_pickle_push_storage(pa_pickle_reader *r);
/* An object's state: PyTorch gives its dicts version numbers that way. */
pa_status pa_pickle_set_state(const pa_pickle_reader *r);
bool pa_pickle_text_is(const char *text, size_t length, const char *other);

#endif
