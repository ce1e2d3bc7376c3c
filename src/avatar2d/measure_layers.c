/* What lies over what on the trunk, where labels have one garment for both: a
 * suit's shirt, a waistcoat over one. */
#include <math.h>

#include "avatar2d/measure_cloth.h"

typedef enum zone {
  SLEEVES,
  TRUNK,  /* beside the middle, where a shirt's front and a tie do not lie */
  COLLAR, /* below the chin */
  ZONES
} zone;

typedef struct layer {
  float area; /* square head units */
  pa_oklab color;
} layer;

static bool lies_in(zone z, float x, float y, bool sleeve) {
  x = fabsf(x);
  switch (z) {
  case SLEEVES:
    return sleeve;
  case TRUNK:
    return !sleeve && x > 25 && x < 75 && y > 190 && y < 330;
  case COLLAR:
  default:
    return x < 45 && y > 100 && y < 160;
  }
}

/* Every `step`-th pixel either way of the person's clothes. */
static void gather(pa_measure *m, zone z, unsigned step) {
  const pa_scene *scene = m->scene;
  const pa_person *p = m->person;
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  const uint8_t *derived = pa_scene_derived(scene);
  const pa_affine to_head = pa_affine_inverse(m->head.to_photo);
  size_t width = pa_scene_width(scene);
  unsigned right = (unsigned)(p->x + p->width);
  unsigned low = (unsigned)(p->y + p->height);
  m->samples.count = 0;
  for (unsigned y = (unsigned)p->y; y < low; y += step)
    for (unsigned x = (unsigned)p->x; x < right; x += step) {
      size_t i = y * width + x;
      if (persons[i] != p->id || !pa_labels_have(labels[i], m->clothes))
        continue;
      float u, v;
      pa_affine_apply(&to_head, (float)x + .5f, (float)y + .5f, &u, &v);
      if (!lies_in(z, u, v, derived[i] & 3) || m->samples.count == PA_SAMPLES)
        continue;
      m->samples.colors[m->samples.count++] =
          pa_patch_oklab(&m->patch, m->image->rgba + 4 * i);
    }
}

static layer look_at(pa_measure *m, zone z) {
  float pixels = m->person->width * m->person->height;
  unsigned step = (unsigned)sqrtf(pixels / 20000) + 1;
  gather(m, z, step);
  float side = (float)step / m->head.unit;
  layer found = {.area = (float)m->samples.count * side * side};
  if (m->samples.count) found.color = pa_samples_median(&m->samples, .3f, .7f);
  return found;
}

/* The lit part of what was gathered last, the collar's: in the shade, and mixed
 * with skin and tie, white is not white. */
static pa_oklab clean_shirt(pa_measure *m) {
  pa_oklab c = pa_samples_median(&m->samples, .55f, .95f);
  const float white = .05f; /* chroma */
  if (hypotf(c.a, c.b) < white) c.a *= .4f, c.b *= .4f;
  return c;
}

/* A shirt shows below the chin and, under a waistcoat, on the arms; a raglan's
 * or a baseball jacket's sleeves differ from what is below the chin, and an
 * open cardigan's are darker than what is worn inside. */
pa_garment pa_measure_layers(pa_measure *m, pa_color *outer, pa_color *inner) {
  const float least[ZONES] = {4000, 1500, 300}; /* square head units */
  layer l[ZONES];
  for (int z = 0; z < ZONES; z++) {
    l[z] = look_at(m, (zone)z);
    if (l[z].area < least[z]) return PA_GARMENT_NONE;
  }
  pa_oklab shirt = l[COLLAR].color, cloth = l[TRUNK].color;
  float arms_trunk = pa_cloth_apart(l[SLEEVES].color, cloth);
  float arms_collar = pa_cloth_apart(l[SLEEVES].color, shirt);
  float trunk_collar = pa_cloth_apart(cloth, shirt);
  *outer = pa_oklab_color(cloth);
  if (arms_trunk > .03f && trunk_collar > .04f &&
      arms_collar < .4f * trunk_collar && shirt.l > cloth.l + .12f) {
    *inner = pa_oklab_color(l[SLEEVES].color);
    return PA_GARMENT_WAISTCOAT;
  }
  const float pale = .09f; /* chroma of shirts that are worn with suits */
  bool white = shirt.l > cloth.l + .2f && hypotf(shirt.a, shirt.b) < pale;
  if (arms_trunk > .012f || trunk_collar < .03f || !white)
    return PA_GARMENT_NONE;
  *inner = pa_oklab_color(clean_shirt(m));
  return PA_GARMENT_SUIT;
}
