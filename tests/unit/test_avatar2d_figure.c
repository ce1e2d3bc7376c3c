/* The drawn figure: proportions, haircuts as curves, brush strokes. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar2d/brush.h"
#include "avatar2d/draw.h"
#include "avatar2d/draw_body.h"
#include "avatar2d/hair.h"
#include "avatar2d/palette.h"
#include "avatar2d/proportions.h"
#include "avatar2d/style.h"
#include "base/mem.h"

static uint32_t seed = 7;

static float chance(float least, float most) {
  seed = seed * 1664525u + 1013904223u;
  return least + (most - least) * (float)(seed >> 8) / 16777216.f;
}

/* ------------------------------------------------------------ turned heads */

/* From the side, hair that ends above the ears leaves the nearer one bare. */
static void heads_from_the_side_show_an_ear(void **state) {
  static const struct {
    const char *preset;
    float yaw;
    bool ear;
  } cases[] = {{"short", 2, true},  {"buzz", -1.6f, true}, {"bald", 1.2f, true},
               {"short", 1, false}, {"bob", 2, false},     {"long", -2, false},
               {"short", 0, false}, {"curly", 2, false}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    pa_traits t;
    pa_traits_default(&t);
    t.yaw = cases[i].yaw;
    t.hair.kind = PA_HAIR_PRESET;
    strcpy(t.hair.preset, cases[i].preset);
    assert_int_equal(pa_turn_bares_ear(&t), cases[i].ear);
    assert_int_equal(pa_draw_bare(&t), !strcmp(cases[i].preset, "bald"));
    t.hair.kind = PA_HAIR_NONE;
    assert_int_equal(pa_turn_bares_ear(&t), fabsf(t.yaw) > 1);
    assert_true(pa_draw_bare(&t));
  }
}

/* Nothing is folded or torn: what lies farther right stays there, and what is
 * far from the face stays where it is. */
static void turning_keeps_the_order(void **state) {
  (void)state;
  for (float yaw = -2; yaw <= 2; yaw += .25f)
    for (float half = 60; half <= 90; half += 15) {
      pa_traits t;
      pa_traits_default(&t);
      t.yaw = yaw, t.face.outline[2] = half;
      for (float y = -170; y <= 200; y += 5) {
        float before = -INFINITY;
        for (float x = -150; x <= 150; x += 1) {
          float turned = pa_turn_x(&t, x, y);
          if (turned <= before)
            fail_msg("yaw %g, half %g: folded at %g %g", (double)yaw,
                     (double)half, (double)x, (double)y);
          before = turned;
          if (yaw == 0 || fabsf(x) > half + 35)
            assert_true(fabsf(turned - x) < 1e-3f);
          if (y > t.face.chin + 60) assert_true(fabsf(turned - x) < 1e-3f);
        }
      }
    }
}

/* The farther jaw goes back to the chin; the eyes' edge stays outside of it. */
static void turned_jaws_do_not_swell(void **state) {
  (void)state;
  pa_traits t;
  pa_traits_default(&t);
  t.yaw = 1;
  float y = .8f * t.face.chin, jaw = pa_face_half(&t, y);
  assert_true(pa_turn_x(&t, jaw, y) < jaw + 12);
  assert_true(pa_turn_x(&t, 0, y) > 16);
  assert_true(pa_turn_x(&t, jaw, y) < pa_turn_x(&t, pa_face_half(&t, 25), 25));
}

/* A head that turns left is one that turns right in the mirror; the farther eye
 * is the narrower one, the nose moves farthest. */
