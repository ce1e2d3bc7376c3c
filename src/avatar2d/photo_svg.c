/* A photo avatar as SVG 1.1: two pictures as PNG data URIs (RFC 2397). */
#include <string.h>

#include "avatar2d/photo.h"
#include "base/apart.h"
#include "base/mem.h"

/* RFC 4648, section 4. `out` has room for 4 characters for every 3 bytes. */
PA_APART static size_t base64(const uint8_t *bytes, size_t size, char *out) {
  static const char digits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char *start = out;
  for (size_t i = 0; i < size; i += 3) {
    uint32_t v = (uint32_t)bytes[i] << 16;
    if (i + 1 < size) v |= (uint32_t)bytes[i + 1] << 8;
    if (i + 2 < size) v |= bytes[i + 2];
    for (int k = 0; k < 4; k++)
      *out++ = digits[v >> (18 - 6 * k) & 63];
  }
  if (size % 3) out[-1] = '=';
  if (size % 3 == 1) out[-2] = '=';
  return (size_t)(out - start);
}

static const char head[] =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" "
    "xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"512\" "
    "height=\"512\" viewBox=\"0 0 512 512\">\n<title>avatar</title>\n";
static const char tail[] = "</svg>\n";
static const char group_head[] = "<g id=\"";
static const char image_head[] = "\">\n<image width=\"512\" height=\"512\" ";
static const char squares[] = "image-rendering=\"optimizeSpeed\" ";
static const char data_head[] = "xlink:href=\"data:image/png;base64,";
static const char group_tail[] = "\"/>\n</g>\n";

static char *append(char *to, const char *text) {
  size_t length = strlen(text);
  memcpy(to, text, length); /* the next piece follows */ // NOLINT
  return to + length;
}

static char *append_layer(char *to, const char *name, bool in_squares,
                          const uint8_t *png, size_t size) {
  to = append(to, group_head);
  to = append(to, name);
  to = append(to, image_head);
  if (in_squares) to = append(to, squares);
  to = append(to, data_head);
  const size_t piece = 3 * 1024; /* whole groups of digits */
  for (size_t i = 0; i < size; i += piece)
    to += base64(png + i, size - i < piece ? size - i : piece, to);
  return append(to, group_tail);
}

/* Without alpha, every fourth shade. */
PA_APART static void thin_row(const uint8_t *rgba, size_t n, uint8_t *rgb) {
  for (size_t i = 0; i < n; i++)
    for (size_t c = 0; c < 3; c++)
      rgb[3 * i + c] = (uint8_t)((rgba[4 * i + c] & 0xfc) | 2);
}

/* The background is opaque: a channel less to write; and of the paper's grain
 * every fourth shade, which halves its bytes and the time to pack them. */
static pa_status background_png(pa_error *err, const uint8_t *rgba,
                                unsigned side, uint8_t **png, size_t *size) {
  const size_t area = (size_t)side * side;
  uint8_t *rgb = pa_mem_alloc(3 * area);
  if (!rgb) return pa_error_memory(err, 3 * area, "an avatar's SVG");
  for (size_t i = 0; i < area; i += side)
    thin_row(rgba + 4 * i, side, rgb + 3 * i);
  pa_status status = pa_image_png_quick(err, rgb, side, side, 3, png, size);
  pa_mem_free(rgb);
  return status;
}

pa_status pa_photo_svg(pa_error *err, const pa_photo_layers *layers,
                       const char *under, const char *over, char **text,
                       size_t *length) {
  uint8_t *png[2] = {NULL, NULL};
  size_t size[2] = {0, 0};
  pa_status status = PA_OK;
  if (!layers->bare)
    status = background_png(err, layers->background, layers->side, &png[0],
                            &size[0]);
  if (status == PA_OK)
    status = pa_image_png_quick(err, layers->person, layers->side, layers->side,
                                4, &png[1], &size[1]);
  /* The constants above come to less than half of the kilobyte. */
  size_t drawn = (under ? strlen(under) : 0) + (over ? strlen(over) : 0);
  size_t room = 1024 + drawn + (size[0] + 2) / 3 * 4 + (size[1] + 2) / 3 * 4;
  char *svg = status == PA_OK ? pa_mem_alloc(room) : NULL;
  if (status == PA_OK && !svg)
    status = pa_error_memory(err, room, "an avatar's SVG");
  if (svg) {
    bool in_squares = layers->style->squares;
    char *end = append(svg, head);
    if (png[0])
      end = append_layer(end, "background", in_squares, png[0], size[0]);
    if (under) end = append(end, under);
    end = append_layer(end, "person", in_squares, png[1], size[1]);
    if (over) end = append(end, over);
    end = append(end, tail);
    *end = '\0';
    *text = svg;
    *length = (size_t)(end - svg);
  }
  pa_mem_free(png[0]);
  pa_mem_free(png[1]);
  return status;
}
