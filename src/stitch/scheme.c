#include "stitch/scheme.h"

#include <string.h>

#include "stitch/color.h"

/* From the large parts, which may lose a little at their edges, to the small
 * and thin ones, which may not. */
static const char *const usual_order[] = {
    "left_leg", "right_leg",     "torso_skin", "pants",     "skirt",
    "dress",    "upper_clothes", "coat",       "left_arm",  "right_arm",
    "socks",    "left_shoe",     "right_shoe", "bag",       "face",
    "left_ear", "right_ear",     "hair",       "hat",       "scarf",
    "belt",     "accessory",     "mouth",      "upper_lip", "lower_lip",
    "nose",     "left_eye",      "right_eye",  "left_brow", "right_brow",
    "glasses",
};

static void rank_usual(pa_scheme *scheme) {
  size_t count = sizeof usual_order / sizeof usual_order[0];
  for (size_t i = 0; i < count; i++)
    scheme->rank[pa_label_find(usual_order[i])] = (uint8_t)(i + 1);
}

static pa_status rank_layers(pa_scheme *scheme, const uint8_t *layers,
                             size_t count) {
  if (count > UINT8_MAX) return PA_ERROR_ARGUMENT;
  for (size_t i = 0; i < count; i++) {
    if (layers[i] >= pa_label_count()) return PA_ERROR_ARGUMENT;
    scheme->rank[layers[i]] = (uint8_t)(i + 1);
  }
  return PA_OK;
}

static void choose_persons(pa_scheme *scheme, const uint8_t *persons,
                           size_t count) {
  memset(scheme->person_drawn, !persons, sizeof scheme->person_drawn);
  for (size_t i = 0; persons && i < count; i++)
    if (persons[i] < PA_SCHEME_PERSONS) scheme->person_drawn[persons[i]] = true;
}

static float unit(float v) {
  return v > 0 ? v < 1 ? v : 1 : 0;
}

pa_status pa_scheme_make(const pa_stitch_options *options, pa_scheme *scheme) {
  static const pa_stitch_options none;
  if (!options) options = &none;
  memset(scheme, 0, sizeof *scheme);
  scheme->alpha = options->alpha == 0 ? 1 : unit(options->alpha);
  scheme->tint = unit(options->person_tint);
  if (options->colors)
    memcpy(scheme->palette, options->colors,
           pa_label_count() * sizeof *options->colors);
  else
    pa_palette("parsona", scheme->palette);
  choose_persons(scheme, options->persons, options->person_count);
  if (options->layers)
    return rank_layers(scheme, options->layers, options->layer_count);
  rank_usual(scheme);
  return PA_OK;
}

pa_color pa_scheme_color(const pa_scheme *scheme, unsigned person,
                         unsigned label) {
  if (person >= PA_SCHEME_PERSONS || label >= PA_SCHEME_LABELS ||
      !scheme->rank[label] || !scheme->person_drawn[person])
    return (pa_color){0, 0, 0, 0};
  pa_color color = scheme->palette[label];
  if (label != 0) color = pa_color_tint(color, person, scheme->tint);
  color.a = (uint8_t)((float)color.a * scheme->alpha + .5f);
  return color;
}

pa_color pa_stitch_color(const pa_stitch_options *options, unsigned id,
                         unsigned label) {
  pa_scheme scheme;
  if (pa_scheme_make(options, &scheme)) return (pa_color){0, 0, 0, 0};
  return pa_scheme_color(&scheme, id, label);
}
