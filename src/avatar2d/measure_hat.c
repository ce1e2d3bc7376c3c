/* A hat's form and colour, from its labels. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure.h"
#include "avatar2d/measure_blob.h"

#define LEAST_HAT 1500.f

static bool hair_above(const pa_measure *m, float y) {
  int hair = 0;
  for (int v = -30; v < 0; v += 2)
    for (int u = -40; u <= 40; u += 4) {
      float x = pa_head_turned(&m->head, (float)u);
      hair +=
          pa_labels_have(pa_patch_label(&m->patch, x, y + (float)v), m->hair);
    }
  return hair > 60;
}

static bool has_brim(const pa_measure *m, const pa_blob *b) {
  float wide = b->widest - 2 * m->head.half;
  /* What is widest at the top goes over into somebody else's hat. */
  if (b->rim < b->top + .3f * (b->low - b->top)) return false;
  /* Even to both sides, which a cap's peak is not, and not hanging down. */
  bool level =
      fabsf(b->middle) < .2f * b->widest && b->rim < 12 && b->low - b->rim < 55;
  const float sharp = .3f; /* photo pixels a head unit */
  return wide > 84 ||
         (wide > 45 && b->widest > 1.24f * b->crown && b->side_low < -5) ||
         (wide > 26 && b->widest > 1.2f * b->crown && level &&
          m->head.unit > sharp);
}

/* The share of a box that has labels of a set. */
static float share_in(const pa_measure *m, pa_labels set, float x0, float x1,
                      float y0, float y1) {
  float hits = 0, all = 0;
  int rows = (int)((y1 - y0) / 3), columns = (int)((x1 - x0) / 3);
  for (int j = 0; j < rows; j++)
    for (int i = 0; i < columns; i++, all++) {
      float x = pa_head_turned(&m->head, x0 + 3 * (float)i);
      float y = y0 + 3 * (float)j;
      hits += pa_labels_have(pa_patch_label(&m->patch, x, y), set);
    }
  return hits / fmaxf(all, 1);
}

/* A helmet comes down beside the cheeks; so do scarves, which go on below the
 * chin, and deep brims, which leave hair to be seen. */
static bool covers_cheeks(const pa_measure *m) {
  const float turned = .35f, most = .48f;
  float half = m->head.half;
  float left = share_in(m, m->hat, -half - 20, -half + 6, 2, 42);
  float right = share_in(m, m->hat, half - 6, half + 20, 2, 42);
  float hair = fmaxf(share_in(m, m->hair, -half - 14, -half + 30, 0, 80),
                     share_in(m, m->hair, half - 30, half + 14, 0, 80));
  float both =
      fabsf(m->head.yaw) > turned ? fmaxf(left, right) : fminf(left, right);
  const float seen = .15f;
  return both > most && hair < seen &&
         share_in(m, m->hat, -28, 28, 112, 140) < .2f;
}

static const char *hat_shape(const pa_measure *m, const pa_blob *b,
                             pa_color color) {
  pa_oklab lab = pa_oklab_of(color);
  if (b->low - b->top < 62 && hair_above(m, b->top)) return "headband";
  if (m->head.face && covers_cheeks(m)) return "helmet";
  if (has_brim(m, b)) return lab.l > .62f && lab.b > .02f ? "straw" : "fedora";
  /* Knitted hats are drawn over the ears, caps end above them. */
  return b->side_low > -22 ? "beanie" : "cap";
}

void pa_measure_hat(pa_measure *m, pa_traits *t) {
  pa_blob b;
  t->hat.shape[0] = '\0';
  t->hat.brim = 0;
  pa_measure_blob(m, m->hat, -150, -205, 300, 215, &b);
  if (b.area < LEAST_HAT || b.widest < 78 || b.top > -62) return;
  /* Flying hair is labelled a hat here and there. */
  if (b.area < .28f * b.widest * (b.low - b.top)) return;
  if (!pa_measure_color_in(m, m->hat, 0, -90, 120, 80, .3f, .8f, &t->hat.color))
    return;
  pa_trait_name(t->hat.shape, hat_shape(m, &b, t->hat.color));
  bool brimmed =
      !strcmp(t->hat.shape, "straw") || !strcmp(t->hat.shape, "fedora");
  if (brimmed) t->hat.brim = .5f * b.widest;
}
