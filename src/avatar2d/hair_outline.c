/* The outlines of a haircut. */
#include <math.h>

#include "avatar2d/hair_form.h"

#define MIDDLE 5 /* of the rays */

static float clamp(float v, float least, float most) {
  return fminf(fmaxf(v, least), most);
}

static bool falls(const pa_hair_side *s) {
  return s->low > PA_HAIR_FALLS;
}

/* ------------------------------------------------------------ pen */

static void put(pa_contour *c, float x, float y) {
  if (c->count < PA_CONTOUR_POINTS) c->points[c->count++] = (pa_vec){x, y};
}

static void corner(pa_contour *c, float x, float y) {
  put(c, x, y);
  put(c, x, y);
}

/* Between two places of a side's table. */
static float at(const float *v, float y) {
  float i = clamp((y + 20) / 30, 0, PA_FALL - 1.001f);
  int k = (int)i;
  return v[k] + (v[k + 1] - v[k]) * (i - (float)k);
}

/* ------------------------------------------------------------ pieces */

/* Where a short side ends in front of the ear. */
static float sideburn(const pa_hair_side *s) {
  return clamp(s->low, -14, 22);
}

/* How many heights lie `step` apart from `low` up to `high`, which is above and
 * not one of them. */
static int rungs(float low, float high, float step) {
  return low > high ? (int)ceilf((low - high) / step) : 0;
}

/* The outer edge from where the side ends up to the crown (k = -1: the left
 * side), or the other way round for the right one. */
static void outer_edge(const pa_hair_form *f, float k, pa_contour *c) {
  const pa_hair_side *s = &f->side[k > 0];
  pa_vec v[2 * PA_FALL];
  int n = 0;
  if (falls(s)) {
    for (int count = rungs(s->low - 16, 6, 36); n < count; n++) {
      float y = s->low - 16 - 36 * (float)n;
      v[n] = (pa_vec){k * at(s->outer, y), y};
    }
  } else {
    float low = sideburn(s), out = fminf(s->outer[0], f->half + 9);
    v[n++] = (pa_vec){k * (out - 5), low - 7};
  }
  for (int i = 0; i < n; i++) {
    pa_vec p = v[k < 0 ? i : n - 1 - i];
    put(c, p.x, p.y);
  }
}

/* Short hair that is combed, not curled or shaved. */
static bool cropped(const pa_hair_form *f) {
  const float combed = 13; /* stands that far off the skull */
  float above = f->crown[MIDDLE] - pa_hair_skull(f, 0);
  bool hangs =
      falls(&f->side[0]) || falls(&f->side[1]) || f->behind > PA_HAIR_FALLS;
  return !hangs && f->curls <= 0 && f->knot <= 0 && above > combed;
}

/* From one ear over the top to the other. */
static void over_crown(const pa_hair_form *f, pa_contour *c) {
  float side = f->parting > 0 ? -1 : 1;
  int tuft = cropped(f) ? MIDDLE + (side > 0 ? 1 : -2) : -1;
  for (int i = 0; i < PA_CROWN; i++) {
    float angle = pa_hair_ray(i), r = f->crown[i];
    if (fabsf(angle) > 1.62f) continue; /* the sides say what is below */
    put(c, r * sinf(angle), PA_CROWN_Y - r * cosf(angle));
    if (i == tuft) { /* a lock that does not lie down */
      float tip = r + 6, at = angle + .13f * side;
      corner(c, tip * sinf(at), PA_CROWN_Y - tip * cosf(at));
    }
  }
}

/* The end of a falling side: two locks, from the outer edge to the inner one
 * (to the outer one for the left side, which is drawn upwards). */
static void locks(const pa_hair_side *s, float k, pa_contour *c) {
  float out = at(s->outer, s->low), in = at(s->inner, s->low);
  float thick = out - in, low = s->low;
  pa_vec v[3] = {{k * (out - .16f * thick), low},
                 {k * (out - .46f * thick), low - fminf(.5f * thick, 13)},
                 {k * (out - .72f * thick), low - 5}};
  for (int i = 0; i < 3; i++) {
    pa_vec p = v[k > 0 ? i : 2 - i];
    corner(c, p.x, p.y);
  }
}

static void end_of_side(const pa_hair_form *f, float k, pa_contour *c) {
  const pa_hair_side *s = &f->side[k > 0];
  if (!falls(s)) return;
  if (f->curls <= 0)
    locks(s, k, c);
  else
    put(c, k * (.5f * at(s->outer, s->low) + .5f * at(s->inner, s->low)),
        s->low + 3);
}

