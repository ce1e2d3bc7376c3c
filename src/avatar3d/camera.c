#include "avatar3d/camera.h"

#include <string.h>

#include "avatar3d/reach.h"
#include "base/mem.h"

#define SEEN .3f

/* Which landmark shows which end of which bone. */
static const struct {
  pa_bone bone;
  int keypoint;
} joints[] = {
    {PA_BONE_UPPERARM, PA_KP_LEFT_SHOULDER},
    {PA_BONE_LOWERARM, PA_KP_LEFT_ELBOW},
    {PA_BONE_HAND, PA_KP_LEFT_WRIST},
    {PA_BONE_THIGH, PA_KP_LEFT_HIP},
    {PA_BONE_CALF, PA_KP_LEFT_KNEE},
    {PA_BONE_FOOT, PA_KP_LEFT_ANKLE},
};
#define JOINTS (sizeof joints / sizeof *joints)

static unsigned bone_of(const pa_figure *f, size_t joint, int side) {
  return f->bone[PA_BONE_SIDE(joints[joint].bone, side)];
}

/* Places of the posed figure that the photo shows. */
typedef struct matches {
  unsigned count;
  float weight[2 * JOINTS + PA_FACE_MARKS];
  pa_vec at[2 * JOINTS + PA_FACE_MARKS];
  float x[2 * JOINTS + PA_FACE_MARKS], y[2 * JOINTS + PA_FACE_MARKS];
} matches;

static void match(matches *m, float weight, pa_vec at, float x, float y) {
  m->weight[m->count] = weight;
  m->at[m->count] = at;
  m->x[m->count] = x, m->y[m->count] = y;
  m->count++;
}

#define ENOUGH 4 /* joints beside which the face says little of the scale */

/* The joints that are seen, and in a portrait the face. */
static void find_matches(const pa_figure *f, const pa_sight *s,
                         const pa_marks *marks, const pa_vec *head,
                         const pa_vec *posed, matches *m) {
  float sum = 0;
  m->count = 0;
  for (size_t i = 0; i < 2 * JOINTS; i++) {
    int k = joints[i / 2].keypoint + (int)(i & 1);
    if (s->trust[k] <= SEEN) continue;
    sum += s->trust[k];
    match(m, s->trust[k], head[bone_of(f, i / 2, i & 1)],
          s->person.keypoints[k].x, s->person.keypoints[k].y);
  }
  if (!marks->solid || sum >= ENOUGH) return;
  for (unsigned i = 0; i < marks->count; i++)
    match(m, (ENOUGH - sum) / (float)marks->count, posed[marks->point[i]],
          marks->photo[i].x, marks->photo[i].y);
}

/* Least squares. */
static pa_camera fit(const matches *m) {
  float n = 0, mx = 0, my = 0, px = 0, py = 0;
  for (unsigned i = 0; i < m->count; i++) {
    float w = m->weight[i];
    n += w, mx += w * m->at[i].x, my += w * m->at[i].y;
    px += w * m->x[i], py += w * m->y[i];
  }
  pa_camera c = {0, 0, 0};
  if (n < .5f) return c;
  mx /= n, my /= n, px /= n, py /= n;
  float across = 0, along = 0;
  for (unsigned i = 0; i < m->count; i++) {
    float dx = m->at[i].x - mx, dy = m->at[i].y - my;
    across += m->weight[i] * (dx * (m->x[i] - px) - dy * (m->y[i] - py));
    along += m->weight[i] * (dx * dx + dy * dy);
  }
  c.scale = along > 1e-4f ? across / along : 0;
  c.cx = px - c.scale * mx;
  c.cy = py + c.scale * my;
  return c;
}

static pa_vec project(const pa_camera *c, pa_vec v) {
  return pa_v(c->cx + c->scale * v.x, c->cy - c->scale * v.y, v.z);
}

/* How far the photo's joints are from the projected ones, at both ends of each
 * bone. */
typedef struct residuals {
  pa_vec head[PA_LIMIT_BODY_BONES], tail[PA_LIMIT_BODY_BONES];
} residuals;

static pa_vec away(const pa_camera *c, const pa_sight *s, int keypoint,
                   pa_vec joint, pa_vec otherwise) {
  if (s->trust[keypoint] < SEEN) return otherwise;
  pa_vec at = project(c, joint);
  return pa_v(s->person.keypoints[keypoint].x - at.x,
              s->person.keypoints[keypoint].y - at.y, 0);
}

static void set(residuals *r, unsigned bone, pa_vec head, pa_vec tail) {
  r->head[bone] = head;
  r->tail[bone] = tail;
}

