#include "avatar3d/skirt.h"

#include <string.h>

#include "avatar3d/coat.h"

#define ROWS 16
#define SEEN .45f
#define MOST_OPEN .97f /* of half the width, of a coat */
/* Labels waver between garments: which one it is the silhouette must tell. */
#define NAMED (PA_BIT(PA_LABEL_DRESS) | PA_BIT(PA_LABEL_SKIRT))
#define SET (PA_SET_TOP | PA_SET_BOTTOM)

pa_vec pa_skirt_map(const void *data, pa_vec p) {
  const pa_skirt_axis *a = data;
  float down = a->top - p.y;
  return pa_v(a->x + down * a->dx + p.x * a->nx,
              a->y + down * a->dy + p.x * a->ny, 0);
}

static bool find_axis(const pa_figure *f, const pa_sight *s,
                      const pa_view *view, pa_skirt_axis *a) {
  const pa_keypoint *k = s->person.keypoints;
  if (s->trust[PA_KP_LEFT_HIP] < SEEN || s->trust[PA_KP_RIGHT_HIP] < SEEN)
    return false;
  a->x = (k[PA_KP_LEFT_HIP].x + k[PA_KP_RIGHT_HIP].x) / 2;
  a->y = (k[PA_KP_LEFT_HIP].y + k[PA_KP_RIGHT_HIP].y) / 2;
  a->top = f->head[f->bone[PA_BONE_THIGH]].y;
  float scale = view->camera.scale, dx = 0, dy = scale;
  bool knees =
      s->trust[PA_KP_LEFT_KNEE] > SEEN && s->trust[PA_KP_RIGHT_KNEE] > SEEN;
  if (knees) {
    float drop = a->top - f->head[f->bone[PA_BONE_CALF]].y;
    dx = ((k[PA_KP_LEFT_KNEE].x + k[PA_KP_RIGHT_KNEE].x) / 2 - a->x) / drop;
    dy = ((k[PA_KP_LEFT_KNEE].y + k[PA_KP_RIGHT_KNEE].y) / 2 - a->y) / drop;
  }
  a->hangs = !knees || dy > .5f * scale; /* or seated, or from above */
  a->knees = knees;
  a->dx = dx, a->dy = dy;
  float length = hypotf(dx, dy);
  a->nx = scale, a->ny = 0;
  if (a->hangs) a->nx = scale * dy / length, a->ny = -scale * dx / length;
  return true;
}

static bool worn(const pa_sight *s, const pa_skirt_axis *a, pa_vec p) {
  pa_vec at = pa_skirt_map(a, p);
  return pa_sight_is(s, SET, at.x, at.y);
}

/* The lowest height at which the garment is seen on the axis or beside it. */
static float hem_of(const pa_sight *s, const pa_skirt_axis *a, unsigned set) {
  float hem = a->top;
  unsigned gap = 0;
  for (float y = a->top; y > .02f && gap < 6; y -= .01f) {
    unsigned seen = 0, bag = 0;
    for (int i = -7; i <= 7; i++) {
      pa_vec at = pa_skirt_map(a, pa_v(.02f * (float)i, y, 0));
      seen += pa_sight_is(s, set, at.x, at.y);
      bag += pa_sight_is(s, PA_BIT(PA_LABEL_BAG), at.x, at.y);
    }
    if (seen >= 5)
      hem = y, gap = 0;
    else
      gap += bag < 5; /* what a bag covers is not known */
  }
  return hem;
}

/* A row of the garment: whether the photo shows something else between its left
 * and right end, as between the legs of trousers. */
static bool is_split(const pa_sight *s, const pa_skirt_axis *a, float y) {
  float first = 9, last = -9, gap = 0, widest = 0;
  for (int i = -75; i <= 75; i++) {
    float x = .004f * (float)i;
    pa_vec at = pa_skirt_map(a, pa_v(x, y, 0));
    if (!pa_sight_is(s, SET, at.x, at.y)) {
      /* hands and arms lie before it */
      if (!pa_sight_is(s, PA_SET_ARMS | PA_SET_NECK, at.x, at.y)) gap += .004f;
      continue;
    }
    if (first > 1) first = x;
    if (last > -1) widest = fmaxf(widest, gap);
    last = x, gap = 0;
  }
  return last > first && widest > .014f;
}

/* The cloth below the hips is looked at in rows of places, all CELL apart. */
#define CELL .01f
#define BELOW .06f /* the first row */