static void turned_heads_are_seen_from_the_side(void **state) {
  (void)state;
  pa_traits right, left;
  pa_traits_default(&right);
  pa_traits_default(&left);
  right.yaw = 1, left.yaw = -1;
  for (float y = -100; y < 100; y += 10)
    for (float x = -80; x < 80; x += 10)
      assert_true(fabsf(pa_turn_x(&right, x, y) + pa_turn_x(&left, -x, y)) <
                  1e-4f);
  float in = right.eyes.x - right.eyes.width / 2;
  float out = right.eyes.x + right.eyes.width / 2;
  float far = pa_turn_x(&right, out, 0) - pa_turn_x(&right, in, 0);
  float near = pa_turn_x(&right, -in, 0) - pa_turn_x(&right, -out, 0);
  assert_true(far < .8f * near);
  assert_true(pa_turn_x(&right, 0, 40) > 18);
  assert_true(pa_turn_x(&right, 0, right.face.chin) > 18);
  assert_true(pa_turn_shows(&right, 1) && pa_turn_shows(&right, -1));
  /* From the side: the farther eye is hidden, the nose stands before a face
   * whose middle is near its edge. */
  right.yaw = 2;
  float edge = right.face.outline[2];
  assert_true(!pa_turn_shows(&right, 1) && pa_turn_shows(&right, -1));
  assert_true(pa_turn_x(&right, 0, 0) > .7f * edge);
  assert_true(pa_turn_x(&right, edge, right.nose.y - 4) > edge + 12);
  assert_true(pa_turn_x(&right, edge, -10) < edge + 4);
}

/* ------------------------------------------------------------ proportions */

static void anybody(pa_traits *t) {
  pa_traits_default(t);
  for (int i = 0; i < PA_OUTLINE; i++)
    t->face.outline[i] *= chance(.5f, 1.6f);
  t->face.chin = chance(60, 150);
  t->eyes.x = chance(10, 60), t->eyes.width = chance(10, 50);
  t->eyes.open_left = t->eyes.open_right = chance(0, 1);
  t->nose.y = chance(20, 70), t->nose.width = chance(5, 60);
  t->mouth.y = chance(40, 110), t->mouth.width = chance(10, 90);
  t->mouth.open = chance(0, 60), t->mouth.smile = chance(-1, 1);
  t->mouth.upper = chance(0, 20), t->mouth.lower = chance(0, 20);
  t->shoulders = chance(50, 250);
  t->face.grown = chance(-1, 1), t->build = chance(-1, 1);
  pa_traits_limit(t);
}

static void everybody_has_a_face(void **state) {
  (void)state;
  for (int round = 0; round < 500; round++) {
    pa_traits own, t;
    anybody(&own);
    const pa_style *style = pa_style_at((size_t)round % pa_style_count());
    assert_int_equal(pa_proportions_draw(NULL, &own, style, &t), PA_OK);
    /* Eyes apart and within the face, then nose, mouth and chin. */
    assert_true(t.eyes.x - t.eyes.width / 2 > 4);
    assert_true(t.eyes.x + t.eyes.width / 2 < t.face.outline[2] + 6);
    assert_true(t.nose.y > .4f * t.eyes.open_left * t.eyes.width);
    assert_true(t.mouth.y > t.nose.y);
    float lip = t.mouth.y + t.mouth.open / 2;
    if (lip > t.face.chin - 8)
      fail_msg("the mouth ends at %f, the chin at %f", (double)lip,
               (double)t.face.chin);
    for (int i = 3; i < PA_OUTLINE; i++)
      assert_true(t.face.outline[i] <= t.face.outline[i - 1] + 1);
    pa_traits_free(&t);
  }
}

static void who_differs_is_drawn_different(void **state) {
  (void)state;
  pa_traits narrow, wide, a, b;
  pa_traits_default(&narrow);
  pa_traits_default(&wide);
  for (int i = 4; i < PA_OUTLINE; i++)
    narrow.face.outline[i] *= .93f, wide.face.outline[i] *= 1.07f;
  narrow.eyes.x -= 1.5f, wide.eyes.x += 1.5f;
  const pa_style *flat = pa_style_find("flat");
  assert_int_equal(pa_proportions_draw(NULL, &narrow, flat, &a), PA_OK);
  assert_int_equal(pa_proportions_draw(NULL, &wide, flat, &b), PA_OK);
  assert_true(b.face.outline[6] - a.face.outline[6] >=
              wide.face.outline[6] - narrow.face.outline[6]);
  assert_true(b.eyes.x - a.eyes.x > 3);
  pa_traits_free(&a);
  pa_traits_free(&b);
}

