/* A network's input cut out of the photo, on all of the engine's threads. */
#ifndef PARSONA_POSE_CROP_H
#define PARSONA_POSE_CROP_H

#include "image/image.h"
#include "nn/nn.h"

/* How a network wants its pixels: v * scale + offset for v in 0..255, and what
 * it expects outside the photo (0..255; negative: the nearest pixel). */
typedef struct pa_crop_range {
  float scale, offset, outside;
} pa_crop_range;

/* RGB in -1..1; outside the photo its edge goes on. */
extern const pa_crop_range pa_crop_signed;

/* pa_image_sample of the whole output, [height][width][3] floats. */
void pa_crop_sample(pa_nn_engine *engine, const pa_image *image, pa_affine m,
                    unsigned width, unsigned height, pa_crop_range range,
                    float *out);

#endif
