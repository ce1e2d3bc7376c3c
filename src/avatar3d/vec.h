/* Vectors and rotations of three dimensions. Matrices are rows of rows. */
#ifndef PARSONA_AVATAR3D_VEC_H
#define PARSONA_AVATAR3D_VEC_H

#include <math.h>

#include "base/clamp.h"

#define PA_PI 3.14159265358979f

typedef struct pa_vec {
  float x, y, z;
} pa_vec;

typedef struct pa_mat {
  pa_vec x, y, z; /* rows */
} pa_mat;

typedef struct pa_quat {
  float x, y, z, w;
} pa_quat;

static inline pa_vec pa_v(float x, float y, float z) {
  return (pa_vec){x, y, z};
}
static inline pa_vec pa_v3(const float p[3]) {
  return (pa_vec){p[0], p[1], p[2]};
}
static inline pa_vec pa_add(pa_vec a, pa_vec b) {
  return pa_v(a.x + b.x, a.y + b.y, a.z + b.z);
}
static inline pa_vec pa_sub(pa_vec a, pa_vec b) {
  return pa_v(a.x - b.x, a.y - b.y, a.z - b.z);
}
static inline pa_vec pa_mul(pa_vec a, float k) {
  return pa_v(a.x * k, a.y * k, a.z * k);
}
/* a + (b - a) * t */
static inline pa_vec pa_mix(pa_vec a, pa_vec b, float t) {
  return pa_add(a, pa_mul(pa_sub(b, a), t));
}
static inline float pa_dot(pa_vec a, pa_vec b) {
  return a.x * b.x + a.y * b.y + a.z * b.z;
}
static inline pa_vec pa_cross(pa_vec a, pa_vec b) {
  return pa_v(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z,
              a.x * b.y - a.y * b.x);
}
static inline float pa_length(pa_vec a) {
  return sqrtf(pa_dot(a, a));
}
/* `otherwise` when `a` has no direction. */
static inline pa_vec pa_unit(pa_vec a, pa_vec otherwise) {
  float length = pa_length(a);
  return length > 1e-9f ? pa_mul(a, 1 / length) : otherwise;
}

static inline float pa_smoothstep(float low, float high, float v) {
  float t = pa_clamp((v - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
}

static inline pa_mat pa_identity(void) {
  return (pa_mat){{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
}
static inline pa_vec pa_apply(const pa_mat *m, pa_vec v) {
  return pa_v(pa_dot(m->x, v), pa_dot(m->y, v), pa_dot(m->z, v));
}
static inline pa_mat pa_transpose(const pa_mat *m) {
  return (pa_mat){{m->x.x, m->y.x, m->z.x},
                  {m->x.y, m->y.y, m->z.y},
                  {m->x.z, m->y.z, m->z.z}};
}
static inline pa_mat pa_product(const pa_mat *a, const pa_mat *b) {
  pa_mat t = pa_transpose(b);
  return (pa_mat){pa_apply(&t, a->x), pa_apply(&t, a->y), pa_apply(&t, a->z)};
}

pa_quat pa_quat_of(const pa_mat *m);
pa_mat pa_mat_of(pa_quat q);
pa_quat pa_quat_product(pa_quat a, pa_quat b);
/* Rotation by `angle` about a unit axis. */
pa_quat pa_quat_about(pa_vec axis, float angle);
/* Spherical interpolation, t from 0 (a) to 1 (b). */
pa_quat pa_slerp(pa_quat a, pa_quat b, float t);
/* The smallest rotation that takes unit vector `a` to unit vector `b`. */
pa_mat pa_turn(pa_vec a, pa_vec b);

#endif
