#include "avatar3d/hem.h"

#include <math.h>

#define FRONT .35f /* how far the surface faces the camera at least */
#define REACH .16f /* metres above and below the first guess that are asked */
#define BLUR .008f /* metres within which labels err */
#define SPLIT 6    /* samples along each side of a triangle */
#define ROUNDS 12  /* of Newton's method */
#define FEW 24     /* samples of either garment */
#define AGREED .8f /* share of them that lie on their side of the line */
#define SOFT .002  /* of the samples: what `stiff` counts as */
#define MOST .06f  /* metres that the line rises or falls */

/* How much each term weighs against the samples: a line that is level, then
 * one that leans, is to be believed first. */
static const double stiff[PA_HEM_TERMS] = {0, 2, 4, 12};

typedef struct fit {
  pa_hem *hem;
  double gradient[PA_HEM_TERMS], matrix[PA_HEM_TERMS][PA_HEM_TERMS];
  unsigned all[2], right[2]; /* of the top, of what is below it */
} fit;

static void terms(const pa_hem *h, float x, double term[PA_HEM_TERMS]) {
  double u = pa_clamp(x / h->half, -1, 1);
  term[0] = 1, term[1] = u, term[2] = u * u, term[3] = u * u * u * u;
}

static float line(const pa_hem *h, float x) {
  double term[PA_HEM_TERMS], y = 0;
  terms(h, x, term);
  for (int i = 0; i < PA_HEM_TERMS; i++)
    y += term[i] * h->term[i];
  return (float)y;
}

float pa_hem_height(const pa_hem *h, pa_vec p) {
  float off = h->behind ? h->middle - p.z : p.z - h->middle;
  float seen = pa_smoothstep(-.03f, .04f, off);
  float left = line(h, -h->half), right = line(h, h->half);
  float lean = pa_clamp(p.x / h->half, -1, 1);
  /* Where it is not seen it joins both sides. */
  float other = (left + right + lean * (right - left)) / 2;
  return other + seen * (line(h, p.x) - other);
}

/* One sample of a logistic regression. */
static void add(fit *t, pa_vec p, bool lower) {
  double term[PA_HEM_TERMS];
  terms(t->hem, p.x, term);
  float off = (p.y - line(t->hem, p.x)) / BLUR;
  double upper = 1 / (1 + exp(-(double)pa_clamp(off, -30, 30)));
  double slope = upper - (lower ? 0 : 1), weight = upper * (1 - upper);
  for (int i = 0; i < PA_HEM_TERMS; i++) {
    t->gradient[i] += slope * term[i];
    for (int k = 0; k < PA_HEM_TERMS; k++)
      t->matrix[i][k] += weight * term[i] * term[k];
  }
  t->all[lower]++;
  t->right[lower] += (off < 0) == lower;
}

typedef struct corner {
  pa_vec place;
  float x, y, facing;
} corner;

static bool is_asked(const pa_figure *f, unsigned point) {
  pa_region r = f->body->point[point].region;
  return r == PA_REGION_TORSO || r == PA_REGION_LEG_L || r == PA_REGION_LEG_R;
}

static void sample(const pa_sight *s, const corner c[3], float height, fit *t) {
  for (int i = 0; i <= SPLIT; i++)
    for (int j = 0; i + j <= SPLIT; j++) {
      float a = (float)i / SPLIT, b = (float)j / SPLIT, d = 1 - a - b;
      pa_vec p = pa_add(pa_mul(c[0].place, a),
                        pa_add(pa_mul(c[1].place, b), pa_mul(c[2].place, d)));
      if (fabsf(p.y - height) > REACH) continue;
      float x = a * c[0].x + b * c[1].x + d * c[2].x;
      float y = a * c[0].y + b * c[1].y + d * c[2].y;
      bool lower = pa_sight_is(s, PA_SET_BOTTOM, x, y);
      if (lower || pa_sight_is(s, PA_SET_TOP, x, y)) add(t, p, lower);
    }
}

static void ask(const pa_figure *f, const pa_sight *s, const pa_view *view,
                float height, fit *t) {
  for (unsigned i = 0; i < f->body->triangles; i++) {
    corner c[3];
    bool asked = true;
    for (int k = 0; k < 3; k++) {
      unsigned p = f->body->corner[f->body->triangle[i][k]].point;
      c[k] = (corner){f->point[p], view->point[p].x, view->point[p].y,
                      view->facing[p]};
      asked = asked && is_asked(f, p) && c[k].facing > FRONT &&
              fabsf(f->point[p].y - height) < 2 * REACH;
    }
    if (asked) sample(s, c, height, t);
  }
}

/* Solves the fit's equations; false where they are singular. */
static bool solve(fit *t, double out[PA_HEM_TERMS]) {
  const int n = PA_HEM_TERMS;
  for (int i = 0; i < n; i++) {
    double pivot = t->matrix[i][i];
    if (!(pivot > 1e-9)) return false; /* it is positive definite */
    for (int j = i + 1; j < n; j++) {
      double share = t->matrix[j][i] / pivot;
      for (int k = i; k < n; k++)
        t->matrix[j][k] -= share * t->matrix[i][k];
      t->gradient[j] -= share * t->gradient[i];
    }
  }
  for (int i = n - 1; i >= 0; i--) {
    out[i] = t->gradient[i];
    for (int k = i + 1; k < n; k++)
      out[i] -= t->matrix[i][k] * out[k];
    out[i] /= t->matrix[i][i];
  }
  return true;
}

/* The body's half width and middle at a height, and which side is seen. */
static void measure(const pa_figure *f, const pa_view *view, float height,
                    pa_hem *h) {
  float front = -1e9f, back = 1e9f, facing = 0;
  h->half = .05f;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_vec p = f->point[i];
    if (!is_asked(f, i) || fabsf(p.y - height) > .04f) continue;
    h->half = fmaxf(h->half, fabsf(p.x));
    front = fmaxf(front, p.z), back = fminf(back, p.z);
  }
  h->middle = front > back ? (front + back) / 2 : 0;
  for (unsigned i = 0; i < f->body->points; i++)
    if (is_asked(f, i) && fabsf(f->point[i].y - height) < .04f)
      facing += f->point[i].z > h->middle ? view->facing[i] : -view->facing[i];
  h->behind = facing < 0;
}

void pa_hem_fit(const pa_figure *f, const pa_sight *s, const pa_view *view,
                float height, pa_hem *h) {
  *h = (pa_hem){.term = {height}};
  measure(f, view, height, h);
  fit t = {.hem = h};
  for (int round = 0; round < ROUNDS; round++) {
    t = (fit){.hem = h};
    ask(f, s, view, height, &t);
    if (t.all[0] < FEW || t.all[1] < FEW) return;
    double share = (t.all[0] + t.all[1]) * SOFT, step[PA_HEM_TERMS];
    for (int i = 0; i < PA_HEM_TERMS; i++) {
      t.matrix[i][i] += share * stiff[i] + 1e-3;
      t.gradient[i] -= share * stiff[i] * h->term[i] / BLUR;
    }
    if (!solve(&t, step)) return;
    for (int i = 0; i < PA_HEM_TERMS; i++)
      h->term[i] += pa_clamp((float)step[i] * BLUR, -.02f, .02f);
  }
  for (int i = 1; i < PA_HEM_TERMS; i++)
    h->term[i] = pa_clamp(h->term[i], -MOST, MOST);
  h->told = true;
  for (int i = 0; i < 2; i++)
    if ((float)t.right[i] < AGREED * (float)t.all[i]) h->told = false;
}
