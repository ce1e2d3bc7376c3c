/* The outlines of a haircut. */
#include <math.h>

#include "avatar2d/hair_form.h"
#include "avatar2d/hair_locks.h"
#include "base/clamp.h"

#define MIDDLE 5 /* of the rays */

static bool falls(const pa_hair_side *s) {
  return s->low > PA_HAIR_FALLS;
}

/* ------------------------------------------------------------ pieces */

/* Where a short side ends in front of the ear; hair that is combed back goes
 * over it. */
static float sideburn(const pa_hair_form *f, const pa_hair_side *s) {
  return f->tied ? -18 : pa_clamp(s->low, -14, 22);
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
      v[n] = (pa_vec){k * pa_hair_edge(s->outer, y), y};
    }
  } else {
    float low = sideburn(f, s), out = fminf(s->outer[0], f->half + 9);
    v[n++] = (pa_vec){k * (out - 5), low - 7};
  }
  for (int i = 0; i < n; i++) {
    pa_vec p = v[k < 0 ? i : n - 1 - i];
    pa_lock_put(c, p.x, p.y);
  }
}

/* Short hair that is combed, not curled or shaved. */
static bool cropped(const pa_hair_form *f) {
  const float combed = 13; /* stands that far off the skull */
  float above = f->crown[MIDDLE] - pa_hair_skull(f, 0);
  bool hangs =
      falls(&f->side[0]) || falls(&f->side[1]) || f->behind > PA_HAIR_FALLS;
  return !hangs && f->curls <= 0 && f->knot <= 0 && !f->tied && above > combed;
}

/* The place of a tip among the rays: cropped hair stands up in tufts, away from
 * the parting; none in other hair. */
static float tuft_at(const pa_hair_form *f, int ray, float side) {
  static const float sizes[] = {0, 0, .7f, 1, .8f, 0};
  int from = side > 0 ? ray - MIDDLE + 3 : MIDDLE + 3 - ray;
  if (!cropped(f) || from < 0 || from > 5) return 0;
  float above = f->crown[MIDDLE] - pa_hair_skull(f, 0);
  return sizes[from] * pa_clamp(.28f * above, 4, 8);
}

/* From one ear over the top to the other. */
static void over_crown(const pa_hair_form *f, pa_contour *c) {
  float side = f->parting > 0 ? -1 : 1;
  for (int i = 0; i < PA_CROWN; i++) {
    float angle = pa_hair_ray(i), r = f->crown[i];
    float tuft = tuft_at(f, i, side);
    if (fabsf(angle) > 1.62f) continue; /* the sides say what is below */
    if (tuft > 0)
      pa_lock_tuft(angle, r, side, tuft, c);
    else
      pa_lock_put(c, r * sinf(angle), PA_CROWN_Y - r * cosf(angle));
  }
}

static void end_of_side(const pa_hair_form *f, float k, pa_contour *c) {
  const pa_hair_side *s = &f->side[k > 0];
  if (!falls(s)) return;
  if (f->curls <= 0)
    pa_lock_ends(s, k, c);
  else
    pa_lock_put(c,
                k * (.5f * pa_hair_edge(s->outer, s->low) +
                     .5f * pa_hair_edge(s->inner, s->low)),
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
      v[n] = (pa_vec){k * pa_hair_edge(s->inner, y), y};
    }
  } else {
    float low = sideburn(f, s), in = f->half - 7;
    v[n++] = (pa_vec){k * (f->half + 1), low};
    v[n++] = (pa_vec){k * (f->tied ? in + 3 : in), low - (f->tied ? 8 : 3)};
    v[n++] = (pa_vec){k * (in - .5f), low - 16};
  }
  for (int i = 0; i < n; i++) {
    pa_vec p = v[k > 0 ? i : n - 1 - i];
    pa_lock_put(c, p.x, p.y);
  }
}

/* ------------------------------------------------------------ hairline */

static float mean_line(const pa_hair_form *f) {
  float sum = 0;
  for (int i = 2; i < PA_HAIRLINE - 2; i++)
    sum += f->line[i] / (PA_HAIRLINE - 4);
  return sum;
}

