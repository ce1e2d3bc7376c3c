/* The skin's colour, and what the light did to it. */
#include <math.h>

#include "avatar2d/measure.h"
#include "base/clamp.h"

static float chroma(pa_oklab lab) {
  return hypotf(lab.a, lab.b);
}

static pa_oklab with_chroma(pa_oklab lab, float chroma, float hue) {
  return (pa_oklab){lab.l, chroma * cosf(hue), chroma * sinf(hue)};
}

/* Human skin has hues from about 35 to 75 degrees in OKLab; what lies outside
 * is coloured light. */
static pa_oklab as_skin(pa_oklab lab, bool grey) {
  const float least = .7f, most = 1.25f; /* radians */
  float hue = atan2f(lab.b, lab.a), c = chroma(lab);
  lab.l = fminf(fmaxf(lab.l, .34f), .885f);
  if (grey || c < .012f) return with_chroma(lab, .062f, .95f);
  hue = fminf(fmaxf(hue, least), most);
  /* Dark skin is richer in colour than very light one. */
  float top = lab.l > .8f ? .07f : .092f, low = lab.l > .8f ? .032f : .055f;
  return with_chroma(lab, fminf(fmaxf(c, low), top), hue);
}

/* ------------------------------------------------------------ exposure */

/* The whites of eyes and teeth have a lightness of about .8 in good light.
 * Where the brightest of them is darker the photo is, and with it skin and hair
 * are lifted; not by the whole difference, since small eyes show little white.
 */
static float find_lift(pa_measure *m, const pa_traits *t) {
  const float white = .8f, trust = .6f, most = 1.22f;
  /* Shut eyes show no white. */
  if (!m->head.mesh || fmaxf(t->eyes.open_left, t->eyes.open_right) < .2f)
    return 1;
  m->samples.count = 0;
  for (int side = -1; side <= 1; side += 2)
    pa_measure_look(m, ~(pa_labels)1, (float)side * t->eyes.x, 0,
                    .48f * t->eyes.width, .16f * t->eyes.width);
  if (t->mouth.open > 4)
    pa_measure_look(m, ~(pa_labels)1, 0, t->mouth.y, .34f * t->mouth.width,
                    .35f * t->mouth.open);
  if (m->samples.count < 20) return 1;
  float seen = pa_samples_median(&m->samples, .94f, 1).l;
  return fminf(fmaxf(powf(white / fmaxf(seen, .2f), trust), 1), most);
}

static pa_oklab lifted(pa_oklab lab, float lift) {
  /* Light grows the three alike; what is light already has no room. */
  float k = 1 + (lift - 1) * fminf(fmaxf((.92f - lab.l) / .3f, 0), 1);
  return (pa_oklab){lab.l * k, lab.a * k, lab.b * k};
}

/* Skin looks pink or violet where only the sky lights it, green below lamps and
 * leaves. What the hue of most people's skin lacks is the light's, and the hair
 * lacks it too. */
static void find_cast(pa_measure *m) {
  const float usual = .82f, rich = .068f;
  const float least = .62f, most = 1.12f; /* radians; chroma */
  pa_oklab seen = m->skin_seen;
  float hue = atan2f(seen.b, seen.a);
  m->shade = 0, m->cast_a = m->cast_b = 0;
  if (m->patch.grey || chroma(seen) < .012f) return;
  float off = hue < -2 ? 0 : fmaxf(least - hue, 0);
  m->shade = fminf(off / .25f, 1);
  float part = .8f * fmaxf(m->shade, fminf(fmaxf(hue - most, 0) / .25f, 1));
  m->cast_a = part * (rich * cosf(usual) - seen.a);
  m->cast_b = part * (rich * sinf(usual) - seen.b);
}

/* Skin that is darker than any, or nearly so in little light, is of middle
 * tone. */
static pa_oklab relit(const pa_measure *m, float dim, pa_oklab lab) {
  if (m->skin_seen.l < (dim > .3f ? .33f : .22f))
    lab.l = chroma(m->skin_seen) > .1f * m->skin_seen.l ? .5f : .64f;
  lab.l *= 1 + (.04f + .1f * dim) * m->shade * (lab.l < .7f ? 1 : 0);
  lab.a += m->cast_a, lab.b += m->cast_b;
  return lab;
}

