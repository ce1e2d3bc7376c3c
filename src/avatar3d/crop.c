#include "avatar3d/crop.h"

#include <string.h>

#include "avatar3d/fill.h"
#include "avatar3d/nearest.h"
#include "base/mem.h"

pa_status pa_crop_create(pa_error *err, const pa_sight *s, const float box[4],
                         unsigned most, pa_crop *crop) {
  memset(crop, 0, sizeof *crop);
  float x0 = pa_clamp(floorf(box[0]), 0, (float)s->width - 1);
  float y0 = pa_clamp(floorf(box[1]), 0, (float)s->height - 1);
  float x1 = pa_clamp(ceilf(box[2]), x0 + 1, (float)s->width);
  float y1 = pa_clamp(ceilf(box[3]), y0 + 1, (float)s->height);
  float scale = fminf(1, (float)most / fmaxf(x1 - x0, y1 - y0));
  crop->x = x0, crop->y = y0, crop->scale = scale;
  crop->width = (unsigned)fmaxf(1, (x1 - x0) * scale);
  crop->height = (unsigned)fmaxf(1, (y1 - y0) * scale);
  size_t pixels = (size_t)crop->width * crop->height;
  crop->rgb = pa_mem_alloc(pixels * 3 * sizeof *crop->rgb);
  crop->label = pa_mem_alloc(pixels);
  if (!crop->rgb || !crop->label) {
    pa_crop_destroy(crop);
    return pa_error_memory(err, pixels * 13, "a crop of the photo");
  }
  pa_affine map = {1 / scale, 0, x0, 0, 1 / scale, y0};
  pa_image_sample(s->image, map, crop->width, crop->height, 1, 0, -1, 0,
                  crop->height, crop->rgb);
  for (unsigned y = 0; y < crop->height; y++)
    for (unsigned x = 0; x < crop->width; x++)
      crop->label[(size_t)y * crop->width + x] = (uint8_t)pa_sight_label(
          s, x0 + ((float)x + .5f) / scale, y0 + ((float)y + .5f) / scale);
  return PA_OK;
}

void pa_crop_destroy(pa_crop *crop) {
  pa_mem_free(crop->rgb);
  pa_mem_free(crop->label);
  memset(crop, 0, sizeof *crop);
}

pa_crop pa_crop_rows(const pa_crop *c, unsigned first, unsigned count) {
  pa_crop view = *c;
  view.height = count;
  view.y += (float)first / c->scale;
  view.rgb += (size_t)3 * first * c->width;
  view.label += (size_t)first * c->width;
  return view;
}

/* ------------------------------------------------------------------ nearest */

static unsigned distance2(const pa_crop *c, uint32_t from, unsigned x,
                          unsigned y) {
  int dx = (int)(from % c->width) - (int)x,
      dy = (int)(from / c->width) - (int)y;
  return (unsigned)(dx * dx + dy * dy);
}

/* 1 for each pixel of the set. */
static void find_set(const pa_crop *c, unsigned set, uint8_t *in) {
  uint8_t of_label[PA_LABEL_COUNT];
  size_t pixels = (size_t)c->width * c->height;
  for (unsigned label = 0; label < PA_LABEL_COUNT; label++)
    of_label[label] = set >> label & 1;
  for (size_t i = 0; i < pixels; i++)
    in[i] = of_label[c->label[i]];
}

/* Edge pixels mix in what lies beside them and are left out: `out` is 1 where
 * `in` is there and two pixels on in four directions, too. */
static void shrink(const pa_crop *c, const uint8_t *in, uint8_t *out) {
  size_t w = c->width, h = c->height;
  memset(out, 0, w * h);
  for (size_t y = 2; y + 2 < h; y++) {
    const uint8_t *at = in + y * w, *above = at - 2 * w, *below = at + 2 * w;
    for (size_t x = 2; x + 2 < w; x++)
      out[y * w + x] = at[x] & at[x - 2] & at[x + 2] & above[x] & below[x];
  }
}

