/* Values, and the stack of them that opcodes work on. */
#include "base/mem.h"
#include "m2fp/pickle_reader.h"

#define MOST_STACK (1u << 18)

/* Room for one more of `size` bytes in an array of `*room`. */
static pa_status grow(const pa_pickle_reader *r, void **array, size_t *room,
                      size_t count, size_t size, size_t most) {
  if (count < *room) return PA_OK;
  if (count >= most) return pa_pickle_bad(r, "too many objects");
  size_t wanted = *room ? 2 * *room : 256;
  void *moved = pa_mem_realloc(*array, wanted * size);
  if (!moved) return pa_error_memory(r->err, wanted * size, "a pickle");
  *array = moved;
  *room = wanted;
  return PA_OK;
}

pa_status pa_pickle_push_index(const pa_pickle_reader *r, uint32_t value) {
  pa_pickle *p = r->p;
  void *stack = p->stack;
  pa_status status = grow(r, &stack, &p->stack_room, p->stack_count,
                          sizeof *p->stack, MOST_STACK);
  p->stack = stack;
  if (status == PA_OK) p->stack[p->stack_count++] = value;
  return status;
}

pa_status pa_pickle_push(const pa_pickle_reader *r, pa_pickle_value value) {
  pa_pickle *p = r->p;
  void *values = p->values;
  pa_status status = grow(r, &values, &p->value_room, p->value_count,
                          sizeof *p->values, PA_PICKLE_MOST_VALUES);
  p->values = values;
  if (status != PA_OK) return status;
  p->values[p->value_count] = value;
  return pa_pickle_push_index(r, (uint32_t)p->value_count++);
}

pa_status pa_pickle_push_kind(const pa_pickle_reader *r, pa_pickle_kind kind) {
  pa_pickle_value value = {.kind = kind};
  value.u.items.first = value.u.items.last = PA_PICKLE_NOTHING;
  return pa_pickle_push(r, value);
}

pa_status pa_pickle_push_int(const pa_pickle_reader *r, int64_t number) {
  return pa_pickle_push(
      r, (pa_pickle_value){.kind = PA_PICKLE_INT, .u.integer = number});
}

static pa_status append(const pa_pickle_reader *r, uint32_t list,
                        uint32_t value) {
  pa_pickle *p = r->p;
  void *cells = p->cells;
  pa_status status = grow(r, &cells, &p->cell_room, p->cell_count,
                          sizeof *p->cells, PA_PICKLE_MOST_VALUES);
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
pa_status pa_pickle_pop(const pa_pickle_reader *r, uint32_t *value) {
  pa_pickle *p = r->p;
  if (p->stack_count == 0 ||
      p->values[p->stack[p->stack_count - 1]].kind == PA_PICKLE_MARK)
    return pa_pickle_bad(r, "nothing on the stack");
  *value = p->stack[--p->stack_count];
  return PA_OK;
}

pa_status pa_pickle_pop_kind(const pa_pickle_reader *r, pa_pickle_kind kind,
                             uint32_t *value) {
  pa_status status = pa_pickle_pop(r, value);
  if (status == PA_OK && r->p->values[*value].kind != kind)
    return pa_pickle_bad(r, "an object of the wrong kind");
  return status;
}

/* Where the latest mark is on the stack. */
static pa_status find_mark(const pa_pickle_reader *r, size_t *mark) {
  const pa_pickle *p = r->p;
  for (size_t i = p->stack_count; i > 0; i--)
    if (p->values[p->stack[i - 1]].kind == PA_PICKLE_MARK) {
      *mark = i - 1;
      return PA_OK;
    }
  return pa_pickle_bad(r, "no mark on the stack");
}

/* The values on the stack from `first` on become items of `to`; they, and the
 * mark before them when there is one, go. */
static pa_status take_items(const pa_pickle_reader *r, size_t first,
                            size_t keep, uint32_t to) {
  pa_status status = PA_OK;
  for (size_t i = first; status == PA_OK && i < r->p->stack_count; i++)
    status = append(r, to, r->p->stack[i]);
  r->p->stack_count = keep;
  return status;
}

static pa_status make_tuple(const pa_pickle_reader *r, size_t first,
                            size_t keep) {
  pa_status status = pa_pickle_push_kind(r, PA_PICKLE_TUPLE);
  if (status != PA_OK) return status;
  uint32_t tuple = r->p->stack[--r->p->stack_count];
  status = take_items(r, first, keep, tuple);
  return status == PA_OK ? pa_pickle_push_index(r, tuple) : status;
}

pa_status pa_pickle_marked_tuple(const pa_pickle_reader *r) {
  size_t mark;
  pa_status status = find_mark(r, &mark);
  return status == PA_OK ? make_tuple(r, mark + 1, mark) : status;
}

/* The topmost `count` are values, none of them a mark. */
static bool has_values(const pa_pickle *p, size_t count) {
  if (p->stack_count < count) return false;
  for (size_t i = p->stack_count - count; i < p->stack_count; i++)
    if (p->values[p->stack[i]].kind == PA_PICKLE_MARK) return false;
  return true;
}

pa_status pa_pickle_short_tuple(const pa_pickle_reader *r, size_t count) {
  if (!has_values(r->p, count)) return pa_pickle_bad(r, "nothing on the stack");
  size_t first = r->p->stack_count - count;
  return make_tuple(r, first, first);
}

/* Items above the mark go into the list or dict below it. */
pa_status pa_pickle_extend(const pa_pickle_reader *r, pa_pickle_kind kind) {
  const pa_pickle *p = r->p;
  size_t mark = 0;
  pa_status status = find_mark(r, &mark);
  if (status != PA_OK) return status;
  if (mark == 0 || p->values[p->stack[mark - 1]].kind != kind)
    return pa_pickle_bad(r, "items for an object of the wrong kind");
  if (kind == PA_PICKLE_DICT && (p->stack_count - mark - 1) % 2 != 0)
    return pa_pickle_bad(r, "a key without a value");
  return take_items(r, mark + 1, mark, p->stack[mark - 1]);
}

/* The same for one item (a dict's key and value) without a mark. */
pa_status pa_pickle_extend_one(const pa_pickle_reader *r, pa_pickle_kind kind) {
  const pa_pickle *p = r->p;
  size_t count = kind == PA_PICKLE_DICT ? 2 : 1;
  if (p->stack_count < count + 1 || !has_values(p, count))
    return pa_pickle_bad(r, "nothing on the stack");
  size_t first = p->stack_count - count;
  if (p->values[p->stack[first - 1]].kind != kind)
    return pa_pickle_bad(r, "items for an object of the wrong kind");
  return take_items(r, first, first, p->stack[first - 1]);
}
