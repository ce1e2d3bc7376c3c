/* Avatars of a drawn person: the files are left in avatars/ beside the program
 * for tests/gltf, and no landmarks, however wrong, do harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "avatar3d/motion.h"
#include "avatar3d/outfit.h"
#include "base/mem.h"
#include "body_file.h"
#include "parse/context.h"
#include "parse/scene.h"

#define WIDTH 300
#define HEIGHT 700

/* x, y of the landmarks of somebody who stands, arms a little out; the left
 * side is to the photo's right. */
static const float stands[PA_KEYPOINTS][2] = {
    {150, 92},  {157, 84},  {163, 84},  {169, 85},  {143, 84},  {137, 84},
    {131, 85},  {180, 92},  {120, 92},  {160, 108}, {140, 108}, {200, 160},
    {100, 160}, {225, 245}, {75, 245},  {240, 325}, {60, 325},  {245, 350},
    {55, 350},  {246, 352}, {54, 352},  {240, 340}, {60, 340},  {178, 350},
    {122, 350}, {180, 480}, {120, 480}, {182, 620}, {118, 620}, {178, 640},
    {122, 640}, {190, 660}, {110, 660}};

static pa_context *context;
static pa_image *photo;
static pa_scene *scene;

static void box(int x0, int y0, int x1, int y1, pa_label label, uint8_t r,
                uint8_t g, uint8_t b) {
  for (int y = y0; y < y1; y++)
    for (int x = x0; x < x1; x++) {
      size_t at = (size_t)y * WIDTH + (size_t)x;
      scene->labels[at] = (uint8_t)label;
      scene->persons[at] = 1;
      uint8_t rgba[4] = {r, g, (uint8_t)(b + (x + y) % 16), 255};
      memcpy(photo->rgba + 4 * at, rgba, 4);
    }
}

static void limb(int a, int b, int thick, pa_label label, uint8_t r, uint8_t g,
                 uint8_t blue) {
  for (int i = 0; i <= 200; i++) {
    float t = (float)i / 200;
    int x = (int)(stands[a][0] + t * (stands[b][0] - stands[a][0]));
    int y = (int)(stands[a][1] + t * (stands[b][1] - stands[a][1]));
    box(x - thick, y - thick, x + thick, y + thick, label, r, g, blue);
  }
}

static void draw(void) {
  for (int s = 0; s < 2; s++) {
    limb(23 + s, 25 + s, 24, PA_LABEL_PANTS, 50, 60, 110);
    limb(25 + s, 27 + s, 18, PA_LABEL_PANTS, 50, 60, 110);
    limb(27 + s, 31 + s, 12, PA_LABEL_SHOE_L + s, 30, 30, 30);
    limb(11 + s, 13 + s, 16, PA_LABEL_UPPER, 180, 40, 50);
    limb(13 + s, 19 + s, 11, PA_LABEL_ARM_L + s, 200, 150, 120);
  }
  box(100, 150, 200, 350, PA_LABEL_UPPER, 180, 40, 50);
  box(135, 120, 165, 155, PA_LABEL_TORSO_SKIN, 200, 150, 120);
  box(108, 40, 192, 170, PA_LABEL_HAIR, 70, 45, 30);
  box(122, 62, 178, 130, PA_LABEL_FACE, 210, 160, 130);
}

static void stand(void) {
  pa_person *p = &scene->data[0].person;
  p->id = 1;
  p->score = .9f;
  for (int k = 0; k < PA_KEYPOINTS; k++) {
    p->keypoints[k] = (pa_keypoint){stands[k][0], stands[k][1], .95f};
    p->world[k][0] = (stands[k][0] - 150) / 380;
    p->world[k][1] = (stands[k][1] - 350) / 380;
    p->world[k][2] = k == PA_KP_NOSE ? -.12f : k < 11 ? -.08f : 0;
  }
}

