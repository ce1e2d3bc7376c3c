#include "avatar2d/measure_haircut.h"

#include <math.h>
#include <string.h>

#define RAYS 33 /* 5 degrees apart, the middle one straight up */
#define MIDDLE_Y (-20.f)

/* Skin that is labelled as something else: bald crowns often are. */
static bool like_skin(const pa_measure *m, pa_oklab skin, float x, float y) {
  pa_oklab c = pa_patch_color(&m->patch, pa_head_turned(&m->head, x), y);
  return c.l > .72f * skin.l && c.l < 1.35f * skin.l &&
         hypotf(c.a - skin.a, c.b - skin.b) < .045f;
}

/* What one ray meets between the forehead and the air above the head. */
static void cast(const pa_measure *m, const pa_field *hair, pa_oklab skin,
                 float angle, pa_haircut *cut) {
  float sx = sinf(angle) * m->head.half / 70, sy = -cosf(angle);
  int hits = 0, shining = 0, bare = 0, hat = 0, outside = 0;
  for (int i = 62; i < 132; i += 2) {
    float r = (float)i, x = sx * r, y = MIDDLE_Y + sy * r;
    uint8_t label = pa_patch_anybody(&m->patch, pa_head_turned(&m->head, x), y);
    bool shines = like_skin(m, skin, x, y);
    hits += pa_field_at(hair, x, y) > .5f && label != PA_PATCH_OUTSIDE;
    shining += pa_field_at(hair, x, y) > .5f && shines;
    if (r < 86) bare += pa_labels_have(label, m->face) || shines;
    if (r < 74 || r > 104) continue;
    hat += pa_labels_have(label, m->hat);
    outside += label == PA_PATCH_OUTSIDE;
  }
  if (hat >= 5)
    cut->hat += 1.f / RAYS;
  else if (outside >= 10)
    cut->outside += 1.f / RAYS;
  else if (hits >= 3 &&
           (bare < 9 || hits >= 12 || (hits >= 9 && 2 * shining < hits)))
    cut->hair += 1.f / RAYS; /* not the dark rim of a bald head */
  else if (bare >= 3)
    cut->bare += 1.f / RAYS;
}

static float share(const pa_field *hair, float x, float y, float rx, float ry) {
  float hits = 0, all = 0;
  for (int j = 0; j <= (int)ry; j++)
    for (int i = 0; i <= (int)rx; i++, all++) {
      float u = 2 * (float)i - rx, v = 2 * (float)j - ry;
      hits += pa_field_at(hair, x + u, y + v) > .5f ? 1 : 0;
    }
  return hits / fmaxf(all, 1);
}

/* Long hair is taken for clothes at times, which do not hang beside cheeks. */
static float taken_for_cloth(const pa_measure *m, float side) {
  float hits = 0, all = 0;
  for (int row = -10; row < 50; row += 3)
    for (int i = 0; i < 24; i += 3, all++) {
      float u = m->head.half + (float)i, v = (float)row;
      float x = pa_head_turned(&m->head, side * u);
      pa_oklab c = pa_patch_color(&m->patch, x, v);
      bool alike = fabsf(c.l - m->hair_seen.l) < .12f &&
                   hypotf(c.a - m->hair_seen.a, c.b - m->hair_seen.b) < .03f;
      hits +=
          alike && pa_labels_have(pa_patch_label(&m->patch, x, v), m->clothes);
    }
  return hits / all;
}

/* An ear that no hair hides: some four hundred square units of it. */
static bool shows_ear(const pa_measure *m, float side) {
  float cells = 0;
  for (int v = -24; v < 48; v += 2)
    for (int u = -24; u < 28; u += 2) {
      float x = pa_head_turned(&m->head, side * (m->head.half + (float)u));
      cells += pa_labels_have(pa_patch_label(&m->patch, x, (float)v), m->ears)
                   ? 4
                   : 0;
    }
  return cells > 170;
}

/* Of the cells near the skull that one half has, those that the other lacks. */
static float unevenness(const pa_measure *m, const pa_field *hair) {
  float both = 0, either = 0;
  for (int y = -130; y < 30; y += 3)
    for (int x = 2; (float)x < m->head.half + 30; x += 3) {
      float u = (float)x, v = (float)y;
      bool a = pa_field_at(hair, u, v) > .5f;
      bool b = pa_field_at(hair, -u, v) > .5f;
      both += a && b, either += a || b;
    }
  return either > 0 ? 1 - both / either : 0;
}