/* Adults have longer faces, broader chins, and smaller eyes. */
static void the_grown_are_no_children(void **state) {
  (void)state;
  for (size_t i = 0; i < pa_style_count(); i++) {
    pa_traits own, child, adult;
    pa_traits_default(&own);
    own.face.grown = -.7f;
    assert_int_equal(pa_proportions_draw(NULL, &own, pa_style_at(i), &child),
                     PA_OK);
    own.face.grown = 1;
    assert_int_equal(pa_proportions_draw(NULL, &own, pa_style_at(i), &adult),
                     PA_OK);
    assert_true(adult.face.chin > child.face.chin + 4);
    assert_true(adult.face.outline[7] > child.face.outline[7] + 3);
    assert_true(adult.eyes.width < child.eyes.width - 2);
    assert_true(adult.mouth.y > child.mouth.y + 3);
    assert_true(adult.shoulders > child.shoulders + 8);
    pa_traits_free(&child);
    pa_traits_free(&adult);
  }
}

static void the_stout_are_broader(void **state) {
  (void)state;
  pa_traits own, slim, stout;
  const pa_style *flat = pa_style_find("flat");
  pa_traits_default(&own);
  own.build = -1;
  assert_int_equal(pa_proportions_draw(NULL, &own, flat, &slim), PA_OK);
  own.build = 1;
  assert_int_equal(pa_proportions_draw(NULL, &own, flat, &stout), PA_OK);
  assert_true(pa_body_waist(&stout) > 1.3f * pa_body_waist(&slim));
  assert_true(pa_body_neck(&stout) > pa_body_neck(&slim));
  assert_true(stout.face.outline[6] > slim.face.outline[6]);
  pa_traits_free(&slim);
  pa_traits_free(&stout);
}

/* ------------------------------------------------------------ hair */

static void common_hair(pa_hair_form *f) {
  memset(f, 0, sizeof *f);
  f->half = 70;
  for (int i = 0; i < PA_CROWN; i++)
    f->crown[i] = pa_hair_skull(f, pa_hair_ray(i)) + 20;
  for (int i = 0; i < PA_HAIRLINE; i++)
    f->line[i] = -64;
  for (int k = 0; k < 2; k++) {
    f->side[k].low = 4;
    for (int i = 0; i < PA_FALL; i++)
      f->side[k].inner[i] = 66, f->side[k].outer[i] = 82;
  }
}

static float area_of(const pa_contour *c) {
  double sum = 0;
  for (size_t i = 0; i < c->count; i++) {
    pa_vec a = c->points[i], b = c->points[(i + 1) % c->count];
    sum += (double)a.x * (double)b.y - (double)b.x * (double)a.y;
  }
  return fabsf((float)(sum / 2));
}

static void shapes_of(pa_hair_form *f, pa_shape *front, pa_shape *back) {
  assert_int_equal(pa_shape_create(NULL, front), PA_OK);
  assert_int_equal(pa_shape_create(NULL, back), PA_OK);
  pa_hair_form_limit(f);
  pa_hair_form_shapes(f, front, back);
}

static void free_shapes(pa_shape *front, pa_shape *back) {
  pa_mem_free(front->contours);
  pa_mem_free(back->contours);
}

static float lowest(const pa_shape *s) {
  float low = -1000;
  for (size_t i = 0; i < s->count; i++)
    for (size_t k = 0; k < s->contours[i].count; k++)
      low = fmaxf(low, s->contours[i].points[k].y);
  return low;
}

static void short_hair_covers_the_crown(void **state) {
  (void)state;
  pa_hair_form f;
  pa_shape front, back;
  common_hair(&f);
  shapes_of(&f, &front, &back);
  assert_int_equal(front.count, 1);
  assert_int_equal(back.count, 0);
  assert_true(lowest(&front) < 20);
  /* Skull and forehead leave a cap of this size, no more. */
  float area = area_of(&front.contours[0]);
  assert_true(area > 5000 && area < 14000);
  free_shapes(&front, &back);
}

static void long_hair_falls(void **state) {
  (void)state;
  pa_hair_form f;
  pa_shape front, back;
  common_hair(&f);
  f.side[0].low = 180, f.side[1].low = 60;
  f.behind = 170;
  shapes_of(&f, &front, &back);
  assert_true(fabsf(lowest(&front) - 180) < 4);
  assert_int_equal(back.count, 1);
  assert_true(lowest(&back) > 150 && lowest(&back) < 190);
  free_shapes(&front, &back);
}

