/* Traits read from scenes made by hand: haircuts, what is worn, light. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "avatar2d/measure.h"
#include "avatar2d/measure_haircut.h"
#include "avatar2d/style.h"
#include "base/mem.h"
#include "image/image.h"
#include "parse/scene.h"
#include "pose/pose.h"
#include "stitch/color.h"

#define SIDE 700
#define UNIT (SIDE / 430.f)
#define EYES_X (SIDE / 2.f)
#define EYES_Y (.45f * SIDE)

static pa_context *context;
static pa_image *image;
static pa_scene *scene;

static int set_up(void **state) {
  (void)state;
  pa_error err;
  if (pa_context_create(&(pa_context_options){.threads = 1}, &context) !=
          PA_OK ||
      pa_image_create(&err, SIDE, SIDE, &image) != PA_OK ||
      pa_scene_create(&err, SIDE, SIDE, 1, &scene) != PA_OK)
    return 1;
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pa_image_destroy(image);
  pa_scene_destroy(scene);
  pa_context_destroy(context);
  return 0;
}

/* Labels and paints an ellipse, in head units, over what is there; `keep` is a
 * label that it does not cover. */
static void paint(const char *name, unsigned rgb, float cx, float cy, float rx,
                  float ry, const char *keep) {
  int label = pa_label_find(name), kept = keep ? pa_label_find(keep) : -1;
  assert_true(label > 0);
  for (unsigned y = 0; y < SIDE; y++)
    for (unsigned x = 0; x < SIDE; x++) {
      float u = (((float)x + .5f - EYES_X) / UNIT - cx) / rx;
      float v = (((float)y + .5f - EYES_Y) / UNIT - cy) / ry;
      size_t i = (size_t)y * SIDE + x;
      if (u * u + v * v > 1 || scene->labels[i] == kept) continue;
      scene->labels[i] = (uint8_t)label;
      scene->persons[i] = 1;
      image->rgba[4 * i] = (uint8_t)(rgb >> 16);
      image->rgba[4 * i + 1] = (uint8_t)(rgb >> 8);
      image->rgba[4 * i + 2] = (uint8_t)rgb;
    }
}

/* A wall of many colours, a shirt and a bald head before it. */
static void paint_bust(unsigned skin) {
  memset(scene->labels, 0, (size_t)SIDE * SIDE);
  memset(scene->persons, 0, (size_t)SIDE * SIDE);
  for (size_t i = 0; i < (size_t)4 * SIDE * SIDE; i++)
    image->rgba[i] = i % 4 == 3 ? 255 : (uint8_t)(i / 16 * 37 % 251);
  paint("upper_clothes", 0x2060b0, 0, 230, 130, 110, NULL);
  paint("face", skin, 0, 5, 70, 97, NULL);
}

static pa_traits measure(void) {
  pa_traits traits;
  pa_person *person = &scene->data[0].person;
  pa_keypoint *k = person->keypoints;
  person->id = 1;
  for (int i = 0; i < PA_KEYPOINTS; i++)
    k[i] = (pa_keypoint){EYES_X, EYES_Y + 60 * UNIT, .9f};
  k[PA_KP_RIGHT_EYE].x = EYES_X - 31 * UNIT, k[PA_KP_RIGHT_EYE].y = EYES_Y;
  k[PA_KP_LEFT_EYE].x = EYES_X + 31 * UNIT, k[PA_KP_LEFT_EYE].y = EYES_Y;
  k[PA_KP_MOUTH_LEFT].y = k[PA_KP_MOUTH_RIGHT].y = EYES_Y + 63 * UNIT;
  pa_scene_measure(scene);
  if (pa_measure_traits(context, image, scene, 1, &traits, NULL) != PA_OK)
    fail_msg("%s", pa_context_message(context));
  assert_true(traits.face_seen);
  return traits;
}

static void hair_that_is_whole_is_traced(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hair", 0x402818, 0, -45, 84, 80, NULL);
  paint("face", 0xd8a080, 0, 20, 68, 82, NULL);
  pa_traits t = measure();
  assert_int_equal(t.hair.kind, PA_HAIR_TRACED);
  assert_true(pa_lightness(t.hair.color) < .45f);
  pa_traits_free(&t);
}

/* Pieces beside and above a head, whose crown is background, are no outline. */
static void hair_in_pieces_becomes_a_haircut(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  memset(scene->labels, 0, (size_t)(EYES_Y - 50 * UNIT) * SIDE);
  for (size_t i = 0; i < (size_t)(EYES_Y - 50 * UNIT) * SIDE; i++)
    memcpy(image->rgba + 4 * i, (uint8_t[]){30, 20, 15, 255}, 4);
  paint("hair", 0x402818, -60, -70, 26, 14, NULL);
  paint("hair", 0x402818, -84, 20, 10, 36, NULL);
  pa_traits t = measure();
  assert_int_equal(t.hair.kind, PA_HAIR_PRESET);
  assert_true(*t.hair.preset);
  pa_traits_free(&t);
}

/* The rim of a bald head is labelled hair, and as light as skin. */
static void bald_heads_stay_bald(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hair", 0xb88868, 0, -10, 74, 110, NULL);
  paint("face", 0xd8a080, 0, 0, 68, 106, NULL);
  pa_traits t = measure();
  assert_true(t.hair.kind == PA_HAIR_NONE || (t.hair.kind == PA_HAIR_PRESET &&
                                              !strcmp(t.hair.preset, "bald")));
  pa_traits_free(&t);
}

