/* Reading what a network says. */
#include <math.h>

#include "nn/nn.h"

bool pa_nn_shape_is(const pa_nn_shape *shape, size_t height, size_t width,
                    size_t channels) {
  return shape->rank == 4 && shape->dim[0] == 1 && shape->dim[1] == height &&
         shape->dim[2] == width && shape->dim[3] == channels;
}

const float *pa_nn_net_values(const pa_nn_net *net, const char *name,
                              size_t count) {
  pa_nn_shape shape;
  const float *data = pa_nn_net_output(net, name, &shape);
  size_t have = 1;
  for (size_t i = 0; data && i < shape.rank; i++)
    have *= shape.dim[i];
  return have == count ? data : NULL;
}

void pa_nn_softmax(const float *logits, size_t count, float *p) {
  float most = -INFINITY, sum = 0;
  for (size_t i = 0; i < count; i++)
    most = fmaxf(most, logits[i]);
  for (size_t i = 0; i < count; i++)
    sum += p[i] = expf(logits[i] - most);
  for (size_t i = 0; i < count; i++)
    p[i] /= sum;
}

float pa_nn_sigmoid(float logit) {
  return 1 / (1 + expf(-logit));
}
