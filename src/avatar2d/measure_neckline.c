/* Where a garment ends below the neck, and whether it bares the shoulders. */
#include <math.h>

#include "avatar2d/measure_clothes.h"

/* The topmost y at this x from which clothes follow for some way. */
static float cloth_top(const pa_measure *m, float x, int from) {
  int run = 0;
  for (int y = from; y < 320; y++) {
    uint8_t label = pa_patch_label(&m->patch, x, (float)y);
    run = pa_labels_have(label, m->clothes) ? run + 1 : 0;
    if (run >= 8) return (float)(y - 7);
  }
  return INFINITY;
}

static float share_of(const pa_measure *m, pa_labels set, float x, float y,
                      int r) {
  float hits = 0, all = 0;
  for (int v = -r; v <= r; v += 2)
    for (int u = -r; u <= r; u += 2) {
      uint8_t label = pa_patch_label(&m->patch, x + (float)u, y + (float)v);
      if (label == PA_PATCH_OUTSIDE || !label) continue;
      all++;
      hits += pa_labels_have(label, set);
    }
  return all > 10 ? hits / all : -1;
}

/* Whether a strap or more reaches the shoulders' line beside the neck; thinner
 * straps are lost in drawings. */
static bool has_strap(const pa_measure *m, float s) {
  const float line = 158;
  const int least = 8; /* head units across */
  for (int side = -1; side <= 1; side += 2) {
    int across = 0;
    for (float x = .42f * s; x < s && across < least; x++)
      across = cloth_top(m, (float)side * x, 90) < line ? across + 1 : 0;
    if (across == least) return true;
  }
  return false;
}

/* Whether cloth, with no skin above it, lies on the ends of both
 * shoulders: a neckline is wide then, and bares none. */
static bool covers_shoulders(const pa_measure *m, float s) {
  static const float ends[] = {-1, -.97f, .97f, 1};
  const float low = 190;
  for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
    float k = ends[i] * s, top = cloth_top(m, k, 60);
    if (top > low ||
        pa_labels_have(pa_patch_label(&m->patch, k, top - 3), m->skin))
      return false;
  }
  return true;
}

void pa_measure_neckline(pa_measure *m, pa_traits *t) {
  float middle = fminf(fminf(cloth_top(m, -6, 60), cloth_top(m, 6, 60)),
                       cloth_top(m, 0, 60));
  float s = t->shoulders;
  float left = cloth_top(m, .42f * s, 90), right = cloth_top(m, -.42f * s, 90);
  float inner = fminf(cloth_top(m, 24, 90), cloth_top(m, -24, 90));
  if (!isfinite(middle)) return;
  t->upper.neck_depth = fmaxf(middle, 118);
  float side = fminf(left, right);
  float bare = fmaxf(share_of(m, m->skin, .85f * s, 175, 14),
                     share_of(m, m->skin, -.85f * s, 175, 14));
  if (covers_shoulders(m, s)) bare = 0;
  if (isfinite(side) && side > 172 && bare > .4f && !has_strap(m, s))
    t->upper.neckline = PA_NECK_OFF;
  else if (middle < 112)
    t->upper.neckline = PA_NECK_HIGH;
  else if (middle < 150)
    t->upper.neckline =
        isfinite(inner) && middle - inner > 16 ? PA_NECK_V : PA_NECK_CREW;
  else if (isfinite(inner) && inner > middle - 14)
    t->upper.neckline = PA_NECK_SCOOP;
  else
    t->upper.neckline = PA_NECK_V;
  if (t->upper.neckline == PA_NECK_SCOOP) t->upper.neck_width = 62;
  if (bare > .5f && t->upper.neckline != PA_NECK_OFF) {
    t->upper.sleeves = false;
    t->upper.kind = PA_GARMENT_TANK;
    t->upper.neck_width = 58;
    if (t->upper.neckline == PA_NECK_CREW && middle > 135)
      t->upper.neckline = PA_NECK_SCOOP;
  }
}
