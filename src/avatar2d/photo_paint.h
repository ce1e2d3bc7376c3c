/* What painters share. */
#ifndef PARSONA_AVATAR2D_PHOTO_PAINT_H
#define PARSONA_AVATAR2D_PHOTO_PAINT_H

#include <math.h>
#include <string.h>

#include "avatar2d/photo.h"
#include "avatar2d/photo_filter.h"

static inline uint8_t pa_byte(float v) { /* of 0..1 */
  return (uint8_t)(pa_clamp(v, 0, 1) * 255 + .5f);
}

/* As pa_photo's lengths: pixels of PA_CANVAS, whatever the picture's side. */

/* Multiplies alpha by a ragged edge where the photo ends: fade against noise
 * whose hills are `size` pixels apart; `soft`: width of the edge, 0..1. */
void pa_photo_ragged(pa_photo *photo, float size, float soft, uint32_t seed);

/* The paper's height along a row of the picture, 0..1, mean .5: fibres and
 * grain (an invented one; Bousseau et al. 2006 use scans). */
void pa_photo_paper(const pa_photo *photo, int y, float *paper);

/* Lines along the borders of parts and of the person, three pixels wide and
 * 1/3 strong; 0 elsewhere. Features have none. */
void pa_photo_seams(const pa_photo *photo, float *seams);

/* The mean colour of a part; false when less than a thousandth of the canvas
 * shows it. */
bool pa_photo_mean(const pa_photo *photo, pa_photo_part part, pa_oklab *mean);

/* Noise at the places of a row whose hills are `size` pixels apart. */
void pa_photo_noise(const pa_photo *photo, float x, int y, float size,
                    uint32_t seed, float *row);
void pa_photo_turbulence(const pa_photo *photo, float x, int y, float size,
                         uint32_t seed, float *row);

/* pa_along with a stride of 1.4: noise has no finer hills. */
void pa_photo_along(const pa_photo *photo, const float *in, int steps,
                    float *spare, float *out);

/* Transparent pixels of a layer become all zero. */
void pa_photo_clear(const pa_photo *photo, uint8_t *layer);

#endif
