/* Hats, glasses and earrings, from their labels. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure.h"
#include "avatar2d/style.h"

/* What a head's cells of some labels look like together. */
typedef struct blob {
  float area;                  /* square head units */
  float left, right, top, low; /* but for the outermost fiftieths */
  float widest, rim, middle;   /* its widest row, that row's y and middle */
  float crown;                 /* the widest row of its upper half */
  float middle_low, side_low;  /* lowest y before the face; beside it */
} blob;

/* The place below which `part` of the counts lie. */
static float quantile(const float *counts, int n, float sum, float part) {
  float below = 0;
  for (int i = 0; i < n; i++) {
    below += counts[i];
    if (below > part * sum) return (float)i;
  }
  return (float)(n - 1);
}

#define BOX_MOST 320

/* Measures the cells of `set` in a box, seen from the front. */
static void measure_blob(const pa_measure *m, pa_labels set, float x0, float y0,
                         int width, int height, blob *b) {
  float columns[BOX_MOST] = {0}, rows[BOX_MOST] = {0};
  memset(b, 0, sizeof *b);
  b->middle_low = b->side_low = -INFINITY;
  for (int y = 0; y < height; y++) {
    float first = INFINITY, last = -INFINITY;
    for (int x = 0; x < width; x++) {
      float u = x0 + (float)x + .5f, v = y0 + (float)y + .5f;
      if (!pa_labels_have(
              pa_patch_label(&m->patch, pa_head_turned(&m->head, u), v), set))
        continue;
      b->area++, columns[x]++, rows[y]++;
      first = fminf(first, u), last = fmaxf(last, u);
      float off = fabsf(u) - m->head.half;
      if (fabsf(u) < 18) b->middle_low = v;
      if (off > -12 && off < 14) b->side_low = v;
    }
    if (last - first > b->widest) {
      b->widest = last - first;
      b->rim = y0 + (float)y + .5f, b->middle = (first + last) / 2;
    }
  }
  b->left = x0 + quantile(columns, width, b->area, .02f);
  b->right = x0 + quantile(columns, width, b->area, .98f);
  b->top = y0 + quantile(rows, height, b->area, .02f);
  b->low = y0 + quantile(rows, height, b->area, .98f);
  for (int y = 0; y < height; y++) {
    float part = (y0 + (float)y - b->top) / fmaxf(b->low - b->top, 1);
    if (part > .2f && part < .5f) b->crown = fmaxf(b->crown, rows[y]);
  }
}

static void name(char *shape, const char *text) {
  memset(shape, 0, PA_NAME_ROOM);
  strncpy(shape, text, PA_NAME_ROOM - 1);
}

/* The median of a set's cells within an ellipse; false for too few. */
static bool color_in(pa_measure *m, pa_labels set, float x, float y, float rx,
                     float ry, float from, float to, pa_color *color) {
  m->samples.count = 0;
  pa_samples_ellipse(&m->samples, &m->patch, set, pa_head_turned(&m->head, x),
                     y, rx, ry);
  if (m->samples.count < 8) return false;
  *color = pa_oklab_color(pa_samples_median(&m->samples, from, to));
  return true;
}

/* ------------------------------------------------------------ hats */

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

