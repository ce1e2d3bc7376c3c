/* Shapes, op by op. Whatever depends on a shape is checked here, so that the
 * code that makes operators can rely on it. Sizes are computed in 64 bits: no
 * product here can overflow them. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "nn/graph.h"

typedef struct infer {
  pa_error *err;
  const pa_nn_graph *graph;
  const pa_nn_op *op;
  pa_nn_shape *shapes;
} infer;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static pa_status
bad(const infer *c, const char *format, ...) {
  char label[96], text[160];
  va_list args;
  pa_nn_op_label(c->graph, c->op, label, sizeof label);
  va_start(args, format);
  vsnprintf(text, sizeof text, format, args);
  va_end(args);
  return pa_error_set(c->err, PA_ERROR_WEIGHTS, "%s: %s", label, text);
}

static const pa_nn_shape *in(const infer *c, uint32_t i) {
  return &c->shapes[c->op->in[i]];
}

static pa_nn_shape *out(const infer *c, uint32_t i) {
  return &c->shapes[c->op->out[i]];
}

size_t pa_nn_count(const pa_nn_shape *shape) {
  size_t count = 1;
  for (size_t i = 0; i < shape->rank; i++)
    count *= shape->dim[i];
  return count;
}

/* Stores a result's shape, its rank and dimensions checked. */
static pa_status set(const infer *c, uint32_t i, size_t rank,
                     const int64_t *dims) {
  pa_nn_shape *shape = out(c, i);
  int64_t count = 1;
  if (rank < 1 || rank > PA_LIMIT_TENSOR_RANK)
    return bad(c, "result of rank %zu", rank);
  shape->rank = rank;
  for (size_t d = 0; d < rank; d++) {
    if (dims[d] < 1) return bad(c, "dimension %zu of the result is empty", d);
    if (dims[d] > PA_LIMIT_TENSOR_ELEMENTS ||
        count * dims[d] > PA_LIMIT_TENSOR_ELEMENTS) {
      bad(c, "result of over %u elements", PA_LIMIT_TENSOR_ELEMENTS);
      return c->err ? (c->err->status = PA_ERROR_TOO_LARGE)
                    : PA_ERROR_TOO_LARGE;
    }
    count *= dims[d];
    shape->dim[d] = (size_t)dims[d];
  }
  return PA_OK;
}

static pa_status same_as_input(const infer *c) {
  *out(c, 0) = *in(c, 0);
  return PA_OK;
}

static pa_status want_image(const infer *c) {
  if (in(c, 0)->rank == 4) return PA_OK;
  return bad(c, "input of rank %zu, wants 4", in(c, 0)->rank);
}

/* An axis, counted from the end when negative. */
static pa_status find_axis(const infer *c, int32_t axis, size_t rank,
                           size_t *found) {
  int64_t a = axis < 0 ? axis + (int64_t)rank : axis;
  if (a < 0 || a >= (int64_t)rank)
    return bad(c, "axis %d of a value of rank %zu", axis, rank);
  *found = (size_t)a;
  return PA_OK;
}

/* ------------------------------------------------------------- windows */

void pa_nn_window(const pa_nn_op *op, int32_t window[2]) {
  const size_t *w = op->weight ? op->weight->shape.dim : NULL;
  int first = op->kind == PA_NN_DEPTHWISE_CONV2D ? 0 : 1;
  for (int i = 0; i < 2; i++)
    window[i] = w ? (int32_t)w[first + i] : op->size[i];
}

void pa_nn_pads(const pa_nn_op *op, size_t height, size_t width,
                const size_t span[2], int32_t pad[4]) {
  const size_t side[2] = {height, width};
  memcpy(pad, op->pad, 4 * sizeof *pad);
  if (op->pad_mode != PA_NN_SAME) return;
  for (int i = 0; i < 2; i++) {
    size_t stride = (size_t)op->stride[i];
    size_t results = (side[i] + stride - 1) / stride;
    size_t wanted = (results - 1) * stride + span[i];
    size_t total = wanted > side[i] ? wanted - side[i] : 0;
    pad[i == 0 ? 0 : 3] = (int32_t)(total / 2);
    pad[i == 0 ? 2 : 1] = (int32_t)(total - total / 2);
  }
}

