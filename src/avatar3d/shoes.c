#include "avatar3d/shoes.h"

#include <string.h>

#include "base/mem.h"

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
    out.y = p.y * pa_smoothstep(0, SOLE, p.y);
  }
  return out;
}

/* Draws each point towards its neighbours' mean, `weight` (0..1) of the way. */
static void relax(pa_figure *f, const float *weight, pa_vec *sum,
                  float *count) {
  const pa_body *body = f->body;
  memset(sum, 0, body->points * sizeof *sum);
  memset(count, 0, body->points * sizeof *count);
  for (unsigned i = 0; i < body->triangles; i++)
    for (int k = 0; k < 3; k++) {
      unsigned a = body->corner[body->triangle[i][k]].point;
      unsigned b = body->corner[body->triangle[i][(k + 1) % 3]].point;
      if (weight[a] <= 0) continue;
      sum[a] = pa_add(sum[a], f->point[b]);
      count[a] += 1;
    }
  for (unsigned i = 0; i < body->points; i++)
    if (count[i] > 0)
      f->point[i] =
          pa_mix(f->point[i], pa_mul(sum[i], 1 / count[i]), weight[i]);
}

/* Toes become one cap: neighbours' means until the gaps are closed, and the
 * length that is lost given back. */
static void close_toes(pa_figure *f, int side, const last *l, float *weight,
                       pa_vec *sum, float *count) {
  float length = fmaxf(l->toe - l->heel, .05f), reach = l->heel;
  float begin = l->heel + .58f * length;
  for (unsigned i = 0; i < f->body->points; i++)
    weight[i] =
        is_foot(f, i, side)
            ? .8f * pa_smoothstep(begin, l->heel + .72f * length, f->point[i].z)
            : 0;
  for (int round = 0; round < 14; round++)
    relax(f, weight, sum, count);
  float lift = SOLE;
  for (unsigned i = 0; i < f->body->points; i++) {
    if (!is_foot(f, i, side)) continue;
    reach = fmaxf(reach, f->point[i].z);
    if (f->point[i].z > l->heel + .72f * length)
      lift = fminf(lift, f->point[i].y);
  }
  float stretch = (l->toe - begin) / fmaxf(reach - begin, .01f);
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec *p = &f->point[i];
    if (!is_foot(f, i, side) || p->z <= begin) continue;
    p->z = begin + stretch * (p->z - begin);
    p->y -= lift * (1 - pa_smoothstep(0, .04f, p->y));
  }
}

/* Ankles stay where they are. */
static void enlarge(pa_figure *f, int side, const last *l, float size) {
  float ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]].z;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec *p = &f->point[i];
    if (!is_foot(f, i, side)) continue;
    float k = (size - 1) * (1 - pa_smoothstep(.5f * l->ankle, l->ankle, p->y));
    p->x += k * .7f * (p->x - l->x);
    p->z += k * (p->z - ankle);
  }
}

pa_status pa_shoes_fit(pa_error *err, const pa_outfit *outfit, float size,
                       pa_figure *f) {
  if (!outfit->shoes) return PA_OK;
  unsigned n = f->body->points;
  float *weight = pa_mem_calloc(n, sizeof *weight);
  float *count = pa_mem_calloc(n, sizeof *count);
  pa_vec *sum = pa_mem_calloc(n, sizeof *sum);
  bool made = weight && count && sum;
  for (int side = 0; made && side < 2; side++) {
    last l = last_of(f, side);
    if (l.toe < l.heel) continue;
    close_toes(f, side, &l, weight, sum, count);
    for (unsigned i = 0; i < n; i++)
      if (is_foot(f, i, side)) f->point[i] = shaped(&l, f->point[i]);
    enlarge(f, side, &l, size);
  }
  pa_mem_free(weight);
  pa_mem_free(count);
  pa_mem_free(sum);
  return made ? PA_OK : pa_error_memory(err, 0, "shoes");
}

float pa_shoes_above_sole(const pa_figure *f, unsigned point) {
  return f->point[point].y - SOLE;
}

/* ------------------------------------------------------------ in the photo */

#define GRID 96       /* rows and columns of a foot's surroundings */
#define FEW 40        /* of their places: no shoe */
#define LARGEST 1.28f /* shoe against its foot */