static int rows_of(const pa_skirt_axis *a, float end) {
  return (int)ceilf((a->top - BELOW - end) / CELL);
}

static pa_vec place_of(const pa_skirt_axis *a, int row, int i) {
  return pa_v(CELL * (float)i, a->top - BELOW - CELL * (float)row, 0);
}

/* Of the cloth below the hips, the shares that are called trousers, and dresses
 * or skirts. */
static void named(const pa_sight *s, const pa_skirt_axis *a, float hem,
                  float *pants, float *skirt) {
  float all = 1;
  *pants = *skirt = 0;
  for (int row = 0, rows = rows_of(a, hem); row < rows; row++)
    for (int i = -20; i <= 20; i++) {
      pa_vec at = pa_skirt_map(a, place_of(a, row, i));
      all += pa_sight_is(s, SET, at.x, at.y);
      *skirt += pa_sight_is(s, NAMED, at.x, at.y);
      *pants += pa_sight_is(s, PA_BIT(PA_LABEL_PANTS), at.x, at.y);
    }
  *pants /= all, *skirt /= all;
}

/* The lower half of a skirt is one piece. */
static bool is_skirt(const pa_sight *s, const pa_skirt_axis *a, float hem,
                     float ankle) {
  const float step = .008f, from = (a->top - .08f + hem) / 2;
  int split = 0, rows = (int)ceilf((from - hem - .01f) / step);
  float pants, skirt;
  for (int i = 0; i < rows; i++)
    split += is_split(s, a, from - step * (float)i);
  named(s, a, hem, &pants, &skirt);
  if (pants > .6f || rows <= 0 || split * 4 > rows) return false;
  /* Trousers of legs side by side are one piece, too. */
  return hem > ankle + .12f || skirt > .4f;
}

/* The hem of a skirt, or of a coat over trousers. False when it hangs no lower
 * than the hips, or is trousers. */
static bool find_hem(const pa_figure *f, const pa_sight *s, pa_skirt_axis *a,
                     float *hem) {
  float ankle = f->head[f->bone[PA_BONE_FOOT]].y;
  *hem = hem_of(s, a, SET);
  if (a->top - *hem < .14f) return false;
  if (is_skirt(s, a, *hem, ankle)) return true;
  if (*hem > ankle + .12f) return false;
  *hem = hem_of(s, a, NAMED | PA_BIT(PA_LABEL_COAT));
  return a->top - *hem > .14f && is_skirt(s, a, *hem, ankle);
}

/* Whether the cloth on the thighs goes on as the top begins. */
static bool is_one_piece(const pa_figure *f, const pa_sight *s,
                         const pa_outfit *o, const pa_skirt_axis *a) {
  float knee = f->head[f->bone[PA_BONE_CALF]].y;
  unsigned all = 0, like = 0;
  for (int row = 0, rows = rows_of(a, knee); row < rows; row++)
    for (int i = -20; i <= 20; i++) {
      pa_vec at = pa_skirt_map(a, place_of(a, row, i));
      if (!pa_sight_is(s, SET, at.x, at.y)) continue;
      const uint8_t *c =
          s->image->rgba + 4 * ((size_t)at.y * s->width + (size_t)at.x);
      const float rgb[3] = {c[0], c[1], c[2]};
      all++;
      like += pa_likeness(o->swatches.top, rgb) > .5f &&
              fabsf(o->swatches.top.g - rgb[1]) < 50;
    }
  return all > 40 && like * 2 > all;
}

/* Where the photo cannot tell a silhouette: seated people, half figures. The
 * hem follows from how far the thighs are covered, or is at the knees. */
static bool is_likely(const pa_figure *f, const pa_sight *s, const pa_outfit *o,
                      const pa_skirt_axis *a, float *hem) {
  unsigned of_skirt = pa_sight_pixels(s, NAMED);
  unsigned of_pants = pa_sight_pixels(s, PA_BIT(PA_LABEL_PANTS));
  unsigned top = pa_sight_pixels(s, PA_SET_TOP);
  bool bare = o->trouser > .2f && o->trouser < 1.5f;
  bool one_piece =
      a->knees && bare && of_pants * 20 < top && is_one_piece(f, s, o, a);
  if (!one_piece && of_skirt < 2 * of_pants + 200) return false;
  if (!one_piece && of_skirt * 8 < top) return false;
  /* A silhouette that is no skirt's, and another colour: it is none. */
  if (!one_piece && a->knees && a->hangs) return false;
  float knee = f->head[f->bone[PA_BONE_CALF]].y;
  float along = a->knees && bare ? o->trouser : 1.f;
  *hem = a->top + (knee - a->top) * pa_clamp(along, .5f, 1.3f);
  if (a->knees) return true;
  /* What the photo cuts off ends there. */
  float from = a->top - .22f, y = from;
  for (int i = 1; y > *hem; i++) {
    pa_vec at = pa_skirt_map(a, pa_v(0, y, 0));
    if (!pa_sight_inside(s, at.x, at.y)) break;
    y = from - .01f * (float)i;
  }
  *hem = fmaxf(*hem, y - .02f);
  return true;
}