/* A chain of joints from the trunk outwards: shoulder, elbow, wrist; hip, knee,
 * ankle. */
static void limb(const pa_figure *f, const pa_sight *s, const pa_camera *c,
                 const pa_vec *head, size_t first, int side, pa_vec trunk,
                 residuals *r) {
  pa_vec at = trunk;
  unsigned bone = 0;
  for (size_t i = first; i < first + 3; i++) {
    pa_vec next =
        away(c, s, joints[i].keypoint + side, head[bone_of(f, i, side)], at);
    if (i > first) set(r, bone, at, next);
    bone = bone_of(f, i, side);
    at = next;
  }
  set(r, bone, at, at);
  for (unsigned b = bone + 1; b < f->body->bones; b++) {
    unsigned up = f->body->bone[b].parent;
    if (up == bone || (up > bone && r->head[up].z > 0))
      r->head[b] = r->tail[b] = pa_v(at.x, at.y, 1);
  }
}

static void residuals_of(const pa_figure *f, const pa_sight *s,
                         const pa_camera *c, const pa_vec *head, residuals *r) {
  memset(r, 0, sizeof *r);
  const unsigned *bone = f->bone;
  pa_vec none = {0, 0, 0}, shoulder[2], hip[2];
  for (int k = 0; k < 2; k++) {
    shoulder[k] =
        away(c, s, PA_KP_LEFT_SHOULDER + k, head[bone_of(f, 0, k)], none);
    hip[k] = away(c, s, PA_KP_LEFT_HIP + k, head[bone_of(f, 3, k)], none);
  }
  pa_vec low = pa_mix(hip[0], hip[1], .5f);
  pa_vec high = pa_mix(shoulder[0], shoulder[1], .5f);
  const pa_bone trunk[] = {PA_BONE_PELVIS, PA_BONE_SPINE_1, PA_BONE_SPINE_2,
                           PA_BONE_SPINE_3};
  for (int i = 0; i < 4; i++)
    set(r, bone[trunk[i]], pa_mix(low, high, (float)i / 4),
        pa_mix(low, high, (float)(i + 1) / 4));
  set(r, bone[PA_BONE_ROOT], low, low);
  set(r, bone[PA_BONE_NECK], high, high);
  set(r, bone[PA_BONE_HEAD], high, high);
  for (int k = 0; k < 2; k++) {
    set(r, bone[PA_BONE_SIDE(PA_BONE_CLAVICLE, k)], high, shoulder[k]);
    limb(f, s, c, head, 0, k, high, r);
    limb(f, s, c, head, 3, k, low, r);
  }
}

/* How far along a bone a point lies, 0..1. */
static float along(const pa_figure *f, unsigned bone, pa_vec p) {
  pa_vec axis = pa_sub(f->tail[bone], f->head[bone]);
  float square = pa_dot(axis, axis);
  if (square < 1e-9f) return 0;
  return pa_clamp(pa_dot(pa_sub(p, f->head[bone]), axis) / square, 0, 1);
}

#define ROUNDS 12

/* What is needed for each point while seeing. */
typedef struct scratch_point {
  float x, y, share; /* moves in the photo, how much it is of the head */
  float sum[3], count;
} scratch_point;

/* Means of neighbours, over and over, but on hands and feet: what is laid onto
 * the points by their bones goes over evenly from each to the next, or the
 * borders of garments would be rows of teeth. Where a point is surely of the
 * head its share stays.
 */
static void even_out(const pa_figure *f, scratch_point *at) {
  const pa_body *body = f->body;
  unsigned head = f->bone[PA_BONE_HEAD];
  for (int round = 0; round < ROUNDS; round++) {
    for (unsigned i = 0; i < body->points; i++)
      at[i].sum[0] = at[i].sum[1] = at[i].sum[2] = at[i].count = 0;
    for (unsigned t = 0; t < body->triangles; t++)
      for (int k = 0; k < 3; k++) {
        unsigned a = body->corner[body->triangle[t][k]].point;
        unsigned b = body->corner[body->triangle[t][(k + 1) % 3]].point;
        at[a].sum[0] += at[b].x, at[b].sum[0] += at[a].x;
        at[a].sum[1] += at[b].y, at[b].sum[1] += at[a].y;
        at[a].sum[2] += at[b].share, at[b].sum[2] += at[a].share;
        at[a].count++, at[b].count++;
      }
    for (unsigned i = 0; i < body->points; i++) {
      if (!(at[i].count > 0) || body->point[i].region >= PA_REGION_EYE_L)
        continue;
      pa_region region = body->point[i].region;
      if (region != PA_REGION_HAND_L && region != PA_REGION_HAND_R &&
          region != PA_REGION_FOOT_L && region != PA_REGION_FOOT_R) {
        at[i].x = at[i].sum[0] / at[i].count;
        at[i].y = at[i].sum[1] / at[i].count;
      }
      if (pa_figure_weight(f, i, head) < .9f)
        at[i].share = at[i].sum[2] / at[i].count;
    }
  }
}