static int set_up(void **state) {
  (void)state;
  pa_context_options options = {.threads = 1};
  if (pa_context_create(&options, &context) != PA_OK) return 1;
  size_t size;
  uint8_t *bytes = body_file_read(&size);
  if (!bytes) return 1;
  pa_status loaded = pa_context_load(context, bytes, size);
  free(bytes);
  if (loaded != PA_OK) return 1;
  if (pa_image_create(NULL, WIDTH, HEIGHT, &photo) != PA_OK) return 1;
  memset(photo->rgba, 200, (size_t)WIDTH * HEIGHT * 4);
  if (pa_scene_create(NULL, WIDTH, HEIGHT, 1, &scene) != PA_OK) return 1;
  draw();
  stand();
  pa_scene_measure(scene);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  pa_scene_destroy(scene);
  pa_image_destroy(photo);
  pa_context_destroy(context);
  return 0;
}

/* ------------------------------------------------------------ files */

static void save(const char *name, const uint8_t *bytes, size_t size) {
  char path[512];
  mkdir(PARSONA_BUILD_DIR "/avatars", 0777);
  snprintf(path, sizeof path, PARSONA_BUILD_DIR "/avatars/%s", name);
  FILE *file = fopen(path, "wb");
  assert_non_null(file);
  assert_int_equal(fwrite(bytes, 1, size, file), size);
  fclose(file);
}

static void every_format_and_style(void **state) {
  (void)state;
  static const char *const ends[] = {"glb", "vrm", "vrm0.vrm"};
  for (int format = 0; format < 3; format++)
    for (int style = 0; style < 2; style++) {
      pa_avatar3d_options options = {.format = (pa_avatar3d_format)format,
                                     .style = (pa_avatar3d_style)style,
                                     .name = "Drawn \"person\"",
                                     .author = "A test"};
      uint8_t *bytes;
      size_t size;
      pa_status status =
          pa_avatar3d_create(context, photo, scene, 1, &options, &bytes, &size);
      if (status != PA_OK) fail_msg("%s", pa_context_message(context));
      assert_memory_equal(bytes, "glTF", 4);
      assert_true(size > 200000 && size < 3000000);
      char name[64];
      snprintf(name, sizeof name, "%s.%s", style ? "cartoon" : "photo",
               ends[format]);
      save(name, bytes, size);
      pa_bytes_free(bytes);
    }
}

/* The size of the file with what `put_on` draws, which is saved; the photo is
 * as before afterwards. */
static size_t size_with(void (*put_on)(void), const char *name) {
  size_t pixels = (size_t)WIDTH * HEIGHT, size;
  uint8_t *labels = malloc(pixels), *rgba = malloc(4 * pixels);
  uint8_t *persons = malloc(pixels), *bytes;
  memcpy(labels, scene->labels, pixels);
  memcpy(persons, scene->persons, pixels);
  memcpy(rgba, photo->rgba, 4 * pixels);
  if (put_on) put_on();
  pa_scene_measure(scene);
  if (pa_avatar3d_create(context, photo, scene, 1, NULL, &bytes, &size) !=
      PA_OK)
    fail_msg("%s", pa_context_message(context));
  if (name) save(name, bytes, size);
  pa_bytes_free(bytes);
  memcpy(scene->labels, labels, pixels);
  memcpy(scene->persons, persons, pixels);
  memcpy(photo->rgba, rgba, 4 * pixels);
  pa_scene_measure(scene);
  free(labels);
  free(persons);
  free(rgba);
  return size;
}

static void put_on_skirt(void) {
  box(95, 330, 205, 480, PA_LABEL_SKIRT, 90, 20, 90);
}

static void take_bag(void) {
  box(228, 352, 282, 430, PA_LABEL_BAG, 120, 80, 30);
}

static void put_on_hat(void) {
  box(118, 30, 182, 62, PA_LABEL_HAT, 60, 90, 60);
  box(80, 62, 220, 70, PA_LABEL_HAT, 60, 90, 60);
}