/* How much of a point of a foot is in the shoe. */
static float shod(const pa_figure *f, unsigned point, int side) {
  float ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]].y;
  return is_foot(f, point, side)
             ? 1 - pa_smoothstep(.82f * ankle, 1.1f * ankle, f->point[point].y)
             : 0;
}

static void foot_box(const pa_figure *f, const pa_view *view, int side,
                     float box[4]) {
  box[0] = box[1] = 1e9f, box[2] = box[3] = -1e9f;
  for (unsigned i = 0; i < f->body->points; i++) {
    if (shod(f, i, side) < .9f) continue;
    box[0] = fminf(box[0], view->point[i].x);
    box[1] = fminf(box[1], view->point[i].y);
    box[2] = fmaxf(box[2], view->point[i].x);
    box[3] = fmaxf(box[3], view->point[i].y);
  }
}

/* The place that a share of a histogram lies before, 0..GRID. */
static float quantile(const unsigned *count, unsigned all, float share) {
  float sum = 0, want = share * (float)all;
  for (int i = 0; i < GRID; i++) {
    if (sum + (float)count[i] >= want && count[i])
      return (float)i + (want - sum) / (float)count[i];
    sum += (float)count[i];
  }
  return GRID;
}

/* The shoe's mask around a foot, but for its outermost pixels. */
static void find_shoe(const pa_sight *s, int side, pa_shoe *shoe) {
  unsigned column[GRID] = {0}, row[GRID] = {0}, all = 0;
  const float *foot = shoe->foot;
  float w = foot[2] - foot[0], h = foot[3] - foot[1];
  if (!(w > 2 && h > 2)) return;
  float room = .7f * fmaxf(w, h);
  float x0 = foot[0] - room, dx = (w + 2 * room) / GRID;
  float y0 = foot[1] - .5f * room, dy = (h + 1.5f * room) / GRID;
  for (int j = 0; j < GRID; j++)
    for (int i = 0; i < GRID; i++)
      if (pa_sight_is(s, PA_BIT(PA_LABEL_SHOE_L + side),
                      x0 + ((float)i + .5f) * dx, y0 + ((float)j + .5f) * dy))
        column[i]++, row[j]++, all++;
  float area = (float)all * dx * dy;
  shoe->seen = all > FEW && area > .3f * w * h;
  shoe->shoe[0] = x0 + dx * quantile(column, all, .015f);
  shoe->shoe[1] = y0 + dy * quantile(row, all, .015f);
  shoe->shoe[2] = x0 + dx * quantile(column, all, .985f);
  shoe->shoe[3] = y0 + dy * quantile(row, all, .985f);
}

void pa_shoes_measure(const pa_figure *f, const pa_sight *s,
                      const pa_view *view, pa_shoes *shoes) {
  float sum = 0, count = 0;
  *shoes = (pa_shoes){.size = 1};
  for (int side = 0; side < 2; side++) {
    pa_shoe *one = &shoes->side[side];
    foot_box(f, view, side, one->foot);
    find_shoe(s, side, one);
    if (!one->seen) continue;
    const float *a = one->foot, *b = one->shoe;
    sum +=
        sqrtf((b[2] - b[0]) * (b[3] - b[1]) / ((a[2] - a[0]) * (a[3] - a[1])));
    count++;
  }
  if (count > 0) shoes->size = pa_clamp(sum / count, 1, LARGEST);
}

void pa_shoes_place(const pa_figure *f, const pa_shoes *shoes, pa_view *view) {
  for (int side = 0; side < 2; side++) {
    const pa_shoe *one = &shoes->side[side];
    const float *a = one->foot, *b = one->shoe;
    if (!one->seen) continue;
    float sx = pa_clamp((b[2] - b[0]) / (a[2] - a[0]), .6f, 1.8f);
    float sy = pa_clamp((b[3] - b[1]) / (a[3] - a[1]), .6f, 1.8f);
    for (unsigned i = 0; i < f->body->points; i++) {
      float k = shod(f, i, side);
      if (k <= 0) continue;
      pa_vec *p = &view->point[i];
      float x = (b[0] + b[2]) / 2 + sx * (p->x - (a[0] + a[2]) / 2);
      float y = (b[1] + b[3]) / 2 + sy * (p->y - (a[1] + a[3]) / 2);
      p->x += k * (x - p->x);
      p->y += k * (y - p->y);
    }
  }
}
