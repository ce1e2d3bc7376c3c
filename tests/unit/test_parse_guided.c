/* The guided filter of a person's grid, beside the definition in double. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parse/guided.h"

#define SIDE PA_GRID
#define CELLS ((size_t)SIDE * SIDE)
#define RADIUS 2
#define EPSILON 1e-3

typedef struct fixture {
  pa_nn_engine *engine;
  pa_image image;
  pa_grid grid;
} fixture;

static uint8_t noise(uint32_t *seed) {
  *seed = *seed * 1664525 + 1013904223;
  return (uint8_t)(*seed >> 24);
}

/* A photo of one pixel a cell, and one part beside the body. */
static fixture begin(void) {
  const uint8_t labels[] = {2};
  fixture f = {.image = {SIDE, SIDE, malloc(CELLS * 4), true}};
  memset(f.image.rgba, 255, CELLS * 4);
  assert_int_equal(pa_nn_engine_create(NULL, 2, &f.engine), PA_OK);
  assert_int_equal(
      pa_grid_init(NULL,
                   pa_affine_square(SIDE / 2.0f, SIDE / 2.0f, SIDE, 0, PA_GRID),
                   labels, 1, 1, &f.grid),
      PA_OK);
  return f;
}

static void end(fixture *f) {
  pa_grid_free(&f->grid);
  pa_nn_engine_destroy(f->engine);
  free(f->image.rgba);
}

static void follow(fixture *f) {
  assert_int_equal(pa_grid_follow(NULL, f->engine, &f->image, &f->grid), PA_OK);
}

/* ------------------------------------------------------------ the definition
 */

static double colour(const fixture *f, int x, int y, int c) {
  x = x < 0 ? 0 : x >= SIDE ? SIDE - 1 : x;
  y = y < 0 ? 0 : y >= SIDE ? SIDE - 1 : y;
  return f->image.rgba[((size_t)y * SIDE + (size_t)x) * 4 + (size_t)c] / 255.0;
}

static double value(const uint8_t *map, int x, int y) {
  x = x < 0 ? 0 : x >= SIDE ? SIDE - 1 : x;
  y = y < 0 ? 0 : y >= SIDE ? SIDE - 1 : y;
  return map[y * SIDE + x] / 255.0;
}

