#include "avatar2d/hair_locks.h"

#include <math.h>

#include "base/clamp.h"

void pa_lock_put(pa_contour *c, float x, float y) {
  if (c->count < PA_CONTOUR_POINTS) c->points[c->count++] = (pa_vec){x, y};
}

void pa_lock_corner(pa_contour *c, float x, float y) {
  pa_lock_put(c, x, y);
  pa_lock_put(c, x, y);
}

float pa_hair_edge(const float *edge, float y) {
  float i = pa_clamp((y + 20) / 30, 0, PA_FALL - 1.001f);
  int k = (int)i;
  return edge[k] + (edge[k + 1] - edge[k]) * (i - (float)k);
}

/* ------------------------------------------------------------ ends */

void pa_lock_ends(const pa_hair_side *s, float k, pa_contour *c) {
  float out = pa_hair_edge(s->outer, s->low);
  float in = pa_hair_edge(s->inner, s->low);
  float thick = out - in, low = s->low, deep = pa_clamp(.55f * thick, 7, 24);
  /* Three tips, the second one the lowest; notches lean outwards. */
  const pa_vec v[] = {{out - .17f * thick, low - .3f * deep},
                      {out - .27f * thick, low - deep},
                      {out - .47f * thick, low},
                      {out - .6f * thick, low - 1.15f * deep},
                      {out - .8f * thick, low - .45f * deep}};
  const int n = sizeof v / sizeof *v;
  for (int i = 0; i < n; i++) {
    pa_vec p = v[k > 0 ? i : n - 1 - i];
    pa_lock_corner(c, k * p.x, p.y);
  }
}

void pa_lock_hem(float x0, float y0, float x1, float y1, pa_contour *c) {
  static const float tips[] = {.16f, .4f, .63f, .86f};
  static const float drops[] = {-2, -9, -6, -1};
  const int n = sizeof tips / sizeof *tips;
  for (int i = 0; i < n; i++) {
    float t = tips[i], x = x0 + (x1 - x0) * t, y = y0 + (y1 - y0) * t;
    pa_lock_corner(c, x, y + drops[i]);
    if (i + 1 == n) return;
    float u = t + .62f * (tips[i + 1] - t);
    pa_lock_corner(c, x0 + (x1 - x0) * u,
                   y0 + (y1 - y0) * u + fminf(drops[i], drops[i + 1]) - 9);
  }
}

static void on_ray(pa_contour *c, float angle, float r, bool sharp) {
  float x = r * sinf(angle), y = PA_CROWN_Y - r * cosf(angle);
  if (sharp)
    pa_lock_corner(c, x, y);
  else
    pa_lock_put(c, x, y);
}

void pa_lock_tuft(float angle, float reach, float side, float size,
                  pa_contour *c) {
  const float lean = .15f; /* radians */
  float tip = angle + lean * side, notch = angle + .72f * lean * side;
  float back = angle - .5f * lean * side;
  if (side > 0) {
    on_ray(c, back, reach + .35f * size, false);
    on_ray(c, tip, reach + size, true);
    on_ray(c, notch, reach + .05f * size, true);
  } else {
    on_ray(c, notch, reach + .05f * size, true);
    on_ray(c, tip, reach + size, true);
    on_ray(c, back, reach + .35f * size, false);
  }
}

/* ------------------------------------------------------------ fringe */

static float line_at(const pa_hair_form *f, float x) {
  const int middle = PA_HAIRLINE / 2;
  float i = pa_clamp(x / 14 + (float)middle, 0, PA_HAIRLINE - 1.001f);
  int k = (int)i;
  return f->line[k] + (f->line[k + 1] - f->line[k]) * (i - (float)k);
}

/* One lock from its right notch to its left one. Its tip hangs off the middle,
 * its longer edge is round. */