static void put_on_cap(void) {
  box(112, 30, 188, 66, PA_LABEL_HAT, 60, 60, 120);
  box(112, 57, 188, 66, PA_LABEL_HAT, 150, 150, 200); /* its peak */
}

static void put_on_coat(void) {
  box(88, 330, 212, 500, PA_LABEL_COAT, 150, 120, 60);
  box(135, 380, 165, 500, PA_LABEL_PANTS, 50, 60, 110);
}

/* Insteps are bare, and soles far below the ankles. */
static void put_on_heels(void) {
  for (int s = 0; s < 2; s++) {
    int x = s ? 118 : 182;
    box(x - 24, 606, x + 24, 700, PA_LABEL_BACKGROUND, 200, 200, 200);
    box(x - 14, 606, x + 14, 660, PA_LABEL_LEG_L + s, 200, 150, 120);
    box(x - 15, 660, x + 15, 690, PA_LABEL_SHOE_L + s, 140, 20, 40);
  }
}

static void put_on_glasses(void) {
  for (int s = 0; s < 2; s++) {
    int x = s ? 151 : 125;
    box(x, 76, x + 24, 96, PA_LABEL_GLASSES, 40, 30, 30);
    box(x + 2, 78, x + 22, 94, PA_LABEL_GLASSES, 205, 155, 125);
    box(x + 9, 83, x + 15, 86, PA_LABEL_EYE_L + s, 60, 40, 30);
  }
}

#define RING                                                                   \
  (41 * 44) /* bytes of a ring of a shell: place, normal and so on             \
             */

static void what_is_worn_is_geometry(void **state) {
  (void)state;
  size_t bare = size_with(NULL, NULL);
  assert_true(size_with(put_on_skirt, "skirt.glb") > bare + 16 * 41 * 40);
  assert_true(size_with(take_bag, "bag.glb") > bare + 14 * RING);
  assert_true(size_with(put_on_hat, "hat.glb") > bare + 5 * RING);
  assert_true(size_with(put_on_cap, "cap.glb") > bare + 6 * RING);
  assert_true(size_with(put_on_coat, "coat.glb") > bare + 14 * RING);
  assert_true(size_with(put_on_heels, "heels.glb") > bare + 9 * RING);
  assert_true(size_with(put_on_glasses, "glasses.glb") > bare + 20 * RING);
}

static void wrong_arguments_are_told(void **state) {
  (void)state;
  uint8_t *bytes;
  size_t size;
  assert_int_equal(
      pa_avatar3d_create(context, photo, scene, 2, NULL, &bytes, &size),
      PA_ERROR_ARGUMENT);
  assert_int_equal(
      pa_avatar3d_create(context, photo, scene, 0, NULL, &bytes, &size),
      PA_ERROR_ARGUMENT);
  pa_avatar3d_options giant = {.height = 20};
  assert_int_equal(
      pa_avatar3d_create(context, photo, scene, 1, &giant, &bytes, &size),
      PA_ERROR_ARGUMENT);
  assert_null(bytes);
}

/* ------------------------------------------------------------ hostile */

static void try_landmarks(void) {
  uint8_t *bytes = NULL;
  size_t size = 0;
  pa_status status =
      pa_avatar3d_create(context, photo, scene, 1, NULL, &bytes, &size);
  if (status == PA_OK) {
    assert_true(size > 1000);
    /* no number of the JSON is NaN or infinite: JSON has no word for them */
    size_t json =
        (size_t)bytes[12] | (size_t)bytes[13] << 8 | (size_t)bytes[14] << 16;
    for (size_t i = 20; i + 3 < 20 + json; i++) {
      assert_int_not_equal(memcmp(bytes + i, "nan", 3), 0);
      assert_int_not_equal(memcmp(bytes + i, "null", 4), 0);
    }
  }
  pa_bytes_free(bytes);
}

