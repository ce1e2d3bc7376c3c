/* How wide a neckline is. */
#include "avatar3d/outfit.h"

#define NARROW .075f /* metres from the middle: a collar */
#define STEP .006f
#define FEW 6       /* points of a shoulder */
#define RIDGE .25f  /* how far the surface there looks up at least */
#define FACING .12f /* and towards the camera */

typedef struct shoulder {
  unsigned count;
  float x[256];
  bool bare[256];
} shoulder;

/* The points of a shoulder's ridge at which the photo shows skin or cloth. */
static void look(const pa_figure *f, const pa_sight *s, const pa_view *view,
                 const pa_vec *normal, int side, shoulder *points) {
  pa_vec joint = f->head[f->bone[PA_BONE_UPPERARM]];
  points->count = 0;
  for (unsigned i = 0; i < f->body->points && points->count < 256; i++) {
    pa_vec p = f->point[i];
    if (f->body->point[i].region != PA_REGION_TORSO || (p.x < 0) != side ||
        p.y < joint.y - .03f || normal[i].y < RIDGE || view->facing[i] < FACING)
      continue;
    float x = view->point[i].x, y = view->point[i].y;
    bool bare = pa_sight_is(s, PA_SET_NECK | PA_SET_ARMS, x, y);
    if (!bare && !pa_sight_is(s, PA_SET_TOP, x, y)) continue;
    points->x[points->count] = fabsf(p.x);
    points->bare[points->count++] = bare;
  }
}

/* The width that parts skin from cloth best. */
static float best_width(const shoulder *s, float most) {
  unsigned best = 0;
  float found = 0;
  for (int i = 0; NARROW + STEP * (float)i < most + STEP; i++) {
    float wide = NARROW + STEP * (float)i;
    unsigned right = 0;
    for (unsigned k = 0; k < s->count; k++)
      right += s->bare[k] == (s->x[k] < wide);
    if (right > best) best = right, found = wide;
  }
  return found > NARROW + STEP ? found : 0;
}

void pa_outfit_neckline(const pa_figure *f, const pa_sight *s,
                        const pa_view *view, const pa_vec *normal,
                        pa_outfit *o) {
  float joint = f->head[f->bone[PA_BONE_UPPERARM]].x;
  unsigned seen[2];
  for (int side = 0; side < 2; side++) {
    shoulder points;
    look(f, s, view, normal, side, &points);
    seen[side] = points.count;
    o->neckline[side] = points.count < FEW ? 0 : best_width(&points, joint);
  }
  /* What hair or the photo's edge hides is as the other side is; backs are
   * symmetric. */
  float sum = o->neckline[0] + o->neckline[1];
  if (seen[0] >= FEW && seen[1] >= FEW) sum /= 2;
  if (sum < NARROW + STEP) sum = 0;
  o->neckline[0] = o->neckline[1] = sum;
}
