#include "image/deflate_blocks.h"

#include <string.h>

#include "image/huffman.h"

enum { END_OF_BLOCK = 256, LENGTHS = 257 };

/* A literal, or a match: 1 << 31 | distance << 9 | length. */
typedef uint32_t token;

/* ---------------------------------------------------------------- bits */

static void put_bits(pa_deflate_blocks *b, uint32_t value, unsigned count) {
  b->bits |= (uint64_t)value << b->bit_count;
  b->bit_count += count;
  if (b->bit_count < 32) return;
  uint8_t four[4] = {(uint8_t)b->bits, (uint8_t)(b->bits >> 8),
                     (uint8_t)(b->bits >> 16), (uint8_t)(b->bits >> 24)};
  pa_sink_write(b->sink, four, 4);
  b->bits >>= 32;
  b->bit_count -= 32;
}

static void flush_bits(pa_deflate_blocks *b) {
  for (; b->bit_count > 0;
       b->bit_count -= b->bit_count < 8 ? b->bit_count : 8) {
    uint8_t byte = (uint8_t)b->bits;
    pa_sink_write(b->sink, &byte, 1);
    b->bits >>= 8;
  }
}

static void put_code(pa_deflate_blocks *b, const pa_huffman *h,
                     unsigned symbol) {
  put_bits(b, h->code[symbol], h->length[symbol]);
}

/* ---------------------------------------------------------------- symbols */

/* A length or distance as RFC 1951, 3.2.5 codes it: the code, and what extra
 * bits add to the least value of that code. */
typedef struct coded {
  unsigned code, extra, extra_bits;
} coded;

static unsigned log2_of(unsigned v) {
  return 31u - (unsigned)__builtin_clz(v);
}

static coded code_length(unsigned length) {
  if (length == PA_DEFLATE_LONGEST) return (coded){LENGTHS + 28, 0, 0};
  unsigned v = length - 3;
  if (v < 8) return (coded){LENGTHS + v, 0, 0};
  unsigned bits = log2_of(v) - 2;
  return (coded){LENGTHS + 4 * bits + (v >> bits), v & ((1u << bits) - 1),
                 bits};
}

static coded code_distance(unsigned distance) {
  unsigned v = distance - 1;
  if (v < 4) return (coded){v, 0, 0};
  unsigned bits = log2_of(v) - 1;
  return (coded){2 * bits + (v >> bits), v & ((1u << bits) - 1), bits};
}

static unsigned length_of(token t) {
  return t & 511;
}

static unsigned distance_of(token t) {
  return t >> 9 & 0xffff;
}

static bool is_match(token t) {
  return t >> 31;
}

/* ---------------------------------------------------------------- blocks */

/* The two tables' code lengths, run-length coded (RFC 1951, 3.2.7). */
typedef struct length_codes {
  unsigned count;
  uint8_t symbol[PA_DEFLATE_LITERALS + PA_DEFLATE_DISTANCES];
  uint8_t extra[PA_DEFLATE_LITERALS + PA_DEFLATE_DISTANCES];
} length_codes;

static void add_run(length_codes *c, uint8_t length, unsigned run) {
  while (run) {
    unsigned symbol = length, part = 1, least = 1;
    if (length == 0 && run >= 11) {
      symbol = 18, least = 11, part = run < 138 ? run : 138;
    } else if (length == 0 && run >= 3) {
      symbol = 17, least = 3, part = run;
    } else if (length != 0 && run >= 4) {
      /* The length itself, then its repetition. */
      c->symbol[c->count] = length;
      c->extra[c->count++] = 0;
      run--;
      symbol = 16, least = 3, part = run < 6 ? run : 6;
    }
    c->symbol[c->count] = (uint8_t)symbol;
    c->extra[c->count++] = (uint8_t)(part - least);
    run -= part;
  }
}

static unsigned used_symbols(const pa_huffman *h, unsigned count,
                             unsigned least) {
  while (count > least && !h->length[count - 1])
    count--;
  return count;
}