static void no_landmarks_do_harm(void **state) {
  (void)state;
  const float values[] = {0, 1, -1, 1e30f, -1e30f, 1e-30f, INFINITY, NAN, 150};
  pa_person *p = &scene->data[0].person;
  for (size_t i = 0; i < sizeof values / sizeof *values; i++)
    for (int what = 0; what < 4; what++) {
      stand();
      for (int k = 0; k < PA_KEYPOINTS; k++) {
        if (what & 1)
          p->keypoints[k] = (pa_keypoint){values[i], values[i], .9f};
        if (what & 2)
          for (int c = 0; c < 3; c++)
            p->world[k][c] = values[i];
        if (what == 0) p->keypoints[k].score = values[i];
      }
      try_landmarks();
    }
  uint32_t seed = 7;
  for (int round = 0; round < 12; round++) {
    for (int k = 0; k < PA_KEYPOINTS; k++) {
      seed = seed * 1664525 + 1013904223;
      p->keypoints[k].x = (float)(seed % 600) - 100;
      p->keypoints[k].y = (float)(seed / 600 % 900) - 100;
      for (int c = 0; c < 3; c++) {
        seed = seed * 1664525 + 1013904223;
        p->world[k][c] = (float)(seed % 2000) / 1000 - 1;
      }
    }
    try_landmarks();
  }
  stand();
}

#define THIRD 3

/* The photo and its scene at a third of their size. */
static void shrink(pa_image **image, pa_scene **out) {
  const unsigned width = WIDTH / THIRD, height = HEIGHT / THIRD;
  assert_int_equal(pa_image_create(NULL, width, height, image), PA_OK);
  assert_int_equal(pa_scene_create(NULL, width, height, 1, out), PA_OK);
  for (unsigned i = 0; i < width * height; i++) {
    size_t from = (size_t)(i / width) * THIRD * WIDTH + i % width * THIRD;
    (*out)->labels[i] = scene->labels[from];
    (*out)->persons[i] = scene->persons[from];
    memcpy((*image)->rgba + (size_t)4 * i, photo->rgba + 4 * from, 4);
  }
  pa_person *person = &(*out)->data[0].person;
  *person = scene->data[0].person;
  for (int k = 0; k < PA_KEYPOINTS; k++)
    person->keypoints[k].x /= THIRD, person->keypoints[k].y /= THIRD;
  pa_scene_measure(*out);
}

/* Fails each of the first allocations, then every fourth, then the last: what
 * is allocated does not hang on the photo's size, but the time does. */
static void no_memory_is_an_error(void **state) {
  (void)state;
  uint8_t *bytes;
  size_t size;
  pa_image *image;
  pa_scene *small;
  shrink(&image, &small);
  pa_status status = PA_ERROR_MEMORY;
  long n = 0;
  for (; status != PA_OK; n += n < 40 ? 1 : 4) {
    assert_true(n < 400);
    size_t before = pa_mem_used();
    pa_mem_fail_after(n);
    status = pa_avatar3d_create(context, image, small, 1, NULL, &bytes, &size);
    pa_mem_fail_after(-1);
    if (status == PA_OK)
      pa_bytes_free(bytes);
    else
      assert_int_equal(status, PA_ERROR_MEMORY);
    assert_int_equal(pa_mem_used(), before);
  }
  assert_true(n > 100); /* all of the way to a file */
  pa_scene_destroy(small);
  pa_image_destroy(image);
}

/* ------------------------------------------------------------ motion */

static float edge(const pa_vec *point, unsigned a, unsigned b) {
  return pa_length(pa_sub(point[a], point[b]));
}

