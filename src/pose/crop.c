#include "pose/crop.h"

const pa_crop_range pa_crop_signed = {1 / 127.5f, -1, -1};

#define BAND 16 /* rows a task */

typedef struct crop_job {
  const pa_image *image;
  pa_affine m;
  unsigned width, height;
  pa_crop_range range;
  float *out;
} crop_job;

static void sample_band(void *user, size_t band) {
  const crop_job *job = user;
  unsigned begin = (unsigned)band * BAND;
  unsigned end = begin + BAND < job->height ? begin + BAND : job->height;
  pa_image_sample(job->image, job->m, job->width, job->height, job->range.scale,
                  job->range.offset, job->range.outside, begin, end, job->out);
}

void pa_crop_sample(pa_nn_engine *engine, const pa_image *image, pa_affine m,
                    unsigned width, unsigned height, pa_crop_range range,
                    float *out) {
  crop_job job = {image, m, width, height, range, out};
  pa_nn_parallel(engine, (height + BAND - 1) / BAND, sample_band, &job);
}