static float half_width(const pa_sight *s, const pa_skirt_axis *a, float y,
                        float side, float least) {
  float last = 0;
  unsigned gap = 0;
  for (float x = .0f; x < .55f && gap < 8; x += .004f) {
    if (worn(s, a, pa_v(side * x, y, 0)))
      last = x, gap = 0;
    else
      gap++;
  }
  return pa_clamp(last, least, .5f);
}

/* The body's own half width and depth about a height. */
static void body_extent(const pa_figure *f, float y, float *wide, float *front,
                        float *back) {
  *wide = .08f, *front = .05f, *back = -.05f;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_region region = f->body->point[i].region;
    if (region != PA_REGION_TORSO && region != PA_REGION_LEG_L &&
        region != PA_REGION_LEG_R)
      continue;
    pa_vec p = f->point[i];
    if (fabsf(p.y - y) > .02f) continue;
    *wide = fmaxf(*wide, fabsf(p.x));
    *front = fmaxf(*front, p.z);
    *back = fminf(*back, p.z);
  }
}

/* What is seen below a hem is skin, unless it is called trousers. */
static void bare_legs(const pa_figure *f, const pa_sight *s, float hem,
                      pa_outfit *o) {
  float hip = f->head[f->bone[PA_BONE_THIGH]].y;
  float knee = f->head[f->bone[PA_BONE_CALF]].y;
  float ankle = f->head[f->bone[PA_BONE_FOOT]].y;
  unsigned coat = pa_sight_pixels(s, PA_BIT(PA_LABEL_COAT));
  unsigned pants = pa_sight_pixels(s, PA_BIT(PA_LABEL_PANTS));
  unsigned legs = pa_sight_pixels(s, PA_SET_LEGS);
  if (o->trouser >= 2 && pants > legs && coat > legs) return;
  float along = hem > knee ? (hip - hem) / (hip - knee)
                           : 1 + (knee - hem) / (knee - ankle);
  o->trouser = fminf(o->trouser, pa_clamp(along - .15f, .1f, 2));
}

/* Half widths and depths of the rows from `top` to the hem. */
typedef struct rings {
  float top, hem;
  float wide[ROWS][2], front[ROWS], back[ROWS];
} rings;

static float height_of(const rings *g, int row) {
  return g->top + (float)row / (ROWS - 1) * (g->hem - g->top);
}

/* `measured`: widths are the silhouette's. */
static void find_rings(const pa_figure *f, const pa_sight *s,
                       const pa_skirt_axis *axis, bool measured, rings *g) {
  float drop = (g->top - g->hem) / (ROWS - 1);
  for (int r = 0; r < ROWS; r++) {
    float y = height_of(g, r), body;
    body_extent(f, y, &body, &g->front[r], &g->back[r]);
    for (int side = 0; side < 2; side++)
      g->wide[r][side] =
          measured ? half_width(s, axis, y, side ? -1.f : 1.f, body + .012f)
                   : body + .012f + .05f * (float)r / (ROWS - 1);
    if (r == 0) g->wide[r][0] = g->wide[r][1] = body + .006f;
    if (r == 0) continue;
    /* cloth hangs: it never draws in sharply */
    g->front[r] = fmaxf(g->front[r] + .012f, g->front[r - 1] - .004f);
    g->back[r] = fminf(g->back[r] - .012f, g->back[r - 1] + .004f);
    for (int side = 0; side < 2; side++)
      g->wide[r][side] =
          pa_clamp(g->wide[r][side], g->wide[r - 1][side] - .008f,
                   g->wide[r - 1][side] + .3f * drop);
  }
}

#define FULL .78f /* 1: an ellipse, less: fuller */

