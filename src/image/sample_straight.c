/* Resampling without turning: the exact average over a box as large as the
 * output pixel, but no smaller than one pixel. (A box of one pixel, anywhere
 * between the pixels, is bilinear interpolation.) */
#include <math.h>

#include "image/pixel.h"

typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));

/* A stretch of pixels, the first and the last covered in part. */
typedef struct span {
  int first, last;
  float weight_first, weight_last;
  float total;
} span;

static float limit(float v, float least, float most) {
  return fminf(fmaxf(v, least), most); /* a number even of NaN */
}

/* Of numbers in int's range; a call of floorf is not always one instruction. */
static int floor_of(float v) {
  int i = (int)v;
  return i - (v < (float)i);
}

static int ceil_of(float v) {
  int i = (int)v;
  return i + (v > (float)i);
}

/* Pixels far outside are all alike, so the first and the last may stand for
 * many more: their weights may be over one. */
static span span_of(float begin, float width, int size) {
  const float far = 1e6f;
  if (width < 1) {
    begin -= (1 - width) / 2;
    width = 1;
  }
  float end = limit(begin + width, -far, far);
  begin = limit(begin, -far, far);
  span s;
  s.first = floor_of(limit(begin, -4, (float)size + 4));
  s.last = ceil_of(limit(end, -4, (float)size + 4)) - 1;
  if (s.last <= s.first) {
    s.last = s.first;
    s.weight_first = s.weight_last = s.total = 1;
    return s;
  }
  s.weight_first = (float)(s.first + 1) - begin;
  s.weight_last = end - (float)s.last;
  s.total = s.weight_first + (float)(s.last - s.first - 1) + s.weight_last;
  return s;
}

static float weight(const span *s, int at) {
  return at == s->first ? s->weight_first : at == s->last ? s->weight_last : 1;
}

/* The plain sum of `count` pixels. */
static pa_v4 sum_pixels(const uint8_t *p, int count) {
  pa_v4 sum = {0};
  while (count > 1) {
    /* 16 bits hold 257 bytes' sum. */
    int pairs = count / 2 < 256 ? count / 2 : 256;
    u16x8 acc = {0};
    for (int i = 0; i < pairs; i++, p += 8) {
      u8x8 two;
      memcpy(&two, p, 8);
      acc += __builtin_convertvector(two, u16x8);
    }
    sum += __builtin_convertvector(
        __builtin_shufflevector(acc, acc, 0, 1, 2, 3), pa_v4);
    sum += __builtin_convertvector(
        __builtin_shufflevector(acc, acc, 4, 5, 6, 7), pa_v4);
    count -= 2 * pairs;
  }
  if (count) sum += pa_pixel_load(p);
  return sum;
}

static pa_v4 box_inside(const pa_plane *plane, const span *h, const span *v) {
  pa_v4 sum = {0};
  for (int y = v->first; y <= v->last; y++) {
    const uint8_t *first = pa_plane_at(plane, h->first, y);
    pa_v4 row = pa_pixel_load(first) * h->weight_first;
    if (h->last > h->first) {
      row += sum_pixels(first + 4, h->last - h->first - 1);
      row += pa_pixel_load(pa_plane_at(plane, h->last, y)) * h->weight_last;
    }
    sum += row * weight(v, y);
  }
  return sum / (h->total * v->total);
}

static pa_v4 box_anywhere(const pa_plane *plane, const span *h, const span *v) {
  pa_v4 sum = {0};
  for (int y = v->first; y <= v->last; y++)
    for (int x = h->first; x <= h->last; x++)
      sum += pa_plane_pixel(plane, x, y) * (weight(h, x) * weight(v, y));
  return sum / (h->total * v->total);
}

static pa_v4 box(const pa_plane *p, const span *h, const span *v) {
  if (p->image->opaque && h->first >= 0 && v->first >= 0 &&
      h->last < p->width && v->last < p->height)
    return box_inside(p, h, v);
  if (!p->repeat && (h->last < 0 || v->last < 0 || h->first >= p->width ||
                     v->first >= p->height))
    return p->outside;
  return box_anywhere(p, h, v);
}

pa_v4 pa_sample_box(const pa_plane *plane, float x, float y, float width,
                    float height) {
  span h = span_of(x, width, plane->width);
  span v = span_of(y, height, plane->height);
  return box(plane, &h, &v);
}

void pa_sample_row_straight(const pa_plane *plane, const pa_affine *m,
                            unsigned width, unsigned y, float scale,
                            float offset, float *out) {
  span v = span_of(m->yy * (float)y + m->y0, m->yy, plane->height);
  for (unsigned x = 0; x < width; x++, out += 3) {
    span h = span_of(m->xx * (float)x + m->x0, m->xx, plane->width);
    pa_v4 value = box(plane, &h, &v) * scale + offset;
    out[0] = value[0];
    out[1] = value[1];
    out[2] = value[2];
  }
}
