#include "avatar3d/hair_measure.h"

#include <string.h>

#include "avatar3d/brim.h"

#define CAP PA_HAIR_CAP
#define FALL PA_HAIR_FALL
#define SIDES PA_HAIR_SIDES
#define STEP .003f /* metres, when looking along the photo */
#define SET (PA_BIT(PA_LABEL_HAIR) | PA_BIT(PA_LABEL_HAT))

typedef struct eye {
  const pa_sight *sight;
  const pa_face_map *map;
} eye;

float pa_hair_elevation(unsigned row) {
  return PA_PI / 2 * (1 - (float)row / (CAP - 1));
}

float pa_hair_height(const pa_hair_measures *h, unsigned row) {
  float t = (float)(row + 1) / FALL;
  return h->skull.center.y + t * (h->bottom - h->skull.center.y);
}

pa_vec pa_hair_map(const void *data, pa_vec p) {
  const pa_face_map *map = data;
  const float(*w)[2] = map->affine;
  return pa_v(w[0][0] + w[1][0] * p.x + w[2][0] * p.y + w[3][0] * p.z,
              w[0][1] + w[1][1] * p.x + w[2][1] * p.y + w[3][1] * p.z, 0);
}

/* A brim is a surface of its own: the cap below it is no wider than a hat. */
static void leave_out_brim(float height, pa_hair_measures *h) {
  for (unsigned r = 0; r < CAP; r++)
    for (int s = 0; s < SIDES; s++) {
      pa_vec p = pa_skull_place(&h->skull, pa_hair_elevation(r),
                                s ? -PA_PI / 2 : PA_PI / 2, h->thick[r][s]);
      if (p.y < height + .045f) h->thick[r][s] = fminf(h->thick[r][s], .016f);
    }
}

static bool hair_at(const eye *e, pa_vec place) {
  pa_vec at = pa_hair_map(e->map, place);
  return pa_sight_is(e->sight, SET, at.x, at.y);
}

static bool outside_photo(const eye *e, pa_vec place) {
  pa_vec at = pa_hair_map(e->map, place);
  return at.x < 1 || at.y < 1 || at.x > (float)e->sight->width - 1 ||
         at.y > (float)e->sight->height - 1;
}

/* How far the hair reaches beyond the skull to one side. */
static float reach_of(const eye *e, const pa_skull *s, float el, int side) {
  float az = side ? -PA_PI / 2 : PA_PI / 2, last = 0;
  unsigned gap = 0;
  for (float d = -.012f; d < .16f && gap < 5; d += STEP) {
    pa_vec p = pa_skull_place(s, el, az, d);
    if (outside_photo(e, p)) return last > 0 ? fmaxf(last, .024f) : last;
    if (hair_at(e, p))
      last = d, gap = 0;
    else
      gap++;
  }
  return last;
}

/* The azimuth at which the hair ends towards the face, seen from the side. */
static float opening(const eye *e, const pa_skull *s, float el, int side) {
  float found = PA_PI / 2;
  unsigned gap = 0;
  for (float az = PA_PI / 2; az > 0 && gap < 3; az -= .04f) {
    if (hair_at(e, pa_skull_place(s, el, side ? -az : az, .004f)))
      found = az, gap = 0;
    else
      gap++;
  }
  return found < .1f ? 0 : found;
}

#define TEMPLE 1.3f  /* radians from the front */
#define BESIDE .068f /* metres from the middle, beside a face */
#define LIKELY .02f  /* metres of hair over the skull */

/* Where hair begins on a head that the photo does not show: a hairline over the
 * forehead, temples, sideburns. */
static float likely_opening(const pa_hair_measures *h, float el) {
  float front = fminf(h->hairline, 1.04f);
  float t = (front - el) / fmaxf(front - .15f, .1f);
  if (t <= 0) return 0;
  if (t >= 1) return PA_PI / 2 + .3f;
  return .35f + .95f * powf(t, .75f);
}