/* Height and width of what a sliding window gives. */
static pa_status slide(const infer *c, int64_t sides[2]) {
  const pa_nn_op *op = c->op;
  int32_t window[2], pad[4];
  size_t span[2];
  pa_nn_window(op, window);
  for (int i = 0; i < 2; i++) {
    int64_t s = ((int64_t)window[i] - 1) * op->dilation[i] + 1;
    if (s > PA_LIMIT_TENSOR_ELEMENTS) return bad(c, "window of over 2^28");
    span[i] = (size_t)s;
  }
  pa_nn_pads(op, in(c, 0)->dim[1], in(c, 0)->dim[2], span, pad);
  for (int i = 0; i < 2; i++) {
    int64_t before = pad[i == 0 ? 0 : 3], after = pad[i == 0 ? 2 : 1];
    int64_t side = (int64_t)in(c, 0)->dim[1 + i] + before + after;
    if (before >= (int64_t)span[i] || after >= (int64_t)span[i])
      return bad(c, "padding of %lld is not less than the window of %zu",
                 (long long)(before > after ? before : after), span[i]);
    if (side < (int64_t)span[i])
      return bad(c, "window of %zu on %lld pixels", span[i], (long long)side);
    sides[i] = (side - (int64_t)span[i]) / op->stride[i] + 1;
  }
  return PA_OK;
}

static pa_status check_channels(const infer *c, size_t channels) {
  const pa_nn_op *op = c->op;
  if (op->weight_scale && op->weight_scale->count != channels)
    return bad(c, "%zu scales for %zu channels", op->weight_scale->count,
               channels);
  if (op->bias && (op->bias->shape.rank != 1 || op->bias->count != channels))
    return bad(c, "bias of %zu values for %zu channels", op->bias->count,
               channels);
  return PA_OK;
}

static pa_status weight_rank(const infer *c, size_t rank) {
  if (c->op->weight->shape.rank == rank) return PA_OK;
  return bad(c, "weight of rank %zu, wants %zu", c->op->weight->shape.rank,
             rank);
}

static pa_status conv2d(const infer *c) {
  const pa_nn_op *op = c->op;
  const size_t *w = op->weight->shape.dim;
  int64_t sides[2];
  pa_status status = want_image(c);
  if (status == PA_OK) status = weight_rank(c, 4);
  if (status != PA_OK) return status;
  size_t groups = (size_t)op->groups, channels = in(c, 0)->dim[3];
  if (channels % groups || w[0] % groups || channels / groups != w[3])
    return bad(c, "%zu channels in %zu groups, weight wants %zu a group",
               channels, groups, w[3]);
  status = check_channels(c, w[0]);
  if (status == PA_OK) status = slide(c, sides);
  if (status != PA_OK) return status;
  return set(c, 0, 4,
             (int64_t[]){(int64_t)in(c, 0)->dim[0], sides[0], sides[1],
                         (int64_t)w[0]});
}

static pa_status depthwise_conv2d(const infer *c) {
  const size_t *w = c->op->weight->shape.dim;
  int64_t sides[2];
  pa_status status = want_image(c);
  if (status == PA_OK) status = weight_rank(c, 3);
  if (status != PA_OK) return status;
  if (w[2] % in(c, 0)->dim[3] != 0)
    return bad(c, "%zu channels, weight has %zu", in(c, 0)->dim[3], w[2]);
  status = check_channels(c, w[2]);
  if (status == PA_OK) status = slide(c, sides);
  if (status != PA_OK) return status;
  return set(c, 0, 4,
             (int64_t[]){(int64_t)in(c, 0)->dim[0], sides[0], sides[1],
                         (int64_t)w[2]});
}