/* No edge of the skin is drawn out while walking, idling or waving. */
static void motion_does_not_tear(void **state) {
  (void)state;
  const pa_body *body = context->body;
  pa_figure figure;
  assert_int_equal(pa_figure_create(NULL, body, &figure), PA_OK);
  pa_vec *posed = calloc(body->points, sizeof *posed);
  pa_quat local[PA_LIMIT_BODY_BONES];
  pa_mat world[PA_LIMIT_BODY_BONES];
  for (int motion = 0; motion < PA_MOTION_COUNT; motion++)
    for (int i = 0; i < 12; i++) {
      float lift =
          pa_motion_pose(&figure, (pa_motion)motion, (float)i / 12, local);
      pa_motion_world(body, local, world);
      pa_figure_pose(&figure, world, pa_v(0, lift, 0), posed, NULL, NULL);
      float low = 1;
      for (unsigned k = 0; k < body->points; k++)
        low = fminf(low, posed[k].y);
      assert_true(low > -.06f && low < .06f); /* on the ground */
      for (unsigned t = 0; t < body->triangles; t++)
        for (int k = 0; k < 3; k++) {
          unsigned a = body->corner[body->triangle[t][k]].point;
          unsigned b = body->corner[body->triangle[t][(k + 1) % 3]].point;
          float was = edge(figure.point, a, b), is = edge(posed, a, b);
          assert_true(is < 3 * was + .015f);
        }
    }
  free(posed);
  pa_figure_destroy(&figure);
}

static void proportions_keep_the_feet_on_the_ground(void **state) {
  (void)state;
  pa_figure figure;
  assert_int_equal(pa_figure_create(NULL, context->body, &figure), PA_OK);
  pa_proportions p = {.9f, 1.1f, 1, 1.1f, .9f, 1.15f, .9f, 1.2f, 1.1f};
  pa_figure_proportion(&figure, &p);
  pa_figure_scale(&figure, 1.1f);
  pa_figure_stand(&figure);
  float low = 1;
  for (unsigned i = 0; i < context->body->points; i++)
    low = fminf(low, figure.point[i].y);
  assert_true(fabsf(low) < 1e-5f);
  const unsigned *bone = figure.bone;
  pa_vec l = figure.head[bone[PA_BONE_HAND]];
  pa_vec r = figure.head[bone[PA_BONE_HAND_R]];
  assert_true(fabsf(l.x + r.x) < 1e-3f && fabsf(l.y - r.y) < 1e-3f);
  pa_figure_destroy(&figure);
}

static void unposed_photo_is_the_t_pose(void **state) {
  (void)state;
  pa_figure figure;
  assert_int_equal(pa_figure_create(NULL, context->body, &figure), PA_OK);
  pa_pose_of_bones pose;
  pa_quat local[PA_LIMIT_BODY_BONES];
  pa_posing_t(&figure, &pose);
  pa_posing_local(&figure, &pose, local);
  for (unsigned b = 0; b < context->body->bones; b++)
    assert_true(fabsf(local[b].w) > .9999f);
  pa_posing_arms(&figure, 45, &pose);
  pa_vec head[PA_LIMIT_BODY_BONES];
  pa_figure_pose(&figure, pose.rotation, pa_v(0, 0, 0), NULL, head, NULL);
  pa_vec arm = pa_sub(head[figure.bone[PA_BONE_HAND]],
                      head[figure.bone[PA_BONE_UPPERARM]]);
  assert_true(fabsf(arm.x + arm.y) < .02f && arm.x > .2f);
  pa_figure_destroy(&figure);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_format_and_style),
      cmocka_unit_test(what_is_worn_is_geometry),
      cmocka_unit_test(wrong_arguments_are_told),
      cmocka_unit_test(no_landmarks_do_harm),
      cmocka_unit_test(no_memory_is_an_error),
      cmocka_unit_test(motion_does_not_tear),
      cmocka_unit_test(proportions_keep_the_feet_on_the_ground),
      cmocka_unit_test(unposed_photo_is_the_t_pose),
  };
  return cmocka_run_group_tests(tests, set_up, tear_down);
}
