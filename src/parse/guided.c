#include "parse/guided.h"

#include <string.h>

#include "base/mem.h"
#include "pose/crop.h"

#define CELLS ((size_t)PA_GRID * PA_GRID)
/* Windows of 5 x 5 cells: networks are off by a cell or two, and a larger
 * window takes neighbours of like colour along. */
#define RADIUS 2
#define TAPS (2 * RADIUS + 1)
/* Below this variance of a colour (0..1) there is no edge to follow. */
#define EPSILON 1e-3f
/* A part that is never likelier than this does not win a cell. */
#define LIKELY 51

typedef float row[PA_GRID];

/* The photo on the grid, and what of it is the same for every map: means of
 * each window, and the inverse of the colours' covariance (xx xy xz yy yz
 * zz). */
typedef struct guide {
  row rgb[3][PA_GRID], mean[3][PA_GRID], inverse[6][PA_GRID];
} guide;

/* ------------------------------------------------------------ windows */

/* A window is the sums along rows of some maps, of the last TAPS rows:
 * [TAPS][maps] rows. Beyond the grid its edge goes on. */
#define COLOURS 9 /* three and their products */
#define FIT 4     /* three slopes and an offset, or what they are made of */

static size_t clamp_row(size_t y, size_t tap) {
  size_t at = y + tap < RADIUS ? 0 : y + tap - RADIUS;
  return at < PA_GRID ? at : PA_GRID - 1;
}

static void sum_along(const float *values, float *sums) {
  float padded[PA_GRID + 2 * RADIUS];
  for (size_t i = 0; i < RADIUS; i++) {
    padded[i] = values[0];
    padded[PA_GRID + RADIUS + i] = values[PA_GRID - 1];
  }
  memcpy(padded + RADIUS, values, sizeof(row));
  memcpy(sums, padded, sizeof(row));
  for (size_t tap = 1; tap < TAPS; tap++)
    for (size_t x = 0; x < PA_GRID; x++)
      sums[x] += padded[x + tap];
}

static void push(row *window, size_t maps, size_t y, row *values) {
  for (size_t m = 0; m < maps; m++)
    sum_along(values[m], window[y % TAPS * maps + m]);
}

/* The means of the windows around row y: rows up to y + RADIUS are known. */
static void means(const row *window, size_t maps, size_t y, row *to) {
  for (size_t m = 0; m < maps; m++) {
    memset(to[m], 0, sizeof(row));
    for (size_t tap = 0; tap < TAPS; tap++) {
      const float *sums = window[clamp_row(y, tap) % TAPS * maps + m];
      for (size_t x = 0; x < PA_GRID; x++)
        to[m][x] += sums[x] * (1.0f / (TAPS * TAPS));
    }
  }
}

/* ------------------------------------------------------------ the guide */

static void colours_of_row(const guide *g, size_t y, row *values) {
  for (size_t x = 0; x < PA_GRID; x++) {
    float r = g->rgb[0][y][x], n = g->rgb[1][y][x], b = g->rgb[2][y][x];
    values[0][x] = r, values[1][x] = n, values[2][x] = b;
    values[3][x] = r * r, values[4][x] = r * n, values[5][x] = r * b;
    values[6][x] = n * n, values[7][x] = n * b, values[8][x] = b * b;
  }
}

/* The inverse of a symmetric matrix by its cofactors. */
static void invert_row(guide *g, size_t y, row *mean) {
  for (size_t x = 0; x < PA_GRID; x++) {
    float r = mean[0][x], n = mean[1][x], b = mean[2][x];
    float rr = mean[3][x] - r * r + EPSILON, rn = mean[4][x] - r * n;
    float rb = mean[5][x] - r * b, nn = mean[6][x] - n * n + EPSILON;
    float nb = mean[7][x] - n * b, bb = mean[8][x] - b * b + EPSILON;
    float c0 = nn * bb - nb * nb, c1 = rb * nb - rn * bb,
          c2 = rn * nb - rb * nn;
    float scale = 1 / (rr * c0 + rn * c1 + rb * c2);
    g->mean[0][y][x] = r, g->mean[1][y][x] = n, g->mean[2][y][x] = b;
    g->inverse[0][y][x] = c0 * scale;
    g->inverse[1][y][x] = c1 * scale;
    g->inverse[2][y][x] = c2 * scale;
    g->inverse[3][y][x] = (rr * bb - rb * rb) * scale;
    g->inverse[4][y][x] = (rn * rb - rr * nb) * scale;
    g->inverse[5][y][x] = (rr * nn - rn * rn) * scale;
  }
}

static void measure_guide(guide *g) {
  row window[TAPS * COLOURS], values[COLOURS];
  for (size_t y = 0, known = 0; y < PA_GRID; y++) {
    for (; known < PA_GRID && known <= y + RADIUS; known++) {
      colours_of_row(g, known, values);
      push(window, COLOURS, known, values);
    }
    means(window, COLOURS, y, values);
    invert_row(g, y, values);
  }
}

