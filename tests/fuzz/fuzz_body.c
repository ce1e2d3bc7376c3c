/* Reads bytes as the body file of 3D avatars. Seed: weights/body/body.bin. */
#include <stddef.h>
#include <stdint.h>

#include "avatar3d/figure.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pa_body *body;
  if (pa_body_open(NULL, data, size, &body) != PA_OK) return 0;
  pa_figure figure;
  if (pa_figure_create(NULL, body, &figure) == PA_OK) {
    for (unsigned i = 0; i < body->targets; i++)
      pa_figure_shape(&figure, body->target[i].name, .5f);
    pa_figure_stand(&figure);
  }
  pa_figure_destroy(&figure);
  pa_body_close(body);
  return 0;
}
