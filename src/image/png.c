/* Writing PNG: W3C Portable Network Graphics (third edition). */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/apart.h"
#include "base/mem.h"
#include "image/deflate.h"
#include "image/image.h"

enum { NONE, SUB, UP, AVERAGE, PAETH, FILTERS };

/* ---------------------------------------------------------------- chunks */

/* Annex D's checksum of the bytes from `begin` to the sink's end. */
static uint32_t checksum(const pa_sink *sink, size_t begin) {
  uint32_t table[256], crc = 0xffffffff;
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int bit = 0; bit < 8; bit++)
      c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
    table[i] = c;
  }
  for (size_t i = begin; i < sink->size; i++)
    crc = table[(crc ^ sink->bytes[i]) & 255] ^ crc >> 8;
  return ~crc;
}

/* Returns where the chunk begins. */
static size_t begin_chunk(pa_sink *sink, const char *type) {
  size_t begin = sink->size;
  pa_sink_be32(sink, 0); /* the length, known later */
  pa_sink_write(sink, type, 4);
  return begin;
}

static void end_chunk(pa_sink *sink, size_t begin) {
  if (sink->failed) return;
  size_t end = sink->size;
  uint32_t length = (uint32_t)(end - begin - 8);
  uint32_t crc = checksum(sink, begin + 4);
  sink->size = begin;
  pa_sink_be32(sink, length);
  sink->size = end;
  pa_sink_be32(sink, crc);
}

static void put_header(pa_sink *sink, unsigned width, unsigned height,
                       unsigned channels) {
  uint8_t depth_to_interlace[5] = {8, 0, 0, 0, 0};
  depth_to_interlace[1] = channels == 1 ? 0 : channels == 3 ? 2 : 6;
  pa_sink_write(sink, "\x89PNG\r\n\x1a\n", 8);
  size_t chunk = begin_chunk(sink, "IHDR");
  pa_sink_be32(sink, width);
  pa_sink_be32(sink, height);
  pa_sink_write(sink, depth_to_interlace, 5);
  end_chunk(sink, chunk);
}

/* ---------------------------------------------------------------- filters */

/* A row being filtered: `above` is all zeros for the first. */
typedef struct line {
  const uint8_t *row, *above;
  size_t size, step; /* bytes of the row and of a pixel */
} line;

static int16_t far(int16_t a, int16_t b) {
  return (int16_t)(a > b ? a - b : b - a);
}

/* Without branches, in 16 bits: compilers make vectors of it. */
static uint8_t paeth(int16_t left, int16_t up, int16_t corner) {
  int16_t a = far(up, corner), b = far(left, corner);
  int16_t c = far((int16_t)(left + up), (int16_t)(2 * corner));
  int16_t second = b <= c ? up : corner, least = b <= c ? b : c;
  return (uint8_t)(a <= least ? left : second);
}

/* Chapter 9; to the left of the first pixel there are zeros. */
static void filter(const line *l, int kind, uint8_t *restrict out) {
  const uint8_t *row = l->row, *above = l->above;
  size_t step = l->step;
  *out++ = (uint8_t)kind;
  switch (kind) {
  case NONE:
    memcpy(out, row, l->size);
    break;
  case SUB:
    memcpy(out, row, step);
    for (size_t i = step; i < l->size; i++)
      out[i] = (uint8_t)(row[i] - row[i - step]);
    break;
  case UP:
    for (size_t i = 0; i < l->size; i++)
      out[i] = (uint8_t)(row[i] - above[i]);
    break;
  case AVERAGE:
    for (size_t i = 0; i < step; i++)
      out[i] = (uint8_t)(row[i] - above[i] / 2);
    for (size_t i = step; i < l->size; i++)
      out[i] = (uint8_t)(row[i] - (row[i - step] + above[i]) / 2);
    break;
  default:
    for (size_t i = 0; i < step; i++)
      out[i] = (uint8_t)(row[i] - above[i]);
    for (size_t i = step; i < l->size; i++)
      out[i] =
          (uint8_t)(row[i] - paeth(row[i - step], above[i], above[i - step]));
  }
}