static void put_tables(pa_deflate_blocks *b, const pa_huffman *literals,
                       const pa_huffman *distances) {
  static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
  static const uint8_t extra_bits[3] = {2, 3, 7};
  unsigned literal_count = used_symbols(literals, PA_DEFLATE_LITERALS, LENGTHS);
  unsigned distance_count = used_symbols(distances, PA_DEFLATE_DISTANCES, 1);
  uint8_t all[PA_DEFLATE_LITERALS + PA_DEFLATE_DISTANCES];
  memcpy(all, literals->length, literal_count);
  memcpy(all + literal_count, distances->length, distance_count);
  unsigned total = literal_count + distance_count;

  length_codes codes = {0};
  for (unsigned i = 0, end; i < total; i = end) {
    for (end = i + 1; end < total && all[end] == all[i];)
      end++;
    add_run(&codes, all[i], end - i);
  }
  uint32_t frequency[19] = {0};
  for (unsigned i = 0; i < codes.count; i++)
    frequency[codes.symbol[i]]++;
  pa_huffman h;
  pa_huffman_make(frequency, 19, 7, &h);
  unsigned written = 19;
  while (written > 4 && !h.length[order[written - 1]])
    written--;

  put_bits(b, literal_count - 257, 5);
  put_bits(b, distance_count - 1, 5);
  put_bits(b, written - 4, 4);
  for (unsigned i = 0; i < written; i++)
    put_bits(b, h.length[order[i]], 3);
  for (unsigned i = 0; i < codes.count; i++) {
    unsigned s = codes.symbol[i];
    put_code(b, &h, s);
    if (s >= 16) put_bits(b, codes.extra[i], extra_bits[s - 16]);
  }
}

#define LONG 32 /* bytes of a match that plain codes are no rival to */

static uint64_t bits_of(const uint32_t *frequency, const pa_huffman *h,
                        unsigned count) {
  uint64_t bits = 0;
  for (unsigned i = 0; i < count; i++)
    bits += (uint64_t)frequency[i] * h->length[i];
  return bits;
}

/* Whether matches took fewer bits than their bytes would have. */
static bool compare(const pa_deflate_blocks *b, const pa_huffman *literals,
                    const pa_huffman *distances) {
  uint32_t plain[256];
  pa_huffman h;
  uint64_t coded = bits_of(b->literal_frequency, literals, PA_DEFLATE_LITERALS);
  coded += bits_of(b->distance_frequency, distances, PA_DEFLATE_DISTANCES);
  for (unsigned i = 4; i < PA_DEFLATE_DISTANCES; i++) /* extra bits */
    coded += (uint64_t)b->distance_frequency[i] * (i / 2 - 1);
  for (unsigned i = 0; i < 256; i++)
    plain[i] = b->literal_frequency[i] + b->matched_frequency[i];
  pa_huffman_make(plain, 256, 15, &h);
  return coded < bits_of(plain, &h, 256) + b->in_long;
}

void pa_deflate_blocks_put(pa_deflate_blocks *b, bool last) {
  pa_huffman literals, distances;
  b->literal_frequency[END_OF_BLOCK] = 1;
  pa_huffman_make(b->literal_frequency, PA_DEFLATE_LITERALS, 15, &literals);
  pa_huffman_make(b->distance_frequency, PA_DEFLATE_DISTANCES, 15, &distances);
  b->matches_paid = compare(b, &literals, &distances);
  b->number++;
  put_bits(b, last, 1);
  put_bits(b, 2, 2); /* codes of its own */
  put_tables(b, &literals, &distances);
  for (unsigned i = 0; i < b->token_count; i++) {
    token t = b->tokens[i];
    if (!is_match(t)) {
      put_code(b, &literals, t);
      continue;
    }
    coded length = code_length(length_of(t));
    put_code(b, &literals, length.code);
    put_bits(b, length.extra, length.extra_bits);
    coded distance = code_distance(distance_of(t));
    put_code(b, &distances, distance.code);
    put_bits(b, distance.extra, distance.extra_bits);
  }
  put_code(b, &literals, END_OF_BLOCK);
  b->token_count = 0;
  memset(b->literal_frequency, 0, sizeof b->literal_frequency);
  memset(b->distance_frequency, 0, sizeof b->distance_frequency);
  memset(b->matched_frequency, 0, sizeof b->matched_frequency);
  b->in_long = 0;
  if (last) flush_bits(b);
}

void pa_deflate_blocks_literal(pa_deflate_blocks *b, uint8_t byte) {
  b->tokens[b->token_count++] = byte;
  b->literal_frequency[byte]++;
  if (b->token_count == PA_DEFLATE_TOKENS) pa_deflate_blocks_put(b, false);
}

void pa_deflate_blocks_match(pa_deflate_blocks *b, unsigned length,
                             unsigned distance, const uint8_t *bytes) {
  if (length >= LONG)
    b->in_long += length;
  else
    for (unsigned i = 0; i < length; i++)
      b->matched_frequency[bytes[i]]++;
  b->tokens[b->token_count++] = 1u << 31 | distance << 9 | length;
  b->literal_frequency[code_length(length).code]++;
  b->distance_frequency[code_distance(distance).code]++;
  if (b->token_count == PA_DEFLATE_TOKENS) pa_deflate_blocks_put(b, false);
}
