/* Colours of hair, brows, lips, eyes and beard. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure.h"

static float chroma(pa_oklab lab) {
  return hypotf(lab.a, lab.b);
}

static pa_oklab with_chroma(pa_oklab lab, float chroma, float hue) {
  return (pa_oklab){lab.l, chroma * cosf(hue), chroma * sinf(hue)};
}

static pa_oklab as_hair(pa_oklab lab, bool grey) {
  float c = chroma(lab);
  /* Black hair mirrors the sky; blond hair is not as green as shadows are. */
  if (lab.l < .3f && c > .03f && lab.b < 0) lab = with_chroma(lab, .01f, -1);
  if (lab.l < .35f && lab.a < 0) lab.a = 0;
  /* So does grey hair, and a bald head's rim; lilac is dyed, and richer. */
  const float dyed = .06f;
  if (lab.l > .5f && lab.b < 0 && c < dyed) lab.a = .004f, lab.b = .006f;
  /* Green in hair is the meadow's or the lamp's; who dyes it takes more. */
  if (lab.a < .004f && lab.b > 0 && c < .1f) lab.a = .004f + .12f * lab.b;
  /* Nor is there hair of a purer yellow than this. */
  const float yellow = 1.3f, less = .8f; /* radians */
  if (lab.b > .025f && atan2f(lab.b, lab.a) > yellow)
    lab = with_chroma(lab, less * c, yellow);
  /* Grey hair is light; what is dark and grey is brown in a photo's haze. */
  if (lab.l > .27f && lab.l < .5f && c < .02f && !grey)
    lab.a = fmaxf(lab.a, .011f), lab.b = fmaxf(lab.b, .017f);
  /* Warm hair looks greyer in a photo's haze than it is remembered. */
  if (lab.b > .006f && lab.l < .8f) {
    float more = lab.l > .5f && c > .013f && c < .05f ? 1.6f : 1.3f;
    lab.a *= more, lab.b *= more;
  }
  lab.l = fminf(fmaxf(lab.l, .17f), .93f);
  return lab;
}

/* Hair as light as skin that lies in the shade is blond. */
static float brightened(const pa_measure *m, pa_oklab hair) {
  const float shaded = .56f, usual = .66f, most = 1.45f, blond = .72f;
  float skin = m->skin_seen.l;
  if (skin > shaded || hair.l < .97f * skin || hair.l > blond) return 1;
  return fminf(fminf(usual / fmaxf(skin, .1f), most), blond / hair.l);
}

static void measure_hair_color(pa_measure *m, pa_traits *t) {
  m->samples.count = 0;
  pa_samples_ellipse(&m->samples, &m->patch, m->hair, 0, -70, 100, 90);
  if (m->samples.count < 200)
    pa_samples_ellipse(&m->samples, &m->patch, m->hair, 0, 0, 200, 200);
  if (m->samples.count < 20) return;
  /* Blond hair is remembered as it is lit, dark hair as it mostly is. */
  const float blond = .46f;
  pa_oklab seen = pa_samples_median(&m->samples, .2f, .65f);
  if (seen.l > blond) seen = pa_samples_median(&m->samples, .32f, .82f);
  m->hair_seen = seen;
  float part = .8f * fminf(seen.l / fmaxf(m->skin_seen.l, .1f), 1);
  seen.a += part * m->cast_a, seen.b += part * m->cast_b;
  seen.l *= 1 + .1f * m->shade * (seen.l > .35f ? 1 : 0);
  float by = brightened(m, m->hair_seen);
  if (by > 1 && seen.b > .02f) t->face.dim = 1; /* who is not grey is blond */
  seen = (pa_oklab){by * seen.l, by * seen.a, by * seen.b};
  pa_oklab lab = as_hair(seen, m->patch.grey);
  t->hair.color = pa_oklab_color(lab);
}

/* At least this much darker than the skin. */
static pa_color darker(pa_color color, pa_color skin, float by) {
  pa_oklab lab = pa_oklab_of(color), on = pa_oklab_of(skin);
  if (lab.l > on.l - by) lab.l = fmaxf(on.l - by, .12f);
  return pa_oklab_color(lab);
}