static pa_status deconv2d(const infer *c) {
  const pa_nn_op *op = c->op;
  const size_t *w = op->weight->shape.dim;
  pa_status status = want_image(c);
  if (status == PA_OK) status = weight_rank(c, 4);
  if (status != PA_OK) return status;
  if (in(c, 0)->dim[3] != w[3])
    return bad(c, "%zu channels, weight has %zu", in(c, 0)->dim[3], w[3]);
  status = check_channels(c, w[0]);
  if (status != PA_OK) return status;
  int64_t sides[2];
  for (int i = 0; i < 2; i++) {
    int64_t before = op->pad[i == 0 ? 0 : 3], after = op->pad[i == 0 ? 2 : 1];
    if (before >= (int64_t)w[1 + i] || after >= (int64_t)w[1 + i])
      return bad(c, "padding of %lld is not less than the window of %zu",
                 (long long)(before > after ? before : after), w[1 + i]);
    if (op->output_pad[i] >= op->stride[i])
      return bad(c, "output_pad of %d is not less than the stride of %d",
                 op->output_pad[i], op->stride[i]);
    sides[i] = ((int64_t)in(c, 0)->dim[1 + i] - 1) * op->stride[i] +
               (int64_t)w[1 + i] + op->output_pad[i] - before - after;
  }
  return set(c, 0, 4,
             (int64_t[]){(int64_t)in(c, 0)->dim[0], sides[0], sides[1],
                         (int64_t)w[0]});
}

static pa_status pool2d(const infer *c) {
  int64_t sides[2];
  pa_status status = want_image(c);
  if (status == PA_OK) status = slide(c, sides);
  if (status != PA_OK) return status;
  return set(c, 0, 4,
             (int64_t[]){(int64_t)in(c, 0)->dim[0], sides[0], sides[1],
                         (int64_t)in(c, 0)->dim[3]});
}

/* -------------------------------------------------------------- matrices */

static pa_status fully_connected(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  pa_status status = weight_rank(c, 2);
  if (status != PA_OK) return status;
  const size_t *w = c->op->weight->shape.dim;
  if (x->dim[x->rank - 1] != w[1])
    return bad(c, "last axis is %zu, weight wants %zu", x->dim[x->rank - 1],
               w[1]);
  status = check_channels(c, w[0]);
  if (status != PA_OK) return status;
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  for (size_t i = 0; i < x->rank; i++)
    dims[i] = (int64_t)x->dim[i];
  dims[x->rank - 1] = (int64_t)w[0];
  return set(c, 0, x->rank, dims);
}

/* The dimension `from_end` (1 is the last), 1 beyond the first. */
static int64_t dim_from_end(const pa_nn_shape *shape, size_t from_end) {
  return from_end > shape->rank ? 1
                                : (int64_t)shape->dim[shape->rank - from_end];
}

/* NumPy's rule on dimensions from `skip + 1` on, counted from the end. */
static pa_status broadcast(const infer *c, size_t skip, size_t rank,
                           int64_t *dims) {
  for (size_t e = skip + 1; e <= rank; e++) {
    int64_t a = dim_from_end(in(c, 0), e), b = dim_from_end(in(c, 1), e);
    if (a != b && a != 1 && b != 1)
      return bad(c, "dimensions %lld and %lld do not go together", (long long)a,
                 (long long)b);
    dims[rank - e] = a == 1 ? b : a;
  }
  return PA_OK;
}

static size_t larger_rank(const infer *c) {
  size_t a = in(c, 0)->rank, b = in(c, 1)->rank;
  return a > b ? a : b;
}

static pa_status batch_matmul(const infer *c) {
  const pa_nn_shape *a = in(c, 0), *b = in(c, 1);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t rank = larger_rank(c);
  if (a->rank < 2 || b->rank < 2) return bad(c, "operand of rank below 2");
  int64_t k = dim_from_end(b, c->op->transpose_b ? 1 : 2);
  if (dim_from_end(a, 1) != k)
    return bad(c, "%lld columns by %lld rows", (long long)dim_from_end(a, 1),
               (long long)k);
  pa_status status = broadcast(c, 2, rank, dims);
  if (status != PA_OK) return status;
  dims[rank - 2] = dim_from_end(a, 2);
  dims[rank - 1] = dim_from_end(b, c->op->transpose_b ? 2 : 1);
  return set(c, 0, rank, dims);
}

static pa_status binary(const infer *c) {
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t rank = larger_rank(c);
  pa_status status = broadcast(c, 0, rank, dims);
  return status == PA_OK ? set(c, 0, rank, dims) : status;
}

