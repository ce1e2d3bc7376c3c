/* M2FP-Lite's part of the pipeline: the prompt, the grid that a network's
 * answer becomes, the face's parts, the derived masks. The network here is a
 * few operators with a known answer; the real one is measured by weights/eval.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/mem.h"
#include "parse/compose.h"
#include "parse/crops.h"
#include "parse/face_parts.h"
#include "parse/fragments.h"
#include "parse/lite.h"
#include "parse/lite_table.h"
#include "parse/prompt.h"
#include "parse/scene.h"
#include "unit/nn_file.h"

#define CELL(x, y, c) (((y) * PA_PROMPT + (x)) * PA_PROMPT_CHANNELS + (c))

/* Somebody who stands upright in a photo of 256 x 256, facing the camera. */
static pa_pose standing(float cx) {
  static const struct {
    int index;
    float x, y;
  } points[] = {{1, 4, 35},     {3, 6, 35},    {4, -4, 35},    {6, -6, 35},
                {0, 0, 40},     {2, 5, 35},    {5, -5, 35},    {7, 10, 38},
                {8, -10, 38},   {9, 3, 45},    {10, -3, 45},   {11, 20, 70},
                {12, -20, 70},  {13, 30, 100}, {14, -30, 100}, {15, 35, 130},
                {16, -35, 130}, {23, 12, 130}, {24, -12, 130}, {25, 12, 180},
                {26, -12, 180}, {27, 12, 230}, {28, -12, 230}};
  pa_pose pose = {.presence = 1,
                  .roi = {.cx = cx, .cy = 128, .side = 256, .angle = 0}};
  for (size_t i = 0; i < sizeof points / sizeof *points; i++)
    pose.keypoints[points[i].index] =
        (pa_keypoint){cx + points[i].x, points[i].y, 1};
  return pose;
}

/* The detection that would have led to this pose. */
static pa_found found(const pa_pose *pose) {
  static const int coco[] = {0,  2,  5,  7,  8,  11, 12, 13, 14,
                             15, 16, 23, 24, 25, 26, 27, 28};
  pa_found f = {.score = 1};
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++)
    f.keypoints[i] = pose->keypoints[coco[i]];
  return f;
}

static const pa_affine whole = {4, 0, 0, 0, 4, 0}; /* prompt cells to photo */

static void prompt_draws_bones_and_others(void **state) {
  (void)state;
  float *maps = pa_mem_alloc(sizeof(float) * CELL(0, PA_PROMPT, 0));
  pa_pose pose = standing(100), other = standing(200);
  pa_found people[] = {found(&pose), found(&other)};
  float *mask =
      pa_mem_calloc((size_t)PA_POSE_SIZE * PA_POSE_SIZE, sizeof *mask);
  pa_prompt_draw(whole, &pose, mask, people, 2, maps);
  /* The left arm's channel where the left forearm is, nothing at the right. */
  assert_true(maps[CELL(33, 28, 2)] > 0.8f);
  assert_true(maps[CELL(16, 28, 2)] < 1e-3f);
  assert_true(maps[CELL(16, 28, 3)] > 0.8f);
  /* A bone's value falls as exp(-(d / r)^2): cell (28, 40) is 14.5 - 14 ...
   * from the left thigh at x = 112 / 4. */
  float d = 28.5f - 28, r = 0.03f * PA_PROMPT;
  assert_float_equal(maps[CELL(28, 40, 4)], expf(-d * d / (r * r)), 1e-4f);
  /* Own points on the last channel; the other's on the one before, and not
   * one's own, although one's own detection is in the list. */
  assert_true(maps[CELL(25, 10, 7)] > 0.8f);
  assert_true(maps[CELL(25, 10, 6)] < 1e-3f);
  assert_true(maps[CELL(50, 10, 6)] > 0.8f);
  /* Unless that is one's own too: the region begins at x = -28. */
  for (size_t i = 0; i < (size_t)PA_POSE_SIZE * PA_POSE_SIZE; i++)
    mask[i] = i % PA_POSE_SIZE > 200 && i / PA_POSE_SIZE < 100;
  pa_prompt_draw(whole, &pose, mask, people, 2, maps);
  assert_true(maps[CELL(50, 10, 6)] < 1e-3f);
  assert_true(maps[CELL(53, 45, 6)] > 0.8f); /* the knee, below */
  pa_mem_free(mask);
  pa_mem_free(maps);
}

