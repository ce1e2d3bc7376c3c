#include "image/orient.h"

#include <string.h>

#include "base/mem.h"

static uint32_t get(const uint8_t *p) {
  uint32_t v;
  memcpy(&v, p, 4);
  return v;
}

static void put(uint8_t *p, uint32_t v) {
  memcpy(p, &v, 4);
}

static void swap(uint8_t *a, uint8_t *b) {
  uint32_t keep = get(a);
  put(a, get(b));
  put(b, keep);
}

static void reverse(uint8_t *rgba, size_t pixels) {
  uint8_t *a = rgba, *b = rgba + 4 * pixels - 4;
  for (; a < b; a += 4, b -= 4)
    swap(a, b);
}

static void mirror(pa_image *image) {
  for (size_t y = 0; y < image->height; y++)
    reverse(image->rgba + 4 * image->width * y, image->width);
}

static void flip(pa_image *image) {
  size_t row = (size_t)4 * image->width;
  for (size_t top = 0, bottom = image->height - 1; top < bottom;
       top++, bottom--)
    for (size_t x = 0; x < row; x += 4)
      swap(image->rgba + row * top + x, image->rgba + row * bottom + x);
}

/* Squares of pixels small enough that rows and columns both stay cached. */
#define TILE 16

static void transpose_tile(const pa_image *in, uint8_t *out, size_t x0,
                           size_t y0) {
  size_t x1 = x0 + TILE < in->width ? x0 + TILE : in->width;
  size_t y1 = y0 + TILE < in->height ? y0 + TILE : in->height;
  for (size_t x = x0; x < x1; x++)
    for (size_t y = y0; y < y1; y++)
      put(out + 4 * (x * in->height + y),
          get(in->rgba + 4 * (y * in->width + x)));
}

static pa_status transpose(pa_error *err, pa_image *image) {
  size_t size = (size_t)4 * image->width * image->height;
  uint8_t *out = pa_mem_alloc(size);
  if (!out) return pa_error_memory(err, size, "turning the image");
  for (size_t y = 0; y < image->height; y += TILE)
    for (size_t x = 0; x < image->width; x += TILE)
      transpose_tile(image, out, x, y);
  pa_mem_free(image->rgba);
  unsigned width = image->width;
  image->rgba = out;
  image->width = image->height;
  image->height = width;
  return PA_OK;
}

/* Each orientation is a transposition, or not, and then mirrorings. */
pa_status pa_image_orient(pa_error *err, pa_image *image, int orientation) {
  if (orientation >= 5) {
    pa_status status = transpose(err, image);
    if (status) return status;
  }
  switch (orientation) {
  case 2: /* mirrored */
  case 6: /* must be turned clockwise */
    mirror(image);
    break;
  case 3: /* upside down */
  case 7: /* transposed over the other diagonal */
    reverse(image->rgba, (size_t)image->width * image->height);
    break;
  case 4: /* upside down and mirrored */
  case 8: /* must be turned anticlockwise */
    flip(image);
    break;
  default:
    break;
  }
  return PA_OK;
}
