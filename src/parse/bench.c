#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "parse/context.h"

#define RUNS_MAX 1000

/* ----------------------------------------------- a matrix product as a file */

#define N 512
static const char gemm_header[] =
    "{\"__metadata__\":{\"format\":\"parsona-1\",\"role\":\"gemm\","
    "\"name\":\"gemm\",\"license\":\"Apache-2.0\",\"source\":\"made here\","
    "\"graph\":\"{\\\"inputs\\\":[{\\\"name\\\":\\\"x\\\",\\\"shape\\\":[512,"
    "512]}],\\\"outputs\\\":[{\\\"name\\\":\\\"y\\\",\\\"value\\\":\\\"v\\\"}],"
    "\\\"ops\\\":[{\\\"op\\\":\\\"fully_connected\\\",\\\"in\\\":[\\\"x\\\"],"
    "\\\"out\\\":[\\\"v\\\"],\\\"weight\\\":\\\"w\\\"}]}\"},"
    "\"w\":{\"dtype\":\"F32\",\"shape\":[512,512],\"data_offsets\":[0,1048576]}"
    "}  ";

static pa_status gemm_net(pa_context *context, pa_nn_net **net) {
  /* Tensor data must be aligned: the header is padded with spaces. */
  size_t text = (sizeof gemm_header - 1 + 7) / 8 * 8;
  size_t size = 8 + text + N * N * sizeof(float);
  uint8_t *file = pa_mem_calloc(size, 1);
  if (!file) return pa_error_memory(&context->err, size, "a benchmark");
  file[0] = (uint8_t)text, file[1] = (uint8_t)(text >> 8);
  memset(file + 8, ' ', text);
  memcpy(file + 8, gemm_header, sizeof gemm_header - 1);
  for (size_t i = 0; i < N * N; i++) {
    float weight = (float)(i % 17) / 17 - 0.5f;
    memcpy(file + 8 + text + i * sizeof weight, &weight, sizeof weight);
  }
  pa_nn_weights *opened;
  pa_status status = pa_nn_weights_open(&context->err, file, size, &opened);
  if (status == PA_OK) {
    status =
        pa_nn_net_create(&context->err, context->engine, opened, NULL, net);
    pa_nn_weights_close(opened);
  }
  pa_mem_free(file);
  return status;
}

/* ----------------------------------------------- timing */

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static pa_status time_runs(pa_context *context, pa_nn_net *net, unsigned runs,
                           pa_bench *result) {
  double times[RUNS_MAX];
  atomic_store(&context->cancel, 0);
  for (unsigned i = 0; i <= runs; i++) { /* the first warms up */
    double start = pa_clock_ms();
    pa_status status = pa_nn_net_run(&context->err, net, &context->cancel);
    if (status != PA_OK) return status;
    if (i) times[i - 1] = pa_clock_ms() - start;
  }
  qsort(times, runs, sizeof *times, ascending);
  result->best_ms = times[0];
  result->median_ms = times[runs / 2];
  result->macs = pa_nn_net_macs(net);
  return PA_OK;
}

/* A network whose input's size is open is measured at 256 x 256. */
static pa_status role_net(pa_context *context, pa_role role, pa_nn_net **net) {
  static const pa_nn_shape square = {4, {1, 256, 256, 3}};
  return pa_context_net(
      context, role,
      role == PA_ROLE_PEOPLE || role == PA_ROLE_M2FP ? &square : NULL, net);
}

pa_status pa_context_bench(pa_context *context, const char *role, unsigned runs,
                           pa_bench *result) {
  if (!context || !role || !result) return PA_ERROR_ARGUMENT;
  if (!runs || runs > RUNS_MAX || context->busy)
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "bench: 1 to %d runs, and no parse under way",
                        RUNS_MAX);
  pa_nn_net *net = NULL;
  bool gemm = !strcmp(role, "gemm");
  pa_role found = pa_role_find(role);
  if (!gemm && found == PA_ROLE_COUNT)
    return pa_error_set(&context->err, PA_ERROR_ARGUMENT,
                        "bench: no role \"%.40s\"", role);
  pa_status status =
      gemm ? gemm_net(context, &net) : role_net(context, found, &net);
  if (status == PA_OK) status = time_runs(context, net, runs, result);
  if (gemm) pa_nn_net_destroy(net);
  return status;
}
