/* Pictures as pixels: coverage that is exact, blending, clips, memory. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar2d/cover.h"
#include "avatar2d/picture.h"
#include "base/mem.h"

static const pa_color black = {0, 0, 0, 255};

/* Coverage of a path on a grid of this size, into `out`, 0 beyond its bounds.
 */
static void fill(const pa_picture *picture, size_t path, int side, float *out) {
  pa_cover cover;
  assert_int_equal(pa_cover_init(NULL, (unsigned)side, (unsigned)side, &cover),
                   PA_OK);
  pa_bounds b = pa_cover_fill(&cover, picture, path, 1, 1);
  memset(out, 0, (size_t)(side * side) * sizeof *out);
  for (int y = b.y0; y < b.y1; y++)
    memcpy(out + y * side + b.x0, pa_cover_row(&cover, y) + b.x0,
           (size_t)(b.x1 - b.x0) * sizeof *out);
  pa_cover_free(&cover);
}

static void rectangles_are_covered_exactly(void **state) {
  (void)state;
  enum { SIDE = 16 };
  float cells[SIDE * SIDE];
  pa_picture p;
  pa_picture_init(&p, SIDE, SIDE);
  size_t path = pa_picture_path(&p);
  const float x0 = 2.3f, y0 = 3.6f, x1 = 9.85f, y1 = 3.9f + 4;
  pa_picture_rect(&p, x0, y0, x1 - x0, y1 - y0, 0);
  fill(&p, path, SIDE, cells);
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      float w = fminf(x1, (float)x + 1) - fmaxf(x0, (float)x);
      float h = fminf(y1, (float)y + 1) - fmaxf(y0, (float)y);
      float expected = fmaxf(w, 0) * fmaxf(h, 0);
      assert_float_equal(cells[y * SIDE + x], expected, 2e-6);
    }
  pa_picture_free(&p);
}

static float uniform(uint32_t *seed) {
  *seed = *seed * 1664525u + 1013904223u;
  return (float)(*seed >> 8) / (float)(1 << 24);
}

/* The area that a triangle and a pixel share, by cutting the triangle at the
 * pixel's four sides (Sutherland and Hodgman). */
static float shared_area(const pa_vec *triangle, float x, float y) {
  pa_vec a[16], b[16];
  int n = 3;
  memcpy(a, triangle, 3 * sizeof *a);
  for (int side = 0; side < 4; side++) {
    int m = 0;
    for (int i = 0; i < n; i++) {
      pa_vec p = a[i], q = a[(i + 1) % n];
      float dp = side == 0   ? p.x - x
                 : side == 1 ? x + 1 - p.x
                 : side == 2 ? p.y - y
                             : y + 1 - p.y;
      float dq = side == 0   ? q.x - x
                 : side == 1 ? x + 1 - q.x
                 : side == 2 ? q.y - y
                             : y + 1 - q.y;
      if (dp >= 0) b[m++] = p;
      if ((dp < 0) != (dq < 0)) {
        float t = dp / (dp - dq);
        b[m++] = (pa_vec){p.x + (q.x - p.x) * t, p.y + (q.y - p.y) * t};
      }
    }
    n = m;
    memcpy(a, b, sizeof a);
  }
  double area = 0;
  for (int i = 0; i < n; i++)
    area +=
        (double)a[i].x * a[(i + 1) % n].y - (double)a[i].y * a[(i + 1) % n].x;
  return (float)fabs(area / 2);
}

static void triangles_are_covered_exactly(void **state) {
  (void)state;
  enum { SIDE = 12 };
  float cells[SIDE * SIDE];
  uint32_t seed = 7;
  for (int round = 0; round < 300; round++) {
    pa_vec v[3];
    pa_picture p;
    pa_picture_init(&p, SIDE, SIDE);
    for (int i = 0; i < 3; i++) /* beyond the picture, too */
      v[i] = (pa_vec){-4 + 20 * uniform(&seed), -4 + 20 * uniform(&seed)};
    size_t path = pa_picture_path(&p);
    pa_picture_polygon(&p, v, 3, true);
    fill(&p, path, SIDE, cells);
    for (int i = 0; i < SIDE * SIDE; i++) {
      float expected = shared_area(v, (float)(i % SIDE), (float)(i / SIDE));
      if (fabsf(cells[i] - expected) > 5e-5f)
        fail_msg("round %d, pixel %d: %f, expected %f", round, i,
                 (double)cells[i], (double)expected);
    }
    pa_picture_free(&p);
  }
}

