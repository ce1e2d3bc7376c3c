/* Glasses: clear or dark, and their form, from labels and from how dark it is
 * around the eyes. */
#include <math.h>

#include "avatar2d/measure.h"
#include "avatar2d/measure_blob.h"
#include "avatar2d/style.h"

static const char *glasses_shape(const pa_measure *m, const pa_traits *t) {
  float ratio = 0;
  for (int side = 0; side < 2; side++) {
    pa_blob b;
    pa_measure_blob(m, m->glasses, side ? 6 : -76, -40, 70, 90, &b);
    if (b.right > b.left && b.area > 80)
      ratio = fmaxf(ratio, (b.low - b.top) / (b.right - b.left));
  }
  if (t->glasses.dark) return ratio > .78f ? "aviator" : "shades";
  if (ratio > .84f) return "round";
  return ratio < .5f ? "slim" : "square";
}

/* The lightness of a place below each eye, as a part of the face's. */
static float light_at(pa_measure *m, const pa_traits *t, float y) {
  m->samples.count = 0;
  for (int side = -1; side <= 1; side += 2)
    pa_samples_ellipse(&m->samples, &m->patch, ~(pa_labels)1,
                       pa_head_turned(&m->head, (float)side * t->eyes.x), y, 14,
                       5);
  if (!m->samples.count) return 1;
  return pa_samples_median(&m->samples, .3f, .7f).l /
         fmaxf(m->skin_seen.l, .05f);
}

/* How much of the place of an eye is darker than `part` of the skin: a lens
 * covers it whole, an eye and its lashes a third. */
static float dark_share(pa_measure *m, const pa_traits *t, float side,
                        float part) {
  float limit = part * m->skin_seen.l, dark = 0;
  m->samples.count = 0;
  pa_samples_ellipse(&m->samples, &m->patch, ~(pa_labels)1,
                     pa_head_turned(&m->head, side * t->eyes.x), 3, 17, 9);
  for (size_t i = 0; i < m->samples.count; i++)
    dark += m->samples.colors[i].l < limit;
  return m->samples.count > 30 ? dark / (float)m->samples.count : 0;
}

/* Dark lenses, whatever they are labelled as. */
static bool behind_lenses(pa_measure *m, const pa_traits *t, float part,
                          float share) {
  const float least = .42f; /* of skin, to tell lenses from */
  if (!m->head.mesh || m->skin_seen.l < least) return false;
  return dark_share(m, t, -1, part) > share &&
         dark_share(m, t, 1, part) > share;
}

/* Lenses that are labelled, and dark in the middle. */
static bool dark_glass(pa_measure *m, const pa_traits *t) {
  const float clear = .74f; /* of the skin's lightness, seen through them */
  m->samples.count = 0;
  for (int side = -1; side <= 1; side += 2)
    pa_samples_ellipse(&m->samples, &m->patch, m->glasses,
                       pa_head_turned(&m->head, (float)side * t->eyes.x), 4, 15,
                       9);
  if (m->samples.count < 120) return false;
  return pa_samples_median(&m->samples, .25f, .75f).l < clear * m->skin_seen.l;
}

/* Both lenses are dark from rim to rim; a thick frame is dark alone. */
static bool dimmed(pa_measure *m, const pa_traits *t) {
  return fminf(dark_share(m, t, -1, .74f), dark_share(m, t, 1, .74f)) > .5f;
}

/* Both lenses are labelled, about alike; or a part of them, and the eyes lie in
 * the dark. A few labelled pixels at one eye are shadows or make-up. */
static bool has_glasses(pa_measure *m, const pa_traits *t, bool *dark) {
  pa_blob left, right;
  pa_measure_blob(m, m->glasses, -90, -45, 90, 100, &left);
  pa_measure_blob(m, m->glasses, 0, -45, 90, 100, &right);
  float less = fminf(left.area, right.area), area = left.area + right.area;
  float more = fmaxf(left.area, right.area);
  float height = fmaxf(left.low - left.top, right.low - right.top);
  float eyes = light_at(m, t, 2), below = light_at(m, t, 14);
  *dark = ((eyes < .62f && below < .8f) || dark_glass(m, t)) && dimmed(m, t);
  if (behind_lenses(m, t, .58f, .78f)) return *dark = true;
  /* Thin frames are found in part; make-up and shadow are, too, but dark. */
  bool frames = less > .2f * more;
  return (eyes < .5f && below < .62f && area > 130) ||
         (area > 500 && height > 13 && frames && eyes > .66f) ||
         (area > 400 && less > .32f * more && height > 20);
}

/* Thin frames are seen through by the skin: less of its colour, and darker
 * than it is. */
static pa_color frame_color(pa_color seen, pa_color skin) {
  const float contrast = .34f;
  pa_oklab lab = pa_oklab_of(seen), on = pa_oklab_of(skin);
  lab.a -= .6f * on.a * fminf(lab.l / fmaxf(on.l, .1f), 1);
  lab.b -= .6f * on.b * fminf(lab.l / fmaxf(on.l, .1f), 1);
  lab.l = fmaxf(fminf(lab.l - .1f, on.l - contrast), .2f);
  return pa_oklab_color(lab);
}

void pa_measure_glasses(pa_measure *m, pa_traits *t) {
  bool dark;
  t->glasses.shape[0] = '\0';
  if (!has_glasses(m, t, &dark)) return;
  /* Of clear glasses the frame alone has a colour of its own. */
  float most = dark ? .4f : .14f;
  if (!pa_measure_color_in(m, m->glasses, 0, 4, 75, 40, .02f, most,
                           &t->glasses.color)) {
    if (!dark) return;
    t->glasses.color = pa_hex(0x1f1d22);
  }
  if (!dark) t->glasses.color = frame_color(t->glasses.color, t->face.skin);
  t->glasses.dark = dark;
  pa_trait_name(t->glasses.shape, glasses_shape(m, t));
}
