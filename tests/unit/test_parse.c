/* The pipeline's own arithmetic: grids, limbs, duplicates, composition, scenes.
 * Networks are tested in tests/networks, the whole in tests/cli. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/mem.h"
#include "nn/nn.h"
#include "parse/compose.h"
#include "parse/grid.h"
#include "parse/limbs.h"
#include "parse/overlap.h"
#include "parse/scene.h"
#include "parse/waist.h"
#include "pose/pose.h"

#define CELLS ((size_t)PA_GRID * PA_GRID)

static pa_grid make_grid(pa_affine to_photo) {
  const uint8_t labels[] = {2, 11, 4}; /* hair, face, upper_clothes */
  pa_grid grid;
  assert_int_equal(pa_grid_init(NULL, to_photo, labels, 3, 0, &grid), PA_OK);
  return grid;
}

/* Fills cells [x0, x1) x [y0, y1) with a person who owns them with `owner` and
 * wears channel `channel`. */
static void fill(pa_grid *grid, int x0, int y0, int x1, int y1, uint8_t owner,
                 int channel) {
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++) {
      size_t cell = (size_t)y * PA_GRID + (size_t)x;
      grid->body[cell] = 255;
      grid->owner[cell] = owner;
      grid->parts[cell * grid->stride + (size_t)channel] = 255;
    }
}

static void grid_finds_channels_and_rect(void **state) {
  (void)state;
  pa_grid grid = make_grid(pa_affine_square(50, 40, 20, 0, PA_GRID));
  assert_int_equal(pa_grid_channel(&grid, 11), 1);
  assert_int_equal(pa_grid_channel(&grid, 9), -1);
  pa_rect rect = pa_grid_rect(&grid, 100, 100);
  assert_true(rect.x0 == 40 && rect.x1 == 60 && rect.y0 == 30 && rect.y1 == 50);
  rect = pa_grid_rect(&grid, 45, 35);
  assert_true(rect.x0 == 40 && rect.x1 == 45 && rect.y0 == 30 && rect.y1 == 35);
  pa_grid_free(&grid);
}

static void islands_are_dropped(void **state) {
  (void)state;
  pa_grid grid = make_grid(pa_affine_square(128, 128, 256, 0, PA_GRID));
  fill(&grid, 10, 10, 110, 110, 255, 0);   /* 10000 cells */
  fill(&grid, 200, 200, 220, 220, 255, 0); /* 400 */
  fill(&grid, 240, 0, 245, 5, 255, 0);     /* 25 */
  int32_t *scratch = pa_mem_alloc(2 * CELLS * sizeof *scratch);
  pa_grid_drop_islands(&grid, 0.02f, scratch);
  assert_int_equal(grid.body[50 * PA_GRID + 50], 255);
  assert_int_equal(grid.body[210 * PA_GRID + 210], 255);
  assert_int_equal(grid.body[2 * PA_GRID + 242], 0);
  /* A chequerboard: more islands than there are numbers for. */
  for (size_t i = 0; i < CELLS; i++)
    grid.body[i] = (i + i / PA_GRID) % 2 ? 255 : 0;
  pa_grid_drop_islands(&grid, 0.5f, scratch);
  pa_mem_free(scratch);
  pa_grid_free(&grid);
}