static void circles_have_their_area(void **state) {
  (void)state;
  enum { SIDE = 64 };
  static float cells[SIDE * SIDE];
  pa_picture p;
  pa_picture_init(&p, SIDE, SIDE);
  size_t path = pa_picture_path(&p);
  pa_picture_ellipse(&p, 31.3f, 32.7f, 25, 20);
  /* A hole, turned the other way. */
  pa_affine old = pa_picture_push(&p, (pa_affine){-1, 0, 62, 0, 1, 0});
  pa_picture_ellipse(&p, 31, 32, 10, 10);
  pa_picture_restore(&p, old);
  fill(&p, path, SIDE, cells);
  double sum = 0;
  for (int i = 0; i < SIDE * SIDE; i++)
    sum += cells[i];
  assert_true(fabs(sum - 3.14159265 * (25 * 20 - 100)) < 2);
  assert_float_equal(cells[32 * SIDE + 31], 0, 1e-5);
  assert_float_equal(cells[32 * SIDE + 10], 1, 1e-5);
  pa_picture_free(&p);
}

static void strokes_have_their_width(void **state) {
  (void)state;
  enum { SIDE = 40 };
  pa_picture p;
  pa_picture_init(&p, SIDE, SIDE);
  size_t path = pa_picture_path(&p);
  pa_picture_move(&p, 5, 20);
  pa_picture_line(&p, 35, 20);
  pa_cover cover;
  assert_int_equal(pa_cover_init(NULL, SIDE, SIDE, &cover), PA_OK);
  const float widths[] = {.4f, 1, 3, 7.5f};
  for (int k = 0; k < 4; k++) {
    pa_bounds b = pa_cover_stroke(&cover, &p, path, 1, 1, widths[k]);
    float column = 0;
    for (int y = b.y0; y < b.y1; y++)
      column += pa_cover_row(&cover, y)[20];
    assert_float_equal(column, widths[k], .02);
    /* Round caps reach half a width beyond the ends. */
    assert_true(pa_cover_row(&cover, 20)[5 - (int)(widths[k] / 2)] > .1f);
    assert_true(b.x0 > 5 - widths[k] / 2 - 2.1f);
  }
  pa_cover_free(&cover);
  pa_picture_free(&p);
}

static void pixel(const uint8_t *rgba, int side, int x, int y, int r, int g,
                  int b, int a) {
  const uint8_t *p = rgba + 4 * (y * side + x);
  if (abs(p[0] - r) > 1 || abs(p[1] - g) > 1 || abs(p[2] - b) > 1 ||
      abs(p[3] - a) > 1)
    fail_msg("(%d, %d) is %d %d %d %d, expected %d %d %d %d", x, y, p[0], p[1],
             p[2], p[3], r, g, b, a);
}

static void colors_blend_and_clips_hold(void **state) {
  (void)state;
  enum { SIDE = 32 };
  uint8_t rgba[SIDE * SIDE * 4];
  pa_picture p;
  pa_picture_init(&p, SIDE, SIDE);
  size_t left = pa_picture_path(&p);
  pa_picture_rect(&p, 0, 0, 16, 32, 0);
  size_t top = pa_picture_path(&p);
  pa_picture_rect(&p, 0, 0, 32, 16, 0);
  size_t whole = pa_picture_path(&p);
  pa_picture_rect(&p, 0, 0, 32, 32, 0);
  pa_picture_fill(&p, left, (pa_color){200, 0, 0, 255});
  pa_picture_begin(&p, "clip", top);
  pa_picture_fill(&p, whole, (pa_color){0, 0, 200, 128});
  pa_picture_begin(&p, "both", left);
  pa_picture_fill(&p, whole, (pa_color){0, 255, 0, 255});
  pa_picture_end(&p);
  pa_picture_end(&p);
  assert_int_equal(pa_picture_status(NULL, &p), PA_OK);
  assert_int_equal(pa_picture_render(NULL, &p, SIDE, SIDE, rgba), PA_OK);
  pixel(rgba, SIDE, 4, 4, 0, 255, 0, 255);
  pixel(rgba, SIDE, 4, 28, 200, 0, 0, 255);
  pixel(rgba, SIDE, 28, 4, 0, 0, 200, 128); /* straight alpha */
  pixel(rgba, SIDE, 28, 28, 0, 0, 0, 0);
  pa_picture_free(&p);
}

