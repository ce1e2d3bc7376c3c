/* Writes weights files in memory, good ones and bad ones, and random numbers to
 * fill them with. For the tests of src/nn. */
#ifndef PARSONA_TESTS_NN_FILE_H
#define PARSONA_TESTS_NN_FILE_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNUSED __attribute__((unused))

typedef struct nn_file {
  char header[1 << 16]; /* the tensors' entries, each with a comma in front */
  char metadata[1 << 15];
  unsigned char *data;
  size_t data_size;
} nn_file;

typedef struct nn_bytes {
  unsigned char *bytes;
  size_t size;
} nn_bytes;

/* The least that __metadata__ holds beside the graph. */
#define NN_METADATA                                                            \
  "\"format\":\"parsona-1\",\"role\":\"test\",\"name\":\"test\","              \
  "\"license\":\"CC0-1.0\",\"source\":\"tests\""

static UNUSED void nn_file_free(nn_file *f) {
  free(f->data);
  memset(f, 0, sizeof *f);
}

/* An entry of the header, written as it is. */
static UNUSED void nn_file_entry(nn_file *f, const char *format, ...) {
  size_t used = strlen(f->header);
  va_list args;
  va_start(args, format);
  f->header[used] = ',';
  vsnprintf(f->header + used + 1, sizeof f->header - used - 1, format, args);
  va_end(args);
}

static UNUSED size_t nn_dtype_size(const char *dtype) {
  if (!strcmp(dtype, "F32") || !strcmp(dtype, "I32")) return 4;
  return !strcmp(dtype, "F16") ? 2 : 1;
}

static UNUSED void nn_file_data(nn_file *f, const void *data, size_t size) {
  f->data = realloc(f->data, f->data_size + size + 1);
  memcpy(f->data + f->data_size, data, size);
  f->data_size += size;
}

/* A tensor; `shape` is JSON, `count` its number of elements. */
static UNUSED void nn_file_tensor(nn_file *f, const char *name,
                                  const char *dtype, const char *shape,
                                  const void *data, size_t count) {
  size_t begin = f->data_size;
  nn_file_data(f, data, count * nn_dtype_size(dtype));
  nn_file_entry(f,
                "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,"
                "\"data_offsets\":[%zu,%zu]}",
                name, dtype, shape, begin, f->data_size);
}

/* JSON text as a JSON string. */
static UNUSED void nn_quote(const char *text, char *out) {
  *out++ = '"';
  for (; *text; text++) {
    if (*text == '"' || *text == '\\') *out++ = '\\';
    *out++ = *text;
  }
  *out++ = '"';
  *out = 0;
}

/* Length, header (padded with spaces), data. Free .bytes. */
static UNUSED nn_bytes nn_bytes_of(const char *header, const void *data,
                                   size_t data_size) {
  size_t length = (strlen(header) + 7) / 8 * 8;
  nn_bytes file = {.size = 8 + length + data_size};
  file.bytes = aligned_alloc(64, (file.size + 63) / 64 * 64);
  for (int i = 0; i < 8; i++)
    file.bytes[i] = (unsigned char)((uint64_t)length >> (8 * i));
  memset(file.bytes + 8, ' ', length);
  memcpy(file.bytes + 8, header, strlen(header));
  if (data_size) memcpy(file.bytes + 8 + length, data, data_size);
  return file;
}

/* The file with these metadata (JSON pairs without braces) and this graph. */
static UNUSED nn_bytes nn_file_bytes_with(const nn_file *f,
                                          const char *metadata,
                                          const char *graph) {
  size_t room = strlen(f->header) + strlen(metadata) + 2 * strlen(graph) + 99;
  char *quoted = malloc(2 * strlen(graph) + 3), *header = malloc(room);
  nn_quote(graph, quoted);
  snprintf(header, room, "{\"__metadata__\":{%s,\"graph\":%s}%s}", metadata,
           quoted, f->header);
  nn_bytes file = nn_bytes_of(header, f->data, f->data_size);
  free(quoted);
  free(header);
  return file;
}

static UNUSED nn_bytes nn_file_bytes(const nn_file *f, const char *graph) {
  return nn_file_bytes_with(f, NN_METADATA, graph);
}

/* ---------------------------------------------------------------- numbers */

static uint64_t nn_seed = 88172645463325252u;

/* xorshift64 (Marsaglia 2003). */
static UNUSED uint32_t nn_random(void) {
  nn_seed ^= nn_seed << 13;
  nn_seed ^= nn_seed >> 7;
  nn_seed ^= nn_seed << 17;
  return (uint32_t)(nn_seed >> 32);
}

/* from..to, both included. */
static UNUSED int nn_between(int from, int to) {
  return from + (int)(nn_random() % (uint32_t)(to - from + 1));
}

static UNUSED float nn_uniform(float from, float to) {
  return from + (to - from) * (float)(nn_random() >> 8) * 0x1p-24f;
}

static UNUSED float *nn_floats(size_t count, float from, float to) {
  float *x = malloc((count + 1) * sizeof *x);
  for (size_t i = 0; i < count; i++)
    x[i] = nn_uniform(from, to);
  return x;
}

#endif
