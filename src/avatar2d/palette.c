#include "avatar2d/palette.h"

#include <math.h>

#include "avatar2d/style.h"
#include "stitch/color.h"

static float chroma(pa_oklab c) {
  return hypotf(c.a, c.b);
}

static pa_oklab with_chroma(pa_oklab c, float wanted, float hue) {
  return (pa_oklab){c.l, wanted * cosf(hue), wanted * sinf(hue)};
}

/* Between the points of a curve, x ascending; beyond its ends, their y. */
static float curve(const float (*v)[2], int n, float x) {
  if (x <= v[0][0]) return v[0][1];
  for (int i = 1; i < n; i++)
    if (x <= v[i][0])
      return v[i - 1][1] + (v[i][1] - v[i - 1][1]) * (x - v[i - 1][0]) /
                               (v[i][0] - v[i - 1][0]);
  return v[n - 1][1];
}

pa_color pa_palette_skin(pa_color seen, float dim) {
  /* Lightness; the chroma that skin of a lightness has at least. */
  static const float lift[][2] = {{.3f, .36f},  {.42f, .46f}, {.5f, .575f},
                                  {.58f, .72f}, {.66f, .8f},  {.74f, .84f},
                                  {.9f, .905f}};
  static const float rich[][2] = {
      {.36f, .06f}, {.5f, .088f}, {.7f, .088f}, {.8f, .075f}, {.9f, .045f}};
  const float usual = .96f; /* hue, radians */
  pa_oklab c = pa_oklab_of(seen);
  float hue = atan2f(c.b, c.a), own = chroma(c);
  if (own < .02f) hue = usual;
  c.l +=
      (.3f + .7f * dim) * (curve(lift, sizeof lift / sizeof *lift, c.l) - c.l);
  own = fmaxf(own, curve(rich, sizeof rich / sizeof *rich, c.l));
  return pa_oklab_color(with_chroma(c, own, hue + .35f * (usual - hue)));
}

pa_color pa_palette_cloth(pa_color seen) {
  pa_oklab c = pa_oklab_of(seen);
  float own = chroma(c), hue = atan2f(c.b, c.a);
  const float grey = .022f, full = .12f;
  if (own < grey && c.l > .62f) { /* white, in whatever light */
    c.l += .75f * fminf((c.l - .62f) / .14f, 1) * fmaxf(.965f - c.l, 0);
    return pa_oklab_color(with_chroma(c, .5f * own, hue));
  }
  float dull = 1 - fminf(fmaxf((own - grey) / (full - grey), 0), 1);
  if (own >= grey) own *= 1 + .35f * dull;
  /* Most where it is neither black nor light. */
  float middle = fmaxf(1 - fabsf(c.l - .52f) / .3f, 0);
  c.l = fmaxf(c.l + .07f * middle, .2f);
  return pa_oklab_color(with_chroma(c, own, hue));
}

pa_color pa_palette_hair(pa_color seen, float lift) {
  pa_oklab c = pa_oklab_of(seen);
  float own = chroma(c), hue = atan2f(c.b, c.a);
  const float grey = .02f;
  float middle = fmaxf(1 - fabsf(c.l - .52f) / .26f, 0);
  float lit = .6f * lift * fminf(fmaxf((c.l - .28f) / .16f, 0), 1);
  c.l = fminf(fmaxf(c.l + .04f * middle + lit, .19f), .93f);
  if (own > grey) own *= 1 + .35f * middle;
  return pa_oklab_color(with_chroma(c, own, hue));
}

/* How much lighter the skin became goes for what lies on it. */
static pa_color along(pa_color color, float by) {
  pa_oklab c = pa_oklab_of(color);
  c.l = fminf(c.l + by, .9f);
  return pa_oklab_color(c);
}

void pa_palette_clear(pa_traits *t) {
  pa_color skin = pa_palette_skin(t->face.skin, t->face.dim);
  float by = pa_lightness(skin) - pa_lightness(t->face.skin);
  t->face.skin = skin;
  t->mouth.color = along(t->mouth.color, .8f * by);
  t->hair.color = pa_palette_hair(t->hair.color, by);
  t->beard.color = pa_palette_hair(t->beard.color, by);
  t->upper.color = pa_palette_cloth(t->upper.color);
  t->upper.second = pa_palette_cloth(t->upper.second);
  t->upper.tie_color = pa_palette_cloth(t->upper.tie_color);
  t->lower.color = pa_palette_cloth(t->lower.color);
  t->lower.shoes = pa_palette_cloth(t->lower.shoes);
}
