/* One person's parts on a square grid over the photo: what every parser gives,
 * and what the composition reads. */
#ifndef PARSONA_PARSE_GRID_H
#define PARSONA_PARSE_GRID_H

#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"
#include "image/image.h"

#define PA_GRID 256

/* Probabilities are bytes, 255 for certain. */
typedef struct pa_grid {
  pa_affine to_photo, to_grid;
  size_t channels;                 /* labels the grid can hold */
  size_t derived;                  /* masks that overlap the labels */
  size_t stride;                   /* their sum rounded up to 16 */
  uint8_t labels[PA_LIMIT_LABELS]; /* vocabulary index of each channel */
  uint8_t *body;                   /* [PA_GRID][PA_GRID]: some person is here */
  uint8_t *owner; /* [PA_GRID][PA_GRID]: if so, it is this one */
  uint8_t *parts; /* [PA_GRID][PA_GRID][stride]: the labels, given a person;
                     then the derived masks (scene.h has their order) */
} pa_grid;

/* Allocates the three maps, zeroed. `to_photo` maps grid pixels to the
 * photo's. */
pa_status pa_grid_init(pa_error *err, pa_affine to_photo, const uint8_t *labels,
                       size_t channels, size_t derived, pa_grid *grid);
void pa_grid_free(pa_grid *grid);

/* A probability as a byte. */
uint8_t pa_grid_byte(float p);

/* The channel of a vocabulary label; -1 when the grid does not hold it. */
int pa_grid_channel(const pa_grid *grid, int label);

/* The grid's corners on the photo: the smallest upright rectangle around them,
 * cut at the photo's edges; x1 and y1 are excluded. */
typedef struct pa_rect {
  int x0, y0, x1, y1;
} pa_rect;
pa_rect pa_grid_rect(const pa_grid *grid, unsigned width, unsigned height);

/* Removes from `body` every island that is smaller than `share` of the
 * largest one (4-neighbours, body at 128 or more). `scratch` holds
 * 2 * PA_GRID * PA_GRID values. */
void pa_grid_drop_islands(pa_grid *grid, float share, int32_t *scratch);

#endif
