#include "avatar3d/hair.h"

#include <string.h>

#include "base/mem.h"

#define CAP PA_HAIR_CAP
#define FALL PA_HAIR_FALL
#define NAPE 6      /* rows from the ears' height to the nape of short hair */
#define BAND 2      /* of these a hat has with no hair below it */
#define CLOSE .007f /* metres over the skull at the ears' height */
#define LONG_ENDS .03f /* of its height: how level its ends are */
#define SHORT_ENDS .01f
#define LAST (PA_SHELL_COLUMNS - 1)
#define TURNS 48 /* directions round the head */
#define ROUNDS 4 /* of neighbours' means over the cap */

typedef struct hair {
  pa_hair_measures m;
  float over[CAP][TURNS]; /* metres over the skull, rounded off */
  const pa_figure *figure;
  pa_relief relief;
  float beyond; /* radians that the surface goes on, cut by its alpha */
  bool hat_alone;
  int lone; /* the side on which a tress hangs alone, or -1 */
} hair;

#define USUAL 1.2f /* radians from the front at which a row opens */

/* From the middle of the back, where `along` is 1, to a side's edge, where it
 * is 0. Rows that open elsewhere than usual do not shift what is behind: that
 * would cut corners of the head and shear its strands. */
static float half_azimuth(float open, float along) {
  float off = (1 - along) * (1 - along) * (open - USUAL);
  return USUAL + along * (PA_PI - USUAL) + off;
}

/* Column c of a row that opens at `left` and `right`: from the left edge round
 * the back to the right one. */
static float column_azimuth(float left, float right, unsigned c) {
  float along = 2 * (float)c / LAST;
  return along < 1 ? half_azimuth(left, along)
                   : 2 * PA_PI - half_azimuth(right, 2 - along);
}

/* 0 at the hair's edge, 1 well inside it. */
static float inside(float az, float left, float right) {
  float from = fminf(az - left, 2 * PA_PI - right - az);
  return pa_smoothstep(-.05f, .5f, from);
}

/* Whether hair hangs down over the ear of a side. */
static bool covers_ear(const hair *h, int side) {
  unsigned falls = 0;
  for (unsigned r = 0; r < FALL; r++)
    falls += h->m.falls[r][side];
  return h->m.is_long && falls * 3 > FALL;
}

/* Hair over the ears must clear them. */
static float over_ear(const hair *h, float el, float az, float open) {
  if (!covers_ear(h, sinf(az) < 0)) return 0;
  float side = fabsf(fabsf(az > PA_PI ? az - 2 * PA_PI : az) - 1.75f);
  if (open > 1.35f || side > .6f) return 0;
  return .021f * (1 - pa_smoothstep(.25f, .6f, side)) *
         (1 - pa_smoothstep(.1f, .7f, el));
}

/* How far over the skull the surface lies, as measured. */
static float measured(const hair *h, unsigned row, float az) {
  float el = pa_hair_elevation(row), side = sinf(az), front = cosf(az);
  const float *own = h->m.thick[row];
  float mean = (own[0] + own[1]) / 2;
  float along = front > 0 ? pa_clamp(.6f * mean, .007f, .045f)
                          : pa_clamp(mean, .012f, .075f);
  float t = own[side < 0] * side * side + along * front * front;
  /* the crown is one place whatever the side */
  t += pa_smoothstep(.9f, 1.5f, el) * (pa_clamp(mean, .006f, .12f) - t);
  float left = h->m.open[row][0], right = h->m.open[row][1];
  /* Hair that ends there lies close: it is no brim. */
  if (!covers_ear(h, side < 0))
    t = fminf(t, CLOSE + .06f * pa_smoothstep(0, .9f, el));
  float within = el > 1.05f ? 1 : inside(az, left, right);
  return .003f + within * (t - .003f);
}

static float mean_of(const float *row) {
  float sum = 0;
  for (unsigned a = 0; a < TURNS; a++)
    sum += row[a];
  return sum / TURNS;
}

/* A round of means: along each row, then down each column. The crown is one
 * place. */
static void even_out(float (*over)[TURNS]) {
  for (unsigned r = 0; r < CAP; r++) {
    float *row = over[r], first = row[0], before = row[TURNS - 1];
    for (unsigned a = 0; a < TURNS; a++) {
      float own = row[a], next = a + 1 < TURNS ? row[a + 1] : first;
      row[a] = (before + 2 * own + next) / 4;
      before = own;
    }
  }
  float crown = mean_of(over[0]), below = mean_of(over[1]);
  for (unsigned a = 0; a < TURNS; a++) {
    float before = over[0][a];
    over[0][a] = (crown + below) / 2;
    for (unsigned r = 1; r + 1 < CAP; r++) {
      float own = over[r][a];
      over[r][a] = (before + 2 * own + over[r + 1][a]) / 4;
      before = own;
    }
  }
}

