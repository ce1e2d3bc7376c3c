/* The typical colour of each part of a person. */
#include "avatar3d/paint.h"

#include <stdlib.h>

#define SAMPLES                                                                \
  160            /* rows and columns of the person's box that are looked at */
#define PLAIN 88 /* of a hundred */
#define MOSTLY 70
#define APART 150.f /* of 765 */
#define FEW 12      /* samples below which a part is not there */

float pa_likeness(pa_rgb own, const float rgb[3]) {
  float d = fabsf(own.r - rgb[0] - own.g + rgb[1]) +
            fabsf(own.g - rgb[1] - own.b + rgb[2]) +
            .35f * fabsf(own.g - rgb[1]);
  return 1 - pa_smoothstep(40, 80, d);
}

typedef struct histogram {
  unsigned count, bin[3][256];
} histogram;

static float median(const histogram *h, int channel) {
  unsigned sum = 0, v = 0;
  while (v < 255 && (sum += h->bin[channel][v]) * 2 < h->count)
    v++;
  return (float)v;
}

/* The photo's pixel at one of SAMPLES x SAMPLES places of the person's box;
 * false where it is not of the set. */
static bool sample(const pa_sight *s, unsigned set, unsigned place,
                   const uint8_t **rgb) {
  const pa_person *p = &s->person;
  unsigned i = place % SAMPLES, j = place / SAMPLES;
  float x = p->x + p->width * ((float)i + .5f) / SAMPLES;
  float y = p->y + p->height * ((float)j + .5f) / SAMPLES;
  if (!pa_sight_is(s, set, x, y)) return false;
  *rgb = s->image->rgba + 4 * ((size_t)y * s->width + (size_t)x);
  return true;
}

static void count(const pa_sight *s, unsigned set, histogram *h) {
  *h = (histogram){0};
  for (unsigned place = 0; place < SAMPLES * SAMPLES; place++) {
    const uint8_t *rgb;
    if (!sample(s, set, place, &rgb)) continue;
    h->count++;
    for (int k = 0; k < 3; k++)
      h->bin[k][rgb[k]]++;
  }
}

/* The median colour of a set of labels; false, and `color` as it was, when the
 * photo hardly shows it. */
static bool swatch(const pa_sight *s, unsigned set, pa_rgb *color) {
  histogram h;
  count(s, set, &h);
  if (h.count < FEW) return false;
  *color = (pa_rgb){median(&h, 0), median(&h, 1), median(&h, 2)};
  return true;
}

/* Of a set's pixels how many in a hundred are like its typical colour. */
static unsigned alike(const pa_sight *s, unsigned set, pa_rgb own) {
  unsigned all = 0, like = 0;
  for (unsigned place = 0; place < SAMPLES * SAMPLES; place++) {
    const uint8_t *c;
    if (!sample(s, set, place, &c)) continue;
    float rgb[3] = {c[0], c[1], c[2]};
    all++;
    like += pa_likeness(own, rgb) > .5f;
  }
  return all ? like * 100 / all : 0;
}

#define CHANGE 32  /* of 255: light against dark */
#define BESIDE 3   /* samples between which a pattern changes */
#define OFTEN 3    /* of so many pairs one at least */
#define ENOUGH 100 /* samples that can tell */

/* Whether half of a set's pixels are much lighter or darker than its typical
 * colour, and change between the two within a hand's breadth: a shadow does
 * not. */
static bool is_patterned(const pa_sight *s, unsigned set, pa_rgb own) {
  unsigned all = 0, like = 0, pairs = 0, changes = 0;
  for (unsigned place = 0; place < SAMPLES * SAMPLES; place++) {
    const uint8_t *c, *next;
    if (!sample(s, set, place, &c)) continue;
    all++;
    like += fabsf((float)c[1] - own.g) < CHANGE;
    if (place % SAMPLES + BESIDE >= SAMPLES ||
        !sample(s, set, place + BESIDE, &next))
      continue;
    pairs++;
    changes += abs(c[1] - next[1]) > CHANGE;
  }
  return all >= ENOUGH && like * 2 < all && changes * OFTEN > pairs;
}

