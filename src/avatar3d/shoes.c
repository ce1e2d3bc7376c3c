#include "avatar3d/shoes.h"

#include "avatar3d/heels.h"
#include "avatar3d/last.h"

pa_status pa_shoes_fit(pa_error *err, const pa_outfit *outfit, float size,
                       pa_figure *f) {
  pa_status status = PA_OK;
  for (int side = 0; outfit->shoes && status == PA_OK && side < 2; side++)
    status = pa_last_apply(err, side, size, f);
  if (outfit->shoes && status == PA_OK) pa_heels_lift(f, outfit->heel);
  return status;
}

float pa_shoes_above_sole(const pa_figure *f, const pa_outfit *outfit,
                          unsigned point) {
  return pa_heels_above_ground(f, point, outfit->heel) - PA_LAST_SOLE;
}

/* ------------------------------------------------------------ in the photo */

#define GRID 96       /* rows and columns of a foot's surroundings */
#define FEW 40        /* of their places: no shoe */
#define LARGEST 1.16f /* shoe against its foot */

/* How much of a point of a foot is in the shoe. */
static float shod(const pa_figure *f, unsigned point, int side) {
  float ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]].y;
  return pa_last_is_foot(f, point, side)
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

/* A shoe, or the instep that it leaves bare. */
static bool is_foot(const pa_sight *s, int side, float x, float y) {
  unsigned skin = PA_BIT(PA_LABEL_LEG_L + side);
  return pa_sight_shoe(s, side, x, y) ||
         (y > s->person.keypoints[PA_KP_LEFT_ANKLE + side].y &&
          pa_sight_is(s, skin, x, y));
}

/* The shoe's mask around a foot, but for its outermost pixels; what is above
 * the foot is a boot's shaft. */
static void find_shoe(const pa_sight *s, int side, pa_shoe *shoe) {
  unsigned column[GRID] = {0}, row[GRID] = {0}, all = 0;
  const float *foot = shoe->foot;
  float w = foot[2] - foot[0], h = foot[3] - foot[1];
  if (!(w > 2 && h > 2)) return;
  float room = .7f * fmaxf(w, h);
  float x0 = foot[0] - room, dx = (w + 2 * room) / GRID;
  float y0 = foot[1], dy = (h + room) / GRID;
  for (int j = 0; j < GRID; j++)
    for (int i = 0; i < GRID; i++)
      if (is_foot(s, side, x0 + ((float)i + .5f) * dx,
                  y0 + ((float)j + .5f) * dy))
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

/* A foot that stands as its shoe does is seen where it is. */
static void place_standing(const pa_figure *f, int side, pa_view *view) {
  for (unsigned i = 0; i < f->body->points; i++) {
    float k = shod(f, i, side);
    view->point[i].x += k * view->pose.moved[side][0];
    view->point[i].y += k * view->pose.moved[side][1];
  }
}

/* Lays the foot's box onto the shoe's. */
static void place_box(const pa_figure *f, int side, const pa_shoe *shoe,
                      pa_view *view) {
  const float *a = shoe->foot, *b = shoe->shoe;
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

void pa_shoes_place(const pa_figure *f, const pa_shoes *shoes, pa_view *view) {
  for (int side = 0; side < 2; side++) {
    if (view->pose.above[side] >= 0)
      place_standing(f, side, view);
    else if (shoes->side[side].seen)
      place_box(f, side, &shoes->side[side], view);
  }
}
