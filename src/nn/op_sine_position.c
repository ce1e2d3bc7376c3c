/* Where a pixel is, as sines and cosines of its row and column (Carion et al.
 * 2020, arXiv:2005.12872, appendix A.4, with positions normalised to 2 pi): the
 * first half of a pixel's features tell its row, the second its column. Of a
 * half's F features the 2i-th is sin(p / T^(2i/F)), the next the cosine, for
 * p = 2 pi (row + 1) / (height + 1e-6). */
#include <math.h>
#include <string.h>

#include "nn/net.h"

enum { HEIGHT, WIDTH, FEATURES };

#define TWO_PI 6.283185307179586f
#define LEAST 1e-6f

static void place(size_t at, size_t side, size_t features, float temperature,
                  float *y) {
  float p = (float)(at + 1) / ((float)side + LEAST) * TWO_PI;
  for (size_t i = 0; i < features; i += 2) {
    float angle = p / powf(temperature, (float)i / (float)features);
    y[i] = sinf(angle);
    y[i + 1] = cosf(angle);
  }
}

/* A row's own half is the same in all its pixels. */
static void position_row(void *loop, size_t row) {
  const pa_nn_loop *l = loop;
  size_t half = l->n[FEATURES] / 2, width = l->n[WIDTH];
  float *y = l->y + row * width * 2 * half;
  place(row % l->n[HEIGHT], l->n[HEIGHT], half, l->value, y);
  for (size_t x = 0; x < width; x++) {
    float *pixel = y + x * 2 * half;
    if (x > 0) memcpy(pixel, y, half * sizeof *y);
    place(x, width, half, l->value, pixel + half);
  }
}

pa_status pa_nn_lower_sine_position(pa_nn_build *b) {
  const pa_nn_shape *y = pa_nn_build_out(b, 0);
  pa_nn_step *step = pa_nn_build_step(b);
  step->in[0].buffer = PA_NN_NONE; /* only its shape counts */
  step->loop.task = position_row;
  step->loop.count = y->dim[0] * y->dim[1];
  step->loop.n[HEIGHT] = y->dim[1];
  step->loop.n[WIDTH] = y->dim[2];
  step->loop.n[FEATURES] = y->dim[3];
  step->loop.value = b->op->temperature;
  return PA_OK;
}
