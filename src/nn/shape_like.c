/* Shapes of norms, of ops that take a shape from another value, and of
 * attention over several maps. */
#include "nn/shape.h"

pa_status pa_infer_norm(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  size_t channels = x->dim[x->rank - 1], groups = (size_t)c->op->groups;
  const pa_nn_shape *w = &c->op->weight->shape;
  if (w->rank != 1 || w->dim[0] != channels)
    return pa_infer_bad(c, "weight is not of %zu values", channels);
  if (channels % groups != 0)
    return pa_infer_bad(c, "%zu channels in %zu groups", channels, groups);
  pa_status status = pa_infer_check_channels(c, channels);
  return status == PA_OK ? pa_infer_same_as_input(c) : status;
}

pa_status pa_infer_constant(const pa_infer *c) {
  if (pa_infer_in(c, 0)->rank == 0)
    return pa_infer_bad(c, "a constant without dimensions");
  return pa_infer_same_as_input(c);
}

pa_status pa_infer_reshape_like(const pa_infer *c) {
  if (pa_nn_count(pa_infer_in(c, 0)) != pa_nn_count(pa_infer_in(c, 1)))
    return pa_infer_bad(c, "%zu elements in the shape of %zu",
                        pa_nn_count(pa_infer_in(c, 0)),
                        pa_nn_count(pa_infer_in(c, 1)));
  *pa_infer_out(c, 0) = *pa_infer_in(c, 1);
  return PA_OK;
}

pa_status pa_infer_split_like(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  int64_t dims[PA_LIMIT_TENSOR_RANK], left;
  size_t axis;
  if (c->op->out_count + 1 != c->op->in_count)
    return pa_infer_bad(c, "%u results like %u values", c->op->out_count,
                        c->op->in_count - 1);
  pa_status status = pa_infer_find_axis(c, c->op->axis, x->rank, &axis);
  if (status != PA_OK) return status;
  for (size_t d = 0; d < x->rank; d++)
    dims[d] = (int64_t)x->dim[d];
  left = dims[axis];
  for (uint32_t i = 0; status == PA_OK && i < c->op->out_count; i++) {
    const pa_nn_shape *like = pa_infer_in(c, i + 1);
    if (like->rank <= axis)
      return pa_infer_bad(c, "operand %u has no such axis", i + 1);
    dims[axis] = (int64_t)like->dim[axis];
    left -= dims[axis];
    status = pa_infer_set(c, i, x->rank, dims);
  }
  if (status == PA_OK && left != 0)
    return pa_infer_bad(c, "the parts are not as long as the whole");
  return status;
}

pa_status pa_infer_sine_position(const pa_infer *c) {
  const pa_nn_shape *x = pa_infer_in(c, 0);
  pa_status status = pa_infer_want_image(c);
  if (status != PA_OK) return status;
  if (c->op->features % 4 != 0)
    return pa_infer_bad(c, "%d features are no multiple of 4", c->op->features);
  return pa_infer_set(c, 0, 4,
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
pa_status pa_infer_deform_attention(const pa_infer *c) {
  const pa_nn_shape *value = pa_infer_in(c, 0);
  size_t levels = c->op->in_count - 3, heads = (size_t)c->op->heads;
  size_t points = (size_t)c->op->points, tokens = 0;
  if (value->rank != 3)
    return pa_infer_bad(c, "value of rank %zu", value->rank);
  for (uint32_t i = 3; i < c->op->in_count; i++) {
    const pa_nn_shape *level = pa_infer_in(c, i);
    if (level->rank != 4) return pa_infer_bad(c, "operand %u is no image", i);
    if (level->dim[1] >= 1 << 24 || level->dim[2] >= 1 << 24)
      return pa_infer_bad(c,
                          "side of over 2^24 pixels"); /* places are float32 */
    tokens += level->dim[1] * level->dim[2];
  }
  if (levels * points > PA_NN_DEFORM_SAMPLES || heads > value->dim[2] ||
      value->dim[2] % heads != 0)
    return pa_infer_bad(c, "%zu heads of %zu levels and %zu points", heads,
                        levels, points);
  size_t samples = heads * levels * points;
  if (value->dim[1] != tokens ||
      !is_matrix(pa_infer_in(c, 1), value->dim[0], tokens, 2 * samples) ||
      !is_matrix(pa_infer_in(c, 2), value->dim[0], tokens, samples))
    return pa_infer_bad(c, "not %zu tokens of %zu samples", tokens, samples);
  return pa_infer_same_as_input(c);
}