/* Who wears a hat is not bald for that; the hair has the brows' colour. */
static void hats_hide_hair(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hat", 0xb02030, 0, -80, 80, 56, NULL);
  pa_traits t = measure();
  assert_string_equal(t.hat.shape, "cap");
  assert_int_equal(t.hair.kind, PA_HAIR_PRESET);
  assert_string_equal(t.hair.preset, "short");
  assert_memory_equal(&t.hair.color, &t.brows.color, sizeof t.hair.color);
  pa_traits_free(&t);
}

/* Without a mesh, and bowed, a head's own back beside one cheek is no long
 * hair, and its height no quiff. */
static void bowed_heads_have_short_hair(void **state) {
  (void)state;
  pa_traits t;
  pa_traits_default(&t);
  t.yaw = 0;
  t.hair.parting = 0;
  pa_measure m = {.head = {.mesh = true}};
  pa_haircut cut = {.hair = .9f, .area = 20000, .height = 170, .width = 120};
  cut.beside[0][0] = .8f;
  assert_string_equal(pa_haircut_preset(&m, &cut, &t), "bob");
  m.head.mesh = false;
  assert_string_equal(pa_haircut_preset(&m, &cut, &t), "short");
  cut.beside[1][0] = .8f;
  assert_string_equal(pa_haircut_preset(&m, &cut, &t), "bob");
  memset(cut.beside, 0, sizeof cut.beside);
  m.head.mesh = true;
  assert_string_equal(pa_haircut_preset(&m, &cut, &t), "afro");
  t.yaw = 1.5f; /* from the side its depth is no height */
  assert_string_equal(pa_haircut_preset(&m, &cut, &t), "short");
  /* Nothing seen is not nothing there, but skin is. */
  pa_haircut few = {.hair = .1f, .bare = .1f, .area = 1000};
  assert_string_equal(pa_haircut_preset(&m, &few, &t), "buzz");
  few.bare = .9f;
  assert_string_equal(pa_haircut_preset(&m, &few, &t), "bald");
}

/* Meadows and lamps make hair green; nobody's is. */
static void hair_is_not_green(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hair", 0x6d7350, 0, -45, 84, 80, NULL);
  paint("face", 0xd8a080, 0, 20, 68, 82, NULL);
  pa_traits t = measure();
  assert_true(t.hair.color.r > t.hair.color.g);
  pa_traits_free(&t);
}

/* Half of a trunk `half` head units wide; arms beside it, with sleeves or
 * bare, do not count, nor does one of which hands leave a strip. */
static float build_of(float half, const char *arms, bool sleeves) {
  pa_traits t;
  pa_person person = {.id = 1};
  pa_measure *m = pa_mem_calloc(1, sizeof *m);
  assert_non_null(m);
  pa_traits_default(&t);
  paint_bust(0xd8a080);
  memset(scene->derived, 0, (size_t)SIDE * SIDE);
  const float unit = UNIT / 2;
  for (unsigned y = 0; y < SIDE; y++)
    for (unsigned x = 0; x < SIDE; x++) {
      size_t i = (size_t)y * SIDE + x;
      float u = fabsf((float)x + .5f - EYES_X) / unit;
      bool arm = u > half && u < half + 40;
      bool trunk = (float)y > EYES_Y && u < half;
      scene->persons[i] = trunk || (arm && (float)y > EYES_Y);
      scene->labels[i] = (uint8_t)pa_label_find(arm ? arms : "upper_clothes");
      if (arm && sleeves) scene->derived[i] = 1;
    }
  for (int i = 0; i < PA_KEYPOINTS; i++)
    person.keypoints[i] = (pa_keypoint){EYES_X, EYES_Y + 20, .9f};
  person.keypoints[PA_KP_LEFT_HIP].y = EYES_Y + 200;
  person.keypoints[PA_KP_RIGHT_HIP].y = EYES_Y + 200;
  m->scene = scene, m->person = &person;
  m->head = (pa_head){.mesh = true, .face = true, .unit = unit};
  pa_measure_build(m, &t);
  pa_mem_free(m);
  memset(scene->derived, 0, (size_t)SIDE * SIDE);
  return t.build;
}

static void builds_are_told_by_the_waist(void **state) {
  (void)state;
  assert_true(build_of(150, "left_arm", false) > .7f);
  assert_true(build_of(100, "left_arm", false) < -.4f);
  assert_true(fabsf(build_of(118, "upper_clothes", true)) < .1f);
  assert_true(build_of(60, "left_arm", false) == 0);
}

/* Under a blue sky grey hair is no lilac. */
static void grey_hair_is_grey(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hair", 0xb0a8c4, 0, -45, 84, 80, NULL);
  paint("face", 0xd8a080, 0, 20, 68, 82, NULL);
  pa_traits t = measure();
  pa_oklab c = pa_oklab_of(t.hair.color);
  assert_true(c.b >= 0 && hypotf(c.a, c.b) < .02f);
  pa_traits_free(&t);
}

/* A yellow lamp makes no mustard of brown hair. */
static void hair_is_not_mustard(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hair", 0x8a7428, 0, -45, 84, 80, NULL);
  paint("face", 0xd8a080, 0, 20, 68, 82, NULL);
  pa_traits t = measure();
  pa_oklab c = pa_oklab_of(t.hair.color);
  assert_true(c.b > 0 && c.a > .22f * c.b);
  pa_traits_free(&t);
}

