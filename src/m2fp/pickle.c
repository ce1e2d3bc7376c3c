#include "m2fp/pickle.h"

#include <string.h>

#include "base/mem.h"
#include "m2fp/pickle_reader.h"

size_t pa_pickle_type_size(pa_pickle_type type) {
  static const uint8_t sizes[PA_TYPES] = {8, 4, 2, 2, 8, 4, 2, 1, 1, 1};
  return sizes[type];
}

/* ------------------------------------------------------------------ bytes */

static pa_status take(pa_pickle_reader *r, size_t count,
                      const uint8_t **bytes) {
  if ((size_t)(r->end - r->at) < count) {
    pa_pickle_bad(r, "the data end early");
    return PA_ERROR_WEIGHTS;
  }
  *bytes = r->at;
  r->at += count;
  return PA_OK;
}

/* A little-endian number of up to 8 bytes. */
static pa_status take_number(pa_pickle_reader *r, size_t count,
                             uint64_t *number) {
  const uint8_t *bytes;
  pa_status status = take(r, count, &bytes);
  *number = 0;
  for (size_t i = count; status == PA_OK && i > 0; i--)
    *number = *number << 8 | bytes[i - 1];
  return status;
}

static pa_status push_number(pa_pickle_reader *r, size_t count) {
  uint64_t number;
  pa_status status = take_number(r, count, &number);
  if (status != PA_OK) return status;
  return pa_pickle_push_int(r, count == 4 ? (int32_t)(uint32_t)number
                                          : (int64_t)number);
}

/* LONG1: a length, and as many bytes of two's complement. */
static pa_status push_long(pa_pickle_reader *r) {
  uint64_t count, number;
  pa_status status = take_number(r, 1, &count);
  if (status != PA_OK) return status;
  if (count > 8) {
    /* The magic number of old files: told by its presence alone. */
    const uint8_t *unused;
    status = take(r, (size_t)count, &unused);
    return status == PA_OK ? pa_pickle_push_int(r, 0) : status;
  }
  status = take_number(r, (size_t)count, &number);
  if (status != PA_OK) return status;
  if (count > 0 && count < 8 && number >> (8 * count - 1))
    number |= UINT64_MAX << (8 * count);
  return pa_pickle_push_int(r, (int64_t)number);
}

static pa_status push_real(pa_pickle_reader *r) {
  const uint8_t *bytes;
  pa_status status = take(r, 8, &bytes);
  if (status != PA_OK) return status;
  uint64_t bits = 0; /* big-endian, unlike all else */
  for (int i = 0; i < 8; i++)
    bits = bits << 8 | bytes[i];
  pa_pickle_value value = {.kind = PA_PICKLE_REAL};
  memcpy(&value.u.real, &bits, sizeof bits);
  return pa_pickle_push(r, value);
}

static pa_status push_text(pa_pickle_reader *r, size_t length_bytes) {
  uint64_t length;
  const uint8_t *bytes;
  pa_status status = take_number(r, length_bytes, &length);
  if (status != PA_OK) return status;
  if (length > (uint64_t)(r->end - r->at))
    return pa_pickle_bad(r, "a text longer than the data");
  status = take(r, (size_t)length, &bytes);
  if (status != PA_OK) return status;
  pa_pickle_value value = {.kind = PA_PICKLE_TEXT};
  value.u.text.start = (const char *)bytes;
  value.u.text.length = (size_t)length;
  return pa_pickle_push(r, value);
}

/* ------------------------------------------------------------------- memo */

static pa_status memorize(pa_pickle_reader *r, size_t index_bytes) {
  uint64_t index;
  pa_pickle *p = r->p;
  pa_status status = take_number(r, index_bytes, &index);
  if (status != PA_OK) return status;
  if (index >= PA_PICKLE_MOST_VALUES)
    return pa_pickle_bad(r, "too many objects");
  if (p->stack_count == 0) return pa_pickle_bad(r, "nothing on the stack");
  if (index >= p->memo_room) {
    size_t room = p->memo_room ? p->memo_room : 256;
    while (room <= index)
      room *= 2;
    uint32_t *memo = pa_mem_realloc(p->memo, room * sizeof *memo);
    if (!memo) return pa_error_memory(r->err, room * sizeof *memo, "a pickle");
    for (size_t i = p->memo_room; i < room; i++)
      memo[i] = PA_PICKLE_NOTHING;
    p->memo = memo;
    p->memo_room = room;
  }
  p->memo[index] = p->stack[p->stack_count - 1];
  return PA_OK;
}

static pa_status recall(pa_pickle_reader *r, size_t index_bytes) {
  uint64_t index;
  pa_status status = take_number(r, index_bytes, &index);
  if (status != PA_OK) return status;
  if (index >= r->p->memo_room || r->p->memo[index] == PA_PICKLE_NOTHING)
    return pa_pickle_bad(r, "an object that was not memorized");
  return pa_pickle_push_index(r, r->p->memo[index]);
}

/* ---------------------------------------------------------------- machine */