static void prompt_survives_any_pose(void **state) {
  (void)state;
  float *maps = pa_mem_alloc(sizeof(float) * CELL(0, PA_PROMPT, 0));
  static const float mask[PA_POSE_SIZE * PA_POSE_SIZE];
  const float bad[] = {NAN, INFINITY, -INFINITY, 1e30f, -1e30f, 0};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    pa_pose pose = standing(100);
    for (int k = 0; k < PA_KEYPOINTS; k++)
      pose.keypoints[k] = (pa_keypoint){bad[i], bad[i], 1};
    pa_found people[] = {found(&pose)};
    pa_prompt_draw(whole, &pose, mask, people, 1, maps);
    for (int k = 0; k < CELL(0, PA_PROMPT, 0); k++)
      assert_true(maps[k] >= 0 && maps[k] <= 1);
  }
  pa_mem_free(maps);
}

static void one_person_is_known_again(void **state) {
  (void)state;
  pa_pose a = standing(100), b = standing(180);
  pa_found of_a = found(&a), of_b = found(&b);
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++)
    of_a.keypoints[i].x += i % 2 ? 4.0f : -4.0f;
  assert_true(pa_prompt_same(&a, &of_a));
  assert_false(pa_prompt_same(&a, &of_b));
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++)
    of_a.keypoints[i].score = 0;
  assert_false(pa_prompt_same(&a, &of_a)); /* nothing to compare */
}

/* ------------------------------------------------------------ the grid */

#define LABELS                                                                 \
  "[\"background\",\"coat\",\"hair\",\"person\",\"left_sleeve\","              \
  "\"right_sleeve\"]"

/* A network that takes red for coat, blue for hair, what is dark for
 * background; everything is the person's, and the left sleeve is where it is
 * red. The prompt has no effect. */
static nn_bytes lite_file(const char *labels) {
  static nn_file f;
  memset(&f, 0, sizeof f);
  const float weight[6][3] = {{-9, 0, -9}, {9, 0, -9}, {-9, 0, 9},
                              {0, 0, 0},   {9, 0, 0},  {0, 0, 0}};
  const float bias[6] = {0, 0, 0, 9, 0, -9};
  const float none = 0;
  nn_file_tensor(&f, "w", "F32", "[6,1,1,3]", weight, 18);
  nn_file_tensor(&f, "b", "F32", "[6]", bias, 6);
  /* selfie_multiclass says the same: background, hair, nothing, nothing,
   * clothes, nothing. */
  const float logits[6][3] = {{-9, 0, -9}, {-9, 0, 9}, {0, 0, 0},
                              {0, 0, 0},   {9, 0, -9}, {0, 0, 0}};
  nn_file_tensor(&f, "wl", "F32", "[6,1,1,3]", logits, 18);
  nn_file_tensor(&f, "none", "F32", "[1,1,1,1]", &none, 1);
  char quoted[512], metadata[1024];
  nn_quote(labels, quoted);
  snprintf(metadata, sizeof metadata,
           "\"format\":\"parsona-1\",\"role\":\"parts-lite\",\"name\":\"t\","
           "\"license\":\"CC0-1.0\",\"source\":\"tests\",\"labels\":%s",
           quoted);
  nn_bytes bytes = nn_file_bytes_with(
      &f, metadata,
      "{\"inputs\":[{\"name\":\"image\",\"shape\":[1,256,256,3]},"
      "{\"name\":\"prompt\",\"shape\":[1,64,64,8]}],"
      "\"outputs\":[{\"name\":\"masks\",\"value\":\"m\"},"
      "{\"name\":\"logits\",\"value\":\"l\"}],\"ops\":["
      "{\"op\":\"conv2d\",\"in\":[\"image\"],\"out\":[\"l\"],"
      "\"weight\":\"wl\",\"pad\":\"valid\"},"
      "{\"op\":\"avg_pool2d\",\"in\":[\"image\"],\"out\":[\"p\"],"
      "\"size\":[4,4],\"stride\":[4,4],\"pad\":\"valid\"},"
      "{\"op\":\"conv2d\",\"in\":[\"p\"],\"out\":[\"c\"],\"weight\":\"w\","
      "\"bias\":\"b\",\"pad\":\"valid\"},"
      "{\"op\":\"mean\",\"in\":[\"prompt\"],\"out\":[\"z\"],\"axes\":[3],"
      "\"keep_dims\":true},"
      "{\"op\":\"mul\",\"in\":[\"z\",\"none\"],\"out\":[\"zz\"]},"
      "{\"op\":\"add\",\"in\":[\"c\",\"zz\"],\"out\":[\"m\"]}]}");
  nn_file_free(&f);
  return bytes;
}