/* Hair in a thin layer is shorn, a thicker one is not. */
static void thin_hair_is_shorn(void **state) {
  (void)state;
  for (int thick = 0; thick < 2; thick++) {
    float more = thick ? 16 : 2;
    paint_bust(0xd8a080);
    paint("hair", 0x402818, 0, -23, 71 + more, 88 + more, NULL);
    paint("face", 0xd8a080, 0, 20, 70, 92, NULL);
    pa_traits t = measure();
    assert_int_equal(t.hair.kind, PA_HAIR_TRACED);
    assert_int_equal(t.hair.shorn, !thick);
    pa_traits_free(&t);
  }
}

/* Earrings, or painted lips on a face with large eyes and a small jaw. */
static void tied_hair_is_guessed(void **state) {
  (void)state;
  pa_traits t;
  pa_traits_default(&t);
  t.face.chin = 100, t.mouth.y = 62, t.eyes.width = 27;
  t.mouth.color = pa_hex(0xb88a76);
  assert_false(pa_haircut_tied(&t));
  t.mouth.color = pa_hex(0xb02038);
  assert_true(pa_haircut_tied(&t));
  t.eyes.width = 23, t.face.chin = 112;
  for (int i = 5; i < PA_OUTLINE; i++)
    t.face.outline[i] *= 1.4f;
  assert_false(pa_haircut_tied(&t));
  strcpy(t.earrings.shape, "studs");
  assert_false(pa_haircut_tied(&t));
}

/* Strands side by side are straight hair, blots are curls. */
static void curls_are_seen(void **state) {
  (void)state;
  for (int curly = 0; curly < 2; curly++) {
    paint_bust(0xd8a080);
    paint("hair", 0x402818, 0, -45, 88, 88, NULL);
    paint("face", 0xd8a080, 0, 20, 60, 72, NULL);
    int hair = pa_label_find("hair");
    for (unsigned y = 0; y < SIDE; y++)
      for (unsigned x = 0; x < SIDE; x++) {
        size_t i = (size_t)y * SIDE + x;
        float u = (float)x / UNIT, v = (float)y / UNIT;
        float wave = sinf(u) * (curly ? sinf(v) : 1);
        if (scene->labels[i] == hair)
          image->rgba[4 * i] = (uint8_t)(64 + 40 * wave),
                          image->rgba[4 * i + 1] = (uint8_t)(44 + 28 * wave);
      }
    pa_traits t = measure();
    assert_int_equal(t.hair.kind, PA_HAIR_TRACED);
    assert_int_equal(t.hair.curly, curly);
    pa_traits_free(&t);
  }
}

static void hair_across_the_eyes_becomes_a_haircut(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hair", 0x402818, 0, -45, 90, 80, NULL);
  pa_traits t = measure();
  assert_int_equal(t.hair.kind, PA_HAIR_PRESET);
  pa_traits_free(&t);
}

/* Long hair keeps its length when its outline cannot be worn. */
static void haircuts_have_the_hairs_length(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hair", 0x402818, -88, 90, 26, 130, "face");
  paint("hair", 0x402818, 88, 90, 26, 130, "face");
  paint("hair", 0x402818, 0, -30, 90, 60, NULL); /* over the eyes */
  pa_traits t = measure();
  assert_int_equal(t.hair.kind, PA_HAIR_PRESET);
  assert_true(!strcmp(t.hair.preset, "long") || !strcmp(t.hair.preset, "wavy"));
  pa_traits_free(&t);
}

static void hats_are_read_by_their_form(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  pa_traits t = measure();
  assert_string_equal(t.hat.shape, "");
  pa_traits_free(&t);

  paint("hat", 0xb02030, 0, -80, 80, 56, NULL);
  t = measure();
  assert_string_equal(t.hat.shape, "cap");
  assert_true(t.hat.color.r > 2 * t.hat.color.b);
  assert_true(t.hat.brim == 0);
  pa_traits_free(&t);

  paint("hat", 0xb02030, 0, -60, 140, 12, NULL); /* a brim */
  t = measure();
  assert_string_equal(t.hat.shape, "fedora");
  assert_true(fabsf(t.hat.brim - 140) < 4);
  pa_traits_free(&t);

  paint_bust(0xd8a080);
  paint("hat", 0xb02030, 0, -80, 80, 56, NULL);
  paint("hat", 0xb02030, 50, -128, 130, 14, NULL); /* a neighbour's */
  t = measure();
  assert_string_equal(t.hat.shape, "cap");
  pa_traits_free(&t);

  paint_bust(0xd8a080);
  paint("hat", 0xb02030, 0, -70, 84, 70, NULL);
  paint("hat", 0xb02030, -70, -20, 16, 20, NULL); /* over the ears */
  paint("hat", 0xb02030, 70, -20, 16, 20, NULL);
  t = measure();
  assert_string_equal(t.hat.shape, "beanie");
  pa_traits_free(&t);
}