static unsigned mark(const pa_crop *c, const uint8_t *in, const uint8_t *hidden,
                     uint32_t *nearest) {
  unsigned found = 0;
  size_t pixels = (size_t)c->width * c->height;
  for (size_t at = 0; at < pixels; at++) {
    bool is = in[at] && !hidden[at];
    nearest[at] = is ? (uint32_t)at : PA_NEAREST_NONE;
    found += is;
  }
  return found;
}

/* ------------------------------------------------------------------ blur */

/* A pixel's colour times its weight, and that. What is added to a sum must be
 * taken away exactly. */
typedef struct sum {
  double v[4];
} sum;

static void enter(sum *s, const float *pixel, float sign) {
  for (int k = 0; k < 4; k++)
    s->v[k] += (double)(sign * pixel[k]);
}

static void leave(const sum *s, float *pixel) {
  for (int k = 0; k < 4; k++)
    pixel[k] = (float)s->v[k];
}

/* Sums along a row over `radius` pixels on both sides. */
static void blur_row(const float *in, float *out, unsigned width,
                     unsigned radius) {
  sum s = {{0}};
  for (unsigned i = 0; i < width + radius; i++) {
    if (i < width) enter(&s, in + (size_t)4 * i, 1);
    if (i > 2 * radius && i - 2 * radius - 1 < width)
      enter(&s, in + (size_t)4 * (i - 2 * radius - 1), -1);
    if (i >= radius) leave(&s, out + (size_t)4 * (i - radius));
  }
}

/* The same along all columns at once. `s`: of a row, 0. */
static void blur_columns(const float *in, float *out, unsigned width,
                         unsigned height, unsigned radius, sum *s) {
  size_t stride = (size_t)4 * width;
  for (unsigned i = 0; i < height + radius; i++) {
    const float *next = i < height ? in + i * stride : NULL;
    const float *last = i > 2 * radius && i - 2 * radius - 1 < height
                            ? in + (i - 2 * radius - 1) * stride
                            : NULL;
    float *to = i >= radius ? out + (i - radius) * stride : NULL;
    for (size_t x = 0; next && x < width; x++)
      enter(&s[x], next + 4 * x, 1);
    for (size_t x = 0; last && x < width; x++)
      enter(&s[x], last + 4 * x, -1);
    for (size_t x = 0; to && x < width; x++)
      leave(&s[x], to + 4 * x);
  }
}

static bool blur(const pa_crop *c, float *a, float *b, unsigned radius,
                 unsigned down) {
  sum *s = pa_mem_alloc(c->width * sizeof *s);
  if (!s) return false;
  for (int round = 0; round < 2; round++) {
    for (size_t y = 0; y < c->height; y++)
      blur_row(a + y * c->width * 4, b + y * c->width * 4, c->width, radius);
    memset(s, 0, c->width * sizeof *s);
    blur_columns(b, a, c->width, c->height, down, s);
  }
  pa_mem_free(s);
  return true;
}

static pa_status make_blurred(pa_error *err, unsigned radius, unsigned down,
                              pa_spread *spread) {
  const pa_crop *c = &spread->crop;
  size_t pixels = (size_t)c->width * c->height;
  float *a = pa_mem_calloc(pixels, 4 * sizeof *a);
  float *b = pa_mem_calloc(pixels, 4 * sizeof *b);
  spread->blurred = pa_mem_calloc(pixels, 3 * sizeof *spread->blurred);
  bool made = a && b && spread->blurred;
  for (size_t i = 0; made && i < pixels; i++) {
    if (spread->nearest[i] != i) continue;
    memcpy(a + 4 * i, c->rgb + 3 * i, 3 * sizeof *a);
    a[4 * i + 3] = 1;
  }
  made = made && blur(c, a, b, radius, down);
  for (size_t i = 0; made && i < pixels; i++)
    for (int k = 0; k < 3; k++)
      spread->blurred[3 * i + k] = a[4 * i + 3] > 1e-3f
                                       ? a[4 * i + k] / a[4 * i + 3]
                                       : c->rgb[3 * spread->nearest[i] + k];
  pa_mem_free(a);
  pa_mem_free(b);
  return made ? PA_OK : pa_error_memory(err, pixels * 44, "a blur");
}

