#include "image/sink.h"

#include <string.h>

#include "base/mem.h"

static bool reserve(pa_sink *sink, size_t size) {
  if (sink->failed) return false;
  if (size <= sink->capacity - sink->size) return true;
  size_t capacity = sink->capacity ? sink->capacity * 2 : 4096;
  while (capacity - sink->size < size)
    capacity *= 2;
  uint8_t *moved = pa_mem_realloc(sink->bytes, capacity);
  sink->failed = !moved;
  if (!moved) return false;
  sink->bytes = moved;
  sink->capacity = capacity;
  return true;
}

void pa_sink_write(pa_sink *sink, const void *bytes, size_t size) {
  if (!reserve(sink, size)) return;
  memcpy(sink->bytes + sink->size, bytes, size);
  sink->size += size;
}

void pa_sink_be32(pa_sink *sink, uint32_t value) {
  uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                      (uint8_t)(value >> 8), (uint8_t)value};
  pa_sink_write(sink, bytes, sizeof bytes);
}
