/* Storages and tensors: the only objects there are. */
#include <string.h>

#include "m2fp/pickle_reader.h"

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

/* A line, without its end. */
static pa_status take_line(pa_pickle_reader *r, const char **line,
                           size_t *length) {
  const uint8_t *end = memchr(r->at, '\n', (size_t)(r->end - r->at));
  if (!end) return pa_pickle_bad(r, "the data end early");
  *line = (const char *)r->at;
  *length = (size_t)(end - r->at);
  r->at = end + 1;
  return PA_OK;
}

bool pa_pickle_text_is(const char *text, size_t length, const char *other) {
  return strlen(other) == length && !memcmp(text, other, length);
}

/* What of a foreign name is fit to print. */
static void printable(const char *text, size_t length, char *out, size_t room) {
  size_t n = 0;
  for (; n < length && n + 1 < room; n++)
    out[n] = text[n] > 32 && text[n] < 127 ? text[n] : '?';
  out[n] = '\0';
}

pa_status pa_pickle_push_name(pa_pickle_reader *r) {
  const char *module = "", *own = "";
  size_t module_length = 0, length = 0;
  pa_status status = take_line(r, &module, &module_length);
  if (status == PA_OK) status = take_line(r, &own, &length);
  if (status != PA_OK) return status;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (pa_pickle_text_is(module, module_length, names[i].module) &&
        pa_pickle_text_is(own, length, names[i].name))
      return pa_pickle_push(r,
                            (pa_pickle_value){.kind = PA_PICKLE_NAME,
                                              .u.name = names[i].stands_for});
  char a[60], b[60];
  printable(module, module_length, a, sizeof a);
  printable(own, length, b, sizeof b);
  return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                      "pickle: it asks for %s.%s, which no state dict needs", a,
                      b);
}

pa_status pa_pickle_call(pa_pickle_reader *r) {
  uint32_t arguments, callee;
  pa_pickle *p = r->p;
  pa_status status = pa_pickle_pop_kind(r, PA_PICKLE_TUPLE, &arguments);
  if (status == PA_OK) status = pa_pickle_pop_kind(r, PA_PICKLE_NAME, &callee);
  if (status != PA_OK) return status;
  pa_pickle_value made = p->values[arguments];
  uint32_t first = pa_pickle_item(p, arguments, 0);
  switch (p->values[callee].u.name) {
  case NAME_DICT:
    if (first != PA_PICKLE_NOTHING)
      return pa_pickle_bad(r, "a dict from arguments");
    return pa_pickle_push_kind(r, PA_PICKLE_DICT);
  case NAME_TENSOR:
    if (first == PA_PICKLE_NOTHING || made.u.items.count < 4 ||
        p->values[first].kind != PA_PICKLE_STORAGE)
      return pa_pickle_bad(r, "a tensor without storage");
    made.kind = PA_PICKLE_TENSOR;
    return pa_pickle_push(r, made);
  case NAME_PARAMETER:
    if (first == PA_PICKLE_NOTHING || p->values[first].kind != PA_PICKLE_TENSOR)
      return pa_pickle_bad(r, "a parameter without a tensor");
    return pa_pickle_push_index(r, first);
  default:
    return pa_pickle_bad(r, "a call of what is no function");
  }
}

/* ("storage", type, key, device, elements, ...) */
pa_status pa_pickle_push_storage(pa_pickle_reader *r) {
  uint32_t id;
  pa_pickle *p = r->p;
  pa_status status = pa_pickle_pop_kind(r, PA_PICKLE_TUPLE, &id);
  if (status != PA_OK) return status;
  uint32_t item[5];
  for (uint32_t i = 0; i < 5; i++)
    item[i] = pa_pickle_item(p, id, i);
  if (item[4] == PA_PICKLE_NOTHING)
    return pa_pickle_bad(r, "a storage without a size");
  const pa_pickle_value *word = &p->values[item[0]];
  const pa_pickle_value *type = &p->values[item[1]];
  const pa_pickle_value *key = &p->values[item[2]];
  const pa_pickle_value *count = &p->values[item[4]];
  if (word->kind != PA_PICKLE_TEXT ||
      !pa_pickle_text_is(word->u.text.start, word->u.text.length, "storage") ||
      type->kind != PA_PICKLE_NAME || type->u.name < NAME_STORAGE ||
      key->kind != PA_PICKLE_TEXT || count->kind != PA_PICKLE_INT ||
      count->u.integer < 0)
    return pa_pickle_bad(r, "a storage that is none");
  pa_pickle_value value = {.kind = PA_PICKLE_STORAGE};
  value.u.storage.type = (pa_pickle_type)(type->u.name - NAME_STORAGE);
  value.u.storage.key = item[2];
  value.u.storage.count = (uint64_t)count->u.integer;
  return pa_pickle_push(r, value);
}

/* An object's state: PyTorch gives its dicts version numbers that way. */
pa_status pa_pickle_set_state(const pa_pickle_reader *r) {
  uint32_t state, object;
  pa_status status = pa_pickle_pop(r, &state);
  if (status == PA_OK) status = pa_pickle_pop_kind(r, PA_PICKLE_DICT, &object);
  return status == PA_OK ? pa_pickle_push_index(r, object) : status;
}
