/* Shapes of what moves, joins, cuts or gathers values. */
#include "nn/shape.h"

pa_status pa_infer_reduce(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  bool gone[PA_LIMIT_TENSOR_RANK] = {false};
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t rank = 0;
  for (uint32_t i = 0; i < c->op->list.count; i++) {
    size_t axis;
    pa_status status = pa_infer_find_axis(c, c->op->list.v[i], x->rank, &axis);
    if (status != PA_OK) return status;
    if (gone[axis]) return pa_infer_bad(c, "axis %zu twice", axis);
    gone[axis] = true;
  }
  for (size_t d = 0; d < x->rank; d++) {
    if (!gone[d]) dims[rank++] = (int64_t)x->dim[d];
    if (gone[d] && c->op->keep_dims) dims[rank++] = 1;
  }
  if (rank == 0) dims[rank++] = 1;
  return pa_infer_set(c, 0, rank, dims);
}

pa_status pa_infer_argmax(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK] = {1};
  for (size_t d = 0; d + 1 < x->rank; d++)
    dims[d] = (int64_t)x->dim[d];
  return pa_infer_set(c, 0, x->rank > 1 ? x->rank - 1 : 1, dims);
}

pa_status pa_infer_concat(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t axis;
  pa_status status = pa_infer_find_axis(c, c->op->axis, x->rank, &axis);
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++)
    dims[d] = d == axis ? 0 : (int64_t)x->dim[d];
  for (uint32_t i = 0; i < c->op->in_count; i++) {
    const pa_nn_shape *part = pa_infer_in(c, i);
    bool fits = part->rank == x->rank;
    for (size_t d = 0; fits && d < x->rank; d++)
      fits = d == axis || part->dim[d] == x->dim[d];
    if (!fits) return pa_infer_bad(c, "operand %u has another shape", i);
    dims[axis] += (int64_t)part->dim[axis];
  }
  return pa_infer_set(c, 0, x->rank, dims);
}

pa_status pa_infer_split(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t axis, parts = c->op->out_count;
  pa_status status = pa_infer_find_axis(c, c->op->axis, x->rank, &axis);
  if (status != PA_OK) return status;
  if (x->dim[axis] % parts != 0)
    return pa_infer_bad(c, "%zu in %zu equal parts", x->dim[axis], parts);
  for (size_t d = 0; d < x->rank; d++)
    dims[d] = (int64_t)(x->dim[d] / (d == axis ? parts : 1));
  for (uint32_t i = 0; status == PA_OK && i < parts; i++)
    status = pa_infer_set(c, i, x->rank, dims);
  return status;
}

static pa_status want_list(const pa_infer *c, const char *name) {
  if (c->op->list.count == pa_infer_in(c, 0)->rank) return PA_OK;
  return pa_infer_bad(c, "%s of %u numbers for a value of rank %zu", name,
                      c->op->list.count, pa_infer_in(c, 0)->rank);
}

pa_status pa_infer_slice(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  pa_status status = want_list(c, "begin");
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++) {
    int64_t begin = c->op->list.v[d], size = c->op->list2.v[d];
    if (size < 0) size = (int64_t)x->dim[d] - begin;
    if (size < 1 || begin + size > (int64_t)x->dim[d])
      return pa_infer_bad(c, "%lld from %lld of %zu", (long long)size,
                          (long long)begin, x->dim[d]);
    dims[d] = size;
  }
  return pa_infer_set(c, 0, x->rank, dims);
}

pa_status pa_infer_pad(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  pa_status status = want_list(c, "before");
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++)
    dims[d] = (int64_t)x->dim[d] + c->op->list.v[d] + c->op->list2.v[d];
  return pa_infer_set(c, 0, x->rank, dims);
}

pa_status pa_infer_reshape(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  const pa_nn_list *list = &c->op->list;
  int64_t dims[PA_LIMIT_TENSOR_RANK], count = (int64_t)pa_nn_count(x);
  int64_t known = 1;
  int open = -1;
  for (uint32_t d = 0; d < list->count; d++) {
    dims[d] = list->v[d];
    if (dims[d] == 0) {
      if (d >= x->rank) return pa_infer_bad(c, "no dimension %u to copy", d);
      dims[d] = (int64_t)x->dim[d];
    }
    if (dims[d] > 0) known *= dims[d];
    if (known > PA_LIMIT_TENSOR_ELEMENTS)
      return pa_infer_bad(c, "shape too large");
    if (dims[d] < 0 && open >= 0)
      return pa_infer_bad(c, "two dimensions of -1");
    if (dims[d] < 0) open = (int)d;
  }
  if (open >= 0) dims[open] = count / known;
  if (count != known * (open >= 0 ? dims[open] : 1))
    return pa_infer_bad(c, "%lld elements do not fit the shape",
                        (long long)count);
  return pa_infer_set(c, 0, list->count, dims);
}

pa_status pa_infer_transpose(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  bool seen[PA_LIMIT_TENSOR_RANK] = {false};
  pa_status status = want_list(c, "perm");
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++) {
    size_t from = (size_t)c->op->list.v[d];
    if (from >= x->rank || seen[from])
      return pa_infer_bad(c, "perm is not a permutation");
    seen[from] = true;
    dims[d] = (int64_t)x->dim[from];
  }
  return pa_infer_set(c, 0, x->rank, dims);
}

pa_status pa_infer_resize(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  pa_status status = pa_infer_want_image(c);
  if (status != PA_OK) return status;
  int64_t sides[2];
  for (int i = 0; i < 2; i++) {
    double side = (double)x->dim[1 + i] * (double)c->op->scale[i];
    if (c->op->size[i]) side = c->op->size[i];
    /* Positions are computed in float32. */
    if (side >= 1 << 24 || x->dim[1 + i] >= 1 << 24)
      return pa_infer_bad(c, "side of over 2^24 pixels");
    sides[i] = (int64_t)side;
  }
  return pa_infer_set(
      c, 0, 4,
      (int64_t[]){(int64_t)x->dim[0], sides[0], sides[1], (int64_t)x->dim[3]});
}

pa_status pa_infer_depth_to_space(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t block = c->op->block;
  pa_status status = pa_infer_want_image(c);
  if (status != PA_OK) return status;
  if (block > 1 << 14 || (int64_t)x->dim[3] % (block * block) != 0)
    return pa_infer_bad(c, "%zu channels in blocks of %lld by itself",
                        x->dim[3], (long long)block);
  return pa_infer_set(c, 0, 4,
                      (int64_t[]){(int64_t)x->dim[0],
                                  (int64_t)x->dim[1] * block,
                                  (int64_t)x->dim[2] * block,
                                  (int64_t)x->dim[3] / (block * block)});
}

pa_status pa_infer_space_to_depth(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t block = c->op->block;
  pa_status status = pa_infer_want_image(c);
  if (status != PA_OK) return status;
  if (block > 1 << 14 || (int64_t)x->dim[1] % block ||
      (int64_t)x->dim[2] % block)
    return pa_infer_bad(c, "%zu by %zu pixels in blocks of %lld", x->dim[1],
                        x->dim[2], (long long)block);
  return pa_infer_set(c, 0, 4,
                      (int64_t[]){(int64_t)x->dim[0],
                                  (int64_t)x->dim[1] / block,
                                  (int64_t)x->dim[2] / block,
                                  (int64_t)x->dim[3] * block * block});
}