/* What was measured has edges where one rule ends and the next begins, which a
 * light from the side would show as facets. */
static void round_off(hair *h) {
  for (unsigned r = 0; r < CAP; r++)
    for (unsigned a = 0; a < TURNS; a++)
      h->over[r][a] = measured(h, r, 2 * PA_PI * (float)a / TURNS);
  for (unsigned k = 0; k < ROUNDS; k++)
    even_out(h->over);
}

/* How far over the skull the surface lies. */
static float thickness(const hair *h, unsigned row, float az) {
  float a = az * TURNS / (2 * PA_PI), low = floorf(a);
  unsigned from = (unsigned)(low + TURNS) % TURNS;
  const float *over = h->over[row];
  float t = over[from] + (a - low) * (over[(from + 1) % TURNS] - over[from]);
  float open = h->m.open[row][sinf(az) < 0];
  return fmaxf(t, over_ear(h, pa_hair_elevation(row), az, open));
}

static pa_vec cap_place(const hair *h, unsigned row, float az) {
  float el = pa_hair_elevation(row);
  pa_vec p = pa_skull_place(&h->m.skull, el, az, thickness(h, row, az));
  /* Beside the cheeks it hangs down from the temples. */
  float most = h->m.skull.ear.z + .02f + .09f * pa_smoothstep(-.1f, .5f, el);
  p.z = fminf(p.z, most);
  return p;
}

/* Short hair: down the back of the head to the nape, where t is 1. */
static pa_vec nape_place(const hair *h, float t, float az) {
  float el = -.62f * t;
  float thick = thickness(h, CAP - 1, az) * (1 - .75f * t);
  return pa_skull_place(&h->m.skull, el, az, fmaxf(thick, .003f));
}

static pa_vec fall_place(const hair *h, unsigned row, float az) {
  const pa_hair_measures *m = &h->m;
  float y = pa_hair_height(m, row);
  int right = sinf(az) < 0;
  float neck = h->figure->head[h->figure->bone[PA_BONE_NECK]].z;
  float front = m->before[right] ? .05f : .02f;
  float deep = cosf(az) > 0 ? front : .085f;
  pa_vec p = pa_v((m->wide[row][right] + .006f) * sinf(az), y,
                  neck + .004f + deep * cosf(az));
  pa_vec start = cap_place(h, CAP - 1, az);
  float k = (m->skull.center.y - y) / (m->skull.center.y - m->skull.chin.y);
  float s = pa_smoothstep(0, 1, k), behind = pa_smoothstep(0, 2.2f, k);
  p = pa_v(start.x + s * (p.x - start.x), y,
           start.z + (cosf(az) > 0 ? s : behind) * (p.z - start.z));
  /* Before the chin is reached it does not come before the ears. */
  float shoulder = h->figure->head[h->figure->bone[PA_BONE_UPPERARM]].y;
  float low =
      pa_clamp((m->skull.chin.y - y) / (m->skull.chin.y - shoulder), 0, 1);
  p.z = fminf(p.z, m->skull.ear.z + .016f + .12f * low * low);
  return pa_relief_clear(&h->relief, p, .012f);
}

/* The side on which one tress hangs alone, or -1. */
static int lone_side(const pa_hair_measures *m) {
  unsigned falls[PA_HAIR_SIDES] = {0, 0};
  for (unsigned r = 0; m->is_long && r < FALL; r++)
    for (int s = 0; s < PA_HAIR_SIDES; s++)
      falls[s] += m->falls[r][s];
  for (int s = 0; s < PA_HAIR_SIDES; s++)
    if (falls[!s] * 3 < FALL && falls[s] * 2 > FALL) return s;
  return -1;
}

static float fall_opening(const hair *h, unsigned row, int side) {
  const pa_hair_measures *m = &h->m;
  if (!m->falls[row][side]) return PA_PI * .6f;
  float ratio = m->inner[row][side] / fmaxf(m->wide[row][side], .01f);
  return pa_clamp(asinf(pa_clamp(ratio, 0, .98f)) - PA_HAIR_BEYOND / 2, .2f,
                  2.2f);
}

static float cap_opening(const hair *h, unsigned row, int side) {
  float open = h->m.open[row][side];
  return open > PA_PI / 2 ? open : fmaxf(0, open - h->beyond);
}

static void build_cap(const hair *h, pa_shell *shell) {
  for (unsigned r = 0; r < CAP; r++) {
    float left = cap_opening(h, r, 0), right = cap_opening(h, r, 1);
    for (unsigned c = 0; c <= LAST; c++)
      shell->at[r][c] = cap_place(h, r, column_azimuth(left, right, c));
  }
}

