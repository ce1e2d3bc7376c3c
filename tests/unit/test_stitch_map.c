/* Maps to colours: exactness, edges, layers, persons, alpha. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "stitch/color.h"
#include "stitch/scheme.h"

#define W 67
#define H 41

static uint8_t labels[W * H], persons[W * H], rgba[W * H * 4];

static uint32_t seed;

static uint32_t random_u32(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

static const uint8_t *at(unsigned x, unsigned y) {
  return rgba + 4 * (y * W + x);
}

static void assert_color(const uint8_t *pixel, pa_color c) {
  assert_int_equal(pixel[0], c.r);
  assert_int_equal(pixel[1], c.g);
  assert_int_equal(pixel[2], c.b);
  assert_int_equal(pixel[3], c.a);
}

/* Overlapping rectangles of random labels and persons. */
static void random_maps(uint32_t with) {
  seed = with;
  memset(labels, 0, sizeof labels);
  memset(persons, 0, sizeof persons);
  for (int i = 0; i < 25; i++) {
    unsigned x0 = random_u32() % W, y0 = random_u32() % H;
    unsigned w = 1 + random_u32() % 40, h = 1 + random_u32() % 25;
    uint8_t label = (uint8_t)(random_u32() % 32);
    uint8_t id = (uint8_t)(label ? 1 + random_u32() % 4 : 0);
    for (unsigned y = y0; y < H && y < y0 + h; y++)
      for (unsigned x = x0; x < W && x < x0 + w; x++) {
        labels[y * W + x] = label;
        persons[y * W + x] = id;
      }
  }
}

/* Label a, then b from column W / 2 on. */
static void halves(uint8_t a, uint8_t b) {
  for (unsigned i = 0; i < W * H; i++) {
    labels[i] = i % W < W / 2 ? a : b;
    persons[i] = labels[i] != 0;
  }
}

static void stitch(const pa_stitch_options *options) {
  memset(rgba, 0xaa, sizeof rgba);
  assert_int_equal(pa_stitch(labels, persons, W, H, options, rgba), PA_OK);
}

static void tables_agree(void **state) {
  (void)state;
  assert_int_equal(pa_label_count() + 1, PA_SCHEME_LABELS);
  /* Every label but the background is drawn by default, none with another. */
  pa_scheme scheme;
  assert_int_equal(pa_scheme_make(NULL, &scheme), PA_OK);
  bool seen[256] = {false};
  assert_int_equal(scheme.rank[0], 0);
  for (size_t i = 1; i < pa_label_count(); i++) {
    assert_true(scheme.rank[i] > 0);
    assert_false(seen[scheme.rank[i]]);
    seen[scheme.rank[i]] = true;
  }
}

static void hard_edges_have_exact_colors(void **state) {
  (void)state;
  for (uint32_t i = 0; i < 20; i++) {
    random_maps(i);
    pa_stitch_options options = {.hard_edges = true,
                                 .person_tint = (float)(i % 3) * .4f};
    stitch(&options);
    for (unsigned k = 0; k < W * H; k++)
      assert_color(rgba + 4 * k,
                   pa_stitch_color(&options, persons[k], labels[k]));
  }
}

static bool surroundings_differ(unsigned x, unsigned y) {
  for (int j = -1; j <= 1; j++)
    for (int i = -1; i <= 1; i++) {
      int u = (int)x + i, v = (int)y + j;
      if (u < 0 || v < 0 || u >= W || v >= H) continue;
      if (labels[v * W + u] != labels[y * W + x]) return true;
      if (persons[v * W + u] != persons[y * W + x]) return true;
    }
  return false;
}

static void away_from_edges_smooth_is_hard(void **state) {
  (void)state;
  unsigned level = 0, mixed = 0;
  for (uint32_t i = 0; i < 20; i++) {
    random_maps(i);
    pa_stitch_options options = {.person_tint = .5f};
    stitch(&options);
    for (unsigned y = 0; y < H; y++)
      for (unsigned x = 0; x < W; x++) {
        pa_color c =
            pa_stitch_color(&options, persons[y * W + x], labels[y * W + x]);
        if (!surroundings_differ(x, y)) {
          assert_color(at(x, y), c);
          level++;
        } else {
          mixed += memcmp(at(x, y), &c, 4) != 0;
        }
      }
  }
  assert_true(level > 1000 && mixed > 1000);
}

