/* The pipeline, one step at a time:
 *
 *   find      all people of the photo
 *   person k  landmarks and mask, then parts            (once a person)
 *   compose   everybody onto the photo
 *   face k    the parts of one person's face        (once a person)
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "parse/candidates.h"
#include "parse/compose.h"
#include "parse/context.h"
#include "parse/face_parts.h"
#include "parse/faces.h"
#include "parse/fragments.h"
#include "parse/grid.h"
#include "parse/guided.h"
#include "parse/heads.h"
#include "parse/lite.h"
#include "parse/parts.h"
#include "parse/scene.h"
#include "parse/whole.h"
#include "pose/pose.h"

/* A person's score is the root of the detector's score times the pose network's
 * certainty. On 60 of the COCO photos precision and recall are .90 / .87 with a
 * score of .32 and more, .95 / .87 with .4, .98 / .85 with .5. */
#define MIN_SCORE 0.4f
/* Ghosts are small: of large people so much less is asked, or those who are
 * seen from behind are lost; pa_candidates_settle then looks closer. Of 133
 * COCO photos: recall .810 with .75, .815 with .45, precision .876 and .877. */
#define LARGE_EASE 0.45f
/* And of all who may have a face that makes them surer (pa_faces_join). */
#define FACE_EASE 0.75f
/* With so few detections of this score there is time to look at each of them
 * twice: three people, once each, take as long. */
#define TWICE_MOST 2
#define LIKELY 0.3f
/* M2FP's certainty is another. */
#define MIN_SCORE_M2FP 0.5f
/* Below this the pose network says that nobody is in the region. */
#define MIN_PRESENCE 0.5f
/* A patch of a garment in another is a splinter below this share of all. */
#define FRAGMENT 0.06f
/* People of fewer pixels are more often noise than people: a share of the
 * photo, within bounds that keep small people of large photos. */
#define MIN_SHARE 0.001f
#define MIN_PIXELS_LOW 64
#define MIN_PIXELS_HIGH 600

struct pa_parse_job {
  pa_context *context;
  const pa_image *image;
  pa_parse_options options;
  bool searched; /* the people are found */
  bool posed;    /* and, when M2FP has found them, have their keypoints */
  pa_found found[PA_LIMIT_PERSONS];
  pa_faces faces;
  size_t found_count, next;
  pa_candidate *people; /* room for found_count */
  size_t people_count;
  float *mask;      /* of the pose being worked on */
  int32_t *scratch; /* for pa_grid_drop_islands */
  pa_scene *scene;  /* composed; NULL before */
  size_t next_face;
  pa_timing timing;
  double begun;
};

static pa_status check_begin(pa_context *context, const pa_image *image,
                             const pa_parse_options *options) {
  pa_error *err = &context->err;
  if (!image) return pa_error_set(err, PA_ERROR_ARGUMENT, "no image");
  if (context->busy)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "a parse is under way on this context");
  if (options && options->max_persons > PA_LIMIT_PERSONS)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "max_persons is %u, at most %d",
                        options->max_persons, PA_LIMIT_PERSONS);
  if (options && !(options->min_score >= 0 && options->min_score <= 1))
    return pa_error_set(err, PA_ERROR_ARGUMENT, "min_score is not in 0..1");
  if (pa_context_has(context, PA_ROLE_M2FP)) return PA_OK;
  for (int role = 0; role < PA_ROLES_NEEDED; role++) {
    pa_nn_net *unused;
    if (role == PA_ROLE_PARTS && pa_context_has(context, PA_ROLE_PARTS_LITE))
      continue;
    if (!pa_context_has(context, (pa_role)role))
      return pa_context_net(context, (pa_role)role, NULL, &unused);
  }
  return PA_OK;
}

