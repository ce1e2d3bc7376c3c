#include "m2fp/pickle.h"

#include <string.h>

#include "base/mem.h"

/* A state dict of 822 tensors takes 20,000 values. */
#define MOST_VALUES (1u << 21)
#define MOST_STACK (1u << 18)

/* What a global stands for. Anything but these is refused. */
typedef enum name {
  NAME_DICT,      /* an OrderedDict, called without arguments */
  NAME_TENSOR,    /* called with (storage, offset, size, stride, ...) */
  NAME_PARAMETER, /* called with (tensor, ...): the tensor itself */
  NAME_STORAGE    /* + pa_pickle_type: a type of storage */
} name;

#define STORAGE(type) ((int)NAME_STORAGE + (int)PA_TYPE_##type)

static const struct {
  const char *module, *name;
  int stands_for;
} names[] = {
    {"collections", "OrderedDict", NAME_DICT},
    {"torch._utils", "_rebuild_tensor_v2", NAME_TENSOR},
    {"torch._utils", "_rebuild_parameter", NAME_PARAMETER},
    {"torch", "DoubleStorage", STORAGE(F64)},
    {"torch", "FloatStorage", STORAGE(F32)},
    {"torch", "HalfStorage", STORAGE(F16)},
    {"torch", "BFloat16Storage", STORAGE(BF16)},
    {"torch", "LongStorage", STORAGE(I64)},
    {"torch", "IntStorage", STORAGE(I32)},
    {"torch", "ShortStorage", STORAGE(I16)},
    {"torch", "CharStorage", STORAGE(I8)},
    {"torch", "ByteStorage", STORAGE(U8)},
    {"torch", "BoolStorage", STORAGE(BOOL)},
};

size_t pa_pickle_type_size(pa_pickle_type type) {
  static const uint8_t sizes[PA_TYPES] = {8, 4, 2, 2, 8, 4, 2, 1, 1, 1};
  return sizes[type];
}

typedef struct reader {
  pa_error *err;
  pa_pickle *p;
  const uint8_t *bytes, *at, *end;
} reader;

static pa_status bad(const reader *r, const char *what) {
  return pa_error_set(r->err, PA_ERROR_WEIGHTS, "pickle: %s at byte %zu", what,
                      (size_t)(r->at - r->bytes));
}

/* --------------------------------------------------------------- storage */

/* Room for one more of `size` bytes in an array of `*room`. */
static pa_status grow(const reader *r, void **array, size_t *room, size_t count,
                      size_t size, size_t most) {
  if (count < *room) return PA_OK;
  if (count >= most) return bad(r, "too many objects");
  size_t wanted = *room ? 2 * *room : 256;
  void *moved = pa_mem_realloc(*array, wanted * size);
  if (!moved) return pa_error_memory(r->err, wanted * size, "a pickle");
  *array = moved;
  *room = wanted;
  return PA_OK;
}

static pa_status push_index(const reader *r, uint32_t value) {
  pa_pickle *p = r->p;
  void *stack = p->stack;
  pa_status status = grow(r, &stack, &p->stack_room, p->stack_count,
                          sizeof *p->stack, MOST_STACK);
  p->stack = stack;
  if (status == PA_OK) p->stack[p->stack_count++] = value;
  return status;
}

static pa_status push(const reader *r, pa_pickle_value value) {
  pa_pickle *p = r->p;
  void *values = p->values;
  pa_status status = grow(r, &values, &p->value_room, p->value_count,
                          sizeof *p->values, MOST_VALUES);
  p->values = values;
  if (status != PA_OK) return status;
  p->values[p->value_count] = value;
  return push_index(r, (uint32_t)p->value_count++);
}

static pa_status push_kind(const reader *r, pa_pickle_kind kind) {
  pa_pickle_value value = {.kind = kind};
  value.u.items.first = value.u.items.last = PA_PICKLE_NOTHING;
  return push(r, value);
}

static pa_status push_int(const reader *r, int64_t number) {
  return push(r, (pa_pickle_value){.kind = PA_PICKLE_INT, .u.integer = number});
}

static pa_status append(const reader *r, uint32_t list, uint32_t value) {
  pa_pickle *p = r->p;
  void *cells = p->cells;
  pa_status status = grow(r, &cells, &p->cell_room, p->cell_count,
                          sizeof *p->cells, MOST_VALUES);
  p->cells = cells;
  if (status != PA_OK) return status;
  uint32_t cell = (uint32_t)p->cell_count++;
  p->cells[cell] = (pa_pickle_cell){value, PA_PICKLE_NOTHING};
  pa_pickle_value *to = &p->values[list];
  if (to->u.items.first == PA_PICKLE_NOTHING)
    to->u.items.first = cell;
  else
    p->cells[to->u.items.last].next = cell;
  to->u.items.last = cell;
  to->u.items.count++;
  return PA_OK;
}