static pa_status load(pa_context *context, const char *labels) {
  nn_bytes file = lite_file(labels);
  pa_status status = pa_context_load(context, file.bytes, file.size);
  free(file.bytes);
  return status;
}

/* A photo of 256 x 256: blue above y = 60, red below, within 40 of x = middle,
 * dark elsewhere. */
static pa_image *photo_at(int middle) {
  uint8_t *rgba = pa_mem_calloc(256 * 256, 4);
  for (int y = 0; y < 256; y++)
    for (int x = 0; x < 256; x++) {
      uint8_t *p = rgba + 4 * (y * 256 + x);
      p[3] = 255;
      if (abs(x - middle) < 40) p[y < 60 ? 2 : 0] = 255;
    }
  pa_image *image;
  assert_int_equal(pa_image_from_rgba(NULL, rgba, 256, 256, 0, &image),
                   PA_ERROR_ARGUMENT);
  pa_context *context;
  assert_int_equal(pa_context_create(NULL, &context), PA_OK);
  assert_int_equal(pa_image_from_rgba(context, rgba, 256, 256, 0, &image),
                   PA_OK);
  pa_context_destroy(context);
  pa_mem_free(rgba);
  return image;
}

static pa_image *photo(void) {
  return photo_at(128);
}

static float *everywhere(void) {
  float *mask = pa_mem_alloc(sizeof(float) * PA_POSE_SIZE * PA_POSE_SIZE);
  for (int i = 0; i < PA_POSE_SIZE * PA_POSE_SIZE; i++)
    mask[i] = 1;
  return mask;
}

static void a_grid_is_what_the_network_says(void **state) {
  (void)state;
  pa_context_options options = {.threads = 1};
  pa_context *context;
  assert_int_equal(pa_context_create(&options, &context), PA_OK);
  assert_int_equal(load(context, LABELS), PA_OK);
  pa_image *image = photo();
  float *mask = everywhere();
  pa_pose pose = standing(128);
  pa_found people[] = {found(&pose)};
  pa_grid grid;
  assert_int_equal(
      pa_lite_run(context, image, &pose, mask, people, 1, false, &grid), PA_OK);
  pa_scene *scene;
  assert_int_equal(pa_scene_create(NULL, 256, 256, 1, &scene), PA_OK);
  assert_int_equal(pa_compose(NULL, context->engine, &grid, 1, scene), PA_OK);
  int hair = pa_label_find("hair"), coat = pa_label_find("coat");
  int good = 0;
  for (int y = 8; y < 248; y++)
    for (int x = 8; x < 248; x++) {
      int want = abs(x - 128) < 40 ? (y < 60 ? hair : coat) : 0;
      size_t at = (size_t)(y * 256 + x);
      bool sleeve = scene->derived[at] & 1 << PA_DERIVED_LEFT_SLEEVE;
      good += scene->labels[at] == want && sleeve == (want == coat);
      assert_false(scene->derived[at] & 1 << PA_DERIVED_RIGHT_SLEEVE);
    }
  assert_true(good > 240 * 240 * 0.95);
  pa_scene_destroy(scene);
  pa_grid_free(&grid);
  pa_mem_free(mask);
  pa_image_destroy(image);
  pa_context_destroy(context);
}

static pa_grid look(pa_context *context, const pa_image *image, bool twice) {
  float *mask = everywhere();
  pa_pose pose = standing(100);
  pa_grid grid;
  assert_int_equal(
      pa_lite_run(context, image, &pose, mask, NULL, 0, twice, &grid), PA_OK);
  pa_mem_free(mask);
  return grid;
}

/* What the network calls a left sleeve wherever it sees it is a right one in a
 * mirror: after two looks it is half of each. All else stays where it was. */
static void a_mirrored_look_exchanges_sides(void **state) {
  (void)state;
  pa_context_options options = {.threads = 1};
  pa_context *context;
  assert_int_equal(pa_context_create(&options, &context), PA_OK);
  assert_int_equal(load(context, LABELS), PA_OK);
  pa_image *image = photo_at(100);
  pa_grid once = look(context, image, false);
  pa_grid both = look(context, image, true);
  assert_int_equal(once.channels, 2);
  size_t sleeves = 0;
  for (size_t cell = 0; cell < (size_t)PA_GRID * PA_GRID; cell++) {
    const uint8_t *a = once.parts + cell * once.stride;
    const uint8_t *b = both.parts + cell * both.stride;
    assert_in_range(both.body[cell] + 4 - once.body[cell], 0, 8);
    if (once.body[cell] < 235) continue;
    for (size_t c = 0; c < once.channels; c++)
      assert_in_range(b[c] + 4 - a[c], 0, 8);
    if (a[once.channels] < 250) continue;
    sleeves++;
    assert_in_range(b[both.channels], 120, 135);
    assert_in_range(b[both.channels + 1], 120, 135);
  }
  assert_true(sleeves > 1000);
  pa_grid_free(&once);
  pa_grid_free(&both);
  pa_image_destroy(image);
  pa_context_destroy(context);
}

