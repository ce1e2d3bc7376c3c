/* Pixels: a grid of large squares, a palette of a few colours a part (Lloyd's
 * algorithm in OKLab, started from the lightness's quantiles), ordered
 * dithering (Bayer 1973), a dark rim and pupils that stay. */
#include "avatar2d/photo_paint.h"

#define CELLS 64 /* a side; the picture's is a multiple */

typedef struct cell {
  float l, a, b;
  uint8_t part; /* PA_PHOTO_NOTHING: not of the person */
} cell;

typedef struct grid {
  cell cells[CELLS][CELLS];
} grid;

static const float bayer[4][4] = {
    {0, 8, 2, 10}, {12, 4, 14, 6}, {3, 11, 1, 9}, {15, 7, 13, 5}};

static float threshold(int x, int y) { /* -.5 .. .5 */
  return (bayer[y % 4][x % 4] + .5f) / 16 - .5f;
}

static int palette_size(int part) {
  if (part == PA_PHOTO_SKIN) return 6;
  return part == PA_PHOTO_HAIR ? 4 : 3;
}

/* The mean of the most frequent part's pixels. */
static cell read_cell(const pa_photo *photo, int cx, int cy) {
  float sums[PA_PHOTO_PARTS][4] = {{0}}, alpha = 0, fade = 0;
  const int wide = photo->side / CELLS;
  for (int k = 0; k < wide * wide; k++) {
    size_t i = (size_t)(cy * wide + k / wide) * (size_t)photo->side +
               (size_t)(cx * wide + k % wide);
    float w = photo->alpha[i], *sum = sums[photo->part[i]];
    /* Lines darken, so that features outlive the averaging. */
    float l = photo->l[i] * (1 - .45f * photo->line[i]);
    sum[0] += w * l, sum[1] += w * photo->a[i];
    sum[2] += w * photo->b[i], sum[3] += w;
    alpha += w, fade += photo->fade[i];
  }
  const float all = (float)(wide * wide);
  int best = 0;
  /* Features are small and count more. */
  for (int part = 1; part < PA_PHOTO_PARTS; part++) {
    float weight = part == PA_PHOTO_FEATURE ? 1.5f : 1;
    if (weight * sums[part][3] > sums[best][3]) best = part;
  }
  /* The picture dissolves where the photo ends. */
  bool shown = alpha > .5f * all && fade / all > .5f + .9f * threshold(cx, cy);
  if (!shown || !best) return (cell){0};
  float w = sums[best][3];
  return (cell){sums[best][0] / w, sums[best][1] / w, sums[best][2] / w,
                (uint8_t)best};
}

static bool within(int x, int y) {
  return x >= 0 && y >= 0 && x < CELLS && y < CELLS;
}

/* Cells stand out from their neighbours of the same part. */
static void sharpen(grid *g, const grid *from) {
  for (int y = 0; y < CELLS; y++)
    for (int x = 0; x < CELLS; x++) {
      const cell *own = &from->cells[y][x];
      float sum = 0, count = 0;
      for (int k = 0; own->part && k < 9; k++) {
        int nx = x + k % 3 - 1, ny = y + k / 3 - 1;
        if (!within(nx, ny) || !from->cells[ny][nx].part) continue;
        sum += from->cells[ny][nx].l, count++;
      }
      if (count > 0) {
        float l = own->l + .7f * (own->l - sum / count);
        g->cells[y][x].l = pa_clamp(l, .02f, .99f);
      }
    }
}

/* ------------------------------------------------------------ palette */

#define COLORS_MAX 6

static float distance(const cell *c, const pa_oklab *color) {
  float l = c->l - color->l, a = c->a - color->a, b = c->b - color->b;
  return l * l + 2 * (a * a + b * b);
}

static int nearest(const cell *c, const pa_oklab *colors, int count) {
  int best = 0;
  for (int k = 1; k < count; k++)
    if (distance(c, &colors[k]) < distance(c, &colors[best])) best = k;
  return best;
}

static void lloyd(const grid *g, int part, pa_oklab *colors, int count) {
  float sums[COLORS_MAX][4] = {{0}};
  for (int i = 0; i < CELLS * CELLS; i++) {
    const cell *c = &g->cells[i / CELLS][i % CELLS];
    if (c->part != part) continue;
    float *sum = sums[nearest(c, colors, count)];
    sum[0] += c->l, sum[1] += c->a, sum[2] += c->b, sum[3]++;
  }
  for (int k = 0; k < count; k++)
    if (sums[k][3] > 0)
      colors[k] = (pa_oklab){sums[k][0] / sums[k][3], sums[k][1] / sums[k][3],
                             sums[k][2] / sums[k][3]};
}

