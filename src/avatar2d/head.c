#include "avatar2d/head.h"

#include <math.h>
#include <string.h>

#include "avatar2d/head_pixels.h"
#include "avatar2d/kept.h"

#define MESH_SCORE .5f
/* Of a mesh's points so many must lie on face pixels; hair, hands and glasses
 * cover the others. */
#define ON_FACE .3f
/* Of MediaPipe's canonical face, in head units (eyes to chin: 100). */
#define EYES_SPAN 84.f /* between the outer corners */
#define EYES_TO_NOSE 44.5f
#define EYES_TO_MOUTH 63.f
#define PUPILS 62.f
#define USUAL_HALF 70.f

static float dot(const float *a, const float *b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void difference(const float *a, const float *b, float *out) {
  for (int i = 0; i < 3; i++)
    out[i] = a[i] - b[i];
}

static void normalise(float *v) {
  float length = sqrtf(dot(v, v));
  for (int i = 0; i < 3 && length > 0; i++)
    v[i] /= length;
}

/* The head's own axes: across from pairs of points, down from the hairline to
 * the chin, made square. */
static void find_axes(const pa_face *face, float axes[3][3]) {
  static const int pairs[][2] = {{PA_FACE_LEFT_EYE_OUTER, 33},
                                 {PA_FACE_LEFT_EYE_INNER, 133},
                                 {PA_FACE_LEFT_SIDE, PA_FACE_RIGHT_SIDE},
                                 {356, 127},
                                 {397, 172}};
  float *x = axes[0], *y = axes[1], *z = axes[2], v[3];
  memset(axes, 0, 9 * sizeof(float));
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
    difference(face->points[pairs[i][0]], face->points[pairs[i][1]], v);
    normalise(v);
    for (int k = 0; k < 3; k++)
      x[k] += v[k];
  }
  normalise(x);
  difference(face->points[PA_FACE_CHIN], face->points[PA_FACE_TOP], y);
  float along = dot(x, y);
  for (int k = 0; k < 3; k++)
    y[k] -= along * x[k];
  normalise(y);
  z[0] = x[1] * y[2] - x[2] * y[1];
  z[1] = x[2] * y[0] - x[0] * y[2];
  z[2] = x[0] * y[1] - x[1] * y[0];
}

static void eyes_middle(const pa_face *face, float *out) {
  static const int corners[] = {33, 133, 362, 263};
  for (int k = 0; k < 3; k++) {
    out[k] = 0;
    for (int i = 0; i < 4; i++)
      out[k] += face->points[corners[i]][k] / 4;
  }
}

static pa_affine level(float x, float y, float angle, float unit) {
  float c = cosf(angle) * unit, s = sinf(angle) * unit;
  return (pa_affine){c, -s, x, s, c, y};
}

/* x of the face's edges in the photo's level view, over the middle rows. */
static void find_edges(pa_head *head, const pa_face *face) {
  static const int middle[] = {10, 168, 6, 9};
  pa_affine inverse = pa_affine_inverse(head->to_photo);
  head->left = INFINITY, head->right = -INFINITY, head->middle = 0;
  float half_left = 0, half_right = 0;
  for (int i = 0; i < PA_FACE_POINTS; i++) {
    float x, y;
    pa_affine_apply(&inverse, face->points[i][0], face->points[i][1], &x, &y);
    head->left = fminf(head->left, x);
    head->right = fmaxf(head->right, x);
    half_left = fminf(half_left, head->points[i][0]);
    half_right = fmaxf(half_right, head->points[i][0]);
  }
  for (int i = 0; i < 4; i++) {
    const float *p = face->points[middle[i]];
    float x, y;
    pa_affine_apply(&inverse, p[0], p[1], &x, &y);
    head->middle += x / 4;
  }
  head->half = (half_right - half_left) / 2;
  /* A head turned far shows no more than an edge of its other side. */
  head->middle = fminf(fmaxf(head->middle, head->left + 12), head->right - 12);
}

static void from_mesh(pa_head *head, const pa_face *face) {
  float axes[3][3], eyes[3], v[3], turned[PA_FACE_POINTS][3];
  find_axes(face, axes);
  eyes_middle(face, eyes);
  for (int i = 0; i < PA_FACE_POINTS; i++) {
    difference(face->points[i], eyes, v);
    for (int k = 0; k < 3; k++)
      turned[i][k] = dot(v, axes[k]);
  }
  float span =
      turned[PA_FACE_LEFT_EYE_OUTER][0] - turned[PA_FACE_RIGHT_EYE_OUTER][0];
  head->unit = .45f * span / EYES_SPAN +
               .2f * turned[PA_FACE_NOSE_BASE][1] / EYES_TO_NOSE +
               .35f * turned[PA_FACE_CHIN][1] / 100;
  head->unit = fmaxf(head->unit, .01f);
  for (int i = 0; i < PA_FACE_POINTS; i++)
    for (int k = 0; k < 3; k++)
      head->points[i][k] = turned[i][k] / head->unit;
  const float *right = face->points[PA_FACE_RIGHT_EYE_OUTER];
  const float *left = face->points[PA_FACE_LEFT_EYE_OUTER];
  float angle = atan2f(left[1] - right[1], left[0] - right[0]);
  head->to_photo = level(eyes[0], eyes[1], angle, head->unit);
  head->yaw = asinf(fminf(fmaxf(axes[0][2], -1), 1));
  head->mesh = head->face = true;
  find_edges(head, face);
}

