#include "avatar3d/shoes.h"

#define SOLE .021f  /* metres high at the heel */
#define TOE .016f   /* that the cap is higher than toes */
#define WIDER 1.13f /* than the foot */
#define RIM .004f   /* that the sole stands out */

typedef struct last {
  float x, heel, toe, ankle; /* middle, ends along z, ankle's height */
} last;

static bool is_foot(const pa_figure *f, unsigned point, int side) {
  return f->body->point[point].region == (PA_REGION_FOOT_L + (unsigned)side);
}

static last last_of(const pa_figure *f, int side) {
  last l = {.heel = 9, .toe = -9};
  unsigned foot = f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)];
  unsigned ball = f->bone[PA_BONE_SIDE(PA_BONE_BALL, side)];
  l.x = (f->head[foot].x + f->head[ball].x) / 2;
  l.ankle = f->head[foot].y;
  for (unsigned i = 0; i < f->body->points; i++) {
    if (!is_foot(f, i, side)) continue;
    l.heel = fminf(l.heel, f->point[i].z);
    l.toe = fmaxf(l.toe, f->point[i].z);
  }
  return l;
}

static pa_vec shaped(const last *l, pa_vec p) {
  float low = 1 - pa_smoothstep(.55f * l->ankle, l->ankle, p.y);
  float length = fmaxf(l->toe - l->heel, .05f);
  float t = (p.z - l->heel) / length; /* 0 heel, 1 toe */
  float middle = (l->heel + l->toe) / 2;
  pa_vec out = p;
  out.x += low * (WIDER - 1) * (p.x - l->x);
  out.z += low * .05f * (p.z - middle);
  /* a cap over the toes, and a straight side down to the sole */
  out.y +=
      TOE * pa_smoothstep(.55f, .85f, t) * pa_clamp((p.y - .006f) / .02f, 0, 1);
  if (p.y < SOLE) {
    pa_vec away =
        pa_unit(pa_v(p.x - l->x, 0, .4f * (p.z - middle)), pa_v(0, 0, 1));
    out = pa_add(out, pa_mul(away, RIM));
    out.y = p.y < .5f * SOLE ? 0 : out.y;
  }
  return out;
}

void pa_shoes_fit(const pa_outfit *outfit, pa_figure *f) {
  if (!outfit->shoes) return;
  for (int side = 0; side < 2; side++) {
    last l = last_of(f, side);
    if (l.toe < l.heel) continue;
    for (unsigned i = 0; i < f->body->points; i++)
      if (is_foot(f, i, side)) f->point[i] = shaped(&l, f->point[i]);
  }
}

float pa_shoes_above_sole(const pa_figure *f, unsigned point) {
  return f->point[point].y - SOLE;
}
