/* The stages from the network's outputs to people. Private to m2fp. */
#ifndef PARSONA_M2FP_PEOPLE_H
#define PARSONA_M2FP_PEOPLE_H

#include "m2fp/m2fp.h"

/* The most queries that a network may have. */
#define PA_M2FP_QUERIES 512

/* A query whose mask is the whole of one person. */
typedef struct pa_m2fp_human {
  size_t query;
  float score;
  size_t cells; /* of the grid that are this person's */
} pa_m2fp_human;

/* The network's outputs, and what is found in them. The grid is the masks',
 * a cell for 4 x 4 pixels of the input. */
typedef struct pa_m2fp_scene {
  const pa_m2fp_labels *labels;
  const pa_m2fp_frame *frame;
  const float *classes, *masks; /* logits */
  size_t queries, grid_width, grid_height;
  float *share;   /* [queries][count + 1]: probabilities of the classes */
  size_t *active; /* the queries that say something about parts */
  size_t active_count;
  pa_m2fp_human humans[PA_LIMIT_PERSONS]; /* the surest first */
  size_t human_count;
  uint8_t *part;  /* by cell: the class, 0 for background */
  uint8_t *owner; /* by cell: number of the person from 1, 0 for nobody */
  /* For sharing out leftovers. */
  uint8_t *claim;  /* by cell */
  uint32_t *queue; /* room for all cells twice */
} pa_m2fp_scene;

/* The class of the largest sum over the active queries, given their mask
 * logits; `sure` (NULL: not wanted) receives its share of all. */
size_t pa_m2fp_class_at(const pa_m2fp_scene *s, const float *logits,
                        float *sure);

/* group.c: humans, parts and owners of the cells. */
void pa_m2fp_find_humans(pa_m2fp_scene *s, const pa_m2fp_options *options);
void pa_m2fp_find_owners(pa_m2fp_scene *s);

/* paint.c: the maps of the photo's size. */
pa_status pa_m2fp_paint(pa_error *err, pa_nn_engine *engine,
                        const pa_m2fp_scene *s, uint8_t *label_map,
                        uint8_t *person_map);

#endif
