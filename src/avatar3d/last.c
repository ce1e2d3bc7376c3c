#include "avatar3d/last.h"

#include <string.h>

#include "base/mem.h"

#define SOLE PA_LAST_SOLE
#define SHORTEST .05f /* foot that is shaped */
#define WIDER 1.02f   /* than the foot */
#define RIM .002f     /* that the sole stands out */
#define ROUNDS 40     /* of neighbours' means until toes are one */
#define DENTS .8f     /* how deep toes leave them in the outline */
#define SLIM .9f      /* leather draws toes together */
#define SMOOTH 5      /* rounds that unfold what is pushed together */
#define GENTLY .3f    /* of the weight, in these */
#define SECTORS 36    /* of the cap's outline, half a turn */
#define MIDDLE .52f   /* of the length: where the cap begins */
#define SQUARE 2.3f   /* exponent of its outline; 2 is an ellipse */

typedef struct last {
  float x, slope; /* the middle at the heel, and what it gains along z */
  float from;     /* the heel's middle along z */
  float heel, toe, ankle; /* ends along z, ankle's height */
  /* Of the cap: where it begins along z, half widths to both sides, height. */
  float z, wide[2], high;
  float begin[2]; /* half widths where it begins */
} last;

/* What is needed for each point while shaping. */
typedef struct scratch {
  float weight, count; /* of its neighbours' mean */
  float above;         /* 0 what stands on the ground, 1 what does not */
  float rim;           /* how far beyond the outline it would be, 0..1 */
  pa_vec sum;
} scratch;

bool pa_last_is_foot(const pa_figure *f, unsigned point, int side) {
  return f->body->point[point].region == (PA_REGION_FOOT_L + (unsigned)side);
}

/* To the side of the middle. */
static float aside(const last *l, pa_vec p) {
  return p.x - l->x - l->slope * (p.z - l->from);
}

/* The middle between both sides of the foot about a share of its length. */
static float middle_of(const pa_figure *f, int side, const last *l,
                       float share) {
  float low = 9, high = -9, length = l->toe - l->heel;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec p = f->point[i];
    if (!pa_last_is_foot(f, i, side) ||
        fabsf(p.z - l->heel - share * length) > .05f * length)
      continue;
    low = fminf(low, p.x), high = fmaxf(high, p.x);
  }
  return (low + high) / 2;
}

static last last_of(const pa_figure *f, int side) {
  last l = {.heel = 9, .toe = -9, .high = .04f};
  l.wide[0] = l.wide[1] = l.begin[0] = l.begin[1] = .02f;
  l.ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]].y;
  for (unsigned i = 0; i < f->body->points; i++) {
    if (!pa_last_is_foot(f, i, side)) continue;
    l.heel = fminf(l.heel, f->point[i].z);
    l.toe = fmaxf(l.toe, f->point[i].z);
  }
  float length = l.toe - l.heel;
  if (!(length > SHORTEST)) return l;
  l.from = l.heel + .2f * length;
  l.x = middle_of(f, side, &l, .2f);
  l.slope = (middle_of(f, side, &l, .72f) - l.x) / (.52f * length);
  l.z = l.heel + MIDDLE * length;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec p = f->point[i];
    if (!pa_last_is_foot(f, i, side) || p.z < l.z) continue;
    float off = aside(&l, p);
    l.wide[off < 0] = fmaxf(l.wide[off < 0], SLIM * fabsf(off));
    if (p.z > l.z + .06f * length) continue;
    l.begin[off < 0] = fmaxf(l.begin[off < 0], fabsf(off));
    l.high = fmaxf(l.high, p.y);
  }
  return l;
}

/* ------------------------------------------------------------ the cap */

/* Draws each point towards its neighbours' mean by its weight, 0..1. */
static void relax(pa_figure *f, scratch *s) {
  const pa_body *body = f->body;
  for (unsigned i = 0; i < body->points; i++)
    s[i].sum = pa_v(0, 0, 0), s[i].count = 0;
  for (unsigned i = 0; i < body->triangles; i++)
    for (int k = 0; k < 3; k++) {
      unsigned a = body->corner[body->triangle[i][k]].point;
      unsigned b = body->corner[body->triangle[i][(k + 1) % 3]].point;
      if (s[a].weight <= 0) continue;
      s[a].sum = pa_add(s[a].sum, f->point[b]);
      s[a].count += 1;
    }
  for (unsigned i = 0; i < body->points; i++)
    if (s[i].count > 0)
      f->point[i] =
          pa_mix(f->point[i], pa_mul(s[i].sum, 1 / s[i].count), s[i].weight);
}

/* Where a point lies on the cap seen from above: its sector, and how far out
 * it is, 1 at the outline. */
static float polar(const last *l, pa_vec p, float *sector) {
  float z = fmaxf(p.z - l->z, 0) / (l->toe - l->z), x = aside(l, p);
  float begin = l->begin[x < 0], wide = l->wide[x < 0];
  x /= begin + pa_smoothstep(0, .45f, z) * (wide - begin);
  *sector = pa_clamp(atan2f(x, z) / PA_PI + .5f, 0, 1) * (SECTORS - 1);
  return powf(powf(fabsf(x), SQUARE) + powf(z, SQUARE), 1 / SQUARE);
}

