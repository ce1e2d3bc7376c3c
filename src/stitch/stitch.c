/* Label and person maps to colours.
 *
 * Nearly all of a map is level: a block of pixels whose surroundings are all of
 * one label and one person is filled without looking at its pixels one by one.
 * At the borders a pixel's colour is a mixture over its 3 x 3 neighbourhood. */
#include <string.h>

#include "stitch/scheme.h"

#define BLOCK 16

typedef uint64_t u64x2 __attribute__((vector_size(16)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));

/* A kind of pixel: one label of one person, ready to be drawn. */
typedef struct kind {
  pa_color color;
  uint32_t rank; /* 0: not drawn */
} kind;

typedef struct painter {
  kind kinds[PA_SCHEME_PERSONS][PA_SCHEME_LABELS];
  const uint8_t *labels, *persons; /* persons may be NULL */
  unsigned width, height;
  bool hard;
} painter;

static void prepare(painter *p, const pa_scheme *scheme) {
  for (unsigned id = 0; id < PA_SCHEME_PERSONS; id++)
    for (unsigned label = 0; label < PA_SCHEME_LABELS; label++) {
      kind *k = &p->kinds[id][label];
      k->rank = scheme->person_drawn[id] ? scheme->rank[label] : 0;
      k->color = pa_scheme_color(scheme, id, label);
    }
}

static const kind *kind_at(const painter *p, size_t at) {
  unsigned label = p->labels[at], id = p->persons ? p->persons[at] : 0;
  /* Values beyond the tables are the last label's, which is never drawn. */
  if (label >= PA_SCHEME_LABELS || id >= PA_SCHEME_PERSONS)
    return &p->kinds[0][PA_SCHEME_LABELS - 1];
  return &p->kinds[id][label];
}

static void put(uint8_t *rgba, pa_color color) {
  memcpy(rgba, &color, 4);
}

/* ---------------------------------------------------------------- borders */

typedef struct share {
  const kind *kind;
  float weight;
} share;

/* How much of what lies above a height is seen, of coverage c. Above the
 * diagonal: an upper layer keeps its outline against a lower one, and a line
 * one pixel wide is not thinned out. */
static float seen(float c) {
  return c * (2 - c);
}

/* The kinds of a neighbourhood, the top layer first, with their weights. */
static unsigned gather(const painter *p, unsigned x, unsigned y,
                       share *shares) {
  static const float binomial[3] = {.25f, .5f, .25f};
  unsigned count = 0;
  for (unsigned j = 0; j < 3; j++) {
    unsigned row = y + j == 0 ? 0 : y + j - 1;
    if (row >= p->height) row = p->height - 1;
    for (unsigned i = 0; i < 3; i++) {
      unsigned column = x + i == 0 ? 0 : x + i - 1;
      if (column >= p->width) column = p->width - 1;
      share s = {kind_at(p, (size_t)row * p->width + column),
                 binomial[i] * binomial[j]};
      unsigned at = 0;
      while (at < count && shares[at].kind->rank >= s.kind->rank &&
             shares[at].kind != s.kind)
        at++;
      if (at < count && shares[at].kind == s.kind) {
        shares[at].weight += s.weight;
        continue;
      }
      memmove(shares + at + 1, shares + at, (count - at) * sizeof *shares);
      shares[at] = s;
      count++;
    }
  }
  return count;
}

/* Turns weights into what is seen of each layer; what is not drawn, at the end,
 * keeps its weight, so that the outline of the whole stays where it is. */
static void stack(share *shares, unsigned count) {
  float drawn = 0;
  for (unsigned i = 0; i < count && shares[i].kind->rank; i++)
    drawn += shares[i].weight;
  float above = 0;
  for (unsigned i = 0; i < count && shares[i].kind->rank;) {
    unsigned end = i;
    float layer = 0;
    while (end < count && shares[end].kind->rank == shares[i].kind->rank)
      layer += shares[end++].weight;
    float part = seen((above + layer) / drawn) - seen(above / drawn);
    for (; i < end; i++)
      shares[i].weight *= part * drawn / layer;
    above += layer;
  }
}

