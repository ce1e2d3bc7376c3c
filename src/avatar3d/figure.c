#include "avatar3d/figure.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const char *const names[PA_BONE_COUNT] = {
    "Root",       "pelvis",     "spine_01",   "spine_02",   "spine_03",
    "neck_01",    "head",       "clavicle_l", "upperarm_l", "lowerarm_l",
    "hand_l",     "thigh_l",    "calf_l",     "foot_l",     "ball_l",
    "clavicle_r", "upperarm_r", "lowerarm_r", "hand_r",     "thigh_r",
    "calf_r",     "foot_r",     "ball_r"};

pa_status pa_figure_create(pa_error *err, const pa_body *body,
                           pa_figure *figure) {
  memset(figure, 0, sizeof *figure);
  for (int i = 0; i < PA_BONE_COUNT; i++) {
    int index = pa_body_bone_find(body, names[i]);
    if (index < 0)
      return pa_error_set(err, PA_ERROR_WEIGHTS,
                          "the body file has no bone \"%s\"", names[i]);
    figure->bone[i] = (unsigned)index;
  }
  figure->body = body;
  figure->point = pa_mem_calloc(body->points, sizeof *figure->point);
  if (!figure->point) return pa_error_memory(err, 0, "a figure");
  for (unsigned i = 0; i < body->points; i++)
    figure->point[i] = pa_v3(body->point[i].position);
  for (unsigned b = 0; b < body->bones; b++) {
    figure->head[b] = pa_v3(body->bone[b].head);
    figure->tail[b] = pa_v3(body->bone[b].tail);
  }
  return PA_OK;
}

void pa_figure_destroy(pa_figure *figure) {
  pa_mem_free(figure->point);
  figure->point = NULL;
}

void pa_figure_shape(pa_figure *figure, const char *target, float amount) {
  int index = pa_body_target_find(figure->body, target);
  if (index < 0 || amount == 0) return;
  const pa_body_target *t = &figure->body->target[index];
  for (unsigned i = 0; i < t->count; i++) {
    pa_vec *p = &figure->point[t->point[i]];
    *p = pa_add(*p, pa_mul(pa_v3(t->delta[i]), amount));
  }
  for (unsigned b = 0; b < figure->body->bones; b++) {
    figure->head[b] =
        pa_add(figure->head[b], pa_mul(pa_v3(t->head[b]), amount));
    figure->tail[b] =
        pa_add(figure->tail[b], pa_mul(pa_v3(t->tail[b]), amount));
  }
}

float pa_figure_weight(const pa_figure *figure, unsigned point, unsigned bone) {
  const pa_body_point *p = &figure->body->point[point];
  unsigned sum = 0;
  for (int k = 0; k < 4; k++)
    if (p->bone[k] == bone) sum += p->weight[k];
  return (float)sum / 255;
}

/* ------------------------------------------------------------ proportions */

static pa_vec scaled(pa_vec v, pa_vec k) {
  return pa_v(v.x * k.x, v.y * k.y, v.z * k.z);
}

/* What is not spoken of by name follows its parent (fingers, eyes). */
static void bone_scales(const pa_figure *f, const pa_proportions *p,
                        pa_vec *scale) {
  const pa_body *body = f->body;
  bool named[PA_LIMIT_BODY_BONES] = {false};
  const pa_vec one = {1, 1, 1};
  for (unsigned b = 0; b < body->bones; b++)
    scale[b] = one;
  for (int i = 0; i < PA_BONE_COUNT; i++)
    named[f->bone[i]] = true;
  const unsigned *bone = f->bone;
  scale[bone[PA_BONE_PELVIS]] = pa_v(p->hips, p->torso, 1);
  float waist = (p->hips + p->shoulders) / 2;
  scale[bone[PA_BONE_SPINE_1]] = pa_v(p->hips, p->torso, 1);
  scale[bone[PA_BONE_SPINE_2]] = pa_v(waist, p->torso, 1);
  scale[bone[PA_BONE_SPINE_3]] = pa_v(p->shoulders, p->torso, 1);
  scale[bone[PA_BONE_NECK]] = pa_v(p->neck, p->neck, p->neck);
  scale[bone[PA_BONE_HEAD]] = pa_v(p->head, p->head, p->head);
  for (int s = 0; s < 2; s++) {
    scale[bone[PA_BONE_SIDE(PA_BONE_CLAVICLE, s)]] = pa_v(p->shoulders, 1, 1);
    scale[bone[PA_BONE_SIDE(PA_BONE_UPPERARM, s)]] = pa_v(p->upper_arm, 1, 1);
    scale[bone[PA_BONE_SIDE(PA_BONE_LOWERARM, s)]] = pa_v(p->forearm, 1, 1);
    scale[bone[PA_BONE_SIDE(PA_BONE_THIGH, s)]] = pa_v(1, p->thigh, 1);
    scale[bone[PA_BONE_SIDE(PA_BONE_CALF, s)]] = pa_v(1, p->shin, 1);
  }
  for (unsigned b = 1; b < body->bones; b++)
    if (!named[b]) scale[b] = scale[body->bone[b].parent];
}