static void kinds_are_weighed(void **state) {
  (void)state;
  enum { BACKGROUND, HAIR, FACE, COAT, PANTS, GLASSES, PARTS };
  const pa_lite_table table = {.queries = PARTS,
                               .parts = PARTS,
                               .class = {PA_SELFIE_BACKGROUND, PA_SELFIE_HAIR,
                                         PA_SELFIE_FACE_SKIN, PA_SELFIE_CLOTHES,
                                         PA_SELFIE_CLOTHES, PA_LITE_SOMETHING}};
  const float before[PARTS] = {0.2f, 0.2f, 0.1f, 0.3f, 0.1f, 0.1f};
  float p[PARTS], sum = 0;
  float fine[PA_SELFIE_CLASSES] = {[PA_SELFIE_BACKGROUND] = 0.1f,
                                   [PA_SELFIE_HAIR] = 0.8f,
                                   [PA_SELFIE_CLOTHES] = 0.1f};
  memcpy(p, before, sizeof p);
  pa_lite_table_weigh(&table, fine, p);
  for (int q = 0; q < PARTS; q++)
    sum += p[q];
  assert_float_equal(sum, 1, 1e-3f);
  assert_true(p[HAIR] > p[COAT] + p[PANTS]); /* it was the other way round */
  assert_true(p[FACE] < before[FACE] && p[FACE] > 0);
  assert_float_equal(p[COAT] / p[PANTS], 3, 1e-4f);
  assert_float_equal(p[BACKGROUND], before[BACKGROUND], 0);
  assert_float_equal(p[GLASSES], before[GLASSES], 0);
  /* Nobody there: nothing to say. */
  float nobody[PA_SELFIE_CLASSES] = {[PA_SELFIE_BACKGROUND] = 1};
  memcpy(p, before, sizeof p);
  pa_lite_table_weigh(&table, nobody, p);
  assert_memory_equal(p, before, sizeof p);
}

static void skin_is_doubted_where_cloth_is_likely(void **state) {
  (void)state;
  float p[PA_SELFIE_CLASSES] = {
      [PA_SELFIE_BODY_SKIN] = 0.6f, [PA_SELFIE_HAIR] = 0.4f};
  assert_float_equal(pa_selfie_skin_trust(p), 1, 1e-6f);
  p[PA_SELFIE_HAIR] = 0.2f, p[PA_SELFIE_CLOTHES] = 0.2f;
  float half = pa_selfie_skin_trust(p);
  p[PA_SELFIE_HAIR] = 0, p[PA_SELFIE_CLOTHES] = 0.4f;
  float most = pa_selfie_skin_trust(p);
  assert_true(most < half && half < 1);
  assert_true(most > 0.5f); /* 0.6 of skin against 0.4 of cloth: about even */
  p[PA_SELFIE_BODY_SKIN] = 1, p[PA_SELFIE_CLOTHES] = 0;
  assert_float_equal(pa_selfie_skin_trust(p), 1, 1e-6f);
}

static void label_tables_are_checked(void **state) {
  (void)state;
  static const char *const bad[] = {
      "[\"coat\",\"background\",\"hair\",\"person\",\"a\",\"b\"]",
      "[\"background\",\"coat\",\"hair\",\"a\",\"b\",\"c\"]",
      "[\"background\",\"person\",\"hair\",\"a\",\"b\",\"c\"]",
      "[\"background\",\"coat\",\"hair\",\"person\"]"};
  pa_context *context;
  assert_int_equal(pa_context_create(NULL, &context), PA_OK);
  pa_image *image = photo();
  float *mask = everywhere();
  pa_pose pose = standing(128);
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(load(context, bad[i]), PA_OK);
    pa_grid grid;
    assert_int_equal(
        pa_lite_run(context, image, &pose, mask, NULL, 0, false, &grid),
        PA_ERROR_WEIGHTS);
    assert_non_null(strstr(pa_context_message(context), "M2FP-Lite"));
  }
  pa_mem_free(mask);
  pa_image_destroy(image);
  pa_context_destroy(context);
}

