/* parsona parse --masks and --coco: one mask a person and label. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "cli/cli.h"
#include "cli/result.h"

/* Calls `use` for every label that each person has, and for the whole person
 * (label -1), with the mask. Stops at the first failure. */
typedef int (*mask_user)(void *user, const pa_person *person, int label,
                         const uint8_t *mask);

static int each_mask(const pa_scene *scene, mask_user use, void *user) {
  size_t pixels = (size_t)pa_scene_width(scene) * pa_scene_height(scene);
  uint8_t *mask = malloc(pixels);
  if (!mask) return cli_fail("out of memory for a mask");
  int failed = 0;
  for (size_t i = 0; !failed && i < pa_scene_person_count(scene); i++) {
    pa_person person;
    pa_scene_person(scene, i, &person);
    for (int label = -1; !failed && label < (int)pa_label_count(); label++) {
      if (label >= 0 && !person.label_pixels[label]) continue;
      pa_scene_mask(scene, person.id, label, mask);
      failed = use(user, &person, label, mask);
    }
  }
  free(mask);
  return failed;
}

/* ------------------------------------------------------------ PNG files */

typedef struct png_user {
  cli_output *output;
  pa_context *context;
  const pa_scene *scene;
} png_user;

static int write_mask(void *user, const pa_person *person, int label,
                      const uint8_t *mask) {
  const png_user *to = user;
  char name[96];
  snprintf(name, sizeof name, "person_%u%s%s.png", person->id,
           label < 0 ? "" : "_", label < 0 ? "" : pa_label_name((size_t)label));
  return cli_write_png(to->output, to->context, name, to->scene, mask, 1);
}

int cli_write_masks(cli_output *output, pa_context *context,
                    const pa_scene *scene) {
  png_user user = {output, context, scene};
  return each_mask(scene, write_mask, &user);
}

/* person_K_NAME.png of one derived mask, where the person has any of it. */
static int write_derived(const png_user *to, unsigned id, size_t derived,
                         uint8_t *mask) {
  size_t pixels =
      (size_t)pa_scene_width(to->scene) * pa_scene_height(to->scene);
  const uint8_t *persons = pa_scene_persons(to->scene);
  const uint8_t *bits = pa_scene_derived(to->scene);
  bool any = false;
  for (size_t i = 0; i < pixels; i++) {
    bool in = persons[i] == id && (bits[i] >> derived & 1);
    mask[i] = in ? 255 : 0;
    any |= in;
  }
  if (!any) return 0;
  char name[96];
  snprintf(name, sizeof name, "person_%u_%s.png", id, pa_derived_name(derived));
  return cli_write_png(to->output, to->context, name, to->scene, mask, 1);
}

int cli_write_derived(cli_output *output, pa_context *context,
                      const pa_scene *scene) {
  png_user to = {output, context, scene};
  uint8_t *mask =
      malloc((size_t)pa_scene_width(scene) * pa_scene_height(scene));
  if (!mask) return cli_fail("out of memory for a mask");
  int failed = 0;
  for (size_t i = 0; !failed && i < pa_scene_person_count(scene); i++) {
    pa_person person;
    pa_scene_person(scene, i, &person);
    for (size_t d = 0; !failed && d < pa_derived_count(); d++)
      failed = write_derived(&to, person.id, d, mask);
  }
  free(mask);
  return failed;
}

/* ------------------------------------------------------------ COCO */

typedef struct coco_user {
  yyjson_mut_doc *doc;
  yyjson_mut_val *annotations;
  const pa_scene *scene;
} coco_user;

/* COCO's compressed run lengths; NULL without memory. Freed by the caller. */
static char *rle_text(const uint8_t *mask, unsigned width, unsigned height) {
  size_t count = pa_rle_encode(mask, width, height, NULL, 0);
  uint32_t *counts = malloc((count ? count : 1) * sizeof *counts);
  size_t room = count * 8 + 1;
  char *text = malloc(room);
  if (counts && text) {
    pa_rle_encode(mask, width, height, counts, count);
    pa_rle_string(counts, count, text, room);
  } else {
    free(text);
    text = NULL;
  }
  free(counts);
  return text;
}

