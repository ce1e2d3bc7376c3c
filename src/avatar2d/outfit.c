#include "avatar2d/outfit.h"

#include <string.h>

#include "avatar2d/hair.h"
#include "avatar2d/wear.h"
#include "base/limits.h"

/* Kinds beyond those that are worn. */
enum { HAIR = PA_WEAR_COUNT, BEARD, BACKGROUND, KINDS };

size_t pa_accessory_kind_count(void) {
  return KINDS;
}

const char *pa_accessory_kind(size_t kind) {
  static const char *const others[] = {"hair", "beard", "background"};
  if (kind < PA_WEAR_COUNT) return pa_wear_kind((pa_wear)kind);
  return kind < KINDS ? others[kind - PA_WEAR_COUNT] : NULL;
}

size_t pa_accessory_count(size_t kind) {
  if (kind < PA_WEAR_COUNT) return pa_wear_count((pa_wear)kind);
  if (kind == HAIR) return pa_hair_preset_count();
  if (kind == BEARD) return PA_BEARD_COUNT - 1;
  return kind == BACKGROUND ? PA_BACKDROP_COUNT - 1 : 0;
}

const char *pa_accessory_name(size_t kind, size_t index) {
  if (index >= pa_accessory_count(kind)) return NULL;
  if (kind < PA_WEAR_COUNT) return pa_wear_name((pa_wear)kind, index);
  if (kind == HAIR) return pa_hair_preset_name(index);
  if (kind == BEARD) return pa_beard_name((pa_beard)(index + 1));
  return pa_backdrop_name((pa_backdrop)(index + 1));
}

static size_t find_kind(const char *kind) {
  size_t i = 0;
  while (i < KINDS && strcmp(kind, pa_accessory_kind(i)) != 0)
    i++;
  return i;
}

static size_t find_name(size_t kind, const char *name) {
  size_t i = 0, count = pa_accessory_count(kind);
  while (i < count && strcmp(name, pa_accessory_name(kind, i)) != 0)
    i++;
  return i;
}

/* `index` is the count of the kind for "none". */
static void put_on(size_t kind, size_t index, pa_color color, pa_traits *t,
                   pa_draw *draw) {
  const char *name = pa_accessory_name(kind, index);
  if (kind < PA_WEAR_COUNT) {
    pa_worn *worn = &draw->worn[kind];
    worn->name[0] = '\0';
    if (!name) return;
    strncpy(worn->name, name, sizeof worn->name - 1);
    worn->color = color.a ? color : pa_wear_color((pa_wear)kind, name);
  } else if (kind == HAIR) {
    t->hair.kind = name ? PA_HAIR_PRESET : PA_HAIR_NONE;
    if (name) strncpy(t->hair.preset, name, sizeof t->hair.preset - 1);
    t->face.top = -112;
    if (color.a) t->hair.color = color;
  } else if (kind == BEARD) {
    t->beard.kind = name ? (pa_beard)(index + 1) : PA_BEARD_NONE;
    if (color.a) t->beard.color = color;
  } else {
    draw->backdrop = name ? (pa_backdrop)(index + 1) : PA_BACKDROP_NONE;
    draw->backdrop_color = color;
  }
}

static pa_status put_on_named(pa_error *err, const pa_accessory *a,
                              pa_traits *t, pa_draw *draw, bool *named) {
  if (!a->kind || !a->name)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "an accessory lacks its kind or its name");
  size_t kind = find_kind(a->kind);
  if (kind == KINDS)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "\"%.40s\" is no kind of accessory", a->kind);
  size_t index = find_name(kind, a->name);
  if (index == pa_accessory_count(kind) && strcmp(a->name, "none") != 0)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "there is no %s \"%.40s\"",
                        pa_accessory_kind(kind), a->name);
  put_on(kind, index, a->color, t, draw);
  named[kind] = true;
  return PA_OK;
}

/* ------------------------------------------------------------ by chance */

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t next_random(uint64_t *state) {
  uint64_t z = (*state += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/* Of a hundred avatars, so many get something of the kind. Hair and beards are
 * the person's own and stay. */
static void put_on_by_chance(uint32_t seed, const bool *named, pa_traits *t,
                             pa_draw *draw) {
  static const uint8_t chances[KINDS] = {
      [PA_WEAR_HAT] = 35,      [PA_WEAR_GLASSES] = 40,
      [PA_WEAR_EARRINGS] = 25, [PA_WEAR_HEADPHONES] = 20,
      [PA_WEAR_SCARF] = 25,    [PA_WEAR_MASK] = 5,
      [BACKGROUND] = 100};
  static const unsigned dyes[] = {0x3f6b8c, 0xc8423b, 0x2aa198, 0xe0a526,
                                  0x7a5aa6, 0x3b3f4c, 0xe07a5f, 0x588157};
  uint64_t state = seed;
  for (size_t kind = 0; kind < KINDS; kind++) {
    /* Drawn for every kind, so that naming one does not change the others. */
    uint64_t chance = next_random(&state) % 100;
    uint64_t which = next_random(&state), dye = next_random(&state) % 8;
    if (named[kind] || chance >= chances[kind]) continue;
    /* Hats and headphones' bows are in each other's way. */
    if (kind == PA_WEAR_HEADPHONES && draw->worn[PA_WEAR_HAT].name[0]) continue;
    bool own = kind == PA_WEAR_GLASSES || kind == PA_WEAR_EARRINGS ||
               kind == BACKGROUND;
    put_on(kind, which % pa_accessory_count(kind),
           own ? (pa_color){0, 0, 0, 0} : pa_hex(dyes[dye]), t, draw);
  }
}

/* ------------------------------------------------------------ the whole */

static void put_on_own(const pa_traits *t, pa_draw *draw) {
  const struct {
    pa_wear wear;
    const char *name;
    pa_color color;
  } own[] = {{PA_WEAR_GLASSES, t->glasses.shape, t->glasses.color},
             {PA_WEAR_HAT, t->hat.shape, t->hat.color},
             {PA_WEAR_EARRINGS, t->earrings.shape, t->earrings.color}};
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
    pa_worn *worn = &draw->worn[own[i].wear];
    strncpy(worn->name, own[i].name, sizeof worn->name - 1);
    worn->color = own[i].color;
  }
}

pa_status pa_outfit_apply(pa_error *err, const pa_avatar2d_options *options,
                          pa_traits *traits, pa_draw *draw) {
  bool named[KINDS] = {false};
  draw->backdrop = draw->style->backdrop;
  put_on_own(traits, draw);
  if (options->accessory_count > PA_LIMIT_ACCESSORIES)
    return pa_error_set(err, PA_ERROR_TOO_LARGE, "%zu accessories, at most %d",
                        options->accessory_count, PA_LIMIT_ACCESSORIES);
  if (options->accessory_count && !options->accessories)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "no list of accessories");
  for (size_t i = 0; i < options->accessory_count; i++) {
    pa_status status =
        put_on_named(err, &options->accessories[i], traits, draw, named);
    if (status != PA_OK) return status;
  }
  if (options->seed) put_on_by_chance(options->seed, named, traits, draw);
  return PA_OK;
}