static void gradients_run_between_their_ends(void **state) {
  (void)state;
  enum { SIDE = 100 };
  uint8_t *rgba = malloc(SIDE * SIDE * 4);
  pa_picture p;
  pa_picture_init(&p, SIDE, SIDE);
  size_t whole = pa_picture_path(&p);
  pa_picture_rect(&p, 0, 0, SIDE, SIDE, 0);
  pa_picture_draw(&p, whole,
                  pa_paint_linear((pa_vec){20, 0}, (pa_vec){80, 0},
                                  (pa_color){0, 0, 0, 255},
                                  (pa_color){240, 120, 0, 255}),
                  black, 0);
  assert_int_equal(pa_picture_render(NULL, &p, SIDE, SIDE, rgba), PA_OK);
  pixel(rgba, SIDE, 3, 50, 0, 0, 0, 255);
  pixel(rgba, SIDE, 97, 50, 240, 120, 0, 255);
  pixel(rgba, SIDE, 49, 10, 118, 59, 0, 255);
  free(rgba);
  pa_picture_free(&p);
}

static void sizes_show_the_same(void **state) {
  (void)state;
  uint8_t small[64 * 64 * 4], *large = malloc(256 * 256 * 4);
  pa_picture p;
  pa_picture_init(&p, 64, 64);
  size_t path = pa_picture_path(&p);
  pa_picture_ellipse(&p, 30, 33, 20, 14);
  pa_picture_draw(&p, path, pa_paint_solid((pa_color){9, 99, 199, 255}), black,
                  5);
  assert_int_equal(pa_picture_render(NULL, &p, 64, 64, small), PA_OK);
  assert_int_equal(pa_picture_render(NULL, &p, 256, 256, large), PA_OK);
  for (int y = 0; y < 64; y++)
    for (int x = 0; x < 64; x++) {
      int sum = 0;
      for (int k = 0; k < 16; k++)
        sum += large[4 * ((4 * y + k / 4) * 256 + 4 * x + k % 4) + 3];
      assert_true(abs(sum / 16 - small[4 * (y * 64 + x) + 3]) < 14);
    }
  free(large);
  pa_picture_free(&p);
}

static void memory_may_run_out_anywhere(void **state) {
  (void)state;
  uint8_t rgba[32 * 32 * 4];
  size_t before = pa_mem_used();
  for (long n = 0;; n++) {
    pa_picture p;
    char *svg = NULL;
    size_t length;
    pa_picture_init(&p, 32, 32);
    pa_mem_fail_after(n);
    for (int i = 0; i < 90; i++) {
      size_t path = pa_picture_path(&p);
      pa_picture_ellipse(&p, 16, 16, 10, 10);
      pa_picture_begin(&p, "g", i % 7 ? PA_NO_PATH : path);
      pa_picture_fill(&p, path, black);
      pa_picture_end(&p);
    }
    pa_status status = pa_picture_status(NULL, &p);
    if (status == PA_OK) status = pa_picture_svg(NULL, &p, "t", &svg, &length);
    if (status == PA_OK) status = pa_picture_render(NULL, &p, 32, 32, rgba);
    pa_mem_fail_after(-1);
    pa_mem_free(svg);
    pa_picture_free(&p);
    assert_int_equal(pa_mem_used(), before);
    if (status == PA_OK) break;
    assert_int_equal(status, PA_ERROR_MEMORY);
    assert_true(n < 1000);
  }
}

static void text_is_escaped_and_short(void **state) {
  (void)state;
  pa_picture p;
  char *svg;
  size_t length;
  pa_picture_init(&p, 64, 64);
  pa_picture_begin(&p, "a<b>\"&", PA_NO_PATH);
  size_t path = pa_picture_path(&p);
  pa_picture_move(&p, 1.5f, -.25f);
  pa_picture_line(&p, 10, 1e9f);
  pa_picture_fill(&p, path, black);
  pa_picture_end(&p);
  assert_int_equal(pa_picture_svg(NULL, &p, "x & y", &svg, &length), PA_OK);
  assert_int_equal(length, strlen(svg));
  assert_non_null(strstr(svg, "id=\"a&lt;b&gt;&quot;&amp;\""));
  assert_non_null(strstr(svg, "<title>x &amp; y</title>"));
  assert_non_null(strstr(svg, "d=\"M1.5 -0.25L10 1000000\""));
  pa_mem_free(svg);
  pa_picture_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rectangles_are_covered_exactly),
      cmocka_unit_test(triangles_are_covered_exactly),
      cmocka_unit_test(circles_have_their_area),
      cmocka_unit_test(strokes_have_their_width),
      cmocka_unit_test(colors_blend_and_clips_hold),
      cmocka_unit_test(gradients_run_between_their_ends),
      cmocka_unit_test(sizes_show_the_same),
      cmocka_unit_test(memory_may_run_out_anywhere),
      cmocka_unit_test(text_is_escaped_and_short),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
