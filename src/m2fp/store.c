/* The values of a tensor of the weights file, from the checkpoint's. */
#include <math.h>
#include <string.h>

#include "m2fp/model.h"

/* PyTorch's default, which the published network keeps. */
#define EPSILON 1e-5

enum { WEIGHT, BIAS, MEAN, VARIANCE };

/* Channel `c` of a folded batch norm: y = x * scale + shift. */
static pa_status fold(pa_error *err, const pa_m2fp_tensor *t, float *norm,
                      size_t channels) {
  for (int i = 0; i < 4; i++) {
    pa_status status =
        pa_checkpoint_values(err, t->norm[i], norm + (size_t)i * channels);
    if (status != PA_OK) return status;
  }
  for (size_t c = 0; c < channels; c++) {
    double variance = (double)norm[VARIANCE * channels + c];
    double mean = (double)norm[MEAN * channels + c];
    if (variance < 0)
      return pa_error_set(err, PA_ERROR_WEIGHTS,
                          "%.120s: a variance is negative",
                          t->norm[VARIANCE]->name);
    double scale =
        (double)norm[WEIGHT * channels + c] / sqrt(variance + EPSILON);
    norm[WEIGHT * channels + c] = (float)scale;
    norm[BIAS * channels + c] =
        (float)((double)norm[BIAS * channels + c] - mean * scale);
  }
  return PA_OK;
}

/* [out, in, h, w] to [out, h, w, in]; matrices stay. */
static void turn(const pa_m2fp_tensor *t, const float *from, float *to) {
  size_t rows = t->dim[0], window = 1, in = t->dim[t->rank - 1];
  for (size_t d = 1; d + 1 < t->rank; d++)
    window *= t->dim[d];
  for (size_t r = 0; r < rows; r++)
    for (size_t k = 0; k < window; k++)
      for (size_t c = 0; c < in; c++)
        to[(r * window + k) * in + c] = from[(r * in + c) * window + k];
}

/* All numbers of the checkpoint are finite; products of them may not be. */
static pa_status check(pa_error *err, const pa_m2fp_tensor *t,
                       const float *values, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i]))
      return pa_error_set(err, PA_ERROR_WEIGHTS,
                          "%.110s: out of range after folding", t->name);
  return PA_OK;
}

pa_status pa_m2fp_values(pa_error *err, const pa_m2fp_tensor *t, float *values,
                         float *scratch) {
  size_t count = 1, rows = t->dim[0];
  pa_status status;
  for (size_t d = 0; d < t->rank; d++)
    count *= t->dim[d];
  if (t->shift) {
    status = fold(err, t, scratch, rows);
    if (status != PA_OK) return status;
    memcpy(values, scratch + BIAS * rows, rows * sizeof *values);
    return check(err, t, values, rows);
  }
  status = pa_checkpoint_values(err, t->from, scratch);
  if (status != PA_OK) return status;
  if (t->rank == 4)
    turn(t, scratch, values);
  else
    memcpy(values, scratch + t->first * (count / rows), count * sizeof *values);
  if (t->norm[0]) {
    status = fold(err, t, scratch, rows);
    if (status != PA_OK) return status;
  }
  for (size_t i = 0; i < count; i++)
    values[i] *= t->norm[0] ? scratch[i / (count / rows)] : t->gain;
  return check(err, t, values, count);
}
