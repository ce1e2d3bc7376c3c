#include "avatar3d/peak.h"

#include <string.h>

#include "avatar3d/brim.h"
#include "avatar3d/hair_measure.h"
#include "avatar3d/skull.h"

#define HAT PA_BIT(PA_LABEL_HAT)
#define STEP .003f  /* metres, when looking along the photo */
#define TURNED .3f  /* of the face, from which sides are not compared */
#define EDGES 5     /* places over the forehead, APART from each other */
#define APART .02f  /* metres */
#define BESIDE .93f /* of the skull's half width: where sides are looked at */
#define UNEVEN .04f /* metres that sides may differ; berets do by more */
#define CELL .0025f /* metres between rows of colours */
#define ROWS 40     /* of them, upwards from the hat's edge */
#define WINDOW 4    /* on both sides of a seam */
#define SEAM .06f   /* metres over the edge that a seam is at most */
#define LEVEL .02f  /* metres that a cap's front is over its sides at most */
#define OPEN                                                                   \
  .015f /* metres over the skull's middle that sides end above ears */
#define CLEAR 110.f /* how far apart colours beside a seam are, of 765 */
#define FAINT 60.f  /* or this, where the ears are free */

/* What the photo shows of a hat's lower end, heights from the skull's middle.
 */
typedef struct rim {
  pa_skull skull;
  float ahead; /* depth of the forehead */
  float edge[EDGES], front, side[2];
  float seam, contrast; /* where colours change over the edge; how much */
} rim;

typedef struct eye {
  const pa_sight *sight;
  const pa_view *view;
} eye;

static bool hat_at(const eye *e, pa_vec place, pa_vec *photo) {
  *photo = pa_hair_map(&e->view->face, place);
  return pa_sight_is(e->sight, HAT, photo->x, photo->y);
}

/* The lowest height at which the hat is seen; 9: none. */
static float edge_of(const eye *e, const pa_skull *k, float x, float z) {
  float last = 9;
  unsigned gap = 0;
  for (float y = .12f; y > -.06f && gap < 6; y -= STEP) {
    pa_vec photo;
    if (hat_at(e, pa_v(x, k->center.y + y, z), &photo))
      last = y, gap = 0;
    else
      gap += last < 9;
  }
  return last;
}

/* The edge between the places that it was looked at. */
static float edge_at(const rim *r, float x) {
  float t = pa_clamp(x / APART + (EDGES - 1) / 2.f, 0, EDGES - 1.001f);
  int i = (int)t;
  return r->edge[i] + (t - (float)i) * (r->edge[i + 1] - r->edge[i]);
}

/* The mean colours of rows over the edge; [3]: of how many pixels. */
static void colors_of(const eye *e, const rim *r, float row[ROWS][4]) {
  for (int j = 0; j < ROWS; j++)
    for (int i = -8; i <= 8; i++) {
      float x = .005f * (float)i;
      float y = r->skull.center.y + edge_at(r, x) + CELL * (float)j;
      pa_vec at;
      if (!hat_at(e, pa_v(x, y, r->ahead), &at)) continue;
      const pa_sight *s = e->sight;
      const uint8_t *c =
          s->image->rgba + 4 * ((size_t)at.y * s->width + (size_t)at.x);
      for (int k = 0; k < 3; k++)
        row[j][k] += c[k];
      row[j][3]++;
    }
}

/* The seam of crown and peak: where colours change most. */
static void find_seam(const eye *e, rim *r) {
  float row[ROWS][4] = {{0}};
  colors_of(e, r, row);
  for (int j = WINDOW; CELL * (float)j < SEAM; j++) {
    float below[4] = {0}, above[4] = {0}, apart = 0;
    for (int i = 1; i <= WINDOW; i++)
      for (int k = 0; k < 4; k++)
        below[k] += row[j - i][k], above[k] += row[j + i][k];
    if (below[3] < 20 || above[3] < 20) continue;
    for (int k = 0; k < 3; k++)
      apart += fabsf(below[k] / below[3] - above[k] / above[3]);
    if (apart > r->contrast) r->contrast = apart, r->seam = CELL * (float)j;
  }
}

