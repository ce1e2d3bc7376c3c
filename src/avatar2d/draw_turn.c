/* A turned head. Everything on the head is drawn as seen from the front; then
 * its points are moved sideways as those of a round head that turns: what lies
 * in front most, the farther cheek closes up, the nearer side opens. */
#include <math.h>

#include "avatar2d/draw.h"

#define FRONT 21.f  /* head units that the front moves at yaw 1 (34 degrees) */
#define NEAR .12f   /* of the face's half width, that the nearer ear moves */
#define BEHIND 30.f /* units beyond the ear where nothing moves any more */

static float clamp(float v, float least, float most) {
  return fminf(fmaxf(v, least), most);
}

static float hill(float y, float at, float wide) {
  float d = (y - at) / wide;
  return expf(-d * d);
}

/* The farther edge of a face seen half from the side: in at the eye, out at the
 * cheekbone. */
static float profile(float y) {
  return -5 * hill(y, -3, 13) + 2.5f * hill(y, 27, 15) - 2 * hill(y, 58, 14);
}

/* The skull turns within its own outline, the neck does not turn. */
static float share_at(const pa_traits *t, float y) {
  if (y < -40) return 1 - .6f * clamp((-40 - y) / 80, 0, 1);
  return 1 - clamp((y - t->face.chin) / 60, 0, 1);
}

float pa_turn_x(const pa_traits *t, float x, float y) {
  float half = fmaxf(t->face.outline[2], 60), yaw = t->yaw, u = x / half;
  float way = yaw < 0 ? -1.f : 1.f, turn = fabsf(yaw) * share_at(t, y);
  float front = fabsf(u) < 1 ? 1 - u * u : 0;
  float near = -way * u, far = way * u;
  float ear =
      near < 1 ? fmaxf(near, 0) : fmaxf(1 - (near - 1) * half / BEHIND, 0);
  float edge = clamp((far - .7f) / .3f, 0, 1);
  if (far > 1) edge = fmaxf(1 - (far - 1) * half / BEHIND, 0);
  return x +
         way * turn * (FRONT * front + NEAR * half * ear + edge * profile(y));
}

void pa_draw_turn(pa_draw *draw, size_t first_path) {
  pa_picture *p = draw->picture;
  if (draw->traits->yaw == 0 || p->failed) return;
  pa_affine back = pa_affine_inverse(p->transform);
  for (size_t k = first_path; k < p->path_count; k++)
    for (size_t i = 0; i < p->paths[k].points; i++) {
      pa_vec *v = &p->points[p->paths[k].point + i];
      float x, y;
      pa_affine_apply(&back, v->x, v->y, &x, &y);
      x = pa_turn_x(draw->traits, x, y);
      pa_affine_apply(&p->transform, x, y, &v->x, &v->y);
    }
}
