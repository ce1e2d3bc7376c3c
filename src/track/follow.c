#include "track/follow.h"

#include <math.h>

#include "base/mem.h"
#include "parse/faces.h"

/* MediaPipe gives a person or a face up below this. */
#define STILL_THERE 0.5f
#define LEAST_SCORE 0.3f /* of who is searched for */
#define CANDIDATES 16
#define SMALLEST 24 /* pixels: the side of a region with a person */

/* ------------------------------------------------------------ searching */

typedef struct crowd {
  pa_faces faces;
  pa_found people[CANDIDATES];
  size_t count;
} crowd;

static pa_status look_around(pa_context *context, const pa_image *frame,
                             crowd *c) {
  pa_status status = pa_faces_find(context, frame, &c->faces);
  if (status == PA_OK)
    status = pa_people_find(context, frame, LEAST_SCORE, CANDIDATES, c->people,
                            &c->count);
  if (status == PA_OK)
    c->count = pa_faces_join(&c->faces, c->people, c->count, CANDIDATES);
  return status;
}

/* Who sits before the camera is larger than who passes behind. */
static const pa_found *largest(const crowd *c) {
  const pa_found *best = NULL;
  for (size_t i = 0; i < c->count; i++) {
    const pa_found *p = &c->people[i];
    if (!best || p->score * p->w * p->h > best->score * best->w * best->h)
      best = p;
  }
  return best;
}

static pa_status search(pa_context *context, const pa_image *frame,
                        pa_follow *follow) {
  crowd *c = pa_mem_calloc(1, sizeof *c);
  if (!c) return pa_error_memory(&context->err, sizeof *c, "a search");
  pa_status status = look_around(context, frame, c);
  const pa_found *one = status == PA_OK ? largest(c) : NULL;
  follow->person = one != NULL;
  follow->face = false;
  if (one)
    follow->body_roi = pa_pose_roi_from_coco(one->keypoints, one->w, one->h);
  pa_mem_free(c);
  return status;
}

/* ------------------------------------------------------------ following */

/* A region that shows something of the frame, and not all too much else. */
static bool sane(pa_pose_roi roi, const pa_image *frame) {
  float w = (float)frame->width, h = (float)frame->height;
  float half = roi.side / 2;
  return roi.side >= SMALLEST && roi.side <= 8 * fmaxf(w, h) &&
         isfinite(roi.angle) && roi.cx > -half && roi.cy > -half &&
         roi.cx < w + half && roi.cy < h + half;
}

/* The middle of eyes and mouth lies inside the frame. */
static bool head_inside(const pa_pose *pose, const pa_image *frame) {
  pa_pose_roi roi = pa_face_roi_from_keypoints(pose->keypoints);
  return roi.cx > 0 && roi.cy > 0 && roi.cx < (float)frame->width &&
         roi.cy < (float)frame->height;
}

static pa_status look_at_body(pa_context *context, const pa_image *frame,
                              pa_follow *follow, pa_followed *found) {
  found->person = false;
  if (!follow->person || !sane(follow->body_roi, frame)) {
    follow->person = false;
    return PA_OK;
  }
  pa_nn_net *net;
  pa_status status = pa_context_net(context, PA_ROLE_POSE, NULL, &net);
  if (status == PA_OK)
    status =
        pa_pose_run(&context->err, context->engine, net, frame,
                    follow->body_roi, &context->cancel, &found->pose, NULL);
  found->person = status == PA_OK && found->pose.presence >= STILL_THERE;
  follow->person = found->person;
  if (found->person)
    follow->body_roi = pa_pose_roi_from_circle(found->pose.circle);
  return status;
}

/* The face is the followed person's: its middle lies on the pose's head. */
static bool belongs(pa_pose_roi face, const pa_pose *pose) {
  pa_pose_roi head = pa_face_roi_from_keypoints(pose->keypoints);
  float size = fmaxf(head.side, face.side);
  return hypotf(face.cx - head.cx, face.cy - head.cy) < size / 2;
}

static pa_status look_at_face(pa_context *context, const pa_image *frame,
                              pa_follow *follow, pa_followed *found) {
  found->face = false;
  bool known = follow->face && belongs(follow->face_roi, &found->pose) &&
               sane(follow->face_roi, frame);
  follow->face = false;
  if (!pa_context_has(context, PA_ROLE_FACE_MESH)) return PA_OK;
  if (!known && !head_inside(&found->pose, frame)) return PA_OK;
  pa_nn_net *net;
  pa_status status = pa_context_net(context, PA_ROLE_FACE_MESH, NULL, &net);
  if (status != PA_OK) return status;
  pa_error *err = &context->err;
  if (known)
    status = pa_face_run(err, context->engine, net, frame, follow->face_roi,
                         &context->cancel, &found->mesh);
  if (status == PA_OK && !(known && found->mesh.score >= STILL_THERE))
    status =
        pa_face_find(err, context->engine, net, frame, found->pose.keypoints,
                     &context->cancel, &found->mesh);
  if (status != PA_OK) return status;
  pa_pose_roi next = pa_face_roi_from_points(&found->mesh);
  found->face = found->mesh.score >= STILL_THERE && sane(next, frame) &&
                belongs(next, &found->pose);
  follow->face = found->face;
  follow->face_roi = next;
  return PA_OK;
}

pa_status pa_follow_frame(pa_context *context, const pa_image *frame,
                          pa_follow *follow, pa_followed *found) {
  found->searched = found->person = found->face = false;
  pa_status status = look_at_body(context, frame, follow, found);
  if (status == PA_OK && !found->person) {
    found->searched = true;
    status = search(context, frame, follow);
    if (status == PA_OK) status = look_at_body(context, frame, follow, found);
  }
  if (status == PA_OK && found->person)
    status = look_at_face(context, frame, follow, found);
  if (status != PA_OK) *follow = (pa_follow){0};
  return status;
}