#define BATCH 65536 /* bytes whose costs 32 bits hold */

/* The sum of the filtered bytes' distances from zero: the usual guess at how
 * well they will compress (12.7). */
static size_t cost_of(const uint8_t *filtered, size_t size) {
  size_t cost = 0;
  for (size_t from = 1; from <= size; from += BATCH) {
    size_t end = size + 1 - from < BATCH ? size + 1 : from + BATCH;
    uint32_t sum = 0;
    for (size_t i = from; i < end; i++) {
      uint8_t up = filtered[i], down = (uint8_t)(256 - up);
      sum += up < down ? up : down;
    }
    cost += sum;
  }
  return cost;
}

static size_t count_zeros(const uint8_t *filtered, size_t size) {
  size_t zeros = 0;
  for (size_t i = 1; i <= size; i++)
    zeros += filtered[i] == 0;
  return zeros;
}

/* Filters into buffers[0] as seems best; [1] is scratch. Level pictures are
 * nearly all zeros under UP, and then nothing else is tried. */
PA_APART static void filter_best(const line *l, uint8_t *buffers[2]) {
  filter(l, UP, buffers[0]);
  if (count_zeros(buffers[0], l->size) >= l->size / 8 * 7) return;
  size_t best = cost_of(buffers[0], l->size);
  for (int kind = 0; kind < FILTERS; kind++) {
    if (kind == UP) continue;
    filter(l, kind, buffers[1]);
    size_t cost = cost_of(buffers[1], l->size);
    if (cost >= best) continue;
    best = cost;
    uint8_t *swap = buffers[0];
    buffers[0] = buffers[1];
    buffers[1] = swap;
  }
}

static bool put_pixels(pa_sink *sink, const uint8_t *pixels, size_t height,
                       line l, bool quick) {
  uint8_t *zeros = pa_mem_calloc(3, l.size + 1);
  pa_deflate *deflate = zeros ? pa_deflate_begin(sink, quick) : NULL;
  if (deflate) {
    uint8_t *buffers[2] = {zeros + l.size + 1, zeros + 2 * (l.size + 1)};
    l.above = zeros;
    for (size_t y = 0; y < height; y++) {
      l.row = pixels + l.size * y;
      filter_best(&l, buffers);
      pa_deflate_write(deflate, buffers[0], l.size + 1);
      l.above = l.row;
    }
    pa_deflate_end(deflate);
  }
  pa_mem_free(zeros);
  return deflate;
}

static pa_status write_png(pa_error *err, const uint8_t *pixels, unsigned width,
                           unsigned height, unsigned channels, bool quick,
                           uint8_t **png, size_t *png_size) {
  *png = NULL;
  *png_size = 0;
  if (channels != 1 && channels != 3 && channels != 4)
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "a PNG of %u channels; 1, 3 and 4 are written",
                        channels);
  pa_status status = pa_image_check_size(err, width, height);
  if (status) return status;

  pa_sink sink = {0};
  put_header(&sink, width, height, channels);
  size_t chunk = begin_chunk(&sink, "IDAT");
  line l = {.size = (size_t)width * channels, .step = channels};
  bool done = put_pixels(&sink, pixels, height, l, quick);
  end_chunk(&sink, chunk);
  end_chunk(&sink, begin_chunk(&sink, "IEND"));
  if (!done || sink.failed) {
    pa_mem_free(sink.bytes);
    return pa_error_set(err, PA_ERROR_MEMORY,
                        "out of memory: a PNG of %u x %u pixels", width,
                        height);
  }
  *png = sink.bytes;
  *png_size = sink.size;
  return PA_OK;
}

pa_status pa_image_png(pa_error *err, const uint8_t *pixels, unsigned width,
                       unsigned height, unsigned channels, uint8_t **png,
                       size_t *png_size) {
  return write_png(err, pixels, width, height, channels, false, png, png_size);
}

pa_status pa_image_png_quick(pa_error *err, const uint8_t *pixels,
                             unsigned width, unsigned height, unsigned channels,
                             uint8_t **png, size_t *png_size) {
  return write_png(err, pixels, width, height, channels, true, png, png_size);
}