static void measure_cap(const eye *e, pa_hair_measures *h) {
  for (unsigned r = 0; r < CAP; r++)
    for (int s = 0; s < SIDES; s++) {
      float el = pa_hair_elevation(r);
      pa_vec side =
          pa_skull_place(&h->skull, el, s ? -PA_PI / 2 : PA_PI / 2, LIKELY);
      if (e->map->blind && outside_photo(e, side)) {
        h->thick[r][s] = LIKELY;
        h->open[r][s] = el > 1.05f ? 0 : likely_opening(h, el) + PA_HAIR_BEYOND;
        continue;
      }
      h->thick[r][s] = pa_clamp(reach_of(e, &h->skull, el, s), .006f, .13f);
      float a = el > 1.05f ? 0 : opening(e, &h->skull, el, s);
      /* behind the ears where nothing else is seen */
      if (a >= PA_PI / 2 - .02f) a = PA_PI / 2 + (el > .25f ? 0 : .3f);
      h->open[r][s] = a;
    }
}

/* A row's hair on one side: from the middle outwards, the first and the last
 * place of the widest run. */
static bool run_of(const eye *e, const pa_skull *s, float y, int side,
                   float *inner, float *outer) {
  float best = 0, begin = 0, x = .004f;
  bool inside = false;
  float most = y < s->chin.y ? .16f : .105f; /* beyond is another row's */
  const int steps = 99;                      /* to .3 m */
  for (int i = 0; i < steps; i++, x += STEP) {
    if (!inside && x > most) break;
    bool is = hair_at(e, pa_v(side ? -x : x, y, s->ear.z));
    if (is && !inside) begin = x;
    if (!is && inside && x - begin > best)
      best = x - begin, *inner = begin, *outer = x;
    inside = is;
  }
  return best > .008f;
}

/* How low the hair comes on either side, from the ears on. */
static void measure_bottom(const eye *e, pa_hair_measures *h) {
  float ear = h->skull.ear.y - .02f, a, b;
  h->bottom = ear;
  for (int s = 0; s < SIDES; s++) {
    unsigned gap = 0;
    for (float y = ear; y > h->skull.chin.y - .55f && gap < 5; y -= .01f) {
      if (outside_photo(e, pa_v(0, y, h->skull.ear.z))) break;
      if (run_of(e, &h->skull, y, s, &a, &b))
        gap = 0, h->bottom = fminf(h->bottom, y);
      else
        gap++;
    }
  }
  h->is_long = h->bottom < ear - .045f;
}

static void measure_fall(const eye *e, float shoulder, pa_hair_measures *h) {
  for (unsigned r = 0; r < FALL; r++)
    for (int s = 0; s < SIDES; s++) {
      float y = pa_hair_height(h, r), a = 0, b = 0;
      h->falls[r][s] = run_of(e, &h->skull, y, s, &a, &b);
      if (e->map->blind && outside_photo(e, pa_v(0, y, h->skull.ear.z)))
        h->falls[r][s] = true, a = BESIDE, b = BESIDE + LIKELY;
      h->inner[r][s] = h->falls[r][s] ? a : .12f;
      h->wide[r][s] = h->falls[r][s] ? pa_clamp(b, .06f, .20f) : .075f;
      if (h->falls[r][s] && y < shoulder - .04f) h->before[s] = true;
    }
}

/* Over hair that hangs the cap stands out no further than that does. */
static void limit_cap(pa_hair_measures *h) {
  for (int s = 0; s < SIDES; s++) {
    float most = .09f;
    for (unsigned r = 0; r < FALL / 2; r++)
      if (h->falls[r][s]) most = fmaxf(most, h->wide[r][s]);
    for (unsigned r = CAP / 2; r < CAP; r++) {
      float skull = pa_skull_radius(&h->skull, pa_hair_elevation(r),
                                    s ? -PA_PI / 2 : PA_PI / 2);
      h->thick[r][s] =
          pa_clamp(h->thick[r][s], .006f, fmaxf(.012f, most + .012f - skull));
    }
  }
}

#define CREST                                                                  \
  .035f /* metres that hair rises over the crown more than beside it */

/* What rises higher is a bun, or a few strands: not the form of the whole. Hats
 * rise as they are. */