void pa_crop_blur(const float *in, float *out, unsigned length, unsigned lines,
                  int radius, size_t step, size_t next) {
  for (unsigned line = 0; line < lines; line++) {
    const float *from = in + line * next;
    float *to = out + line * next;
    for (int i = 0; i < (int)length; i++) {
      float sum = 0;
      for (int k = i - radius; k <= i + radius; k++) {
        int at = k < 0 ? 0 : k >= (int)length ? (int)length - 1 : k;
        sum += from[(size_t)at * step];
      }
      to[(size_t)i * step] = sum / (float)(2 * radius + 1);
    }
  }
}

/* ------------------------------------------------------------------ spread */

#define FEW 16 /* pixels, below which a set is not there */

pa_status pa_spread_create(pa_error *err, const pa_crop *c, unsigned set,
                           const uint8_t *hidden, unsigned radius,
                           unsigned down, pa_spread *spread) {
  memset(spread, 0, sizeof *spread);
  spread->crop = *c;
  size_t pixels = (size_t)c->width * c->height;
  spread->nearest = pa_mem_alloc(pixels * sizeof *spread->nearest);
  uint8_t *in = pa_mem_alloc(2 * pixels);
  unsigned found = 0;
  bool made = spread->nearest && in;
  if (made) {
    find_set(c, set, in);
    shrink(c, in, in + pixels);
    found = mark(c, in + pixels, hidden, spread->nearest);
    if (found < FEW) found = mark(c, in, hidden, spread->nearest);
  }
  pa_mem_free(in);
  if (found < FEW) {
    pa_spread_destroy(spread);
    return made ? PA_OK : pa_error_memory(err, pixels * 6, "a crop");
  }
  pa_status status =
      pa_nearest_spread(err, c->width, c->height, spread->nearest);
  if (status == PA_OK && radius)
    status = make_blurred(err, radius, down, spread);
  if (status != PA_OK) pa_spread_destroy(spread);
  return status;
}

#define CLEAN 64 /* pixels, below which nothing is known of a garment */

pa_status pa_spread_add_clean(pa_error *err, const uint8_t *foul,
                              pa_spread *s) {
  const pa_crop *c = &s->crop;
  size_t pixels = s->nearest ? (size_t)c->width * c->height : 0, found = 0;
  if (!pixels) return PA_OK;
  uint32_t *nearest = pa_mem_alloc(pixels * sizeof *nearest);
  s->fill = pa_mem_alloc(pixels * 3);
  s->off = pa_mem_alloc(pixels);
  bool made = nearest && s->fill && s->off;
  for (size_t i = 0; made && i < pixels; i++) {
    bool clean = s->nearest[i] == i && !foul[i];
    nearest[i] = clean ? (uint32_t)i : PA_NEAREST_NONE;
    s->off[i] = clean, found += clean;
  }
  pa_status status = made ? PA_OK : pa_error_memory(err, pixels * 8, "a crop");
  if (made && found >= CLEAN) {
    status = pa_fill_holes(err, c, s->off, s->fill);
    if (status == PA_OK)
      status = pa_nearest_spread(err, c->width, c->height, nearest);
    for (size_t i = 0; status == PA_OK && i < pixels; i++)
      s->off[i] = (uint8_t)fminf(
          255, sqrtf((float)distance2(c, nearest[i], (unsigned)(i % c->width),
                                      (unsigned)(i / c->width))));
  }
  pa_mem_free(nearest);
  if (!made || found < CLEAN || status != PA_OK) {
    pa_mem_free(s->fill);
    pa_mem_free(s->off);
    s->fill = s->off = NULL;
  }
  return status;
}

void pa_spread_destroy(pa_spread *spread) {
  pa_mem_free(spread->fill);
  pa_mem_free(spread->off);
  pa_mem_free(spread->nearest);
  pa_mem_free(spread->blurred);
  memset(spread, 0, sizeof *spread);
}