static pa_status prelu(const infer *c) {
  const pa_nn_shape *x = in(c, 0), *slope = in(c, 1);
  if (!c->graph->values[c->op->in[1]].constant || slope->rank != 1 ||
      slope->dim[0] != x->dim[x->rank - 1])
    return bad(c, "slope is not a constant of %zu values", x->dim[x->rank - 1]);
  return same_as_input(c);
}

/* --------------------------------------------------------------- layout */

static pa_status reduce(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  bool gone[PA_LIMIT_TENSOR_RANK] = {false};
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t rank = 0;
  for (uint32_t i = 0; i < c->op->list.count; i++) {
    size_t axis;
    pa_status status = find_axis(c, c->op->list.v[i], x->rank, &axis);
    if (status != PA_OK) return status;
    if (gone[axis]) return bad(c, "axis %zu twice", axis);
    gone[axis] = true;
  }
  for (size_t d = 0; d < x->rank; d++) {
    if (!gone[d]) dims[rank++] = (int64_t)x->dim[d];
    if (gone[d] && c->op->keep_dims) dims[rank++] = 1;
  }
  if (rank == 0) dims[rank++] = 1;
  return set(c, 0, rank, dims);
}

static pa_status argmax(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK] = {1};
  for (size_t d = 0; d + 1 < x->rank; d++)
    dims[d] = (int64_t)x->dim[d];
  return set(c, 0, x->rank > 1 ? x->rank - 1 : 1, dims);
}

static pa_status concat(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t axis;
  pa_status status = find_axis(c, c->op->axis, x->rank, &axis);
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++)
    dims[d] = d == axis ? 0 : (int64_t)x->dim[d];
  for (uint32_t i = 0; i < c->op->in_count; i++) {
    const pa_nn_shape *part = in(c, i);
    bool fits = part->rank == x->rank;
    for (size_t d = 0; fits && d < x->rank; d++)
      fits = d == axis || part->dim[d] == x->dim[d];
    if (!fits) return bad(c, "operand %u has another shape", i);
    dims[axis] += (int64_t)part->dim[axis];
  }
  return set(c, 0, x->rank, dims);
}

static pa_status split(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  size_t axis, parts = c->op->out_count;
  pa_status status = find_axis(c, c->op->axis, x->rank, &axis);
  if (status != PA_OK) return status;
  if (x->dim[axis] % parts != 0)
    return bad(c, "%zu in %zu equal parts", x->dim[axis], parts);
  for (size_t d = 0; d < x->rank; d++)
    dims[d] = (int64_t)(x->dim[d] / (d == axis ? parts : 1));
  for (uint32_t i = 0; status == PA_OK && i < parts; i++)
    status = set(c, i, x->rank, dims);
  return status;
}

static pa_status want_list(const infer *c, const char *name) {
  if (c->op->list.count == in(c, 0)->rank) return PA_OK;
  return bad(c, "%s of %u numbers for a value of rank %zu", name,
             c->op->list.count, in(c, 0)->rank);
}

static pa_status slice(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  pa_status status = want_list(c, "begin");
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++) {
    int64_t begin = c->op->list.v[d], size = c->op->list2.v[d];
    if (size < 0) size = (int64_t)x->dim[d] - begin;
    if (size < 1 || begin + size > (int64_t)x->dim[d])
      return bad(c, "%lld from %lld of %zu", (long long)size, (long long)begin,
                 x->dim[d]);
    dims[d] = size;
  }
  return set(c, 0, x->rank, dims);
}

static pa_status pad(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  pa_status status = want_list(c, "before");
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++)
    dims[d] = (int64_t)x->dim[d] + c->op->list.v[d] + c->op->list2.v[d];
  return set(c, 0, x->rank, dims);
}