static void mixtures_lie_between(void **state) {
  (void)state;
  for (uint32_t k = 0; k < 20; k++) {
    random_maps(k + 100);
    stitch(NULL);
    for (unsigned y = 0; y < H; y++)
      for (unsigned x = 0; x < W; x++) {
        int low[3] = {255, 255, 255}, high[3] = {0, 0, 0};
        for (int j = -1; j <= 1; j++)
          for (int i = -1; i <= 1; i++) {
            int u = (int)x + i, v = (int)y + j;
            if (u < 0 || v < 0 || u >= W || v >= H) continue;
            pa_color c =
                pa_stitch_color(NULL, persons[v * W + u], labels[v * W + u]);
            if (!c.a) continue;
            int rgb[3] = {c.r, c.g, c.b};
            for (int n = 0; n < 3; n++) {
              if (rgb[n] < low[n]) low[n] = rgb[n];
              if (rgb[n] > high[n]) high[n] = rgb[n];
            }
          }
        if (at(x, y)[3] == 0) continue;
        for (int n = 0; n < 3; n++)
          assert_in_range(at(x, y)[n], low[n], high[n]);
      }
  }
}

static void a_silhouette_fades_and_keeps_its_color(void **state) {
  (void)state;
  halves(0, 5);
  stitch(NULL);
  pa_color c = pa_stitch_color(NULL, 1, 5);
  for (unsigned y = 0; y < H; y++) {
    assert_color(at(W / 2 - 2, y), (pa_color){0, 0, 0, 0});
    assert_color(at(W / 2 - 1, y), (pa_color){c.r, c.g, c.b, 64});
    assert_color(at(W / 2, y), (pa_color){c.r, c.g, c.b, 191});
    assert_color(at(W / 2 + 1, y), c);
  }
}

static void parts_meet_without_a_gap(void **state) {
  (void)state;
  halves(4, 7);
  stitch(NULL);
  for (unsigned i = 0; i < W * H; i++)
    assert_int_equal(rgba[4 * i + 3], 255);
}

static int distance(const uint8_t *p, pa_color c) {
  return abs(p[0] - c.r) + abs(p[1] - c.g) + abs(p[2] - c.b);
}

static void the_upper_layer_keeps_its_outline(void **state) {
  (void)state;
  halves(4, 11);
  uint8_t up[] = {4, 11}, down[] = {11, 4};
  pa_stitch_options options = {.layers = up, .layer_count = 2};
  pa_color c = pa_stitch_color(&options, 1, 11);
  stitch(&options);
  int above = distance(at(W / 2, 20), c);
  int beyond = distance(at(W / 2 - 1, 20), c);
  options.layers = down;
  stitch(&options);
  assert_true(above < distance(at(W / 2, 20), c));
  assert_true(beyond < distance(at(W / 2 - 1, 20), c));
}

static void only_named_layers_are_drawn(void **state) {
  (void)state;
  halves(4, 7);
  uint8_t layers[] = {7};
  pa_stitch_options options = {
      .layers = layers, .layer_count = 1, .hard_edges = true};
  stitch(&options);
  assert_int_equal(at(3, 3)[3], 0);
  assert_int_equal(at(W - 3, 3)[3], 255);
  options.layer_count = 0;
  stitch(&options);
  assert_int_equal(at(W - 3, 3)[3], 0);
  layers[0] = 32;
  options.layer_count = 1;
  assert_int_equal(pa_stitch(labels, persons, W, H, &options, rgba),
                   PA_ERROR_ARGUMENT);
}

static void the_background_can_be_drawn(void **state) {
  (void)state;
  halves(0, 4);
  uint8_t layers[] = {0, 4};
  pa_stitch_options options = {.layers = layers, .layer_count = 2};
  stitch(&options);
  for (unsigned i = 0; i < W * H; i++)
    assert_int_equal(rgba[4 * i + 3], 255);
}

