#include "image/huffman.h"

#include <stdbool.h>
#include <string.h>

#define MOST_BITS 32

/* Used symbols, rarest first, in `order`; returns how many. */
static unsigned sort_symbols(const uint32_t *frequency, unsigned count,
                             uint16_t *order) {
  unsigned used = 0;
  for (unsigned s = 0; s < count; s++) {
    if (!frequency[s]) continue;
    unsigned at = used++;
    for (; at > 0 && frequency[order[at - 1]] > frequency[s]; at--)
      order[at] = order[at - 1];
    order[at] = (uint16_t)s;
  }
  return used;
}

/* Merges the two lightest trees until one is left. Leaves come in order of
 * weight and so do the merged trees, hence two queues suffice. Counts the
 * leaves of each depth. */
static void count_depths(const uint32_t *frequency, const uint16_t *order,
                         unsigned used, unsigned *depths) {
  uint32_t weight[2 * PA_HUFFMAN_SYMBOLS];
  uint16_t parent[2 * PA_HUFFMAN_SYMBOLS];
  uint8_t depth[2 * PA_HUFFMAN_SYMBOLS];
  unsigned leaf = 0, tree = used, end = used;
  for (unsigned i = 0; i < used; i++)
    weight[i] = frequency[order[i]];
  while (end < 2 * used - 1) {
    uint32_t sum = 0;
    for (int k = 0; k < 2; k++) {
      bool take_leaf =
          leaf < used && (tree == end || weight[leaf] <= weight[tree]);
      unsigned taken = take_leaf ? leaf++ : tree++;
      sum += weight[taken];
      parent[taken] = (uint16_t)end;
    }
    weight[end++] = sum;
  }
  depth[end - 1] = 0;
  for (unsigned i = end - 1; i-- > 0;) {
    depth[i] = (uint8_t)(depth[parent[i]] + 1);
    if (depth[i] > MOST_BITS) depth[i] = MOST_BITS;
    if (i < used) depths[depth[i]]++;
  }
}

/* Shortens what is too long, and lengthens others until the code is possible
 * again (Kraft's sum is one). */
static void limit_depths(unsigned *depths, unsigned longest) {
  for (unsigned d = longest + 1; d <= MOST_BITS; d++) {
    depths[longest] += depths[d];
    depths[d] = 0;
  }
  uint32_t sum = 0;
  for (unsigned d = 1; d <= longest; d++)
    sum += (uint32_t)depths[d] << (longest - d);
  for (; sum > 1u << longest; sum--) {
    unsigned d = longest - 1;
    while (!depths[d])
      d--;
    /* A leaf becomes a tree of two; one of the longest moves up to it. */
    depths[d]--;
    depths[d + 1] += 2;
    depths[longest]--;
  }
}

static void assign_codes(const unsigned *depths, unsigned count,
                         unsigned longest, pa_huffman *h) {
  uint32_t next[MOST_BITS + 2] = {0};
  for (unsigned d = 1; d <= longest; d++)
    next[d + 1] = (next[d] + depths[d]) << 1;
  for (unsigned s = 0; s < count; s++) {
    if (!h->length[s]) continue;
    uint32_t code = next[h->length[s]]++;
    h->code[s] = 0;
    for (unsigned bit = 0; bit < h->length[s]; bit++)
      h->code[s] = (uint16_t)(h->code[s] << 1 | (code >> bit & 1));
  }
}

void pa_huffman_make(const uint32_t *frequency, unsigned count,
                     unsigned longest, pa_huffman *huffman) {
  uint32_t padded[PA_HUFFMAN_SYMBOLS];
  uint16_t order[PA_HUFFMAN_SYMBOLS] = {0};
  unsigned depths[MOST_BITS + 1] = {0};
  memcpy(padded, frequency, count * sizeof *padded);
  unsigned used = sort_symbols(padded, count, order);
  for (unsigned s = 0; used < 2; s++)
    if (!padded[s]) {
      padded[s] = 1;
      used = sort_symbols(padded, count, order);
    }
  count_depths(padded, order, used, depths);
  limit_depths(depths, longest);
  memset(huffman, 0, sizeof *huffman);
  unsigned at = 0;
  for (unsigned d = longest; d > 0; d--)
    for (unsigned i = 0; i < depths[d]; i++)
      huffman->length[order[at++]] = (uint8_t)d;
  assign_codes(depths, count, longest, huffman);
}