/* Rings are fuller than ellipses, from which the backs of legs stand out. */
static float full(float part) {
  return copysignf(powf(fabsf(part), FULL), part);
}

/* The rings as a shell: from the middle behind all round, or with a coat from
 * its left half's edge round the back to the right one's. */
static void build(const rings *g, const pa_skirt_axis *axis,
                  const pa_coat *coat, pa_shell *shell) {
  for (int r = 0; r < ROWS; r++) {
    float y = height_of(g, r), middle = (g->front[r] + g->back[r]) / 2;
    float from = PA_PI, to = 3 * PA_PI;
    for (int side = 0; coat && side < 2; side++) {
      float inner = pa_coat_inner(coat, axis, y, side);
      float part = pa_clamp(inner / g->wide[r][side], 0, 1);
      float az = asinf(fminf(powf(part, 1 / FULL), MOST_OPEN));
      *(side ? &to : &from) = side ? 2 * PA_PI - az : az;
    }
    for (unsigned c = 0; c < PA_SHELL_COLUMNS; c++) {
      float az = from + (to - from) * (float)c / (PA_SHELL_COLUMNS - 1);
      float w = g->wide[r][sinf(az) < 0];
      float deep = cosf(az) > 0 ? g->front[r] - middle : middle - g->back[r];
      deep = fmaxf(deep, .5f * fminf(g->wide[r][0], g->wide[r][1]));
      shell->at[r][c] =
          pa_v(w * full(sinf(az)), y, middle + deep * full(cosf(az)));
    }
  }
  shell->rows = ROWS;
}

bool pa_skirt_shell(const pa_figure *f, const pa_sight *s, const pa_view *view,
                    pa_outfit *o, pa_skirt_axis *axis, pa_shell *shell) {
  shell->rows = 0;
  unsigned pixels = pa_sight_pixels(s, SET);
  if (pixels < 200 || !find_axis(f, s, view, axis)) return false;
  rings g;
  pa_coat coat;
  bool upright = axis->hangs && axis->knees;
  bool open = upright && pa_coat_find(s, &o->swatches, axis, &coat);
  if (open) g.hem = coat.hem;
  bool measured = open || (upright && find_hem(f, s, axis, &g.hem));
  if (!measured && !is_likely(f, s, o, axis, &g.hem)) return false;
  if (!open || coat.bare > 0) bare_legs(f, s, open ? coat.bare : g.hem, o);
  float spine = f->head[f->bone[PA_BONE_SPINE_1]].y;
  g.top = fmaxf(spine, axis->top + .06f);
  find_rings(f, s, axis, measured, &g);
  build(&g, axis, open ? &coat : NULL, shell);
  const float rect[4] = {.7f, .5f, .3f, .205f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = open ? PA_SOURCE_COAT : PA_SOURCE_SKIRT;
  shell->material = PA_MATERIAL_BOTTOM;
  shell->color = open ? o->swatches.top : o->swatches.bottom;
  return true;
}

/* Cloth goes with the leg below it, soon after the hips wholly: a thigh that
 * swings would come through it. Between the legs it is half of each. What
 * covers the calves lies before them and is pushed back by them. */
void pa_skirt_skin(const pa_figure *f, pa_vec p, uint8_t bone[4],
                   uint8_t weight[4]) {
  float hip = f->head[f->bone[PA_BONE_THIGH]].y;
  pa_vec knee = f->head[f->bone[PA_BONE_CALF]];
  float below = pa_smoothstep(-.02f, .2f, hip - p.y);
  float left = pa_smoothstep(-.09f, .09f, p.x);
  float behind = pa_smoothstep(.1f, -.1f, p.z - knee.z);
  float calf = (.2f + .6f * behind) * pa_smoothstep(0, .15f, knee.y - p.y);
  const unsigned bones[5] = {f->bone[PA_BONE_PELVIS], f->bone[PA_BONE_THIGH],
                             f->bone[PA_BONE_THIGH_R], f->bone[PA_BONE_CALF],
                             f->bone[PA_BONE_SIDE(PA_BONE_CALF, 1)]};
  float thigh = below * (1 - calf);
  const float shares[5] = {1 - below, thigh * left, thigh * (1 - left),
                           calf * left, calf * (1 - left)};
  /* where the calves begin the hips have ended */
  unsigned first = p.y < knee.y;
  pa_shell_weights(bones + first, shares + first, first ? 4 : 3, bone, weight);
}