/* Beside both cheeks, but not below the chin as a scarf. */
static void helmets_cover_the_cheeks(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("hat", 0xb02030, 0, -30, 102, 110, "face");
  paint("hat", 0xb02030, 0, -85, 80, 55, NULL);
  pa_traits t = measure();
  assert_string_equal(t.hat.shape, "helmet");
  assert_true(t.hat.brim == 0);
  pa_traits_free(&t);

  paint("hair", 0x302018, 56, 40, 18, 44, NULL); /* a deep brim's */
  t = measure();
  assert_string_not_equal(t.hat.shape, "helmet");
  pa_traits_free(&t);

  paint("hat", 0xb02030, 56, 40, 18, 44, NULL);
  paint("hat", 0xb02030, 0, 128, 60, 26, "face");
  t = measure();
  assert_string_not_equal(t.hat.shape, "helmet");
  pa_traits_free(&t);
}

/* Hair beside the cheeks that ends above the shoulders, then an ear before it:
 * nobody's hair hangs behind a bare ear and no lower. */
static void bare_ears_shorten_hair(void **state) {
  (void)state;
  for (int ear = 0; ear < 2; ear++) {
    paint_bust(0xd8a080);
    paint("hair", 0x402818, 0, -45, 84, 80, NULL);
    paint("hair", 0x402818, -80, 30, 22, 60, NULL);
    paint("hair", 0x402818, 80, 30, 22, 60, NULL);
    paint("face", 0xd8a080, 0, 20, 68, 82, NULL);
    if (ear) paint("right_ear", 0xd8a080, -76, 6, 12, 28, NULL);
    pa_traits t = measure();
    assert_int_equal(t.hair.kind, PA_HAIR_TRACED);
    float low = -200;
    for (size_t i = 0; i < t.hair.front.contours[0].count; i++)
      low = fmaxf(low, t.hair.front.contours[0].points[i].y);
    if (ear ? low > 20 : low < 60)
      fail_msg("hair down to %g, ear %d", (double)low, ear);
    pa_traits_free(&t);
  }
}

/* How many outlines lie behind a head with short hair of which `wide` units
 * hang beside the neck, at the picture's right. */
static int outlines_behind(float wide) {
  paint_bust(0xd8a080);
  paint("hair", 0x402818, 0, -45, 84, 80, NULL);
  paint("hair", 0x402818, 76, 65, wide, 40, NULL);
  paint("torso_skin", 0xd8a080, 0, 110, 40, 40, NULL);
  paint("face", 0xd8a080, 0, 20, 68, 82, NULL);
  paint("left_ear", 0xd8a080, 76, 6, 12, 28, NULL);
  pa_traits t = measure();
  assert_int_equal(t.hair.kind, PA_HAIR_TRACED);
  int count = (int)t.hair.back.count;
  for (size_t i = 0; i < t.hair.back.count; i++)
    for (size_t k = 0; k < t.hair.back.contours[i].count; k++)
      assert_true(t.hair.back.contours[i].points[k].x > 0);
  pa_traits_free(&t);
  return count;
}

/* Much hair behind a bare ear is tied; little is a shadow. */
static void tied_hair_hangs_behind_the_ear(void **state) {
  (void)state;
  assert_int_equal(outlines_behind(24), 1);
  assert_int_equal(outlines_behind(5), 0);
}

/* How low hair reaches that the person map gives to a neighbour, whose eyes lie
 * at `x`. */
static float hair_given_away(float x, unsigned rgb) {
  pa_scene *one = scene;
  pa_error err;
  assert_int_equal(pa_scene_create(&err, SIDE, SIDE, 2, &scene), PA_OK);
  paint_bust(0xd8a080);
  paint("hair", rgb, 84, 40, 26, 90, "face");
  for (size_t i = 0; i < (size_t)SIDE * SIDE; i++)
    if (scene->labels[i] == pa_label_find("hair")) scene->persons[i] = 2;
  paint("hair", 0x402818, 0, -45, 84, 80, NULL);
  paint("face", 0xd8a080, 0, 20, 68, 82, NULL);
  pa_person *other = &scene->data[1].person;
  other->id = 2;
  for (int k = PA_KP_LEFT_EYE; k <= PA_KP_RIGHT_EYE; k++)
    other->keypoints[k] = (pa_keypoint){EYES_X + x * UNIT, EYES_Y, .9f};
  other->keypoints[PA_KP_LEFT_EYE].x += 31 * UNIT;
  other->keypoints[PA_KP_RIGHT_EYE].x -= 31 * UNIT;
  pa_traits t = measure();
  float length = t.hair.length;
  pa_traits_free(&t);
  pa_scene_destroy(scene);
  scene = one;
  return length;
}

static void hair_before_a_neighbour_is_ones_own(void **state) {
  (void)state;
  float own = hair_given_away(400, 0x402818);
  float theirs = hair_given_away(84, 0x402818);
  float blond = hair_given_away(400, 0xe0c070);
  assert_true(own > 90 && theirs < own - 40 && blond < own - 40);
}

/* In the shade of a bright day skin is as dark as blond hair. */
static void hair_as_light_as_skin_is_blond(void **state) {
  (void)state;
  static const unsigned skins[] = {0x745448, 0xd8a080};
  float light[2];
  for (int k = 0; k < 2; k++) {
    paint_bust(skins[k]);
    paint("hair", 0x786048, 0, -45, 84, 80, NULL);
    paint("face", skins[k], 0, 20, 68, 82, NULL);
    pa_traits t = measure();
    light[k] = pa_lightness(t.hair.color);
    pa_traits_free(&t);
  }
  assert_true(light[0] > .6f && light[1] < .55f);
}

/* The brows of a face whose mesh has them where they commonly are: how heavy
 * they are and how high they lie when dark strips are painted at `y`. */