static void measure_brow_color(pa_measure *m, pa_traits *t) {
  pa_color hair = pa_tone(t->hair.color, -.15f);
  m->samples.count = 0;
  for (int side = -1; side <= 1; side += 2)
    for (int i = 0; i < 4; i++) {
      float u = .15f + .2f * (float)i;
      float x = t->brows.inner_x + u * (t->brows.outer_x - t->brows.inner_x);
      float y = t->brows.inner_y +
                fminf(u / .6f, 1) * (t->brows.peak_y - t->brows.inner_y);
      pa_measure_look(m, m->face, (float)side * x, y, 4, 3);
    }
  t->brows.color = hair;
  if (m->head.mesh && m->samples.count >= 12) {
    pa_color seen = pa_oklab_color(pa_samples_median(&m->samples, .05f, .4f));
    t->brows.color = pa_mix(seen, hair, .35f);
  }
  t->brows.color = darker(t->brows.color, t->face.skin, .2f);
}

static void measure_lips(pa_measure *m, pa_traits *t) {
  pa_color usual = pa_mix(pa_tone(t->face.skin, -.16f), pa_hex(0xb5404a), .26f);
  float gap = t->mouth.open / 2;
  t->mouth.color = usual;
  if (!m->head.mesh) return;
  m->samples.count = 0;
  pa_measure_look(m, m->face, 0, t->mouth.y - gap - t->mouth.upper / 2,
                  .26f * t->mouth.width, .3f * t->mouth.upper);
  pa_measure_look(m, m->face, 0, t->mouth.y + gap + t->mouth.lower / 2,
                  .26f * t->mouth.width, .3f * t->mouth.lower);
  if (m->samples.count < 12 || m->patch.grey) return;
  pa_oklab lab = pa_samples_median(&m->samples, .3f, .8f);
  pa_oklab skin = pa_oklab_of(t->face.skin);
  lab.l = fminf(fmaxf(lab.l, skin.l - .26f), skin.l - .05f);
  lab.a = fminf(fmaxf(lab.a, skin.a + .008f), .14f);
  lab.b = fminf(fmaxf(lab.b, 0), .1f);
  t->mouth.color = pa_mix(pa_oklab_color(lab), usual, .35f);
}

/* Lit pixels between open lips are teeth. */
static void measure_teeth(pa_measure *m, pa_traits *t) {
  if (!m->head.mesh || t->mouth.open < 3) return;
  /* Who laughs shows the upper ones, whatever the light on them. */
  t->mouth.teeth = t->mouth.smile > .22f && t->mouth.open > 6;
  m->samples.count = 0;
  pa_measure_look(m, m->face, 0, t->mouth.y - .2f * t->mouth.open,
                  .3f * t->mouth.width, .25f * t->mouth.open);
  if (m->samples.count < 6) return;
  pa_oklab lab = pa_samples_median(&m->samples, .6f, .95f);
  t->mouth.teeth |= lab.l > .62f * pa_lightness(t->face.skin) + .1f;
}

/* One of the eyes' few colours: what a few pixels say cannot be taken as it
 * is. */
static void measure_iris(pa_measure *m, pa_traits *t) {
  float pixels = t->eyes.width * m->head.unit;
  t->eyes.color = pa_hex(0x4a2f1d);
  if (!m->head.mesh || pixels < 18 || t->eyes.open_left < .16f) return;
  m->samples.count = 0;
  for (int side = -1; side <= 1; side += 2)
    pa_measure_look(m, m->face, (float)side * t->eyes.x, -.5f,
                    .13f * t->eyes.width, .1f * t->eyes.width);
  if (m->samples.count < 8) return;
  pa_oklab lab = pa_samples_median(&m->samples, .3f, .75f);
  pa_oklab skin = pa_oklab_of(t->face.skin);
  float hue = atan2f(lab.b, lab.a), c = chroma(lab);
  float dark = lab.l / fmaxf(skin.l, .3f);
  if (dark < .42f || m->patch.grey) {
    t->eyes.color = pa_hex(dark < .34f ? 0x33211a : 0x4a2f1d);
    return;
  }
  if (lab.b < -.01f)
    t->eyes.color = pa_hex(c < .02f ? 0x7d94a3 : 0x5b8db8);
  else if (hue > 1.6f && c > .02f)
    t->eyes.color = pa_hex(0x6f8a58);
  else if (dark > .6f)
    t->eyes.color = pa_hex(0x8a6a3c);
  else
    t->eyes.color = pa_hex(0x6b4527);
}

