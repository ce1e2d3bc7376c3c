/* Drawings of the traits in tests/golden beside pictures of them, each style
 * and frame in a row. What differs a little (an edge, a rounding) passes, what
 * the eye would see does not. After a change that is meant, look at the new
 * pictures: PARSONA_GOLDEN=write writes them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parsona.h"
#include "stitch/color.h"

#define SIDE 64
#define CELL 8 /* differences are judged in means of such squares */

static const struct {
  const char *style;
  pa_frame frame;
} views[] = {{"flat", PA_FRAME_HEAD},      {"anime", PA_FRAME_HEAD},
             {"comic", PA_FRAME_HEAD},     {"soft", PA_FRAME_HEAD},
             {"cyberpunk", PA_FRAME_HEAD}, {"sticker", PA_FRAME_HEAD},
             {"ink", PA_FRAME_HEAD},       {"anime", PA_FRAME_HALF},
             {"flat", PA_FRAME_FULL}};

#define VIEWS (sizeof views / sizeof *views)
#define WIDTH (VIEWS * SIDE)

static uint8_t *read_file(const char *name, const char *suffix, size_t *size) {
  char path[512];
  snprintf(path, sizeof path, "%s/tests/golden/%s.%s", PARSONA_SOURCE_DIR, name,
           suffix);
  FILE *file = fopen(path, "rb");
  if (!file) fail_msg("cannot read %s", path);
  static uint8_t bytes[1 << 18];
  *size = fread(bytes, 1, sizeof bytes, file);
  fclose(file);
  return bytes;
}

static void draw_row(pa_context *context, const char *name, uint8_t *row) {
  static uint8_t one[4 * SIDE * SIDE];
  size_t size;
  const char *json = (const char *)read_file(name, "json", &size);
  for (size_t v = 0; v < VIEWS; v++) {
    pa_avatar2d_options options = {.style = views[v].style,
                                   .frame = views[v].frame};
    pa_avatar2d *avatar;
    if (pa_avatar2d_create(context, NULL, NULL, 0, json, size, &options,
                           &avatar) != PA_OK)
      fail_msg("%s: %s", name, pa_context_message(context));
    assert_int_equal(pa_avatar2d_render(context, avatar, SIDE, one), PA_OK);
    pa_avatar2d_destroy(avatar);
    for (size_t y = 0; y < SIDE; y++)
      memcpy(row + 4 * (y * WIDTH + v * SIDE), one + 4 * y * SIDE, 4 * SIDE);
  }
}

/* Over a middle grey. */
static pa_oklab seen(const uint8_t *p) {
  uint8_t v[3];
  for (int c = 0; c < 3; c++)
    v[c] = (uint8_t)((p[c] * p[3] + 128 * (255 - p[3])) / 255);
  return pa_oklab_of((pa_color){v[0], v[1], v[2], 255});
}

/* Of the squares' mean colours in OKLab: the mean and the largest distance. */
static void compare(const uint8_t *a, const uint8_t *b, size_t x0, float *mean,
                    float *most) {
  *mean = *most = 0;
  for (size_t y = 0; y < SIDE; y += CELL)
    for (size_t x = x0; x < x0 + SIDE; x += CELL) {
      float l = 0, u = 0, v = 0;
      for (size_t k = 0; k < (size_t)CELL * CELL; k++) {
        size_t i = 4 * ((y + k / CELL) * WIDTH + x + k % CELL);
        pa_oklab p = seen(a + i), q = seen(b + i);
        l += p.l - q.l, u += p.a - q.a, v += p.b - q.b;
      }
      float off = sqrtf(l * l + u * u + v * v) / (CELL * CELL);
      *mean += off / ((SIDE / CELL) * (SIDE / CELL));
      *most = fmaxf(*most, off);
    }
}

static void write_row(pa_context *context, const char *name,
                      const uint8_t *row) {
  char path[512];
  uint8_t *png;
  size_t size;
  snprintf(path, sizeof path, "%s/tests/golden/%s.png", PARSONA_SOURCE_DIR,
           name);
  assert_int_equal(pa_png_encode(context, row, WIDTH, SIDE, 4, &png, &size),
                   PA_OK);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(png, 1, size, file), size);
  fclose(file);
  pa_bytes_free(png);
}

static void check(const char *name) {
  static uint8_t row[4 * WIDTH * SIDE];
  pa_context *context;
  pa_image *golden;
  size_t size;
  assert_int_equal(
      pa_context_create(&(pa_context_options){.threads = 1}, &context), PA_OK);
  draw_row(context, name, row);
  const char *mode = getenv("PARSONA_GOLDEN");
  if (mode && !strcmp(mode, "write")) write_row(context, name, row);
  const uint8_t *png = read_file(name, "png", &size);
  assert_int_equal(pa_image_decode(context, png, size, &golden), PA_OK);
  assert_int_equal(pa_image_width(golden), WIDTH);
  assert_int_equal(pa_image_height(golden), SIDE);
  for (size_t v = 0; v < VIEWS; v++) {
    float mean, most;
    compare(row, pa_image_rgba(golden), v * SIDE, &mean, &most);
    if (mean > .001f || most > .012f)
      fail_msg("%s in %s (frame %d) looks different: mean %.4f, most %.3f",
               name, views[v].style, (int)views[v].frame, (double)mean,
               (double)most);
  }
  pa_image_destroy(golden);
  pa_context_destroy(context);
}

static void traced_hair(void **state) {
  (void)state;
  check("traced");
}

static void a_suit(void **state) {
  (void)state;
  check("suit");
}

static void a_hat(void **state) {
  (void)state;
  check("hat");
}

static void a_child(void **state) {
  (void)state;
  check("child");
}

/* From the side, seated, arms raised and bent, a brim of its own width. */
static void a_pose(void **state) {
  (void)state;
  check("posed");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(traced_hair), cmocka_unit_test(a_suit),
      cmocka_unit_test(a_hat),       cmocka_unit_test(a_child),
      cmocka_unit_test(a_pose),
  };
  return cmocka_run_group_tests_name("avatar2d golden", tests, NULL, NULL);
}