/* The inner edge of a side from its end up to the temple (right side; the left
 * one from the temple down). */
static void inner_edge(const pa_hair_form *f, float k, pa_contour *c) {
  const pa_hair_side *s = &f->side[k > 0];
  pa_vec v[2 * PA_FALL];
  int n = 0;
  if (falls(s)) {
    for (int count = rungs(s->low - 26, -10, 34); n < count; n++) {
      float y = s->low - 26 - 34 * (float)n;
      v[n] = (pa_vec){k * at(s->inner, y), y};
    }
  } else {
    float low = sideburn(s), in = f->half - 7;
    v[n++] = (pa_vec){k * (f->half + 1), low};
    v[n++] = (pa_vec){k * in, low - 3};
    v[n++] = (pa_vec){k * (in - .5f), low - 16};
  }
  for (int i = 0; i < n; i++) {
    pa_vec p = v[k > 0 ? i : n - 1 - i];
    put(c, p.x, p.y);
  }
}

/* ------------------------------------------------------------ hairline */

static float mean_line(const pa_hair_form *f) {
  float sum = 0;
  for (int i = 2; i < PA_HAIRLINE - 2; i++)
    sum += f->line[i] / (PA_HAIRLINE - 4);
  return sum;
}

/* A fringe: locks whose tips hang over the forehead. */
static void fringe(const pa_hair_form *f, pa_contour *c) {
  const float deep = 7;
  for (int i = PA_HAIRLINE - 2; i >= 1; i--) {
    float x = pa_hair_line_x(i), y = f->line[i];
    if (i & 1)
      corner(c, x + 2, y + .4f * deep);
    else
      put(c, x, y - .6f * deep);
  }
}

/* Curls over the forehead. */
static void curly_fringe(const pa_hair_form *f, pa_contour *c) {
  for (int i = PA_HAIRLINE - 2; i >= 1; i -= 2) {
    float x = pa_hair_line_x(i), y = f->line[i];
    corner(c, x + 14, y - 3);
    put(c, x + 9, y + 5);
    put(c, x, y + 8);
    put(c, x - 9, y + 5);
  }
  corner(c, pa_hair_line_x(0), f->line[0] - 3);
}

/* From the right temple to the left one; the place where the hair parts is a
 * corner when it stands high. */
static void hairline(const pa_hair_form *f, pa_contour *c) {
  if (f->curls > 0) {
    curly_fringe(f, c);
    return;
  }
  if (mean_line(f) > -47) {
    fringe(f, c);
    return;
  }
  int part = (int)lroundf(f->parting / 14) + PA_HAIRLINE / 2;
  for (int i = PA_HAIRLINE - 1; i >= 0; i--) {
    float x = pa_hair_line_x(i), y = f->line[i];
    bool end = i == 0 || i == PA_HAIRLINE - 1;
    bool high =
        !end && i == part && y < f->line[i - 1] - 3 && y < f->line[i + 1] - 3;
    /* The ends of the locks that are combed over from the parting. */
    bool lock = !end && (i == part + 2 || i == part - 2) && cropped(f);
    if (high)
      corner(c, x, y - 5);
    else if (lock)
      corner(c, x, y + 5);
    else
      put(c, clamp(x, 10 - f->half, f->half - 10), y);
  }
}

/* ------------------------------------------------------------ curls */

/* Turns the outer edge, the first `count` points, into round curls. */
static void curl(pa_contour *c, size_t count, float size) {
  enum { MOST = PA_CONTOUR_POINTS / 8 };
  pa_vec edge[MOST + 1];
  pa_contour old = *c;
  size_t n = 0;
  float whole = 0, left = 0;
  for (size_t i = 0; i + 1 < count; i++)
    whole += hypotf(old.points[i + 1].x - old.points[i].x,
                    old.points[i + 1].y - old.points[i].y);
  float step = fmaxf(size, whole / (MOST - 1));
  for (size_t i = 0; i + 1 < count; i++) {
    pa_vec a = old.points[i], b = old.points[i + 1];
    float length = hypotf(b.x - a.x, b.y - a.y);
    for (float d = left; d < length && n < MOST; d += step) {
      float t = d / fmaxf(length, 1e-3f);
      edge[n++] = (pa_vec){a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t};
      left = d + step - length;
    }
  }
  c->count = 0;
  for (size_t i = 0; i + 1 < n; i++) {
    pa_vec a = edge[i], b = edge[i + 1];
    float dx = b.x - a.x, dy = b.y - a.y;
    float bulge = .5f * (1 + .2f * sinf(5.1f * (float)i));
    corner(c, a.x, a.y); /* outside lies to the left of the way */
    static const float along[] = {.08f, .5f, .92f}, off[] = {.62f, 1, .62f};
    for (int k = 0; k < 3; k++)
      put(c, a.x + along[k] * dx + off[k] * bulge * dy,
          a.y + along[k] * dy - off[k] * bulge * dx);
  }
  for (size_t i = count; i < old.count; i++)
    put(c, old.points[i].x, old.points[i].y);
}

