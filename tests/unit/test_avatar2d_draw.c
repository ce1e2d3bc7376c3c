/* Avatars from traits: layers, contrast, accessories, chance, errors. What they
 * look like is looked at; here is what must hold for every one. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar2d/style.h"
#include "base/mem.h"
#include "parsona.h"

static pa_context *context;

static int set_up(void **state) {
  (void)state;
  return pa_context_create(&(pa_context_options){.threads = 1}, &context);
}

static int tear_down(void **state) {
  (void)state;
  pa_context_destroy(context);
  return 0;
}

static pa_avatar2d *make(const char *json, const pa_avatar2d_options *options) {
  pa_avatar2d *avatar;
  if (pa_avatar2d_create(context, NULL, NULL, 0, json, strlen(json), options,
                         &avatar) != PA_OK)
    fail_msg("%s", pa_context_message(context));
  return avatar;
}

/* Styles that need no photo come first. */
static size_t drawn_styles(void) {
  size_t count = 0;
  while (count < pa_style2d_count() && !pa_style2d_photo(count))
    count++;
  return count;
}

/* Where the group begins in the text; fails when it is not there. */
static size_t place_of(const char *svg, const char *id) {
  char text[80];
  snprintf(text, sizeof text, "<g id=\"%s\"", id);
  const char *found = strstr(svg, text);
  if (!found) fail_msg("no group \"%s\"", id);
  return (size_t)(found - svg);
}

static void layers_lie_in_order(void **state) {
  (void)state;
  static const char *const order[] = {
      "background", "person", "hair-back", "neck",     "clothes",    "scarf",
      "head",       "ears",   "face",      "beard",    "eyes",       "nose",
      "mouth",      "brows",  "glasses",   "earrings", "hair-front", "hat"};
  const pa_accessory worn[] = {
      {"hat", "crown", {0}},      {"glasses", "cat", {0}},
      {"earrings", "hoops", {0}}, {"scarf", "wool", {0}},
      {"beard", "full", {0}},     {"background", "dots", {0}}};
  for (size_t s = 0; s < drawn_styles(); s++) {
    pa_avatar2d_options options = {
        .style = pa_style2d_name(s), .accessories = worn, .accessory_count = 6};
    pa_avatar2d *avatar = make(
        "{\"hair\": {\"kind\": \"preset\", \"preset\": \"long\"}}", &options);
    const char *svg = pa_avatar2d_svg(avatar, NULL);
    for (size_t i = 1; i < sizeof order / sizeof *order; i++)
      if (place_of(svg, order[i]) <= place_of(svg, order[i - 1]))
        fail_msg("%s: %s lies below %s", options.style, order[i], order[i - 1]);
    pa_avatar2d_destroy(avatar);
  }
}

/* Tags close in order, ids are used once, and what is referred to is there. */
static void check_svg(const char *svg) {
  int depth = 0;
  char *ids[256];
  size_t count = 0;
  for (const char *at = svg; (at = strstr(at, "<g")); at++)
    depth += at[2] == '>' || at[2] == ' ';
  for (const char *at = svg; (at = strstr(at, "</g>")); at++)
    depth--;
  assert_int_equal(depth, 0);
  for (const char *at = svg; (at = strstr(at, " id=\"")); at++) {
    size_t length = strcspn(at + 5, "\"");
    assert_true(count < 256);
    ids[count] = calloc(1, length + 1);
    memcpy(ids[count], at + 5, length);
    for (size_t i = 0; i < count; i++)
      assert_string_not_equal(ids[i], ids[count]);
    count++;
  }
  for (const char *at = svg; (at = strstr(at, "url(#")); at++) {
    size_t length = strcspn(at + 5, ")"), i = 0;
    while (i < count &&
           (strlen(ids[i]) != length || strncmp(ids[i], at + 5, length)))
      i++;
    assert_true(i < count);
  }
  assert_null(strstr(svg, "nan"));
  assert_null(strstr(svg, "inf"));
  while (count)
    free(ids[--count]);
}

static void every_choice_can_be_drawn(void **state) {
  (void)state;
  uint8_t *rgba = malloc(64 * 64 * 4);
  for (size_t s = 0; s < drawn_styles(); s++)
    for (size_t kind = 0; kind < pa_accessory_kind_count(); kind++)
      for (size_t i = 0; i <= pa_accessory_count(kind); i++) {
        const char *name = pa_accessory_name(kind, i);
        pa_accessory a = {
            pa_accessory_kind(kind), name ? name : "none", {10, 200, 90, 255}};
        pa_avatar2d_options options = {.style = pa_style2d_name(s),
                                       .frame = (pa_frame)(i % 3),
                                       .accessories = &a,
                                       .accessory_count = 1};
        pa_avatar2d *avatar = make("{}", &options);
        size_t size;
        const char *svg = pa_avatar2d_svg(avatar, &size);
        assert_int_equal(size, strlen(svg));
        assert_true(size < 150000);
        check_svg(svg);
        assert_int_equal(pa_avatar2d_render(context, avatar, 64, rgba), PA_OK);
        pa_avatar2d_destroy(avatar);
      }
  free(rgba);
}