/* ----------------------------------------------------------------- stack */

/* The value on top, which must not be a mark. */
static pa_status pop(const reader *r, uint32_t *value) {
  pa_pickle *p = r->p;
  if (p->stack_count == 0 ||
      p->values[p->stack[p->stack_count - 1]].kind == PA_PICKLE_MARK)
    return bad(r, "nothing on the stack");
  *value = p->stack[--p->stack_count];
  return PA_OK;
}

static pa_status pop_kind(const reader *r, pa_pickle_kind kind,
                          uint32_t *value) {
  pa_status status = pop(r, value);
  if (status == PA_OK && r->p->values[*value].kind != kind)
    return bad(r, "an object of the wrong kind");
  return status;
}

/* Where the latest mark is on the stack. */
static pa_status find_mark(const reader *r, size_t *mark) {
  const pa_pickle *p = r->p;
  for (size_t i = p->stack_count; i > 0; i--)
    if (p->values[p->stack[i - 1]].kind == PA_PICKLE_MARK) {
      *mark = i - 1;
      return PA_OK;
    }
  return bad(r, "no mark on the stack");
}

/* The values on the stack from `first` on become items of `to`; they, and the
 * mark before them when there is one, go. */
static pa_status take_items(const reader *r, size_t first, size_t keep,
                            uint32_t to) {
  pa_status status = PA_OK;
  for (size_t i = first; status == PA_OK && i < r->p->stack_count; i++)
    status = append(r, to, r->p->stack[i]);
  r->p->stack_count = keep;
  return status;
}

static pa_status make_tuple(const reader *r, size_t first, size_t keep) {
  pa_status status = push_kind(r, PA_PICKLE_TUPLE);
  if (status != PA_OK) return status;
  uint32_t tuple = r->p->stack[--r->p->stack_count];
  status = take_items(r, first, keep, tuple);
  return status == PA_OK ? push_index(r, tuple) : status;
}

static pa_status marked_tuple(const reader *r) {
  size_t mark;
  pa_status status = find_mark(r, &mark);
  return status == PA_OK ? make_tuple(r, mark + 1, mark) : status;
}

static pa_status short_tuple(const reader *r, size_t count) {
  const pa_pickle *p = r->p;
  if (p->stack_count < count) return bad(r, "nothing on the stack");
  size_t first = p->stack_count - count;
  for (size_t i = first; i < p->stack_count; i++)
    if (p->values[p->stack[i]].kind == PA_PICKLE_MARK)
      return bad(r, "nothing on the stack");
  return make_tuple(r, first, first);
}

/* Items above the mark go into the list or dict below it. */
static pa_status extend(const reader *r, pa_pickle_kind kind) {
  const pa_pickle *p = r->p;
  size_t mark;
  pa_status status = find_mark(r, &mark);
  if (status != PA_OK) return status;
  if (mark == 0 || p->values[p->stack[mark - 1]].kind != kind)
    return bad(r, "items for an object of the wrong kind");
  if (kind == PA_PICKLE_DICT && (p->stack_count - mark - 1) % 2 != 0)
    return bad(r, "a key without a value");
  return take_items(r, mark + 1, mark, p->stack[mark - 1]);
}

/* The same for one item (a dict's key and value) without a mark. */
static pa_status extend_one(const reader *r, pa_pickle_kind kind) {
  const pa_pickle *p = r->p;
  size_t count = kind == PA_PICKLE_DICT ? 2 : 1;
  if (p->stack_count < count + 1) return bad(r, "nothing on the stack");
  size_t first = p->stack_count - count;
  for (size_t i = first; i < p->stack_count; i++)
    if (p->values[p->stack[i]].kind == PA_PICKLE_MARK)
      return bad(r, "nothing on the stack");
  if (p->values[p->stack[first - 1]].kind != kind)
    return bad(r, "items for an object of the wrong kind");
  return take_items(r, first, first, p->stack[first - 1]);
}

/* ------------------------------------------------------------------ bytes */

static pa_status take(reader *r, size_t count, const uint8_t **bytes) {
  if ((size_t)(r->end - r->at) < count) return bad(r, "the data end early");
  *bytes = r->at;
  r->at += count;
  return PA_OK;
}

/* A little-endian number of up to 8 bytes. */
static pa_status take_number(reader *r, size_t count, uint64_t *number) {
  const uint8_t *bytes;
  pa_status status = take(r, count, &bytes);
  *number = 0;
  for (size_t i = count; status == PA_OK && i > 0; i--)
    *number = *number << 8 | bytes[i - 1];
  return status;
}