/* ------------------------------------------------------------ without mesh */

static uint32_t pixels_of(const pa_person *person, const char *label) {
  int index = pa_label_find(label);
  return index < 0 ? 0 : person->label_pixels[index];
}

static void from_landmarks(pa_head *head, const pa_person *person) {
  const pa_keypoint *k = person->keypoints;
  float ex = (k[PA_KP_LEFT_EYE].x + k[PA_KP_RIGHT_EYE].x) / 2;
  float ey = (k[PA_KP_LEFT_EYE].y + k[PA_KP_RIGHT_EYE].y) / 2;
  float mx = (k[PA_KP_MOUTH_LEFT].x + k[PA_KP_MOUTH_RIGHT].x) / 2;
  float my = (k[PA_KP_MOUTH_LEFT].y + k[PA_KP_MOUTH_RIGHT].y) / 2;
  float dx = k[PA_KP_LEFT_EYE].x - k[PA_KP_RIGHT_EYE].x;
  float dy = k[PA_KP_LEFT_EYE].y - k[PA_KP_RIGHT_EYE].y;
  float down = hypotf(mx - ex, my - ey), across = hypotf(dx, dy);
  head->unit = fmaxf(fmaxf(down / EYES_TO_MOUTH, across / PUPILS), .01f);
  float angle = across > .5f * down ? atan2f(dy, dx) : atan2f(ex - mx, my - ey);
  /* A back view has the eyes crossed over; it is no head upside down. */
  if (fabsf(angle) > 1.9f) angle = atan2f(ex - mx, my - ey);
  head->to_photo = level(ex, ey, angle, head->unit);
}

/* The way from the ears' middle to the nose in the landmarks' own three
 * dimensions (of 12 heads with a mesh it lies within .3 of the mesh's, but for
 * one of .55). Where it is small the mesh would have been found: it is not
 * believed; 0 for a back view. */
static float yaw_of_landmarks(const pa_person *person) {
  const float(*w)[3] = person->world;
  const float *nose = w[PA_KP_NOSE], *a = w[PA_KP_LEFT_EAR];
  const float *b = w[PA_KP_RIGHT_EAR];
  float right = nose[0] - (a[0] + b[0]) / 2;
  float front = (a[2] + b[2]) / 2 - nose[2];
  float yaw = right == 0 && front == 0 ? 0 : atan2f(right, front);
  const float least = .45f, most = 1.9f;
  return fabsf(yaw) > least && fabsf(yaw) < most ? yaw : 0;
}

static void from_pixels(pa_head *head, const pa_scene *scene,
                        const pa_person *person) {
  pa_head_box b = pa_head_pixels_box(scene, person), face;
  float w = b.x1 - b.x0 + 1, h = b.y1 - b.y0 + 1;
  if (pa_head_largest_face(scene, person, &face)) {
    /* A face is 150 units high and 130 wide; one of the two may be hidden. */
    head->unit = fmaxf((face.y1 - face.y0) / 150, (face.x1 - face.x0) / 130);
    head->unit = fmaxf(head->unit, .01f);
    head->to_photo = level((face.x0 + face.x1) / 2, face.y1 - 95 * head->unit,
                           0, head->unit);
    return;
  }
  /* A head is 215 units high and 160 wide; long hair makes it higher. */
  head->unit = fmaxf(fminf(h / 215, w / 160), .01f);
  head->to_photo =
      level((float)b.x0 + w / 2, (float)b.y0 + 118 * head->unit, 0, head->unit);
}

/* Whether the landmarks' head lies where the pixels of the head are. */
static bool landmarks_agree(const pa_head *head, const pa_scene *scene,
                            const pa_person *person) {
  pa_head_box b = pa_head_pixels_box(scene, person);
  float w = b.x1 - b.x0 + 1, h = b.y1 - b.y0 + 1;
  float x = head->to_photo.x0, y = head->to_photo.y0;
  return x > b.x0 - .2f * w && x < b.x1 + .2f * w && y > b.y0 - .1f * h &&
         y < b.y1 && head->unit * 215 < 2.5f * h && head->unit * 215 > .3f * h;
}