/* ------------------------------------------------------------ shapes */

static void begin(pa_shape *s) {
  s->contours[s->count].count = 0;
}

static void end(pa_shape *s) {
  if (s->contours[s->count].count >= 3) s->count++;
}

/* Hair at the sides alone. */
static void bare_front(const pa_hair_form *f, pa_shape *front) {
  for (int i = 0; i < 2; i++) {
    float k = i ? 1 : -1, h = f->half;
    float low = sideburn(&f->side[i]);
    if (f->side[i].low <= -14) continue; /* shaved */
    begin(front);
    pa_contour *c = &front->contours[front->count];
    corner(c, k * (h - 9), -62);
    put(c, k * (h + 5), -52);
    put(c, k * (h + 10), -30);
    put(c, k * (h + 8), low - 16);
    corner(c, k * (h + 1), low);
    put(c, k * (h - 5), low - 14);
    put(c, k * (h - 7), -32);
    end(front);
  }
}

static void knot(const pa_hair_form *f, pa_shape *back) {
  if (f->knot <= 0) return;
  float far = f->crown[MIDDLE] + .5f * f->knot;
  float x = far * sinf(f->knot_angle);
  float y = PA_CROWN_Y - far * cosf(f->knot_angle);
  begin(back);
  pa_contour *c = &back->contours[back->count];
  for (int i = 0; i < 8; i++) {
    float a = .7853982f * (float)i, r = f->knot;
    put(c, x + 1.1f * r * cosf(a), y + r * sinf(a));
  }
  end(back);
}

static void draw_front(const pa_hair_form *f, pa_shape *front) {
  begin(front);
  pa_contour *c = &front->contours[front->count];
  outer_edge(f, -1, c);
  over_crown(f, c);
  outer_edge(f, 1, c);
  if (f->curls > 0) curl(c, c->count, f->curls);
  end_of_side(f, 1, c);
  inner_edge(f, 1, c);
  hairline(f, c);
  inner_edge(f, -1, c);
  end_of_side(f, -1, c);
  end(front);
}

/* What hangs behind the head on one side, from its end up to the ear (k = -1)
 * or down from it. */
static void behind_edge(const pa_hair_form *f, float k, float low,
                        pa_contour *c) {
  const pa_hair_side *s = &f->side[k > 0];
  pa_vec v[2 * PA_FALL];
  int n = 0;
  for (int count = rungs(low - 14, 6, 34); n < count; n++) {
    float y = low - 14 - 34 * (float)n;
    v[n] = (pa_vec){k * (falls(s) ? at(s->outer, y) - 2 : f->half + 4), y};
  }
  for (int i = 0; i < n; i++) {
    pa_vec p = v[k < 0 ? i : n - 1 - i];
    put(c, p.x, p.y);
  }
}

static void draw_back(const pa_hair_form *f, pa_shape *back) {
  float least = fmaxf(f->behind, 20);
  float left = fmaxf(f->side[0].low, least), right = f->side[1].low;
  right = fmaxf(right, least);
  knot(f, back);
  if (fmaxf(left, right) < 34) return;
  begin(back);
  pa_contour *c = &back->contours[back->count];
  behind_edge(f, -1, left, c);
  over_crown(f, c);
  behind_edge(f, 1, right, c);
  if (f->curls > 0) curl(c, c->count, f->curls);
  float wide = .72f * f->half;
  put(c, wide, right - 2);
  put(c, .3f * f->half, .5f * (left + right) - 9);
  put(c, -.3f * f->half, .5f * (left + right) - 9);
  put(c, -wide, left - 2);
  end(back);
}

void pa_hair_form_shapes(const pa_hair_form *form, pa_shape *front,
                         pa_shape *back) {
  front->count = back->count = 0;
  if (form->bare)
    bare_front(form, front);
  else
    draw_front(form, front);
  draw_back(form, back);
}
