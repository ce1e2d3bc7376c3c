/* What garments are to have on their backs, and how holes in it are filled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar3d/clean.h"
#include "avatar3d/fill.h"

enum { W = 120, H = 160, PIXELS = W * H };

static float rgb[3 * PIXELS];
static uint8_t labels[PIXELS], foul[PIXELS], fill[3 * PIXELS];
static const pa_crop crop = {
    .width = W, .height = H, .scale = 1, .rgb = rgb, .label = labels};

static void paint(int x0, int y0, int x1, int y1, float r, float g, float b) {
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++) {
      float *p = rgb + 3 * (y * W + x);
      p[0] = r, p[1] = g, p[2] = b;
    }
}

/* A dress of one colour on a wall, to x0..x1 and y0..y1. */
static void dress(int x0, int y0, int x1, int y1) {
  memset(labels, 0, sizeof labels);
  paint(0, 0, W, H, 220, 220, 220);
  paint(x0, y0, x1, y1, 130, 80, 150);
  for (int y = y0; y < y1; y++)
    memset(labels + y * W + x0, PA_LABEL_DRESS, (size_t)(x1 - x0));
}

static void mark(void) {
  pa_error err = {0};
  assert_int_equal(pa_clean_mark(&err, &crop, foul), PA_OK);
}

static bool is_foul(int x, int y) {
  return foul[y * W + x];
}

static void outlines_shadows_and_toys_are_left_out(void **state) {
  (void)state;
  dress(20, 20, 100, 140);
  paint(30, 30, 50, 50, 60, 30, 70);    /* deep shadow */
  paint(30, 90, 60, 120, 200, 160, 60); /* another thing */
  mark();
  assert_true(is_foul(20, 80));
  assert_true(is_foul(40, 40));
  assert_true(is_foul(45, 105));
  assert_false(is_foul(80, 80));
  assert_false(is_foul(10, 80)); /* no garment */
}

static void patterns_stay(void **state) {
  (void)state;
  dress(20, 20, 100, 140);
  for (int y = 20; y < 140; y += 12) {
    paint(20, y, 100, y + 4, 240, 240, 240);
    paint(20, y + 4, 100, y + 8, 30, 160, 40);
  }
  mark();
  for (int y = 30; y < 130; y++)
    assert_false(is_foul(60, y));
}

static void narrow_garments_keep_their_middle(void **state) {
  (void)state;
  dress(58, 20, 64, 140);
  mark();
  assert_false(is_foul(61, 80));
}

static void holes_are_filled_smoothly(void **state) {
  (void)state;
  uint8_t known[PIXELS] = {0};
  pa_error err = {0};
  paint(0, 0, W / 2, H, 50, 50, 50);
  paint(W / 2, 0, W, H, 150, 150, 150);
  for (int y = 0; y < H; y++)
    memset(known + y * W, 1, 20), memset(known + y * W + 100, 1, 20);
  assert_int_equal(pa_fill_holes(&err, &crop, known, fill), PA_OK);
  for (int x = 1; x < W; x++) {
    int own = fill[3 * (80 * W + x)], before = fill[3 * (80 * W + x - 1)];
    assert_in_range(own, 50, 150);
    assert_true(abs(own - before) < 25); /* of 100 from side to side */
  }
  assert_int_equal(fill[3 * (80 * W + 10)], 50);
}

static void patterns_go_on_mirrored(void **state) {
  (void)state;
  static const uint8_t hidden[PIXELS];
  pa_error err = {0};
  pa_spread spread;
  float own[3], other[3], away = 0;
  dress(20, 20, 100, 140);
  for (int x = 20; x < 100; x++)
    paint(x, 20, x + 1, 140, (float)(x * 37 % 200), 0, 0);
  const unsigned set = PA_BIT(PA_LABEL_DRESS);
  assert_int_equal(pa_spread_create(&err, &crop, set, hidden, 0, 0, &spread),
                   PA_OK);
  /* Columns 22 to 97 are well inside. */
  pa_spread_mirrored(&spread, 12.5f, 80.5f, own, &away);
  assert_float_equal(away, 10, 1e-4);
  pa_spread_sharp(&spread, 32.5f, 80.5f, other, &away);
  assert_float_equal(own[0], other[0], 1e-3);
  away = 0;
  pa_spread_mirrored(&spread, -5.5f, 80.5f, own, &away); /* beyond the crop */
  assert_float_equal(away, 5.5f + .5f + 17, 1);
  pa_spread_destroy(&spread);
}

static void nothing_known_fills_nothing(void **state) {
  (void)state;
  static const uint8_t known[PIXELS];
  pa_error err = {0};
  assert_int_equal(pa_fill_holes(&err, &crop, known, fill), PA_OK);
  assert_int_equal(fill[0], 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(outlines_shadows_and_toys_are_left_out),
      cmocka_unit_test(patterns_stay),
      cmocka_unit_test(narrow_garments_keep_their_middle),
      cmocka_unit_test(holes_are_filled_smoothly),
      cmocka_unit_test(patterns_go_on_mirrored),
      cmocka_unit_test(nothing_known_fills_nothing),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
