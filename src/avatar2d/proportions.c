#include "avatar2d/proportions.h"

#include <math.h>
#include <string.h>

#include "base/clamp.h"

/* Means over two hundred faces in photos, as measure_face.c gives them. */
static const float common_outline[PA_OUTLINE] = {51,    55.5f, 68, 67,   64,
                                                 58.5f, 48,    33, 18.7f};
/* What a face of those means is drawn as: a young one, and one that is grown,
 * with a long square jaw; as far to the other side lies a small child's. */
static const float round_outline[PA_OUTLINE] = {54, 67, 74, 74, 70,
                                                62, 50, 35, 19};
static const float grown_outline[PA_OUTLINE] = {54, 66, 72, 70.5f, 67.5f,
                                                63, 55, 41, 24};
static const float pointed_outline[PA_OUTLINE] = {54, 68, 74, 73, 68,
                                                  58, 44, 28, 14};
static const float lean_outline[PA_OUTLINE] = {54,    66,    71, 69, 65,
                                               58.5f, 48.5f, 34, 18};

/* `value` stands as far from `drawn` as, times `gain`, from `common`. */
static float apart(float value, float common, float drawn, float gain) {
  return drawn + gain * (value - common);
}

static float mix(float a, float b, float t) {
  return a + (b - a) * t;
}

static void draw_outline(const pa_traits *own, bool pointed, pa_traits *t) {
  const float *young = pointed ? pointed_outline : round_outline;
  const float *grown = pointed ? lean_outline : grown_outline;
  const float k = own->face.grown, gain = pointed ? 1.4f : 1.8f;
  /* Who has a wide face has a wide jaw: what tells faces apart is one against
   * the other, and both together a little. */
  float wide = own->face.outline[2] / common_outline[2];
  for (int i = 0; i < PA_OUTLINE; i++) {
    float common = common_outline[i] * wide;
    float scale = 1 + .8f * (wide - 1);
    float drawn = mix(young[i], grown[i], k) * scale;
    t->face.outline[i] = apart(own->face.outline[i], common, drawn, gain);
    if (i > 2 && i < 8) t->face.outline[i] += 2 * own->build;
  }
  for (int i = 3; i < PA_OUTLINE; i++) { /* no hourglasses */
    float above = t->face.outline[i - 1];
    t->face.outline[i] = pa_clamp(t->face.outline[i], .3f * above, above + 1);
  }
  float chin = pointed ? mix(88, 94, k) : mix(91, 98, k);
  t->face.chin = pa_clamp(apart(own->face.chin, 103, chin, 1.2f), 82, 107);
}

static float draw_openness(float open, float gain, float usual) {
  const float closed = .13f; /* see draw_eyes.c */
  if (open < closed) return open;
  return pa_clamp(apart(open, .3f, usual, gain), .3f, .95f);
}

/* 0..1: who laughs narrows the eyes. */
static float laughter(const pa_traits *own) {
  float smile = (own->mouth.smile - .18f) / .2f, open = own->mouth.open / 14;
  return pa_clamp(smile, 0, 1) * pa_clamp(open, 0, 1);
}

static void draw_eyes(const pa_traits *own, bool anime, pa_traits *t) {
  const float k = own->face.grown;
  float wide = anime ? mix(33, 30.5f, k) : mix(31, 28.5f, k);
  t->eyes.x = apart(own->eyes.x, 29.9f, 33, 1.8f);
  t->eyes.width = pa_clamp(apart(own->eyes.width, 25.6f, wide, 2), 24, 36);
  float usual = anime ? mix(.84f, .72f, k) : mix(.56f, .48f, k);
  t->eyes.open_left = draw_openness(own->eyes.open_left, 1.3f, usual);
  t->eyes.open_right = draw_openness(own->eyes.open_right, 1.3f, usual);
  float narrow = 1 - .24f * laughter(own);
  t->eyes.open_left *= own->eyes.open_left < .13f ? 1 : narrow;
  t->eyes.open_right *= own->eyes.open_right < .13f ? 1 : narrow;
  t->eyes.tilt = apart(own->eyes.tilt, .03f, .06f, 2);
}

static void draw_brows(const pa_traits *own, bool anime, pa_traits *t) {
  const float k = own->face.grown;
  float high = (anime ? -27 : -24) + 1.5f * k;
  t->brows.inner_x = apart(own->brows.inner_x, 13.1f, 14.5f, 1.5f);
  t->brows.outer_x = apart(own->brows.outer_x, 50.2f, 52, 1);
  /* Their height is enlarged, their slope is not: soon everybody frowns. */
  float in = own->brows.inner_y + 16.6f, peak = own->brows.peak_y + 20.2f;
  float out = own->brows.outer_y + 13.2f, all = .5f * (in + peak + out) / 3;
  t->brows.inner_y = high + 3 + all + in;
  t->brows.peak_y = high - 2.5f + all + peak;
  t->brows.outer_y = high + 5 + all + out;
  float thick = (anime ? 4.4f : 6) + k;
  t->brows.thickness =
      pa_clamp(apart(own->brows.thickness, 4.1f, thick, 1.5f), 2.6f, 11);
}

