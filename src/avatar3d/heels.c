#include "avatar3d/heels.h"

#include <string.h>

#include "avatar3d/last.h"

/* ------------------------------------------------------------ the figure */

/* A foot that turns about its ball, heel upwards. */
typedef struct lift {
  pa_vec ball;
  pa_mat turn;
  pa_vec ankle; /* how far the ankle goes */
} lift;

static float heel_end(const pa_figure *f, int side) {
  float end = 9;
  for (unsigned i = 0; i < f->body->points; i++)
    if (pa_last_is_foot(f, i, side)) end = fminf(end, f->point[i].z);
  return end;
}

static lift lift_of(const pa_figure *f, int side, float height) {
  lift l = {.ball = f->head[f->bone[PA_BONE_SIDE(PA_BONE_BALL, side)]]};
  pa_vec ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]];
  float length = fmaxf(l.ball.z - heel_end(f, side), .02f);
  float angle = asinf(pa_clamp(height / length, 0, .9f));
  l.turn = pa_mat_of(pa_quat_about(pa_v(1, 0, 0), angle));
  pa_vec from = pa_sub(ankle, l.ball);
  l.ankle = pa_sub(pa_apply(&l.turn, from), from);
  return l;
}

#define TOES .02f /* metres before the ball's joint: toes stay from here on */
#define BALL .05f /* behind it, from where on the foot turns as one */

static void lift_points(pa_figure *f, const lift l[2], pa_vec all) {
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec p = f->point[i], sum = {0, 0, 0};
    float left = 1;
    for (int side = 0; side < 2; side++) {
      float own =
          pa_figure_weight(f, i, f->bone[PA_BONE_SIDE(PA_BONE_BALL, side)]) +
          pa_figure_weight(f, i, f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]);
      pa_vec from = pa_sub(p, l[side].ball);
      pa_vec move = pa_sub(pa_apply(&l[side].turn, from), from);
      float foot = own * (1 - pa_smoothstep(-BALL, TOES, from.z));
      sum = pa_add(sum, pa_mul(move, foot));
      left -= own;
    }
    f->point[i] = pa_add(p, pa_add(sum, pa_mul(all, fmaxf(left, 0))));
  }
}

#define SLIM .86f /* of a flat shoe's width */

/* Pumps are narrow. */
static void slim(pa_figure *f, int side) {
  pa_vec ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]];
  pa_vec ball = f->head[f->bone[PA_BONE_SIDE(PA_BONE_BALL, side)]];
  float slope = (ball.x - ankle.x) / fmaxf(ball.z - ankle.z, .02f);
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec *p = &f->point[i];
    if (!pa_last_is_foot(f, i, side)) continue;
    float off = p->x - ankle.x - slope * (p->z - ankle.z);
    float low = 1 - pa_smoothstep(.8f * ankle.y, 1.2f * ankle.y, p->y);
    p->x -= low * (1 - SLIM) * off;
  }
}

void pa_heels_lift(pa_figure *f, float height) {
  if (!(height > 0)) return;
  for (int side = 0; side < 2; side++)
    slim(f, side);
  const lift l[2] = {lift_of(f, 0, height), lift_of(f, 1, height)};
  pa_vec all = pa_mix(l[0].ankle, l[1].ankle, .5f);
  all.x = 0;
  lift_points(f, l, all);
  unsigned ball[2] = {f->bone[PA_BONE_BALL], f->bone[PA_BONE_BALL_R]};
  unsigned foot[2] = {f->bone[PA_BONE_FOOT], f->bone[PA_BONE_FOOT_R]};
  for (unsigned b = 1; b < f->body->bones; b++) {
    if (b == ball[0] || b == ball[1]) continue;
    f->head[b] = pa_add(f->head[b], all);
    if (b != foot[0] && b != foot[1]) f->tail[b] = pa_add(f->tail[b], all);
  }
}

float pa_heels_above_ground(const pa_figure *f, unsigned point, float height) {
  int side = pa_last_is_foot(f, point, 1);
  pa_vec p = f->point[point];
  if (!(height > 0)) return p.y;
  float ball = f->head[f->bone[PA_BONE_SIDE(PA_BONE_BALL, side)]].z;
  float ankle = f->head[f->bone[PA_BONE_SIDE(PA_BONE_FOOT, side)]].z;
  float heel = ankle - .04f, along = (ball - p.z) / fmaxf(ball - heel, .02f);
  return p.y - height * pa_clamp(along, 0, 1.1f);
}

/* ------------------------------------------------------------ the heel */

#define ROWS 5
#define LAST (PA_SHELL_COLUMNS - 1)

/* Under the heel's middle: its lowest point behind, and half its width. */
static pa_vec seat_of(const pa_figure *f, int side, float *half) {
  float end = heel_end(f, side), low = 9, left = 9, right = -9;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec p = f->point[i];
    if (!pa_last_is_foot(f, i, side) || p.z > end + .05f) continue;
    low = fminf(low, p.y);
  }
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec p = f->point[i];
    if (!pa_last_is_foot(f, i, side) || p.z > end + .05f || p.y > low + .05f)
      continue;
    left = fminf(left, p.x), right = fmaxf(right, p.x);
  }
  *half = pa_clamp((right - left) / 2, .012f, .04f);
  return pa_v((left + right) / 2, low, end + 1.12f * *half);
}