static void reduce(grid *g, int part) {
  pa_oklab colors[COLORS_MAX];
  int count = palette_size(part);
  float low = 1, high = 0;
  for (int i = 0; i < CELLS * CELLS; i++) {
    const cell *c = &g->cells[i / CELLS][i % CELLS];
    if (c->part == part) low = fminf(low, c->l), high = fmaxf(high, c->l);
  }
  if (low > high) return;
  for (int k = 0; k < count; k++)
    colors[k] =
        (pa_oklab){pa_mixf(low, high, ((float)k + .5f) / (float)count), 0, 0};
  for (int turn = 0; turn < 8; turn++)
    lloyd(g, part, colors, count);
  for (int y = 0; y < CELLS; y++)
    for (int x = 0; x < CELLS; x++) {
      cell *c = &g->cells[y][x];
      if (c->part != part) continue;
      cell wanted = *c;
      /* Skin is not dithered: faces would have spots. */
      if (part != PA_PHOTO_SKIN) wanted.l += .05f * threshold(x, y);
      const pa_oklab *found = &colors[nearest(&wanted, colors, count)];
      c->l = found->l, c->a = 1.25f * found->a, c->b = 1.25f * found->b;
    }
}

/* ------------------------------------------------------------ rim, eyes */

static void draw_rim(const grid *from, grid *g) {
  for (int y = 0; y < CELLS; y++)
    for (int x = 0; x < CELLS; x++) {
      if (!from->cells[y][x].part) continue;
      bool edge = false;
      const int steps[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
      for (int k = 0; k < 4; k++) {
        int nx = x + steps[k][0], ny = y + steps[k][1];
        edge |= within(nx, ny) && !from->cells[ny][nx].part;
      }
      if (edge) g->cells[y][x] = (cell){.16f, .012f, -.02f, PA_PHOTO_THING};
    }
}

static void draw_pupils(const pa_photo *photo, grid *g) {
  if (!photo->face) return;
  const float wide = (float)photo->side / CELLS;
  for (int e = 0; e < 2; e++) {
    int x = (int)floorf(photo->eyes[e][0] / wide);
    int y = (int)floorf(photo->eyes[e][1] / wide);
    if (!within(x, y)) continue;
    cell *c = &g->cells[y][x];
    if (c->part == PA_PHOTO_SKIN || c->part == PA_PHOTO_FEATURE)
      *c = (cell){.16f, .012f, -.02f, PA_PHOTO_FEATURE};
  }
}

/* ------------------------------------------------------------ squares */

static void fill(const pa_photo *photo, uint8_t *layer, int cx, int cy,
                 const uint8_t *rgba) {
  const int wide = photo->side / CELLS;
  for (int y = cy * wide; y < (cy + 1) * wide; y++)
    for (int x = cx * wide; x < (cx + 1) * wide; x++)
      memcpy(layer + 4 * ((size_t)y * (size_t)photo->side + (size_t)x), rgba,
             4);
}

/* Sky in four tones of the hue opposite to the hair's and clothes'. */
static void paint_background(const pa_photo *photo, uint8_t *background) {
  pa_oklab mean = {.5f, 0, 0};
  pa_photo_mean(photo, PA_PHOTO_UPPER, &mean);
  float hue = atan2f(mean.b, mean.a) + 2.8f;
  if (hypotf(mean.a, mean.b) < .03f) hue = -2.1f;
  for (int y = 0; y < CELLS; y++)
    for (int x = 0; x < CELLS; x++) {
      const int last = CELLS - 1;
      float t = 3 * (float)y / (float)last + .9f * threshold(x, y);
      float tone = floorf(pa_clamp(t + .5f, 0, 3));
      uint8_t rgba[4] = {0, 0, 0, 255};
      float chroma = .085f - .012f * tone;
      pa_lab_bytes(.7f + .055f * tone, chroma * cosf(hue), chroma * sinf(hue),
                   rgba);
      fill(photo, background, x, y, rgba);
    }
}

void pa_photo_pixel(pa_photo *photo, uint8_t *person, uint8_t *background) {
  /* Of some 64 KB each: too large for a stack in WebAssembly. */
  grid *g = (grid *)(void *)photo->scratch[0];
  grid *copy = (grid *)(void *)photo->scratch[1];
  for (int y = 0; y < CELLS; y++)
    for (int x = 0; x < CELLS; x++)
      g->cells[y][x] = read_cell(photo, x, y);
  *copy = *g;
  sharpen(g, copy);
  for (int part = 1; part < PA_PHOTO_PARTS; part++)
    reduce(g, part);
  *copy = *g;
  draw_rim(copy, g);
  draw_pupils(photo, g);
  paint_background(photo, background);
  for (int y = 0; y < CELLS; y++)
    for (int x = 0; x < CELLS; x++) {
      const cell *c = &g->cells[y][x];
      uint8_t rgba[4] = {0, 0, 0, 255};
      if (!c->part) continue;
      pa_lab_bytes(c->l, c->a, c->b, rgba);
      fill(photo, person, x, y, rgba);
    }
}
