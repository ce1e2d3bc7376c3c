/* Garments: their kind, neckline and colours. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure_cloth.h"
#include "base/mem.h"

/* pa_cloth_apart of colours that nobody takes for one. */
#define ANOTHER_COLOR .03f

static float pixels_of(const pa_measure *m, const char *name) {
  int label = pa_label_find(name);
  return label < 0 ? 0 : (float)m->person->label_pixels[label];
}

/* ------------------------------------------------------------ neckline */

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

static void measure_neckline(pa_measure *m, pa_traits *t) {
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

/* A narrow strip below the neck that is neither jacket nor shirt. */
static void look_for_tie(pa_measure *m, pa_traits *t) {
  m->samples.count = 0;
  pa_samples_ellipse(&m->samples, &m->patch, m->clothes, 0, 200, 7, 35);
  if (m->samples.count < 30) return;
  pa_oklab strip = pa_samples_median(&m->samples, .2f, .8f);
  pa_oklab shirt = pa_oklab_of(t->upper.second);
  t->upper.tie = pa_cloth_apart(strip, shirt) > .02f && shirt.l > strip.l;
  t->upper.tie_color = pa_oklab_color(strip);
}

/* ------------------------------------------------------------ above */

/* Of a plaid in three colours the rich one is what people would name, however
 * little of the cloth has it. */
static void choose_plaid(const pa_cloth_color *k, pa_traits *t) {
  const float least = .12f, richer = .05f;
  float rich = hypotf(k[2].color.a, k[2].color.b) - richer;
  if (k[2].share < least || rich < hypotf(k[0].color.a, k[0].color.b) ||
      rich < hypotf(k[1].color.a, k[1].color.b))
    return;
  t->upper.color = pa_oklab_color(k[2].color);
  t->upper.second = pa_oklab_color(k[0].color);
}

static void measure_upper(pa_measure *m, pa_traits *t, pa_cloth *c) {
  pa_cloth_color k[PA_CLOTHS] = {{{0, 0, 0}, 0, 0}};
  if (!pa_cloth_look(m, c, k)) return;
  t->upper.color = pa_oklab_color(k[0].color);
  if (k[1].share < .05f) return;
  t->upper.second = pa_oklab_color(k[1].color);
  bool inside = k[1].middle < .62f * k[0].middle && k[1].share < .4f;
  bool light = k[1].color.l > k[0].color.l + .18f;
  if (inside && light && t->upper.sleeves && k[0].color.l < .6f) {
    t->upper.kind = PA_GARMENT_SUIT;
    t->upper.neckline = PA_NECK_V;
    t->upper.neck_width = 48;
    look_for_tie(m, t);
  } else if (inside && t->upper.sleeves && k[1].share > .12f &&
             pixels_of(m, "coat") > .03f * pixels_of(m, "upper_clothes")) {
    t->upper.kind = PA_GARMENT_COAT;
  } else if (k[1].share > .12f &&
             pa_cloth_apart(k[0].color, k[1].color) > .015f) {
    t->upper.pattern = pa_cloth_pattern(c, k);
    if (t->upper.pattern == PA_PATTERN_PLAID) choose_plaid(k, t);
  }
}

/* ------------------------------------------------------------ the rest */

/* The median colour of the person's pixels with these labels. */
static bool label_color(pa_measure *m, pa_labels set, pa_color *color) {
  const pa_scene *scene = m->scene;
  const pa_person *p = m->person;
  unsigned width = pa_scene_width(scene);
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  unsigned step = (unsigned)(sqrtf(p->width * p->height / 30000)) + 1;
  m->samples.count = 0;
  for (unsigned y = (unsigned)p->y; y < (unsigned)(p->y + p->height); y += step)
    for (unsigned x = (unsigned)p->x; x < (unsigned)(p->x + p->width);
         x += step) {
      size_t i = (size_t)y * width + x;
      if (persons[i] != p->id || !pa_labels_have(labels[i], set)) continue;
      if (m->samples.count == PA_SAMPLES) break;
      m->samples.colors[m->samples.count++] =
          pa_patch_oklab(&m->patch, m->image->rgba + 4 * i);
    }
  if (m->samples.count < 12) return false;
  *color = pa_oklab_color(pa_samples_median(&m->samples, .4f, .85f));
  return true;
}

static void measure_lower(pa_measure *m, pa_traits *t) {
  static const char *const pants[] = {"pants"}, *const skirt[] = {"skirt"};
  static const char *const shoes[] = {"left_shoe", "right_shoe"};
  float legs = pixels_of(m, "left_leg") + pixels_of(m, "right_leg");
  if (label_color(m, pa_labels_of(skirt, 1), &t->lower.color)) {
    t->lower.kind = PA_LOWER_SKIRT;
  } else if (label_color(m, pa_labels_of(pants, 1), &t->lower.color)) {
    t->lower.kind = PA_LOWER_PANTS;
    if (legs > .45f * pixels_of(m, "pants")) t->lower.kind = PA_LOWER_SHORTS;
  }
  label_color(m, pa_labels_of(shoes, 2), &t->lower.shoes);
}

/* Dresses are labelled as what they look like above and below the waist: what
 * is one colour, and shows no waist, is one garment. */
static bool is_dress(pa_measure *m) {
  static const char *const above[] = {"upper_clothes", "dress"};
  static const char *const below[] = {"skirt"};
  float upper = pixels_of(m, "upper_clothes"), dress = pixels_of(m, "dress");
  float skirt = pixels_of(m, "skirt"), pants = pixels_of(m, "pants");
  float legs = pixels_of(m, "left_leg") + pixels_of(m, "right_leg");
  pa_color top, low;
  if (pants > .3f * (upper + dress)) return false;
  if (dress > .35f * (upper + dress)) return true;
  if (pants + skirt < .05f * upper && legs > .05f * upper) return true;
  if (skirt < .4f * upper || pixels_of(m, "belt") > .005f * (upper + skirt))
    return false;
  return label_color(m, pa_labels_of(above, 2), &top) &&
         label_color(m, pa_labels_of(below, 1), &low) &&
         pa_cloth_apart(pa_oklab_of(top), pa_oklab_of(low)) < .008f;
}

/* How much of the arms is sleeves, by the masks that say so. */
static void measure_sleeves(pa_measure *m, pa_traits *t) {
  const pa_scene *scene = m->scene;
  const uint8_t *derived = pa_scene_derived(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  unsigned width = pa_scene_width(scene);
  const pa_person *p = m->person;
  float sleeves = 0;
  for (unsigned y = (unsigned)p->y; y < (unsigned)(p->y + p->height); y++)
    for (unsigned x = (unsigned)p->x; x < (unsigned)(p->x + p->width); x++) {
      size_t i = (size_t)y * width + x;
      sleeves += persons[i] == p->id && derived[i] & 3;
    }
  float arms = pixels_of(m, "left_arm") + pixels_of(m, "right_arm");
  float cloth = pixels_of(m, "upper_clothes") + pixels_of(m, "dress") +
                pixels_of(m, "coat");
  if (arms + sleeves < .08f * cloth) return;
  float part = sleeves / (arms + sleeves);
  if (part < .09f && arms > .15f * cloth) {
    t->upper.sleeves = false;
    t->upper.neck_width = fmaxf(t->upper.neck_width, 56);
    if (t->upper.kind == PA_GARMENT_TSHIRT) t->upper.kind = PA_GARMENT_TANK;
    if (t->upper.neckline == PA_NECK_CREW && t->upper.neck_depth > 135)
      t->upper.neckline = PA_NECK_SCOOP;
  } else if (part > .75f && sleeves > .1f * cloth &&
             t->upper.kind == PA_GARMENT_TSHIRT) {
    t->upper.kind = PA_GARMENT_SWEATER;
  }
}

/* Near the neck a lining, a collar or a scarf may cover more than the coat
 * does, or two of them may: what most of the coat shows is its colour. */
static void settle_coat(pa_measure *m, pa_traits *t) {
  static const char *const coat[] = {"coat"};
  pa_color *outer = &t->upper.color, *inner = &t->upper.second, most;
  if (!label_color(m, pa_labels_of(coat, 1), &most)) return;
  pa_oklab c = pa_oklab_of(most);
  float from_inner = pa_cloth_apart(c, pa_oklab_of(*inner));
  float from_outer = pa_cloth_apart(c, pa_oklab_of(*outer));
  if (fminf(from_inner, from_outer) > ANOTHER_COLOR) {
    *inner = *outer, *outer = most;
    t->upper.pattern = PA_PATTERN_PLAIN;
    return;
  }
  if (from_inner > .5f * from_outer) return;
  pa_color swap = *outer;
  *outer = *inner, *inner = swap;
}

/* A shirt under a suit or a waistcoat. */
static bool measure_layers(pa_measure *m, pa_traits *t) {
  pa_color outer, inner;
  if (t->upper.kind == PA_GARMENT_SUIT || !t->upper.sleeves) return false;
  pa_garment kind = pa_measure_layers(m, &outer, &inner);
  bool labelled = pixels_of(m, "coat") > .17f * pixels_of(m, "upper_clothes");
  if (kind == PA_GARMENT_NONE || !labelled) return false;
  t->upper.kind = kind;
  t->upper.color = outer, t->upper.second = inner;
  t->upper.neckline = PA_NECK_V;
  t->upper.neck_width = 48;
  t->upper.pattern = PA_PATTERN_PLAIN;
  look_for_tie(m, t);
  return true;
}

/* Whether cloth lies on the chest, as a dress does that begins below the
 * shoulders. */
static bool clad(const pa_measure *m) {
  const float least = 1200; /* square head units */
  float cells = 0;
  for (int y = 170; y < 290; y += 2)
    for (int x = -110; x < 110; x += 2)
      cells += pa_labels_have(pa_patch_label(&m->patch, (float)x, (float)y),
                              m->clothes);
  return 4 * cells > least;
}

static void measure_kind(pa_measure *m, pa_traits *t) {
  float upper = pixels_of(m, "upper_clothes") + pixels_of(m, "dress");
  float coat = pixels_of(m, "coat");
  float torso = pixels_of(m, "torso_skin");
  if (torso > 3 * (upper + coat)) {
    /* Nothing is worn, or nothing is in the picture. */
    if (torso > 3000 * m->head.unit * m->head.unit && !clad(m))
      t->upper.kind = PA_GARMENT_NONE;
    return;
  }
  measure_sleeves(m, t);
  if (measure_layers(m, t)) return;
  if (coat > .17f * (upper + coat)) {
    if (t->upper.kind != PA_GARMENT_SUIT) t->upper.kind = PA_GARMENT_COAT;
    settle_coat(m, t);
  } else if (is_dress(m)) {
    t->upper.kind = PA_GARMENT_DRESS;
  }
}

/* A shirt's sleeves are long, or not seen; a polo shirt's are short. */
static void measure_collar(const pa_measure *m, pa_traits *t) {
  bool top =
      t->upper.kind == PA_GARMENT_TSHIRT || t->upper.kind == PA_GARMENT_SWEATER;
  bool pointed = t->upper.neckline == PA_NECK_V;
  if (!top || !t->upper.sleeves) return;
  if (!pointed && t->upper.neckline != PA_NECK_CREW) return;
  if (!pa_cloth_has_collar(m, t->upper.neck_depth, pointed)) return;
  float arms = pixels_of(m, "left_arm") + pixels_of(m, "right_arm");
  t->upper.neckline = PA_NECK_COLLAR;
  if (t->upper.kind == PA_GARMENT_SWEATER ||
      arms < .06f * pixels_of(m, "upper_clothes"))
    t->upper.kind = PA_GARMENT_SHIRT;
}

pa_status pa_measure_clothes(pa_measure *m, pa_traits *t) {
  pa_cloth *c = pa_mem_alloc(sizeof *c);
  if (!c) return pa_error_memory(&m->context->err, sizeof *c, "garments");
  measure_neckline(m, t);
  measure_upper(m, t, c);
  pa_mem_free(c);
  measure_kind(m, t);
  measure_collar(m, t);
  measure_lower(m, t);
  return PA_OK;
}