/* Where hair begins below the ears on a side, `t` of the way down. */
static float low_opening(const hair *h, unsigned row, float t, int side) {
  float first = cap_opening(h, CAP - 1, side);
  bool falls = h->m.is_long && h->lone != !side;
  float want = falls ? fall_opening(h, row, side)
                     : fmaxf(first, 1.9f + .05f * (t * NAPE - 1));
  float k = pa_smoothstep(-1, h->m.is_long ? 6 : 2, (float)row);
  return first + k * (want - first);
}

/* One tress alone does not go round the neck: it is gathered from hair that
 * ends at the nape. */
static pa_vec low_place(const hair *h, unsigned row, float t, float az) {
  if (!h->m.is_long) return nape_place(h, t, az);
  if (h->lone < 0) return fall_place(h, row, az);
  float round = h->lone ? 2 * PA_PI - az : az;
  float k = 1 - pa_smoothstep(1.8f, 2.5f, round);
  return pa_mix(nape_place(h, t, az), fall_place(h, row, az), k);
}

static void build_below(const hair *h, pa_shell *shell) {
  unsigned rows = h->m.is_long ? FALL : h->hat_alone ? BAND : NAPE;
  for (unsigned r = 0; r < rows; r++) {
    float t = (float)(r + 1) / (float)(h->m.is_long ? FALL : NAPE);
    float left = low_opening(h, r, t, 0), right = low_opening(h, r, t, 1);
    for (unsigned c = 0; c <= LAST; c++)
      shell->at[CAP + r][c] =
          low_place(h, r, t, column_azimuth(left, right, c));
  }
  shell->rows = CAP + rows;
}

/* Above the ears, but for the columns that go on over the face. */
static bool is_whole(unsigned row, unsigned column) {
  bool closed = pa_hair_elevation(row) > 1.05f;
  return row < CAP && (closed || (column > 3 && column + 3 < LAST));
}

/* Of a head that is turned the map is too rough for more than the face's side.
 */
static bool is_whole_turned(unsigned row, unsigned column) {
  return is_whole(row, column) ||
         (row >= CAP && column > 3 && column + 3 < LAST);
}

bool pa_hair_shell(const pa_figure *f, const pa_sight *s, const pa_view *view,
                   const pa_outfit *outfit, pa_shell *shell) {
  shell->rows = 0;
  unsigned pixels =
      pa_sight_pixels(s, PA_BIT(PA_LABEL_HAIR) | PA_BIT(PA_LABEL_HAT));
  bool likely = outfit->swatches.likely_hair;
  if (!outfit->swatches.has_hair || (pixels < 60 && !likely)) return false;
  hair *h = pa_mem_calloc(1, sizeof *h);
  if (!h) return false;
  h->figure = f;
  h->hat_alone = outfit->swatches.hat_alone;
  h->beyond = likely ? 0 : PA_HAIR_BEYOND;
  bool made =
      likely ? pa_hair_likely(f, &h->m) : pa_hair_measure(f, s, view, &h->m);
  if (made) {
    pa_relief_of(f, &h->relief);
    h->lone = lone_side(&h->m);
    round_off(h);
    build_cap(h, shell);
    build_below(h, shell);
    /* Hair that lies behind the ears is seen from the side. */
    shell->has_axis = true;
    shell->axis = h->m.skull.center.z;
  }
  shell->fray = h->m.is_long ? LONG_ENDS : SHORT_ENDS;
  pa_mem_free(h);
  const float rect[4] = {.4f, .5f, .3f, .365f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = PA_SOURCE_HAIR;
  shell->material = PA_MATERIAL_HAIR;
  shell->color = outfit->swatches.hair;
  shell->cut = PA_CUT_HAIR;
  shell->unseen = likely;
  shell->whole =
      fabsf(view->face.towards.x) > .42f ? is_whole_turned : is_whole;
  return made;
}

void pa_hair_skin(const pa_figure *f, pa_vec p, uint8_t bone[4],
                  uint8_t weight[4]) {
  int chin = pa_body_mark_find(f->body, 152);
  float top = chin < 0 ? p.y : f->point[chin].y + .02f;
  float shoulder = f->head[f->bone[PA_BONE_UPPERARM]].y;
  float below = pa_smoothstep(0, top - shoulder + .06f, top - p.y);
  const unsigned bones[3] = {f->bone[PA_BONE_HEAD], f->bone[PA_BONE_NECK],
                             f->bone[PA_BONE_SPINE_3]};
  const float shares[3] = {1 - .85f * below, .3f * below * (1 - below),
                           .85f * below};
  pa_shell_weights(bones, shares, 3, bone, weight);
}
