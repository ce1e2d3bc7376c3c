/* Pictures as pixels. Colours are blended as they are (sRGB values), as SVG
 * says, premultiplied by their alpha, in float32. */
#include <math.h>
#include <string.h>

#include "avatar2d/cover.h"
#include "base/limits.h"
#include "base/mem.h"

typedef struct rgba {
  float v[4];
} rgba;

/* Clips within clips: each holds the product with those around it. */
#define CLIPS 8

typedef struct canvas {
  pa_cover cover;
  float sx, sy;
  rgba *pixels;
  float *clips[CLIPS]; /* [height][width] */
  size_t clip_count;
} canvas;

/* ------------------------------------------------------------ paints */

static rgba of_color(pa_color c) {
  return (rgba){{(float)c.r, (float)c.g, (float)c.b, (float)c.a / 255}};
}

static rgba at_stop(const pa_paint *paint, float t) {
  if (!(t > 0)) return of_color(paint->color[0]);
  int i = 1;
  while (i < paint->stops - 1 && t > paint->stop[i])
    i++;
  float from = paint->stop[i - 1], to = paint->stop[i];
  float share = to > from ? fminf((t - from) / (to - from), 1) : 1;
  rgba a = of_color(paint->color[i - 1]), b = of_color(paint->color[i]);
  for (int c = 0; c < 4; c++)
    a.v[c] += (b.v[c] - a.v[c]) * share;
  return a;
}

/* A gradient's colours at even steps: looking one up is a tenth of the work of
 * mixing it, and no step is seen at 8 bits. */
#define STEPS 512

typedef struct ramp {
  const pa_paint *paint;
  rgba colors[STEPS + 1];
} ramp;

static void make_ramp(const pa_paint *paint, ramp *r) {
  r->paint = paint;
  for (int i = 0; i <= STEPS; i++)
    r->colors[i] = at_stop(paint, (float)i / STEPS);
}

/* The colour at a point of the picture. */
static rgba paint_at(const ramp *r, float x, float y) {
  const pa_paint *paint = r->paint;
  float dx = paint->to.x - paint->from.x, dy = paint->to.y - paint->from.y;
  float px = x - paint->from.x, py = y - paint->from.y, t;
  if (paint->kind == PA_PAINT_LINEAR) {
    float length2 = dx * dx + dy * dy;
    t = length2 > 0 ? (px * dx + py * dy) / length2 : 1;
  } else {
    t = paint->to.x > 0 ? sqrtf(px * px + py * py) / paint->to.x : 1;
  }
  t = fminf(fmaxf(t, 0), 1);
  return r->colors[(int)(t * STEPS + .5f)];
}

/* ------------------------------------------------------------ blending */

static void blend(rgba *under, rgba color, float coverage) {
  float a = color.v[3] * coverage;
  for (int c = 0; c < 3; c++)
    under->v[c] += (color.v[c] - under->v[c]) * a;
  under->v[3] += (1 - under->v[3]) * a;
}

static void blend_bounds(canvas *c, pa_bounds b, const pa_paint *paint) {
  bool even = paint->kind == PA_PAINT_SOLID;
  rgba color = of_color(paint->color[0]);
  ramp r;
  if (!even) make_ramp(paint, &r);
  for (int y = b.y0; y < b.y1; y++) {
    size_t start = (size_t)y * (size_t)c->cover.width;
    const float *row = pa_cover_row(&c->cover, y);
    const float *clip =
        c->clip_count ? c->clips[c->clip_count - 1] + start : NULL;
    for (int x = b.x0; x < b.x1; x++) {
      float coverage = clip ? row[x] * clip[x] : row[x];
      if (coverage < 1e-4f) continue;
      if (!even)
        color =
            paint_at(&r, ((float)x + .5f) / c->sx, ((float)y + .5f) / c->sy);
      blend(&c->pixels[start + (size_t)x], color, coverage);
    }
  }
}