static bool measure(const pa_figure *f, const eye *e, rim *r) {
  *r = (rim){.seam = 0};
  if (!pa_skull_of(f, &r->skull)) return false;
  const pa_skull *k = &r->skull;
  const float el = .4f;
  r->ahead = k->center.z + pa_skull_radius(k, el, 0) * cosf(el);
  float half = pa_skull_radius(k, el, PA_PI / 2) * cosf(el);
  for (int i = 0; i < EDGES; i++) {
    float x = APART * ((float)i - (EDGES - 1) / 2.f);
    r->edge[i] = edge_of(e, k, x, r->ahead);
    if (r->edge[i] > 1) return false;
  }
  r->front = (r->edge[1] + r->edge[2] + r->edge[3]) / 3;
  for (int side = 0; side < 2; side++) {
    float x = side ? -BESIDE * half : BESIDE * half;
    r->side[side] = edge_of(e, k, x, k->center.z);
    if (r->side[side] > 1) return false;
  }
  find_seam(e, r);
  return true;
}

/* What is drawn over the ears lies higher before; what ends level is a cap if
 * it has a seam. */
static bool has_peak(const rim *r) {
  float sides = (r->side[0] + r->side[1]) / 2, rise = r->front - sides;
  if (fabsf(r->side[0] - r->side[1]) > UNEVEN) return false;
  if (rise < LEVEL && r->contrast > CLEAR) return true;
  return sides > OPEN && rise < LEVEL + .003f && r->contrast > FAINT;
}

/* ------------------------------------------------------------ its form */

#define CORNERS 7 /* rows: above from the head outwards, below inwards */
#define LAST (PA_SHELL_COLUMNS - 1)
#define WIDE 1.12f   /* radians to either side */
#define LONG .068f   /* metres ahead of the forehead */
#define THICK .0022f /* half of it */
#define BENT .012f   /* metres that its sides are lower */
#define LEAST .012f  /* metres that it comes down, and most */
#define MOST .03f

static void build(const rim *r, pa_shell *shell) {
  static const struct {
    float out, up;
  } corner[CORNERS] = {{0, 1},     {.4f, 1},  {.75f, 1}, {1, 0},
                       {.75f, -1}, {.4f, -1}, {0, -1}};
  const pa_skull *k = &r->skull;
  float drop = pa_clamp(r->seam, LEAST, MOST);
  float el = asinf(pa_clamp((r->front + drop) / .1f, -.2f, .8f));
  shell->rows = CORNERS;
  for (unsigned row = 0; row < CORNERS; row++)
    for (unsigned c = 0; c <= LAST; c++) {
      float t = 2 * (float)c / LAST - 1, out = corner[row].out;
      float ahead = LONG * sqrtf(fmaxf(0, 1 - t * t)) * out;
      pa_vec p = pa_skull_place(k, el, WIDE * t, .006f);
      p.y = k->center.y + r->front + drop * (1 - out * out) - BENT * t * t;
      p.y += THICK * corner[row].up;
      p.z += ahead;
      shell->at[row][c] = p;
    }
}

bool pa_peak_shell(const pa_figure *f, const pa_sight *s, const pa_view *view,
                   pa_shell *shell) {
  const eye e = {s, view};
  float height, reach;
  rim r;
  *shell = (pa_shell){.rows = 0};
  if (pa_sight_pixels(s, HAT) < 60 || !view->face.count ||
      fabsf(view->face.towards.x) > TURNED ||
      pa_brim_find(f, s, view, &height, &reach))
    return false;
  if (!measure(f, &e, &r) || !has_peak(&r)) return false;
  build(&r, shell);
  pa_brim_paint(s, shell);
  return true;
}
