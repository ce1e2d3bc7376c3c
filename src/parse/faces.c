#include "parse/faces.h"

#include <math.h>
#include <string.h>

/* A face without a person must be surer to become one. */
#define SURE 0.7f
/* The pose network sees somebody. */
#define PRESENT 0.5f
/* A face that only a closer look sees makes its person likely, but not so sure
 * that both networks need not see the body (candidates.c): people far behind
 * others have masks of those. */
#define LIKELY 0.3f
/* Of a face's square. A person's head lies this near to its face; */
#define NEAR 0.5f
/* no landmark of the head is farther off than this, or the face moves it; */
#define OFF 0.15f
/* no torso is shorter. (A person's is about three squares long.) */
#define LEAST_TORSO 1.5f
/* A face's eyes and the head's are this alike in distance. */
#define SAME_SCALE 2.0f

/* A standing body under its face, in squares of the face from its middle. */
#define SHOULDERS_DOWN 1.4f
#define SHOULDERS_OUT 1.2f
#define HIPS_DOWN 4.4f
#define HIPS_OUT 0.8f
#define BODY_SCORE 0.2f /* of points that are only thought to be there */

/* COCO's numbers. */
enum { NOSE, L_EYE, R_EYE, L_EAR, R_EAR, L_SHOULDER, R_SHOULDER, L_HIP = 11 };

typedef struct point {
  float x, y;
} point;

static float between(pa_spot a, pa_spot b) {
  return hypotf(a.x - b.x, a.y - b.y);
}

/* ------------------------------------------------------------ whose face */

/* How far a head is from the face, in squares of it; infinite when it cannot be
 * the same. */
static float head_distance(const pa_detected_face *face,
                           const pa_keypoint *nose, const pa_keypoint *left_eye,
                           const pa_keypoint *right_eye) {
  float x = (nose->x + left_eye->x + right_eye->x) / 3;
  float y = (nose->y + left_eye->y + right_eye->y) / 3;
  float eyes = hypotf(left_eye->x - right_eye->x, left_eye->y - right_eye->y);
  float away = hypotf(x - face->cx, y - face->cy) / face->side;
  /* Turned heads have close eyes; a face's square has a size in any case. */
  return away < NEAR && eyes < SAME_SCALE * .5f * face->side ? away : INFINITY;
}

static float distance(const pa_detected_face *face, const pa_found *found) {
  const pa_keypoint *k = found->keypoints;
  return head_distance(face, &k[NOSE], &k[L_EYE], &k[R_EYE]);
}

/* The person whom the face fits best and who has none yet; `count` if none. Of
 * several whose heads are there, ghosts of one person, a likely one counts more
 * than one a few pixels nearer. */
static size_t owner_of(const pa_detected_face *face, const pa_found *found,
                       size_t count) {
  size_t best = count;
  float most = 0;
  for (size_t i = 0; i < count; i++) {
    if (found[i].face) continue;
    float fit = found[i].score * (1 - distance(face, &found[i]));
    if (fit > most) most = fit, best = i;
  }
  return best;
}

/* The way down from the eyes, half as tilted as the head. */
static point down_of(const pa_detected_face *face) {
  const pa_spot *s = face->spots;
  float x =
      s[PA_SPOT_MOUTH].x - (s[PA_SPOT_LEFT_EYE].x + s[PA_SPOT_RIGHT_EYE].x) / 2;
  float y =
      s[PA_SPOT_MOUTH].y - (s[PA_SPOT_LEFT_EYE].y + s[PA_SPOT_RIGHT_EYE].y) / 2;
  float angle = atan2f(x, y) / 2;
  return (point){sinf(angle), cosf(angle)};
}

static bool plausible(const pa_detected_face *face, const pa_found *found) {
  const pa_keypoint *k = found->keypoints;
  float x = (k[L_SHOULDER].x + k[R_SHOULDER].x) / 2;
  float y = (k[L_SHOULDER].y + k[R_SHOULDER].y) / 2;
  float torso = hypotf((k[L_HIP].x + k[L_HIP + 1].x) / 2 - x,
                       (k[L_HIP].y + k[L_HIP + 1].y) / 2 - y);
  float neck = hypotf(x - face->cx, y - face->cy);
  return torso > LEAST_TORSO * face->side && neck > .5f * face->side;
}

static pa_keypoint below(const pa_detected_face *face, point down, float out,
                         float along) {
  float s = face->side;
  return (pa_keypoint){face->cx + s * (along * down.x + out * down.y),
                       face->cy + s * (along * down.y - out * down.x),
                       BODY_SCORE};
}

static void set_head(const pa_detected_face *face, pa_found *found) {
  static const uint8_t spot[] = {PA_SPOT_NOSE, PA_SPOT_LEFT_EYE,
                                 PA_SPOT_RIGHT_EYE, PA_SPOT_LEFT_EAR,
                                 PA_SPOT_RIGHT_EAR};
  for (size_t i = 0; i < sizeof spot; i++)
    found->keypoints[i] = (pa_keypoint){face->spots[spot[i]].x,
                                        face->spots[spot[i]].y, face->score};
}

