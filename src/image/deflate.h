/* Compression for PNG: zlib's format (RFC 1950) around deflate (RFC 1951).
 *
 * Made for pictures of level areas, which filtering turns into long runs: those
 * cost next to nothing in time and in bytes. Memory does not grow with the
 * input. */
#ifndef PARSONA_IMAGE_DEFLATE_H
#define PARSONA_IMAGE_DEFLATE_H

#include <stdbool.h>

#include "image/sink.h"

typedef struct pa_deflate pa_deflate;

/* Writes to `sink`, which must outlive it; NULL when there is no memory.
 * `quick`: the first match that is found will do. */
pa_deflate *pa_deflate_begin(pa_sink *sink, bool quick);
void pa_deflate_write(pa_deflate *deflate, const uint8_t *bytes, size_t size);
/* Writes what is left, and releases. */
void pa_deflate_end(pa_deflate *deflate);

#endif