static bool has_brim(const pa_measure *m, const blob *b) {
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

static const char *hat_shape(const pa_measure *m, const blob *b,
                             pa_color color) {
  pa_oklab lab = pa_oklab_of(color);
  if (b->low - b->top < 62 && hair_above(m, b->top)) return "headband";
  if (m->head.face && covers_cheeks(m)) return "helmet";
  if (has_brim(m, b)) return lab.l > .62f && lab.b > .02f ? "straw" : "fedora";
  /* Knitted hats are drawn over the ears, caps end above them. */
  return b->side_low > -22 ? "beanie" : "cap";
}

static void measure_hat(pa_measure *m, pa_traits *t) {
  blob b;
  t->hat.shape[0] = '\0';
  t->hat.brim = 0;
  measure_blob(m, m->hat, -150, -205, 300, 215, &b);
  if (b.area < LEAST_HAT || b.widest < 78 || b.top > -62) return;
  /* Flying hair is labelled a hat here and there. */
  if (b.area < .28f * b.widest * (b.low - b.top)) return;
  if (!color_in(m, m->hat, 0, -90, 120, 80, .3f, .8f, &t->hat.color)) return;
  name(t->hat.shape, hat_shape(m, &b, t->hat.color));
  bool brimmed =
      !strcmp(t->hat.shape, "straw") || !strcmp(t->hat.shape, "fedora");
  if (brimmed) t->hat.brim = .5f * b.widest;
}

/* ------------------------------------------------------------ glasses */

static const char *glasses_shape(const pa_measure *m, const pa_traits *t) {
  float ratio = 0;
  for (int side = 0; side < 2; side++) {
    blob b;
    measure_blob(m, m->glasses, side ? 6 : -76, -40, 70, 90, &b);
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
  blob left, right;
  measure_blob(m, m->glasses, -90, -45, 90, 100, &left);
  measure_blob(m, m->glasses, 0, -45, 90, 100, &right);
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

static void measure_glasses(pa_measure *m, pa_traits *t) {
  bool dark;
  t->glasses.shape[0] = '\0';
  if (!has_glasses(m, t, &dark)) return;
  /* Of clear glasses the frame alone has a colour of its own. */
  float most = dark ? .4f : .14f;
  if (!color_in(m, m->glasses, 0, 4, 75, 40, .02f, most, &t->glasses.color)) {
    if (!dark) return;
    t->glasses.color = pa_hex(0x1f1d22);
  }
  if (!dark) t->glasses.color = frame_color(t->glasses.color, t->face.skin);
  t->glasses.dark = dark;
  name(t->glasses.shape, glasses_shape(m, t));
}

/* ------------------------------------------------------------ earrings */

/* Hangs where an ear's lobe is. Of sixty faces' labels, earrings begin between
 * 20 and 57 below the eyes; collars and hair lie lower, or are larger. */
static bool at_lobe(const pa_measure *m, const blob *b) {
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
 * what is a little darker than its middle is hardly lighter than the hair (by
 * .10 on the one that was seen; by .14 and more on nine earrings over dark
 * hair, but where the hair is light). */
static bool is_lock(pa_measure *m, const pa_traits *t, float x, float y) {
  const float dark = .3f, near = .12f;
  pa_color half;
  float hair = pa_lightness(t->hair.color);
  return hair < dark &&
         color_in(m, m->jewellery, x, y, 22, 42, .3f, .5f, &half) &&
         pa_lightness(half) < hair + near;
}

static void measure_earrings(pa_measure *m, pa_traits *t) {
  const float unit = .4f; /* photo pixels */
  blob b, most = {0};
  t->earrings.shape[0] = '\0';
  if (!m->head.mesh || m->head.unit < unit) return;
  for (int side = 0; side < 2; side++) {
    float x = side ? m->head.half - 12 : -m->head.half - 30;
    measure_blob(m, m->jewellery, x, 8, 42, 82, &b);
    if (at_lobe(m, &b) && b.area > most.area) most = b;
  }
  if (most.area <= 0) return;
  float x = (most.left + most.right) / 2, y = (most.top + most.low) / 2;
  const float dark = .33f; /* a lock of hair */
  if (!color_in(m, m->jewellery, x, y, 22, 42, .5f, .95f, &t->earrings.color) ||
      pa_lightness(t->earrings.color) < dark || is_lock(m, t, x, y))
    return;
  t->earrings.color = jewel(t->earrings.color);
  float w = most.right - most.left, h = most.low - most.top;
  /* Rings have a hole, however much they are seen from the side. */
  bool ring = w > .55f * h || most.area < .5f * w * h;
  const char *large = ring && h > 26 ? "hoops" : "drops";
  name(t->earrings.shape, h < 20 ? "studs" : large);
}

void pa_measure_worn(pa_measure *m, pa_traits *t) {
  measure_hat(m, t);
  measure_glasses(m, t);
  measure_earrings(m, t);
}