/* A person who stands under the face; of arms and legs nothing is known. */
static void set_body(const pa_detected_face *face, pa_found *found) {
  point down = down_of(face);
  pa_keypoint *k = found->keypoints;
  set_head(face, found);
  /* The person's left is at the viewer's right. */
  k[L_SHOULDER] = below(face, down, SHOULDERS_OUT, SHOULDERS_DOWN);
  k[R_SHOULDER] = below(face, down, -SHOULDERS_OUT, SHOULDERS_DOWN);
  for (int i = R_SHOULDER + 1; i < PA_COCO_KEYPOINTS; i++) {
    bool left = (i - L_SHOULDER) % 2 == 0;
    k[i] = below(face, down, left ? HIPS_OUT : -HIPS_OUT, HIPS_DOWN);
    k[i].score = 0;
  }
  float half = SHOULDERS_OUT * face->side;
  found->x = face->cx - half, found->w = 2 * half;
  found->y = face->cy - face->side;
  found->h = (1 + HIPS_DOWN) * face->side;
}

/* Someone else's finding inside this face: a part of it, taken for a person. */
static bool is_ghost(const pa_detected_face *face, const pa_found *found) {
  if (found->face) return false;
  float half = face->side / 2;
  int inside = 0;
  for (int i = 0; i < PA_COCO_KEYPOINTS; i++)
    inside += fabsf(found->keypoints[i].x - face->cx) < half &&
              fabsf(found->keypoints[i].y - face->cy) < half;
  return 2 * inside > PA_COCO_KEYPOINTS;
}

static size_t drop_ghosts(const pa_detected_face *face, pa_found *found,
                          size_t count) {
  size_t kept = 0;
  for (size_t i = 0; i < count; i++)
    if (!is_ghost(face, &found[i])) found[kept++] = found[i];
  return kept;
}

static float likelihood(const pa_detected_face *face) {
  return face->close ? fminf(face->score, LIKELY) : face->score;
}

size_t pa_faces_join(const pa_faces *faces, pa_found *found, size_t count,
                     size_t capacity) {
  for (size_t i = 0; i < count; i++)
    found[i].face = 0;
  for (size_t f = 0; f < faces->count; f++) {
    const pa_detected_face *face = &faces->list[f];
    size_t own = owner_of(face, found, count);
    bool new = own == count;
    if (new && (count == capacity || face->score < SURE)) continue;
    if (new) found[count++] = (pa_found){.score = likelihood(face)};
    found[own].face = (unsigned)f + 1;
    if (new || !plausible(face, &found[own])) set_body(face, &found[own]);
    /* A sure face is a person, surer than any ghost that overlaps it. */
    if (face->score >= SURE)
      found[own].score = fmaxf(found[own].score, likelihood(face));
  }
  for (size_t f = 0; f < faces->count; f++)
    count = drop_ghosts(&faces->list[f], found, count);
  return count;
}

/* ------------------------------------------------------------ the head */

/* BlazePose's numbers of the face's points. */
static const uint8_t head[PA_SPOTS] = {
    [PA_SPOT_RIGHT_EYE] = PA_KP_RIGHT_EYE, [PA_SPOT_LEFT_EYE] = PA_KP_LEFT_EYE,
    [PA_SPOT_NOSE] = PA_KP_NOSE,           [PA_SPOT_MOUTH] = PA_KP_MOUTH_LEFT,
    [PA_SPOT_RIGHT_EAR] = PA_KP_RIGHT_EAR, [PA_SPOT_LEFT_EAR] = PA_KP_LEFT_EAR,
};

/* The largest distance of eyes, nose and mouth from the face's, in squares. */
static float misfit(const pa_detected_face *face, const pa_pose *pose) {
  float most = 0;
  for (size_t i = 0; i <= PA_SPOT_MOUTH; i++) {
    pa_spot at = {pose->keypoints[head[i]].x, pose->keypoints[head[i]].y};
    if (i == PA_SPOT_MOUTH) {
      at.x = (at.x + pose->keypoints[PA_KP_MOUTH_RIGHT].x) / 2;
      at.y = (at.y + pose->keypoints[PA_KP_MOUTH_RIGHT].y) / 2;
    }
    float seen = pose->keypoints[head[i]].score;
    most = fmaxf(most, between(at, face->spots[i]) / face->side);
    if (seen < .5f) most = fmaxf(most, OFF * 1.01f);
  }
  return most;
}

static void put(pa_keypoint *k, pa_spot at, pa_spot towards, float share,
                float score) {
  k->x = at.x + share * (towards.x - at.x);
  k->y = at.y + share * (towards.y - at.y);
  k->score = score;
}

/* All eleven of the head. What the detector has no point for lies beside what
 * it has, by the proportions of a face. */