static void find_shoulders(pa_head *head, const pa_person *person) {
  const pa_keypoint *a = &person->keypoints[PA_KP_LEFT_SHOULDER];
  const pa_keypoint *b = &person->keypoints[PA_KP_RIGHT_SHOULDER];
  if (a->score < .3f || b->score < .3f) return;
  head->shoulders = hypotf(a->x - b->x, a->y - b->y) / head->unit / 2;
}

/* The face of the person's landmarks, or, where people stand so close that
 * these are not to be trusted, of the largest patch of face pixels. */
static pa_status look_for_mesh(pa_context *context, const pa_image *image,
                               const pa_scene *scene, const pa_person *person,
                               pa_head *head) {
  pa_nn_net *net;
  pa_face face, other;
  pa_head_box patch;
  if (!image || !pa_context_has(context, PA_ROLE_FACE_MESH)) return PA_OK;
  pa_status status = pa_context_net(context, PA_ROLE_FACE_MESH, NULL, &net);
  if (status == PA_OK)
    status = pa_face_find(&context->err, context->engine, net, image,
                          person->keypoints, &context->cancel, &face);
  if (status != PA_OK) return status;
  float on_face = pa_head_share_on_face(scene, person, &face);
  bool good = face.score >= MESH_SCORE && on_face >= ON_FACE;
  if (!good && pa_head_largest_face(scene, person, &patch)) {
    float w = patch.x1 - patch.x0, h = patch.y1 - patch.y0;
    pa_pose_roi roi = {.cx = (patch.x0 + patch.x1) / 2,
                       .cy = (patch.y0 + patch.y1) / 2,
                       .side = fmaxf(1.5f * fmaxf(w, h), 8)};
    status = pa_face_look(&context->err, context->engine, net, image, roi,
                          &context->cancel, &other);
    if (status != PA_OK) return status;
    float share = pa_head_share_on_face(scene, person, &other);
    if (other.score >= MESH_SCORE && share > on_face) {
      face = other;
      good = share >= ON_FACE;
    }
  }
  if (good) from_mesh(head, &face);
  return PA_OK;
}

pa_status pa_head_person(pa_error *err, const pa_scene *scene, unsigned id,
                         pa_person *person) {
  for (size_t i = 0; i < pa_scene_person_count(scene); i++)
    if (pa_scene_person(scene, i, person) == PA_OK && person->id == id)
      return PA_OK;
  return pa_error_set(err, PA_ERROR_ARGUMENT, "the photo has no person %u", id);
}

pa_status pa_head_find(pa_context *context, const pa_image *image,
                       const pa_scene *scene, const pa_person *person,
                       pa_head *head) {
  const pa_kept_of of = {scene, image, person->id};
  const bool asked = image && pa_context_has(context, PA_ROLE_FACE_MESH);
  if (pa_kept_head(of, asked, head)) return PA_OK;
  memset(head, 0, sizeof *head);
  bool skin = pixels_of(person, "face") >= 12;
  if (skin) {
    pa_status status = look_for_mesh(context, image, scene, person, head);
    if (status != PA_OK) return status;
  }
  if (!head->mesh) {
    from_landmarks(head, person);
    head->face = skin && person->keypoints[PA_KP_NOSE].score > .5f;
    if (!landmarks_agree(head, scene, person)) {
      from_pixels(head, scene, person);
      head->face = false;
    }
    if (head->face) head->yaw = yaw_of_landmarks(person);
    head->left = -USUAL_HALF, head->right = USUAL_HALF;
    head->half = USUAL_HALF;
  }
  find_shoulders(head, person);
  pa_keep_head(of, asked, head);
  return PA_OK;
}

pa_affine pa_head_canvas(const pa_head *head, pa_figure_view view) {
  pa_affine to_head = pa_affine_inverse(pa_view_affine(view));
  const pa_affine *m = &head->to_photo, *n = &to_head;
  return (pa_affine){m->xx * n->xx + m->xy * n->yx,
                     m->xx * n->xy + m->xy * n->yy,
                     m->xx * n->x0 + m->xy * n->y0 + m->x0,
                     m->yx * n->xx + m->yy * n->yx,
                     m->yx * n->xy + m->yy * n->yy,
                     m->yx * n->x0 + m->yy * n->y0 + m->y0};
}

float pa_head_turned(const pa_head *head, float x) {
  float half = fmaxf(head->half, 1);
  if (x <= -half) return head->left + (x + half);
  if (x >= half) return head->right + (x - half);
  if (x < 0) return head->middle + (head->middle - head->left) * x / half;
  return head->middle + (head->right - head->middle) * x / half;
}