static pa_status protocol(pa_pickle_reader *r) {
  uint64_t version;
  pa_status status = take_number(r, 1, &version);
  if (status != PA_OK || (version >= 2 && version <= 3)) return status;
  return pa_pickle_bad(r, "neither protocol 2 nor 3");
}

static pa_status step(pa_pickle_reader *r, uint8_t opcode) {
  uint32_t unused;
  switch (opcode) {
  case 0x80:
    return protocol(r);
  case '(':
    return pa_pickle_push_kind(r, PA_PICKLE_MARK);
  case 'N':
    return pa_pickle_push_kind(r, PA_PICKLE_NONE);
  case 0x88:
    return pa_pickle_push_int(r, 1);
  case 0x89:
    return pa_pickle_push_int(r, 0);
  case 'K':
    return push_number(r, 1);
  case 'M':
    return push_number(r, 2);
  case 'J':
    return push_number(r, 4);
  case 0x8a:
    return push_long(r);
  case 'G':
    return push_real(r);
  case 'U':
    return push_text(r, 1);
  case 'T':
  case 'X':
    return push_text(r, 4);
  case ')':
    return pa_pickle_push_kind(r, PA_PICKLE_TUPLE);
  case 0x85:
  case 0x86:
  case 0x87:
    return pa_pickle_short_tuple(r, opcode - 0x84u);
  case 't':
    return pa_pickle_marked_tuple(r);
  case ']':
    return pa_pickle_push_kind(r, PA_PICKLE_LIST);
  case 'a':
    return pa_pickle_extend_one(r, PA_PICKLE_LIST);
  case 'e':
    return pa_pickle_extend(r, PA_PICKLE_LIST);
  case '}':
    return pa_pickle_push_kind(r, PA_PICKLE_DICT);
  case 's':
    return pa_pickle_extend_one(r, PA_PICKLE_DICT);
  case 'u':
    return pa_pickle_extend(r, PA_PICKLE_DICT);
  case 'q':
    return memorize(r, 1);
  case 'r':
    return memorize(r, 4);
  case 'h':
    return recall(r, 1);
  case 'j':
    return recall(r, 4);
  case 'c':
    return pa_pickle_push_name(r);
  case 'R':
    return pa_pickle_call(r);
  case 'Q':
    return pa_pickle_push_storage(r);
  case 'b':
    return pa_pickle_set_state(r);
  case '0':
    return pa_pickle_pop(r, &unused);
  default:
    r->at--;
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "pickle: opcode 0x%02x at byte %zu, which no state "
                        "dict needs",
                        opcode, (size_t)(r->at - r->bytes));
  }
}

pa_status pa_pickle_read(pa_error *err, const uint8_t *bytes, size_t size,
                         pa_pickle *pickle, uint32_t *root, size_t *used) {
  pa_pickle_reader r = {err, pickle, bytes, bytes, bytes + size};
  pickle->stack_count = 0;
  for (size_t i = 0; i < pickle->memo_room; i++)
    pickle->memo[i] = PA_PICKLE_NOTHING;
  for (;;) {
    const uint8_t *opcode;
    pa_status status = take(&r, 1, &opcode);
    if (status == PA_OK && *opcode == '.') break;
    if (status == PA_OK) status = step(&r, *opcode);
    if (status != PA_OK) return status;
  }
  pa_status status = pa_pickle_pop(&r, root);
  if (status != PA_OK) return status;
  if (pickle->stack_count != 0)
    return pa_pickle_bad(&r, "objects are left over");
  *used = (size_t)(r.at - bytes);
  return PA_OK;
}

void pa_pickle_free(pa_pickle *pickle) {
  pa_mem_free(pickle->values);
  pa_mem_free(pickle->cells);
  pa_mem_free(pickle->stack);
  pa_mem_free(pickle->memo);
  *pickle = (pa_pickle){0};
}

uint32_t pa_pickle_get(const pa_pickle *pickle, uint32_t dict,
                       const char *key) {
  if (pickle->values[dict].kind != PA_PICKLE_DICT) return PA_PICKLE_NOTHING;
  uint32_t cell = pickle->values[dict].u.items.first;
  while (cell != PA_PICKLE_NOTHING) {
    const pa_pickle_value *k = &pickle->values[pickle->cells[cell].value];
    cell = pickle->cells[cell].next; /* the key's value: there is one */
    if (k->kind == PA_PICKLE_TEXT &&
        pa_pickle_text_is(k->u.text.start, k->u.text.length, key))
      return pickle->cells[cell].value;
    cell = pickle->cells[cell].next;
  }
  return PA_PICKLE_NOTHING;
}

uint32_t pa_pickle_item(const pa_pickle *pickle, uint32_t value, uint32_t i) {
  const pa_pickle_value *v = &pickle->values[value];
  if (v->kind != PA_PICKLE_TUPLE && v->kind != PA_PICKLE_LIST &&
      v->kind != PA_PICKLE_TENSOR)
    return PA_PICKLE_NOTHING;
  if (i >= v->u.items.count) return PA_PICKLE_NOTHING;
  uint32_t cell = v->u.items.first;
  while (i-- > 0)
    cell = pickle->cells[cell].next;
  return pickle->cells[cell].value;
}
