/* Resampling against slow references in double precision. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "image/image.h"

#define SIZE 24 /* of the outputs */

static float out[SIZE * SIZE * 3];
static uint32_t seed;

static uint32_t random_u32(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

static float between(float a, float b) {
  return a + (b - a) * (float)(random_u32() & 0xffff) / 65535.f;
}

typedef uint8_t painter(unsigned x, unsigned y, unsigned c);

static uint8_t noise(unsigned x, unsigned y, unsigned c) {
  (void)x;
  (void)y;
  (void)c;
  return (uint8_t)random_u32();
}

static uint8_t waves(unsigned x, unsigned y, unsigned c) {
  return (uint8_t)(128 + 60 * sin(x * (.1 + .05 * c)) +
                   60 * cos(y * .17 + x * .05));
}

static uint8_t stripes(unsigned x, unsigned y, unsigned c) {
  return c == 0 ? x % 2 * 255 : c == 1 ? y % 2 * 255 : (x + y) % 2 * 255;
}

static uint8_t ramp(unsigned x, unsigned y, unsigned c) {
  return (uint8_t)(c == 0 ? x : c == 1 ? y : (x + y) / 2);
}

static pa_image *paint(unsigned width, unsigned height, painter *with,
                       bool opaque) {
  pa_image *image;
  assert_int_equal(pa_image_create(NULL, width, height, &image), PA_OK);
  for (unsigned y = 0; y < height; y++)
    for (unsigned x = 0; x < width; x++) {
      uint8_t *p = image->rgba + 4 * ((size_t)y * width + x);
      for (unsigned c = 0; c < 3; c++)
        p[c] = with(x, y, c);
      p[3] = opaque ? 255 : (uint8_t)random_u32();
    }
  image->opaque = opaque;
  return image;
}

/* ------------------------------------------------------------ references */

static double pixel(const pa_image *image, int x, int y, int c,
                    double outside) {
  int w = (int)image->width, h = (int)image->height;
  if (x < 0 || y < 0 || x >= w || y >= h) {
    if (outside >= 0) return outside;
    x = x < 0 ? 0 : x >= w ? w - 1 : x;
    y = y < 0 ? 0 : y >= h ? h - 1 : y;
  }
  const uint8_t *p = image->rgba + 4 * ((size_t)y * image->width + (size_t)x);
  return p[c] * p[3] / 255. + 255. - p[3];
}

/* Length of [a, b] that lies in [x, x + 1]. */
static double covered(double a, double b, double x) {
  double from = a > x ? a : x, to = b < x + 1 ? b : x + 1;
  return to > from ? to - from : 0;
}

static double box(const pa_image *image, double x, double y, double w, double h,
                  int c, double outside) {
  double x0 = x - fmax(w, 1) / 2, x1 = x + fmax(w, 1) / 2;
  double y0 = y - fmax(h, 1) / 2, y1 = y + fmax(h, 1) / 2;
  double sum = 0;
  for (int v = (int)floor(y0); v < y1; v++)
    for (int u = (int)floor(x0); u < x1; u++)
      sum += pixel(image, u, v, c, outside) * covered(x0, x1, u) *
             covered(y0, y1, v);
  return sum / ((x1 - x0) * (y1 - y0));
}

static double bilinear(const pa_image *image, double x, double y, int c,
                       double outside) {
  return box(image, x, y, 1, 1, c, outside);
}

/* Many taps over the output pixel's footprint. */
static double footprint(const pa_image *image, const pa_affine *m, unsigned x,
                        unsigned y, int c, double outside, int taps) {
  double sum = 0;
  for (int j = 0; j < taps; j++)
    for (int i = 0; i < taps; i++) {
      double u = x + (i + .5) / taps, v = y + (j + .5) / taps;
      sum += bilinear(image, m->xx * u + m->xy * v + m->x0,
                      m->yx * u + m->yy * v + m->y0, c, outside);
    }
  return sum / (taps * taps);
}

/* ------------------------------------------------------------ straight */

static void compare_straight(const pa_image *image, pa_affine m,
                             float outside) {
  pa_image_sample(image, m, SIZE, SIZE, 1, 0, outside, 0, SIZE, out);
  for (unsigned y = 0; y < SIZE; y++)
    for (unsigned x = 0; x < SIZE; x++)
      for (int c = 0; c < 3; c++) {
        double want = box(image, m.xx * (x + .5) + m.x0, m.yy * (y + .5) + m.y0,
                          m.xx, m.yy, c, outside);
        assert_float_equal(out[3 * (y * SIZE + x) + c], want, .05);
      }
}

static void straight_maps_average_exactly(void **state) {
  (void)state;
  for (int i = 0; i < 80; i++) {
    seed = (uint32_t)i;
    pa_image *image =
        paint(1 + random_u32() % 150, 1 + random_u32() % 90, noise, i % 3);
    float w = (float)image->width, h = (float)image->height;
    pa_affine m = pa_affine_square(between(-.2f * w, 1.2f * w),
                                   between(-.2f * h, 1.2f * h),
                                   between(2, 2 * w + 20), 0, SIZE);
    if (i % 4 == 0) m.yy *= 1.7f;
    compare_straight(image, m, i % 2 ? -1 : (float)(i * 3));
    pa_image_destroy(image);
  }
}

static void long_boxes_do_not_overflow(void **state) {
  (void)state;
  pa_image *image = paint(3000, 40, ramp, true);
  memset(image->rgba, 255, 3000 * 40 * 4);
  pa_affine m = {.xx = 1500, .yy = 20};
  pa_image_sample(image, m, 2, 2, 1, 0, 0, 0, 2, out);
  for (int i = 0; i < 12; i++)
    assert_float_equal(out[i], 255, .01);
  pa_image_destroy(image);
}

/* ------------------------------------------------------------ turned */

static void compare_turned(const pa_image *image, pa_affine m, float outside,
                           int taps, double most, double mean) {
  pa_image_sample(image, m, SIZE, SIZE, 1, 0, outside, 0, SIZE, out);
  double sum = 0;
  for (unsigned y = 0; y < SIZE; y++)
    for (unsigned x = 0; x < SIZE; x++)
      for (int c = 0; c < 3; c++) {
        double want = footprint(image, &m, x, y, c, outside, taps);
        double d = fabs(out[3 * (y * SIZE + x) + c] - want);
        if (d > most) fail_msg("(%u, %u) is off by %g", x, y, d);
        sum += d;
      }
  if (sum / (SIZE * SIZE * 3) > mean)
    fail_msg("off by %g in the mean", sum / (SIZE * SIZE * 3));
}

static void enlarging_is_bilinear(void **state) {
  (void)state;
  for (int i = 0; i < 20; i++) {
    seed = (uint32_t)i;
    pa_image *image = paint(60, 40, noise, i % 3);
    pa_affine m = pa_affine_square(between(0, 60), between(0, 40),
                                   between(1, SIZE), between(-4, 4), SIZE);
    compare_turned(image, m, i % 2 ? -1 : 10, 1, .05, .02);
    pa_image_destroy(image);
  }
}

static void turned_maps_average_the_footprint(void **state) {
  (void)state;
  for (int i = 0; i < 24; i++) {
    seed = (uint32_t)i;
    pa_image *image = paint(400, 300, waves, true);
    float shrink = i % 2 ? between(1, 3) : between(3, 14);
    pa_affine m = pa_affine_square(between(100, 300), between(100, 200),
                                   SIZE * shrink, between(-4, 4), SIZE);
    compare_turned(image, m, i % 3 ? -1 : 100, i % 2 ? 6 : 16, 8, 1.6);
    pa_image_destroy(image);
  }
}

static void fine_stripes_become_grey(void **state) {
  (void)state;
  pa_image *image = paint(600, 600, stripes, true);
  for (int i = 0; i < 60; i++) {
    seed = (uint32_t)i;
    float angle = i % 4 ? between(-4, 4) : 0;
    pa_affine m =
        pa_affine_square(300, 300, SIZE * between(4, 14), angle, SIZE);
    pa_image_sample(image, m, SIZE, SIZE, 1, 0, -1, 0, SIZE, out);
    for (int k = 0; k < SIZE * SIZE * 3; k++)
      assert_float_equal(out[k], 127.5, 20);
  }
  pa_image_destroy(image);
}

static void both_kinds_agree_on_a_ramp(void **state) {
  (void)state;
  pa_image *image = paint(250, 250, ramp, true);
  static float turned[SIZE * SIZE * 3];
  for (int i = 0; i < 40; i++) {
    seed = (uint32_t)i;
    float side = between(5, 200);
    pa_affine m = pa_affine_square(125, 125, side, 0, SIZE);
    pa_image_sample(image, m, SIZE, SIZE, 1, 0, 0, 0, SIZE, out);
    m.xy = 1e-9f; /* turned, by nothing */
    pa_image_sample(image, m, SIZE, SIZE, 1, 0, 0, 0, SIZE, turned);
    for (int k = 0; k < SIZE * SIZE * 3; k++)
      assert_float_equal(out[k], turned[k], 1);
  }
  pa_image_destroy(image);
}

/* ------------------------------------------------------------ everything */

static void a_constant_stays_constant(void **state) {
  (void)state;
  pa_image *image = paint(97, 61, noise, true);
  for (int i = 0; i < 97 * 61; i++)
    memset(image->rgba + 4 * i, 77, 3);
  for (int i = 0; i < 400; i++) {
    image->opaque = i & 4;
    pa_affine m =
        pa_affine_square(between(-50, 150), between(-50, 100), between(1, 400),
                         i % 3 ? between(-4, 4) : 0, SIZE);
    pa_image_sample(image, m, SIZE, SIZE, .5f, 1, i % 2 ? -1 : 77, 0, SIZE,
                    out);
    for (int k = 0; k < SIZE * SIZE * 3; k++)
      assert_float_equal(out[k], 77 * .5f + 1, 1e-3);
  }
  pa_image_destroy(image);
}

static void the_identity_copies(void **state) {
  (void)state;
  pa_image *image = paint(SIZE, SIZE, noise, true);
  pa_affine m = {.xx = 1, .yy = 1};
  pa_image_sample(image, m, SIZE, SIZE, 1, 0, 0, 0, SIZE, out);
  for (int i = 0; i < SIZE * SIZE; i++)
    for (int c = 0; c < 3; c++)
      assert_float_equal(out[3 * i + c], image->rgba[4 * i + c], 1e-3);
  pa_image_destroy(image);
}

static void rows_can_be_shared_out(void **state) {
  (void)state;
  pa_image *image = paint(200, 150, noise, true);
  static float parts[SIZE * SIZE * 3];
  for (int i = 0; i < 2; i++) {
    pa_affine m = pa_affine_square(100, 75, 120, (float)i, SIZE);
    pa_image_sample(image, m, SIZE, SIZE, 2, 3, -1, 0, SIZE, out);
    memset(parts, 0xff, sizeof parts);
    pa_image_sample(image, m, SIZE, SIZE, 2, 3, -1, 7, 15, parts);
    assert_memory_equal(parts + 7 * SIZE * 3, out + 7 * SIZE * 3,
                        8 * SIZE * 3 * sizeof *out);
    for (int k = 0; k < SIZE * SIZE * 3; k++)
      if (k < 7 * SIZE * 3 || k >= 15 * SIZE * 3) assert_true(isnan(parts[k]));
    pa_image_sample(image, m, SIZE, SIZE, 2, 3, -1, 0, 7, parts);
    pa_image_sample(image, m, SIZE, SIZE, 2, 3, -1, 15, 1000, parts);
    assert_memory_equal(parts, out, sizeof out);
  }
  pa_image_destroy(image);
}

static void absurd_maps_do_no_harm(void **state) {
  (void)state;
  pa_image *image = paint(3, 2, noise, true);
  const float values[] = {0,    1e-30f, 1,   -1,       1e5f,
                          1e9f, -1e30f, NAN, INFINITY, -INFINITY};
  for (int i = 0; i < 500; i++) {
    seed = (uint32_t)i * 77;
    float v[6];
    for (int k = 0; k < 6; k++)
      v[k] = values[random_u32() % 10];
    pa_affine m = {v[0], i % 2 ? 0 : v[1], v[2], i % 2 ? 0 : v[3], v[4], v[5]};
    pa_image_sample(image, m, 2, 2, 1, 0, (float)(i % 3) - 1, 0, 2, out);
  }
  pa_image_destroy(image);
}

static void maps_are_read_between_their_values(void **state) {
  (void)state;
  const float map[] = {0, 10, 1, 20, 2, 30,
                       3, 40, 4, 50, 5, 60}; /* 3 x 2 x 2 */
  assert_float_equal(pa_image_bilinear(map, 3, 2, 2, 0, .5f, .5f), 0, 1e-6);
  assert_float_equal(pa_image_bilinear(map, 3, 2, 2, 1, 2.5f, 1.5f), 60, 1e-4);
  assert_float_equal(pa_image_bilinear(map, 3, 2, 2, 0, 1, .5f), .5f, 1e-6);
  assert_float_equal(pa_image_bilinear(map, 3, 2, 2, 1, 2, 1), 40, 1e-4);
  assert_float_equal(pa_image_bilinear(map, 3, 2, 2, 0, -9, -9), 0, 1e-6);
  assert_float_equal(pa_image_bilinear(map, 3, 2, 2, 0, 99, 99), 5, 1e-6);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(straight_maps_average_exactly),
      cmocka_unit_test(long_boxes_do_not_overflow),
      cmocka_unit_test(enlarging_is_bilinear),
      cmocka_unit_test(turned_maps_average_the_footprint),
      cmocka_unit_test(fine_stripes_become_grey),
      cmocka_unit_test(both_kinds_agree_on_a_ramp),
      cmocka_unit_test(a_constant_stays_constant),
      cmocka_unit_test(the_identity_copies),
      cmocka_unit_test(rows_can_be_shared_out),
      cmocka_unit_test(absurd_maps_do_no_harm),
      cmocka_unit_test(maps_are_read_between_their_values),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