/* From the right temple to the left one; the place where the hair parts is a
 * corner when it stands high. */
static void hairline(const pa_hair_form *f, pa_contour *c) {
  if (f->curls > 0) {
    pa_lock_curly_fringe(f, c);
    return;
  }
  if (mean_line(f) > -47) {
    pa_lock_fringe(f, c);
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
      pa_lock_corner(c, x, y - 5);
    else if (lock)
      pa_lock_corner(c, x, y + 5);
    else
      pa_lock_put(c, pa_clamp(x, 10 - f->half, f->half - 10), y);
  }
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
    float low = sideburn(f, &f->side[i]);
    if (f->side[i].low <= -14) continue; /* shaved */
    begin(front);
    pa_contour *c = &front->contours[front->count];
    pa_lock_corner(c, k * (h - 9), -62);
    pa_lock_put(c, k * (h + 5), -52);
    pa_lock_put(c, k * (h + 10), -30);
    pa_lock_put(c, k * (h + 8), low - 16);
    pa_lock_corner(c, k * (h + 1), low);
    pa_lock_put(c, k * (h - 5), low - 14);
    pa_lock_put(c, k * (h - 7), -32);
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
    pa_lock_put(c, x + 1.1f * r * cosf(a), y + r * sinf(a));
  }
  end(back);
}

/* Hair that is tied, or tucked behind an ear, where it comes out beside the
 * neck. */
static void tail(const pa_hair_form *f, pa_shape *back) {
  if (f->tail <= 0) return;
  const float k = f->tail_left ? -1 : 1, h = f->half, low = f->tail;
  begin(back);
  pa_contour *c = &back->contours[back->count];
  pa_lock_put(c, k * (h - 34), -30);
  pa_lock_put(c, k * (h + 2), -12);
  pa_lock_put(c, k * (h + 17), 26);
  pa_lock_put(c, k * (h + 19), .6f * low + 14);
  pa_lock_corner(c, k * (h + 8), low + 4);
  pa_lock_put(c, k * (h + 3), low - 16);
  pa_lock_corner(c, k * (h - 4), low - 6);
  pa_lock_put(c, k * (h - 16), .5f * low + 14);
  pa_lock_put(c, k * (h - 30), 20);
  end(back);
}

static void draw_front(const pa_hair_form *f, pa_shape *front) {
  begin(front);
  pa_contour *c = &front->contours[front->count];
  outer_edge(f, -1, c);
  over_crown(f, c);
  outer_edge(f, 1, c);
  if (f->curls > 0) pa_lock_curl(c, c->count, f->curls);
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
    v[n] = (pa_vec){
        k * (falls(s) ? pa_hair_edge(s->outer, y) - 2 : f->half + 4), y};
  }
  for (int i = 0; i < n; i++) {
    pa_vec p = v[k < 0 ? i : n - 1 - i];
    pa_lock_put(c, p.x, p.y);
  }
}

static void draw_back(const pa_hair_form *f, pa_shape *back) {
  float least = fmaxf(f->behind, 20);
  float left = fmaxf(f->side[0].low, least), right = f->side[1].low;
  right = fmaxf(right, least);
  knot(f, back);
  tail(f, back);
  if (fmaxf(left, right) < 34) return;
  begin(back);
  pa_contour *c = &back->contours[back->count];
  behind_edge(f, -1, left, c);
  over_crown(f, c);
  behind_edge(f, 1, right, c);
  if (f->curls > 0) pa_lock_curl(c, c->count, f->curls);
  if (f->curls <= 0) {
    float wide = f->half + 2;
    pa_lock_hem(wide, right, -wide, left, c);
  } else {
    float wide = .72f * f->half;
    pa_lock_put(c, wide, right - 2);
    pa_lock_put(c, .3f * f->half, .5f * (left + right) - 9);
    pa_lock_put(c, -.3f * f->half, .5f * (left + right) - 9);
    pa_lock_put(c, -wide, left - 2);
  }
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
