/* The result of a parse. */
#ifndef PARSONA_PARSE_SCENE_H
#define PARSONA_PARSE_SCENE_H

#include "base/error.h"
#include "base/keep.h"
#include "base/limits.h"
#include "parsona.h"

typedef struct pa_scene_person_data {
  pa_person person;
  uint32_t label_pixels[PA_LIMIT_LABELS];
} pa_scene_person_data;

/* Masks that overlap the labels, as bits of the derived map. */
enum {
  PA_DERIVED_LEFT_SLEEVE,
  PA_DERIVED_RIGHT_SLEEVE,
  PA_DERIVED_INNER_CLOTHES, /* from the labels, see pa_scene_derive */
  PA_DERIVED_COUNT
};

struct pa_scene {
  unsigned width, height;
  uint8_t *labels, *persons; /* width * height each */
  uint8_t *derived;          /* width * height: a bit a mask */
  pa_scene_person_data *data;
  size_t person_count;
  pa_timing timing;
  /* What is made of it more than once; NULL: nothing is kept. */
  pa_keep *keep;
};

/* A scene of background alone, with room for `persons` people. */
pa_status pa_scene_create(pa_error *err, unsigned width, unsigned height,
                          size_t persons, pa_scene **scene);

/* Sets the inner clothes' bit: what a coat leaves visible of the person's
 * upper_clothes and dress. */
void pa_scene_derive(pa_scene *scene);

/* Counts the pixels of every label and the tight boxes from the maps. */
void pa_scene_measure(pa_scene *scene);

/* Drops the people of fewer than `pixels` pixels, whose pixels become
 * background, and numbers the rest from 1 in order. */
void pa_scene_drop_small(pa_scene *scene, uint32_t pixels);

#endif
