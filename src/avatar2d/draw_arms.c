/* Arms and sleeves, hanging or as the traits hold them. */
#include <math.h>

#include "avatar2d/draw_body.h"

#define UPPER 128.f /* from shoulder to elbow, head units */
#define LOWER 116.f /* to the wrist */
#define HAND 36.f
#define HANGS 14.f /* degrees up to which an arm hangs as in draw_body.h */
#define RADIANS .01745329f

/* A bent tube from a over b to c, with its half widths there. */
typedef struct tube {
  pa_vec a, b, c;
  float wide[3];
} tube;

static pa_vec along(pa_vec from, float side, float degrees, float length) {
  return (pa_vec){from.x + side * length * sinf(degrees * RADIANS),
                  from.y + length * cosf(degrees * RADIANS)};
}

/* To the left of the way from a to b, of length one. */
static pa_vec normal(pa_vec a, pa_vec b) {
  float x = b.x - a.x, y = b.y - a.y, l = fmaxf(hypotf(x, y), 1e-3f);
  return (pa_vec){y / l, -x / l};
}

static pa_vec off(pa_vec v, pa_vec n, float by) {
  return (pa_vec){v.x + n.x * by, v.y + n.y * by};
}

static pa_vec between(pa_vec a, pa_vec b, float t) {
  return (pa_vec){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
}

/* Half of the outline, on the side of `sign`. */
static size_t edge(const tube *t, float sign, pa_vec *v) {
  pa_vec n = normal(t->a, t->b), k = normal(t->b, t->c);
  pa_vec bend = {n.x + k.x, n.y + k.y};
  float l = fmaxf(hypotf(bend.x, bend.y), .6f);
  bend = (pa_vec){bend.x / l, bend.y / l};
  size_t count = 0;
  v[count++] = off(t->a, n, sign * t->wide[0]);
  v[count++] = off(between(t->a, t->b, .6f), n,
                   sign * (.4f * t->wide[0] + .6f * t->wide[1]));
  v[count++] = off(t->b, bend, sign * t->wide[1]);
  v[count++] = off(between(t->b, t->c, .4f), k,
                   sign * (.6f * t->wide[1] + .4f * t->wide[2]));
  v[count++] = off(t->c, k, sign * t->wide[2]);
  return count;
}

/* The tube as a path; `hand`: it ends in one, else it is cut off. */
static size_t tube_path(pa_picture *p, const tube *t, bool hand) {
  pa_vec v[20], back[5];
  size_t n = edge(t, 1, v);
  pa_vec k = normal(t->b, t->c), ahead = {-k.y, k.x};
  if (hand) {
    pa_vec middle = off(t->c, ahead, .5f * HAND), tip = off(t->c, ahead, HAND);
    v[n++] = off(middle, k, 1.25f * t->wide[2]);
    v[n++] = off(tip, k, .5f * t->wide[2]);
    v[n++] = off(tip, k, -.5f * t->wide[2]);
    v[n++] = off(middle, k, -1.25f * t->wide[2]);
  } else { /* corners */
    v[n] = v[n - 1], n++;
    v[n++] = off(t->c, k, -t->wide[2]);
  }
  size_t count = edge(t, -1, back);
  while (count-- > 0)
    v[n++] = back[count];
  v[n++] = off(t->a, (pa_vec){ahead.x * 0, -1}, .8f * t->wide[0]); /* round */
  size_t path = pa_picture_path(p);
  pa_picture_smooth(p, v, n, true);
  return path;
}

static const pa_arm *arm_of(const pa_traits *t, float side) {
  return side < 0 ? &t->pose.right : &t->pose.left;
}

static tube tube_of(const pa_traits *t, float side) {
  const pa_arm *arm = arm_of(t, side);
  tube made = {.a = {side * .83f * t->shoulders, 170}, .wide = {23, 20, 13}};
  made.b = along(made.a, side, arm->upper, UPPER);
  made.c = along(made.b, side, arm->lower, LOWER);
  return made;
}

bool pa_body_arm_hangs(const pa_draw *draw, float side) {
  const pa_arm *arm = arm_of(draw->traits, side);
  return draw->view == PA_VIEW_HEAD ||
         (fabsf(arm->upper) < HANGS && fabsf(arm->lower) < HANGS);
}

/* A forearm before the trunk. */
bool pa_body_arm_before(const pa_draw *draw, float side) {
  if (pa_body_arm_hangs(draw, side)) return false;
  tube t = tube_of(draw->traits, side);
  return t.c.y > NECK_BASE && side * t.c.x < .78f * draw->traits->shoulders;
}

size_t pa_body_arm(pa_draw *draw, float side) {
  tube t = tube_of(draw->traits, side);
  return tube_path(draw->picture, &t, true);
}

size_t pa_body_sleeve(pa_draw *draw, float side, bool whole) {
  tube t = tube_of(draw->traits, side);
  if (whole) {
    t.wide[0] = 27, t.wide[1] = 25, t.wide[2] = 19;
    t.c = between(t.b, t.c, .95f);
  } else {
    t.c = between(t.a, t.b, .74f), t.b = between(t.a, t.b, .4f);
    t.wide[0] = 27, t.wide[1] = 26, t.wide[2] = 26;
  }
  return tube_path(draw->picture, &t, false);
}