static pa_traits look_at_brows(float y, float thick, const char *label) {
  static const char *const face[] = {"face", "left_brow", "right_brow"};
  static const char *const hair[] = {"hair"};
  pa_traits t;
  pa_measure *m = pa_mem_calloc(1, sizeof *m);
  assert_non_null(m);
  pa_traits_default(&t);
  paint_bust(0xd8a080);
  for (int side = -1; side <= 1; side += 2)
    paint(label, 0x281810, (float)side * 31, y, 22, thick, NULL);
  m->face = pa_labels_of(face, 3), m->hair = pa_labels_of(hair, 1);
  m->head = (pa_head){.mesh = true, .face = true, .unit = UNIT};
  m->head.to_photo = (pa_affine){UNIT, 0, EYES_X, 0, UNIT, EYES_Y};
  m->head.half = 70, m->head.left = -70, m->head.right = 70;
  assert_int_equal(
      pa_patch_create(&context->err, image, scene, 1, &m->head, &m->patch),
      PA_OK);
  pa_measure_brows(m, &t);
  pa_patch_free(&m->patch);
  pa_mem_free(m);
  return t;
}

static void brows_are_as_heavy_as_they_look(void **state) {
  (void)state;
  scene->data[0].person.id = 1;
  pa_traits thin = look_at_brows(-20, 1.6f, "left_brow");
  pa_traits heavy = look_at_brows(-20, 5, "left_brow");
  pa_traits low = look_at_brows(-14, 5, "left_brow");
  pa_traits none = look_at_brows(-20, 0, "left_brow");
  pa_traits hidden = look_at_brows(-20, 5, "hair");
  assert_true(heavy.brows.thickness > thin.brows.thickness + 1.5f);
  assert_true(thin.brows.thickness > none.brows.thickness);
  assert_true(low.brows.inner_y > heavy.brows.inner_y + 2);
  pa_traits usual;
  pa_traits_default(&usual);
  assert_true(hidden.brows.thickness == usual.brows.thickness);
}

/* Half a face in the shadow says nothing about its skin. */
static void skin_is_what_is_lit(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  pa_traits lit = measure();
  pa_traits_free(&lit);
  for (unsigned y = 0; y < SIDE; y++)
    for (unsigned x = (unsigned)EYES_X; x < SIDE; x++)
      for (size_t c = 0; c < 3; c++)
        image->rgba[4 * ((size_t)y * SIDE + x) + c] /= 3;
  pa_traits half = measure();
  pa_traits_free(&half);
  float a = pa_lightness(lit.face.skin), b = pa_lightness(half.face.skin);
  if (fabsf(a - b) > .15f)
    fail_msg("lit %.2f, by half %.2f", (double)a, (double)b);
}

/* Much lighter arms and chest are not below a hat's shadow; darker ones are in
 * a shadow of their own. */
static void shaded_faces_have_the_skin_of_arms(void **state) {
  (void)state;
  paint_bust(0x805040);
  pa_traits t = measure();
  float shaded = pa_lightness(t.face.skin);
  pa_traits_free(&t);
  paint("left_arm", 0xd8a080, 0, 200, 200, 90, "face");
  t = measure();
  assert_true(pa_lightness(t.face.skin) > shaded + .15f);
  pa_traits_free(&t);
  paint_bust(0xd8a080);
  t = measure();
  float lit = pa_lightness(t.face.skin);
  pa_traits_free(&t);
  paint("left_arm", 0x805040, 0, 200, 200, 90, "face");
  t = measure();
  assert_true(fabsf(pa_lightness(t.face.skin) - lit) < .01f);
  pa_traits_free(&t);
}

static void coats_have_the_colour_of_most_of_them(void **state) {
  (void)state;
  paint_bust(0xd0a080);
  paint("coat", 0xd06030, 0, 150, 210, 190, "face");
  paint("coat", 0x181010, 0, 190, 140, 70, "face"); /* all that is near */
  pa_traits t = measure();
  assert_int_equal(t.upper.kind, PA_GARMENT_COAT);
  assert_true(t.upper.color.r > 2 * t.upper.second.r);
  assert_true(t.upper.color.r > 2 * t.upper.color.b);
}

/* All is labelled coat: sleeves, trunk and what lies below the chin. */
static pa_traits layers_of(unsigned sleeves, unsigned trunk, unsigned collar) {
  paint_bust(0xd0a080);
  paint("coat", sleeves, 0, 190, 210, 110, "face");
  for (size_t i = 0; i < (size_t)SIDE * SIDE; i++)
    scene->derived[i] = scene->labels[i] == pa_label_find("coat");
  paint("coat", trunk, 0, 190, 110, 110, "face");
  for (size_t i = 0; i < (size_t)SIDE * SIDE; i++) {
    float u = ((float)(i % SIDE) - EYES_X) / UNIT;
    if (fabsf(u) < 105) scene->derived[i] = 0;
  }
  paint("coat", collar, 0, 130, 48, 40, "face");
  pa_traits t = measure();
  memset(scene->derived, 0, (size_t)SIDE * SIDE);
  return t;
}

