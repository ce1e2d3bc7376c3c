#include "image/deflate.h"

#include <string.h>

#include "base/mem.h"
#include "image/huffman.h"

#define WINDOW (1u << 18)  /* bytes held */
#define HISTORY (1u << 15) /* farthest back a match may begin */
#define MATCH_LEAST 4      /* three is the format's, but seldom pays here */
#define MATCH_MOST 258
#define HASH_BITS 15
#define CHAIN 12       /* earlier places to look at */
#define LONG_ENOUGH 32 /* a match not to be improved on */
#define TOKENS 32768   /* of one block */

enum { END_OF_BLOCK = 256, LENGTHS = 257, LITERALS = 286, DISTANCES = 30 };

/* A literal, or a match: 1 << 31 | distance << 9 | length. */
typedef uint32_t token;

struct pa_deflate {
  pa_sink *sink;
  uint64_t bits; /* not yet written */
  unsigned bit_count;
  uint32_t adler_a, adler_b;
  /* window[i] is byte base + i of the input. */
  size_t base, filled, at;
  /* By hash, and by place modulo HISTORY: place + 1 where the same hash was
   * last; 0: nowhere. Places are the input's, their low 32 bits. */
  uint32_t head[1u << HASH_BITS];
  uint32_t previous[HISTORY];
  unsigned token_count;
  token tokens[TOKENS];
  uint32_t literal_frequency[LITERALS], distance_frequency[DISTANCES];
  uint8_t window[WINDOW];
};

/* ---------------------------------------------------------------- bits */

static void put_bits(pa_deflate *d, uint32_t value, unsigned count) {
  d->bits |= (uint64_t)value << d->bit_count;
  d->bit_count += count;
  if (d->bit_count < 32) return;
  uint8_t four[4] = {(uint8_t)d->bits, (uint8_t)(d->bits >> 8),
                     (uint8_t)(d->bits >> 16), (uint8_t)(d->bits >> 24)};
  pa_sink_write(d->sink, four, 4);
  d->bits >>= 32;
  d->bit_count -= 32;
}

static void flush_bits(pa_deflate *d) {
  for (; d->bit_count > 0;
       d->bit_count -= d->bit_count < 8 ? d->bit_count : 8) {
    uint8_t byte = (uint8_t)d->bits;
    pa_sink_write(d->sink, &byte, 1);
    d->bits >>= 8;
  }
}

