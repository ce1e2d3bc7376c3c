/* Bytes that grow at the end. After an allocation failed nothing more is
 * written, so that only the end needs to ask. */
#ifndef PARSONA_IMAGE_SINK_H
#define PARSONA_IMAGE_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct pa_sink {
  uint8_t *bytes; /* pa_mem_free when done */
  size_t size, capacity;
  bool failed;
} pa_sink;

void pa_sink_write(pa_sink *sink, const void *bytes, size_t size);
void pa_sink_be32(pa_sink *sink, uint32_t value);

#endif
