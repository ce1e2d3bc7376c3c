/* What JavaScript needs beside the public API: calls that take options as plain
 * arguments and give structs as plain numbers, so that no JavaScript depends on
 * how C lays a struct out. JavaScript's side is js/core.ts. */
#include <emscripten.h>
#include <string.h>

#include "parsona.h"

pa_status pa_js_context_create(unsigned threads, bool float32,
                               pa_context **context);
pa_status pa_js_parse_begin(pa_context *context, const pa_image *image,
                            unsigned max_persons, float min_score,
                            pa_parse_job **job);
pa_status pa_js_person(const pa_scene *scene, size_t index, double *out);
void pa_js_timing(const pa_scene *scene, double *out);
pa_status pa_js_bench(pa_context *context, const char *role, unsigned runs,
                      double *out);
pa_status pa_js_avatar2d(pa_context *context, const pa_image *image,
                         const pa_scene *scene, unsigned id, const char *traits,
                         size_t traits_size, const char *style, int frame,
                         const char *accessories, const pa_color *colors,
                         size_t count, uint32_t seed, unsigned size,
                         pa_avatar2d **avatar);
pa_status pa_js_avatar3d(pa_context *context, const pa_image *image,
                         const pa_scene *scene, unsigned id, int format,
                         int style, float height, const char *name,
                         const char *author, int license, uint8_t **bytes,
                         size_t *size);
pa_status pa_js_tracker_create(pa_context *context, bool mirror,
                               pa_tracker **tracker);
pa_status pa_js_tracker_frame(pa_tracker *tracker, const pa_image *frame,
                              double seconds, double *out);

pa_status pa_js_context_create(unsigned threads, bool float32,
                               pa_context **context) {
  pa_context_options options = {.threads = threads, .float32 = float32};
  return pa_context_create(&options, context);
}

EM_JS(bool, report_progress, (int stage, unsigned done, unsigned total),
      { return Module["parsonaProgress"](stage, done, total); })

static bool progress(void *user, pa_stage stage, unsigned done,
                     unsigned total) {
  (void)user;
  return report_progress((int)stage, done, total);
}

pa_status pa_js_parse_begin(pa_context *context, const pa_image *image,
                            unsigned max_persons, float min_score,
                            pa_parse_job **job) {
  pa_parse_options options = {
      .max_persons = max_persons, .min_score = min_score, .progress = progress};
  return pa_parse_begin(context, image, &options, job);
}

/* id, score, x, y, width, height; 33 times x, y, score; 33 times x, y, z in
 * metres; the pixels of each label. */
pa_status pa_js_person(const pa_scene *scene, size_t index, double *out) {
  pa_person person;
  pa_status status = pa_scene_person(scene, index, &person);
  if (status != PA_OK) return status;
  *out++ = person.id;
  *out++ = person.score;
  *out++ = person.x;
  *out++ = person.y;
  *out++ = person.width;
  *out++ = person.height;
  for (int i = 0; i < PA_KEYPOINTS; i++) {
    *out++ = person.keypoints[i].x;
    *out++ = person.keypoints[i].y;
    *out++ = person.keypoints[i].score;
  }
  for (int i = 0; i < PA_KEYPOINTS; i++)
    for (int axis = 0; axis < 3; axis++)
      *out++ = person.world[i][axis];
  for (size_t label = 0; label < pa_label_count(); label++)
    *out++ = person.label_pixels[label];
  return PA_OK;
}

/* find, pose, parts, compose, face, total: milliseconds. */
void pa_js_timing(const pa_scene *scene, double *out) {
  pa_timing timing = pa_scene_timing(scene);
  out[0] = timing.find_ms;
  out[1] = timing.pose_ms;
  out[2] = timing.parts_ms;
  out[3] = timing.compose_ms;
  out[4] = timing.face_ms;
  out[5] = timing.total_ms;
}

/* best, median: milliseconds; MACs of one run. */
pa_status pa_js_bench(pa_context *context, const char *role, unsigned runs,
                      double *out) {
  pa_bench bench;
  pa_status status = pa_context_bench(context, role, runs, &bench);
  if (status != PA_OK) return status;
  out[0] = bench.best_ms;
  out[1] = bench.median_ms;
  out[2] = bench.macs;
  return PA_OK;
}

#define ACCESSORIES 64 /* JavaScript gives no more */

/* `accessories`: kind, name, kind, name ..., each ended by a zero. */
pa_status pa_js_avatar2d(pa_context *context, const pa_image *image,
                         const pa_scene *scene, unsigned id, const char *traits,
                         size_t traits_size, const char *style, int frame,
                         const char *accessories, const pa_color *colors,
                         size_t count, uint32_t seed, unsigned size,
                         pa_avatar2d **avatar) {
  pa_accessory list[ACCESSORIES];
  if (count > ACCESSORIES) return PA_ERROR_TOO_LARGE;
  for (size_t i = 0; i < count; i++) {
    list[i].kind = accessories;
    list[i].name = list[i].kind + strlen(list[i].kind) + 1;
    list[i].color = colors[i];
    accessories = list[i].name + strlen(list[i].name) + 1;
  }
  pa_avatar2d_options options = {.style = style,
                                 .frame = (pa_frame)frame,
                                 .accessories = list,
                                 .accessory_count = count,
                                 .seed = seed,
                                 .size = size};
  return pa_avatar2d_create(context, image, scene, id, traits, traits_size,
                            &options, avatar);
}

pa_status pa_js_avatar3d(pa_context *context, const pa_image *image,
                         const pa_scene *scene, unsigned id, int format,
                         int style, float height, const char *name,
                         const char *author, int license, uint8_t **bytes,
                         size_t *size) {
  pa_avatar3d_options options = {.format = (pa_avatar3d_format)format,
                                 .style = (pa_avatar3d_style)style,
                                 .height = height,
                                 .name = name,
                                 .author = author,
                                 .license = (pa_avatar3d_license)license};
  return pa_avatar3d_create(context, image, scene, id, &options, bytes, size);
}

pa_status pa_js_tracker_create(pa_context *context, bool mirror,
                               pa_tracker **tracker) {
  pa_tracker_options options = {.mirror = mirror};
  return pa_tracker_create(context, &options, tracker);
}

/* found, face, searched, score; 33 times x, y, score; 33 times x, y, z in
 * metres; x, y, z, w of each bone; the expressions. */
pa_status pa_js_tracker_frame(pa_tracker *tracker, const pa_image *frame,
                              double seconds, double *out) {
  pa_track track;
  pa_status status = pa_tracker_frame(tracker, frame, seconds, &track);
  if (status != PA_OK) return status;
  *out++ = track.found;
  *out++ = track.face;
  *out++ = track.searched;
  *out++ = track.score;
  for (int i = 0; i < PA_KEYPOINTS; i++) {
    *out++ = track.keypoints[i].x;
    *out++ = track.keypoints[i].y;
    *out++ = track.keypoints[i].score;
  }
  for (int i = 0; i < PA_KEYPOINTS; i++)
    for (int axis = 0; axis < 3; axis++)
      *out++ = track.world[i][axis];
  for (int i = 0; i < PA_TRACK_BONES; i++)
    for (int k = 0; k < 4; k++)
      *out++ = track.bones[i][k];
  for (int i = 0; i < PA_TRACK_EXPRESSIONS; i++)
    *out++ = track.expressions[i];
  return PA_OK;
}
