/* A part of the photo at a size to work with, and for each kind of surface the
 * pixels that it may be painted from. */
#ifndef PARSONA_AVATAR3D_CROP_H
#define PARSONA_AVATAR3D_CROP_H

#include "avatar3d/sight.h"

typedef struct pa_crop {
  unsigned width, height;
  float x, y, scale; /* crop = (photo - (x, y)) * scale */
  float *rgb;        /* width * height * 3, 0..255 */
  uint8_t *label;    /* the person's labels, 0 elsewhere */
} pa_crop;

/* The box (photo pixels) at most `most` pixels on its longer side, never
 * enlarged. */
pa_status pa_crop_create(pa_error *err, const pa_sight *sight,
                         const float box[4], unsigned most, pa_crop *crop);
void pa_crop_destroy(pa_crop *crop);

/* Some rows of it, which stay its own: not to be destroyed. */
pa_crop pa_crop_rows(const pa_crop *crop, unsigned first, unsigned count);

/* A box blur along lines of `length` values `step` apart, `lines` of them
 * `next` apart; edges go on. */
void pa_crop_blur(const float *in, float *out, unsigned length, unsigned lines,
                  int radius, size_t step, size_t next);

/* The pixels of a set of labels spread over the whole crop. */
typedef struct pa_spread {
  pa_crop crop;      /* not its own */
  uint32_t *nearest; /* the set's nearest pixel, as an index; NULL: none */
  float *blurred;    /* width * height * 3; the set's colours, smoothed */
  uint8_t *fill;     /* width * height * 3; its clean ones, holes filled */
  uint8_t *off; /* of each pixel how far it is from a clean one, at most 255
                 */
} pa_spread;

/* The crop's pixels and labels must outlive the spread. The pixels of a set,
 * less those for which `hidden` is not 0. `radius`, `down`: of the blur along
 * rows and across them, in the crop's pixels; radius 0: no blur is made. */
pa_status pa_spread_create(pa_error *err, const pa_crop *crop, unsigned set,
                           const uint8_t *hidden, unsigned radius,
                           unsigned down, pa_spread *spread);
void pa_spread_destroy(pa_spread *spread);

/* Adds what pa_spread_clean needs: of the spread's pixels those are clean for
 * which `foul` is 0. Where there are none it is left as it is. */
pa_status pa_spread_add_clean(pa_error *err, const uint8_t *foul,
                              pa_spread *spread);

/* The colour for a place of the photo: sharp where the set has it, else from
 * its nearest pixel. `away` receives the distance of that pixel in photo
 * pixels. */
void pa_spread_sharp(const pa_spread *spread, float x, float y, float rgb[3],
                     float *away);
/* As above, but beyond the set's edge its pattern goes on, mirrored there. */
void pa_spread_mirrored(const pa_spread *spread, float x, float y, float rgb[3],
                        float *away);
/* Of clean pixels alone, without edges where there are none near; as above
 * where that was not added. */
void pa_spread_clean(const pa_spread *spread, float x, float y, float rgb[3],
                     float *away);
/* As pa_spread_sharp where no blur was made. */
void pa_spread_blurred(const pa_spread *spread, float x, float y, float rgb[3],
                       float *away);

#endif
