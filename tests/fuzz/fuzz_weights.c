/* Any bytes are a weights file or an error. A file that opens is made into a
 * network, when that is small, and run. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "nn/graph.h"
#include "nn/nn.h"

#define MOST_WORK 3e6 /* multiply-adds of a run */
#define OPEN_SIDE 8   /* for dimensions that the file leaves open */
#define MOST_FILE 65536

static void run(pa_nn_net *net) {
  pa_error err;
  if (pa_nn_net_run(&err, net, NULL) != PA_OK) abort();
}

/* The same network for one of its outputs alone: less of it, not more. */
static void make_a_part(pa_nn_engine *engine, const pa_nn_weights *weights,
                        pa_nn_net_options options, const pa_nn_net *whole) {
  const pa_nn_graph *graph = &weights->graph;
  const char *wanted[] = {graph->outputs[graph->output_count - 1].name, NULL};
  pa_nn_net *net = NULL;
  pa_error err;
  options.outputs = wanted;
  pa_status status = pa_nn_net_create(&err, engine, weights, &options, &net);
  if (status != PA_OK || pa_nn_net_macs(net) > pa_nn_net_macs(whole)) abort();
  if (graph->output_count > 1 &&
      pa_nn_net_output(net, graph->outputs[0].name, NULL))
    abort();
  run(net);
  pa_nn_net_destroy(net);
}

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
  if (status == PA_OK) {
    run(net);
    make_a_part(engine, weights, options, net);
  }
  pa_nn_net_destroy(net);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed);
/* libFuzzer's; the replay program has none and does not mutate. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size,
                                              size_t most);

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

/* ------------------------------------------------------------- mutation */

/* A mutation of raw bytes nearly always breaks the header's length or the
 * escapes of the graph's JSON inside the header's JSON, and gets no further.
 * This one changes the header, the graph or the tensors and mends the rest. */

#define PREFIX 8

static uint64_t get_length(const uint8_t *data) {
  uint64_t n = 0;
  for (int i = PREFIX - 1; i >= 0; i--)
    n = n << 8 | data[i];
  return n;
}

static void put_length(uint8_t *data, uint64_t n) {
  for (int i = 0; i < PREFIX; i++)
    data[i] = (uint8_t)(n >> (8 * i));
}

/* The graph's text in the header: from its first character to its end quote. */
static uint8_t *find_graph(uint8_t *header, size_t length, size_t *size) {
  static const char key[] = "\"graph\":\"";
  size_t k = sizeof key - 1;
  for (size_t i = 0; i + k < length; i++) {
    if (memcmp(header + i, key, k) != 0) continue;
    uint8_t *start = header + i + k, *end = start;
    while (end < header + length && *end != '"')
      end += *end == '\\' ? 2 : 1;
    if (end >= header + length) return NULL;
    *size = (size_t)(end - start);
    return start;
  }
  return NULL;
}

static size_t unescape(uint8_t *text, size_t size) {
  size_t n = 0;
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '\\' && i + 1 < size) i++;
    text[n++] = text[i];
  }
  return n;
}

static size_t escape(const uint8_t *text, size_t size, uint8_t *out) {
  size_t n = 0;
  for (size_t i = 0; i < size; i++) {
    if (text[i] == '"' || text[i] == '\\') out[n++] = '\\';
    out[n++] = text[i];
  }
  return n;
}

/* Puts another header in front of the tensors; 0 when it does not fit. */
static size_t replace_header(uint8_t *data, size_t size, size_t most,
                             size_t old, const uint8_t *header, size_t length) {
  size_t padded = (length + 7) / 8 * 8, tensors = size - PREFIX - old;
  if (PREFIX + padded + tensors > most) return 0;
  memmove(data + PREFIX + padded, data + PREFIX + old, tensors);
  memset(data + PREFIX, ' ', padded);
  memcpy(data + PREFIX, header, length);
  put_length(data, padded);
  return PREFIX + padded + tensors;
}

static size_t mutate_header(uint8_t *data, size_t size, size_t most,
                            size_t length) {
  static uint8_t header[MOST_FILE];
  if (length > sizeof header / 2) return 0;
  memcpy(header, data + PREFIX, length);
  size_t n = LLVMFuzzerMutate(header, length, sizeof header / 2);
  return replace_header(data, size, most, length, header, n);
}

static size_t mutate_graph(uint8_t *data, size_t size, size_t most,
                           size_t length) {
  static uint8_t header[2 * MOST_FILE + 64], text[MOST_FILE];
  size_t old;
  uint8_t *graph = find_graph(data + PREFIX, length, &old);
  if (!graph || length > MOST_FILE / 2) return 0;
  memcpy(text, graph, old);
  size_t n = unescape(text, old);
  n = LLVMFuzzerMutate(text, n, MOST_FILE / 2);
  size_t before = (size_t)(graph - data) - PREFIX;
  size_t after = length - before - old;
  memcpy(header, data + PREFIX, before);
  size_t escaped = escape(text, n, header + before);
  memcpy(header + before + escaped, graph + old, after);
  return replace_header(data, size, most, length, header,
                        before + escaped + after);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most,
                               unsigned seed) {
  size_t done = 0;
  if (size > PREFIX && get_length(data) <= size - PREFIX) {
    size_t length = (size_t)get_length(data);
    if (seed % 8 < 5) done = mutate_graph(data, size, most, length);
    if (seed % 8 == 5) done = mutate_header(data, size, most, length);
    if (seed % 8 == 6 && size > PREFIX + length)
      done = PREFIX + length +
             LLVMFuzzerMutate(data + PREFIX + length, size - PREFIX - length,
                              size - PREFIX - length);
  }
  return done ? done : LLVMFuzzerMutate(data, size, most);
}