static void shirts_are_seen_under_what_is_labelled_whole(void **state) {
  (void)state;
  pa_traits suit = layers_of(0x303038, 0x303038, 0xf0f0f4);
  assert_int_equal(suit.upper.kind, PA_GARMENT_SUIT);
  assert_true(pa_lightness(suit.upper.second) > .9f);
  pa_traits vest = layers_of(0x80b0f0, 0x202028, 0x90c0ff);
  assert_int_equal(vest.upper.kind, PA_GARMENT_WAISTCOAT);
  assert_true(vest.upper.color.b < 0x40 && vest.upper.second.b > 0xc0);
  pa_traits raglan = layers_of(0x80b0f0, 0xe8e8e8, 0xe8e8e8);
  assert_int_not_equal(raglan.upper.kind, PA_GARMENT_WAISTCOAT);
  pa_traits coat = layers_of(0x903020, 0x903020, 0x802818);
  assert_int_equal(coat.upper.kind, PA_GARMENT_COAT);
}

/* White and navy squares and fewer red ones: a red plaid. */
static void plaids_are_of_their_rich_colour(void **state) {
  (void)state;
  static const uint8_t colors[5][3] = {{230, 220, 230},
                                       {60, 55, 95},
                                       {230, 220, 230},
                                       {200, 20, 40},
                                       {60, 55, 95}};
  paint_bust(0xd0a080);
  for (size_t i = 0; i < (size_t)SIDE * SIDE; i++)
    if (scene->labels[i] == pa_label_find("upper_clothes"))
      memcpy(image->rgba + 4 * i, colors[(i % SIDE / 20 + i / SIDE / 20) % 5],
             3);
  pa_traits t = measure();
  assert_int_equal(t.upper.pattern, PA_PATTERN_PLAID);
  assert_true(t.upper.color.r > 2 * t.upper.color.g);
}

/* Squares of this many pixels in two dark shades, of about one hue. */
static pa_pattern pattern_of_shades(size_t size) {
  paint_bust(0xd0a080);
  for (size_t i = 0; i < (size_t)SIDE * SIDE; i++)
    if (scene->labels[i] == pa_label_find("upper_clothes"))
      memset(image->rgba + 4 * i,
             (i % SIDE / size + i / SIDE / size) % 2 ? 78 : 32, 3);
  pa_traits t = measure();
  pa_pattern pattern = t.upper.pattern;
  pa_traits_free(&t);
  return pattern;
}

static void plaids_may_be_faint_and_folds_are_none(void **state) {
  (void)state;
  assert_int_equal(pattern_of_shades(20), PA_PATTERN_PLAID);
  assert_int_equal(pattern_of_shades(80), PA_PATTERN_PLAIN);
}

/* What is labelled dress and begins where a top ends is a skirt, unless both
 * are of one colour. */
static void dresses_that_begin_below_are_skirts(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("dress", 0xe0d8c8, 0, 300, 400, 110, NULL);
  pa_traits t = measure();
  assert_int_equal(t.upper.kind, PA_GARMENT_TSHIRT);
  assert_int_equal(t.lower.kind, PA_LOWER_SKIRT);
  assert_true(pa_lightness(t.lower.color) > .8f);
  pa_traits_free(&t);
  paint("dress", 0x2060b0, 0, 300, 400, 110, NULL);
  t = measure();
  assert_int_equal(t.upper.kind, PA_GARMENT_DRESS);
  pa_traits_free(&t);
}

/* A dress that begins below the shoulders is no bare chest. */
static void who_wears_little_is_not_naked(void **state) {
  (void)state;
  paint_bust(0xd0a080);
  paint("torso_skin", 0xd0a080, 0, 200, 200, 110, "face");
  pa_traits bare = measure();
  assert_int_equal(bare.upper.kind, PA_GARMENT_NONE);
  paint("dress", 0x2060b0, 0, 240, 90, 40, "face");
  pa_traits clad = measure();
  assert_int_not_equal(clad.upper.kind, PA_GARMENT_NONE);
}

static pa_neckline neckline_of(float wide, bool straps) {
  paint_bust(0xd0a080);
  paint("torso_skin", 0xd0a080, 0, 120, wide, 100, "face");
  for (int side = -1; side <= 1 && straps; side += 2)
    paint("upper_clothes", 0x2060b0, 80 * (float)side, 190, 14, 80, "face");
  pa_traits t = measure();
  pa_neckline neckline = t.upper.neckline;
  pa_traits_free(&t);
  return neckline;
}

static void wide_necklines_bare_no_shoulders(void **state) {
  (void)state;
  assert_int_equal(neckline_of(140, false), PA_NECK_OFF);
  assert_int_not_equal(neckline_of(140, true), PA_NECK_OFF); /* a tank top */
  assert_int_not_equal(neckline_of(102, false), PA_NECK_OFF);
}

/* Skin in a V; cloth stands up on both sides, with stripes of `collar`. */
static pa_neckline neckline_with_collar(unsigned collar) {
  paint_bust(0xd0a080);
  for (int side = -1; side <= 1; side += 2)
    for (int row = 0; row < 12; row++)
      paint("upper_clothes", row & 1 ? collar : 0x2060b0,
            (60 - 2.5f * (float)row) * (float)side, 90 + 6 * (float)row, 30, 8,
            "face");
  for (int row = 0; row < 20; row++)
    paint("torso_skin", 0xd0a080, 0, 88 + 4 * (float)row,
          30 - 1.5f * (float)row, 6, "face");
  pa_traits t = measure();
  pa_neckline neckline = t.upper.neckline;
  pa_traits_free(&t);
  return neckline;
}