/* ------------------------------------------------------------ the rest */

static uint8_t best_of(const pa_grid *grid, int x, int y) {
  const uint8_t *p =
      grid->parts + ((size_t)y * PA_GRID + (size_t)x) * grid->stride;
  size_t best = 0;
  for (size_t c = 1; c < grid->channels; c++)
    if (p[c] > p[best]) best = c;
  return grid->labels[best];
}

/* An empty grid that lies on the photo's pixels. */
static pa_grid grid_of(const uint8_t *labels, size_t count) {
  pa_grid grid;
  pa_affine same = {1, 0, 0, 0, 1, 0};
  assert_int_equal(pa_grid_init(NULL, same, labels, count, 0, &grid), PA_OK);
  return grid;
}

static void merge_fragments(pa_grid *grid) {
  int32_t *scratch = pa_mem_alloc(2 * sizeof *scratch * PA_GRID * PA_GRID);
  pa_grid_merge_fragments(grid, 0.06f, scratch);
  pa_mem_free(scratch);
}

static void splinters_join_what_they_touch(void **state) {
  (void)state;
  const uint8_t coat = (uint8_t)pa_label_find("coat"),
                upper = (uint8_t)pa_label_find("upper_clothes"),
                face = (uint8_t)pa_label_find("face");
  const uint8_t labels[] = {coat, upper, face};
  pa_grid grid = grid_of(labels, 3);
  for (int y = 50; y < 150; y++)
    for (int x = 50; x < 150; x++) {
      size_t cell = (size_t)(y * PA_GRID + x);
      /* A coat with a splinter of a shirt, a large shirt below, and a face
       * in the middle of the coat, which is of no kind. */
      int c = y >= 110 ? 1 : 0;
      if (x >= 60 && x < 70 && y >= 60 && y < 70) c = 1;
      if (x >= 90 && x < 100 && y >= 60 && y < 70) c = 2;
      grid.body[cell] = 255;
      grid.parts[cell * grid.stride + (size_t)c] = 200;
      grid.parts[cell * grid.stride + (size_t)(c + 1) % 3] = 55;
    }
  merge_fragments(&grid);
  assert_int_equal(best_of(&grid, 65, 65), coat);
  assert_int_equal(best_of(&grid, 95, 65), face);
  assert_int_equal(best_of(&grid, 100, 130), upper);
  assert_int_equal(best_of(&grid, 55, 55), coat);
  pa_grid_free(&grid);
}

static void accessories_as_large_as_garments_are_garments(void **state) {
  (void)state;
  const uint8_t coat = (uint8_t)pa_label_find("coat"),
                accessory = (uint8_t)pa_label_find("accessory"),
                hat = (uint8_t)pa_label_find("hat");
  const uint8_t labels[] = {coat, accessory, hat};
  pa_grid grid = grid_of(labels, 3);
  for (int y = 50; y < 150; y++)
    for (int x = 50; x < 150; x++) {
      size_t cell = (size_t)(y * PA_GRID + x);
      bool brooch = x >= 60 && x < 66 && y >= 60 && y < 66;
      grid.body[cell] = 255;
      grid.parts[cell * grid.stride + (brooch || y >= 120)] = 200;
    }
  merge_fragments(&grid);
  assert_int_equal(best_of(&grid, 63, 63), accessory);
  assert_int_equal(best_of(&grid, 100, 130), coat);
  pa_grid_free(&grid);
}

static void inner_clothes_need_a_coat(void **state) {
  (void)state;
  pa_scene *scene;
  assert_int_equal(pa_scene_create(NULL, 4, 1, 2, &scene), PA_OK);
  const uint8_t upper = (uint8_t)pa_label_find("upper_clothes");
  scene->labels[0] = (uint8_t)pa_label_find("coat");
  scene->labels[1] = scene->labels[2] = upper;
  scene->persons[0] = scene->persons[1] = 1;
  scene->persons[2] = 2; /* no coat of their own */
  pa_scene_derive(scene);
  assert_int_equal(scene->derived[0], 0);
  assert_int_equal(scene->derived[1], 1 << PA_DERIVED_INNER_CLOTHES);
  assert_int_equal(scene->derived[2], 0);
  assert_int_equal(scene->derived[3], 0);
  pa_scene_destroy(scene);
}