static void see(const pa_figure *f, const pa_camera *c, const residuals *r,
                scratch_point *work, pa_vec *point) {
  unsigned head = f->bone[PA_BONE_HEAD];
  for (unsigned i = 0; i < f->body->points; i++) {
    const pa_body_point *p = &f->body->point[i];
    work[i] = (scratch_point){.share = p->region >= PA_REGION_EYE_L
                                           ? 1
                                           : pa_figure_weight(f, i, head)};
    for (int k = 0; k < 4; k++) {
      if (!p->weight[k]) continue;
      unsigned b = p->bone[k];
      float t = along(f, b, f->point[i]);
      pa_vec move = pa_mix(r->head[b], r->tail[b], t);
      work[i].x += move.x * (float)p->weight[k] / 255;
      work[i].y += move.y * (float)p->weight[k] / 255;
    }
  }
  even_out(f, work);
  for (unsigned i = 0; i < f->body->points; i++) {
    point[i] = project(c, point[i]);
    point[i].x += work[i].x, point[i].y += work[i].y;
  }
}

/* The head by its face: exact where the marks are. */
static void see_head(const pa_figure *f, const pa_vec *rest_normal,
                     const scratch_point *work, pa_view *view) {
  for (unsigned i = 0; view->face.count && i < f->body->points; i++) {
    float w = work[i].share;
    if (w < .002f) continue;
    pa_vec at = pa_face_map_apply(&view->face, f->point[i]);
    at.z = view->point[i].z;
    view->point[i] = pa_mix(view->point[i], at, w);
    float facing = pa_dot(rest_normal[i], view->face.towards);
    view->facing[i] += w * (facing - view->facing[i]);
  }
}

typedef struct scratch {
  residuals residuals;
  matches matches;
} scratch;

pa_status pa_view_create(pa_error *err, const pa_figure *f, const pa_sight *s,
                         const pa_marks *marks, pa_view *view) {
  memset(view, 0, sizeof *view);
  view->point = pa_mem_calloc(f->body->points, sizeof *view->point);
  view->facing = pa_mem_calloc(f->body->points, sizeof *view->facing);
  view->normal = pa_mem_calloc(f->body->points, sizeof *view->normal);
  pa_vec *normal = pa_mem_calloc(f->body->points, sizeof *normal);
  scratch *work = pa_mem_calloc(1, sizeof *work);
  scratch_point *points = pa_mem_calloc(f->body->points, sizeof *points);
  pa_vec head[PA_LIMIT_BODY_BONES];
  pa_status status = PA_OK;
  if (!view->point || !view->facing || !view->normal || !normal || !work ||
      !points) {
    status = pa_error_memory(err, 0, "a view");
  } else {
    pa_pose_of_bones *pose = &view->pose;
    residuals *r = &work->residuals;
    pa_posing_photo(f, s, marks, pose);
    pa_figure_pose(f, pose->rotation, pa_v(0, 0, 0), view->point, head, NULL);
    matches *m = &work->matches;
    find_matches(f, s, marks, head, view->point, m);
    view->camera = fit(m);
    pa_reach(f, s, &view->camera, pose);
    pa_figure_pose(f, pose->rotation, pa_v(0, 0, 0), view->point, head, NULL);
    pa_figure_normals(f->body, view->point, view->normal);
    for (unsigned i = 0; i < f->body->points; i++)
      view->facing[i] = view->normal[i].z;
    residuals_of(f, s, &view->camera, head, r);
    see(f, &view->camera, r, points, view->point);
    pa_figure_normals(f->body, f->point, normal);
    status = pa_face_map_fit(err, f, marks, &view->face);
    see_head(f, normal, points, view);
    if (status == PA_OK && !(view->camera.scale > 0))
      status = pa_error_set(err, PA_ERROR_ARGUMENT,
                            "too little of person %u is seen for an avatar",
                            s->person.id);
  }
  pa_mem_free(normal);
  pa_mem_free(work);
  pa_mem_free(points);
  if (status != PA_OK) pa_view_destroy(view);
  return status;
}

void pa_view_destroy(pa_view *view) {
  pa_mem_free(view->point);
  pa_mem_free(view->facing);
  pa_mem_free(view->normal);
  memset(view, 0, sizeof *view);
}
