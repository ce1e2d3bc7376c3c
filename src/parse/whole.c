#include "parse/whole.h"

#include <math.h>
#include <string.h>

#include "m2fp/m2fp.h"
#include "parse/people.h"

/* Boxes that overlap this much (intersection over union) are one person's. */
#define SAME_BOX 0.4f
/* A detection or pose below it tells nothing. */
#define LEAST_FOUND 0.1f
#define LEAST_PRESENCE 0.5f

static pa_status run_network(pa_context *context, const pa_image *image,
                             const pa_m2fp_frame *frame, pa_nn_net **net) {
  pa_nn_shape shape = {4, {1, frame->height, frame->width, 3}};
  pa_status status = pa_context_net(context, PA_ROLE_M2FP, &shape, net);
  if (status != PA_OK) return status;
  float *input = pa_nn_net_input(*net, "image", NULL);
  if (!input)
    return pa_error_set(&context->err, PA_ERROR_WEIGHTS,
                        "the M2FP network has no input \"image\"");
  pa_m2fp_fill(context->engine, image, frame, input);
  return pa_nn_net_run(&context->err, *net, &context->cancel);
}

pa_status pa_whole_run(pa_context *context, const pa_image *image,
                       const pa_parse_options *options, pa_scene **scene) {
  pa_m2fp_labels labels;
  pa_m2fp_person persons[PA_LIMIT_PERSONS];
  pa_nn_net *net;
  pa_scene *made;
  size_t count;
  pa_status status = pa_m2fp_labels_read(
      &context->err, context->networks[PA_ROLE_M2FP].weights, &labels);
  if (status != PA_OK) return status;
  pa_m2fp_frame frame = pa_m2fp_frame_of(&labels, image->width, image->height);
  status = run_network(context, image, &frame, &net);
  if (status == PA_OK)
    status = pa_scene_create(&context->err, image->width, image->height,
                             options->max_persons, &made);
  if (status != PA_OK) return status;
  pa_m2fp_options limits = {.min_score = options->min_score,
                            .max_persons = options->max_persons};
  status =
      pa_m2fp_people(&context->err, context->engine, net, &labels, &frame,
                     &limits, made->labels, made->persons, persons, &count);
  if (status != PA_OK) {
    pa_scene_destroy(made);
    return status;
  }
  made->person_count = count;
  for (size_t i = 0; i < count; i++) {
    made->data[i].person.id = (unsigned)i + 1;
    made->data[i].person.score = persons[i].score;
  }
  *scene = made;
  return PA_OK;
}

/* ------------------------------------------------------------------- pose */

static float overlap(const pa_person *a, const pa_found *b) {
  float width = fminf(a->x + a->width, b->x + b->w) - fmaxf(a->x, b->x);
  float height = fminf(a->y + a->height, b->y + b->h) - fmaxf(a->y, b->y);
  if (!(width > 0 && height > 0)) return 0;
  float both = width * height;
  return both / (a->width * a->height + b->w * b->h - both);
}

/* Takes the best detection that is left; NULL when none is like this person. */
static const pa_found *match(const pa_person *person, pa_found *found,
                             size_t count) {
  pa_found *best = NULL;
  float most = SAME_BOX;
  for (size_t i = 0; i < count; i++) {
    float o = found[i].w > 0 ? overlap(person, &found[i]) : 0;
    if (o < most) continue;
    most = o;
    best = &found[i];
  }
  return best;
}

static pa_status pose_one(pa_context *context, const pa_image *image,
                          const pa_found *found, pa_person *person) {
  pa_nn_net *net;
  pa_pose pose;
  pa_status status = pa_context_net_giving(context, PA_ROLE_POSE, NULL,
                                           pa_pose_outputs_without_mask, &net);
  if (status == PA_OK)
    status =
        pa_pose_run(&context->err, context->engine, net, image,
                    pa_pose_roi_from_coco(found->keypoints, found->w, found->h),
                    &context->cancel, &pose, NULL);
  if (status != PA_OK || pose.presence < LEAST_PRESENCE) return status;
  memcpy(person->keypoints, pose.keypoints, sizeof person->keypoints);
  memcpy(person->world, pose.world, sizeof person->world);
  return PA_OK;
}

pa_status pa_whole_pose(pa_context *context, const pa_image *image,
                        pa_scene *scene) {
  pa_found found[PA_LIMIT_PERSONS];
  size_t count = 0;
  if (scene->person_count == 0 || !pa_context_has(context, PA_ROLE_PEOPLE) ||
      !pa_context_has(context, PA_ROLE_POSE))
    return PA_OK;
  pa_status status = pa_people_find(context, image, LEAST_FOUND, LEAST_FOUND,
                                    PA_LIMIT_PERSONS, found, &count);
  for (size_t i = 0; status == PA_OK && i < scene->person_count; i++) {
    pa_person *person = &scene->data[i].person;
    const pa_found *own = match(person, found, count);
    if (!own) continue;
    status = pose_one(context, image, own, person);
    found[own - found].w = 0; /* taken */
  }
  return status;
}
