/* Where garments end, measured on the figure as the photo shows it: how wide a
 * neckline is, how high the waist. */
#include "avatar3d/outfit.h"

#define PLACES 512 /* points that are asked */
#define STEP .006f /* metres between the edges that are tried */
#define FEW 6      /* points of either kind */

/* Points of the body along a line, and what the photo shows there. */
typedef struct places {
  unsigned count, inside;
  float at[PLACES];
  bool in[PLACES]; /* what lies below the edge */
} places;

static void add(places *p, float at, bool in) {
  if (p->count == PLACES) return;
  p->at[p->count] = at;
  p->in[p->count++] = in;
  p->inside += in;
}

/* The edge between two that parts both kinds best. */
static float best_edge(const places *p, float from, float to) {
  unsigned best = 0;
  float found = from;
  for (int i = 0; from + STEP * (float)i < to; i++) {
    float edge = from + STEP * (float)i;
    unsigned right = 0;
    for (unsigned k = 0; k < p->count; k++)
      right += p->in[k] == (p->at[k] < edge);
    if (right > best) best = right, found = edge;
  }
  return found;
}

/* ------------------------------------------------------------ neckline */

#define NARROW .075f /* metres from the middle: a collar */
#define RIDGE .25f   /* how far the surface there looks up at least */
#define FACING .12f  /* and towards the camera */

/* The points of a shoulder's ridge at which the photo shows skin or cloth. */
static void look_at_ridge(const pa_figure *f, const pa_sight *s,
                          const pa_view *view, const pa_vec *normal, int side,
                          places *points) {
  pa_vec joint = f->head[f->bone[PA_BONE_UPPERARM]];
  *points = (places){.count = 0};
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec p = f->point[i];
    if (f->body->point[i].region != PA_REGION_TORSO || (p.x < 0) != side ||
        p.y < joint.y - .03f || normal[i].y < RIDGE || view->facing[i] < FACING)
      continue;
    float x = view->point[i].x, y = view->point[i].y;
    bool bare = pa_sight_is(s, PA_SET_NECK | PA_SET_ARMS, x, y);
    if (bare || pa_sight_is(s, PA_SET_TOP, x, y)) add(points, fabsf(p.x), bare);
  }
}

void pa_outfit_neckline(const pa_figure *f, const pa_sight *s,
                        const pa_view *view, const pa_vec *normal,
                        pa_outfit *o) {
  float joint = f->head[f->bone[PA_BONE_UPPERARM]].x, sum = 0;
  unsigned sides = 0;
  for (int side = 0; side < 2; side++) {
    places points;
    look_at_ridge(f, s, view, normal, side, &points);
    if (points.count < FEW) continue;
    sum += best_edge(&points, NARROW, joint + STEP);
    sides++;
  }
  /* What hair or the photo's edge hides is as the other side is. */
  float wide = sides ? sum / (float)sides : 0;
  o->neckline = wide > NARROW + 2 * STEP ? wide : 0;
}

/* ------------------------------------------------------------ waist */

#define FRONT .4f /* how far the surface faces the camera at least */

void pa_outfit_waist(const pa_figure *f, const pa_sight *s, const pa_view *view,
                     pa_outfit *o) {
  float shoulder = f->head[f->bone[PA_BONE_UPPERARM]].y;
  float hip = f->head[f->bone[PA_BONE_THIGH]].y;
  if (o->midriff || !(shoulder - hip > .1f)) return;
  places points = {.count = 0};
  for (unsigned i = 0; i < f->body->points; i++) {
    float x = view->point[i].x, y = view->point[i].y;
    if (f->body->point[i].region != PA_REGION_TORSO ||
        view->facing[i] < FRONT || f->point[i].y > shoulder - .1f)
      continue;
    bool lower = pa_sight_is(s, PA_SET_BOTTOM, x, y);
    if (lower || pa_sight_is(s, PA_SET_TOP, x, y))
      add(&points, f->point[i].y, lower);
  }
  if (points.inside < FEW || points.count - points.inside < FEW) return;
  float height = best_edge(&points, hip - .1f, shoulder - .15f);
  o->waist = (shoulder - height) / (shoulder - hip);
  pa_hem_fit(f, s, view, height, &o->hem);
}