static void limit_crown(const pa_sight *s, pa_hair_measures *h) {
  if (pa_sight_pixels(s, PA_BIT(PA_LABEL_HAT)) > 0) return;
  float beside = 0, rows = 0;
  for (unsigned r = 0; r < CAP; r++) {
    float el = pa_hair_elevation(r);
    if (el < .45f || el > .8f) continue;
    beside += (h->thick[r][0] + h->thick[r][1]) / 2, rows++;
  }
  beside /= fmaxf(rows, 1);
  for (unsigned r = 0; r < CAP; r++)
    for (int side = 0; side < SIDES && pa_hair_elevation(r) > .8f; side++)
      h->thick[r][side] = fminf(h->thick[r][side], beside + CREST);
}

/* A head that is turned shows one half of its hair: it stands for both. */
static void mirror(const pa_face_map *map, pa_hair_measures *h) {
  if (fabsf(map->towards.x) < .42f) return;
  int seen = map->towards.x > 0 ? 0 : 1;
  for (unsigned r = 0; r < CAP; r++) {
    h->thick[r][!seen] = h->thick[r][seen];
    h->open[r][!seen] = h->open[r][seen];
  }
  for (unsigned r = 0; r < FALL; r++) {
    h->wide[r][!seen] = h->wide[r][seen];
    h->inner[r][!seen] = h->inner[r][seen];
    h->falls[r][!seen] = h->falls[r][seen];
  }
  h->before[!seen] = h->before[seen];
}

static void smooth(float (*v)[SIDES], unsigned rows, int rounds) {
  for (int k = 0; k < rounds; k++)
    for (int s = 0; s < SIDES; s++) {
      float before = v[0][s];
      for (unsigned r = 1; r + 1 < rows; r++) {
        float own = v[r][s];
        v[r][s] = (before + 2 * own + v[r + 1][s]) / 4;
        before = own;
      }
    }
}

/* The elevation of the forehead's hairline. */
static float hairline_of(const pa_figure *f, const pa_skull *s) {
  int brow = pa_body_mark_find(f->body, 10);
  if (brow < 0) return .9f;
  pa_vec d = pa_sub(f->point[brow], s->center);
  return pa_clamp(atan2f(d.y + .018f, d.z), .5f, 1.04f);
}

bool pa_hair_likely(const pa_figure *f, pa_hair_measures *h) {
  memset(h, 0, sizeof *h);
  if (!pa_skull_of(f, &h->skull)) return false;
  h->hairline = hairline_of(f, &h->skull);
  for (unsigned r = 0; r < CAP; r++)
    for (int s = 0; s < SIDES; s++) {
      float el = pa_hair_elevation(r);
      h->thick[r][s] = LIKELY;
      h->open[r][s] = el > 1.05f ? 0 : likely_opening(h, el);
    }
  smooth(h->open, CAP, 3);
  return true;
}

bool pa_hair_measure(const pa_figure *f, const pa_sight *sight,
                     const pa_view *view, pa_hair_measures *h) {
  memset(h, 0, sizeof *h);
  const eye e = {sight, &view->face};
  if (!view->face.count || !pa_skull_of(f, &h->skull)) return false;
  h->hairline = hairline_of(f, &h->skull);
  measure_cap(&e, h);
  float height, reach;
  if (pa_brim_find(f, sight, view, &height, &reach)) leave_out_brim(height, h);
  measure_bottom(&e, h);
  if (h->is_long) {
    measure_fall(&e, f->head[f->bone[PA_BONE_UPPERARM]].y, h);
    limit_cap(h);
    /* Long hair of a head that is cut off hangs down before the ears. */
    for (unsigned r = 0; view->face.blind && r < CAP; r++)
      for (int s = 0; s < SIDES; s++)
        h->open[r][s] = fminf(h->open[r][s], TEMPLE);
  }
  limit_crown(sight, h);
  mirror(&view->face, h);
  smooth(h->thick, CAP, 3);
  smooth(h->open, CAP, 2);
  for (int s = 0; s < SIDES; s++) {
    float before = pa_skull_radius(&h->skull, 0, s ? -PA_PI / 2 : PA_PI / 2) +
                   h->thick[CAP - 1][s];
    for (unsigned r = 0; r < FALL; r++) /* it neither spreads nor draws in
                                           at once */
      before = h->wide[r][s] =
          pa_clamp(h->wide[r][s], before - .007f, before + .012f);
  }
  smooth(h->wide, FALL, 5);
  smooth(h->inner, FALL, 5);
  return true;
}