bool pa_haircut_tied(const pa_traits *t) {
  const float jewelled = .1f, painted = -.4f, red = .03f;
  float angular = pa_measure_angular(t);
  float lips = pa_oklab_of(t->mouth.color).a - pa_oklab_of(t->face.skin).a;
  if (*t->earrings.shape) return angular < jewelled;
  return angular < painted && lips > red;
}

void pa_haircut_look(const pa_measure *m, const pa_traits *traits,
                     const pa_field *hair, pa_haircut *cut) {
  static const float heights[3] = {48, 122, 190};
  memset(cut, 0, sizeof *cut);
  cut->tied = m->head.mesh && pa_haircut_tied(traits);
  for (int i = 0; i < RAYS; i++)
    cast(m, hair, m->skin_seen, .0873f * (float)i - 1.4f, cut);
  for (int side = 0; side < 2; side++) {
    float k = side ? 1 : -1, eye = k * traits->eyes.x;
    for (int i = 0; i < 3; i++)
      cut->beside[side][i] =
          share(hair, k * (m->head.half + 12), heights[i], 24, 26);
    cut->ear[side] = shows_ear(m, k);
    cut->beside[side][0] = fmaxf(cut->beside[side][0], taken_for_cloth(m, k));
    cut->over_eyes =
        fmaxf(cut->over_eyes, share(hair, eye, 0, .4f * traits->eyes.width, 6));
  }
  cut->uneven = unevenness(m, hair);
  for (int y = 0; y < hair->height; y++)
    for (int x = 0; x < hair->width; x++) {
      if (hair->values[y * hair->width + x] < .5f) continue;
      float u = fabsf((float)x + hair->x0), v = (float)y + hair->y0;
      cut->area++;
      if (u < 40) cut->height = fmaxf(cut->height, -v);
      if (v > -60 && v < -20) cut->width = fmaxf(cut->width, u);
    }
}

bool pa_haircut_hatted(const pa_measure *m) {
  int hat = 0, all = 0;
  for (int y = -110; y < -60; y += 5)
    for (int x = -45; x <= 45; x += 5, all++) {
      float u = pa_head_turned(&m->head, (float)x);
      uint8_t label = pa_patch_label(&m->patch, u, (float)y);
      hat += pa_labels_have(label, m->hat);
    }
  return (float)hat > .6f * (float)all;
}

bool pa_haircut_sound(const pa_measure *m, const pa_haircut *cut) {
  const float small = .13f; /* photo pixels a head unit */
  float missing = 1 - cut->hair - cut->bare - cut->hat - cut->outside;
  if (m->head.unit < small) return false;
  if (cut->outside > .9f || missing > .2f || cut->over_eyes > .35f)
    return false;
  /* A bald crown between two sides of hair. */
  if (cut->bare > .5f) return cut->area > 1500 && cut->uneven < .6f;
  return cut->uneven < (cut->hair > .9f ? .7f : .6f);
}

const char *pa_haircut_preset(const pa_measure *m, const pa_haircut *cut,
                              const pa_traits *traits) {
  float left = cut->beside[0][0], right = cut->beside[1][0];
  bool side = fabsf(traits->yaw) > .7f;
  /* Where a bowed head or one seen from behind is, is not known well: what lies
   * beside one of its cheeks may be its own back. */
  float cheeks = m->head.mesh || side ? fmaxf(left, right) : fminf(left, right);
  float neck = fmaxf(cut->beside[0][1], cut->beside[1][1]);
  /* What lies beside a bare ear and ends above the shoulder is a shadow. */
  if (cut->ear[0] || cut->ear[1]) cheeks = fminf(cheeks, neck);
  float chest = fmaxf(cut->beside[0][2], cut->beside[1][2]);
  float part = fabsf(traits->hair.parting);
  if (neck > .3f && chest > .25f)
    return part > 14 && part < 36 ? "wavy" : "long";
  /* Under a hat's brim less of it is seen. */
  if (cheeks > (cut->hat > .4f ? .25f : .35f) || neck > .3f) return "bob";
  if (cut->hat > .4f && cut->area < 2600) return "short"; /* under the hat */
  /* Little hair is short hair, very little is none, unless something that is
   * not skin lies where the crown would be. */
  float missing = 1 - cut->hair - cut->bare - cut->hat - cut->outside;
  if (cut->bare > .5f || cut->area < 2600)
    return cut->hair > .35f || missing > .5f ? "buzz" : "bald";
  /* From the side the back of the head adds to its height, and without a mesh
   * a bowed head's crown does. */
  bool upright = m->head.mesh && !side;
  if (cut->height > 150 && cut->width > 105 && upright) return "afro";
  if (cut->height > 143 && upright) return "quiff";
  return part > 10 && part < 36 ? "side" : "short";
}