static pa_color mixture(const share *shares, unsigned count) {
  float r = 0, g = 0, b = 0, a = 0;
  for (unsigned i = 0; i < count; i++) {
    pa_color c = shares[i].kind->color;
    float w = shares[i].weight * (float)c.a;
    r += w * (float)c.r;
    g += w * (float)c.g;
    b += w * (float)c.b;
    a += w;
  }
  if (a < .5f) return (pa_color){0, 0, 0, 0};
  return (pa_color){(uint8_t)(r / a + .5f), (uint8_t)(g / a + .5f),
                    (uint8_t)(b / a + .5f), (uint8_t)(a + .5f)};
}

static pa_color border(const painter *p, unsigned x, unsigned y) {
  share shares[10];
  unsigned count = gather(p, x, y, shares);
  stack(shares, count);
  return mixture(shares, count);
}

/* ------------------------------------------------------------------ rows */

/* One map and the rows around the one that is drawn. */
typedef struct rows {
  const uint8_t *up, *middle, *down;
} rows;

static rows rows_at(const uint8_t *map, unsigned width, unsigned height,
                    unsigned y) {
  const uint8_t *middle = map + (size_t)width * y;
  return (rows){y > 0 ? middle - width : middle, middle,
                y + 1 < height ? middle + width : middle};
}

static u8x16 load(const uint8_t *p) {
  u8x16 v;
  memcpy(&v, p, sizeof v);
  return v;
}

/* Whether 16 pixels and all their neighbours have one value; 0 < x and
 * x + 16 < width. */
static bool level(const rows *r, size_t x) {
  u8x16 v = (u8x16){0} + r->middle[x];
  u8x16 differs = (load(r->up + x - 1) ^ v) | (load(r->up + x + 1) ^ v) |
                  (load(r->middle + x - 1) ^ v) |
                  (load(r->middle + x + 1) ^ v) | (load(r->down + x - 1) ^ v) |
                  (load(r->down + x + 1) ^ v);
  u64x2 halves = (u64x2)differs;
  return (halves[0] | halves[1]) == 0;
}

/* The same of one pixel; x must not be the first or last of the row. */
static bool level_pixel(const rows *r, size_t x) {
  unsigned v = r->middle[x];
  return !((r->up[x - 1] ^ v) | (r->up[x] ^ v) | (r->up[x + 1] ^ v) |
           (r->middle[x - 1] ^ v) | (r->middle[x + 1] ^ v) |
           (r->down[x - 1] ^ v) | (r->down[x] ^ v) | (r->down[x + 1] ^ v));
}

static void fill(uint8_t *rgba, pa_color color, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    put(rgba + 4 * (size_t)i, color);
}

static void paint_row(const painter *p, unsigned y, uint8_t *rgba) {
  rows labels = rows_at(p->labels, p->width, p->height, y);
  rows persons = labels;
  if (p->persons) persons = rows_at(p->persons, p->width, p->height, y);
  size_t row = (size_t)p->width * y;
  for (unsigned x = 0; x < p->width;) {
    uint8_t *out = rgba + 4 * (row + x);
    bool inside = x > 0 && x + BLOCK < p->width;
    if (inside && level(&labels, x) && level(&persons, x)) {
      fill(out, kind_at(p, row + x)->color, BLOCK);
      x += BLOCK;
      continue;
    }
    unsigned end = x + BLOCK < p->width ? x + BLOCK : p->width;
    for (; x < end; x++, out += 4) {
      bool edge = x == 0 || x + 1 == p->width || !level_pixel(&labels, x) ||
                  !level_pixel(&persons, x);
      put(out, edge && !p->hard ? border(p, x, y) : kind_at(p, row + x)->color);
    }
  }
}

pa_status pa_stitch(const uint8_t *labels, const uint8_t *persons,
                    unsigned width, unsigned height,
                    const pa_stitch_options *options, uint8_t *rgba) {
  if (!labels || !rgba) return PA_ERROR_ARGUMENT;
  pa_scheme scheme;
  pa_status status = pa_scheme_make(options, &scheme);
  if (status) return status;
  painter p = {.labels = labels,
               .persons = persons,
               .width = width,
               .height = height,
               .hard = options && options->hard_edges};
  prepare(&p, &scheme);
  for (unsigned y = 0; y < height; y++)
    paint_row(&p, y, rgba);
  return PA_OK;
}