/* Red before green before blue: skin in any common light. */
static bool is_skin(pa_rgb c) {
  return c.r > c.g * 1.04f && c.g > c.b * .92f;
}

/* Of the face; of other skin where what is called a face is something else. */
static void find_skin(const pa_sight *s, pa_rgb *skin) {
  const unsigned sets[] = {PA_BIT(PA_LABEL_FACE), PA_SET_NECK, PA_SET_ARMS,
                           PA_SET_LEGS};
  bool found = false;
  for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
    pa_rgb color;
    if (!swatch(s, sets[i], &color)) continue;
    if (!found || is_skin(color)) *skin = color;
    found = true;
    if (is_skin(color)) return;
  }
}

/* Whether the photo's edge cuts the head off above the mouth. */
static bool is_cut(const pa_sight *s) {
  const float rim = 2 + .01f * (float)s->height;
  bool seen = false;
  for (int k = PA_KP_LEFT_EYE; k <= PA_KP_RIGHT_EYE;
       k += PA_KP_RIGHT_EYE - PA_KP_LEFT_EYE)
    seen = seen || (s->trust[k] > .5f && s->person.keypoints[k].y > rim);
  return s->person.y < rim && !seen;
}

void pa_swatches_of(const pa_sight *s, pa_swatches *w) {
  *w = (pa_swatches){.skin = {205, 165, 140},
                     .hair = {62, 46, 36},
                     .top = {150, 155, 165},
                     .bottom = {58, 62, 74},
                     .shoes = {46, 44, 44}};
  find_skin(s, &w->skin);
  /* A few pixels of hair beside a face are a bald head's shine. */
  unsigned hair = pa_sight_pixels(s, PA_BIT(PA_LABEL_HAIR));
  bool enough = hair * 5 > pa_sight_pixels(s, PA_SET_FACE);
  /* Of a head that is cut off few pixels of hair are the wall behind it; but
   * few are bald. */
  bool cut = is_cut(s);
  pa_rgb color = w->hair;
  bool seen = swatch(s, PA_BIT(PA_LABEL_HAIR), &color) && enough;
  if (seen || !cut) w->hair = color;
  unsigned hat = pa_sight_pixels(s, PA_BIT(PA_LABEL_HAT));
  w->hat_alone = !seen && hat * 5 > pa_sight_pixels(s, PA_SET_FACE) &&
                 swatch(s, PA_BIT(PA_LABEL_HAT), &w->hair);
  w->has_hair = seen || cut || w->hat_alone;
  w->likely_hair = cut && !seen && !w->hat_alone;
  w->has_top = swatch(s, PA_SET_TOP, &w->top);
  w->has_bottom = swatch(s, PA_SET_BOTTOM, &w->bottom);
  if (!w->has_bottom && pa_sight_pixels(s, PA_BIT(PA_LABEL_DRESS)))
    w->bottom = w->top;
  w->has_shoes = swatch(s, PA_SET_SHOES, &w->shoes);
  unsigned top = w->has_top ? alike(s, PA_SET_TOP, w->top) : 0;
  unsigned bottom = w->has_bottom ? alike(s, PA_SET_BOTTOM, w->bottom) : 0;
  w->plain_top = top >= PLAIN, w->plain_bottom = bottom >= PLAIN;
  float apart = fabsf(w->top.r - w->bottom.r) + fabsf(w->top.g - w->bottom.g) +
                fabsf(w->top.b - w->bottom.b);
  w->pattern_bottom =
      w->has_bottom && is_patterned(s, PA_SET_BOTTOM, w->bottom);
  /* A pattern of light and dark has the other's brightness here and there. */
  w->contrast =
      top >= MOSTLY && bottom >= MOSTLY && apart > APART && !w->pattern_bottom;
  w->lips = (pa_rgb){w->skin.r * .80f, w->skin.g * .58f, w->skin.b * .58f};
  swatch(s, PA_BIT(27) | PA_BIT(28), &w->lips); /* upper and lower lip */
  w->leg_skin = w->skin;
  pa_rgb legs;
  if (swatch(s, PA_SET_LEGS, &legs) && is_skin(legs)) w->leg_skin = legs;
}
