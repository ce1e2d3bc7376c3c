/* A person before a camera, frame by frame: followed, smoothed, turned into
 * bones and expressions. */
#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "track/bones.h"
#include "track/expression.h"
#include "track/one_euro.h"

/* MediaPipe's pose graph smooths landmarks with these
 * (pose_landmark_filtering); speeds are in regions a second, and in metres. */
static const pa_one_euro photo_filter = {.05f, 80, 1};
static const pa_one_euro world_filter = {.1f, 40, 1};
static const pa_one_euro score_filter = {2, 0, 1};
/* Points of a face, in widths of its region: a head turns slower than a lid
 * closes, whose lengths are therefore measured before. */
static const pa_one_euro face_filter = {.5f, 60, 1};
static const pa_one_euro expression_filter = {2, 3, 1};

#define FORGET 1.0f   /* seconds after which a person comes back as a new one */
#define FASTEST 14.0f /* radians a second that a bone turns at most */

typedef struct memory {
  pa_one_euro_state photo[PA_KEYPOINTS][2], score[PA_KEYPOINTS];
  pa_one_euro_state world[PA_KEYPOINTS][3], mesh[PA_FACE_POINTS][3];
  pa_one_euro_state expression[PA_TRACK_EXPRESSIONS];
  pa_quat bones[PA_TRACK_BONES];
} memory;

struct pa_tracker {
  pa_context *context;
  bool mirror;
  pa_follow follow;
  /* Seconds of the frames that had them last. */
  double seen, seen_body, seen_face;
  bool has, has_body, has_face;
  memory memory;
  pa_face_rest rest;
  pa_followed found; /* of this frame */
};

const char *pa_track_expression_name(size_t expression) {
  static const char *const names[PA_TRACK_EXPRESSIONS] = {
      "blinkLeft", "blinkRight", "aa", "ou", "happy", "surprised"};
  return expression < PA_TRACK_EXPRESSIONS ? names[expression] : NULL;
}

pa_status pa_tracker_create(pa_context *context,
                            const pa_tracker_options *options,
                            pa_tracker **tracker) {
  if (!context || !tracker) return PA_ERROR_ARGUMENT;
  *tracker = NULL;
  pa_tracker *made = pa_mem_calloc(1, sizeof *made);
  if (!made) return pa_error_memory(&context->err, sizeof *made, "a tracker");
  made->context = context;
  made->mirror = options && options->mirror;
  *tracker = made;
  return PA_OK;
}

void pa_tracker_destroy(pa_tracker *tracker) {
  pa_mem_free(tracker);
}

/* Seconds since a frame that had what is smoothed; 0: it is new. Clocks that
 * stand still or go back count as a millisecond. */
static float since(bool has, double then, double now) {
  double passed = now - then;
  if (!has || passed > (double)FORGET) return 0;
  return (float)fmax(passed, 1e-3);
}

/* ------------------------------------------------------------ smoothing */

static void smooth_pose(pa_tracker *t, float seconds) {
  pa_pose *pose = &t->found.pose;
  memory *m = &t->memory;
  for (int k = 0; k < PA_KEYPOINTS; k++) {
    float at[2] = {pose->keypoints[k].x, pose->keypoints[k].y};
    pa_one_euro_run(&photo_filter, seconds, pose->roi.side, m->photo[k], at, 2);
    pose->keypoints[k].x = at[0], pose->keypoints[k].y = at[1];
    pa_one_euro_run(&score_filter, seconds, 1, &m->score[k],
                    &pose->keypoints[k].score, 1);
  }
  pa_one_euro_run(&world_filter, seconds, 1, &m->world[0][0],
                  &pose->world[0][0], 3 * PA_KEYPOINTS);
}

