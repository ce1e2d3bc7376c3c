#include "image/stb.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* What a decoder holds at once: a JPEG's 14 buffers are the most. */
#define MOST_BLOCKS 32

/* stb knows no user pointer, so the decoding under way is known here: what it
 * may allocate, and what it holds. (A decoder that fails leaks a block now and
 * then, see stbi__convert_16_to_8.) */
static _Thread_local struct {
  size_t largest;
  pa_image_stb_failure failure;
  void *blocks[MOST_BLOCKS];
} decoding;

static void **place_of(const void *block) {
  for (size_t i = 0; i < MOST_BLOCKS; i++)
    if (decoding.blocks[i] == block) return &decoding.blocks[i];
  return NULL;
}

static void *load_realloc(void *block, size_t size) {
  void **place = place_of(block); /* of NULL: one that is free */
  if (size > decoding.largest || !place) {
    decoding.failure.too_much = true;
    return NULL;
  }
  void *moved = pa_mem_realloc(block, size);
  if (moved)
    *place = moved;
  else
    decoding.failure.no_memory = size;
  return moved;
}

static void *load_alloc(size_t size) {
  return load_realloc(NULL, size);
}

static void load_free(void *block) {
  void **place = block ? place_of(block) : NULL;
  if (place) *place = NULL;
  pa_mem_free(block);
}

#define STBI_MALLOC(size) load_alloc(size)
#define STBI_REALLOC(block, size) load_realloc(block, size)
#define STBI_FREE(block) load_free(block)
#define STBI_ASSERT(x) ((void)0)
#define STBI_MAX_DIMENSIONS PA_LIMIT_IMAGE_SIDE
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR

#ifdef __wasm_simd128__
/* Emscripten's SSE2 intrinsics are wasm's SIMD under other names. */
#define __SSE__ 1
#define __SSE2__ 1
#define STBI__X64_TARGET
#endif

#define STB_IMAGE_IMPLEMENTATION

#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Weverything"
#else
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wunused-function"
#pragma GCC diagnostic ignored "-Wmissing-prototypes"
#endif
#include "stb_image.h"
#ifdef __clang__
#pragma clang diagnostic pop
#else
#pragma GCC diagnostic pop
#endif

uint8_t *pa_image_stb_load(const uint8_t *bytes, size_t size, size_t largest,
                           int *width, int *height,
                           pa_image_stb_failure *failure) {
  memset(&decoding, 0, sizeof decoding);
  decoding.largest = largest;
  int channels;
  uint8_t *rgba =
      stbi_load_from_memory(bytes, (int)size, width, height, &channels, 4);
  if (!rgba) {
    decoding.failure.reason = stbi_failure_reason();
    for (size_t i = 0; i < MOST_BLOCKS; i++)
      load_free(decoding.blocks[i]);
  }
  *failure = decoding.failure;
  return rgba;
}
