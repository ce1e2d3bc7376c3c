/* Runs a network of a weights file on raw float32 files, for comparison with
 * other runtimes.
 *
 *   run_net WEIGHTS THREADS IN_NAME IN_FILE IN_SHAPE [OUT_NAME OUT_FILE]...
 *
 * IN_SHAPE is like 1x256x256x3. IN_FILE holds any number of inputs of that
 * shape; each OUT_FILE receives as many results. One line an output is printed:
 * its name and shape; then the milliseconds of the fastest run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nn/nn.h"

#define MAX_OUTPUTS 16

static int fail(const char *what, const char *name) {
  fprintf(stderr, "run_net: %s: %s\n", what, name);
  return 1;
}

static void *read_file(const char *path, size_t *size) {
  FILE *f = fopen(path, "rb");
  if (f == NULL) return NULL;
  void *bytes = NULL;
  if (fseek(f, 0, SEEK_END) == 0) {
    *size = (size_t)ftell(f);
    rewind(f);
    bytes = malloc(*size + 1);
    if (bytes != NULL && fread(bytes, 1, *size, f) != *size) {
      free(bytes);
      bytes = NULL;
    }
  }
  fclose(f);
  return bytes;
}

static size_t elements(const pa_nn_shape *shape) {
  size_t count = 1;
  for (size_t i = 0; i < shape->rank; i++)
    count *= shape->dim[i];
  return count;
}

static int parse_shape(const char *text, pa_nn_shape *shape) {
  shape->rank = 0;
  while (*text != '\0' && shape->rank < PA_LIMIT_TENSOR_RANK) {
    char *end;
    shape->dim[shape->rank++] = strtoul(text, &end, 10);
    if (end == text) return 0;
    text = *end == 'x' ? end + 1 : end;
  }
  return *text == '\0' && elements(shape) > 0;
}

static void print_shape(const char *name, const pa_nn_shape *shape) {
  printf("%s ", name);
  for (size_t i = 0; i < shape->rank; i++)
    printf(i == 0 ? "%zu" : "x%zu", shape->dim[i]);
  printf("\n");
}

static double now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* argv: as in the comment above, from IN_NAME on. */
static int run_all(pa_nn_net *net, int argc, char **argv) {
  pa_error err = {0};
  pa_nn_shape shape, want;
  float *in = pa_nn_net_input(net, argv[0], &shape);
  if (in == NULL) return fail("no such input", argv[0]);
  if (!parse_shape(argv[2], &want) || elements(&want) != elements(&shape))
    return fail("shape does not fit", argv[2]);
  size_t size = 0, record = elements(&shape) * sizeof(float);
  char *data = read_file(argv[1], &size);
  if (data == NULL || size == 0 || size % record != 0) {
    free(data);
    return fail("not readable, or no whole number of inputs", argv[1]);
  }

  FILE *files[MAX_OUTPUTS] = {0};
  const float *results[MAX_OUTPUTS];
  pa_nn_shape shapes[MAX_OUTPUTS];
  int outputs = (argc - 3) / 2, status = outputs > MAX_OUTPUTS;
  double best = 1e30;
  for (int i = 0; i < outputs && status == 0; i++) {
    results[i] = pa_nn_net_output(net, argv[3 + 2 * i], &shapes[i]);
    files[i] = fopen(argv[4 + 2 * i], "wb");
    if (results[i] == NULL || files[i] == NULL)
      status = fail("no such output, or not writable", argv[3 + 2 * i]);
    else
      print_shape(argv[3 + 2 * i], &shapes[i]);
  }
  for (size_t at = 0; at < size && status == 0; at += record) {
    memcpy(in, data + at, record);
    double start = now_ms();
    if (pa_nn_net_run(&err, net, NULL) != PA_OK) status = fail("run", err.text);
    double took = now_ms() - start;
    if (took < best) best = took;
    for (int i = 0; i < outputs && status == 0; i++)
      if (fwrite(results[i], sizeof(float), elements(&shapes[i]), files[i]) !=
          elements(&shapes[i]))
        status = fail("not writable", argv[4 + 2 * i]);
  }
  for (int i = 0; i < outputs && i < MAX_OUTPUTS; i++)
    if (files[i] != NULL && fclose(files[i]) != 0)
      status = fail("not writable", argv[4 + 2 * i]);
  free(data);
  if (status == 0) printf("ms %.3f\n", best);
  return status;
}

int main(int argc, char **argv) {
  pa_error err = {0};
  pa_nn_shape shape;
  if (argc < 6 || argc % 2 != 0 || !parse_shape(argv[5], &shape))
    return fail("usage", "WEIGHTS THREADS IN FILE SHAPE [OUT FILE]...");
  size_t size = 0;
  void *bytes = read_file(argv[1], &size);
  if (bytes == NULL) return fail("not readable", argv[1]);

  pa_nn_engine *engine = NULL;
  pa_nn_weights *weights = NULL;
  pa_nn_net *net = NULL;
  pa_nn_net_options options = {.input_shapes = &shape};
  int status;
  if (pa_nn_engine_create(&err, (unsigned)atoi(argv[2]), &engine) != PA_OK ||
      pa_nn_weights_open(&err, bytes, size, &weights) != PA_OK ||
      pa_nn_net_create(&err, engine, weights, &options, &net) != PA_OK)
    status = fail(argv[1], err.text);
  else
    status = run_all(net, argc - 3, argv + 3);
  pa_nn_net_destroy(net);
  pa_nn_weights_close(weights);
  pa_nn_engine_destroy(engine);
  free(bytes);
  return status;
}