/* Solves a 3 x 3 system by Cramer's rule. */
static double det(double m[3][3]) {
  return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
         m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
         m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

/* The slopes and the offset of the window around (x, y). */
static void window(const fixture *f, const uint8_t *map, int x, int y,
                   double line[4]) {
  const double n = (2 * RADIUS + 1) * (2 * RADIUS + 1);
  double mean[4] = {0}, covariance[3][4] = {{0}};
  for (int v = y - RADIUS; v <= y + RADIUS; v++)
    for (int u = x - RADIUS; u <= x + RADIUS; u++) {
      for (int c = 0; c < 3; c++)
        mean[c] += colour(f, u, v, c) / n;
      mean[3] += value(map, u, v) / n;
    }
  for (int v = y - RADIUS; v <= y + RADIUS; v++)
    for (int u = x - RADIUS; u <= x + RADIUS; u++)
      for (int c = 0; c < 3; c++)
        for (int d = 0; d < 4; d++)
          covariance[c][d] +=
              (colour(f, u, v, c) - mean[c]) *
              ((d < 3 ? colour(f, u, v, d) : value(map, u, v)) - mean[d]) / n;
  double m[3][3];
  for (int c = 0; c < 3; c++)
    for (int d = 0; d < 3; d++)
      m[c][d] = covariance[c][d] + (c == d ? EPSILON : 0);
  double whole = det(m);
  line[3] = mean[3];
  for (int c = 0; c < 3; c++) {
    double part[3][3];
    memcpy(part, m, sizeof part);
    for (int d = 0; d < 3; d++)
      part[d][c] = covariance[d][3];
    line[c] = det(part) / whole;
    line[3] -= line[c] * mean[c];
  }
}

static int expected(const fixture *f, const uint8_t *map, int x, int y) {
  double sum = 0, n = (2 * RADIUS + 1) * (2 * RADIUS + 1);
  for (int v = y - RADIUS; v <= y + RADIUS; v++)
    for (int u = x - RADIUS; u <= x + RADIUS; u++) {
      double line[4];
      int inside_u = u < 0 ? 0 : u >= SIDE ? SIDE - 1 : u;
      int inside_v = v < 0 ? 0 : v >= SIDE ? SIDE - 1 : v;
      window(f, map, inside_u, inside_v, line);
      sum += line[3] / n;
      for (int c = 0; c < 3; c++)
        sum += line[c] / n * colour(f, x, y, c);
    }
  return (int)lround(fmin(fmax(sum, 0), 1) * 255);
}

/* ------------------------------------------------------------ tests */

static void it_is_the_filter_of_the_paper(void **state) {
  (void)state;
  fixture f = begin();
  uint32_t seed = 7;
  for (size_t i = 0; i < CELLS; i++) {
    for (int c = 0; c < 3; c++)
      f.image.rgba[i * 4 + (size_t)c] = noise(&seed);
    f.grid.body[i] = noise(&seed);
    f.grid.parts[i * f.grid.stride] = noise(&seed);
    f.grid.parts[i * f.grid.stride + 1] = 77;
  }
  uint8_t *body = malloc(CELLS), *part = malloc(CELLS);
  memcpy(body, f.grid.body, CELLS);
  for (size_t i = 0; i < CELLS; i++)
    part[i] = f.grid.parts[i * f.grid.stride];
  follow(&f);
  for (int k = 0; k < 300; k++) {
    /* corners and edges too */
    int x = k < 4 ? k % 2 * (SIDE - 1) : noise(&seed);
    int y = k < 4 ? k / 2 * (SIDE - 1) : noise(&seed);
    size_t cell = (size_t)y * SIDE + (size_t)x;
    int of_part = f.grid.parts[cell * f.grid.stride];
    assert_true(abs(f.grid.body[cell] - expected(&f, body, x, y)) <= 1);
    assert_true(abs(of_part - expected(&f, part, x, y)) <= 1);
    assert_int_equal(f.grid.parts[cell * f.grid.stride + 1], 77); /* derived */
  }
  free(body);
  free(part);
  end(&f);
}

/* An outline that lies beside an edge of the photo, and is blurred, moves to
 * the edge. */
static void an_outline_moves_to_the_edge(void **state) {
  (void)state;
  fixture f = begin();
  for (size_t i = 0; i < CELLS; i++) {
    int x = (int)(i % SIDE), fall = (101 - x) * 48 + 128;
    f.image.rgba[i * 4] = x < 100 ? 40 : 200;
    f.grid.body[i] = (uint8_t)(fall < 0 ? 0 : fall > 255 ? 255 : fall);
  }
  const uint8_t *row = f.grid.body + (size_t)128 * SIDE;
  assert_int_equal(row[101], 128);
  assert_int_equal(row[99] - row[100], 48);
  follow(&f);
  assert_true(row[101] < 110);
  assert_true(row[99] - row[100] > 90);
  assert_true(row[90] > 250);
  assert_true(row[110] < 5);
  end(&f);
}

static void what_is_nowhere_likely_stays(void **state) {
  (void)state;
  fixture f = begin();
  uint32_t seed = 3;
  for (size_t i = 0; i < CELLS; i++)
    f.grid.body[i] = noise(&seed) / 6;
  uint8_t *body = malloc(CELLS);
  memcpy(body, f.grid.body, CELLS);
  follow(&f);
  assert_memory_equal(f.grid.body, body, CELLS);
  free(body);
  end(&f);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(it_is_the_filter_of_the_paper),
      cmocka_unit_test(an_outline_moves_to_the_edge),
      cmocka_unit_test(what_is_nowhere_likely_stays)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