static void a_head_is_turned_with_its_eyes(void **state) {
  (void)state;
  pa_pose pose = standing(128);
  pa_head_square upright = pa_face_parts_square(pose.keypoints);
  assert_float_equal(upright.angle, 0, 1e-5f);
  assert_float_equal(upright.cx, 128, 0.5f);
  /* The whole turned by a quarter about (128, 128): x' = 256 - y, y' = x. */
  for (int i = 0; i < PA_KEYPOINTS; i++) {
    pa_keypoint *k = &pose.keypoints[i];
    *k = (pa_keypoint){256 - k->y, k->x, k->score};
  }
  pa_head_square turned = pa_face_parts_square(pose.keypoints);
  assert_float_equal(turned.angle, 1.5708f, 1e-3f);
  assert_float_equal(turned.side, upright.side, 1e-2f);
  assert_float_equal(turned.cx, 256 - upright.cy, 1e-2f);
  assert_float_equal(turned.cy, upright.cx, 1e-2f);
}

static void a_turned_head_shows_its_nearer_ear(void **state) {
  (void)state;
  pa_pose pose = standing(128);
  float x = pose.keypoints[PA_KP_NOSE].x;
  pose.keypoints[PA_KP_NOSE].x = x - 4;
  assert_float_equal(pa_face_parts_square(pose.keypoints).cx, 132, 0.5f);
  pose.keypoints[PA_KP_NOSE].x = x + 4;
  assert_float_equal(pa_face_parts_square(pose.keypoints).cx, 124, 0.5f);
}

/* The first crop's upper edge in the photo. */
static float top_of_crop(const pa_pose *pose) {
  static const float mask[PA_POSE_SIZE * PA_POSE_SIZE]; /* nothing seen */
  const pa_image image = {.width = 256, .height = 256};
  pa_crops crops = pa_crops_choose(&image, pose, mask);
  float x, y;
  pa_affine_apply(&crops.square[0], PA_GRID / 2.f, 0, &x, &y);
  return y;
}

static void close_ups_show_all_of_the_head(void **state) {
  (void)state;
  pa_pose pose = standing(128);
  assert_true(top_of_crop(&pose) > 20);
  for (int i = 0; i < PA_KEYPOINTS; i++) {
    pa_keypoint *k = &pose.keypoints[i];
    k->x = 128 + 8 * (k->x - 128), k->y = 128 + 8 * (k->y - 40);
  }
  assert_true(top_of_crop(&pose) < 0);
}

static void a_crop_is_raised_until_the_photo_ends(void **state) {
  (void)state;
  const pa_image image = {.width = 256, .height = 256};
  pa_crops crops = {.square = {pa_affine_square(120, 150, 200, 0, PA_GRID)},
                    .count = 1};
  float x, y;
  /* 40 pixels up; the lower edge stays, and so does the middle. */
  assert_true(pa_crops_raise(&crops, &image));
  pa_affine_apply(&crops.square[0], PA_GRID / 2.f, 0, &x, &y);
  assert_float_equal(x, 120, 1e-3f);
  assert_float_equal(y, 10, 1e-3f);
  pa_affine_apply(&crops.square[0], PA_GRID / 2.f, PA_GRID, &x, &y);
  assert_float_equal(y, 250, 1e-3f);
  /* To the photo's edge, and no farther. */
  assert_true(pa_crops_raise(&crops, &image));
  pa_affine_apply(&crops.square[0], 0, 0, &x, &y);
  assert_float_equal(y, 0, 1e-3f);
  assert_false(pa_crops_raise(&crops, &image));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(prompt_draws_bones_and_others),
      cmocka_unit_test(prompt_survives_any_pose),
      cmocka_unit_test(one_person_is_known_again),
      cmocka_unit_test(a_grid_is_what_the_network_says),
      cmocka_unit_test(a_mirrored_look_exchanges_sides),
      cmocka_unit_test(kinds_are_weighed),
      cmocka_unit_test(skin_is_doubted_where_cloth_is_likely),
      cmocka_unit_test(label_tables_are_checked),
      cmocka_unit_test(splinters_join_what_they_touch),
      cmocka_unit_test(accessories_as_large_as_garments_are_garments),
      cmocka_unit_test(inner_clothes_need_a_coat),
      cmocka_unit_test(a_head_is_turned_with_its_eyes),
      cmocka_unit_test(a_turned_head_shows_its_nearer_ear),
      cmocka_unit_test(close_ups_show_all_of_the_head),
      cmocka_unit_test(a_crop_is_raised_until_the_photo_ends),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