static pa_status reshape(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  const pa_nn_list *list = &c->op->list;
  int64_t dims[PA_LIMIT_TENSOR_RANK], count = (int64_t)pa_nn_count(x);
  int64_t known = 1;
  int open = -1;
  for (uint32_t d = 0; d < list->count; d++) {
    dims[d] = list->v[d];
    if (dims[d] == 0) {
      if (d >= x->rank) return bad(c, "no dimension %u to copy", d);
      dims[d] = (int64_t)x->dim[d];
    }
    if (dims[d] > 0) known *= dims[d];
    if (known > PA_LIMIT_TENSOR_ELEMENTS) return bad(c, "shape too large");
    if (dims[d] < 0 && open >= 0) return bad(c, "two dimensions of -1");
    if (dims[d] < 0) open = (int)d;
  }
  if (open >= 0) dims[open] = count / known;
  if (count != known * (open >= 0 ? dims[open] : 1))
    return bad(c, "%lld elements do not fit the shape", (long long)count);
  return set(c, 0, list->count, dims);
}

static pa_status transpose(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK];
  bool seen[PA_LIMIT_TENSOR_RANK] = {false};
  pa_status status = want_list(c, "perm");
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++) {
    size_t from = (size_t)c->op->list.v[d];
    if (from >= x->rank || seen[from])
      return bad(c, "perm is not a permutation");
    seen[from] = true;
    dims[d] = (int64_t)x->dim[from];
  }
  return set(c, 0, x->rank, dims);
}

static pa_status resize(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  pa_status status = want_image(c);
  if (status != PA_OK) return status;
  int64_t sides[2];
  for (int i = 0; i < 2; i++) {
    double side = (double)x->dim[1 + i] * (double)c->op->scale[i];
    if (c->op->size[i]) side = c->op->size[i];
    /* Positions are computed in float32. */
    if (side >= 1 << 24 || x->dim[1 + i] >= 1 << 24)
      return bad(c, "side of over 2^24 pixels");
    sides[i] = (int64_t)side;
  }
  return set(
      c, 0, 4,
      (int64_t[]){(int64_t)x->dim[0], sides[0], sides[1], (int64_t)x->dim[3]});
}

static pa_status depth_to_space(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t block = c->op->block;
  pa_status status = want_image(c);
  if (status != PA_OK) return status;
  if (block > 1 << 14 || (int64_t)x->dim[3] % (block * block) != 0)
    return bad(c, "%zu channels in blocks of %lld by itself", x->dim[3],
               (long long)block);
  return set(c, 0, 4,
             (int64_t[]){(int64_t)x->dim[0], (int64_t)x->dim[1] * block,
                         (int64_t)x->dim[2] * block,
                         (int64_t)x->dim[3] / (block * block)});
}

static pa_status space_to_depth(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t block = c->op->block;
  pa_status status = want_image(c);
  if (status != PA_OK) return status;
  if (block > 1 << 14 || (int64_t)x->dim[1] % block ||
      (int64_t)x->dim[2] % block)
    return bad(c, "%zu by %zu pixels in blocks of %lld", x->dim[1], x->dim[2],
               (long long)block);
  return set(c, 0, 4,
             (int64_t[]){(int64_t)x->dim[0], (int64_t)x->dim[1] / block,
                         (int64_t)x->dim[2] / block,
                         (int64_t)x->dim[3] * block * block});
}

static pa_status norm(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  size_t channels = x->dim[x->rank - 1], groups = (size_t)c->op->groups;
  const pa_nn_shape *w = &c->op->weight->shape;
  if (w->rank != 1 || w->dim[0] != channels)
    return bad(c, "weight is not of %zu values", channels);
  if (channels % groups != 0)
    return bad(c, "%zu channels in %zu groups", channels, groups);
  pa_status status = check_channels(c, channels);
  return status == PA_OK ? same_as_input(c) : status;
}

static pa_status constant(const infer *c) {
  if (in(c, 0)->rank == 0) return bad(c, "a constant without dimensions");
  return same_as_input(c);
}

static pa_status reshape_like(const infer *c) {
  if (pa_nn_count(in(c, 0)) != pa_nn_count(in(c, 1)))
    return bad(c, "%zu elements in the shape of %zu", pa_nn_count(in(c, 0)),
               pa_nn_count(in(c, 1)));
  *out(c, 0) = *in(c, 1);
  return PA_OK;
}