static pa_oklab between(pa_oklab a, pa_oklab b, float t) {
  return (pa_oklab){a.l + (b.l - a.l) * t, a.a + (b.a - a.a) * t,
                    a.b + (b.b - a.b) * t};
}

/* Forehead, cheeks and nose shine on dark skin, which is not as light as they
 * are; the whole face has its shadows. The truth lies between. */
static void see_whole_face(pa_measure *m) {
  m->samples.count = 0;
  pa_measure_look(m, m->face, 0, 18, 66, 74);
  if (m->samples.count < 60) return;
  pa_oklab all = pa_samples_median(&m->samples, .25f, .7f);
  m->skin_seen = between(m->skin_seen, all, .5f);
}

static bool see_half(pa_measure *m, float side, pa_oklab *seen) {
  m->samples.count = 0;
  pa_measure_look(m, m->face, side * 36, 14, 24, 60);
  if (m->samples.count < 30) return false;
  *seen = pa_samples_median(&m->samples, .25f, .75f);
  return true;
}

/* Light from one side leaves the other in a shadow, which is not the skin's. Of
 * 71 faces 6 have halves that differ by .2 and more, 56 by .12 at most. */
static void see_lit_half(pa_measure *m) {
  pa_oklab left, right;
  if (!m->head.face || !see_half(m, -1, &left) || !see_half(m, 1, &right))
    return;
  float apart = fabsf(left.l - right.l);
  float shadow = .7f * fminf(fmaxf((apart - .15f) / .1f, 0), 1) +
                 .25f * fminf(fmaxf((apart - .25f) / .15f, 0), 1);
  m->skin_seen = between(m->skin_seen, left.l > right.l ? left : right, shadow);
}

static float pixels_in(const pa_measure *m, pa_labels set) {
  uint32_t sum = 0;
  for (size_t k = 0; k < pa_label_count() && k < 64; k++)
    if (set >> k & 1) sum += m->person->label_pixels[k];
  return (float)sum;
}

/* Hats and hair shade a face, not the arms: where much of these is seen, and
 * they are much lighter, they tell the skin. */
static void see_body(pa_measure *m) {
  const float much = 1.5f, most = .75f; /* most: of the body's colour */
  if (pixels_in(m, m->skin) < much * pixels_in(m, m->face)) return;
  m->samples.count = 0;
  pa_samples_ellipse(&m->samples, &m->patch, m->skin, 0, 200, 208, 128);
  if (m->samples.count < 60) return;
  pa_oklab body = pa_samples_median(&m->samples, .3f, .7f);
  float apart = body.l - m->skin_seen.l;
  float part = most * pa_clamp((apart - .1f) / .1f, 0, 1);
  m->skin_seen = between(m->skin_seen, body, part);
}

void pa_measure_skin(pa_measure *m, pa_traits *t) {
  /* Dim where the whole photo is, or the whites of the eyes alone. */
  float lift = find_lift(m, t);
  t->face.dim = fmaxf(pa_measure_dim(m), fminf((lift - 1) / .2f, 1));
  m->samples.count = 0;
  pa_measure_look(m, m->face, 0, -42, 30, 14);
  pa_measure_look(m, m->face, -36, 28, 14, 12);
  pa_measure_look(m, m->face, 36, 28, 14, 12);
  pa_measure_look(m, m->face, 0, 18, 8, 14);
  if (m->samples.count < 30) pa_measure_look(m, m->face, 0, 20, 80, 100);
  if (m->samples.count < 30)
    pa_samples_ellipse(&m->samples, &m->patch, m->skin, 0, 120, 200, 200);
  if (m->samples.count < 10) return;
  m->skin_seen = pa_samples_median(&m->samples, .3f, .66f);
  see_whole_face(m);
  see_lit_half(m);
  see_body(m);
  find_cast(m);
  pa_oklab lab = relit(m, t->face.dim, lifted(m->skin_seen, lift));
  t->face.skin = pa_oklab_color(as_skin(lab, m->patch.grey));
}
