/* The colouring alone, as a small module that a page's main thread can call at
 * once. See shim.c; JavaScript's side is js/stitch.ts. */
#include "parsona.h"

/* pa_stitch_options as arguments. NULL arrays mean what NULL means there. */
#define OPTIONS                                                                \
  const pa_color *colors, const uint8_t *layers, size_t layer_count,           \
      float person_tint, const uint8_t *persons, size_t person_count,          \
      float alpha, bool hard_edges

pa_status pa_js_stitch(const uint8_t *label_map, const uint8_t *person_map,
                       unsigned width, unsigned height, OPTIONS, uint8_t *rgba);
uint32_t pa_js_stitch_color(unsigned id, unsigned label, OPTIONS);

static pa_stitch_options pack(OPTIONS) {
  return (pa_stitch_options){.colors = colors,
                             .layers = layers,
                             .layer_count = layer_count,
                             .person_tint = person_tint,
                             .persons = persons,
                             .person_count = person_count,
                             .alpha = alpha,
                             .hard_edges = hard_edges};
}

pa_status pa_js_stitch(const uint8_t *label_map, const uint8_t *person_map,
                       unsigned width, unsigned height, OPTIONS,
                       uint8_t *rgba) {
  pa_stitch_options options = pack(colors, layers, layer_count, person_tint,
                                   persons, person_count, alpha, hard_edges);
  return pa_stitch(label_map, person_map, width, height, &options, rgba);
}

/* r | g << 8 | b << 16 | a << 24 */
uint32_t pa_js_stitch_color(unsigned id, unsigned label, OPTIONS) {
  pa_stitch_options options = pack(colors, layers, layer_count, person_tint,
                                   persons, person_count, alpha, hard_edges);
  pa_color color = pa_stitch_color(&options, id, label);
  return color.r | (uint32_t)color.g << 8 | (uint32_t)color.b << 16 |
         (uint32_t)color.a << 24;
}