void pa_measure_colors(pa_measure *m, pa_traits *traits) {
  pa_measure_skin(m, traits);
  measure_hair_color(m, traits);
  pa_measure_brows(m, traits);
  measure_brow_color(m, traits);
  measure_lips(m, traits);
  measure_teeth(m, traits);
  measure_iris(m, traits);
}

/* ------------------------------------------------------------ beard */

/* How much darker than the cheeks a place is. */
static float growth(pa_measure *m, pa_oklab cheek, float x, float y, float r,
                    pa_oklab *seen) {
  m->samples.count = 0;
  pa_measure_look(m, m->face | m->hair, x, y, r, r);
  if (m->samples.count < 6) return 0;
  *seen = pa_samples_median(&m->samples, .2f, .7f);
  return cheek.l - seen->l;
}

/* Lips, where the mesh lies too high. */
static bool is_red(pa_oklab seen, pa_oklab skin) {
  return seen.a > skin.a + .02f ||
         chroma(seen) / fmaxf(seen.l, .05f) >
             1.6f * chroma(skin) / fmaxf(skin.l, .05f);
}

/* From how much darker than the cheeks it is above the lips, at the jaw and
 * under the lips; `unsure`: the upper lip alone says nothing. */
static pa_beard grown(float above, float jaw, float under, bool unsure) {
  if (above > .13f && jaw > .2f && under > .09f && above + jaw + under > .8f)
    return PA_BEARD_SHORT;
  if (above > .12f && jaw > .2f && jaw + under > .3f) return PA_BEARD_STUBBLE;
  if (above > .17f && jaw > .15f) return PA_BEARD_STUBBLE;
  if (above > .14f && under > .2f) return PA_BEARD_GOATEE;
  if (above > .2f && under < .08f && !unsure) return PA_BEARD_MOUSTACHE;
  return PA_BEARD_NONE;
}

void pa_measure_beard(pa_measure *m, pa_traits *t) {
  t->beard.kind = PA_BEARD_NONE;
  t->beard.color = pa_tone(t->hair.color, -.12f);
  if (!m->head.mesh || m->head.unit < .16f) return;
  pa_oklab cheek = {0}, seen = {0}, chin = {0}, lip_seen = {0};
  m->samples.count = 0;
  pa_measure_look(m, m->face, -34, 26, 9, 8);
  pa_measure_look(m, m->face, 34, 26, 9, 8);
  if (m->samples.count < 20) return;
  cheek = pa_samples_median(&m->samples, .3f, .8f);
  float low = t->mouth.y + t->mouth.open / 2 + t->mouth.lower;
  float high =
      (t->nose.y + t->mouth.y - t->mouth.open / 2 - t->mouth.upper) / 2;
  float under = growth(m, cheek, 0, (low + t->face.chin) / 2 + 2, 7, &chin);
  float above = growth(m, cheek, -12, high + 1, 4, &lip_seen);
  above = fminf(above, growth(m, cheek, 12, high + 1, 4, &seen));
  float jaw_y = .76f * t->face.chin, jaw_x = .74f * pa_face_half(t, jaw_y);
  float right = growth(m, cheek, -jaw_x, jaw_y, 7, &seen);
  float left = growth(m, cheek, jaw_x, jaw_y, 7, &seen);
  /* The farther jaw of a turned head is hardly seen. */
  const float turned = .25f;
  float jaw = m->head.yaw > turned    ? right
              : m->head.yaw < -turned ? left
                                      : fminf(left, right);
  /* Jaws lie in shadow; the place under the nose, on both sides, does not: of
   * thirty people the beardless have .09 there at most, the bearded .13 and
   * more. */
  t->beard.kind = grown(above, jaw, under,
                        is_red(lip_seen, cheek) || fabsf(m->head.yaw) > .35f);
  if (t->beard.kind == PA_BEARD_NONE) return;
  pa_oklab own = t->beard.kind == PA_BEARD_MOUSTACHE ? lip_seen : chin;
  t->beard.color =
      darker(pa_mix(pa_oklab_color(own), pa_tone(t->hair.color, -.1f), .72f),
             t->face.skin, .22f);
}