static void outline_of(const pa_figure *f, int side, const last *l,
                       float most[SECTORS]) {
  memset(most, 0, SECTORS * sizeof *most);
  for (unsigned i = 0; i < f->body->points; i++) {
    float sector;
    if (!pa_last_is_foot(f, i, side) || f->point[i].z < l->z) continue;
    float out = polar(l, f->point[i], &sector);
    int at = (int)(sector + .5f);
    most[at] = fmaxf(most[at], out);
  }
  /* Toes are narrower than sectors; none of these is empty for long. */
  for (int i = 1; i < SECTORS; i++)
    if (most[i] <= 0) most[i] = most[i - 1];
  for (int i = SECTORS - 1; i-- > 0;)
    if (most[i] <= 0) most[i] = most[i + 1];
}

/* Draws the outline out to the cap's, and what is `near` it or farther out (1:
 * the outline alone) with it; rim: 1 for the outline, 0 for what is nearest. */
static void fill_outline(pa_figure *f, int side, const last *l, float near,
                         scratch *s) {
  float most[SECTORS];
  outline_of(f, side, l, most);
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec *p = &f->point[i];
    float at;
    if (!pa_last_is_foot(f, i, side) || p->z < l->z) continue;
    float out = polar(l, *p, &at);
    if (!(out > 0)) continue;
    int low = (int)fminf(at, SECTORS - 2);
    float own = most[low] + (at - (float)low) * (most[low + 1] - most[low]);
    float want = out / (near * fmaxf(own, .2f)), k = fminf(1, want) / out;
    s[i].rim = pa_clamp((want - 1) / (1 / near - 1 + 1e-6f), 0, 1);
    float off = aside(l, *p);
    p->z = l->z + k * (p->z - l->z);
    p->x += k * off - aside(l, *p);
  }
}

/* How high the cap is there. */
static float cap_height(const last *l, pa_vec p) {
  float sector, out = fminf(1, polar(l, p, &sector));
  return SOLE + (l->high - SOLE) * sqrtf(1 - powf(out, 4));
}

/* Toes become one cap: neighbours' means until the gaps are closed, and then
 * the form of a shoe. */
static void close_toes(pa_figure *f, int side, const last *l, scratch *s) {
  float length = l->toe - l->heel;
  for (unsigned i = 0; i < f->body->points; i++) {
    s[i].above = pa_smoothstep(.004f, .016f, f->point[i].y);
    s[i].weight =
        pa_last_is_foot(f, i, side)
            ? .8f * pa_smoothstep(l->heel + .56f * length,
                                  l->heel + .7f * length, f->point[i].z)
            : 0;
  }
  for (int round = 0; round < ROUNDS; round++)
    relax(f, s);
  for (int round = 0; round < ROUNDS / 4; round++) {
    fill_outline(f, side, l, 1, s);
    relax(f, s);
  }
  fill_outline(f, side, l, DENTS, s);
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec *p = &f->point[i];
    if (!pa_last_is_foot(f, i, side) || p->z < l->z) continue;
    float k = pa_smoothstep(0, .16f * length, p->z - l->z);
    float high = cap_height(l, *p) - .5f * SOLE * s[i].rim;
    float low = .4f * SOLE * s[i].rim;
    p->y += k * (low + s[i].above * (high - low) - p->y);
  }
  for (unsigned i = 0; i < f->body->points; i++)
    s[i].weight *= GENTLY;
  for (int round = 0; round < SMOOTH; round++)
    relax(f, s);
}

/* ------------------------------------------------------------ all of it */

static pa_vec shaped(const last *l, pa_vec p) {
  float low = 1 - pa_smoothstep(.55f * l->ankle, l->ankle, p.y);
  float middle = (l->heel + l->toe) / 2;
  pa_vec out = p;
  out.x += low * (WIDER - 1) * aside(l, p);
  /* a straight side down to the sole */
  if (p.y < SOLE) {
    pa_vec away =
        pa_unit(pa_v(aside(l, p), 0, .4f * (p.z - middle)), pa_v(0, 0, 1));
    out = pa_add(out, pa_mul(away, RIM));
    out.y = p.y * pa_smoothstep(0, SOLE, p.y);
  }
  return out;
}

/* Ankles stay where they are. */
static void enlarge(pa_figure *f, int side, const last *l, float size) {
  float ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]].z;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec *p = &f->point[i];
    if (!pa_last_is_foot(f, i, side)) continue;
    float k = (size - 1) * (1 - pa_smoothstep(.5f * l->ankle, l->ankle, p->y));
    float off = (1 + .5f * k) * aside(l, *p);
    p->z += k * (p->z - ankle);
    p->x += off - aside(l, *p);
  }
}

pa_status pa_last_apply(pa_error *err, int side, float size, pa_figure *f) {
  const last l = last_of(f, side);
  if (!(l.toe - l.heel > SHORTEST)) return PA_OK;
  unsigned n = f->body->points;
  scratch *s = pa_mem_calloc(n, sizeof *s);
  if (!s) return pa_error_memory(err, n * sizeof *s, "shoes");
  close_toes(f, side, &l, s);
  for (unsigned i = 0; i < n; i++)
    if (pa_last_is_foot(f, i, side)) f->point[i] = shaped(&l, f->point[i]);
  enlarge(f, side, &l, size);
  pa_mem_free(s);
  return PA_OK;
}
