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

/* A band of rows that become columns. */
typedef struct band {
  const uint8_t *rows;
  size_t width, y, count;
  uint8_t *out;
  size_t out_width;
  bool rows_back;    /* the first row becomes the last column */
  bool columns_back; /* the first column becomes the last row */
} band;

static void turn_tile(const band *b, size_t x0, size_t y0) {
  uint32_t tile[TILE][TILE];
  size_t w = x0 + TILE < b->width ? TILE : b->width - x0;
  size_t h = y0 + TILE < b->count ? TILE : b->count - y0;
  for (size_t y = 0; y < h; y++) {
    size_t column = b->rows_back ? h - 1 - y : y;
    const uint8_t *p = b->rows + 4 * ((y0 + y) * b->width + x0);
    for (size_t x = 0; x < w; x++, p += 4)
      tile[x][column] = get(p);
  }
  size_t first = b->y + y0;
  if (b->rows_back) first = b->out_width - first - h;
  for (size_t x = 0; x < w; x++) {
    size_t row = b->columns_back ? b->width - 1 - (x0 + x) : x0 + x;
    memcpy(b->out + 4 * (row * b->out_width + first), tile[x], 4 * h);
  }
}

static void turn_band(const band *b) {
  for (size_t y = 0; y < b->count; y += TILE)
    for (size_t x = 0; x < b->width; x += TILE)
      turn_tile(b, x, y);
}

bool pa_image_turns_sideways(int orientation) {
  return orientation >= 5;
}

void pa_image_put_rows(pa_image *out, int orientation, unsigned width,
                       unsigned y, unsigned count, const uint8_t *rows) {
  if (pa_image_turns_sideways(orientation)) {
    turn_band(&(band){.rows = rows,
                      .width = width,
                      .y = y,
                      .count = count,
                      .out = out->rgba,
                      .out_width = out->width,
                      .rows_back = orientation == 6 || orientation == 7,
                      .columns_back = orientation == 7 || orientation == 8});
    return;
  }
  bool bottom_up = orientation == 3 || orientation == 4;
  size_t size = (size_t)4 * width;
  for (unsigned i = 0; i < count; i++, rows += size) {
    size_t row = bottom_up ? out->height - 1 - (y + i) : y + i;
    uint8_t *to = out->rgba + size * row;
    memcpy(to, rows, size);
    if (orientation == 2 || orientation == 3) reverse(to, width);
  }
}

static pa_status turn_sideways(pa_error *err, pa_image *image,
                               int orientation) {
  size_t size = (size_t)4 * image->width * image->height;
  pa_image turned = {.width = image->height, .height = image->width};
  turned.rgba = pa_mem_alloc(size);
  if (!turned.rgba) return pa_error_memory(err, size, "turning the image");
  pa_image_put_rows(&turned, orientation, image->width, 0, image->height,
                    image->rgba);
  pa_mem_free(image->rgba);
  *image = turned;
  return PA_OK;
}

pa_status pa_image_orient(pa_error *err, pa_image *image, int orientation) {
  if (pa_image_turns_sideways(orientation))
    return turn_sideways(err, image, orientation);
  if (orientation == 2)
    mirror(image);
  else if (orientation == 3)
    reverse(image->rgba, (size_t)image->width * image->height);
  else if (orientation == 4)
    flip(image);
  return PA_OK;
}
