#include "avatar2d/measure.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"

#define SET(...)                                                               \
  pa_labels_of((const char *const[]){__VA_ARGS__},                             \
               sizeof(const char *const[]){__VA_ARGS__} / sizeof(char *))

static void find_sets(pa_measure *m) {
  m->face = SET("face", "left_eye", "right_eye", "left_brow", "right_brow",
                "nose", "upper_lip", "lower_lip", "mouth");
  m->ears = SET("left_ear", "right_ear");
  m->hair = SET("hair");
  m->hat = SET("hat");
  m->glasses = SET("glasses");
  m->jewellery = SET("accessory");
  m->clothes = SET("upper_clothes", "dress", "coat");
  m->skin = SET("torso_skin", "left_arm", "right_arm");
}

static pa_status measure_all(pa_measure *m, pa_traits *traits) {
  pa_traits_default(traits);
  traits->face_seen = m->head.face;
  pa_measure_face(m, traits);
  pa_measure_colors(m, traits);
  pa_measure_hat(m, traits);
  pa_measure_glasses(m, traits);
  pa_measure_earrings(m, traits);
  pa_status status = pa_measure_hair(m, traits);
  if (status != PA_OK) return status;
  pa_measure_beard(m, traits);
  pa_measure_pose(m, traits);
  status = pa_measure_clothes(m, traits);
  pa_measure_grown(m, traits);
  pa_measure_build(m, traits);
  pa_traits_limit(traits);
  return status;
}

pa_status pa_measure_traits(pa_context *context, const pa_image *image,
                            const pa_scene *scene, unsigned id,
                            pa_traits *traits, pa_head *head) {
  pa_person person;
  pa_measure *m = pa_mem_calloc(1, sizeof *m);
  if (!m) return pa_error_memory(&context->err, sizeof *m, "traits");
  m->context = context, m->image = image, m->scene = scene;
  memset(traits, 0, sizeof *traits);
  find_sets(m);
  m->person = &person;
  pa_status status = pa_head_person(&context->err, scene, id, &person);
  if (status == PA_OK)
    status = pa_head_find(context, image, scene, &person, &m->head);
  if (status == PA_OK)
    status =
        pa_patch_create(&context->err, image, scene, id, &m->head, &m->patch);
  if (status == PA_OK) status = measure_all(m, traits);
  if (status == PA_OK && head) *head = m->head;
  if (status != PA_OK) pa_traits_free(traits);
  pa_patch_free(&m->patch);
  pa_mem_free(m);
  return status;
}