pa_status pa_parse_begin(pa_context *context, const pa_image *image,
                         const pa_parse_options *options, pa_parse_job **job) {
  if (!context || !job) return PA_ERROR_ARGUMENT;
  *job = NULL;
  pa_status status = check_begin(context, image, options);
  if (status != PA_OK) return status;
  pa_parse_job *made = pa_mem_calloc(1, sizeof *made);
  if (!made) return pa_error_memory(&context->err, sizeof *made, "a parse");
  made->context = context;
  made->image = image;
  if (options) made->options = *options;
  if (!made->options.max_persons) made->options.max_persons = PA_LIMIT_PERSONS;
  if (made->options.min_score <= 0)
    made->options.min_score =
        pa_context_has(context, PA_ROLE_M2FP) ? MIN_SCORE_M2FP : MIN_SCORE;
  made->begun = pa_clock_ms();
  atomic_store(&context->cancel, 0);
  context->busy = true;
  *job = made;
  return PA_OK;
}

void pa_parse_end(pa_parse_job *job) {
  if (!job) return;
  for (size_t i = 0; i < job->people_count; i++)
    pa_grid_free(&job->people[i].grid);
  pa_mem_free(job->people);
  pa_mem_free(job->mask);
  pa_mem_free(job->scratch);
  pa_scene_destroy(job->scene);
  job->context->busy = false;
  pa_mem_free(job);
}

static pa_status cancelled(pa_parse_job *job) {
  return pa_error_set(&job->context->err, PA_ERROR_CANCELLED, "cancelled");
}

/* As many as people found, until it is known who stays. */
static unsigned face_count(const pa_parse_job *job) {
  if (!pa_context_has(job->context, PA_ROLE_FACE_PARTS)) return 0;
  return (unsigned)(job->scene ? job->scene->person_count : job->found_count);
}

/* Tells the caller; PA_ERROR_CANCELLED when it, or pa_context_cancel, wants to
 * stop. */
static pa_status announce(pa_parse_job *job, pa_stage stage) {
  const pa_parse_options *o = &job->options;
  unsigned total = (unsigned)job->found_count + 2 + face_count(job);
  unsigned done = stage == PA_STAGE_FIND ? 0 : (unsigned)job->next + 1;
  if (stage == PA_STAGE_FACE) done += (unsigned)job->next_face + 1;
  bool go = !o->progress || o->progress(o->progress_user, stage, done, total);
  return go && !atomic_load(&job->context->cancel) ? PA_OK : cancelled(job);
}

static float least_score(const pa_parse_job *job, const pa_found *found) {
  bool large = pa_people_large(job->image, found);
  return job->options.min_score * (large ? LARGE_EASE : 1);
}

static pa_status find_people(pa_parse_job *job) {
  pa_error *err = &job->context->err;
  pa_status status = announce(job, PA_STAGE_FIND);
  if (status != PA_OK) return status;
  double start = pa_clock_ms();
  /* A detection below the square cannot become a person of the score. */
  float least = FACE_EASE * job->options.min_score;
  float large = LARGE_EASE * job->options.min_score;
  status =
      pa_people_find(job->context, job->image, least * least, large * large,
                     job->options.max_persons, job->found, &job->found_count);
  if (status == PA_OK)
    status = pa_faces_find(job->context, job->image, job->found,
                           job->found_count, &job->faces);
  if (status != PA_OK) return status;
  job->found_count = pa_faces_join(&job->faces, job->found, job->found_count,
                                   job->options.max_persons);
  job->timing.find_ms = pa_clock_ms() - start;
  job->searched = true;
  if (!job->found_count) return PA_OK;

  size_t cells = (size_t)PA_POSE_SIZE * PA_POSE_SIZE;
  job->people = pa_mem_calloc(job->found_count, sizeof *job->people);
  job->mask = pa_mem_alloc(cells * sizeof *job->mask);
  job->scratch = pa_mem_alloc(2 * (size_t)PA_GRID * PA_GRID * sizeof(int32_t));
  if (job->people && job->mask && job->scratch) return PA_OK;
  return pa_error_memory(err, job->found_count * sizeof *job->people,
                         "the people's data");
}

