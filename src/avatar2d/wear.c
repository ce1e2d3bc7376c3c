#include "avatar2d/wear.h"

#include <string.h>

typedef struct shelf {
  const char *kind;
  const pa_wear_item *items;
  const size_t *count;
} shelf;

static const shelf shelves[PA_WEAR_COUNT] = {
    [PA_WEAR_HAT] = {"hat", pa_hats, &pa_hats_count},
    [PA_WEAR_GLASSES] = {"glasses", pa_glasses, &pa_glasses_count},
    [PA_WEAR_EARRINGS] = {"earrings", pa_earrings, &pa_earrings_count},
    [PA_WEAR_HEADPHONES] = {"headphones", pa_headphones, &pa_headphones_count},
    [PA_WEAR_SCARF] = {"scarf", pa_scarves, &pa_scarves_count},
    [PA_WEAR_MASK] = {"mask", pa_masks, &pa_masks_count},
};

const char *pa_wear_kind(pa_wear wear) {
  return wear < PA_WEAR_COUNT ? shelves[wear].kind : NULL;
}

size_t pa_wear_count(pa_wear wear) {
  return wear < PA_WEAR_COUNT ? *shelves[wear].count : 0;
}

const char *pa_wear_name(pa_wear wear, size_t index) {
  return index < pa_wear_count(wear) ? shelves[wear].items[index].name : NULL;
}

static const pa_wear_item *find(pa_wear wear, const char *name) {
  for (size_t i = 0; i < pa_wear_count(wear); i++)
    if (!strcmp(shelves[wear].items[i].name, name))
      return &shelves[wear].items[i];
  return NULL;
}

bool pa_wear_known(pa_wear wear, const char *name) {
  return find(wear, name) != NULL;
}

pa_color pa_wear_color(pa_wear wear, const char *name) {
  const pa_wear_item *item = find(wear, name);
  return pa_hex(item ? item->color : 0x808080);
}

void pa_draw_worn(pa_draw *draw, pa_layer layer) {
  for (int wear = 0; wear < PA_WEAR_COUNT; wear++) {
    const pa_worn *worn = &draw->worn[wear];
    const pa_wear_item *item = find((pa_wear)wear, worn->name);
    if (!item) continue;
    pa_layer own = item->layer;
    if (wear == PA_WEAR_EARRINGS && pa_turn_bares_ear(draw->traits))
      own = PA_LAYER_HAIR; /* on the ear, which is drawn over the hair */
    if (own != layer) continue;
    pa_picture_begin(draw->picture, shelves[wear].kind, PA_NO_PATH);
    item->draw(draw, pa_draw_color(draw, worn->color));
    pa_picture_end(draw->picture);
  }
}
