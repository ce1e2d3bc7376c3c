#include "image/deflate.h"

#include <string.h>

#include "base/mem.h"
#include "image/adler.h"
#include "image/deflate_blocks.h"

#define WINDOW (1u << 18)  /* bytes held */
#define HISTORY (1u << 15) /* farthest back a match may begin */
#define MATCH_LEAST 4      /* three is the format's, but seldom pays here */
#define HASH_BITS 15
/* Earlier places to look at: 12 would save 3 % of the bytes of photos and
 * painted pictures, and take twice as long. */
#define CHAIN 4
#define LONG_ENOUGH 8 /* a match not to be improved on */
/* Paint and paper are noise, in which matches take time and bits: after a block
 * that they made no smaller this many bytes are coded without, or up to a run
 * of so many equal ones. */
#define PLAIN (1u << 19)
#define RUN 64

struct pa_deflate {
  pa_adler adler;
  /* window[i] is byte base + i of the input. */
  size_t base, filled, at;
  /* By hash, and by place modulo HISTORY: place + 1 where the same hash was
   * last; 0: nowhere. Places are the input's, their low 32 bits. */
  uint32_t head[1u << HASH_BITS];
  uint32_t previous[HISTORY];
  unsigned chain, long_enough; /* CHAIN and LONG_ENOUGH, or less for haste */
  size_t plain;                /* bytes still to be coded without matches */
  unsigned run;                /* how many of the last ones were equal */
  pa_deflate_blocks blocks;
  uint8_t window[WINDOW];
};

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
  unsigned most =
      left < PA_DEFLATE_LONGEST ? (unsigned)left : PA_DEFLATE_LONGEST;
  if (most < least) return best;
  const uint8_t *p = d->window + i;
  uint32_t place = (uint32_t)(d->base + i);
  uint32_t next = d->head[hash_of(p)];
  unsigned longest = least - 1;
  for (unsigned k = 0; k < d->chain && next; k++) {
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

/* The match to code window[at] with, or length 0: none, or the next place has a
 * longer one. */
static match choose_match(pa_deflate *d) {
  match m = {0, 0};
  size_t left = d->filled - d->at;
  if (left >= MATCH_LEAST) m = find_match(d, d->at, MATCH_LEAST);
  insert(d, d->at);
  if (m.length && m.length < d->long_enough && left > m.length + 1) {
    match later = find_match(d, d->at + 1, m.length + 1);
    if (later.length) m.length = 0;
  }
  return m;
}

static void put_match(pa_deflate *d, match m) {
  pa_deflate_blocks_match(&d->blocks, m.length, m.distance, d->window + d->at);
  /* Of a long match the ends will do. */
  size_t next = d->at + m.length;
  for (size_t i = d->at + 1; i < next; i++)
    if (i < d->at + 16 || i + 4 >= next) insert(d, i);
  d->at = next;
}

static void put_plain(pa_deflate *d, size_t end) {
  for (; d->at < end && d->plain; d->plain--, d->at++) {
    uint8_t byte = d->window[d->at];
    d->run = d->at && d->window[d->at - 1] == byte ? d->run + 1 : 0;
    if (d->run == RUN) d->plain = 1;
    pa_deflate_blocks_literal(&d->blocks, byte);
  }
}

/* Codes the window up to `end`; matches may reach beyond it. */
static void compress_to(pa_deflate *d, size_t end) {
  while (d->at < end) {
    put_plain(d, end);
    if (d->at >= end) return;
    unsigned blocks = d->blocks.number;
    match m = choose_match(d);
    if (m.length)
      put_match(d, m);
    else
      pa_deflate_blocks_literal(&d->blocks, d->window[d->at++]);
    if (d->blocks.number != blocks && !d->blocks.matches_paid)
      d->plain = PLAIN, d->run = 0;
  }
}

/* ---------------------------------------------------------------- stream */

/* Drops all but the history. */
static void slide(pa_deflate *d) {
  if (d->at <= HISTORY) return;
  size_t drop = d->at - HISTORY;
  memmove(d->window, d->window + drop, d->filled - drop);
  d->base += drop;
  d->at -= drop;
  d->filled -= drop;
}

pa_deflate *pa_deflate_begin(pa_sink *sink, bool quick) {
  pa_deflate *d = pa_mem_calloc(1, sizeof *d);
  if (!d) return NULL;
  d->blocks.sink = sink;
  d->chain = quick ? 1 : CHAIN;
  d->long_enough = quick ? MATCH_LEAST : LONG_ENOUGH;
  d->adler.a = 1;
  pa_sink_write(sink, "\x78\x9c", 2);
  return d;
}

void pa_deflate_write(pa_deflate *d, const uint8_t *bytes, size_t size) {
  pa_adler_add(&d->adler, bytes, size);
  while (size) {
    size_t room = WINDOW - d->filled;
    size_t part = size < room ? size : room;
    memcpy(d->window + d->filled, bytes, part);
    d->filled += part;
    bytes += part;
    size -= part;
    if (d->filled < WINDOW) return;
    compress_to(d, WINDOW - 2 * PA_DEFLATE_LONGEST);
    slide(d);
  }
}

void pa_deflate_end(pa_deflate *d) {
  compress_to(d, d->filled);
  pa_deflate_blocks_put(&d->blocks, true);
  pa_sink_be32(d->blocks.sink, pa_adler_value(&d->adler));
  pa_mem_free(d);
}
