#include "m2fp/checkpoint.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "m2fp/zip.h"

pa_status pa_checkpoint_add(pa_error *err, pa_checkpoint *c, const char *name,
                            size_t length, const pa_checkpoint_tensor *tensor) {
  if (length == 0 || memchr(name, 0, length))
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "checkpoint: a tensor without a proper name");
  if (c->count >= PA_LIMIT_TENSORS)
    return pa_error_set(err, PA_ERROR_TOO_LARGE,
                        "checkpoint: more than %d tensors", PA_LIMIT_TENSORS);
  if (c->count == c->room) {
    size_t room = c->room ? 2 * c->room : 256;
    void *moved = pa_mem_realloc(c->tensors, room * sizeof *c->tensors);
    if (!moved)
      return pa_error_memory(err, room * sizeof *c->tensors, "tensors");
    c->tensors = moved;
    c->room = room;
  }
  char *copy = pa_mem_alloc(length + 1);
  if (!copy) return pa_error_memory(err, length + 1, "a name");
  memcpy(copy, name, length);
  copy[length] = '\0';
  c->tensors[c->count] = *tensor;
  c->tensors[c->count++].name = copy;
  return PA_OK;
}

void pa_checkpoint_close(pa_checkpoint *c) {
  for (size_t i = 0; i < c->count; i++) {
    char *name = (char *)(uintptr_t)c->tensors[i].name;
    pa_mem_free(name);
  }
  pa_mem_free(c->tensors);
  *c = (pa_checkpoint){0};
}

/* Shell sort by name, so that finding is quick and doubles are neighbours. */
static void sort(pa_checkpoint_tensor *t, size_t count) {
  for (size_t gap = count / 2; gap > 0; gap /= 2)
    for (size_t i = gap; i < count; i++) {
      pa_checkpoint_tensor moved = t[i];
      size_t j = i;
      for (; j >= gap && strcmp(t[j - gap].name, moved.name) > 0; j -= gap)
        t[j] = t[j - gap];
      t[j] = moved;
    }
}

static pa_status read_file(pa_error *err, const uint8_t *bytes, size_t size,
                           pa_checkpoint *c) {
  /* safetensors: a length, then JSON. Old PyTorch files: a pickle. */
  if (size >= 9 && bytes[8] == '{')
    return pa_checkpoint_safetensors(err, bytes, size, c);
  if (pa_zip_is(bytes, size) || (size >= 2 && bytes[0] == 0x80))
    return pa_checkpoint_torch(err, bytes, size, c);
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "the file is neither a PyTorch checkpoint (.pt, .pth) "
                      "nor safetensors");
}

pa_status pa_checkpoint_open(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_checkpoint *c) {
  *c = (pa_checkpoint){0};
  pa_status status = read_file(err, bytes, size, c);
  if (status == PA_OK) sort(c->tensors, c->count);
  for (size_t i = 1; status == PA_OK && i < c->count; i++)
    if (strcmp(c->tensors[i - 1].name, c->tensors[i].name) == 0)
      status = pa_error_set(err, PA_ERROR_WEIGHTS, "%.120s: tensor twice",
                            c->tensors[i].name);
  if (status != PA_OK) pa_checkpoint_close(c);
  return status;
}

pa_checkpoint_tensor *pa_checkpoint_find(const pa_checkpoint *c,
                                         const char *name) {
  size_t first = 0, end = c->count;
  while (first < end) {
    size_t middle = first + (end - first) / 2;
    int order = strcmp(c->tensors[middle].name, name);
    if (order == 0) return &c->tensors[middle];
    if (order < 0)
      first = middle + 1;
    else
      end = middle;
  }
  return NULL;
}

/* ----------------------------------------------------------------- values */

static float from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

/* IEEE 754 binary16; infinities and NaN stay what they are. */
static float from_half(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  uint32_t exponent = half >> 10 & 31u, fraction = half & 0x3ffu;
  if (exponent == 31) return from_bits(sign | 0x7f800000u | fraction << 13);
  if (exponent > 0)
    return from_bits(sign | (exponent + 112) << 23 | fraction << 13);
  float small = (float)fraction * 0x1p-24f;
  return sign ? -small : small;
}

static float element(pa_pickle_type type, const uint8_t *data) {
  double wide;
  float value;
  uint16_t half;
  switch (type) {
  case PA_TYPE_F64:
    memcpy(&wide, data, sizeof wide);
    return (float)wide;
  case PA_TYPE_F32:
    memcpy(&value, data, sizeof value);
    return value;
  case PA_TYPE_F16:
    memcpy(&half, data, sizeof half);
    return from_half(half);
  case PA_TYPE_BF16:
    memcpy(&half, data, sizeof half);
    return from_bits((uint32_t)half << 16);
  default:
    return NAN;
  }
}

/* Walks the tensor's places in order; `place` counts dimension by dimension. */
static size_t next_place(const pa_checkpoint_tensor *t, size_t *place,
                         size_t at) {
  for (size_t d = t->rank; d > 0; d--) {
    at += t->stride[d - 1];
    if (++place[d - 1] < t->dim[d - 1]) return at;
    at -= t->dim[d - 1] * t->stride[d - 1];
    place[d - 1] = 0;
  }
  return at;
}

pa_status pa_checkpoint_values(pa_error *err, const pa_checkpoint_tensor *t,
                               float *values) {
  size_t place[PA_LIMIT_TENSOR_RANK] = {0}, at = 0, wrong = 0;
  size_t size = pa_pickle_type_size(t->type);
  if (t->type > PA_TYPE_BF16)
    return pa_error_set(err, PA_ERROR_WEIGHTS,
                        "%.120s: whole numbers, expected floating point",
                        t->name);
  for (size_t i = 0; i < t->count; i++) {
    values[i] = element(t->type, t->data + at * size);
    wrong += !isfinite(values[i]);
    at = next_place(t, place, at);
  }
  if (wrong == 0) return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "%.120s: %zu values are not finite", t->name, wrong);
}