static pa_status split_like(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK], left;
  size_t axis;
  if (c->op->out_count + 1 != c->op->in_count)
    return bad(c, "%u results like %u values", c->op->out_count,
               c->op->in_count - 1);
  pa_status status = find_axis(c, c->op->axis, x->rank, &axis);
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++)
    dims[d] = (int64_t)x->dim[d];
  left = dims[axis];
  for (uint32_t i = 0; status == PA_OK && i < c->op->out_count; i++) {
    const pa_nn_shape *like = in(c, i + 1);
    if (like->rank <= axis) return bad(c, "operand %u has no such axis", i + 1);
    dims[axis] = (int64_t)like->dim[axis];
    left -= dims[axis];
    status = set(c, i, x->rank, dims);
  }
  if (status == PA_OK && left != 0)
    return bad(c, "the parts are not as long as the whole");
  return status;
}

static pa_status sine_position(const infer *c) {
  const pa_nn_shape *x = in(c, 0);
  pa_status status = want_image(c);
  if (status != PA_OK) return status;
  if (c->op->features % 4 != 0)
    return bad(c, "%d features are no multiple of 4", c->op->features);
  return set(c, 0, 4,
             (int64_t[]){(int64_t)x->dim[0], (int64_t)x->dim[1],
                         (int64_t)x->dim[2], c->op->features});
}

static bool is_matrix(const pa_nn_shape *x, size_t n, size_t rows,
                      size_t columns) {
  return x->rank == 3 && x->dim[0] == n && x->dim[1] == rows &&
         x->dim[2] == columns;
}

/* A token for each pixel of each level, a sample for each head, level and
 * point. */
static pa_status deform_attention(const infer *c) {
  const pa_nn_shape *value = in(c, 0);
  size_t levels = c->op->in_count - 3, heads = (size_t)c->op->heads;
  size_t points = (size_t)c->op->points, tokens = 0;
  if (value->rank != 3) return bad(c, "value of rank %zu", value->rank);
  for (uint32_t i = 3; i < c->op->in_count; i++) {
    const pa_nn_shape *level = in(c, i);
    if (level->rank != 4) return bad(c, "operand %u is no image", i);
    if (level->dim[1] >= 1 << 24 || level->dim[2] >= 1 << 24)
      return bad(c, "side of over 2^24 pixels"); /* places are float32 */
    tokens += level->dim[1] * level->dim[2];
  }
  if (levels * points > PA_NN_DEFORM_SAMPLES || heads > value->dim[2] ||
      value->dim[2] % heads != 0)
    return bad(c, "%zu heads of %zu levels and %zu points", heads, levels,
               points);
  size_t samples = heads * levels * points;
  if (value->dim[1] != tokens ||
      !is_matrix(in(c, 1), value->dim[0], tokens, 2 * samples) ||
      !is_matrix(in(c, 2), value->dim[0], tokens, samples))
    return bad(c, "not %zu tokens of %zu samples", tokens, samples);
  return same_as_input(c);
}

/* ----------------------------------------------------------------- graph */