static void only_chosen_persons_are_drawn(void **state) {
  (void)state;
  halves(4, 4);
  for (unsigned i = 0; i < W * H; i++)
    persons[i] = i % W < W / 2 ? 1 : 2;
  uint8_t chosen[] = {2, 200};
  pa_stitch_options options = {
      .persons = chosen, .person_count = 2, .hard_edges = true};
  stitch(&options);
  assert_int_equal(at(3, 3)[3], 0);
  assert_int_equal(at(W - 3, 3)[3], 255);
}

static void alpha_scales_everything(void **state) {
  (void)state;
  halves(4, 7);
  pa_stitch_options options = {.alpha = .5f};
  stitch(&options);
  for (unsigned i = 0; i < W * H; i++)
    assert_int_equal(rgba[4 * i + 3], 128);
}

static void own_colors_keep_their_alpha(void **state) {
  (void)state;
  pa_color colors[64] = {{0}};
  for (unsigned i = 0; i < pa_label_count(); i++)
    colors[i] = (pa_color){(uint8_t)i, 2, 3, (uint8_t)(100 + i)};
  pa_stitch_options options = {.colors = colors, .hard_edges = true};
  halves(9, 31);
  stitch(&options);
  assert_color(at(0, 0), colors[9]);
  assert_color(at(W - 1, H - 1), colors[31]);
}

static void values_beyond_the_tables_are_not_drawn(void **state) {
  (void)state;
  for (unsigned i = 0; i < W * H; i++) {
    labels[i] = (uint8_t)(i * 7);
    persons[i] = (uint8_t)(i / 3);
  }
  stitch(NULL);
  pa_stitch_options options = {.hard_edges = true, .person_tint = 1};
  stitch(&options);
  for (unsigned i = 0; i < W * H; i++)
    assert_int_equal(rgba[4 * i + 3],
                     labels[i] && labels[i] < 32 && persons[i] <= 64 ? 255 : 0);
}

static void maps_of_any_size_work(void **state) {
  (void)state;
  /* In blocks of their own, so that a sanitizer sees the bounds. */
  for (unsigned w = 1; w < 40; w++)
    for (unsigned h = 1; h < 5; h++) {
      uint8_t *map = malloc(w * h), *out = malloc(w * h * 4);
      memset(map, 3, w * h);
      assert_int_equal(pa_stitch(map, NULL, w, h, NULL, out), PA_OK);
      pa_color c = pa_stitch_color(NULL, 0, 3);
      for (unsigned i = 0; i < w * h; i++)
        assert_color(out + 4 * i, c);
      free(map);
      free(out);
    }
}

static void nothing_is_allocated(void **state) {
  (void)state;
  halves(1, 2);
  pa_mem_fail_after(0);
  stitch(NULL);
  pa_mem_fail_after(-1);
}

static void palettes_are_complete(void **state) {
  (void)state;
  assert_null(pa_palette_name(pa_palette_count()));
  pa_color colors[64];
  assert_int_equal(pa_palette("plaid", colors), PA_ERROR_ARGUMENT);
  assert_int_equal(pa_palette(NULL, colors), PA_ERROR_ARGUMENT);
  for (size_t i = 0; i < pa_palette_count(); i++) {
    memset(colors, 0, sizeof colors);
    assert_int_equal(pa_palette(pa_palette_name(i), colors), PA_OK);
    for (size_t k = 0; k < pa_label_count(); k++)
      assert_int_equal(colors[k].a, 255);
  }
}

static void the_usual_palette_tells_all_labels_apart(void **state) {
  (void)state;
  pa_color c[64];
  pa_palette("parsona", c);
  for (size_t i = 0; i < pa_label_count(); i++)
    for (size_t k = 0; k < i; k++) {
      pa_oklab a = pa_oklab_of(c[i]), b = pa_oklab_of(c[k]);
      float d = hypotf(hypotf(a.l - b.l, a.a - b.a), a.b - b.b);
      /* .02 is about what one just sees between large patches. */
      if (d < .025f)
        fail_msg("%s and %s: %g", pa_label_name(i), pa_label_name(k), d);
    }
}