static void draw_features(const pa_traits *own, const pa_style *style,
                          pa_traits *t) {
  const float k = own->face.grown;
  bool anime = style->eyes == PA_EYES_ANIME;
  draw_eyes(own, anime, t);
  draw_brows(own, anime, t);
  t->nose.y = apart(own->nose.y, 40.3f, (anime ? 36 : 35) + 3 * k, 1.6f);
  t->nose.width =
      pa_clamp(apart(own->nose.width, 30.9f, 24.5f + 3 * k, 2), 16, 38);
}

static void draw_mouth(const pa_traits *own, bool anime, pa_traits *t) {
  const float k = own->face.grown;
  float room = t->face.chin - t->nose.y;
  float open = fminf(1.08f * own->mouth.open, pa_clamp(room - 31, 0, 25));
  t->mouth.open = open;
  t->mouth.width =
      apart(own->mouth.width, 49.5f, (anime ? 38 : 46) + 2 * k, 1.2f);
  float thin = 1 - .2f * k;
  t->mouth.upper = fmaxf(apart(own->mouth.upper, 5.7f, 5.6f * thin, 2), 2);
  t->mouth.lower = fmaxf(apart(own->mouth.lower, 8.3f, 7.5f * thin, 2), 3);
  t->mouth.smile =
      pa_clamp(apart(own->mouth.smile, .11f, .17f, 1.5f), -.34f, .6f);
  float y = apart(own->mouth.y, 61.2f, (anime ? 60 : 59) + 4 * k, 1);
  float high = t->nose.y + 12 + open / 2;
  float low = t->face.chin - 12 - open / 2 - .5f * t->mouth.lower;
  t->mouth.y = low < high ? (low + high) / 2 : pa_clamp(y, high, low);
}

/* ------------------------------------------------------------ hair */

/* Beside the face hair keeps to the face's edges; below the chin it comes up
 * with the shoulders. Over a face that is rounder than people's it stands
 * higher, too, or heads are flat. */
static pa_vec moved(pa_vec v, float wide, float chin) {
  const float temples = -40, high = 1.12f;
  const float tall = -130, less = .6f; /* the canvas ends at -180 */
  float down = v.y < temples ? temples + high * (fmaxf(v.y, tall) - temples) +
                                   less * fminf(v.y - tall, 0)
                             : v.y;
  if (v.y > 0) down = v.y < 100 ? v.y * chin / 100 : chin + (v.y - 100) * .95f;
  return (pa_vec){v.x * wide, down};
}

static pa_status draw_hair(pa_error *err, const pa_shape *own, float wide,
                           float chin, pa_shape *shape) {
  *shape = (pa_shape){0};
  if (!own->contours || !own->count) return PA_OK;
  pa_status status = pa_shape_create(err, shape);
  if (status != PA_OK) return status;
  shape->count = own->count;
  for (size_t i = 0; i < own->count; i++) {
    pa_contour *to = &shape->contours[i];
    to->count = own->contours[i].count;
    for (size_t k = 0; k < to->count; k++)
      to->points[k] = moved(own->contours[i].points[k], wide, chin);
  }
  return PA_OK;
}

pa_status pa_proportions_draw(pa_error *err, const pa_traits *own,
                              const pa_style *style, pa_traits *drawn) {
  bool anime = style->eyes == PA_EYES_ANIME;
  *drawn = *own;
  draw_outline(own, anime, drawn);
  draw_features(own, style, drawn);
  draw_mouth(own, anime, drawn);
  drawn->shoulders = pa_clamp(apart(own->shoulders, 125, 120, .8f), 104, 146);
  drawn->shoulders += 5 * own->build;
  drawn->shoulders *= 1 + .14f * fminf(own->face.grown, 0); /* a child's */
  float wide = drawn->face.outline[2] / fmaxf(own->face.outline[2], 1);
  float chin = 100 * drawn->face.chin / fmaxf(own->face.chin, 1);
  drawn->hair.length = moved((pa_vec){0, own->hair.length}, wide, chin).y;
  drawn->hair.parting *= wide;
  drawn->hair.back.contours = NULL;
  pa_status status =
      draw_hair(err, &own->hair.front, wide, chin, &drawn->hair.front);
  if (status == PA_OK)
    status = draw_hair(err, &own->hair.back, wide, chin, &drawn->hair.back);
  if (status != PA_OK) pa_traits_free(drawn);
  return status;
}