static pa_status estimate_pose(pa_parse_job *job, pa_candidate *person) {
  pa_context *context = job->context;
  const pa_found *found = &person->found;
  pa_nn_net *net;
  pa_status status = pa_context_net(context, PA_ROLE_POSE, NULL, &net);
  if (status != PA_OK) return status;
  return pa_pose_run(
      &context->err, context->engine, net, job->image,
      pa_pose_roi_from_coco(found->keypoints, found->w, found->h),
      &context->cancel, &person->pose, job->mask);
}

static bool is_worth_two_looks(const pa_parse_job *job,
                               const pa_candidate *person) {
  size_t likely = 0;
  for (size_t i = 0; i < job->found_count; i++)
    likely += job->found[i].score >= LIKELY;
  return person->found.score >= LIKELY && likely <= TWICE_MOST;
}

static pa_status divide_parts(pa_parse_job *job, pa_candidate *person) {
  bool twice = is_worth_two_looks(job, person);
  if (pa_context_has(job->context, PA_ROLE_PARTS_LITE))
    return pa_lite_run(job->context, job->image, &person->pose, job->mask,
                       job->found, job->found_count, twice, &person->grid);
  return pa_parts_run(job->context, job->image, &person->pose, job->mask, twice,
                      &person->grid);
}

/* What can be said of a person's grid without a network. */
static pa_status clear_up(pa_parse_job *job, pa_grid *grid) {
  pa_context *context = job->context;
  pa_status status =
      pa_grid_follow(&context->err, context->engine, job->image, grid);
  if (status != PA_OK) return status;
  pa_grid_drop_islands(grid, 0.02f, job->scratch);
  pa_grid_merge_fragments(grid, FRAGMENT, job->scratch);
  return PA_OK;
}

static pa_status parse_person(pa_parse_job *job) {
  pa_status status = announce(job, PA_STAGE_PERSON);
  if (status != PA_OK) return status;
  pa_candidate *person = &job->people[job->people_count];
  person->found = job->found[job->next++];
  double start = pa_clock_ms();
  status = estimate_pose(job, person);
  if (status == PA_OK)
    status = pa_faces_correct(job->context, job->image, &job->faces,
                              &person->found, &person->pose);
  double posed = pa_clock_ms();
  job->timing.pose_ms += posed - start;
  if (status != PA_OK) return status;
  float presence =
      pa_faces_presence(&job->faces, &person->found, &person->pose);
  person->score = sqrtf(person->found.score * presence);
  if (presence < MIN_PRESENCE ||
      person->score < least_score(job, &person->found))
    return PA_OK; /* nobody there */

  status = divide_parts(job, person);
  if (status == PA_OK) {
    job->people_count++;
    status = clear_up(job, &person->grid);
  }
  job->timing.parts_ms += pa_clock_ms() - posed;
  return status;
}

static void claim_faces(pa_parse_job *job) {
  unsigned owned[PA_LIMIT_PERSONS];
  for (size_t i = 0; i < job->people_count; i++)
    owned[i] = job->people[i].found.face;
  for (size_t i = 0; i < job->people_count; i++)
    pa_faces_claim(&job->faces, owned, job->people_count, owned[i],
                   &job->people[i].grid);
}

static void compare_heads(pa_parse_job *job) {
  for (size_t i = 0; i < job->people_count; i++)
    for (size_t j = 0; j < job->people_count; j++) {
      pa_candidate *one = &job->people[i], *other = &job->people[j];
      if (i != j)
        pa_heads_yield(&one->grid, &one->pose, &other->grid, &other->pose);
    }
}

static void describe(const pa_candidate *from, unsigned id, pa_person *to) {
  to->id = id;
  to->score = from->score;
  memcpy(to->keypoints, from->pose.keypoints, sizeof to->keypoints);
  memcpy(to->world, from->pose.world, sizeof to->world);
}

/* What follows from the maps. */
static void settle(pa_scene *scene) {
  float pixels = MIN_SHARE * (float)scene->width * (float)scene->height;
  pa_scene_derive(scene);
  pa_scene_measure(scene);
  pa_scene_drop_small(
      scene, (uint32_t)fminf(fmaxf(pixels, MIN_PIXELS_LOW), MIN_PIXELS_HIGH));
}

