#include "cli/result.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <yyjson.h>

#include "cli/cli.h"

int cli_check_palette(const char *name) {
  pa_color *colors = calloc(pa_label_count(), sizeof *colors);
  if (!colors) return cli_fail("out of memory");
  pa_status status = pa_palette(name, colors);
  free(colors);
  if (status == PA_OK) return 0;
  char known[256] = "";
  for (size_t i = 0; i < pa_palette_count(); i++) {
    strncat(known, " ", sizeof known - strlen(known) - 1);
    strncat(known, pa_palette_name(i), sizeof known - strlen(known) - 1);
  }
  return cli_fail("--palette: \"%s\" is none of:%s", name, known);
}

/* Numbers of a result are good to so many decimals; more is noise. */
static double rounded(double v, int decimals) {
  double scale = pow(10, decimals);
  return round(v * scale) / scale;
}

static yyjson_mut_val *label_names(yyjson_mut_doc *doc,
                                   const pa_person *person) {
  yyjson_mut_val *names = yyjson_mut_arr(doc);
  for (size_t i = 0; i < pa_label_count(); i++)
    if (!person || person->label_pixels[i])
      yyjson_mut_arr_add_str(doc, names, pa_label_name(i));
  return names;
}

static yyjson_mut_val *keypoints(yyjson_mut_doc *doc, const pa_person *person) {
  yyjson_mut_val *all = yyjson_mut_obj(doc);
  for (size_t i = 0; i < PA_KEYPOINTS; i++) {
    const pa_keypoint *k = &person->keypoints[i];
    yyjson_mut_val *point =
        yyjson_mut_obj_add_arr(doc, all, pa_keypoint_name(i));
    yyjson_mut_arr_add_real(doc, point, rounded(k->x, 1));
    yyjson_mut_arr_add_real(doc, point, rounded(k->y, 1));
    yyjson_mut_arr_add_real(doc, point, rounded(k->score, 3));
  }
  return all;
}

static yyjson_mut_val *person_value(yyjson_mut_doc *doc,
                                    const pa_person *person) {
  yyjson_mut_val *value = yyjson_mut_obj(doc);
  const float box[4] = {person->x, person->y, person->width, person->height};
  yyjson_mut_obj_add_uint(doc, value, "id", person->id);
  yyjson_mut_obj_add_real(doc, value, "score", rounded(person->score, 3));
  yyjson_mut_val *corners = yyjson_mut_obj_add_arr(doc, value, "box");
  for (int i = 0; i < 4; i++)
    yyjson_mut_arr_add_int(doc, corners, (int64_t)box[i]);
  yyjson_mut_obj_add_val(doc, value, "labels", label_names(doc, person));
  yyjson_mut_obj_add_val(doc, value, "keypoints", keypoints(doc, person));
  return value;
}

static yyjson_mut_val *timing_value(yyjson_mut_doc *doc, pa_timing timing) {
  const struct {
    const char *name;
    double ms;
  } times[] = {{"find", timing.find_ms},   {"pose", timing.pose_ms},
               {"parts", timing.parts_ms}, {"compose", timing.compose_ms},
               {"face", timing.face_ms},   {"total", timing.total_ms}};
  yyjson_mut_val *value = yyjson_mut_obj(doc);
  for (size_t i = 0; i < sizeof times / sizeof *times; i++)
    yyjson_mut_obj_add_real(doc, value, times[i].name, rounded(times[i].ms, 2));
  return value;
}

static void build(yyjson_mut_doc *doc, const pa_scene *scene) {
  yyjson_mut_val *root = yyjson_mut_obj(doc);
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_uint(doc, root, "width", pa_scene_width(scene));
  yyjson_mut_obj_add_uint(doc, root, "height", pa_scene_height(scene));
  yyjson_mut_obj_add_val(doc, root, "labels", label_names(doc, NULL));
  yyjson_mut_val *persons = yyjson_mut_obj_add_arr(doc, root, "persons");
  for (size_t i = 0; i < pa_scene_person_count(scene); i++) {
    pa_person person;
    pa_scene_person(scene, i, &person);
    yyjson_mut_arr_append(persons, person_value(doc, &person));
  }
  yyjson_mut_obj_add_val(doc, root, "timing_ms",
                         timing_value(doc, pa_scene_timing(scene)));
}

int cli_write_json(cli_output *output, const char *name,
                   const yyjson_mut_doc *doc) {
  size_t size = 0;
  char *text = yyjson_mut_write(doc, YYJSON_WRITE_PRETTY_TWO_SPACES, &size);
  int failed = text ? cli_output_write(output, name, text, size)
                    : cli_fail("cannot write %s: out of memory", name);
  free(text);
  return failed;
}

int cli_write_result(cli_output *output, const pa_scene *scene) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(NULL);
  if (!doc) return cli_fail("out of memory");
  build(doc, scene);
  int failed = cli_write_json(output, "result.json", doc);
  yyjson_mut_doc_free(doc);
  return failed;
}

int cli_write_png(cli_output *output, pa_context *context, const char *name,
                  const pa_scene *scene, const uint8_t *pixels,
                  unsigned channels) {
  uint8_t *png;
  size_t size;
  if (pa_png_encode(context, pixels, pa_scene_width(scene),
                    pa_scene_height(scene), channels, &png, &size) != PA_OK)
    return cli_fail("%s: %s", name, pa_context_message(context));
  int failed = cli_output_write(output, name, png, size);
  pa_bytes_free(png);
  return failed;
}

static int write_map(cli_output *output, pa_context *context,
                     const pa_scene *scene, const char *palette) {
  unsigned width = pa_scene_width(scene), height = pa_scene_height(scene);
  pa_color *colors = calloc(pa_label_count(), sizeof *colors);
  uint8_t *rgba = malloc((size_t)width * height * 4);
  pa_stitch_options options = {.colors = colors};
  int failed = 1;
  if (!colors || !rgba)
    cli_fail("map.png: out of memory");
  else if (pa_palette(palette, colors) != PA_OK ||
           pa_stitch(pa_scene_labels(scene), pa_scene_persons(scene), width,
                     height, &options, rgba) != PA_OK)
    cli_fail("map.png: cannot be coloured");
  else
    failed = cli_write_png(output, context, "map.png", scene, rgba, 4);
  free(rgba);
  free(colors);
  return failed;
}

int cli_write_maps(cli_output *output, pa_context *context,
                   const pa_scene *scene, const char *palette) {
  return cli_write_png(output, context, "labels.png", scene,
                       pa_scene_labels(scene), 1) ||
         cli_write_png(output, context, "persons.png", scene,
                       pa_scene_persons(scene), 1) ||
         write_map(output, context, scene, palette);
}