static void nearest_limb_is_found(void **state) {
  (void)state;
  pa_keypoint k[PA_KEYPOINTS] = {0};
  const struct {
    int index;
    float x, y;
  } at[] = {{PA_KP_NOSE, 128, 40},           {PA_KP_LEFT_EAR, 136, 40},
            {PA_KP_RIGHT_EAR, 120, 40},      {PA_KP_LEFT_SHOULDER, 150, 70},
            {PA_KP_RIGHT_SHOULDER, 106, 70}, {PA_KP_LEFT_ELBOW, 165, 100},
            {PA_KP_RIGHT_ELBOW, 91, 100},    {PA_KP_LEFT_WRIST, 170, 130},
            {PA_KP_RIGHT_WRIST, 86, 130},    {PA_KP_LEFT_INDEX, 171, 138},
            {PA_KP_RIGHT_INDEX, 85, 138},    {PA_KP_LEFT_HIP, 142, 130},
            {PA_KP_RIGHT_HIP, 114, 130},     {PA_KP_LEFT_KNEE, 144, 180},
            {PA_KP_RIGHT_KNEE, 112, 180},    {PA_KP_LEFT_ANKLE, 145, 230},
            {PA_KP_RIGHT_ANKLE, 111, 230},   {PA_KP_LEFT_HEEL, 144, 235},
            {PA_KP_RIGHT_HEEL, 112, 235},    {PA_KP_LEFT_FOOT, 150, 240},
            {PA_KP_RIGHT_FOOT, 106, 240}};
  for (size_t i = 0; i < sizeof at / sizeof *at; i++)
    k[at[i].index] = (pa_keypoint){at[i].x, at[i].y, 1};
  const pa_affine same = {1, 0, 0, 0, 1, 0};
  pa_body body;
  pa_body_init(k, &same, &body);
  assert_float_equal(body.length, 60, 1e-3);
  assert_float_equal(pa_body_height(&body, 128, 70), 1, 1e-3);
  assert_float_equal(pa_body_height(&body, 77, 130), 0, 1e-3);

  const struct {
    float x, y;
    pa_limb limb;
  } expected[] = {{128, 90, PA_LIMB_TORSO},       {168, 115, PA_LIMB_LEFT_ARM},
                  {88, 115, PA_LIMB_RIGHT_ARM},   {144, 170, PA_LIMB_LEFT_LEG},
                  {112, 170, PA_LIMB_RIGHT_LEG},  {148, 239, PA_LIMB_LEFT_FOOT},
                  {108, 239, PA_LIMB_RIGHT_FOOT}, {128, 38, PA_LIMB_HEAD}};
  for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
    float d[PA_LIMB_COUNT];
    int best = 0;
    pa_body_distances(&body, expected[i].x, expected[i].y, d);
    for (int l = 1; l < PA_LIMB_COUNT; l++)
      if (d[l] < d[best]) best = l;
    assert_int_equal(best, expected[i].limb);
    assert_true(d[best] < 1);
  }
}

static void duplicates_are_told_from_neighbours(void **state) {
  (void)state;
  pa_affine m = pa_affine_square(128, 128, 256, 0, PA_GRID);
  pa_grid a = make_grid(m), b = make_grid(m), c = make_grid(m);
  /* The same person seen through a turned, larger square. */
  pa_grid turned = make_grid(pa_affine_square(128, 128, 512, 0.3f, PA_GRID));
  fill(&a, 60, 20, 160, 240, 250, 0);
  fill(&b, 65, 25, 160, 235, 240, 0);
  fill(&c, 150, 20, 250, 240, 250, 0);
  for (int y = 0; y < PA_GRID; y++)
    for (int x = 0; x < PA_GRID; x++) {
      float px, py;
      pa_affine_apply(&turned.to_photo, (float)x + 0.5f, (float)y + 0.5f, &px,
                      &py);
      if (px >= 60 && px < 160 && py >= 20 && py < 240)
        fill(&turned, x, y, x + 1, y + 1, 250, 0);
    }
  pa_overlap ab = pa_overlap_measure(&a, &b), ac = pa_overlap_measure(&a, &c);
  pa_overlap at = pa_overlap_measure(&a, &turned);
  pa_overlap ta = pa_overlap_measure(&turned, &a);
  assert_float_equal(ab.in_first, 1, 0.02);
  assert_float_equal(ab.in_second, 95.0 * 210 / (100.0 * 220), 0.02);
  assert_float_equal(ac.in_first, 0.1, 0.02);
  assert_true(at.in_first > 0.95 && at.in_second > 0.95);
  assert_float_equal(ta.in_first, at.in_second, 0.02);
  assert_true(pa_overlap_duplicate(ab, false, false));
  assert_true(pa_overlap_duplicate(at, false, false));
  assert_false(pa_overlap_duplicate(ac, false, false));
  assert_false(pa_overlap_duplicate((pa_overlap){0, 0}, true, false));
  /* A part of the first, and a child before them. */
  assert_true(pa_overlap_duplicate((pa_overlap){.9f, .2f}, false, false));
  assert_false(pa_overlap_duplicate((pa_overlap){.9f, .2f}, false, true));
  assert_true(pa_overlap_duplicate((pa_overlap){.9f, .9f}, false, true));
  pa_grid_free(&a);
  pa_grid_free(&b);
  pa_grid_free(&c);
  pa_grid_free(&turned);
}