static void fringe_lock(const pa_hair_form *f, float right, float left,
                        float lean, pa_contour *c) {
  const float eyes = -19;
  float wide = right - left, deep = .2f * wide + 4;
  float tip = .5f * (right + left) + .27f * wide * lean;
  float y = fminf(line_at(f, tip) + .45f * deep, eyes);
  float yr = fminf(line_at(f, right), eyes), yl = fminf(line_at(f, left), eyes);
  float far = lean > 0 ? left : right, near = lean > 0 ? right : left;
  float high = y - .55f * deep;
  pa_vec round = {.55f * far + .45f * tip,
                  .5f * (lean > 0 ? yl : yr) + .5f * y};
  pa_vec steep = {.35f * near + .65f * tip, high};
  pa_vec first = lean > 0 ? steep : round, last = lean > 0 ? round : steep;
  pa_lock_put(c, first.x, first.y + 1);
  pa_lock_corner(c, tip, y);
  pa_lock_put(c, last.x, last.y + 1);
}

void pa_lock_fringe(const pa_hair_form *f, pa_contour *c) {
  static const float shares[] = {.27f, .36f, .2f, .17f};
  float wide = 46 * f->half / 70, lean = f->parting > 0 ? -1 : 1;
  float x = wide;
  for (int i = 0; i < 4; i++) {
    float next = x - 2 * wide * shares[lean > 0 ? 3 - i : i];
    float deep = i ? 7 : 3;
    pa_lock_corner(c, x, fminf(line_at(f, x), -19) - deep);
    fringe_lock(f, x, next, lean, c);
    x = next;
  }
  pa_lock_corner(c, -wide, fminf(line_at(f, -wide), -19) - 3);
}

void pa_lock_curly_fringe(const pa_hair_form *f, pa_contour *c) {
  for (int i = PA_HAIRLINE - 2; i >= 1; i -= 2) {
    float x = pa_hair_line_x(i), y = f->line[i];
    pa_lock_corner(c, x + 14, y - 3);
    pa_lock_put(c, x + 9, y + 5);
    pa_lock_put(c, x, y + 8);
    pa_lock_put(c, x - 9, y + 5);
  }
  pa_lock_corner(c, pa_hair_line_x(0), f->line[0] - 3);
}

/* ------------------------------------------------------------ curls */

/* Places of equal distance along an open line. */
static size_t walk(const pa_vec *line, size_t count, float step, pa_vec *places,
                   size_t most) {
  size_t n = 0;
  float left = 0;
  for (size_t i = 0; i + 1 < count; i++) {
    pa_vec a = line[i], b = line[i + 1];
    float length = hypotf(b.x - a.x, b.y - a.y);
    for (float d = left; d < length && n < most; d += step) {
      float t = d / fmaxf(length, 1e-3f);
      places[n++] = (pa_vec){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
      left = d + step - length;
    }
  }
  return n;
}

void pa_lock_curl(pa_contour *c, size_t count, float size) {
  enum { MOST = PA_CONTOUR_POINTS / 8 };
  pa_vec edge[MOST + 1];
  pa_contour old = *c;
  float whole = 0;
  for (size_t i = 0; i + 1 < count; i++)
    whole += hypotf(old.points[i + 1].x - old.points[i].x,
                    old.points[i + 1].y - old.points[i].y);
  size_t n =
      walk(old.points, count, fmaxf(size, whole / (MOST - 1)), edge, MOST);
  c->count = 0;
  for (size_t i = 0; i + 1 < n; i++) {
    pa_vec a = edge[i], b = edge[i + 1];
    /* Large and small curls in turn, none like its neighbour. */
    float slip = .16f * sinf(2.4f * (float)i);
    float dx = b.x - a.x, dy = b.y - a.y;
    float bulge = .56f * (1 + .34f * sinf(2.4f * (float)i + .6f));
    pa_lock_corner(c, a.x, a.y); /* outside lies to the left of the way */
    static const float along[] = {.06f, .5f, .94f}, off[] = {.6f, 1, .6f};
    for (int k = 0; k < 3; k++) {
      float t = along[k] + (k == 1 ? slip : 0);
      pa_lock_put(c, a.x + t * dx + off[k] * bulge * dy,
                  a.y + t * dy - off[k] * bulge * dx);
    }
  }
  for (size_t i = count; i < old.count; i++)
    pa_lock_put(c, old.points[i].x, old.points[i].y);
}