static void bare_crowns_keep_their_sides(void **state) {
  (void)state;
  pa_hair_form f;
  pa_shape front, back;
  common_hair(&f);
  f.bare = true;
  shapes_of(&f, &front, &back);
  assert_int_equal(front.count, 2);
  for (size_t i = 0; i < 2; i++)
    for (size_t k = 0; k < front.contours[i].count; k++)
      assert_true(fabsf(front.contours[i].points[k].x) > 55);
  free_shapes(&front, &back);
  f.side[0].low = f.side[1].low = -20; /* shaved */
  shapes_of(&f, &front, &back);
  assert_int_equal(front.count, 0);
  free_shapes(&front, &back);
}

static void curls_go_all_the_way_round(void **state) {
  (void)state;
  pa_hair_form f;
  pa_shape front, back;
  common_hair(&f);
  f.full = true, f.curls = 20;
  f.side[0].low = f.side[1].low = 150;
  shapes_of(&f, &front, &back);
  float left = 0, right = 0;
  for (size_t k = 0; k < front.contours[0].count; k++) {
    pa_vec v = front.contours[0].points[k];
    if (v.y < 0) left = fminf(left, v.x), right = fmaxf(right, v.x);
  }
  assert_true(left < -75 && right > 75);
  assert_true(fabsf(left + right) < 8);
  free_shapes(&front, &back);
}

static void knots_sit_on_the_crown(void **state) {
  (void)state;
  pa_hair_form f;
  pa_shape front, back;
  common_hair(&f);
  f.knot = 25, f.knot_angle = .4f;
  shapes_of(&f, &front, &back);
  assert_int_equal(back.count, 1);
  float x = 0, y = 0, n = (float)back.contours[0].count;
  for (size_t k = 0; k < back.contours[0].count; k++)
    x += back.contours[0].points[k].x / n,
        y += back.contours[0].points[k].y / n;
  assert_true(x > 20 && x < 80 && y < -110 && y > -160);
  free_shapes(&front, &back);
}

/* Whatever was measured, the outlines stay near a head and within their room.
 */
static void any_form_can_be_worn(void **state) {
  (void)state;
  for (int round = 0; round < 300; round++) {
    pa_hair_form f;
    pa_shape front, back;
    common_hair(&f);
    f.half = chance(20, 120);
    for (int i = 0; i < PA_CROWN; i++)
      f.crown[i] = chance(0, 400);
    for (int i = 0; i < PA_HAIRLINE; i++)
      f.line[i] = chance(-200, 60);
    for (int k = 0; k < 2; k++) {
      f.side[k].low = chance(-60, 400);
      for (int i = 0; i < PA_FALL; i++)
        f.side[k].inner[i] = chance(0, 200),
        f.side[k].outer[i] = chance(0, 200);
    }
    f.parting = chance(-80, 80), f.behind = chance(-50, 400);
    f.full = round & 1, f.bare = round % 7 == 0;
    f.curls = round % 3 ? 0 : chance(8, 40);
    f.knot = round % 5 ? 0 : 25, f.knot_angle = chance(-1, 1);
    shapes_of(&f, &front, &back);
    assert_true(front.count <= PA_CONTOURS && back.count <= PA_CONTOURS);
    for (size_t i = 0; i < front.count; i++) {
      assert_true(front.contours[i].count < PA_CONTOUR_POINTS);
      for (size_t k = 0; k < front.contours[i].count; k++) {
        pa_vec v = front.contours[i].points[k];
        assert_true(fabsf(v.x) < 240 && v.y > -250 && v.y < 240);
      }
    }
    free_shapes(&front, &back);
  }
}

/* Every haircut has outlines, parted on the side where the hair is, and its
 * longest ones end below the chin. */
static void presets_have_forms(void **state) {
  (void)state;
  for (size_t i = 0; i < pa_hair_preset_count(); i++) {
    const char *name = pa_hair_preset_name(i);
    pa_traits t;
    pa_hair_form form;
    pa_shape front, back;
    pa_traits_default(&t);
    t.hair.parting = i & 1 ? 20 : -20;
    assert_int_equal(pa_shape_create(NULL, &front), PA_OK);
    assert_int_equal(pa_shape_create(NULL, &back), PA_OK);
    bool hair = pa_hair_preset_form(&t, name, &form);
    assert_int_equal(hair, strcmp(name, "bald") != 0);
    pa_hair_preset(&t, name, &front, &back);
    assert_int_equal(front.count, hair ? 1 : 0);
    assert_true(form.parting * t.hair.parting >= 0);
    bool falls = !strcmp(name, "long") || !strcmp(name, "wavy");
    if (hair) assert_int_equal(lowest(&front) > 120, falls);
    assert_int_equal(lowest(&back) > 180, falls);
    free_shapes(&front, &back);
  }
}

