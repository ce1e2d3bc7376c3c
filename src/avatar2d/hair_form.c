#include "avatar2d/hair_form.h"

#include <math.h>
#include <string.h>

#include "base/clamp.h"

#define SKULL_TOP 93.f /* of a ray straight up */
#define MIDDLE 5       /* of the rays */

float pa_hair_ray(int ray) {
  return .3490659f * (float)(ray - MIDDLE);
}

float pa_hair_line_x(int place) {
  const int middle = PA_HAIRLINE / 2;
  return 14 * (float)(place - middle);
}

float pa_hair_fall_y(int height) {
  return -20 + 30 * (float)height;
}

float pa_hair_skull(const pa_hair_form *form, float angle) {
  float x = sinf(angle) / (form->half + 1), y = cosf(angle) / SKULL_TOP;
  return 1 / sqrtf(x * x + y * y);
}

/* ------------------------------------------------------------ limits */

static void smooth(float *v, int n) {
  float old[PA_CROWN];
  memcpy(old, v, (size_t)n * sizeof *v);
  for (int i = 0; i < n; i++) {
    float a = old[i ? i - 1 : 0], b = old[i < n - 1 ? i + 1 : n - 1];
    v[i] = .5f * old[i] + .25f * (a + b);
  }
}

static bool falls(const pa_hair_side *s) {
  return s->low > PA_HAIR_FALLS;
}

/* How far hair stands off the skull at most: hair that ends at the ear lies
 * close to it there. */
static float most_volume(const pa_hair_form *f, int ray, float skull) {
  static const float cropped[] = {40, 38, 32, 22, 12, 8};
  const float wild = .62f;
  int away = ray < MIDDLE ? MIDDLE - ray : ray - MIDDLE;
  bool lies = !f->full && !falls(&f->side[ray > MIDDLE]);
  return lies && away > 1 ? cropped[away] : wild * skull;
}

static void limit_crown(pa_hair_form *f) {
  const float thin = 5;
  for (int i = 0; i < PA_CROWN; i++) {
    float skull = pa_hair_skull(f, pa_hair_ray(i));
    float most = most_volume(f, i, skull);
    f->crown[i] = pa_clamp(f->crown[i], skull + thin, skull + most);
  }
  smooth(f->crown, PA_CROWN);
  /* Hair has much the same volume on both sides. */
  for (int i = 0; i < MIDDLE; i++) {
    float *a = &f->crown[i], *b = &f->crown[PA_CROWN - 1 - i];
    float mean = (*a + *b) / 2;
    *a = .55f * *a + .45f * mean, *b = .55f * *b + .45f * mean;
  }
}

static void limit_line(pa_hair_form *f) {
  smooth(f->line, PA_HAIRLINE);
  for (int i = 0; i < PA_HAIRLINE; i++) {
    float x = pa_hair_line_x(i), k = x / (f->half - 2);
    /* Inside the skull and round at the temples, above the eyes. */
    float highest = PA_CROWN_Y - (SKULL_TOP - 18) * sqrtf(fmaxf(1 - k * k, 0));
    f->line[i] = pa_clamp(f->line[i], highest, -21);
  }
}

static void limit_side(const pa_hair_form *f, pa_hair_side *s) {
  const float neck = 34, middle = 12;
  s->low = pa_clamp(s->low, -14, 224);
  for (int i = 0; i < PA_FALL; i++) {
    float y = pa_hair_fall_y(i);
    /* Hair that ends above the shoulders does not lie on them. */
    float most = f->half + (y < 40 ? 52 : 62);
    if (s->low < 100 && !f->full) most = f->half + 28;
    s->outer[i] = pa_clamp(s->outer[i], f->half + 4, most);
    /* Beside the eyes, not over them. */
    float least = y < 20    ? .78f * f->half
                  : y < 50  ? .62f * f->half
                  : y < 115 ? neck
                            : middle;
    s->inner[i] = pa_clamp(s->inner[i], least, s->outer[i] - 13);
  }
  smooth(s->outer, PA_FALL);
  smooth(s->inner, PA_FALL);
}

void pa_hair_form_limit(pa_hair_form *f) {
  f->half = pa_clamp(f->half, 56, 86);
  limit_crown(f);
  limit_line(f);
  for (int i = 0; i < 2; i++)
    limit_side(f, &f->side[i]);
  f->parting = pa_clamp(f->parting, -42, 42);
  f->behind = pa_clamp(f->behind, -20, 215);
  for (int i = 0; i < 2 && f->full; i++)
    f->side[i].low = fmaxf(f->side[i].low, 36);
}
