/* Garments above the waist: their kind and colours. */
#include "avatar2d/measure_clothes.h"

#include <math.h>

#include "avatar2d/measure_cloth.h"
#include "base/mem.h"

/* pa_cloth_apart of colours that nobody takes for one. */
#define ANOTHER_COLOR .03f

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
             pa_pixels_of(m, "coat") >
                 .03f * pa_pixels_of(m, "upper_clothes")) {
    t->upper.kind = PA_GARMENT_COAT;
  } else if (k[1].share > .12f &&
             pa_cloth_apart(k[0].color, k[1].color) > .006f) {
    t->upper.pattern = pa_cloth_pattern(c, k);
    if (t->upper.pattern == PA_PATTERN_PLAID) choose_plaid(k, t);
  }
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
  float arms = pa_pixels_of(m, "left_arm") + pa_pixels_of(m, "right_arm");
  float cloth = pa_pixels_of(m, "upper_clothes") + pa_pixels_of(m, "dress") +
                pa_pixels_of(m, "coat");
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
  if (!pa_label_color(m, pa_labels_of(coat, 1), &most)) return;
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
  bool labelled =
      pa_pixels_of(m, "coat") > .17f * pa_pixels_of(m, "upper_clothes");
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
  float upper = pa_pixels_of(m, "upper_clothes") + pa_pixels_of(m, "dress");
  float coat = pa_pixels_of(m, "coat");
  float torso = pa_pixels_of(m, "torso_skin");
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
  } else if (pa_is_dress(m)) {
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
  float arms = pa_pixels_of(m, "left_arm") + pa_pixels_of(m, "right_arm");
  t->upper.neckline = PA_NECK_COLLAR;
  if (t->upper.kind == PA_GARMENT_SWEATER ||
      arms < .06f * pa_pixels_of(m, "upper_clothes"))
    t->upper.kind = PA_GARMENT_SHIRT;
}

pa_status pa_measure_clothes(pa_measure *m, pa_traits *t) {
  pa_cloth *c = pa_mem_alloc(sizeof *c);
  if (!c) return pa_error_memory(&m->context->err, sizeof *c, "garments");
  pa_measure_neckline(m, t);
  measure_upper(m, t, c);
  pa_mem_free(c);
  measure_kind(m, t);
  measure_collar(m, t);
  pa_measure_lower(m, t);
  return PA_OK;
}
