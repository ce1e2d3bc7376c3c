/* From the map of the hair to a haircut's form. */
#include "avatar2d/measure_form.h"

#include <math.h>
#include <string.h>

static bool is_hair(const pa_field *hair, float x, float y) {
  return pa_field_at(hair, x, y) > .5f;
}

/* Where the outermost run of hair along a ray ends; 0 without. */
static float reach(const pa_field *hair, float angle) {
  int run = 0;
  for (int i = 165; i > 58; i--) {
    float r = (float)i, x = r * sinf(angle), y = PA_CROWN_Y - r * cosf(angle);
    run = is_hair(hair, x, y) ? run + 1 : 0;
    if (run >= 4) return r + 4;
  }
  return 0;
}

/* The middle one of three rays close to each other: a lock that stands off is
 * no volume. */
static float steady_reach(const pa_field *hair, float angle) {
  float a = reach(hair, angle - .09f), b = reach(hair, angle);
  float c = reach(hair, angle + .09f);
  return fmaxf(fminf(a, b), fminf(fmaxf(a, b), c));
}

static void look_at_crown(const pa_field *hair, pa_hair_form *f) {
  for (int i = 0; i < PA_CROWN; i++)
    f->crown[i] = steady_reach(hair, pa_hair_ray(i));
}

/* A narrow peak above the crown is hair that is tied up there. */
static void look_for_knot(pa_hair_form *f) {
  const int middle = PA_CROWN / 2;
  int top = middle;
  for (int i = middle - 2; i <= middle + 2; i++)
    if (f->crown[i] > f->crown[top]) top = i;
  float far = f->crown[top], skull = pa_hair_skull(f, pa_hair_ray(top));
  float around = fminf(f->crown[top - 2], f->crown[top + 2]);
  /* Six knots reach 1.51 of the skull and more, other peaks 1.43. Cropped sides
   * have quiffs. */
  if (f->crown[1] <= 0 || f->crown[PA_CROWN - 2] <= 0) return;
  if (far < 1.5f * skull || far < around + 26 || around < 60) return;
  f->knot = fminf(fmaxf(.45f * (far - around), 20), 32);
  f->knot_angle = .7f * pa_hair_ray(top);
  for (int i = top - 2; i <= top + 2; i++)
    f->crown[i] = fminf(f->crown[i], around + 4);
}

/* Hair that stands off the head beside the temples too: an afro, or curls. */
static void look_for_volume(pa_hair_form *f) {
  const int temple[2] = {2, PA_CROWN - 3};
  f->full = true;
  for (int i = 0; i < 2; i++) {
    float skull = pa_hair_skull(f, pa_hair_ray(temple[i]));
    f->full = f->full && f->crown[temple[i]] > skull + 30;
  }
}

/* Up from the eyes to where hair begins; high up when none does. */
static float line_at(const pa_field *hair, float x) {
  for (int i = -16; i > -112; i--) {
    float y = (float)i;
    if (is_hair(hair, x, y) && is_hair(hair, x, y - 4)) return y;
  }
  return -112;
}

static void look_at_line(const pa_field *hair, pa_hair_form *f) {
  for (int i = 0; i < PA_HAIRLINE; i++) {
    float x = pa_hair_line_x(i) * f->half / 70, v[3];
    for (int k = 0; k < 3; k++)
      v[k] = line_at(hair, x + 4 * (float)(k - 1));
    f->line[i] = fmaxf(fminf(v[0], v[1]), fminf(fmaxf(v[0], v[1]), v[2]));
  }
}

/* Of one row beside the face, the run of hair that is nearest to its edge. */
static bool row_at(const pa_field *hair, float k, float half, float y,
                   float *inner, float *outer) {
  float from = 0, x = .3f * half;
  int run = 0, gap = 0;
  for (int cells = (int)ceilf(150 - x); cells > 0; cells--, x += 1) {
    if (is_hair(hair, k * x, y)) {
      if (!run) from = x;
      run++, gap = 0;
    } else if (run && ++gap > 5) {
      if (run >= 6 && x > half - 6) break;
      run = gap = 0;
    }
    if (run) *outer = x;
  }
  *inner = from;
  /* Beside the cheek hair hangs off the head; what clings to it is shadow, or
   * hair that is tied back. */
  bool cheek = y > 25 && y < 75;
  return run >= 6 && (!cheek || *outer - fmaxf(from, half - 6) >= 11);
}

static void look_at_side(const pa_field *hair, float k, pa_hair_form *f) {
  pa_hair_side *s = &f->side[k > 0];
  int last = -1;
  s->low = -14;
  for (int i = 0; i < PA_FALL; i++) {
    bool seen =
        row_at(hair, k, f->half, pa_hair_fall_y(i), &s->inner[i], &s->outer[i]);
    if (seen && (last == i - 1 || last == i - 2)) {
      if (last == i - 2 && last >= 0) {
        s->inner[i - 1] = (s->inner[last] + s->inner[i]) / 2;
        s->outer[i - 1] = (s->outer[last] + s->outer[i]) / 2;
      }
      last = i;
    }
  }
  for (int i = last + 1; i < PA_FALL; i++) {
    s->inner[i] = last < 0 ? f->half - 6 : s->inner[last];
    s->outer[i] = last < 0 ? f->half + 8 : s->outer[last];
  }
  if (last < 0) return;
  float y = pa_hair_fall_y(last), inner, outer;
  while (y < pa_hair_fall_y(last + 1) &&
         row_at(hair, k, f->half, y + 2, &inner, &outer))
    y += 2;
  s->low = y;
}

/* Hair that ends at one ear and a little lower at the other is short, and the
 * rest a shadow or the neighbour's. */
