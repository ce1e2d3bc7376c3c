/* Layer norm (Ba et al. 2016) over the last axis, group norm (Wu and He 2018)
 * over everything but the batch within a group of channels:
 * y = (x - mean) / sqrt(variance + epsilon) * weight + bias. */
#include <math.h>

#include "nn/net.h"

/* A "field" is what one mean is of: `rows` rows of `width` values, `stride`
 * apart. A layer norm's is one row. */
enum { FIELDS, ROWS, WIDTH, STRIDE, GROUPS, FIELDS_PER_TASK };

/* Sums of a row in eight lanes, which the compiler keeps in vectors. */
static float sum(const float *x, size_t n) {
  float lane[8] = {0}, total = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; k++)
      lane[k] += x[i + k];
  for (; i < n; i++)
    total += x[i];
  for (int k = 0; k < 8; k++)
    total += lane[k];
  return total;
}

static float sum_of_squares(const float *x, size_t n, float mean) {
  float lane[8] = {0}, total = 0;
  size_t i = 0;
  for (; i + 8 <= n; i += 8)
    for (int k = 0; k < 8; k++)
      lane[k] += (x[i + k] - mean) * (x[i + k] - mean);
  for (; i < n; i++)
    total += (x[i] - mean) * (x[i] - mean);
  for (int k = 0; k < 8; k++)
    total += lane[k];
  return total;
}

static void norm_field(const pa_nn_loop *l, size_t field) {
  size_t group = field % l->n[GROUPS], image = field / l->n[GROUPS];
  size_t rows = l->n[ROWS], width = l->n[WIDTH], stride = l->n[STRIDE];
  size_t start = image * rows * stride + group * width;
  const float *x = l->a + start;
  const float *weight = l->weight + group * width;
  const float *bias = l->bias + group * width;
  float *y = l->y + start;
  /* Rows are short; their sums are added in double precision. */
  double total = 0, squares = 0, count = (double)rows * (double)width;
  for (size_t r = 0; r < rows; r++)
    total += (double)sum(x + r * stride, width);
  float mean = (float)(total / count);
  for (size_t r = 0; r < rows; r++)
    squares += (double)sum_of_squares(x + r * stride, width, mean);
  float scale = (float)(1 / sqrt(squares / count + (double)l->value));
  for (size_t r = 0; r < rows; r++)
    for (size_t c = 0; c < width; c++)
      y[r * stride + c] =
          (x[r * stride + c] - mean) * scale * weight[c] + bias[c];
}

static void norm_fields(void *loop, size_t task) {
  const pa_nn_loop *l = loop;
  size_t field = task * l->n[FIELDS_PER_TASK];
  size_t end = field + l->n[FIELDS_PER_TASK];
  if (end > l->n[FIELDS]) end = l->n[FIELDS];
  for (; field < end; field++)
    norm_field(l, field);
}

static pa_status pack(pa_nn_build *b, size_t channels) {
  pa_nn_packed *p = pa_nn_build_packed(b);
  pa_status status = PA_OK;
  if (!p->weight)
    status = pa_nn_expand(b->err, b->op->weight, NULL, 0, &p->weight);
  if (status == PA_OK && !p->bias)
    status = pa_nn_expand(b->err, b->op->bias, NULL, 0, &p->bias);
  p->bytes = 2 * channels * sizeof(float);
  return status;
}

pa_status pa_nn_lower_norm(pa_nn_build *b) {
  const pa_nn_shape *x = pa_nn_build_in(b, 0);
  const pa_nn_op *op = b->op;
  size_t channels = x->dim[x->rank - 1];
  pa_status status = pack(b, channels);
  if (status != PA_OK) return status;
  pa_nn_loop *l = &pa_nn_build_packed_step(b)->loop;
  l->n[STRIDE] = channels;
  l->n[GROUPS] = (size_t)op->groups;
  l->n[WIDTH] = channels / l->n[GROUPS];
  if (op->kind == PA_NN_LAYER_NORM) {
    l->n[ROWS] = 1;
    l->n[FIELDS] = pa_nn_count(x) / channels;
  } else {
    l->n[ROWS] = pa_nn_count(x) / channels / (x->rank > 1 ? x->dim[0] : 1);
    l->n[FIELDS] = pa_nn_count(x) / (l->n[ROWS] * l->n[WIDTH]);
  }
  l->n[FIELDS_PER_TASK] = 1 + 4096 / (l->n[ROWS] * l->n[WIDTH]);
  l->value = op->epsilon;
  l->task = norm_fields;
  l->count = (l->n[FIELDS] + l->n[FIELDS_PER_TASK] - 1) / l->n[FIELDS_PER_TASK];
  return PA_OK;
}