static pa_status push_number(reader *r, size_t count) {
  uint64_t number;
  pa_status status = take_number(r, count, &number);
  if (status != PA_OK) return status;
  return push_int(r, count == 4 ? (int32_t)(uint32_t)number : (int64_t)number);
}

/* LONG1: a length, and as many bytes of two's complement. */
static pa_status push_long(reader *r) {
  uint64_t count, number;
  pa_status status = take_number(r, 1, &count);
  if (status != PA_OK) return status;
  if (count > 8) {
    /* The magic number of old files: told by its presence alone. */
    const uint8_t *unused;
    status = take(r, (size_t)count, &unused);
    return status == PA_OK ? push_int(r, 0) : status;
  }
  status = take_number(r, (size_t)count, &number);
  if (status != PA_OK) return status;
  if (count > 0 && count < 8 && number >> (8 * count - 1))
    number |= UINT64_MAX << (8 * count);
  return push_int(r, (int64_t)number);
}

static pa_status push_real(reader *r) {
  const uint8_t *bytes;
  pa_status status = take(r, 8, &bytes);
  if (status != PA_OK) return status;
  uint64_t bits = 0; /* big-endian, unlike all else */
  for (int i = 0; i < 8; i++)
    bits = bits << 8 | bytes[i];
  pa_pickle_value value = {.kind = PA_PICKLE_REAL};
  memcpy(&value.u.real, &bits, sizeof bits);
  return push(r, value);
}

static pa_status push_text(reader *r, size_t length_bytes) {
  uint64_t length;
  const uint8_t *bytes;
  pa_status status = take_number(r, length_bytes, &length);
  if (status != PA_OK) return status;
  if (length > (uint64_t)(r->end - r->at))
    return bad(r, "a text longer than the data");
  status = take(r, (size_t)length, &bytes);
  if (status != PA_OK) return status;
  pa_pickle_value value = {.kind = PA_PICKLE_TEXT};
  value.u.text.start = (const char *)bytes;
  value.u.text.length = (size_t)length;
  return push(r, value);
}

/* ---------------------------------------------------------------- globals */

/* A line, without its end. */
static pa_status take_line(reader *r, const char **line, size_t *length) {
  const uint8_t *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
  if (!end) return bad(r, "the data end early");
  *line = (const char *)r->at;
  *length = (size_t)(end - r->at);
  r->at = end + 1;
  return PA_OK;
}

static bool equals(const char *text, size_t length, const char *other) {
  return strlen(other) == length && !memcmp(text, other, length);
}

/* What of a foreign name is fit to print. */
static void printable(const char *text, size_t length, char *out, size_t room) {
  size_t n = 0;
  for (; n < length && n + 1 < room; n++)
    out[n] = text[n] > 32 && text[n] < 127 ? text[n] : '?';
  out[n] = '\0';
}

static pa_status push_name(reader *r) {
  const char *module, *own;
  size_t module_length, length;
  pa_status status = take_line(r, &module, &module_length);
  if (status == PA_OK) status = take_line(r, &own, &length);
  if (status != PA_OK) return status;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (equals(module, module_length, names[i].module) &&
        equals(own, length, names[i].name))
      return push(r, (pa_pickle_value){.kind = PA_PICKLE_NAME,
                                       .u.name = names[i].stands_for});
  char a[60], b[60];
  printable(module, module_length, a, sizeof a);
  printable(own, length, b, sizeof b);
  return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                      "pickle: it asks for %s.%s, which no state dict needs", a,
                      b);
}

static pa_status reduce(reader *r) {
  uint32_t arguments, callee;
  pa_pickle *p = r->p;
  pa_status status = pop_kind(r, PA_PICKLE_TUPLE, &arguments);
  if (status == PA_OK) status = pop_kind(r, PA_PICKLE_NAME, &callee);
  if (status != PA_OK) return status;
  pa_pickle_value made = p->values[arguments];
  uint32_t first = pa_pickle_item(p, arguments, 0);
  switch (p->values[callee].u.name) {
  case NAME_DICT:
    if (first != PA_PICKLE_NOTHING) return bad(r, "a dict from arguments");
    return push_kind(r, PA_PICKLE_DICT);
  case NAME_TENSOR:
    if (first == PA_PICKLE_NOTHING || made.u.items.count < 4 ||
        p->values[first].kind != PA_PICKLE_STORAGE)
      return bad(r, "a tensor without storage");
    made.kind = PA_PICKLE_TENSOR;
    return push(r, made);
  case NAME_PARAMETER:
    if (first == PA_PICKLE_NOTHING || p->values[first].kind != PA_PICKLE_TENSOR)
      return bad(r, "a parameter without a tensor");
    return push_index(r, first);
  default:
    return bad(r, "a call of what is no function");
  }
}

