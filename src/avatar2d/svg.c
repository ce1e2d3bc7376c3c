/* Pictures as SVG 1.1 text: short numbers, one <g> a group, gradients and clips
 * beside their first use. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "avatar2d/picture.h"
#include "base/mem.h"

typedef struct text {
  char *bytes;
  size_t length, room;
  bool failed;
} text;

static void put_bytes(text *t, const char *bytes, size_t length) {
  if (t->failed) return;
  if (t->length + length + 1 > t->room) {
    size_t room = 2 * t->room + length + 256;
    char *grown = pa_mem_realloc(t->bytes, room);
    if (!grown) {
      t->failed = true;
      return;
    }
    t->bytes = grown, t->room = room;
  }
  memcpy(t->bytes + t->length, bytes, length);
  t->length += length;
  t->bytes[t->length] = '\0';
}

static void put(text *t, const char *string) {
  put_bytes(t, string, strlen(string));
}

static void put_count(text *t, size_t n) {
  char digits[24];
  snprintf(digits, sizeof digits, "%zu", n);
  put(t, digits);
}

/* Two decimals at most, without their trailing zeros, whatever the locale. */
static void put_number(text *t, float value) {
  char digits[32];
  long n = lroundf(fminf(fmaxf(value, -1e6f), 1e6f) * 100);
  unsigned long size = (unsigned long)(n < 0 ? -n : n);
  if (n < 0) put(t, "-");
  snprintf(digits, sizeof digits, "%lu", size / 100);
  put(t, digits);
  if (!(size % 100)) return;
  snprintf(digits, sizeof digits, ".%02lu", size % 100);
  size_t length = strlen(digits);
  if (digits[length - 1] == '0') length--;
  put_bytes(t, digits, length);
}

static void put_attribute(text *t, const char *name, float value) {
  put(t, " ");
  put(t, name);
  put(t, "=\"");
  put_number(t, value);
  put(t, "\"");
}

/* Text between tags or in an attribute; control characters, which XML cannot
 * hold, are left out. */
static void put_escaped(text *t, const char *string) {
  for (; *string; string++) {
    char c = *string;
    if (c == '&')
      put(t, "&amp;");
    else if (c == '<')
      put(t, "&lt;");
    else if (c == '>')
      put(t, "&gt;");
    else if (c == '"')
      put(t, "&quot;");
    else if ((unsigned char)c >= ' ')
      put_bytes(t, &c, 1);
  }
}

static void put_color(text *t, pa_color c) {
  char hex[8];
  snprintf(hex, sizeof hex, "#%02x%02x%02x", c.r, c.g, c.b);
  put(t, hex);
}

/* ------------------------------------------------------------ paths */

static void put_points(text *t, const pa_vec *points, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (i) put(t, " ");
    put_number(t, points[i].x);
    put(t, " ");
    put_number(t, points[i].y);
  }
}

static void put_path(text *t, const pa_picture *picture, size_t number) {
  const pa_path *path = &picture->paths[number];
  const pa_vec *point = picture->points + path->point;
  put(t, "<path d=\"");
  for (size_t i = 0; i < path->ops; i++) {
    uint8_t op = picture->ops[path->op + i];
    size_t used = op == PA_OP_CUBIC ? 3 : op == PA_OP_CLOSE ? 0 : 1;
    put_bytes(t, &"MLCZ"[op], 1);
    put_points(t, point, used);
    point += used;
  }
  put(t, "\"");
}

/* ------------------------------------------------------------ paints */

static void put_stops(text *t, const pa_paint *paint) {
  for (int i = 0; i < paint->stops; i++) {
    put(t, "<stop");
    put_attribute(t, "offset", paint->stop[i]);
    put(t, " stop-color=\"");
    put_color(t, paint->color[i]);
    put(t, "\"");
    if (paint->color[i].a != 255)
      put_attribute(t, "stop-opacity", (float)paint->color[i].a / 255);
    put(t, "/>");
  }
}

