#include "avatar3d/skull.h"

#define E PA_SKULL_ELEVATIONS
#define A PA_SKULL_AZIMUTHS

pa_vec pa_skull_direction(float elevation, float azimuth) {
  return pa_v(cosf(elevation) * sinf(azimuth), sinf(elevation),
              cosf(elevation) * cosf(azimuth));
}

/* The directions, which every point of the head is held against, and their
 * weights. */
typedef struct rays {
  pa_vec way[E][A];
  float weight[E][A];
} rays;

static void aim(rays *r) {
  for (int e = 0; e < E; e++)
    for (int a = 0; a < A; a++) {
      float el = PA_PI / 2 - (float)e * PA_PI / (E - 1);
      float az = (float)a * 2 * PA_PI / A;
      r->way[e][a] = pa_skull_direction(el, az);
      r->weight[e][a] = 0;
    }
}

/* Adds a point of the head to the directions near it. */
static void stamp(pa_skull *s, rays *all, pa_vec d) {
  float r = pa_length(d);
  if (r < .03f || r > .2f) return;
  pa_vec u = pa_mul(d, 1 / r);
  for (int e = 0; e < E; e++)
    for (int a = 0; a < A; a++) {
      float near = pa_dot(u, all->way[e][a]) - .97f;
      if (near < 0) continue;
      float w = near * near * near;
      s->radius[e][a] += w * r;
      all->weight[e][a] += w;
    }
}

static void measure(const pa_figure *f, pa_skull *s) {
  rays all;
  aim(&all);
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec p = f->point[i];
    if (f->body->point[i].region != PA_REGION_HEAD) continue;
    bool is_ear =
        fabsf(p.x) > fabsf(s->ear.x) + .001f && fabsf(p.y - s->ear.y) < .045f;
    if (!is_ear) stamp(s, &all, pa_sub(p, s->center));
  }
  for (int e = 0; e < E; e++)
    for (int a = 0; a < A; a++)
      s->radius[e][a] =
          all.weight[e][a] > 0 ? s->radius[e][a] / all.weight[e][a] : .085f;
}

bool pa_skull_of(const pa_figure *f, pa_skull *s) {
  int ear = pa_body_mark_find(f->body, 454);
  int chin = pa_body_mark_find(f->body, 152);
  if (ear < 0 || chin < 0) return false;
  *s = (pa_skull){.ear = f->point[ear], .chin = f->point[chin]};
  s->center = pa_v(0, s->ear.y + .03f, s->ear.z);
  measure(f, s);
  return true;
}

float pa_skull_radius(const pa_skull *s, float el, float az) {
  float e = pa_clamp((PA_PI / 2 - el) * (E - 1) / PA_PI, 0, E - 1.001f);
  float a = az * A / (2 * PA_PI);
  a -= floorf(a / A) * A;
  int e0 = (int)e, a0 = (int)a % A, a1 = (a0 + 1) % A;
  float fe = e - (float)e0, fa = a - floorf(a);
  float top = s->radius[e0][a0] * (1 - fa) + s->radius[e0][a1] * fa;
  float low = s->radius[e0 + 1][a0] * (1 - fa) + s->radius[e0 + 1][a1] * fa;
  return top * (1 - fe) + low * fe;
}

pa_vec pa_skull_place(const pa_skull *s, float el, float az, float beyond) {
  float r = pa_skull_radius(s, el, az) + beyond;
  return pa_add(s->center, pa_mul(pa_skull_direction(el, az), r));
}