static const uint8_t *pixel(const uint8_t *rgba, float x, float y) {
  return rgba + 4 * ((size_t)(y * 512) * 512 + (size_t)(x * 512));
}

static float lightness(const uint8_t *p) {
  return pa_lightness((pa_color){p[0], p[1], p[2], 255});
}

/* Features can be told from the skin, whatever the skin. */
static void features_stand_out(void **state) {
  (void)state;
  static const unsigned skins[] = {0xf8dcc8, 0xd9a07a, 0x9a6544, 0x54341f};
  uint8_t *rgba = malloc(512 * 512 * 4);
  for (size_t s = 0; s < drawn_styles(); s++)
    for (int k = 0; k < 4; k++) {
      char json[120];
      snprintf(json, sizeof json,
               "{\"face\":{\"skin\":\"#%06x\"},\"hair\":{\"kind\":\"none\"}}",
               skins[k]);
      pa_avatar2d_options options = {.style = pa_style2d_name(s)};
      pa_avatar2d *avatar = make(json, &options);
      assert_int_equal(pa_avatar2d_render(context, avatar, 512, rgba), PA_OK);
      float cheek = lightness(pixel(rgba, .44f, .56f));
      float darkest = 1, lightest = 0; /* around the left eye */
      for (float y = .45f; y < .52f; y += .003f)
        for (float x = .53f; x < .63f; x += .003f) {
          float l = lightness(pixel(rgba, x, y));
          darkest = fminf(darkest, l), lightest = fmaxf(lightest, l);
        }
      if (cheek - darkest < .12f && lightest - darkest < .3f)
        fail_msg("%s on %06x: %f, %f .. %f", options.style, skins[k],
                 (double)cheek, (double)darkest, (double)lightest);
      pa_avatar2d_destroy(avatar);
    }
  free(rgba);
}

static void backgrounds_fill_or_leave(void **state) {
  (void)state;
  uint8_t *rgba = malloc(128 * 128 * 4);
  pa_accessory plain = {"background", "plain", {1, 2, 3, 255}};
  pa_accessory none = {"background", "none", {0, 0, 0, 0}};
  pa_avatar2d_options options = {.accessories = &plain, .accessory_count = 1};
  pa_avatar2d *avatar = make("{}", &options);
  assert_int_equal(pa_avatar2d_render(context, avatar, 128, rgba), PA_OK);
  assert_true(rgba[0] == 1 && rgba[1] == 2 && rgba[2] == 3 && rgba[3] == 255);
  pa_avatar2d_destroy(avatar);
  options.accessories = &none;
  avatar = make("{}", &options);
  assert_int_equal(pa_avatar2d_render(context, avatar, 128, rgba), PA_OK);
  assert_true(rgba[3] == 0);
  assert_true(rgba[4 * (64 * 128 + 64) + 3] == 255); /* the face */
  pa_avatar2d_destroy(avatar);
  free(rgba);
}

static void chance_is_the_same_for_the_same_seed(void **state) {
  (void)state;
  char *first[8];
  int different = 0;
  for (uint32_t seed = 1; seed <= 8; seed++) {
    pa_avatar2d_options options = {.seed = seed};
    pa_avatar2d *a = make("{}", &options), *b = make("{}", &options);
    assert_string_equal(pa_avatar2d_svg(a, NULL), pa_avatar2d_svg(b, NULL));
    first[seed - 1] = strdup(pa_avatar2d_svg(a, NULL));
    for (uint32_t k = 0; k + 1 < seed; k++)
      different += strcmp(first[k], first[seed - 1]) != 0;
    pa_avatar2d_destroy(a);
    pa_avatar2d_destroy(b);
  }
  assert_true(different >= 26); /* of 28 pairs */
  for (int i = 0; i < 8; i++)
    free(first[i]);
}

static void traits_draw_themselves(void **state) {
  (void)state;
  pa_avatar2d_options options = {.style = "comic"};
  pa_avatar2d *a = make("{\"upper\":{\"kind\":\"hoodie\"}}", &options);
  pa_avatar2d *b = make(pa_avatar2d_traits(a), &options);
  assert_string_equal(pa_avatar2d_svg(a, NULL), pa_avatar2d_svg(b, NULL));
  pa_avatar2d_destroy(a);
  pa_avatar2d_destroy(b);
}

static size_t paths_of(const char *traits, const char *style) {
  pa_avatar2d *a = make(traits, &(pa_avatar2d_options){.style = style});
  size_t paths = 0;
  for (const char *s = pa_avatar2d_svg(a, NULL); (s = strstr(s, "<path")); s++)
    paths++;
  pa_avatar2d_destroy(a);
  return paths;
}

