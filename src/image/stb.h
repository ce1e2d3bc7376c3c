/* stb_image, compiled in stb.c with the library's allocator. */
#ifndef PARSONA_IMAGE_STB_H
#define PARSONA_IMAGE_STB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a decoding that failed had to say. */
typedef struct pa_image_stb_failure {
  const char *reason; /* stb's few words, "bad huffman code" */
  size_t no_memory;   /* bytes of the allocation that failed, or 0 */
  bool too_much;      /* an allocation over `largest` was asked for */
} pa_image_stb_failure;

/* Decodes a PNG, BMP or GIF into width * height * 4 bytes, from pa_mem_alloc;
 * NULL on failure. `largest` bounds every single allocation: a few bytes of
 * deflate can ask for gigabytes that the header's size does not. */
uint8_t *pa_image_stb_load(const uint8_t *bytes, size_t size, size_t largest,
                           int *width, int *height,
                           pa_image_stb_failure *failure);

/* A JPEG is decoded to its planes (Y, Cb, Cr ...; chroma most often at half the
 * size), and from these row by row. One at a time on a thread, and nothing else
 * decoded meanwhile. */
typedef struct pa_image_jpeg pa_image_jpeg;

/* NULL on failure. */
pa_image_jpeg *pa_image_jpeg_open(const uint8_t *bytes, size_t size,
                                  size_t largest, int *width, int *height,
                                  pa_image_stb_failure *failure);
/* Row y as width * 4 bytes, alpha 255. */
void pa_image_jpeg_row(pa_image_jpeg *jpeg, int y, uint8_t *rgba);
void pa_image_jpeg_close(pa_image_jpeg *jpeg);

#endif