static void heads_are_told_apart(void **state) {
  (void)state;
  pa_pose a, b;
  memset(&a, 0, sizeof a);
  a.keypoints[PA_KP_LEFT_SHOULDER].x = 40;
  b = a;
  b.keypoints[PA_KP_NOSE].y = 15;
  assert_true(pa_overlap_same_head(&a, &b));
  b.keypoints[PA_KP_NOSE].y = 25;
  assert_false(pa_overlap_same_head(&a, &b));
}

static void waist_is_where_the_colour_changes(void **state) {
  (void)state;
  float *rgb = pa_mem_calloc(CELLS * 3, sizeof *rgb);
  float *classes = pa_mem_calloc(CELLS * 2, sizeof *classes);
  pa_body body = {.hx = 128, .hy = 160, .uy = -1, .length = 80};
  body.capsules[body.count++] =
      (pa_capsule){128, 80, 128, 240, 40, 40, PA_LIMB_TORSO};
  for (size_t i = 0; i < CELLS; i++)
    classes[i * 2 + 1] = 1; /* clothes everywhere */
  assert_float_equal(pa_waist_find(&body, rgb, classes, 2, 1), 0.18, 0.01);
  for (size_t i = 128 * PA_GRID; i < CELLS; i++)
    rgb[i * 3] = 1; /* red from 0.4 torsos over the hips downwards */
  assert_float_equal(pa_waist_find(&body, rgb, classes, 2, 1), 0.4, 0.051);
  pa_mem_free(rgb);
  pa_mem_free(classes);
}

static void contested_pixels_go_to_the_surer_owner(void **state) {
  (void)state;
  pa_nn_engine *engine;
  assert_int_equal(pa_nn_engine_create(NULL, 2, &engine), PA_OK);
  pa_affine m = pa_affine_square(32, 32, 64, 0, PA_GRID);
  pa_grid grids[2] = {make_grid(m), make_grid(m)};
  fill(&grids[0], 0, 0, 160, 256, 200, 0);  /* photo x 0..40, hair */
  fill(&grids[1], 80, 0, 256, 256, 150, 2); /* photo x 20..64, clothes */
  pa_scene *scene;
  assert_int_equal(pa_scene_create(NULL, 70, 64, 2, &scene), PA_OK);
  assert_int_equal(pa_compose(NULL, engine, grids, 2, scene), PA_OK);
  for (int y = 0; y < 64; y++)
    for (int x = 0; x < 70; x++) {
      int owner = x < 40 ? 1 : x < 64 ? 2 : 0;
      int label = x < 40 ? 2 : x < 64 ? 4 : 0;
      assert_int_equal(scene->persons[y * 70 + x], owner);
      assert_int_equal(scene->labels[y * 70 + x], label);
    }
  pa_scene_measure(scene);
  pa_person person;
  assert_int_equal(pa_scene_person(scene, 1, &person), PA_OK);
  assert_true(person.x == 40 && person.width == 24 && person.height == 64);
  assert_int_equal(person.label_pixels[4], 24 * 64);
  assert_int_equal(pa_scene_person(scene, 2, &person), PA_ERROR_ARGUMENT);

  pa_scene_drop_small(scene, 24 * 64 + 1);
  assert_int_equal(pa_scene_person_count(scene), 1);
  assert_int_equal(scene->persons[50], 0);
  assert_int_equal(scene->labels[50], 0);
  assert_int_equal(scene->persons[10], 1);

  uint8_t mask[70 * 64];
  assert_int_equal(pa_scene_mask(scene, 1, 2, mask), PA_OK);
  assert_int_equal(mask[10], 255);
  assert_int_equal(mask[50], 0);
  assert_int_equal(pa_scene_mask(scene, 1, 99, mask), PA_ERROR_ARGUMENT);
  pa_scene_destroy(scene);
  pa_grid_free(&grids[0]);
  pa_grid_free(&grids[1]);
  pa_nn_engine_destroy(engine);
}