/* Two more strokes an eye, on round grown faces. */
static void lashes_are_for_some(void **state) {
  (void)state;
  size_t none = paths_of("{\"face\":{\"grown\":0.6}}", "flat");
  assert_int_equal(paths_of("{\"face\":{\"grown\":0.2}}", "flat"), none + 4);
  assert_int_equal(paths_of("{\"face\":{\"grown\":-0.7}}", "flat"), none);
  assert_int_equal(paths_of("{}", "flat"), none);
}

static void waistcoats_show_a_shirt(void **state) {
  (void)state;
  pa_avatar2d *a = make("{\"upper\":{\"kind\":\"waistcoat\",\"color\":"
                        "\"#2020f0\",\"second\":\"#f02020\"}}",
                        &(pa_avatar2d_options){.style = "flat"});
  uint8_t *rgba = malloc(4 * (size_t)512 * 512);
  assert_int_equal(pa_avatar2d_render(context, a, 512, rgba), PA_OK);
  const uint8_t *low = rgba + 4 * (size_t)512 * (512 - 6);
  const uint8_t *middle = low + 4 * 256, *side = low + 4 * 186;
  const uint8_t *sleeve = low + 4 * 70;
  assert_true(middle[0] > 2 * middle[2] && side[2] > 2 * side[0]);
  assert_true(sleeve[0] > 2 * sleeve[2]);
  free(rgba);
  pa_avatar2d_destroy(a);
}

static void refuse(const pa_avatar2d_options *options, const char *says) {
  pa_avatar2d *avatar = (pa_avatar2d *)&context;
  assert_int_not_equal(
      pa_avatar2d_create(context, NULL, NULL, 0, "{}", 2, options, &avatar),
      PA_OK);
  assert_null(avatar);
  if (!strstr(pa_context_message(context), says))
    fail_msg("\"%s\"", pa_context_message(context));
}

static void mistakes_are_named(void **state) {
  (void)state;
  pa_accessory a = {"hat", "fez", {0, 0, 0, 0}}, many[20];
  pa_avatar2d *avatar;
  refuse(&(pa_avatar2d_options){.style = "baroque"}, "baroque");
  refuse(&(pa_avatar2d_options){.frame = (pa_frame)7}, "frame");
  refuse(&(pa_avatar2d_options){.accessories = &a, .accessory_count = 1},
         "fez");
  a.kind = "shoes";
  refuse(&(pa_avatar2d_options){.accessories = &a, .accessory_count = 1},
         "shoes");
  a.kind = NULL;
  refuse(&(pa_avatar2d_options){.accessories = &a, .accessory_count = 1},
         "lacks");
  refuse(&(pa_avatar2d_options){.accessory_count = 3}, "list");
  for (int i = 0; i < 20; i++)
    many[i] = (pa_accessory){"hat", "cap", {0, 0, 0, 0}};
  refuse(&(pa_avatar2d_options){.accessories = many, .accessory_count = 20},
         "20");
  assert_int_equal(
      pa_avatar2d_create(context, NULL, NULL, 1, NULL, 0, NULL, &avatar),
      PA_ERROR_ARGUMENT);
  avatar = make("{}", NULL);
  uint8_t rgba[4];
  assert_int_equal(pa_avatar2d_render(context, avatar, 0, rgba),
                   PA_ERROR_TOO_LARGE);
  assert_int_equal(pa_avatar2d_render(context, avatar, 5000, rgba),
                   PA_ERROR_TOO_LARGE);
  pa_avatar2d_destroy(avatar);
  pa_avatar2d_destroy(NULL);
}

static void memory_may_run_out_anywhere(void **state) {
  (void)state;
  size_t before = pa_mem_used();
  for (long n = 0;; n++) {
    pa_avatar2d *avatar = NULL;
    pa_mem_fail_after(n);
    pa_status status =
        pa_avatar2d_create(context, NULL, NULL, 0, "{}", 2, NULL, &avatar);
    pa_mem_fail_after(-1);
    pa_avatar2d_destroy(avatar);
    assert_int_equal(pa_mem_used(), before);
    if (status == PA_OK) break;
    assert_int_equal(status, PA_ERROR_MEMORY);
    assert_true(n < 500);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(layers_lie_in_order),
      cmocka_unit_test(every_choice_can_be_drawn),
      cmocka_unit_test(features_stand_out),
      cmocka_unit_test(backgrounds_fill_or_leave),
      cmocka_unit_test(chance_is_the_same_for_the_same_seed),
      cmocka_unit_test(traits_draw_themselves),
      cmocka_unit_test(lashes_are_for_some),
      cmocka_unit_test(waistcoats_show_a_shirt),
      cmocka_unit_test(mistakes_are_named),
      cmocka_unit_test(memory_may_run_out_anywhere),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