/* NOLINTNEXTLINE(readability-function-size): one line an op. */
static pa_status infer_op(const infer *c) {
  switch (c->op->kind) {
  case PA_NN_CONV2D:
    return conv2d(c);
  case PA_NN_DEPTHWISE_CONV2D:
    return depthwise_conv2d(c);
  case PA_NN_DECONV2D:
    return deconv2d(c);
  case PA_NN_FULLY_CONNECTED:
    return fully_connected(c);
  case PA_NN_BATCH_MATMUL:
    return batch_matmul(c);
  case PA_NN_ADD:
  case PA_NN_SUB:
  case PA_NN_MUL:
  case PA_NN_DIV:
  case PA_NN_MIN:
  case PA_NN_MAX:
  case PA_NN_SQUARED_DIFFERENCE:
    return binary(c);
  case PA_NN_PRELU:
    return prelu(c);
  case PA_NN_RELU:
  case PA_NN_RELU6:
  case PA_NN_CLAMP:
  case PA_NN_SIGMOID:
  case PA_NN_TANH:
  case PA_NN_HARDSWISH:
  case PA_NN_GELU:
  case PA_NN_EXP:
  case PA_NN_SQRT:
  case PA_NN_RSQRT:
  case PA_NN_ABS:
  case PA_NN_NEG:
  case PA_NN_SQUARE:
  case PA_NN_FLOOR:
  case PA_NN_LEAKY_RELU:
  case PA_NN_SOFTMAX:
    return same_as_input(c);
  case PA_NN_AVG_POOL2D:
  case PA_NN_MAX_POOL2D:
    return pool2d(c);
  case PA_NN_MEAN:
  case PA_NN_SUM:
    return reduce(c);
  case PA_NN_CONCAT:
    return concat(c);
  case PA_NN_SPLIT:
    return split(c);
  case PA_NN_SLICE:
    return slice(c);
  case PA_NN_PAD:
    return pad(c);
  case PA_NN_RESHAPE:
    return reshape(c);
  case PA_NN_TRANSPOSE:
    return transpose(c);
  case PA_NN_RESIZE_BILINEAR:
  case PA_NN_RESIZE_NEAREST:
    return resize(c);
  case PA_NN_DEPTH_TO_SPACE:
    return depth_to_space(c);
  case PA_NN_SPACE_TO_DEPTH:
    return space_to_depth(c);
  case PA_NN_ARGMAX:
    return argmax(c);
  case PA_NN_LAYER_NORM:
  case PA_NN_GROUP_NORM:
    return norm(c);
  case PA_NN_CONSTANT_VALUE:
    return constant(c);
  case PA_NN_RESHAPE_LIKE:
    return reshape_like(c);
  case PA_NN_SPLIT_LIKE:
    return split_like(c);
  case PA_NN_SINE_POSITION:
    return sine_position(c);
  case PA_NN_DEFORM_ATTENTION:
    return deform_attention(c);
  case PA_NN_ATTENTION_MASK:
    return same_as_input(c);
  case PA_NN_OP_KINDS:
    break;
  }
  return bad(c, "unknown op");
}

pa_status pa_nn_infer(pa_error *err, const pa_nn_graph *graph,
                      const pa_nn_shape *inputs, pa_nn_shape *shapes) {
  infer c = {.err = err, .graph = graph, .shapes = shapes};
  for (uint32_t v = 0; v < graph->value_count; v++)
    if (graph->values[v].constant) shapes[v] = graph->values[v].constant->shape;
  for (uint32_t i = 0; i < graph->input_count; i++)
    shapes[graph->inputs[i].value] = inputs[i];
  for (uint32_t o = 0; o < graph->op_count; o++) {
    c.op = &graph->ops[o];
    pa_status status = infer_op(&c);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

/* ------------------------------------------------------------------ work */

double pa_nn_op_macs(const pa_nn_op *op, const pa_nn_shape *shapes) {
  const pa_nn_shape *x = &shapes[op->in[0]], *y = &shapes[op->out[0]];
  double results = (double)pa_nn_count(y);
  int32_t window[2];
  if (op->weight && op->weight->shape.rank >= 3) pa_nn_window(op, window);
  switch (op->kind) {
  case PA_NN_CONV2D:
    return results * window[0] * window[1] * (double)op->weight->shape.dim[3];
  case PA_NN_DEPTHWISE_CONV2D:
    return results * window[0] * window[1];
  case PA_NN_DECONV2D:
    return (double)pa_nn_count(x) * window[0] * window[1] * (double)y->dim[3];
  case PA_NN_FULLY_CONNECTED:
  case PA_NN_BATCH_MATMUL:
    return results * (double)x->dim[x->rank - 1];
  default:
    return 0;
  }
}

double pa_nn_op_work(const pa_nn_op *op, const pa_nn_shape *shapes) {
  double work = pa_nn_op_macs(op, shapes);
  double results = 0;
  for (uint32_t i = 0; i < op->in_count; i++)
    if (pa_nn_op_reads(op, i)) work += (double)pa_nn_count(&shapes[op->in[i]]);
  for (uint32_t i = 0; i < op->out_count; i++)
    results += (double)pa_nn_count(&shapes[op->out[i]]);
  if (op->kind == PA_NN_AVG_POOL2D || op->kind == PA_NN_MAX_POOL2D)
    results *= (double)op->size[0] * op->size[1];
  if (op->kind == PA_NN_DEFORM_ATTENTION) /* four pixels a sample */
    results *= 4.0 * (op->in_count - 3) * op->points;
  return work + results;
}