static void region_stands_the_person_upright(void **state) {
  (void)state;
  pa_keypoint k[PA_COCO_KEYPOINTS];
  /* A person lying on the right side: head to the right. */
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++)
    k[i] = (pa_keypoint){200, 100, 1};
  k[11] = k[12] = (pa_keypoint){140, 100, 1};
  pa_pose_roi roi = pa_pose_roi_from_coco(k, 100, 40);
  assert_float_equal(roi.cx, 140, 1e-3);
  assert_float_equal(roi.angle, acosf(0), 1e-3);
  assert_float_equal(roi.side, 2 * 66 * 1.25, 1e-2);
  pa_affine m = pa_pose_affine(roi);
  float x, y; /* the middle of the region's upper edge is over the head */
  pa_affine_apply(&m, 128, 0, &x, &y);
  assert_true(x > 200);
  assert_float_equal(y, 100, 1e-2);
}

static void errors_are_told(void **state) {
  (void)state;
  pa_context *context;
  pa_context_options one = {.threads = 1};
  assert_int_equal(pa_context_create(&one, &context), PA_OK);
  const uint8_t pixel[4] = {1, 2, 3, 255};
  pa_image *image;
  pa_scene *scene = NULL;
  assert_int_equal(pa_image_from_rgba(context, pixel, 1, 1, 0, &image), PA_OK);
  assert_int_equal(pa_parse(context, image, NULL, &scene), PA_ERROR_NO_NETWORK);
  assert_non_null(strstr(pa_context_message(context), "people"));
  assert_int_equal(pa_parse(context, NULL, NULL, &scene), PA_ERROR_ARGUMENT);
  assert_int_equal(pa_parse(NULL, image, NULL, &scene), PA_ERROR_ARGUMENT);
  assert_int_equal(pa_context_load(context, "{}", 2), PA_ERROR_WEIGHTS);
  assert_int_equal(pa_context_load(context, NULL, 2), PA_ERROR_ARGUMENT);
  pa_bench bench;
  assert_int_equal(pa_context_bench(context, "gemm", 1, &bench), PA_OK);
  assert_float_equal(bench.macs, 512.0 * 512 * 512, 1);
  assert_int_equal(pa_context_bench(context, "gems", 1, &bench),
                   PA_ERROR_ARGUMENT);
  pa_image_destroy(image);
  pa_context_destroy(context);
  pa_context_destroy(NULL);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(grid_finds_channels_and_rect),
      cmocka_unit_test(islands_are_dropped),
      cmocka_unit_test(nearest_limb_is_found),
      cmocka_unit_test(duplicates_are_told_from_neighbours),
      cmocka_unit_test(heads_are_told_apart),
      cmocka_unit_test(waist_is_where_the_colour_changes),
      cmocka_unit_test(contested_pixels_go_to_the_surer_owner),
      cmocka_unit_test(region_stands_the_person_upright),
      cmocka_unit_test(errors_are_told),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