void pa_figure_proportion(pa_figure *f, const pa_proportions *p) {
  const pa_body *body = f->body;
  pa_vec scale[PA_LIMIT_BODY_BONES], head[PA_LIMIT_BODY_BONES];
  bone_scales(f, p, scale);
  head[0] = f->head[0];
  for (unsigned b = 1; b < body->bones; b++) {
    unsigned up = body->bone[b].parent;
    head[b] =
        pa_add(head[up], scaled(pa_sub(f->head[b], f->head[up]), scale[up]));
  }
  for (unsigned i = 0; i < body->points; i++) {
    const pa_body_point *point = &body->point[i];
    pa_vec sum = {0, 0, 0};
    for (int k = 0; k < 4; k++) {
      unsigned b = point->bone[k];
      pa_vec at =
          pa_add(head[b], scaled(pa_sub(f->point[i], f->head[b]), scale[b]));
      sum = pa_add(sum, pa_mul(at, (float)point->weight[k] / 255));
    }
    f->point[i] = sum;
  }
  for (unsigned b = 0; b < body->bones; b++) {
    f->tail[b] =
        pa_add(head[b], scaled(pa_sub(f->tail[b], f->head[b]), scale[b]));
    f->head[b] = head[b];
  }
}

void pa_figure_scale(pa_figure *f, float factor) {
  for (unsigned i = 0; i < f->body->points; i++)
    f->point[i] = pa_mul(f->point[i], factor);
  for (unsigned b = 0; b < f->body->bones; b++) {
    f->head[b] = pa_mul(f->head[b], factor);
    f->tail[b] = pa_mul(f->tail[b], factor);
  }
}

void pa_figure_stand(pa_figure *f) {
  float low = 1e9f;
  for (unsigned i = 0; i < f->body->points; i++)
    low = fminf(low, f->point[i].y);
  for (unsigned i = 0; i < f->body->points; i++)
    f->point[i].y -= low;
  for (unsigned b = 1; b < f->body->bones; b++) {
    f->head[b].y -= low;
    f->tail[b].y -= low;
  }
}

/* ------------------------------------------------------------ skinning */

void pa_figure_pose(const pa_figure *f, const pa_mat *rotation, pa_vec at,
                    pa_vec *point, pa_vec *head_out, pa_vec *tail_out) {
  const pa_body *body = f->body;
  pa_vec head[PA_LIMIT_BODY_BONES];
  head[0] = at;
  for (unsigned b = 1; b < body->bones; b++) {
    unsigned up = body->bone[b].parent;
    head[b] = pa_add(head[up],
                     pa_apply(&rotation[up], pa_sub(f->head[b], f->head[up])));
  }
  for (unsigned b = 0; b < body->bones; b++) {
    if (head_out) head_out[b] = head[b];
    if (tail_out)
      tail_out[b] = pa_add(
          head[b], pa_apply(&rotation[b], pa_sub(f->tail[b], f->head[b])));
  }
  for (unsigned i = 0; point && i < body->points; i++) {
    const pa_body_point *p = &body->point[i];
    pa_vec sum = {0, 0, 0};
    for (int k = 0; k < 4; k++) {
      unsigned b = p->bone[k];
      pa_vec moved = pa_add(
          head[b], pa_apply(&rotation[b], pa_sub(f->point[i], f->head[b])));
      sum = pa_add(sum, pa_mul(moved, (float)p->weight[k] / 255));
    }
    point[i] = sum;
  }
}

void pa_figure_normals(const pa_body *body, const pa_vec *point,
                       pa_vec *normal) {
  memset(normal, 0, body->points * sizeof *normal);
  for (unsigned i = 0; i < body->triangles; i++) {
    unsigned p[3];
    for (int k = 0; k < 3; k++)
      p[k] = body->corner[body->triangle[i][k]].point;
    pa_vec face = pa_cross(pa_sub(point[p[1]], point[p[0]]),
                           pa_sub(point[p[2]], point[p[0]]));
    for (int k = 0; k < 3; k++)
      normal[p[k]] = pa_add(normal[p[k]], face);
  }
  for (unsigned i = 0; i < body->points; i++)
    normal[i] = pa_unit(normal[i], pa_v(0, 0, 1));
}
