/* Any bytes are a weights file or an error. A file that opens is made into a
 * network, when that is small, and run. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/nn.h"

#define MOST_WORK 3e6 /* multiply-adds of a run */
#define OPEN_SIDE 8   /* for dimensions that the file leaves open */
#define MOST_FILE 65536

/* The shapes of the inputs are not told by the API: open ones are given by
 * trying ranks, as a caller who knows nothing would. */
static void make_and_run(pa_nn_engine *engine, const pa_nn_weights *weights) {
  pa_nn_shape shapes[PA_LIMIT_GRAPH_PORTS];
  pa_nn_net *net = NULL;
  pa_error err;
  pa_nn_net_options options = {.max_work = MOST_WORK, .profile = true};
  pa_status status = pa_nn_net_create(&err, engine, weights, &options, &net);
  for (size_t rank = 1; status == PA_ERROR_ARGUMENT && rank <= 4; rank++) {
    for (int i = 0; i < PA_LIMIT_GRAPH_PORTS; i++) {
      shapes[i].rank = rank;
      for (size_t d = 0; d < rank; d++)
        shapes[i].dim[d] = d == 0 ? 1 : d == 3 ? 3 : OPEN_SIDE;
    }
    options.input_shapes = shapes;
    status = pa_nn_net_create(&err, engine, weights, &options, &net);
  }
  if (status == PA_OK && pa_nn_net_run(&err, net, NULL) != PA_OK) abort();
  pa_nn_net_destroy(net);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pa_nn_weights *weights = NULL;
  pa_nn_engine *engine = NULL;
  pa_error err = {0};
  if (size > MOST_FILE) return 0;
  /* Exactly as long as the file, so that reading beyond it is seen. */
  void *bytes = malloc(size ? size : 1);
  if (!bytes) return 0;
  memcpy(bytes, data, size);
  pa_status status = pa_nn_weights_open(&err, bytes, size, &weights);
  if ((status == PA_OK) != (weights != NULL)) abort();
  if (status != PA_OK && (!err.text[0] || err.status != status)) abort();
  if (weights && pa_nn_engine_create(&err, 1, &engine) == PA_OK)
    make_and_run(engine, weights);
  pa_nn_weights_close(weights);
  pa_nn_engine_destroy(engine);
  free(bytes);
  if (pa_mem_used() != 0) abort(); /* a leak */
  return 0;
}
