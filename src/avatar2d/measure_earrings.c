/* Earrings: what of the jewellery's labels hangs where an ear's lobe is. */
#include <math.h>

#include "avatar2d/measure.h"
#include "avatar2d/measure_blob.h"

/* Hangs where an ear's lobe is. Of sixty faces' labels, earrings begin between
 * 20 and 57 below the eyes; collars and hair lie lower, or are larger. */
static bool at_lobe(const pa_measure *m, const pa_blob *b) {
  float off = fabsf((b->left + b->right) / 2) - m->head.half;
  return b->area > 55 && b->area < 950 && b->right - b->left < 26 &&
         off > -12 && off < 16 && b->top > 18 && b->top < 62;
}

/* Gold, silver, or what was seen: of a few pixels half are the skin's. */
static pa_color jewel(pa_color seen) {
  pa_oklab lab = pa_oklab_of(seen);
  float chroma = hypotf(lab.a, lab.b), hue = atan2f(lab.b, lab.a);
  if (chroma < .02f) return lab.l > .72f ? pa_hex(0xe9edf2) : seen;
  bool warm = hue > .2f && hue < 1.8f;
  return warm && chroma < .13f ? pa_hex(0xe3b341) : seen;
}

/* The tip of dark hair that comes out below an ear, and the light around it:
 * little, and what is a bit darker than its middle is hardly lighter than the
 * hair (by .10 on the one that was seen; by .14 and more on nine earrings over
 * dark hair of 24, but for a large one in its shade). */
static bool is_lock(pa_measure *m, const pa_traits *t, float x, float y,
                    float area) {
  const float little = 200, dark = .3f, near = .12f;
  pa_color half;
  float hair = pa_lightness(t->hair.color);
  return area < little && hair < dark &&
         pa_measure_color_in(m, m->jewellery, x, y, 22, 42, .3f, .5f, &half) &&
         pa_lightness(half) < hair + near;
}

void pa_measure_earrings(pa_measure *m, pa_traits *t) {
  const float unit = .4f; /* photo pixels */
  pa_blob b, most = {0};
  t->earrings.shape[0] = '\0';
  if (!m->head.mesh || m->head.unit < unit) return;
  for (int side = 0; side < 2; side++) {
    float x = side ? m->head.half - 12 : -m->head.half - 30;
    pa_measure_blob(m, m->jewellery, x, 8, 42, 82, &b);
    if (at_lobe(m, &b) && b.area > most.area) most = b;
  }
  if (most.area <= 0) return;
  float x = (most.left + most.right) / 2, y = (most.top + most.low) / 2;
  const float dark = .33f; /* a lock of hair */
  if (!pa_measure_color_in(m, m->jewellery, x, y, 22, 42, .5f, .95f,
                           &t->earrings.color) ||
      pa_lightness(t->earrings.color) < dark || is_lock(m, t, x, y, most.area))
    return;
  t->earrings.color = jewel(t->earrings.color);
  float w = most.right - most.left, h = most.low - most.top;
  /* Rings have a hole, however much they are seen from the side. */
  bool ring = w > .55f * h || most.area < .5f * w * h;
  const char *large = ring && h > 26 ? "hoops" : "drops";
  pa_trait_name(t->earrings.shape, h < 20 ? "studs" : large);
}
