#include "image/stb.h"

#include "base/limits.h"
#include "base/mem.h"

/* stb knows no user pointer, so what its allocations may do is told here. */
static _Thread_local struct {
  size_t largest;
  size_t no_memory;
  bool too_much;
} budget;

static bool allowed(size_t size) {
  if (size <= budget.largest) return true;
  budget.too_much = true;
  return false;
}

static void *load_alloc(size_t size) {
  if (!allowed(size)) return NULL;
  void *block = pa_mem_alloc(size);
  if (!block) budget.no_memory = size;
  return block;
}

static void *load_realloc(void *block, size_t size) {
  if (!allowed(size)) return NULL;
  void *moved = pa_mem_realloc(block, size);
  if (!moved) budget.no_memory = size;
  return moved;
}

#define STBI_MALLOC(size) load_alloc(size)
#define STBI_REALLOC(block, size) load_realloc(block, size)
#define STBI_FREE(block) pa_mem_free(block)
#define STBI_ASSERT(x) ((void)0)
#define STBI_MAX_DIMENSIONS PA_LIMIT_IMAGE_SIDE
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_GIF
#define STBI_NO_STDIO
#define STBI_NO_HDR
#define STBI_NO_LINEAR

#define STBIW_MALLOC(size) pa_mem_alloc(size)
#define STBIW_REALLOC(block, size) pa_mem_realloc(block, size)
#define STBIW_FREE(block) pa_mem_free(block)
#define STBIW_ASSERT(x) ((void)0)
#define STBI_WRITE_NO_STDIO

#define STBIR_MALLOC(size, user) ((void)(user), pa_mem_alloc(size))
#define STBIR_FREE(block, user) ((void)(user), pa_mem_free(block))
#define STBIR_ASSERT(x) ((void)0)

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_RESIZE_IMPLEMENTATION

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
#include "stb_image_resize2.h"
#include "stb_image_write.h"
#ifdef __clang__
#pragma clang diagnostic pop
#else
#pragma GCC diagnostic pop
#endif

uint8_t *pa_image_stb_load(const uint8_t *bytes, size_t size, size_t largest,
                           int *width, int *height,
                           pa_image_stb_failure *failure) {
  budget.largest = largest;
  budget.no_memory = 0;
  budget.too_much = false;
  int channels;
  uint8_t *rgba =
      stbi_load_from_memory(bytes, (int)size, width, height, &channels, 4);
  failure->reason = rgba ? "" : stbi_failure_reason();
  failure->no_memory = budget.no_memory;
  failure->too_much = budget.too_much;
  return rgba;
}