static void put_gradient(text *t, const pa_paint *paint, size_t item) {
  bool linear = paint->kind == PA_PAINT_LINEAR;
  put(t, linear ? "<linearGradient" : "<radialGradient");
  put(t, " id=\"g");
  put_count(t, item);
  put(t, "\" gradientUnits=\"userSpaceOnUse\"");
  if (linear) {
    put_attribute(t, "x1", paint->from.x);
    put_attribute(t, "y1", paint->from.y);
    put_attribute(t, "x2", paint->to.x);
    put_attribute(t, "y2", paint->to.y);
  } else {
    put_attribute(t, "cx", paint->from.x);
    put_attribute(t, "cy", paint->from.y);
    put_attribute(t, "r", paint->to.x);
  }
  put(t, ">");
  put_stops(t, paint);
  put(t, linear ? "</linearGradient>\n" : "</radialGradient>\n");
}

static void put_fill(text *t, const pa_paint *paint, size_t item) {
  put(t, " fill=\"");
  if (paint->kind == PA_PAINT_NONE) {
    put(t, "none\"");
  } else if (paint->kind == PA_PAINT_SOLID) {
    put_color(t, paint->color[0]);
    put(t, "\"");
    if (paint->color[0].a != 255)
      put_attribute(t, "fill-opacity", (float)paint->color[0].a / 255);
  } else {
    put(t, "url(#g");
    put_count(t, item);
    put(t, ")\"");
  }
}

static void put_stroke(text *t, const pa_item *item) {
  if (!item->stroke.a) return;
  put(t, " stroke=\"");
  put_color(t, item->stroke);
  put(t, "\"");
  put_attribute(t, "stroke-width", item->width);
  put(t, " stroke-linecap=\"round\" stroke-linejoin=\"round\"");
  if (item->stroke.a != 255)
    put_attribute(t, "stroke-opacity", (float)item->stroke.a / 255);
}

/* ------------------------------------------------------------ items */

static void put_shape(text *t, const pa_picture *picture, size_t number) {
  const pa_item *item = &picture->items[number];
  if (item->fill.kind >= PA_PAINT_LINEAR) put_gradient(t, &item->fill, number);
  put_path(t, picture, item->path);
  put_fill(t, &item->fill, number);
  put_stroke(t, item);
  put(t, "/>\n");
}

/* Groups of one name (both eyes' lids) are told apart by a number. */
static size_t same_before(const pa_picture *picture, size_t number) {
  size_t count = 0;
  for (size_t i = 0; i < number; i++)
    count += picture->items[i].kind == PA_ITEM_GROUP &&
             !strcmp(picture->items[i].name, picture->items[number].name);
  return count;
}

static void put_group(text *t, const pa_picture *picture, size_t number) {
  const pa_item *item = &picture->items[number];
  bool clipped = item->path != PA_NO_PATH;
  if (clipped) {
    put(t, "<clipPath id=\"c");
    put_count(t, number);
    put(t, "\">");
    put_path(t, picture, item->path);
    put(t, "/></clipPath>\n");
  }
  put(t, "<g id=\"");
  put_escaped(t, item->name);
  size_t before = same_before(picture, number);
  if (before) {
    put(t, "-");
    put_count(t, before + 1);
  }
  put(t, "\"");
  if (clipped) {
    put(t, " clip-path=\"url(#c");
    put_count(t, number);
    put(t, ")\"");
  }
  put(t, ">\n");
}

static void put_head(text *t, const pa_picture *picture, const char *title) {
  put(t, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
  put_attribute(t, "width", picture->width);
  put_attribute(t, "height", picture->height);
  put(t, " viewBox=\"0 0 ");
  put_number(t, picture->width);
  put(t, " ");
  put_number(t, picture->height);
  put(t, "\">\n<title>");
  put_escaped(t, title);
  put(t, "</title>\n");
}

pa_status pa_picture_svg(pa_error *err, const pa_picture *picture,
                         const char *title, char **bytes, size_t *length) {
  text t = {0};
  put_head(&t, picture, title);
  for (size_t i = 0; i < picture->item_count; i++) {
    if (picture->items[i].kind == PA_ITEM_GROUP) put_group(&t, picture, i);
    if (picture->items[i].kind == PA_ITEM_SHAPE) put_shape(&t, picture, i);
    if (picture->items[i].kind == PA_ITEM_END) put(&t, "</g>\n");
  }
  put(&t, "</svg>\n");
  if (t.failed) {
    pa_mem_free(t.bytes);
    return pa_error_memory(err, t.room, "an avatar's SVG");
  }
  *bytes = t.bytes;
  *length = t.length;
  return PA_OK;
}
