/* A turned head. Everything on the head is drawn as seen from the front; then
 * its points are moved sideways as those of a round head that turns: what lies
 * in front most, the farther cheek closes up, the nearer side opens. Up to yaw
 * 1 the farther half narrows, beyond it shrinks to a face's edge from the side.
 */
#include <math.h>
#include <string.h>

#include "avatar2d/draw.h"
#include "base/clamp.h"

/* How far the front moves at yaw 1 (34 degrees), head units, and at yaw 2, of
 * the face's half width. */
#define FRONT 21.f
#define FRONT_SIDE .8f
/* Of the face's half width, that the nearer ear moves, and at yaw 2. */
#define NEAR .12f
#define NEAR_SIDE .45f
#define BEHIND 34.f /* units beyond the ear where nothing moves any more */

static float mix(float a, float b, float t) {
  return a + (b - a) * t;
}

static float hill(float y, float at, float wide) {
  float d = (y - at) / wide;
  return expf(-d * d);
}

float pa_turn_side(const pa_traits *t) {
  return pa_clamp(fabsf(t->yaw) - 1, 0, 1);
}

bool pa_turn_shows(const pa_traits *t, int side) {
  return (float)side * t->yaw < 1.5f;
}

/* The farther edge of a face: seen half from the side it goes in at the eye and
 * out at the cheekbone; seen from the side it has nose, lips and chin. */
static float profile(const pa_traits *t, float y) {
  float half = -5 * hill(y, -3, 13) + 2 * hill(y, 25, 14) - 2 * hill(y, 66, 20);
  float nose = t->nose.y, mouth = t->mouth.y;
  float side = 3 * hill(y, -42, 22) + 17 * hill(y, nose - 4, 9) +
               5 * hill(y, nose - 20, 12) + 6 * hill(y, mouth, 9) +
               5 * hill(y, t->face.chin - 6, 12);
  return mix(half, side, fminf(5 * pa_turn_side(t), 1));
}

/* The skull turns within its own outline, the neck does not turn. */
static float share_at(const pa_traits *t, float y) {
  float top = mix(.6f, .96f, pa_turn_side(t));
  if (y < -40) return 1 - top * pa_clamp((-40 - y) / 80, 0, 1);
  return 1 - pa_clamp((y - t->face.chin) / 60, 0, 1);
}

/* Where a place `u` half widths to the farther side of the middle comes to. */
static float forward(float u, float front, float half, float flatness) {
  if (fabsf(u) >= 1) return u * half;
  float round = u * half + front * (1 - u * u);
  if (u < 0) return round;
  float flat = front + (half - front) * (1.9f * u - .9f * u * u);
  return mix(round, flat, flatness);
}

/* Half the width within which what is at height y turns. A jaw is narrower than
 * the head: turned as far as the eyes are its farther half would swell. Not so
 * narrow that the movement folds. */
static float turning_half(const pa_traits *t, float y) {
  const float whole = fmaxf(t->face.outline[2], 60), least = 52, cheek = 22;
  float own =
      fminf(fmaxf(pa_face_half(t, fminf(y, t->face.chin)), least), whole);
  float share = pa_clamp((y - cheek) / 24, 0, 1) * share_at(t, y);
  return mix(whole, own, share * (1 - pa_turn_side(t)));
}

float pa_turn_x(const pa_traits *t, float x, float y) {
  const float half = turning_half(t, y), side = pa_turn_side(t);
  const float turn = fminf(fabsf(t->yaw), 1) * share_at(t, y);
  const float way = t->yaw < 0 ? -1.f : 1.f;
  float far = way * x / half, near = -far;
  float beyond = fmaxf(1 - (fabsf(far) - 1) * half / BEHIND, 0);
  float ear = near < 1 ? fmaxf(near, 0) : beyond;
  float edge = far < 1 ? pa_clamp((far - .7f) / .3f, 0, 1) : beyond;
  float front = turn * mix(FRONT, FRONT_SIDE * half, side);
  float flat = fminf(2.5f * side * share_at(t, y), 1);
  return way * (forward(far, front, half, flat) +
                turn * (mix(NEAR, NEAR_SIDE, side) * half * ear +
                        edge * profile(t, y)));
}

size_t pa_turn_near(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  if (pa_turn_side(t) < .3f) return PA_NO_PATH;
  float half = fmaxf(t->face.outline[2], 60), way = t->yaw < 0 ? -1.f : 1.f;
  pa_picture *p = draw->picture;
  size_t path = pa_picture_path(p);
  pa_picture_move(p, -way * 400, -300);
  pa_picture_line(p, way * 400, -300);
  pa_picture_line(p, way * 1.35f * half, -150);
  pa_picture_line(p, way * 1.12f * half, -100);
  pa_picture_line(p, way * .98f * half, -66);
  for (int i = 0; i < 24; i++) /* lines are moved by their ends */
    pa_picture_line(p, way * .86f * half, -40 + 22 * (float)i);
  pa_picture_line(p, -way * 400, 480);
  pa_picture_close(p);
  return path;
}

bool pa_draw_bare(const pa_traits *t) {
  return t->hair.kind == PA_HAIR_NONE ||
         (t->hair.kind == PA_HAIR_PRESET && !strcmp(t->hair.preset, "bald"));
}

bool pa_turn_bares_ear(const pa_traits *t) {
  static const char *const over[] = {"curly", "afro", "bob", "long", "wavy"};
  if (pa_turn_side(t) < .1f) return false;
  if (t->hair.kind == PA_HAIR_TRACED) return t->hair.length < 10;
  for (size_t i = 0; i < sizeof over / sizeof *over; i++)
    if (t->hair.kind == PA_HAIR_PRESET && !strcmp(t->hair.preset, over[i]))
      return false;
  return true;
}

void pa_draw_skull(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  if (fabsf(t->yaw) < .8f) return;
  float half = fmaxf(t->face.outline[2], 60), way = t->yaw < 0 ? -1.f : 1.f;
  bool bare = pa_draw_bare(t);
  pa_picture_begin(draw->picture, "skull", PA_NO_PATH);
  size_t path = pa_picture_path(draw->picture);
  pa_picture_ellipse(draw->picture, -way * (4 + 6 * pa_turn_side(t)), -36,
                     half + 3, 76);
  pa_draw_part(draw, path, bare ? draw->skin : draw->hair);
  pa_picture_end(draw->picture);
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
