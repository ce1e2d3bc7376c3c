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

/* The pixels of one cache line: a square of them is read and written by whole
 * lines, whatever the distance between rows. */
#define TILE 16

/* Where the rows and the columns of the input go. */
typedef struct turn {
  const pa_image *in;
  uint8_t *out;
  bool rows_back;    /* the first row becomes the last column */
  bool columns_back; /* the first column becomes the last row */
} turn;

static void turn_tile(const turn *t, size_t x0, size_t y0) {
  uint32_t tile[TILE][TILE];
  size_t width = t->in->width, height = t->in->height;
  size_t w = x0 + TILE < width ? TILE : width - x0;
  size_t h = y0 + TILE < height ? TILE : height - y0;
  for (size_t y = 0; y < h; y++) {
    size_t column = t->rows_back ? h - 1 - y : y;
    const uint8_t *p = t->in->rgba + 4 * ((y0 + y) * width + x0);
    for (size_t x = 0; x < w; x++, p += 4)
      tile[x][column] = get(p);
  }
  size_t first = t->rows_back ? height - y0 - h : y0;
  for (size_t x = 0; x < w; x++) {
    size_t row = t->columns_back ? width - 1 - (x0 + x) : x0 + x;
    memcpy(t->out + 4 * (row * height + first), tile[x], 4 * h);
  }
}

/* Rows become columns. */
static pa_status transpose(pa_error *err, pa_image *image, bool rows_back,
                           bool columns_back) {
  size_t size = (size_t)4 * image->width * image->height;
  uint8_t *out = pa_mem_alloc(size);
  if (!out) return pa_error_memory(err, size, "turning the image");
  turn t = {image, out, rows_back, columns_back};
  for (size_t y = 0; y < image->height; y += TILE)
    for (size_t x = 0; x < image->width; x += TILE)
      turn_tile(&t, x, y);
  pa_mem_free(image->rgba);
  unsigned width = image->width;
  image->rgba = out;
  image->width = image->height;
  image->height = width;
  return PA_OK;
}

pa_status pa_image_orient(pa_error *err, pa_image *image, int orientation) {
  switch (orientation) {
  case 2:
    mirror(image);
    return PA_OK;
  case 3:
    reverse(image->rgba, (size_t)image->width * image->height);
    return PA_OK;
  case 4:
    flip(image);
    return PA_OK;
  case 5:
    return transpose(err, image, false, false);
  case 6: /* a quarter turn clockwise */
    return transpose(err, image, true, false);
  case 7:
    return transpose(err, image, true, true);
  case 8: /* anticlockwise */
    return transpose(err, image, false, true);
  default:
    return PA_OK;
  }
}
