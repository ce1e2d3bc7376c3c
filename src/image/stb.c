#include "image/stb.h"

#include <string.h>

#include "base/limits.h"
#include "base/mem.h"

/* What a decoder holds at once: a JPEG's 13 buffers are the most. */
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

static void begin(size_t largest) {
  memset(&decoding, 0, sizeof decoding);
  decoding.largest = largest;
}

static void give_up(pa_image_stb_failure *failure) {
  decoding.failure.reason = stbi_failure_reason();
  *failure = decoding.failure;
  for (size_t i = 0; i < MOST_BLOCKS; i++)
    load_free(decoding.blocks[i]);
}

uint8_t *pa_image_stb_load(const uint8_t *bytes, size_t size, size_t largest,
                           int *width, int *height,
                           pa_image_stb_failure *failure) {
  begin(largest);
  int channels;
  uint8_t *rgba =
      stbi_load_from_memory(bytes, (int)size, width, height, &channels, 4);
  if (!rgba) give_up(failure);
  return rgba;
}

/* ---------------------------------------------------------------- JPEG
 *
 * stb's own last step makes the whole picture at once, beside the planes and a
 * progressive file's coefficients: 13 bytes a pixel, and a turned picture needs
 * yet another copy. Here the coefficients go first, and whoever asks for the
 * rows may put them where they belong. */

struct pa_image_jpeg {
  stbi__context input;
  stbi__jpeg decoder;
  resample_row_func enlarge[4]; /* a row of a plane to the picture's width */
  bool is_rgb, is_cmyk, is_ycck;
};

static resample_row_func enlarger(const stbi__jpeg *j, int h, int v) {
  if (h == 1 && v == 1) return resample_row_1;
  if (h == 1 && v == 2) return stbi__resample_row_v_2;
  if (h == 2 && v == 1) return stbi__resample_row_h_2;
  if (h == 2 && v == 2) return j->resample_row_hv_2_kernel;
  return stbi__resample_row_generic;
}

/* Which colours the components stand for: Adobe's marker says it, JFIF's that
 * it is YCbCr; without either four of them are CMYK, as everybody reads it. */
static void know_colors(pa_image_jpeg *jpeg) {
  const stbi__jpeg *j = &jpeg->decoder;
  int count = j->s->img_n, adobe = j->app14_color_transform;
  jpeg->is_rgb = count == 3 && (j->rgb == 3 || (adobe == 0 && !j->jfif));
  jpeg->is_ycck = count == 4 && adobe == 2;
  jpeg->is_cmyk = count == 4 && !jpeg->is_ycck;
}

static bool decode_planes(pa_image_jpeg *jpeg) {
  stbi__jpeg *j = &jpeg->decoder;
  if (!stbi__decode_jpeg_image(j)) return false;
  for (int i = 0; i < j->s->img_n; i++) {
    load_free(j->img_comp[i].raw_coeff);
    j->img_comp[i].raw_coeff = NULL;
    j->img_comp[i].linebuf = load_alloc(j->s->img_x + 3); /* as stb wants it */
    if (!j->img_comp[i].linebuf) return false;
    jpeg->enlarge[i] = enlarger(j, j->img_h_max / j->img_comp[i].h,
                                j->img_v_max / j->img_comp[i].v);
  }
  know_colors(jpeg);
  return true;
}

pa_image_jpeg *pa_image_jpeg_open(const uint8_t *bytes, size_t size,
                                  size_t largest, int *width, int *height,
                                  pa_image_stb_failure *failure) {
  begin(largest);
  pa_image_jpeg *jpeg = load_alloc(sizeof *jpeg);
  if (jpeg) {
    memset(jpeg, 0, sizeof *jpeg);
    stbi__start_mem(&jpeg->input, bytes, (int)size);
    jpeg->decoder.s = &jpeg->input;
    stbi__setup_jpeg(&jpeg->decoder);
  }
  if (!jpeg || !decode_planes(jpeg)) {
    give_up(failure);
    return NULL;
  }
  *width = (int)jpeg->input.img_x;
  *height = (int)jpeg->input.img_y;
  return jpeg;
}

/* Row y of plane k at the picture's width. Where chroma has half the rows, a
 * row is mixed from the nearest two, one part in four of the farther. */
static const uint8_t *plane_row(pa_image_jpeg *jpeg, int k, int y) {
  stbi__jpeg *j = &jpeg->decoder;
  int across = j->img_h_max / j->img_comp[k].h;
  int down = j->img_v_max / j->img_comp[k].v;
  int last = j->img_comp[k].y - 1;
  int near = y / down < last ? y / down : last;
  int far = near + (y % 2 ? 1 : -1);
  far = far < 0 ? 0 : far > last ? last : far;
  uint8_t *data = j->img_comp[k].data;
  size_t stride = (size_t)j->img_comp[k].w2;
  int width = ((int)j->s->img_x + across - 1) / across;
  return jpeg->enlarge[k](j->img_comp[k].linebuf, data + stride * (size_t)near,
                          data + stride * (size_t)far, width, across);
}

static uint8_t times(unsigned a, unsigned b) {
  return (uint8_t)((a * b * 2 + 255) / 510);
}

/* Adobe's inks are stored inverted: 255 is none. */
static void ink_row(const uint8_t *const planes[4], size_t width,
                    uint8_t *rgba) {
  for (size_t x = 0; x < width; x++, rgba += 4) {
    for (int c = 0; c < 3; c++)
      rgba[c] = times(planes[c][x], planes[3][x]);
    rgba[3] = 255;
  }
}

/* `rgba` holds the row's YCC as RGB, which are the inks. */
static void blacken_row(const uint8_t *black, size_t width, uint8_t *rgba) {
  for (size_t x = 0; x < width; x++, rgba += 4)
    for (int c = 0; c < 3; c++)
      rgba[c] = times(255u - rgba[c], black[x]);
}

static void plain_row(const uint8_t *const planes[3], size_t width,
                      uint8_t *rgba) {
  for (size_t x = 0; x < width; x++, rgba += 4) {
    for (int c = 0; c < 3; c++)
      rgba[c] = planes[c][x];
    rgba[3] = 255;
  }
}

void pa_image_jpeg_row(pa_image_jpeg *jpeg, int y, uint8_t *rgba) {
  stbi__jpeg *j = &jpeg->decoder;
  size_t width = j->s->img_x;
  const uint8_t *planes[4];
  planes[0] = plane_row(jpeg, 0, y);
  for (int k = 1; k < 4; k++) /* grey is its own green and blue */
    planes[k] = k < j->s->img_n ? plane_row(jpeg, k, y) : planes[0];
  if (jpeg->is_cmyk) {
    ink_row(planes, width, rgba);
  } else if (jpeg->is_rgb || j->s->img_n == 1) {
    plain_row(planes, width, rgba);
  } else {
    j->YCbCr_to_RGB_kernel(rgba, planes[0], planes[1], planes[2], (int)width,
                           4);
    if (jpeg->is_ycck) blacken_row(planes[3], width, rgba);
  }
}

void pa_image_jpeg_close(pa_image_jpeg *jpeg) {
  if (!jpeg) return;
  stbi__cleanup_jpeg(&jpeg->decoder);
  load_free(jpeg);
}