static void even_short_sides(pa_hair_form *f) {
  const float ear = 24, shoulder = 84;
  for (int i = 0; i < 2; i++) {
    const pa_hair_side *other = &f->side[!i];
    if (other->low < ear && f->side[i].low > ear && f->side[i].low < shoulder)
      f->side[i].low = fmaxf(other->low, 8);
  }
}

/* Hair that leaves an ear bare and is not long is short: what was found below
 * the ear is a shadow, or somebody else's. */
static void uncover_ears(const pa_haircut *cut, pa_hair_form *f) {
  const float falls = 112;
  bool bare = false;
  for (int i = 0; i < 2; i++)
    if (cut->ear[i] && f->side[i].low < falls) {
      f->side[i].low = fminf(f->side[i].low, 8);
      bare = true;
    }
  if (!bare) return;
  if (f->curls <= 0) f->full = false; /* volume above them, no mane */
  for (int i = 0; i < 2; i++)         /* the other one as well */
    if (f->side[i].low < falls) f->side[i].low = fminf(f->side[i].low, 8);
  if (f->behind < falls) f->behind = -20;
}

/* Square units labelled hair beside the neck, of whatever colour (it lies in
 * the shade there), and the lowest y where some is. */
static float beside_neck(const pa_measure *m, float k, float half, float *low) {
  float cells = 0;
  for (int y = 40; y < 150; y += 3)
    for (int x = -20; x < 40; x += 3) {
      float u = pa_head_turned(&m->head, k * (half + (float)x));
      uint8_t label = pa_patch_label(&m->patch, u, (float)y);
      if (pa_labels_have(label, m->hair)) cells++, *low = (float)y;
    }
  return 9 * cells;
}

/* Much hair beside one side of the neck, below an ear that it leaves bare, is
 * tied, or tucked behind the ear. Four of some fifty heads with short hair have
 * that much, girls and women; shadows and neighbours come to a thousand units
 * at most, but on small heads. */
static void look_for_tail(const pa_measure *m, const pa_haircut *cut,
                          pa_hair_form *f) {
  const float least = 1150, other = 600, clear = .2f;
  float low[2] = {0, 0}, area[2];
  float lowest = fmaxf(fmaxf(f->side[0].low, f->side[1].low), f->behind);
  if (lowest > PA_HAIR_FALLS || m->head.unit < clear) return;
  for (int i = 0; i < 2; i++)
    area[i] = beside_neck(m, i ? 1 : -1, f->half, &low[i]);
  int side = area[1] > area[0];
  if (!cut->ear[side] || area[side] < least || area[!side] > other) return;
  f->tail = fmaxf(low[side], 84), f->tail_left = !side;
  f->tied = true;
}

/* The lowest row with hair on both sides of the neck, or much of it on one. */
static void look_behind(const pa_field *hair, pa_hair_form *f) {
  const float shoulder = 84;
  bool shaved = fmaxf(f->side[0].low, f->side[1].low) < -12;
  int missing = 0;
  f->behind = -20;
  for (float y = 30; y < 220 && missing < 16; y += 2) {
    int cells[2] = {0, 0};
    for (int x = 30; (float)x < f->half + 50; x++)
      for (int i = 0; i < 2; i++)
        cells[i] += is_hair(hair, (float)(i ? x : -x), y);
    bool seen =
        (cells[0] > 5 && cells[1] > 5) || (cells[0] + cells[1] > 13 && !shaved);
    if (seen) f->behind = y;
    missing = seen || y < 64 ? 0 : missing + 1;
  }
  if (f->behind < shoulder) f->behind = -20; /* a neighbour's, or a shadow */
}

/* The side that a turned head hides is like the one it shows. */
static void complete_far(const pa_measure *m, pa_hair_form *f) {
  const float turned = .22f;
  if (fabsf(m->head.yaw) < turned) return;
  pa_hair_side *far = &f->side[m->head.yaw > 0];
  const pa_hair_side *near = &f->side[m->head.yaw <= 0];
  if (far->low > near->low - 30) return;
  *far = *near;
  if (near->low > 60) far->low = .9f * near->low;
}

/* Sides of hair come in pairs; one alone is another person's, or a shadow. */
static void even_sides(pa_hair_form *f, float yaw) {
  const float turned = .25f;
  bool left = f->side[0].low > -14, right = f->side[1].low > -14;
  if (left == right) return;
  if (fabsf(yaw) > turned)
    f->side[left] = f->side[!left];
  else
    f->side[0].low = f->side[1].low = -14;
}

void pa_hair_form_measure(const pa_measure *m, const pa_field *hair,
                          const pa_haircut *cut, float parting,
                          pa_hair_form *f) {
  memset(f, 0, sizeof *f);
  f->half = m->head.half, f->parting = parting;
  f->bare = cut->bare > .5f;
  f->tied = cut->tied;
  if (pa_hair_is_curly(m, hair)) f->curls = 17;
  look_at_crown(hair, f);
  const float clear = .5f; /* photo pixels a head unit */
  if (m->head.unit > clear) look_for_knot(f);
  look_for_volume(f);
  look_at_line(hair, f);
  look_at_side(hair, -1, f);
  look_at_side(hair, 1, f);
  look_behind(hair, f);
  uncover_ears(cut, f);
  complete_far(m, f);
  even_short_sides(f);
  look_for_tail(m, cut, f);
  if (f->curls > 0 && f->full) f->curls = 24;
  if (f->knot > 0) f->tied = true;
  if (f->bare) even_sides(f, m->head.yaw);
  pa_hair_form_limit(f);
}