void pa_heels_shell(const pa_figure *f, const pa_outfit *o, int side,
                    pa_shell *shell) {
  /* How wide against the foot, and how far down. */
  static const float wide[ROWS] = {.82f, .62f, .36f, .3f, 0},
                     down[ROWS] = {0, .25f, .7f, 1, 1};
  float half;
  *shell = (pa_shell){.rows = 0};
  if (!(o->heel > 0)) return;
  pa_vec seat = seat_of(f, side, &half);
  float top = seat.y + .012f;
  shell->rows = ROWS;
  for (unsigned r = 0; r < ROWS; r++)
    for (unsigned c = 0; c <= LAST; c++) {
      float az = 2 * PA_PI * (float)c / LAST, w = wide[r] * half;
      /* its back is the shoe's */
      float z = seat.z - .55f * half * (1 - wide[r]);
      shell->at[r][c] =
          pa_v(seat.x + w * sinf(az), top * (1 - down[r]), z + w * cosf(az));
    }
  const float rect[4] = {.7f, .805f + .045f * (float)side, .034f, .045f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = PA_SOURCE_NONE;
  shell->material = PA_MATERIAL_SHOES;
  shell->unseen = true;
  shell->color = o->swatches.shoes;
}

void pa_heels_skin(const pa_figure *f, pa_vec p, uint8_t bone[4],
                   uint8_t weight[4]) {
  const unsigned foot = f->bone[p.x > 0 ? PA_BONE_FOOT : PA_BONE_FOOT_R];
  const float share = 1;
  pa_shell_weights(&foot, &share, 1, bone, weight);
}

pa_vec pa_heels_map(const void *none, pa_vec place) {
  (void)none;
  return place;
}

/* ------------------------------------------------------------ the photo */

#define SEEN .8f    /* trust from which ankles tell */
#define ASIDE .1f   /* metres of the photo beside an ankle that are looked at */
#define BELOW .32f  /* and below it */
#define CELL .006f  /* metres between places */
#define FEW 12      /* of them that are no shoe */
#define BARE .4f    /* of the foot: insteps as heels have */
#define FLAT .152f  /* metres from ankles to the soles of such flat shoes */
#define TALL .165f  /* and of those that cover insteps: boots */
#define OVER .008f  /* metres above its middle that boots cover an ankle */
#define LEAST .05f  /* metres, of what is called a heel */
#define BOOTS .065f /* their heels at most */
#define TALLER 1.2f /* a heel is, for each metre that is seen beyond flat */

/* How far below its ankle a shoe reaches as the photo shows it, metres, and how
 * much of the foot it leaves bare, 0..1; false where it cannot be told. */
static bool drop_of(const pa_sight *s, const pa_view *view, int side,
                    float *drop, float *bare) {
  const pa_keypoint *k = &s->person.keypoints[PA_KP_LEFT_ANKLE + side];
  const pa_keypoint *other = &s->person.keypoints[PA_KP_RIGHT_ANKLE - side];
  const float scale = view->camera.scale;
  float skin = 0, shoe = 0;
  *drop = 0;
  if (s->trust[PA_KP_LEFT_ANKLE + side] < SEEN) return false;
  for (int j = 0; CELL * (float)j < BELOW; j++) {
    unsigned row = 0;
    for (int i = -(int)(ASIDE / CELL); CELL * (float)i < ASIDE; i++) {
      float x = k->x + CELL * scale * (float)i,
            y = k->y + CELL * scale * (float)j;
      row += pa_sight_shoe(s, side, x, y);
      if (fabsf(x - other->x) < fabsf(x - k->x)) continue;
      skin += pa_sight_is(s, PA_SET_LEGS | PA_BIT(PA_LABEL_SOCKS), x, y);
    }
    shoe += (float)row;
    if (row > 1) *drop = CELL * (float)j;
  }
  *bare = skin / fmaxf(skin + shoe, 1);
  return shoe > FEW;
}

/* Whether the shoe goes over the ankle. */
static bool is_boot(const pa_sight *s, const pa_view *view, int side) {
  const pa_keypoint *k = &s->person.keypoints[PA_KP_LEFT_ANKLE + side];
  float down = OVER * view->camera.scale;
  return pa_sight_shoe(s, side, k->x, k->y + down);
}

float pa_heels_measure(const pa_sight *s, const pa_view *view) {
  float drop[2], bare[2];
  for (int side = 0; side < 2; side++)
    if (!drop_of(s, view, side, &drop[side], &bare[side])) return 0;
  float mean = (drop[0] + drop[1]) / 2;
  bool pumps = bare[0] + bare[1] > 2 * BARE && mean > FLAT;
  bool boots = fminf(drop[0], drop[1]) > TALL && is_boot(s, view, 0) &&
               is_boot(s, view, 1);
  if (!pumps && !boots) return 0;
  float height = LEAST + TALLER * (mean - FLAT);
  return pa_clamp(height, LEAST, pumps ? PA_HEELS_HIGHEST : BOOTS);
}
