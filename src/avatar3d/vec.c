#include "avatar3d/vec.h"

static pa_quat normalized(pa_quat q) {
  float n = sqrtf(q.x * q.x + q.y * q.y + q.z * q.z + q.w * q.w);
  if (!(n > 1e-12f)) return (pa_quat){0, 0, 0, 1};
  return (pa_quat){q.x / n, q.y / n, q.z / n, q.w / n};
}

/* Shepperd 1978: from the largest of the four components. */
pa_quat pa_quat_of(const pa_mat *m) {
  float trace = m->x.x + m->y.y + m->z.z;
  pa_quat q;
  if (trace > m->x.x && trace > m->y.y && trace > m->z.z)
    q = (pa_quat){m->z.y - m->y.z, m->x.z - m->z.x, m->y.x - m->x.y, 1 + trace};
  else if (m->x.x > m->y.y && m->x.x > m->z.z)
    q = (pa_quat){1 + 2 * m->x.x - trace, m->x.y + m->y.x, m->x.z + m->z.x,
                  m->z.y - m->y.z};
  else if (m->y.y > m->z.z)
    q = (pa_quat){m->x.y + m->y.x, 1 + 2 * m->y.y - trace, m->y.z + m->z.y,
                  m->x.z - m->z.x};
  else
    q = (pa_quat){m->x.z + m->z.x, m->y.z + m->z.y, 1 + 2 * m->z.z - trace,
                  m->y.x - m->x.y};
  return normalized(q);
}

pa_mat pa_mat_of(pa_quat q) {
  float x = q.x, y = q.y, z = q.z, w = q.w;
  return (pa_mat){
      {1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)},
      {2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)},
      {2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)}};
}

pa_quat pa_quat_product(pa_quat a, pa_quat b) {
  return (pa_quat){a.w * b.x + a.x * b.w + a.y * b.z - a.z * b.y,
                   a.w * b.y - a.x * b.z + a.y * b.w + a.z * b.x,
                   a.w * b.z + a.x * b.y - a.y * b.x + a.z * b.w,
                   a.w * b.w - a.x * b.x - a.y * b.y - a.z * b.z};
}

pa_quat pa_quat_about(pa_vec axis, float angle) {
  float s = sinf(angle / 2);
  return (pa_quat){axis.x * s, axis.y * s, axis.z * s, cosf(angle / 2)};
}

pa_quat pa_slerp(pa_quat a, pa_quat b, float t) {
  float dot = a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
  float sign = dot < 0 ? -1.f : 1.f;
  dot = fminf(fabsf(dot), 1);
  float angle = acosf(dot), s = sinf(angle);
  float ka = s > 1e-4f ? sinf((1 - t) * angle) / s : 1 - t;
  float kb = sign * (s > 1e-4f ? sinf(t * angle) / s : t);
  return normalized((pa_quat){a.x * ka + b.x * kb, a.y * ka + b.y * kb,
                              a.z * ka + b.z * kb, a.w * ka + b.w * kb});
}

pa_mat pa_turn(pa_vec a, pa_vec b) {
  pa_vec axis = pa_cross(a, b);
  float w = 1 + pa_dot(a, b);
  if (w < 1e-5f) { /* opposite: half a turn about anything across */
    axis = fabsf(a.x) < .9f ? pa_cross(a, pa_v(1, 0, 0))
                            : pa_cross(a, pa_v(0, 1, 0));
    w = 0;
  }
  return pa_mat_of(normalized((pa_quat){axis.x, axis.y, axis.z, w}));
}