static void sample_guide(pa_nn_engine *engine, const pa_image *image,
                         const pa_grid *grid, float *pixels, guide *g) {
  static const pa_crop_range range = {1 / 255.0f, 0, -1};
  pa_crop_sample(engine, image, grid->to_photo, PA_GRID, PA_GRID, range,
                 pixels);
  for (size_t c = 0; c < 3; c++)
    for (size_t cell = 0; cell < CELLS; cell++)
      g->rgb[c][cell / PA_GRID][cell % PA_GRID] = pixels[cell * 3 + c];
}

/* ------------------------------------------------------------ one map */

/* Bytes of one map, `step` apart. */
typedef struct map {
  uint8_t *bytes;
  size_t step;
} map;

static void products_of_row(const guide *g, const map *m, size_t y,
                            row *values) {
  const uint8_t *bytes = m->bytes + y * PA_GRID * m->step;
  for (size_t x = 0; x < PA_GRID; x++)
    values[3][x] = bytes[x * m->step];
  for (size_t c = 0; c < 3; c++)
    for (size_t x = 0; x < PA_GRID; x++)
      values[c][x] = g->rgb[c][y][x] * values[3][x];
}

/* From a row's window means to the linear function of each window: three
 * slopes and an offset. */
static void fit_row(const guide *g, size_t y, row *mean) {
  for (size_t x = 0; x < PA_GRID; x++) {
    float p = mean[3][x], r = g->mean[0][y][x], n = g->mean[1][y][x];
    float b = g->mean[2][y][x];
    float pr = mean[0][x] - r * p, pn = mean[1][x] - n * p;
    float pb = mean[2][x] - b * p;
    const float inverse[6] = {g->inverse[0][y][x], g->inverse[1][y][x],
                              g->inverse[2][y][x], g->inverse[3][y][x],
                              g->inverse[4][y][x], g->inverse[5][y][x]};
    float ar = inverse[0] * pr + inverse[1] * pn + inverse[2] * pb;
    float an = inverse[1] * pr + inverse[3] * pn + inverse[4] * pb;
    float ab = inverse[2] * pr + inverse[4] * pn + inverse[5] * pb;
    mean[0][x] = ar, mean[1][x] = an, mean[2][x] = ab;
    mean[3][x] = p - ar * r - an * n - ab * b;
  }
}

static void apply_row(const guide *g, size_t y, row *line, const map *m) {
  uint8_t *bytes = m->bytes + y * PA_GRID * m->step;
  for (size_t x = 0; x < PA_GRID; x++)
    line[3][x] += line[0][x] * g->rgb[0][y][x] + line[1][x] * g->rgb[1][y][x] +
                  line[2][x] * g->rgb[2][y][x];
  for (size_t x = 0; x < PA_GRID; x++)
    bytes[x * m->step] = pa_grid_byte(line[3][x] * (1 / 255.0f));
}

/* Reads rows ahead of those that it writes. */
static void filter_map(const guide *g, const map *m) {
  row products[TAPS * FIT], lines[TAPS * FIT], work[FIT];
  size_t read = 0, fitted = 0;
  for (size_t y = 0; y < PA_GRID; y++) {
    for (; fitted < PA_GRID && fitted <= y + RADIUS; fitted++) {
      for (; read < PA_GRID && read <= fitted + RADIUS; read++) {
        products_of_row(g, m, read, work);
        push(products, FIT, read, work);
      }
      means(products, FIT, fitted, work);
      fit_row(g, fitted, work);
      push(lines, FIT, fitted, work);
    }
    means(lines, FIT, y, work);
    apply_row(g, y, work, m);
  }
}

/* ------------------------------------------------------------ the grid */

static bool is_likely(const map *m) {
  for (size_t cell = 0; cell < CELLS; cell++)
    if (m->bytes[cell * m->step] > LIKELY) return true;
  return false;
}

typedef struct follow_job {
  const guide *guide;
  const pa_grid *grid;
} follow_job;

/* Map 0 is the body, the others are parts. */
static void follow_map(void *user, size_t i) {
  const follow_job *job = user;
  map m = {i ? job->grid->parts + i - 1 : job->grid->body,
           i ? job->grid->stride : 1};
  if (is_likely(&m)) filter_map(job->guide, &m);
}

pa_status pa_grid_follow(pa_error *err, pa_nn_engine *engine,
                         const pa_image *image, pa_grid *grid) {
  size_t pixels = CELLS * 3 * sizeof(float);
  guide *g = pa_mem_alloc(sizeof *g + pixels);
  if (!g) return pa_error_memory(err, sizeof *g + pixels, "a person's colours");
  sample_guide(engine, image, grid, (float *)(g + 1), g);
  measure_guide(g);
  follow_job job = {g, grid};
  pa_nn_parallel(engine, grid->channels + 1, follow_map, &job);
  pa_mem_free(g);
  return PA_OK;
}
