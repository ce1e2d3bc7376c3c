/* Huffman codes of limited length, as deflate writes them (RFC 1951, 3.2.2). */
#ifndef PARSONA_IMAGE_HUFFMAN_H
#define PARSONA_IMAGE_HUFFMAN_H

#include <stdint.h>

#define PA_HUFFMAN_SYMBOLS 288

typedef struct pa_huffman {
  uint8_t length[PA_HUFFMAN_SYMBOLS]; /* bits; 0: not used */
  uint16_t code[PA_HUFFMAN_SYMBOLS];  /* bits reversed: first bit lowest */
} pa_huffman;

/* The code for `count` symbols of these frequencies, none longer than `longest`
 * bits (2^longest >= count). At least two symbols have a code, so that it is
 * complete. */
void pa_huffman_make(const uint32_t *frequency, unsigned count,
                     unsigned longest, pa_huffman *huffman);

#endif