/* ------------------------------------------------------------ colours */

/* Skin, cloth and hair in any light: lighter than seen, in the same order, and
 * what is bright already stays. */
static void clear_colors_keep_their_order(void **state) {
  (void)state;
  float skin = 0, cloth = 0, hair = 0;
  for (int v = 40; v < 250; v += 5) {
    pa_color c = {(uint8_t)v, (uint8_t)(.76f * (float)v),
                  (uint8_t)(.62f * (float)v), 255};
    pa_color blue = {(uint8_t)(.6f * (float)v), (uint8_t)(.7f * (float)v),
                     (uint8_t)v, 255};
    float a = pa_lightness(pa_palette_skin(c, 1));
    float bright = pa_lightness(pa_palette_skin(c, 0));
    float b = pa_lightness(pa_palette_cloth(blue));
    float d = pa_lightness(pa_palette_hair(c, .1f));
    const float rounding = .005f;
    assert_true(a > skin - rounding && b > cloth - rounding);
    assert_true(d > hair - rounding);
    assert_true(a > pa_lightness(c) - .01f && a < pa_lightness(c) + .16f);
    assert_true(bright <= a && bright < pa_lightness(c) + .06f);
    assert_true(b > pa_lightness(blue) - .01f);
    skin = a, cloth = b, hair = d;
  }
  assert_true(pa_lightness(pa_palette_cloth(pa_hex(0xb9b9b7))) > .84f);
  assert_true(pa_lightness(pa_palette_cloth(pa_hex(0x777777))) < .65f);
  assert_true(pa_lightness(pa_palette_cloth(pa_hex(0))) > .19f);
  assert_true(pa_lightness(pa_palette_hair(pa_hex(0x1a1614), .15f)) < .25f);
}

/* ------------------------------------------------------------ strokes */

static void strokes_have_their_widths(void **state) {
  (void)state;
  pa_picture p;
  pa_picture_init(&p, 100, 100);
  size_t path = pa_picture_path(&p);
  pa_brush_add(&p, (pa_vec){10, 50}, (pa_vec){40, 50}, (pa_vec){60, 50},
               (pa_vec){90, 50}, (pa_brush){2, 12, 2});
  pa_picture_fill(&p, path, (pa_color){0, 0, 0, 255});
  uint8_t *rgba = malloc(4 * 100 * 100);
  assert_int_equal(pa_picture_render(NULL, &p, 100, 100, rgba), PA_OK);
  float thick[100] = {0};
  for (size_t x = 0; x < 100; x++)
    for (size_t y = 0; y < 100; y++)
      thick[x] += (float)rgba[4 * (y * 100 + x) + 3] / 255;
  assert_true(fabsf(thick[50] - 12) < .6f);
  assert_true(thick[12] > 2 && thick[12] < 5);
  assert_true(thick[87] > 2 && thick[87] < 5);
  assert_true(thick[5] < .5f && thick[95] < .5f);
  free(rgba);
  pa_picture_free(&p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(turning_keeps_the_order),
      cmocka_unit_test(turned_jaws_do_not_swell),
      cmocka_unit_test(turned_heads_are_seen_from_the_side),
      cmocka_unit_test(heads_from_the_side_show_an_ear),
      cmocka_unit_test(everybody_has_a_face),
      cmocka_unit_test(who_differs_is_drawn_different),
      cmocka_unit_test(the_grown_are_no_children),
      cmocka_unit_test(the_stout_are_broader),
      cmocka_unit_test(short_hair_covers_the_crown),
      cmocka_unit_test(long_hair_falls),
      cmocka_unit_test(bare_crowns_keep_their_sides),
      cmocka_unit_test(curls_go_all_the_way_round),
      cmocka_unit_test(knots_sit_on_the_crown),
      cmocka_unit_test(any_form_can_be_worn),
      cmocka_unit_test(presets_have_forms),
      cmocka_unit_test(clear_colors_keep_their_order),
      cmocka_unit_test(strokes_have_their_widths),
  };
  return cmocka_run_group_tests_name("avatar2d figure", tests, NULL, NULL);
}
