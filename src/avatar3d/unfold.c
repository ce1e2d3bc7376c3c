#include "avatar3d/unfold.h"

#define OUT .8f     /* metres outwards a metre of height */
#define MIDDLE .02f /* metres about the middle line that move less */
#define PAD .007f   /* of the atlas, around a chart */

/* The body's charts: a foot's upper side is a tenth of the atlas wide, and as
 * far beside it is its sole. */
#define LEFT .4f
#define WIDE .1f

/* Where they go: x, y, width and height. */
static const float upper[2][4] = {{.4f, .9f, .2f, .1f}, {.6f, .9f, .2f, .1f}};
static const float sole[2][4] = {{.735f, .828f, .03f, .07f},
                                 {.767f, .828f, .03f, .07f}};

/* The chart that a corner lies in: the left foot's upper side, its sole, the
 * right one's; -1: another part's. */
static int chart_of(const pa_body_corner *c) {
  if (c->uv[1] < .9f || c->uv[0] < LEFT || c->uv[0] >= LEFT + 4 * WIDE)
    return -1;
  return (int)((c->uv[0] - LEFT) / WIDE);
}

static void unfold(const pa_unfold *u, pa_vec p, float out[2]) {
  float ax = u->ball.x - u->heel.x, az = u->ball.z - u->heel.z;
  float square = fmaxf(ax * ax + az * az, 1e-9f);
  float t = ((p.x - u->heel.x) * ax + (p.z - u->heel.z) * az) / square;
  t = pa_clamp(t, 0, 1);
  float mx = u->heel.x + t * ax, mz = u->heel.z + t * az;
  float dx = p.x - mx, dz = p.z - mz, away = hypotf(dx, dz);
  float more = OUT * fmaxf(0, u->top - p.y) / (away + MIDDLE);
  out[0] = mz + dz * (1 + more);
  out[1] = mx + dx * (1 + more);
}

void pa_unfold_of(const pa_figure *f, int side, pa_unfold *u) {
  float low[3] = {9, 9, 9}, high[3] = {-9, -9, -9};
  const pa_body *body = f->body;
  for (unsigned i = 0; i < body->points; i++) {
    if (body->point[i].region != PA_REGION_FOOT_L + (unsigned)side) continue;
    pa_vec p = f->point[i];
    low[0] = fminf(low[0], p.x), high[0] = fmaxf(high[0], p.x);
    low[1] = fminf(low[1], p.y), high[1] = fmaxf(high[1], p.y);
    low[2] = fminf(low[2], p.z), high[2] = fmaxf(high[2], p.z);
  }
  float length = high[2] - low[2];
  pa_vec ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]];
  pa_vec ball = f->head[f->bone[PA_BONE_SIDE(PA_BONE_BALL, side)]];
  *u = (pa_unfold){.heel = pa_v(ankle.x, 0, low[2] + .2f * length),
                   .ball = pa_v(ball.x, 0, low[2] + .72f * length),
                   .top = high[1],
                   .low = {9, 9},
                   .high = {-9, -9}};
  for (unsigned i = 0; i < body->corners; i++) {
    if (chart_of(&body->corner[i]) != 2 * side) continue;
    float at[2];
    unfold(u, f->point[body->corner[i].point], at);
    for (int k = 0; k < 2; k++) {
      u->low[k] = fminf(u->low[k], at[k]);
      u->high[k] = fmaxf(u->high[k], at[k]);
    }
  }
}

void pa_unfold_place(const pa_unfold u[2], const pa_body_corner *c,
                     pa_vec place, float uv[2]) {
  int chart = chart_of(c), side = chart / 2;
  if (chart < 0) return;
  if (chart & 1) { /* a sole, smaller */
    const float *to = sole[side];
    uv[0] = to[0] + to[2] * ((c->uv[0] - LEFT) / WIDE - (float)chart);
    uv[1] = to[1] + to[3] * (c->uv[1] - .9f) / .1f;
    return;
  }
  float at[2];
  unfold(&u[side], place, at);
  for (int k = 0; k < 2; k++) {
    float size = fmaxf(u[side].high[k] - u[side].low[k], 1e-6f);
    float t = pa_clamp((at[k] - u[side].low[k]) / size, 0, 1);
    uv[k] = upper[side][k] + PAD + t * (upper[side][2 + k] - 2 * PAD);
  }
}
