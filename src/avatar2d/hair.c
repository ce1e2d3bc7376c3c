#include "avatar2d/hair.h"

#include <math.h>
#include <string.h>

#include "avatar2d/hair_locks.h"

typedef struct preset {
  const char *name;
  float top, temple;  /* how far it stands off the skull there */
  float line, corner; /* y of the hairline at the parting, at the temples */
  float parting;      /* x */
  float low, behind;  /* y where its sides and its back end */
  float inner, outer; /* of the sides, beyond the face's half width */
  float curls, wave, knot; /* sizes; 0: none */
  bool tied;
} preset;

static const preset presets[] = {
    {"buzz", 7, 6, -74, -60, 0, -4, 0, -6, 5, 0, 0, 0, false},
    {"short", 27, 13, -60, -46, -16, 6, 0, -6, 8, 0, 0, 0, false},
    {"side", 33, 13, -88, -42, -27, 4, 0, -6, 8, 0, 0, 0, false},
    {"quiff", 52, 13, -76, -56, -27, 2, 0, -6, 8, 0, 0, 0, false},
    {"curly", 26, 26, -56, -56, 0, 38, 38, -4, 26, 21, 0, 0, false},
    {"afro", 50, 50, -62, -62, 0, 52, 52, -4, 50, 25, 0, 0, false},
    {"bob", 30, 25, -36, -33, 14, 84, 92, -5, 25, 0, 0, 0, false},
    {"long", 32, 27, -90, -36, 8, 160, 205, -5, 31, 0, 0, 0, false},
    {"wavy", 36, 31, -86, -34, 20, 165, 212, -7, 38, 0, 30, 0, false},
    {"bun", 18, 11, -84, -50, 0, 8, 0, -6, 6, 0, 0, 27, true},
    {"ponytail", 20, 11, -80, -50, -10, 8, 0, -6, 6, 0, 0, 0, true},
    {.name = "bald"},
};

#define PRESETS (sizeof presets / sizeof *presets)

size_t pa_hair_preset_count(void) {
  return PRESETS;
}

const char *pa_hair_preset_name(size_t index) {
  return index < PRESETS ? presets[index].name : NULL;
}

static const preset *find(const char *name) {
  for (size_t i = 0; name && i < PRESETS; i++)
    if (!strcmp(presets[i].name, name)) return &presets[i];
  return NULL;
}

bool pa_hair_preset_known(const char *name) {
  return find(name) != NULL;
}

bool pa_hair_shorn(const pa_traits *t) {
  if (t->hair.kind == PA_HAIR_PRESET) return !strcmp(t->hair.preset, "buzz");
  return t->hair.kind == PA_HAIR_TRACED && t->hair.shorn;
}

/* Highest at the parting, round towards the temples. */
static void fill_line(const preset *o, pa_hair_form *f) {
  for (int i = 0; i < PA_HAIRLINE; i++) {
    float x = pa_hair_line_x(i), side = x < f->parting ? -56 : 56;
    float t = fminf((x - f->parting) / (side - f->parting), 1);
    f->line[i] = o->line + (o->corner - o->line) * powf(fmaxf(t, 0), 1.2f);
  }
}

static void fill_side(const preset *o, pa_hair_form *f, pa_hair_side *s) {
  s->low = o->low;
  for (int i = 0; i < PA_FALL; i++) {
    float wave = o->wave * sinf(1.6f * (float)i - 1);
    s->inner[i] = f->half + o->inner - .4f * (i < 4 ? 0 : wave);
    s->outer[i] = f->half + o->outer + wave;
  }
}

bool pa_hair_preset_form(const pa_traits *t, const char *name,
                         pa_hair_form *f) {
  const preset *o = find(name);
  memset(f, 0, sizeof *f);
  if (!o || o->top <= 0) return false;
  bool other = t->hair.parting * o->parting < 0;
  f->half = fmaxf(t->face.outline[2], t->face.outline[1]);
  f->parting = other ? -o->parting : o->parting;
  f->behind = o->behind, f->curls = o->curls, f->knot = o->knot;
  f->full = o->curls > 0, f->tied = o->tied;
  for (int i = 0; i < PA_CROWN; i++) {
    float up = cosf(pa_hair_ray(i));
    f->crown[i] = pa_hair_skull(f, pa_hair_ray(i)) + o->temple +
                  (o->top - o->temple) * fmaxf(up, 0);
  }
  fill_line(o, f);
  for (int side = 0; side < 2; side++)
    fill_side(o, f, &f->side[side]);
  pa_hair_form_limit(f);
  return true;
}

/* A tail that comes over the shoulder from behind the head. */
static void add_tail(float wide, pa_shape *back) {
  static const pa_vec tail[] = {{52, -96},  {98, -86},  {124, -44}, {134, 20},
                                {130, 84},  {112, 150}, {112, 150}, {108, 128},
                                {108, 128}, {94, 140},  {94, 140},  {96, 104},
                                {98, 44},   {92, -8},   {70, -34}};
  pa_contour *c = &back->contours[back->count++];
  c->count = 0;
  for (size_t i = 0; i < sizeof tail / sizeof *tail; i++)
    pa_lock_put(c, tail[i].x * wide, tail[i].y);
}

void pa_hair_preset(const pa_traits *traits, const char *name, pa_shape *front,
                    pa_shape *back) {
  pa_hair_form form;
  front->count = back->count = 0;
  if (!pa_hair_preset_form(traits, name, &form)) return;
  pa_hair_form_shapes(&form, front, back);
  if (!strcmp(name, "ponytail")) add_tail(form.half / 70, back);
}
