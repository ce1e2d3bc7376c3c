/* M2FP at work: a photo becomes the network's input, its outputs become people.
 *
 *   pa_m2fp_labels_read    what the weights file says of its classes
 *   pa_m2fp_frame_of       how the photo lies in the input
 *   pa_m2fp_fill           writes the input
 *   pa_m2fp_people         reads the outputs
 *
 * The pipeline (src/parse) owns the network and the maps. */
#ifndef PARSONA_M2FP_M2FP_H
#define PARSONA_M2FP_M2FP_H

#include "image/image.h"
#include "nn/nn.h"

/* The classes of a network: our label for each. */
typedef struct pa_m2fp_labels {
  size_t count;
  uint8_t ours[PA_LIMIT_LABELS]; /* or one of: */
  size_t person;                 /* the class of whole people; `count`: none */
  bool one;                      /* trained on photos of one person */
} pa_m2fp_labels;

/* Limbs that a network gives no side. */
enum { PA_M2FP_ARM = 254, PA_M2FP_LEG = 255 };

/* Reads the tables of a file of role "m2fp". PA_ERROR_WEIGHTS when they are not
 * there, differ in length, or name no label of ours. */
pa_status pa_m2fp_labels_read(pa_error *err, const pa_nn_weights *weights,
                              pa_m2fp_labels *labels);

/* The photo in the input: it is resized to `used_*`, its corner is at `left`,
 * `top`, and around it is `border` (0..255; negative: the mean colour). */
typedef struct pa_m2fp_frame {
  unsigned width, height; /* of the input, multiples of 32 */
  unsigned left, top, used_width, used_height;
  unsigned photo_width, photo_height;
  float border;
} pa_m2fp_frame;

/* As the published pipelines have it: many people, the shorter side 640 and the
 * longer at most 1333; one person, inside 384 x 512. */
pa_m2fp_frame pa_m2fp_frame_of(const pa_m2fp_labels *labels, unsigned width,
                               unsigned height);

/* Writes the input [1, height, width, 3]. */
void pa_m2fp_fill(pa_nn_engine *engine, const pa_image *photo,
                  const pa_m2fp_frame *frame, float *input);

typedef struct pa_m2fp_options {
  float min_score; /* people below it are left out */
  size_t max_persons;
} pa_m2fp_options;

typedef struct pa_m2fp_person {
  float score; /* probability of the class times the mask's certainty */
} pa_m2fp_person;

/* People from the outputs "classes" [queries, count + 1] and "masks" [pixels at
 * stride 4, queries], both logits. Fills `label_map` and `person_map` (photo
 * size, a byte a pixel): our label and the person's number from 1, the surest
 * first; 0 for nobody, where the label is 0 as well. `persons` has room for
 * options->max_persons.
 *
 * A pixel's class is the one of the largest sum over queries of class
 * probability times mask probability (arXiv:2112.01527, section 3.4). Masks of
 * the class of people, the surest on top, tell whose it is. Part pixels outside
 * of them go to the person that they touch, unless there are more of them than
 * of half that person; else to nobody. */
pa_status pa_m2fp_people(pa_error *err, pa_nn_engine *engine,
                         const pa_nn_net *net, const pa_m2fp_labels *labels,
                         const pa_m2fp_frame *frame,
                         const pa_m2fp_options *options, uint8_t *label_map,
                         uint8_t *person_map, pa_m2fp_person *persons,
                         size_t *count);

#endif