static void collars_have_edges(void **state) {
  (void)state;
  assert_int_equal(neckline_with_collar(0x6090d0), PA_NECK_COLLAR);
  assert_int_equal(neckline_with_collar(0x2060b0), PA_NECK_V);
}

static void place(int joint, float x, float y, float z) {
  float *w = scene->data[0].person.world[joint];
  w[0] = x, w[1] = y, w[2] = z;
}

/* Stands before the camera with the left arm (at the picture's right) up and
 * bent, the right one hanging. */
static void stand(void) {
  memset(scene->data[0].person.world, 0, sizeof scene->data[0].person.world);
  place(PA_KP_LEFT_EAR, .07f, -.6f, 0);
  place(PA_KP_RIGHT_EAR, -.07f, -.6f, 0);
  place(PA_KP_NOSE, 0, -.58f, -.1f);
  place(PA_KP_LEFT_SHOULDER, .18f, -.45f, 0);
  place(PA_KP_RIGHT_SHOULDER, -.18f, -.45f, 0);
  place(PA_KP_LEFT_ELBOW, .46f, -.45f, 0);
  place(PA_KP_LEFT_WRIST, .46f, -.7f, 0);
  place(PA_KP_RIGHT_ELBOW, -.18f, -.17f, 0);
  place(PA_KP_RIGHT_WRIST, -.18f, .08f, 0);
  for (int k = 0; k < 2; k++) {
    float x = k ? -.1f : .1f;
    place(PA_KP_LEFT_HIP + k, x, 0, 0);
    place(PA_KP_LEFT_KNEE + k, x, .42f, 0);
    place(PA_KP_LEFT_ANKLE + k, x, .84f, 0);
  }
}

static void poses_are_the_landmarks(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  stand();
  pa_traits t = measure();
  assert_true(fabsf(t.pose.left.upper - 90) < 1);
  assert_true(fabsf(t.pose.left.lower - 180) < 1);
  assert_true(fabsf(t.pose.right.upper) < 1 && fabsf(t.pose.right.lower) < 1);
  assert_true(!t.pose.sitting && t.yaw == 0);
  pa_traits_free(&t);

  place(PA_KP_RIGHT_ELBOW, -.18f, -.43f, -.28f); /* at the camera */
  for (int k = 0; k < 2; k++) {
    place(PA_KP_LEFT_KNEE + k, k ? -.1f : .1f, .05f, -.42f);
    place(PA_KP_LEFT_ANKLE + k, k ? -.1f : .1f, .46f, -.4f);
  }
  place(PA_KP_NOSE, .09f, -.58f, -.01f); /* looks to the picture's right */
  t = measure();
  assert_true(t.pose.right.upper == 0);
  assert_true(t.pose.sitting);
  assert_true(t.yaw > 1.9f);
  pa_traits_free(&t);
  memset(scene->data[0].person.world, 0, sizeof scene->data[0].person.world);
}

static void glasses_need_two_lenses(void **state) {
  (void)state;
  paint_bust(0xd8a080);
  paint("glasses", 0x806040, 31, 3, 24, 18, NULL);
  pa_traits t = measure();
  assert_string_equal(t.glasses.shape, "");
  pa_traits_free(&t);

  paint("glasses", 0x806040, -31, 3, 24, 18, NULL);
  paint("face", 0xd8a080, -31, 3, 20, 14, NULL); /* seen through them */
  paint("face", 0xd8a080, 31, 3, 20, 14, NULL);
  t = measure();
  assert_true(*t.glasses.shape);
  assert_false(t.glasses.dark);
  pa_traits_free(&t);

  paint("glasses", 0x101010, -31, 3, 24, 18, NULL);
  paint("glasses", 0x101010, 31, 3, 24, 18, NULL);
  t = measure();
  assert_true(t.glasses.dark);
  assert_true(!strcmp(t.glasses.shape, "shades") ||
              !strcmp(t.glasses.shape, "aviator"));
  pa_traits_free(&t);
}

static pa_oklab skin_of(unsigned rgb) {
  paint_bust(rgb);
  pa_traits t = measure();
  pa_oklab lab = pa_oklab_of(t.face.skin);
  pa_traits_free(&t);
  return lab;
}

/* Whatever the light: no face is grey, violet, white or black. */
static void skin_stays_skin(void **state) {
  (void)state;
  static const unsigned lights[] = {0xd8a080, 0x5a3a28, 0x101010, 0x2a1810,
                                    0xffffff, 0x8a7a80, 0x70607a, 0xe8b0c0,
                                    0x909090, 0x305030};
  for (size_t i = 0; i < sizeof lights / sizeof *lights; i++) {
    pa_oklab lab = skin_of(lights[i]);
    float hue = atan2f(lab.b, lab.a);
    if (!(lab.l > .33f && lab.l < .91f))
      fail_msg("%06x: lightness %.2f", lights[i], (double)lab.l);
    assert_true(hypotf(lab.a, lab.b) > .025f);
    assert_true(hue > .6f && hue < 1.35f);
  }
  /* Light skin stays light, dark skin dark. */
  assert_true(skin_of(0xf0c8b0).l > .8f);
  assert_true(skin_of(0x5a3a28).l < .5f);
  /* One that is hardly lit is neither. */
  assert_true(skin_of(0x101010).l > .5f);
}