static void put_code(pa_deflate *d, const pa_huffman *h, unsigned symbol) {
  put_bits(d, h->code[symbol], h->length[symbol]);
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
  if (length == MATCH_MOST) return (coded){LENGTHS + 28, 0, 0};
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
  uint8_t symbol[LITERALS + DISTANCES];
  uint8_t extra[LITERALS + DISTANCES];
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

static void put_tables(pa_deflate *d, const pa_huffman *literals,
                       const pa_huffman *distances) {
  static const uint8_t order[19] = {16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                    11, 4,  12, 3, 13, 2, 14, 1, 15};
  static const uint8_t extra_bits[3] = {2, 3, 7};
  unsigned literal_count = used_symbols(literals, LITERALS, LENGTHS);
  unsigned distance_count = used_symbols(distances, DISTANCES, 1);
  uint8_t all[LITERALS + DISTANCES];
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

  put_bits(d, literal_count - 257, 5);
  put_bits(d, distance_count - 1, 5);
  put_bits(d, written - 4, 4);
  for (unsigned i = 0; i < written; i++)
    put_bits(d, h.length[order[i]], 3);
  for (unsigned i = 0; i < codes.count; i++) {
    unsigned s = codes.symbol[i];
    put_code(d, &h, s);
    if (s >= 16) put_bits(d, codes.extra[i], extra_bits[s - 16]);
  }
}

static void put_block(pa_deflate *d, bool last) {
  pa_huffman literals, distances;
  d->literal_frequency[END_OF_BLOCK] = 1;
  pa_huffman_make(d->literal_frequency, LITERALS, 15, &literals);
  pa_huffman_make(d->distance_frequency, DISTANCES, 15, &distances);
  put_bits(d, last, 1);
  put_bits(d, 2, 2); /* codes of its own */
  put_tables(d, &literals, &distances);
  for (unsigned i = 0; i < d->token_count; i++) {
    token t = d->tokens[i];
    if (!is_match(t)) {
      put_code(d, &literals, t);
      continue;
    }
    coded length = code_length(length_of(t));
    put_code(d, &literals, length.code);
    put_bits(d, length.extra, length.extra_bits);
    coded distance = code_distance(distance_of(t));
    put_code(d, &distances, distance.code);
    put_bits(d, distance.extra, distance.extra_bits);
  }
  put_code(d, &literals, END_OF_BLOCK);
  d->token_count = 0;
  memset(d->literal_frequency, 0, sizeof d->literal_frequency);
  memset(d->distance_frequency, 0, sizeof d->distance_frequency);
}

static void add_literal(pa_deflate *d, uint8_t byte) {
  d->tokens[d->token_count++] = byte;
  d->literal_frequency[byte]++;
  if (d->token_count == TOKENS) put_block(d, false);
}

static void add_match(pa_deflate *d, unsigned length, unsigned distance) {
  d->tokens[d->token_count++] = 1u << 31 | distance << 9 | length;
  d->literal_frequency[code_length(length).code]++;
  d->distance_frequency[code_distance(distance).code]++;
  if (d->token_count == TOKENS) put_block(d, false);
}

/* ---------------------------------------------------------------- matches */

static unsigned hash_of(const uint8_t *p) {
  uint32_t v;
  memcpy(&v, p, 4);
  return v * 2654435761u >> (32 - HASH_BITS);
}

/* Makes window[i] known to later searches. */
static void insert(pa_deflate *d, size_t i) {
  if (i + 4 > d->filled) return;
  uint32_t place = (uint32_t)(d->base + i);
  uint32_t *head = &d->head[hash_of(d->window + i)];
  d->previous[place % HISTORY] = *head;
  *head = place + 1;
}

static unsigned common_length(const uint8_t *a, const uint8_t *b,
                              unsigned most) {
  unsigned n = 0;
  while (n + 8 <= most) {
    uint64_t x, y;
    memcpy(&x, a + n, 8);
    memcpy(&y, b + n, 8);
    if (x != y) break;
    n += 8;
  }
  while (n < most && a[n] == b[n])
    n++;
  return n;
}

typedef struct match {
  unsigned length, distance;
} match;

/* The longest match for window[i], at least `least` long, or length 0. */
static match find_match(const pa_deflate *d, size_t i, unsigned least) {
  match best = {0, 0};
  size_t left = d->filled - i;
  unsigned most = left < MATCH_MOST ? (unsigned)left : MATCH_MOST;
  if (most < least) return best;
  const uint8_t *p = d->window + i;
  uint32_t place = (uint32_t)(d->base + i);
  uint32_t next = d->head[hash_of(p)];
  unsigned longest = least - 1;
  for (unsigned k = 0; k < CHAIN && next; k++) {
    uint32_t distance = place - (next - 1);
    if (distance == 0 || distance > HISTORY || distance > i) break;
    const uint8_t *q = p - distance;
    if (q[longest] == p[longest]) {
      unsigned length = common_length(p, q, most);
      if (length > longest) {
        best = (match){length, distance};
        longest = length;
        if (length == most) break;
      }
    }
    uint32_t older = d->previous[(next - 1) % HISTORY];
    if (older >= next) break; /* overwritten by a later place */
    next = older;
  }
  return best;
}

/* Codes the window up to `end`; matches may reach beyond it. */
static void compress_to(pa_deflate *d, size_t end) {
  while (d->at < end) {
    match m = {0, 0};
    if (d->filled - d->at >= MATCH_LEAST) m = find_match(d, d->at, MATCH_LEAST);
    insert(d, d->at);
    if (m.length && m.length < LONG_ENOUGH &&
        d->filled - d->at > m.length + 1) {
      match later = find_match(d, d->at + 1, m.length + 1);
      if (later.length) m.length = 0;
    }
    if (!m.length) {
      add_literal(d, d->window[d->at++]);
      continue;
    }
    add_match(d, m.length, m.distance);
    /* Of a long match the ends will do. */
    size_t next = d->at + m.length;
    for (size_t i = d->at + 1; i < next; i++)
      if (i < d->at + 16 || i + 4 >= next) insert(d, i);
    d->at = next;
  }
}

/* ---------------------------------------------------------------- stream */

typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
typedef uint32_t u32x4 __attribute__((vector_size(16)));

static u16x8 load(const uint8_t *p) {
  u8x8 bytes;
  memcpy(&bytes, p, sizeof bytes);
  return __builtin_convertvector(bytes, u16x8);
}

/* Adler's checksum (RFC 1950, 8.2) of `rows` times 16 bytes, at most 256: then
 * no lane overflows, nor does b. Each byte counts in b once for itself and for
 * every byte after it. */
static void adler_rows(uint32_t *a, uint32_t *b, const uint8_t *p,
                       size_t rows) {
  u16x8 left = {0}, right = {0}; /* sums of the columns */
  u32x4 sum = {0}, earlier = {0};
  for (size_t i = 0; i < rows; i++, p += 16) {
    u16x8 l = load(p), r = load(p + 8);
    left += l;
    right += r;
    earlier += sum;
    u32x4 both = (u32x4)(l + r);
    sum += (both & 0xffff) + (both >> 16);
  }
  *b += 16 * (uint32_t)rows * *a;
  for (unsigned k = 0; k < 4; k++) {
    *b += 16 * earlier[k];
    *a += sum[k];
  }
  for (unsigned k = 0; k < 8; k++)
    *b += left[k] * (16 - k) + right[k] * (8 - k);
}

static void update_adler(pa_deflate *d, const uint8_t *p, size_t size) {
  while (size) {
    size_t block = size < 4096 ? size : 4096, rows = block / 16;
    uint32_t a = d->adler_a, b = d->adler_b;
    adler_rows(&a, &b, p, rows);
    b %= 65521;
    for (size_t i = 16 * rows; i < block; i++) {
      a += p[i];
      b += a;
    }
    d->adler_a = a % 65521;
    d->adler_b = b % 65521;
    p += block;
    size -= block;
  }
}

/* Drops all but the history. */
static void slide(pa_deflate *d) {
  if (d->at <= HISTORY) return;
  size_t drop = d->at - HISTORY;
  memmove(d->window, d->window + drop, d->filled - drop);
  d->base += drop;
  d->at -= drop;
  d->filled -= drop;
}

pa_deflate *pa_deflate_begin(pa_sink *sink) {
  pa_deflate *d = pa_mem_calloc(1, sizeof *d);
  if (!d) return NULL;
  d->sink = sink;
  d->adler_a = 1;
  pa_sink_write(sink, "\x78\x9c", 2);
  return d;
}

void pa_deflate_write(pa_deflate *d, const uint8_t *bytes, size_t size) {
  update_adler(d, bytes, size);
  while (size) {
    size_t room = WINDOW - d->filled;
    size_t part = size < room ? size : room;
    memcpy(d->window + d->filled, bytes, part);
    d->filled += part;
    bytes += part;
    size -= part;
    if (d->filled < WINDOW) return;
    compress_to(d, WINDOW - 2 * MATCH_MOST);
    slide(d);
  }
}

void pa_deflate_end(pa_deflate *d) {
  compress_to(d, d->filled);
  put_block(d, true);
  flush_bits(d);
  pa_sink_be32(d->sink, d->adler_b << 16 | d->adler_a);
  pa_mem_free(d);
}