static pa_status compose(pa_parse_job *job) {
  pa_context *context = job->context;
  pa_status status = announce(job, PA_STAGE_COMPOSE);
  if (status != PA_OK) return status;
  double start = pa_clock_ms();
  job->people_count = pa_candidates_settle(job->people, job->people_count);
  claim_faces(job);
  compare_heads(job);
  pa_scene *made;
  status = pa_scene_create(&context->err, job->image->width, job->image->height,
                           job->people_count, &made);
  if (status != PA_OK) return status;
  pa_grid grids[PA_LIMIT_PERSONS];
  for (size_t i = 0; i < job->people_count; i++) {
    grids[i] = job->people[i].grid;
    describe(&job->people[i], (unsigned)i + 1, &made->data[i].person);
  }
  job->scene = made;
  status = pa_compose(&context->err, context->engine, grids, job->people_count,
                      made);
  if (status == PA_OK) settle(made);
  job->timing.compose_ms = pa_clock_ms() - start;
  return status;
}

/* All people at once, in place of the steps before. */
static pa_status parse_whole(pa_parse_job *job) {
  pa_status status = announce(job, PA_STAGE_FIND);
  if (status != PA_OK) return status;
  double start = pa_clock_ms();
  status = pa_whole_run(job->context, job->image, &job->options, &job->scene);
  job->timing.parts_ms = pa_clock_ms() - start;
  if (status == PA_OK) settle(job->scene);
  job->searched = true;
  return status;
}

static pa_status pose_whole(pa_parse_job *job) {
  pa_status status = announce(job, PA_STAGE_COMPOSE);
  if (status != PA_OK) return status;
  double start = pa_clock_ms();
  job->posed = true;
  status = pa_whole_pose(job->context, job->image, job->scene);
  job->timing.pose_ms = pa_clock_ms() - start;
  return status;
}

static pa_status parse_face(pa_parse_job *job) {
  pa_status status = announce(job, PA_STAGE_FACE);
  if (status != PA_OK) return status;
  double start = pa_clock_ms();
  bool twice = job->scene->person_count <= TWICE_MOST;
  status = pa_face_parts_run(job->context, job->image,
                             &job->scene->data[job->next_face++].person, twice,
                             job->scene);
  job->timing.face_ms += pa_clock_ms() - start;
  return status;
}

/* Hands the scene over. */
static void finish(pa_parse_job *job, pa_scene **scene) {
  if (job->next_face) pa_scene_measure(job->scene); /* labels have changed */
  job->timing.total_ms = pa_clock_ms() - job->begun;
  job->scene->timing = job->timing;
  job->scene->keep = pa_keep_create(); /* NULL will do */
  *scene = job->scene;
  job->scene = NULL;
}

pa_status pa_parse_step(pa_parse_job *job, pa_scene **scene) {
  if (!job || !scene) return PA_ERROR_ARGUMENT;
  *scene = NULL;
  bool whole = pa_context_has(job->context, PA_ROLE_M2FP);
  if (!job->searched) return whole ? parse_whole(job) : find_people(job);
  if (whole && !job->posed) return pose_whole(job);
  if (job->next < job->found_count) return parse_person(job);
  if (!job->scene) return compose(job);
  if (pa_context_has(job->context, PA_ROLE_FACE_PARTS) &&
      job->next_face < job->scene->person_count)
    return parse_face(job);
  finish(job, scene);
  return PA_OK;
}

pa_status pa_parse(pa_context *context, const pa_image *image,
                   const pa_parse_options *options, pa_scene **scene) {
  if (!scene) return PA_ERROR_ARGUMENT;
  *scene = NULL;
  pa_parse_job *job;
  pa_status status = pa_parse_begin(context, image, options, &job);
  if (status != PA_OK) return status;
  while (status == PA_OK && !*scene)
    status = pa_parse_step(job, scene);
  pa_parse_end(job);
  return status;
}