static void draw_shape(canvas *c, const pa_picture *picture,
                       const pa_item *item) {
  if (item->fill.kind != PA_PAINT_NONE) {
    pa_bounds b = pa_cover_fill(&c->cover, picture, item->path, c->sx, c->sy);
    blend_bounds(c, b, &item->fill);
  }
  if (item->stroke.a) {
    pa_paint paint = pa_paint_solid(item->stroke);
    pa_bounds b = pa_cover_stroke(&c->cover, picture, item->path, c->sx, c->sy,
                                  item->width);
    blend_bounds(c, b, &paint);
  }
}

/* ------------------------------------------------------------ clips */

static pa_status push_clip(pa_error *err, canvas *c, const pa_picture *picture,
                           size_t path) {
  size_t cells = (size_t)c->cover.width * (size_t)c->cover.height;
  if (c->clip_count == CLIPS)
    return pa_error_set(err, PA_ERROR_INTERNAL, "clips are nested too deeply");
  float *mask = pa_mem_calloc(cells, sizeof *mask);
  if (!mask) return pa_error_memory(err, cells * sizeof *mask, "a clip");
  const float *outer = c->clip_count ? c->clips[c->clip_count - 1] : NULL;
  pa_bounds b = pa_cover_fill(&c->cover, picture, path, c->sx, c->sy);
  for (int y = b.y0; y < b.y1; y++) {
    const float *row = pa_cover_row(&c->cover, y);
    for (int x = b.x0; x < b.x1; x++) {
      size_t cell = (size_t)y * (size_t)c->cover.width + (size_t)x;
      mask[cell] = outer ? row[x] * outer[cell] : row[x];
    }
  }
  c->clips[c->clip_count++] = mask;
  return PA_OK;
}

static void pop_clip(canvas *c) {
  pa_mem_free(c->clips[--c->clip_count]);
}

/* ------------------------------------------------------------ the whole */

static pa_status draw_items(pa_error *err, canvas *c,
                            const pa_picture *picture) {
  bool clipped[64];
  size_t depth = 0;
  for (size_t i = 0; i < picture->item_count; i++) {
    const pa_item *item = &picture->items[i];
    if (item->kind == PA_ITEM_SHAPE) {
      draw_shape(c, picture, item);
    } else if (item->kind == PA_ITEM_GROUP) {
      if (depth == sizeof clipped / sizeof *clipped)
        return pa_error_set(err, PA_ERROR_INTERNAL,
                            "groups are nested too deeply");
      clipped[depth] = item->path != PA_NO_PATH;
      if (clipped[depth++]) {
        pa_status status = push_clip(err, c, picture, item->path);
        if (status != PA_OK) return status;
      }
    } else if (depth) {
      depth--;
      if (clipped[depth]) pop_clip(c);
    }
  }
  return PA_OK;
}

static uint8_t to_byte(float v) {
  return (uint8_t)(fminf(fmaxf(v, 0), 255) + .5f);
}

/* What is stored is colour times alpha; straight alpha divides by it. */
static void write_pixels(const canvas *c, uint8_t *out) {
  size_t pixels = (size_t)c->cover.width * (size_t)c->cover.height;
  for (size_t i = 0; i < pixels; i++, out += 4) {
    const float *v = c->pixels[i].v;
    float alpha = v[3], per = alpha > 0 ? 1 / alpha : 0;
    for (int k = 0; k < 3; k++)
      out[k] = to_byte(v[k] * per);
    out[3] = to_byte(alpha * 255);
  }
}

pa_status pa_picture_render(pa_error *err, const pa_picture *picture,
                            unsigned width, unsigned height, uint8_t *out) {
  pa_status status = pa_image_check_size(err, width, height);
  if (status != PA_OK) return status;
  canvas c = {.sx = (float)width / picture->width,
              .sy = (float)height / picture->height};
  status = pa_cover_init(err, width, height, &c.cover);
  if (status != PA_OK) return status;
  c.pixels = pa_mem_calloc((size_t)width * height, sizeof *c.pixels);
  if (!c.pixels)
    status = pa_error_memory(err, (size_t)width * height * sizeof *c.pixels,
                             "an avatar's pixels");
  if (status == PA_OK) status = draw_items(err, &c, picture);
  if (status == PA_OK) write_pixels(&c, out);
  while (c.clip_count)
    pop_clip(&c);
  pa_mem_free(c.pixels);
  pa_cover_free(&c.cover);
  return status;
}
