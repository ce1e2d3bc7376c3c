/* What painters share. */
#ifndef PARSONA_AVATAR2D_PHOTO_PAINT_H
#define PARSONA_AVATAR2D_PHOTO_PAINT_H

#include <math.h>
#include <string.h>

#include "avatar2d/photo.h"
#include "avatar2d/photo_filter.h"

#define SIDE PA_PHOTO_SIDE
#define AREA PA_PHOTO_AREA

static inline uint8_t pa_byte(float v) { /* of 0..1 */
  return (uint8_t)(pa_clampf(v, 0, 1) * 255 + .5f);
}

/* Multiplies alpha by a ragged edge where the photo ends: fade against noise
 * whose hills are `size` pixels apart; `soft`: width of the edge, 0..1. */
void pa_photo_ragged(pa_photo *photo, float size, float soft, uint32_t seed);

/* The paper's height along a row of the canvas, 0..1, mean .5: fibres and grain
 * (an invented one; Bousseau et al. 2006 use scans). */
void pa_photo_paper(int y, float *paper);

/* 1 along the borders of parts and of the person, 0 elsewhere. Features have
 * none. */
void pa_photo_seams(const pa_photo *photo, float *seams);

/* The mean colour of a part; false when less than a thousandth of the canvas
 * shows it. */
bool pa_photo_mean(const pa_photo *photo, pa_photo_part part, pa_oklab *mean);

/* Transparent pixels of a layer become all zero. */
void pa_photo_clear(uint8_t *layer);

#endif
