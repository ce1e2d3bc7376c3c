/* Deflate's blocks: literals and matches gathered and written with Huffman
 * codes of the block's own (RFC 1951, 3.2.7). */
#ifndef PARSONA_IMAGE_DEFLATE_BLOCKS_H
#define PARSONA_IMAGE_DEFLATE_BLOCKS_H

#include <stdbool.h>
#include <stdint.h>

#include "image/sink.h"

#define PA_DEFLATE_LONGEST 258  /* match, bytes */
#define PA_DEFLATE_TOKENS 32768 /* of one block */
#define PA_DEFLATE_LITERALS 286 /* codes of literals and lengths */
#define PA_DEFLATE_DISTANCES 30 /* codes of distances */

/* Zeroed but for the sink, it is ready. */
typedef struct pa_deflate_blocks {
  pa_sink *sink;
  uint64_t bits; /* not yet written */
  unsigned bit_count;
  unsigned token_count;
  uint32_t tokens[PA_DEFLATE_TOKENS];
  uint32_t literal_frequency[PA_DEFLATE_LITERALS];
  uint32_t distance_frequency[PA_DEFLATE_DISTANCES];
  /* Of bytes in matches; long matches add to the sum of their lengths alone. */
  uint32_t matched_frequency[256], in_long;
  unsigned number;   /* of blocks written */
  bool matches_paid; /* they made the last one smaller */
} pa_deflate_blocks;

/* Adds to the block, which is written when it is full. A match is 3 to
 * PA_DEFLATE_LONGEST bytes long and begins 1 to 32768 bytes back; `bytes` are
 * those that it stands for. */
void pa_deflate_blocks_literal(pa_deflate_blocks *blocks, uint8_t byte);
void pa_deflate_blocks_match(pa_deflate_blocks *blocks, unsigned length,
                             unsigned distance, const uint8_t *bytes);
/* Writes the block; after the last one all bits are written. */
void pa_deflate_blocks_put(pa_deflate_blocks *blocks, bool last);

#endif