static void voc_colors_are_those_of_the_toolkit(void **state) {
  (void)state;
  pa_color c[64];
  pa_palette("lip", c);
  assert_color((uint8_t[]){0, 0, 0, 255}, c[0]);
  assert_color((uint8_t[]){128, 0, 0, 255}, c[pa_label_find("hat")]);
  assert_color((uint8_t[]){0, 128, 0, 255}, c[pa_label_find("hair")]);
  assert_color((uint8_t[]){192, 0, 128, 255}, c[pa_label_find("face")]);
  assert_color((uint8_t[]){0, 192, 0, 255}, c[pa_label_find("left_shoe")]);
}

static void oklab_goes_there_and_back(void **state) {
  (void)state;
  for (unsigned i = 0; i < 4096; i++) {
    pa_color c = {(uint8_t)((i & 15) * 17), (uint8_t)((i >> 4 & 15) * 17),
                  (uint8_t)((i >> 8) * 17), 255};
    pa_color d = pa_oklab_color(pa_oklab_of(c));
    assert_true(abs(c.r - d.r) <= 1 && abs(c.g - d.g) <= 1 &&
                abs(c.b - d.b) <= 1);
  }
  /* Ottosson's own figures: white is L = 1, pure red (.628, .225, .126). */
  pa_oklab red = pa_oklab_of((pa_color){255, 0, 0, 255});
  assert_float_equal(red.l, .628f, 1e-3);
  assert_float_equal(red.a, .225f, 1e-3);
  assert_float_equal(red.b, .126f, 1e-3);
}

static void a_full_tint_is_the_person_alone(void **state) {
  (void)state;
  pa_stitch_options options = {.person_tint = 1};
  for (unsigned id = 1; id < 8; id++) {
    pa_color first = pa_stitch_color(&options, id, 1);
    for (unsigned label = 2; label < 32; label++)
      assert_memory_equal(
          &first, &(pa_color[]){pa_stitch_color(&options, id, label)}, 4);
    pa_color next = pa_stitch_color(&options, id + 1, 1);
    assert_true(abs(first.r - next.r) + abs(first.g - next.g) +
                    abs(first.b - next.b) >
                90);
  }
  /* Nobody has no hue. */
  pa_color plain = pa_stitch_color(NULL, 0, 4);
  pa_color nobody = pa_stitch_color(&options, 0, 4);
  assert_memory_equal(&plain, &nobody, 4);
}

static void labels_have_names(void **state) {
  (void)state;
  assert_int_equal(pa_label_count(), 32);
  assert_string_equal(pa_label_name(0), "background");
  assert_string_equal(pa_label_name(20), "torso_skin");
  assert_string_equal(pa_label_name(31), "right_ear");
  assert_null(pa_label_name(32));
  for (size_t i = 0; i < pa_label_count(); i++)
    assert_int_equal(pa_label_find(pa_label_name(i)), i);
  assert_int_equal(pa_label_find("tail"), -1);
  assert_int_equal(pa_label_find(NULL), -1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tables_agree),
      cmocka_unit_test(hard_edges_have_exact_colors),
      cmocka_unit_test(away_from_edges_smooth_is_hard),
      cmocka_unit_test(mixtures_lie_between),
      cmocka_unit_test(a_silhouette_fades_and_keeps_its_color),
      cmocka_unit_test(parts_meet_without_a_gap),
      cmocka_unit_test(the_upper_layer_keeps_its_outline),
      cmocka_unit_test(only_named_layers_are_drawn),
      cmocka_unit_test(the_background_can_be_drawn),
      cmocka_unit_test(only_chosen_persons_are_drawn),
      cmocka_unit_test(alpha_scales_everything),
      cmocka_unit_test(own_colors_keep_their_alpha),
      cmocka_unit_test(values_beyond_the_tables_are_not_drawn),
      cmocka_unit_test(maps_of_any_size_work),
      cmocka_unit_test(nothing_is_allocated),
      cmocka_unit_test(palettes_are_complete),
      cmocka_unit_test(the_usual_palette_tells_all_labels_apart),
      cmocka_unit_test(voc_colors_are_those_of_the_toolkit),
      cmocka_unit_test(oklab_goes_there_and_back),
      cmocka_unit_test(a_full_tint_is_the_person_alone),
      cmocka_unit_test(labels_have_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
