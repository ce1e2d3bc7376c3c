/* Triangles' texels against a look at every texel. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar3d/texels.h"

enum { SIZE = 40 };

typedef struct found {
  const float *x, *y;
  uint8_t count[SIZE][SIZE];
} found;

static void visit(void *context, const pa_texel *t) {
  found *f = context;
  float x = 0, y = 0, sum = 0;
  assert_true(t->x < SIZE && t->y < SIZE);
  f->count[t->y][t->x]++;
  for (int k = 0; k < 3; k++) {
    x += t->share[k] * f->x[k], y += t->share[k] * f->y[k];
    sum += t->share[k];
  }
  assert_float_equal(sum, 1, 1e-3);
  assert_float_equal(x, (float)t->x + .5f, 1e-2);
  assert_float_equal(y, (float)t->y + .5f, 1e-2);
}

static float side(const float *x, const float *y, int k, float px, float py) {
  int a = (k + 1) % 3, b = (k + 2) % 3;
  return (x[b] - x[a]) * (py - y[a]) - (px - x[a]) * (y[b] - y[a]);
}

/* Within: 1; outside by more than texels that only touch: -1. */
static int where(const float *x, const float *y, float px, float py) {
  float area = side(x, y, 0, x[0], y[0]), least = 1;
  for (int k = 0; k < 3; k++)
    least = fminf(least, side(x, y, k, px, py) / area);
  return least > 1e-3f ? 1 : least < -.03f ? -1 : 0;
}

static float place(void) {
  return (float)(rand() % 4400) / 100 - 2;
}

static void texels_are_those_within(void **state) {
  (void)state;
  srand(5);
  for (int round = 0; round < 500; round++) {
    float x[3] = {place(), place(), place()},
          y[3] = {place(), place(), place()};
    found f = {.x = x, .y = y};
    if (fabsf(side(x, y, 0, x[0], y[0])) < 20) continue;
    assert_true(pa_texels_each(x, y, SIZE, visit, &f));
    for (int j = 0; j < SIZE; j++)
      for (int i = 0; i < SIZE; i++) {
        int is = where(x, y, (float)i + .5f, (float)j + .5f);
        if (is > 0) assert_int_equal(f.count[j][i], 1);
        if (is < 0) assert_int_equal(f.count[j][i], 0);
      }
  }
}

static void none_without_extent(void **state) {
  (void)state;
  const float x[3] = {3, 3, 3}, y[3] = {4, 9, 20};
  assert_false(pa_texels_each(x, y, SIZE, visit, NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(texels_are_those_within),
      cmocka_unit_test(none_without_extent),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