/* The crop's pixel under a place of the photo, the edge's where it is outside;
 * *away: how far that is. */
static size_t pixel_at(const pa_crop *c, float x, float y, float *cx, float *cy,
                       float *away) {
  float u = (x - c->x) * c->scale, v = (y - c->y) * c->scale;
  *cx = pa_clamp(u, 0, (float)c->width - .51f);
  *cy = pa_clamp(v, 0, (float)c->height - .51f);
  float out_x = u - *cx, out_y = v - *cy;
  *away = sqrtf(out_x * out_x + out_y * out_y) / c->scale;
  return (size_t)*cy * c->width + (size_t)*cx;
}

static float reach(const pa_spread *s, size_t at, float *away) {
  const pa_crop *c = &s->crop;
  if (s->nearest[at] == at) return 0;
  float d = sqrtf((float)distance2(c, s->nearest[at], (unsigned)(at % c->width),
                                   (unsigned)(at / c->width)));
  *away += d / c->scale;
  return d;
}

void pa_spread_sharp(const pa_spread *s, float x, float y, float rgb[3],
                     float *away) {
  const pa_crop *c = &s->crop;
  float u, v;
  size_t at = pixel_at(c, x, y, &u, &v, away);
  if (reach(s, at, away) > 0) {
    memcpy(rgb, c->rgb + 3 * s->nearest[at], 3 * sizeof *rgb);
    return;
  }
  pa_image_bilinear_rgb(c->rgb, c->width, c->height, u, v, rgb);
}

/* The pixel as far inside the set's edge as `at` is outside. */
static size_t mirror(const pa_spread *s, size_t at) {
  const pa_crop *c = &s->crop;
  int w = (int)c->width, h = (int)c->height;
  int from = (int)s->nearest[at], x = (int)at % w, y = (int)at / w;
  x = 2 * (from % w) - x, y = 2 * (from / w) - y;
  if (x < 0 || y < 0 || x >= w || y >= h) return (size_t)from;
  return s->nearest[y * w + x];
}

static float fold(float v, float low, float high) {
  return v < low ? 2 * low - v : v > high ? 2 * high - v : v;
}

void pa_spread_mirrored(const pa_spread *s, float x, float y, float rgb[3],
                        float *away) {
  const pa_crop *c = &s->crop;
  float u, v, right = (float)c->width / c->scale,
              down = (float)c->height / c->scale;
  pixel_at(c, x, y, &u, &v, away);
  float out = *away;
  x = fold(x, c->x, c->x + right), y = fold(y, c->y, c->y + down);
  size_t at = pixel_at(c, x, y, &u, &v, away);
  if (s->nearest[at] == at)
    pa_spread_sharp(s, x, y, rgb, away);
  else
    reach(s, at, away);
  *away += out;
  if (s->nearest[at] == at) return;
  memcpy(rgb, c->rgb + 3 * mirror(s, at), 3 * sizeof *rgb);
}

void pa_spread_blurred(const pa_spread *s, float x, float y, float rgb[3],
                       float *away) {
  float u, v;
  if (!s->blurred) {
    pa_spread_sharp(s, x, y, rgb, away);
    return;
  }
  size_t at = pixel_at(&s->crop, x, y, &u, &v, away);
  reach(s, at, away);
  memcpy(rgb, s->blurred + 3 * s->nearest[at], 3 * sizeof *rgb);
}

void pa_spread_clean(const pa_spread *s, float x, float y, float rgb[3],
                     float *away) {
  const pa_crop *c = &s->crop;
  float u, v;
  if (!s->fill) {
    pa_spread_sharp(s, x, y, rgb, away);
    return;
  }
  size_t at = pixel_at(c, x, y, &u, &v, away);
  *away += (float)s->off[at] / c->scale;
  for (size_t k = 0; k < 3; k++)
    rgb[k] = s->fill[3 * at + k];
}