/* Accessories and backgrounds are drawn over and behind painted people. */
static void photos_wear_accessories(void **state) {
  (void)state;
  enum { SMALL = 128 };
  static uint8_t plain[4 * SMALL * SMALL], worn[4 * SMALL * SMALL];
  const pa_accessory things[] = {
      {"hat", "beanie", {220, 20, 30, 255}},
      {"background", "plain", {20, 200, 40, 255}},
  };
  pa_avatar2d *avatar;
  paint_bust(0xd8a080);
  pa_traits t = measure();
  pa_traits_free(&t);
  for (int with = 0; with < 2; with++) {
    pa_avatar2d_options options = {
        .style = "oil",
        .accessories = with ? things : NULL,
        .accessory_count = with ? 2 : 0,
    };
    if (pa_avatar2d_create(context, image, scene, 1, NULL, 0, &options,
                           &avatar) != PA_OK)
      fail_msg("%s", pa_context_message(context));
    const char *svg = pa_avatar2d_svg(avatar, NULL);
    assert_int_equal(strstr(svg, "id=\"hat\"") != NULL, with);
    assert_int_equal(
        pa_avatar2d_render(context, avatar, SMALL, with ? worn : plain), PA_OK);
    /* What is put on is not read back as the person's. */
    assert_non_null(
        strstr(pa_avatar2d_traits(avatar), "\"hat\":{\"shape\":\"\""));
    pa_avatar2d_destroy(avatar);
  }
  const uint8_t *hat = worn + 4 * (24 * SMALL + 64), *corner = worn + 4 * 130;
  assert_true(hat[0] > 120 && hat[1] < 80 && hat[3] == 255);
  assert_true(corner[1] > corner[0] + 40 && corner[3] == 255);
  /* The face is the same. */
  size_t face = 4 * (size_t)(75 * SMALL + 64);
  assert_memory_equal(worn + face, plain + face, 4);
}

/* Traits that are given are not read again, and what is painted is the same. */
static void photos_take_known_traits(void **state) {
  (void)state;
  static uint8_t read[4 * 128 * 128], given[4 * 128 * 128];
  paint_bust(0xd8a080);
  pa_traits t = measure();
  pa_traits_free(&t);
  const pa_avatar2d_options options = {.style = "pixel"};
  const char *const json[] = {NULL, "{\"shoulders\":150}"};
  for (int k = 0; k < 2; k++) {
    pa_avatar2d *avatar;
    if (pa_avatar2d_create(context, image, scene, 1, json[k],
                           json[k] ? strlen(json[k]) : 0, &options, &avatar))
      fail_msg("%s", pa_context_message(context));
    assert_int_equal(
        strstr(pa_avatar2d_traits(avatar), "\"shoulders\":150") != NULL, k);
    assert_int_equal(pa_avatar2d_render(context, avatar, 128, k ? given : read),
                     PA_OK);
    pa_avatar2d_destroy(avatar);
  }
  assert_memory_equal(read, given, sizeof read);
  pa_avatar2d *none;
  assert_int_equal(
      pa_avatar2d_create(context, image, scene, 7, "{}", 2, &options, &none),
      PA_ERROR_ARGUMENT);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hair_that_is_whole_is_traced),
      cmocka_unit_test(hair_in_pieces_becomes_a_haircut),
      cmocka_unit_test(bald_heads_stay_bald),
      cmocka_unit_test(hats_hide_hair),
      cmocka_unit_test(bowed_heads_have_short_hair),
      cmocka_unit_test(hair_is_not_green),
      cmocka_unit_test(builds_are_told_by_the_waist),
      cmocka_unit_test(grey_hair_is_grey),
      cmocka_unit_test(hair_is_not_mustard),
      cmocka_unit_test(thin_hair_is_shorn),
      cmocka_unit_test(tied_hair_is_guessed),
      cmocka_unit_test(curls_are_seen),
      cmocka_unit_test(hair_across_the_eyes_becomes_a_haircut),
      cmocka_unit_test(haircuts_have_the_hairs_length),
      cmocka_unit_test(hats_are_read_by_their_form),
      cmocka_unit_test(helmets_cover_the_cheeks),
      cmocka_unit_test(bare_ears_shorten_hair),
      cmocka_unit_test(tied_hair_hangs_behind_the_ear),
      cmocka_unit_test(hair_before_a_neighbour_is_ones_own),
      cmocka_unit_test(hair_as_light_as_skin_is_blond),
      cmocka_unit_test(brows_are_as_heavy_as_they_look),
      cmocka_unit_test(skin_is_what_is_lit),
      cmocka_unit_test(shaded_faces_have_the_skin_of_arms),
      cmocka_unit_test(coats_have_the_colour_of_most_of_them),
      cmocka_unit_test(shirts_are_seen_under_what_is_labelled_whole),
      cmocka_unit_test(plaids_are_of_their_rich_colour),
      cmocka_unit_test(plaids_may_be_faint_and_folds_are_none),
      cmocka_unit_test(dresses_that_begin_below_are_skirts),
      cmocka_unit_test(who_wears_little_is_not_naked),
      cmocka_unit_test(wide_necklines_bare_no_shoulders),
      cmocka_unit_test(collars_have_edges),
      cmocka_unit_test(poses_are_the_landmarks),
      cmocka_unit_test(glasses_need_two_lenses),
      cmocka_unit_test(photos_take_known_traits),
      cmocka_unit_test(skin_stays_skin),
      cmocka_unit_test(photos_wear_accessories),
  };
  return cmocka_run_group_tests_name("avatar2d measure", tests, set_up,
                                     tear_down);
}
