/* Any bytes as a checkpoint: opened, every tensor read, and converted at the
 * small size. Whatever comes of it, it is told, and nothing is left behind. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "m2fp/checkpoint.h"
#include "parsona.h"

#define MOST_FILE (4u << 20)
#define MOST_VALUES (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_values(const pa_checkpoint *checkpoint) {
  float *values = malloc(MOST_VALUES * sizeof *values);
  for (size_t i = 0; values && i < checkpoint->count; i++) {
    pa_error err = {0};
    const pa_checkpoint_tensor *t = &checkpoint->tensors[i];
    if (t->count > MOST_VALUES) continue;
    if (pa_checkpoint_values(&err, t, values) != PA_OK && !err.text[0]) abort();
    if (pa_checkpoint_find(checkpoint, t->name) != t) abort();
  }
  free(values);
}

static void convert(const void *bytes, size_t size) {
  pa_context *context;
  pa_context_options one = {.threads = 1};
  pa_convert_options options = {.sizes = "tiny"};
  uint8_t *file;
  size_t file_size;
  if (pa_context_create(&one, &context) != PA_OK) return;
  pa_status status =
      pa_convert(context, bytes, size, &options, &file, &file_size);
  if ((status == PA_OK) != (file != NULL)) abort();
  /* What was accepted is a sound weights file. */
  if (file && pa_context_load(context, file, file_size) != PA_OK) abort();
  pa_bytes_free(file);
  pa_context_destroy(context);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  pa_checkpoint checkpoint;
  pa_error err = {0};
  if (size == 0 || size > MOST_FILE) return 0;
  /* Exactly as long as the file, so that reading beyond it is seen. */
  void *bytes = malloc(size);
  if (!bytes) return 0;
  memcpy(bytes, data, size);
  pa_status status = pa_checkpoint_open(&err, bytes, size, &checkpoint);
  if (status != PA_OK && (!err.text[0] || err.status != status)) abort();
  if (status == PA_OK) {
    read_values(&checkpoint);
    pa_checkpoint_close(&checkpoint);
    convert(bytes, size);
  }
  free(bytes);
  if (pa_mem_used() != 0) abort(); /* a leak */
  return 0;
}
