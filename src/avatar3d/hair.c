#include "avatar3d/hair.h"

#include <string.h>

#include "base/mem.h"

#define CAP PA_HAIR_CAP
#define FALL PA_HAIR_FALL
#define NAPE 6      /* rows from the ears' height to the nape of short hair */
#define BAND 2      /* of these a hat has with no hair below it */
#define CLOSE .007f /* metres over the skull at the ears' height */
#define LAST (PA_SHELL_COLUMNS - 1)

typedef struct hair {
  pa_hair_measures m;
  const pa_figure *figure;
  pa_relief relief;
  float beyond; /* radians that the surface goes on, cut by its alpha */
  bool hat_alone;
} hair;

/* Column c of a row that opens at `left` and `right`: from the left edge round
 * the back to the right one. */
static float column_azimuth(float left, float right, unsigned c) {
  return left + (float)c / LAST * (2 * PA_PI - right - left);
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

/* How far over the skull the surface lies. */
static float thickness(const hair *h, unsigned row, float az) {
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
  t = .003f + within * (t - .003f);
  return fmaxf(t, over_ear(h, el, az, side < 0 ? right : left));
}

static pa_vec cap_place(const hair *h, unsigned row, float az) {
  float el = pa_hair_elevation(row);
  pa_vec p = pa_skull_place(&h->m.skull, el, az, thickness(h, row, az));
  /* Beside the cheeks it hangs down from the temples. */
  float most = h->m.skull.ear.z + .02f + .09f * pa_smoothstep(-.1f, .5f, el);
  p.z = fminf(p.z, most);
  return p;
}

/* Short hair: down the back of the head to the nape. */
static pa_vec nape_place(const hair *h, unsigned row, float az) {
  float t = (float)(row + 1) / NAPE;
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

static float fall_opening(const hair *h, unsigned row, int side) {
  const pa_hair_measures *m = &h->m;
  unsigned mine = 0, theirs = 0;
  for (unsigned r = 0; r < FALL; r++)
    mine += m->falls[r][side], theirs += m->falls[r][!side];
  /* One tress alone does not go round the neck. */
  if (mine * 3 < FALL && theirs * 2 > FALL) return PA_PI * 1.2f;
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

static void build_below(const hair *h, pa_shell *shell) {
  unsigned rows = h->m.is_long ? FALL : h->hat_alone ? BAND : NAPE;
  float first[2] = {cap_opening(h, CAP - 1, 0), cap_opening(h, CAP - 1, 1)};
  for (unsigned r = 0; r < rows; r++) {
    float edge[2];
    for (int s = 0; s < 2; s++) {
      float want = h->m.is_long ? fall_opening(h, r, s)
                                : fmaxf(first[s], 1.9f + .05f * (float)r);
      float k = pa_smoothstep(-1, h->m.is_long ? 6 : 2, (float)r);
      edge[s] = first[s] + k * (want - first[s]);
    }
    for (unsigned c = 0; c <= LAST; c++) {
      float az = column_azimuth(edge[0], edge[1], c);
      shell->at[CAP + r][c] =
          h->m.is_long ? fall_place(h, r, az) : nape_place(h, r, az);
    }
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
    build_cap(h, shell);
    build_below(h, shell);
    /* Hair that lies behind the ears is seen from the side. */
    shell->has_axis = true;
    shell->axis = h->m.skull.center.z;
  }
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
