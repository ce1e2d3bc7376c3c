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
  pa_status status = pa_people_find(context, frame, LEAST_SCORE, LEAST_SCORE,
                                    CANDIDATES, c->people, &c->count);
  if (status == PA_OK)
    status = pa_faces_find(context, frame, c->people, c->count, &c->faces);
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

/* MediaPipe's face graph looks at a square one and a half times the detected
 * one. */
static pa_pose_roi roi_of_face(const pa_detected_face *face) {
  const pa_spot *right = &face->spots[PA_SPOT_RIGHT_EYE];
  const pa_spot *left = &face->spots[PA_SPOT_LEFT_EYE];
  return (pa_pose_roi){face->cx, face->cy, 1.5f * face->side,
                       atan2f(left->y - right->y, left->x - right->x)};
}

static pa_status search(pa_context *context, const pa_image *frame,
                        pa_follow *follow) {
  crowd *c = pa_mem_calloc(1, sizeof *c);
  if (!c) return pa_error_memory(&context->err, sizeof *c, "a search");
  pa_status status = look_around(context, frame, c);
  const pa_found *one = status == PA_OK ? largest(c) : NULL;
  follow->body = one != NULL;
  follow->face = one && one->face;
  if (follow->body)
    follow->body_roi = pa_pose_roi_from_coco(one->keypoints, one->w, one->h);
  if (follow->face)
    follow->face_roi = roi_of_face(&c->faces.list[one->face - 1]);
  pa_mem_free(c);
  return status;
}

/* ------------------------------------------------------------ following */

/* A region that shows something of the frame, and not all too much else. */
static bool sane(pa_pose_roi roi, const pa_image *frame) {
  float w = (float)frame->width, h = (float)frame->height;
  float half = roi.side / 2;
  return roi.side >= SMALLEST && roi.side <= 16 * fmaxf(w, h) &&
         isfinite(roi.angle) && roi.cx > -half && roi.cy > -half &&
         roi.cx < w + half && roi.cy < h + half;
}

static pa_status look_at_body(pa_context *context, const pa_image *frame,
                              pa_follow *follow, pa_followed *found) {
  bool look = follow->body && sane(follow->body_roi, frame);
  found->body = follow->body = false;
  if (!look) return PA_OK;
  pa_nn_net *net;
  pa_status status = pa_context_net_giving(context, PA_ROLE_POSE, NULL,
                                           pa_pose_outputs_without_mask, &net);
  if (status == PA_OK)
    status =
        pa_pose_run(&context->err, context->engine, net, frame,
                    follow->body_roi, &context->cancel, &found->pose, NULL);
  if (status != PA_OK || found->pose.presence < STILL_THERE) return status;
  found->body = follow->body = true;
  follow->body_roi = pa_pose_roi_from_circle(found->pose.circle);
  return PA_OK;
}

/* The face is the followed person's: its middle lies on the pose's head. */
static bool belongs(pa_pose_roi face, const pa_followed *found) {
  if (!found->body) return true;
  pa_pose_roi head = pa_face_roi_from_keypoints(found->pose.keypoints);
  float size = fmaxf(head.side, face.side);
  return hypotf(face.cx - head.cx, face.cy - head.cy) < size / 2;
}

/* Where the body's landmarks have the face, if that is inside the frame. */
static bool expect_face(const pa_image *frame, const pa_followed *found,
                        pa_pose_roi *roi) {
  if (!found->body) return false;
  *roi = pa_face_roi_from_keypoints(found->pose.keypoints);
  return roi->cx > 0 && roi->cy > 0 && roi->cx < (float)frame->width &&
         roi->cy < (float)frame->height;
}

static pa_status look_at_face(pa_context *context, const pa_image *frame,
                              pa_follow *follow, pa_followed *found) {
  pa_pose_roi roi = follow->face_roi;
  bool known = follow->face && sane(roi, frame) && belongs(roi, found);
  found->face = follow->face = false;
  if (!pa_context_has(context, PA_ROLE_FACE_MESH)) return PA_OK;
  pa_error *err = &context->err;
  pa_nn_net *net;
  pa_status status = pa_context_net(context, PA_ROLE_FACE_MESH, NULL, &net);
  found->mesh.score = 0;
  if (status == PA_OK && known)
    status = pa_face_run(err, context->engine, net, frame, roi,
                         &context->cancel, &found->mesh);
  if (status == PA_OK && !(found->mesh.score >= STILL_THERE) &&
      expect_face(frame, found, &roi))
    status = pa_face_look(err, context->engine, net, frame, roi,
                          &context->cancel, &found->mesh);
  if (status != PA_OK || !(found->mesh.score >= STILL_THERE)) return status;
  follow->face_roi = pa_face_roi_from_points(&found->mesh);
  found->face =
      sane(follow->face_roi, frame) && belongs(follow->face_roi, found);
  follow->face = found->face;
  return PA_OK;
}

/* Where the body under a face is, should the person lean back: the hips are
 * four and a half faces lower, as parse/faces.c has it. */
static pa_pose_roi body_under(pa_pose_roi face) {
  float side = face.side / 1.8f; /* of what BlazeFace calls a face */
  float tilt = face.angle / 2, down = 4.4f * side;
  return (pa_pose_roi){face.cx - down * sinf(tilt), face.cy + down * cosf(tilt),
                       12.6f * side, tilt};
}

static pa_status look(pa_context *context, const pa_image *frame,
                      pa_follow *follow, pa_followed *found) {
  pa_status status = look_at_body(context, frame, follow, found);
  if (status == PA_OK) status = look_at_face(context, frame, follow, found);
  if (found->face && !found->body) {
    follow->body = true;
    follow->body_roi = body_under(follow->face_roi);
  }
  return status;
}

pa_status pa_follow_frame(pa_context *context, const pa_image *frame,
                          pa_follow *follow, pa_followed *found) {
  found->searched = false;
  pa_status status = look(context, frame, follow, found);
  if (status == PA_OK && !found->body && !found->face) {
    found->searched = true;
    status = search(context, frame, follow);
    if (status == PA_OK) status = look(context, frame, follow, found);
  }
  if (status != PA_OK) {
    *follow = (pa_follow){0};
    found->body = found->face = false;
  }
  return status;
}