static void move_head(const pa_detected_face *face, pa_pose *pose) {
  enum { L_INNER = 1, L_OUTER = 3, R_INNER = 4, R_OUTER = 6 };
  const float corner = .25f, mouth = .4f; /* of the distance of the eyes */
  pa_keypoint *k = pose->keypoints;
  const pa_spot *s = face->spots;
  pa_spot l = s[PA_SPOT_LEFT_EYE], r = s[PA_SPOT_RIGHT_EYE];
  for (size_t i = 0; i < PA_SPOTS; i++)
    put(&k[head[i]], s[i], s[i], 0, face->score);
  put(&k[L_INNER], l, r, corner, face->score);
  put(&k[L_OUTER], l, r, -corner, face->score);
  put(&k[R_INNER], r, l, corner, face->score);
  put(&k[R_OUTER], r, l, -corner, face->score);
  pa_spot m = s[PA_SPOT_MOUTH];
  pa_spot left = {m.x + l.x - r.x, m.y + l.y - r.y};
  put(&k[PA_KP_MOUTH_LEFT], m, left, mouth, face->score);
  put(&k[PA_KP_MOUTH_RIGHT], m, left, -mouth, face->score);
}

static bool taken(const pa_faces *faces, const pa_detected_face *face) {
  for (size_t i = 0; i < faces->count; i++)
    if (hypotf(faces->list[i].cx - face->cx, faces->list[i].cy - face->cy) <
        faces->list[i].side / 2)
      return true;
  return false;
}

/* The head's middle and a square around it, from nose, eyes and shoulders. */
static pa_pose_roi head_region(const pa_pose *pose) {
  const pa_keypoint *k = pose->keypoints;
  float x = (k[PA_KP_LEFT_EAR].x + k[PA_KP_RIGHT_EAR].x) / 2;
  float y = (k[PA_KP_LEFT_EAR].y + k[PA_KP_RIGHT_EAR].y) / 2;
  float neck =
      hypotf((k[PA_KP_LEFT_SHOULDER].x + k[PA_KP_RIGHT_SHOULDER].x) / 2 - x,
             (k[PA_KP_LEFT_SHOULDER].y + k[PA_KP_RIGHT_SHOULDER].y) / 2 - y);
  float wide = hypotf(k[PA_KP_LEFT_EAR].x - k[PA_KP_RIGHT_EAR].x,
                      k[PA_KP_LEFT_EAR].y - k[PA_KP_RIGHT_EAR].y);
  return (pa_pose_roi){x, y, 3 * fmaxf(neck, wide), 0};
}

/* The nearest face to the pose's head that is nobody's yet; NULL if none. */
static const pa_detected_face *nearest(const pa_faces *faces,
                                       const pa_detected_face *close,
                                       size_t count, const pa_pose *pose) {
  const pa_keypoint *k = pose->keypoints;
  const pa_detected_face *best = NULL;
  float least = INFINITY;
  for (size_t i = 0; i < count; i++) {
    float away =
        hypotf(close[i].cx - k[PA_KP_NOSE].x, close[i].cy - k[PA_KP_NOSE].y);
    if (taken(faces, &close[i]) || !(away < least)) continue;
    least = away;
    best = &close[i];
  }
  return best;
}

void pa_faces_own(const pa_detected_face *face, const pa_pose *pose,
                  pa_faces *faces, pa_found *found) {
  const pa_keypoint *k = pose->keypoints;
  float away = head_distance(face, &k[PA_KP_NOSE], &k[PA_KP_LEFT_EYE],
                             &k[PA_KP_RIGHT_EYE]);
  if (found->face || face->score < SURE || face->side < PA_FACES_SIDE ||
      pose->presence < PRESENT || faces->count == PA_LIMIT_PERSONS ||
      !(away < INFINITY))
    return;
  faces->list[faces->count] = *face;
  faces->list[faces->count++].close = true;
  found->face = (unsigned)faces->count;
  found->score = fmaxf(found->score, LIKELY);
}

pa_status pa_faces_correct(pa_context *context, const pa_image *image,
                           pa_faces *faces, pa_found *found, pa_pose *pose) {
  enum { MOST = 4 };             /* in the region of one head */
  const float least_region = 24; /* photo pixels; there is nothing to move */
  if (found->face) {
    const pa_detected_face *face = &faces->list[found->face - 1];
    if (misfit(face, pose) > OFF) move_head(face, pose);
    return PA_OK;
  }
  pa_pose_roi region = head_region(pose);
  if (!pa_context_has(context, PA_ROLE_FACE_DETECTOR) ||
      !(region.side >= least_region))
    return PA_OK;
  pa_nn_net *net;
  pa_detected_face close[MOST];
  size_t count = 0;
  pa_status status = pa_context_net(context, PA_ROLE_FACE_DETECTOR, NULL, &net);
  if (status == PA_OK)
    status =
        pa_detect_faces(&context->err, context->engine, net, image, region,
                        &context->cancel, PA_FACES_LEAST, MOST, close, &count);
  if (status != PA_OK) return status;
  const pa_detected_face *face = nearest(faces, close, count, pose);
  if (!face) return PA_OK;
  pa_faces_own(face, pose, faces, found);
  if (misfit(face, pose) > OFF) move_head(face, pose);
  return PA_OK;
}

float pa_faces_presence(const pa_faces *faces, const pa_found *found,
                        const pa_pose *pose) {
  if (!found->face) return pose->presence;
  const pa_detected_face *face = &faces->list[found->face - 1];
  return face->close ? pose->presence : fmaxf(pose->presence, face->score);
}