typedef struct extent {
  unsigned x0, y0, x1, y1;
  uint64_t area;
} extent;

static extent measure(const uint8_t *mask, unsigned width, unsigned height) {
  extent e = {width, height, 0, 0, 0};
  for (unsigned y = 0; y < height; y++)
    for (unsigned x = 0; x < width; x++) {
      if (!mask[(size_t)y * width + x]) continue;
      if (x < e.x0) e.x0 = x;
      if (x >= e.x1) e.x1 = x + 1;
      if (y < e.y0) e.y0 = y;
      e.y1 = y + 1;
      e.area++;
    }
  return e;
}

static int add_annotation(void *user, const pa_person *person, int label,
                          const uint8_t *mask) {
  coco_user *to = user;
  yyjson_mut_doc *doc = to->doc;
  unsigned width = pa_scene_width(to->scene);
  unsigned height = pa_scene_height(to->scene);
  char *text = rle_text(mask, width, height);
  if (!text) return cli_fail("out of memory for coco.json");
  extent e = measure(mask, width, height);
  yyjson_mut_val *a = yyjson_mut_arr_add_obj(doc, to->annotations);
  yyjson_mut_obj_add_uint(doc, a, "id", yyjson_mut_arr_size(to->annotations));
  yyjson_mut_obj_add_uint(doc, a, "image_id", 1);
  yyjson_mut_obj_add_int(doc, a, "category_id", label < 0 ? 0 : label);
  yyjson_mut_obj_add_uint(doc, a, "person_id", person->id);
  yyjson_mut_obj_add_uint(doc, a, "area", e.area);
  yyjson_mut_obj_add_uint(doc, a, "iscrowd", 0);
  yyjson_mut_val *box = yyjson_mut_obj_add_arr(doc, a, "bbox");
  yyjson_mut_arr_add_uint(doc, box, e.x0);
  yyjson_mut_arr_add_uint(doc, box, e.y0);
  yyjson_mut_arr_add_uint(doc, box, e.x1 - e.x0);
  yyjson_mut_arr_add_uint(doc, box, e.y1 - e.y0);
  yyjson_mut_val *rle = yyjson_mut_obj_add_obj(doc, a, "segmentation");
  yyjson_mut_val *size = yyjson_mut_obj_add_arr(doc, rle, "size");
  yyjson_mut_arr_add_uint(doc, size, height);
  yyjson_mut_arr_add_uint(doc, size, width);
  yyjson_mut_obj_add_strcpy(doc, rle, "counts", text);
  free(text);
  return 0;
}

/* Category 0 is the whole person, the others are the labels. */
static void add_categories(yyjson_mut_doc *doc, yyjson_mut_val *root) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, root, "categories");
  for (size_t i = 0; i < pa_label_count(); i++) {
    yyjson_mut_val *c = yyjson_mut_arr_add_obj(doc, list);
    yyjson_mut_obj_add_uint(doc, c, "id", i);
    yyjson_mut_obj_add_str(doc, c, "name", i ? pa_label_name(i) : "person");
  }
}

static void add_image(yyjson_mut_doc *doc, yyjson_mut_val *root,
                      const pa_scene *scene, const char *photo) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(doc, root, "images");
  yyjson_mut_val *image = yyjson_mut_arr_add_obj(doc, list);
  yyjson_mut_obj_add_uint(doc, image, "id", 1);
  yyjson_mut_obj_add_str(doc, image, "file_name", photo);
  yyjson_mut_obj_add_uint(doc, image, "width", pa_scene_width(scene));
  yyjson_mut_obj_add_uint(doc, image, "height", pa_scene_height(scene));
}

int cli_write_coco(cli_output *output, const pa_scene *scene,
                   const char *photo) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  if (!doc) return cli_fail("out of memory for coco.json");
  const char *slash = strrchr(photo, '/');
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  add_image(doc, root, scene, slash ? slash + 1 : photo);
  add_categories(doc, root);
  coco_user user = {doc, yyjson_mut_obj_add_arr(doc, root, "annotations"),
                    scene};
  int failed = each_mask(scene, add_annotation, &user);
  if (!failed) failed = cli_write_json(output, "coco.json", doc);
  yyjson_mut_doc_free(doc);
  return failed;
}