/* ("storage", type, key, device, elements, ...) */
static pa_status push_storage(reader *r) {
  uint32_t id;
  pa_pickle *p = r->p;
  pa_status status = pop_kind(r, PA_PICKLE_TUPLE, &id);
  if (status != PA_OK) return status;
  uint32_t item[5];
  for (uint32_t i = 0; i < 5; i++)
    item[i] = pa_pickle_item(p, id, i);
  if (item[4] == PA_PICKLE_NOTHING) return bad(r, "a storage without a size");
  const pa_pickle_value *word = &p->values[item[0]];
  const pa_pickle_value *type = &p->values[item[1]];
  const pa_pickle_value *key = &p->values[item[2]];
  const pa_pickle_value *count = &p->values[item[4]];
  if (word->kind != PA_PICKLE_TEXT ||
      !equals(word->u.text.start, word->u.text.length, "storage") ||
      type->kind != PA_PICKLE_NAME || type->u.name < NAME_STORAGE ||
      key->kind != PA_PICKLE_TEXT || count->kind != PA_PICKLE_INT ||
      count->u.integer < 0)
    return bad(r, "a storage that is none");
  pa_pickle_value value = {.kind = PA_PICKLE_STORAGE};
  value.u.storage.type = (pa_pickle_type)(type->u.name - NAME_STORAGE);
  value.u.storage.key = item[2];
  value.u.storage.count = (uint64_t)count->u.integer;
  return push(r, value);
}

/* An object's state: PyTorch gives its dicts version numbers that way. */
static pa_status build(const reader *r) {
  uint32_t state, object;
  pa_status status = pop(r, &state);
  if (status == PA_OK) status = pop_kind(r, PA_PICKLE_DICT, &object);
  return status == PA_OK ? push_index(r, object) : status;
}

/* ------------------------------------------------------------------- memo */

static pa_status memorize(reader *r, size_t index_bytes) {
  uint64_t index;
  pa_pickle *p = r->p;
  pa_status status = take_number(r, index_bytes, &index);
  if (status != PA_OK) return status;
  if (index >= MOST_VALUES) return bad(r, "too many objects");
  if (p->stack_count == 0) return bad(r, "nothing on the stack");
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

static pa_status recall(reader *r, size_t index_bytes) {
  uint64_t index;
  pa_status status = take_number(r, index_bytes, &index);
  if (status != PA_OK) return status;
  if (index >= r->p->memo_room || r->p->memo[index] == PA_PICKLE_NOTHING)
    return bad(r, "an object that was not memorized");
  return push_index(r, r->p->memo[index]);
}

/* ---------------------------------------------------------------- machine */

static pa_status protocol(reader *r) {
  uint64_t version;
  pa_status status = take_number(r, 1, &version);
  if (status != PA_OK || (version >= 2 && version <= 3)) return status;
  return bad(r, "neither protocol 2 nor 3");
}

static pa_status step(reader *r, uint8_t opcode) {
  uint32_t unused;
  switch (opcode) {
  case 0x80:
    return protocol(r);
  case '(':
    return push_kind(r, PA_PICKLE_MARK);
  case 'N':
    return push_kind(r, PA_PICKLE_NONE);
  case 0x88:
    return push_int(r, 1);
  case 0x89:
    return push_int(r, 0);
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
    return push_kind(r, PA_PICKLE_TUPLE);
  case 0x85:
  case 0x86:
  case 0x87:
    return short_tuple(r, opcode - 0x84u);
  case 't':
    return marked_tuple(r);
  case ']':
    return push_kind(r, PA_PICKLE_LIST);
  case 'a':
    return extend_one(r, PA_PICKLE_LIST);
  case 'e':
    return extend(r, PA_PICKLE_LIST);
  case '}':
    return push_kind(r, PA_PICKLE_DICT);
  case 's':
    return extend_one(r, PA_PICKLE_DICT);
  case 'u':
    return extend(r, PA_PICKLE_DICT);
  case 'q':
    return memorize(r, 1);
  case 'r':
    return memorize(r, 4);
  case 'h':
    return recall(r, 1);
  case 'j':
    return recall(r, 4);
  case 'c':
    return push_name(r);
  case 'R':
    return reduce(r);
  case 'Q':
    return push_storage(r);
  case 'b':
    return build(r);
  case '0':
    return pop(r, &unused);
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
  reader r = {err, pickle, bytes, bytes, bytes + size};
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
  pa_status status = pop(&r, root);
  if (status != PA_OK) return status;
  if (pickle->stack_count != 0) return bad(&r, "objects are left over");
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
        equals(k->u.text.start, k->u.text.length, key))
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