static void express(pa_tracker *t, float seconds, pa_track *out) {
  pa_face *mesh = &t->found.mesh;
  pa_face_lengths lengths;
  if (!pa_face_measure(mesh, &lengths)) {
    t->found.face = false;
    return;
  }
  pa_face_rest_learn(&lengths, seconds, &t->rest);
  pa_face_express(&lengths, &t->rest, out->expressions);
  pa_one_euro_run(&expression_filter, seconds, 1, t->memory.expression,
                  out->expressions, PA_TRACK_EXPRESSIONS);
  pa_one_euro_run(&face_filter, seconds, mesh->roi.side, &t->memory.mesh[0][0],
                  &mesh->points[0][0], 3 * PA_FACE_POINTS);
}

/* ------------------------------------------------------------ the result */

static void swap(float *a, float *b) {
  float keep = *a;
  *a = *b;
  *b = keep;
}

static pa_status turn_bones(pa_tracker *t, const pa_image *frame, float seconds,
                            pa_track *out) {
  pa_quat wanted[PA_TRACK_BONES], shown[PA_TRACK_BONES];
  pa_status status =
      pa_bones_of(&t->context->err, t->context->body, frame->width,
                  frame->height, t->found.body ? &t->found.pose : NULL,
                  t->found.face ? &t->found.mesh : NULL, wanted);
  if (status != PA_OK) return status;
  if (seconds > 0)
    pa_bones_approach(wanted, FASTEST * seconds, t->memory.bones);
  else
    memcpy(t->memory.bones, wanted, sizeof wanted);
  if (t->mirror) {
    pa_bones_mirror(t->memory.bones, shown);
    swap(&out->expressions[PA_TRACK_BLINK_LEFT],
         &out->expressions[PA_TRACK_BLINK_RIGHT]);
  } else {
    memcpy(shown, t->memory.bones, sizeof shown);
  }
  for (int i = 0; i < PA_TRACK_BONES; i++) {
    const float q[4] = {shown[i].x, shown[i].y, shown[i].z, shown[i].w};
    memcpy(out->bones[i], q, sizeof q);
  }
  return PA_OK;
}

static void clear(pa_track *out) {
  memset(out, 0, sizeof *out);
  for (int i = 0; i < PA_TRACK_BONES; i++)
    out->bones[i][3] = 1;
}

static pa_status tell(pa_tracker *t, const pa_image *frame, double now,
                      pa_track *out) {
  pa_followed *found = &t->found;
  if (found->body) smooth_pose(t, since(t->has_body, t->seen_body, now));
  if (found->face) express(t, since(t->has_face, t->seen_face, now), out);
  pa_status status = turn_bones(t, frame, since(t->has, t->seen, now), out);
  if (status != PA_OK) return status;
  out->found = t->has = true, t->seen = now;
  out->face = found->face;
  if (found->face) {
    out->score = found->mesh.score;
    t->has_face = true, t->seen_face = now;
  }
  if (found->body) {
    out->score = found->pose.presence;
    memcpy(out->keypoints, found->pose.keypoints, sizeof out->keypoints);
    memcpy(out->world, found->pose.world, sizeof out->world);
    t->has_body = true, t->seen_body = now;
  }
  return PA_OK;
}

pa_status pa_tracker_frame(pa_tracker *tracker, const pa_image *frame,
                           double seconds, pa_track *track) {
  if (!tracker || !track) return PA_ERROR_ARGUMENT;
  pa_context *context = tracker->context;
  clear(track);
  if (!frame) return pa_error_set(&context->err, PA_ERROR_ARGUMENT, "no frame");
  if (!isfinite(seconds))
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "the frame's time is not a number");
  if (context->busy)
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "a parse is under way: track before or after");
  if (!context->body)
    return pa_error_set(&context->err, PA_ERROR_NO_NETWORK,
                        "the body of 3D avatars is not loaded");
  atomic_store(&context->cancel, 0);
  pa_status status =
      pa_follow_frame(context, frame, &tracker->follow, &tracker->found);
  if (status == PA_OK && (tracker->found.body || tracker->found.face))
    status = tell(tracker, frame, seconds, track);
  if (status != PA_OK) clear(track);
  track->searched = tracker->found.searched;
  return status;
}
