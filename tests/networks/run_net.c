/* Runs a network of a weights file on raw float32 files, for comparison with
 * other runtimes.
 *
 *   run_net WEIGHTS THREADS IN FILE SHAPE [IN FILE SHAPE]... : [OUT FILE]...
 *
 * IN and OUT are names of the network's inputs and outputs; SHAPE is like
 * 1x256x256x3. The files of the inputs hold one or more inputs of their shape,
 * equally many; each output's file receives as many results. With
 * outputs named, what no other output needs is left out. One line an output
 * is printed: its name and shape; then the milliseconds of the fastest run. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "nn/nn.h"

#define MAX_PORTS 16

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

typedef struct port {
  const char *name, *path;
  pa_nn_shape shape;
  float *in;        /* of an input: the network's buffer */
  const float *out; /* of an output */
  char *data;       /* of an input: the file */
  FILE *file;       /* of an output */
} port;

typedef struct ports {
  port in[MAX_PORTS], out[MAX_PORTS];
  pa_nn_shape shapes[MAX_PORTS]; /* of the inputs, as asked for */
  int ins, outs;
  size_t runs;
} ports;

/* argv: as in the comment above, from the first IN on. */
static int read_ports(int argc, char **argv, ports *p) {
  int i = 0;
  for (; i < argc && strcmp(argv[i], ":"); i += 3) {
    if (argc - i < 4 || p->ins == MAX_PORTS ||
        !parse_shape(argv[i + 2], &p->shapes[p->ins]))
      return fail("bad input", argv[i]);
    p->in[p->ins++] = (port){.name = argv[i], .path = argv[i + 1]};
  }
  for (i++; i < argc; i += 2) {
    if (argc - i < 2 || p->outs == MAX_PORTS)
      return fail("bad output", argv[i]);
    p->out[p->outs++] = (port){.name = argv[i], .path = argv[i + 1]};
  }
  return p->ins ? 0 : fail("no input", "");
}

static int open_input(pa_nn_net *net, port *p, const pa_nn_shape *want,
                      size_t *runs) {
  p->in = pa_nn_net_input(net, p->name, &p->shape);
  if (p->in == NULL) return fail("no such input", p->name);
  if (elements(want) != elements(&p->shape))
    return fail("shape does not fit", p->name);
  size_t size = 0, record = elements(&p->shape) * sizeof(float);
  p->data = read_file(p->path, &size);
  if (p->data == NULL || size == 0 || size % record != 0)
    return fail("not readable, or no whole number of inputs", p->path);
  if (*runs && *runs != size / record)
    return fail("not as many as of the first input", p->path);
  *runs = size / record;
  return 0;
}

static int open_output(pa_nn_net *net, port *p) {
  p->out = pa_nn_net_output(net, p->name, &p->shape);
  if (p->out == NULL) return fail("no such output", p->name);
  p->file = fopen(p->path, "wb");
  if (p->file == NULL) return fail("not writable", p->path);
  print_shape(p->name, &p->shape);
  return 0;
}

static int run_once(pa_nn_net *net, ports *p, size_t run, double *best) {
  pa_error err = {0};
  for (int i = 0; i < p->ins; i++) {
    size_t record = elements(&p->in[i].shape) * sizeof(float);
    memcpy(p->in[i].in, p->in[i].data + run * record, record);
  }
  double start = now_ms();
  if (pa_nn_net_run(&err, net, NULL) != PA_OK) return fail("run", err.text);
  double took = now_ms() - start;
  if (took < *best) *best = took;
  for (int i = 0; i < p->outs; i++) {
    size_t count = elements(&p->out[i].shape);
    if (fwrite(p->out[i].out, sizeof(float), count, p->out[i].file) != count)
      return fail("not writable", p->out[i].path);
  }
  return 0;
}

static int run_all(pa_nn_net *net, ports *p) {
  int status = 0;
  double best = 1e30;
  for (int i = 0; i < p->ins && status == 0; i++)
    status = open_input(net, &p->in[i], &p->shapes[i], &p->runs);
  for (int i = 0; i < p->outs && status == 0; i++)
    status = open_output(net, &p->out[i]);
  for (size_t run = 0; run < p->runs && status == 0; run++)
    status = run_once(net, p, run, &best);
  for (int i = 0; i < p->outs; i++)
    if (p->out[i].file != NULL && fclose(p->out[i].file) != 0)
      status = fail("not writable", p->out[i].path);
  for (int i = 0; i < p->ins; i++)
    free(p->in[i].data);
  if (status == 0) printf("ms %.3f\n", best);
  return status;
}

int main(int argc, char **argv) {
  static ports p;
  pa_error err = {0};
  if (argc < 7)
    return fail("usage",
                "WEIGHTS THREADS IN FILE SHAPE [IN FILE SHAPE]... : [OUT "
                "FILE]...");
  if (read_ports(argc - 3, argv + 3, &p)) return 1;
  size_t size = 0;
  void *bytes = read_file(argv[1], &size);
  if (bytes == NULL) return fail("not readable", argv[1]);

  pa_nn_engine *engine = NULL;
  pa_nn_weights *weights = NULL;
  pa_nn_net *net = NULL;
  const char *wanted[MAX_PORTS + 1] = {NULL};
  for (int i = 0; i < p.outs; i++)
    wanted[i] = p.out[i].name;
  pa_nn_net_options options = {.input_shapes = p.shapes,
                               .outputs = p.outs ? wanted : NULL};
  int status;
  if (pa_nn_engine_create(&err, (unsigned)atoi(argv[2]), &engine) != PA_OK ||
      pa_nn_weights_open(&err, bytes, size, &weights) != PA_OK ||
      pa_nn_net_create(&err, engine, weights, &options, &net) != PA_OK)
    status = fail(argv[1], err.text);
  else
    status = run_all(net, &p);
  pa_nn_net_destroy(net);
  pa_nn_weights_close(weights);
  pa_nn_engine_destroy(engine);
  free(bytes);
  return status;
}
