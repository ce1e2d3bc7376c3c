/* Watercolour after Bousseau et al. 2006, "Interactive watercolor rendering
 * with temporal coherence and abstraction": washes, then pigment density from
 * turbulence, grain and edges, C' = C - (C - C^2)(d - 1). Washes are the guided
 * filter's; their tones are gathered as Winnemoeller, Olsen and Gooch 2006 do.
 */
#include "avatar2d/photo_paint.h"

#define TONES 7.f

static void make_washes(pa_photo *photo, float *l, float *a, float *b) {
  float *const *scratch = photo->scratch;
  const int side = photo->side, broad = pa_photo_radius(photo, 8);
  pa_guided(photo->l, photo->l, l, side, side, pa_photo_radius(photo, 10),
            .008f, scratch);
  pa_guided(l, l, l, side, side, pa_photo_radius(photo, 6), .004f, scratch);
  pa_guided(l, photo->a, a, side, side, broad, .004f, scratch);
  pa_guided(l, photo->b, b, side, side, broad, .004f, scratch);
}

/* Up to 2 either way. */
static float hyperbolic_tangent(float v) {
  float s = v * v;
  return v * (945 + s * (105 + s)) / (945 + s * (420 + 15 * s));
}

static float gather(float l) {
  float tone = (float)(int)(l * TONES) + .5f;
  return (tone + .5f * hyperbolic_tangent(4 * (l * TONES - tone))) / TONES;
}

/* How much pigment lies at a place, around 1. */
static float density(float flow, float paper, float edge) {
  return 1 + 1.25f * (flow - .5f) + .34f * (paper - .5f) + edge;
}

/* A row's colours, and how dense they lie. */
typedef struct row {
  float l[PA_PHOTO_MOST], a[PA_PHOTO_MOST], b[PA_PHOTO_MOST];
  float dense[PA_PHOTO_MOST];
} row;

PA_APART static void put_row(const row *colors, size_t side, uint8_t *to) {
  pa_lab_row(colors->l, colors->a, colors->b, side, to);
  for (size_t x = 0; x < side; x++)
    for (size_t c = 0; c < 3; c++) {
      float v = (float)to[4 * x + c] * (1 / 255.f);
      to[4 * x + c] = pa_byte(v - (v - v * v) * (colors->dense[x] - 1));
    }
}

/* The background's wash: opposite to the clothes, or sky. */
static pa_oklab wash_color(const pa_photo *photo) {
  pa_oklab mean = {.6f, 0, 0};
  if (!pa_photo_mean(photo, PA_PHOTO_COAT, &mean))
    pa_photo_mean(photo, PA_PHOTO_UPPER, &mean);
  float hue = atan2f(mean.b, mean.a) + 2.6f;
  if (hypotf(mean.a, mean.b) < .03f) hue = -2.2f;
  return (pa_oklab){.84f, .065f * cosf(hue), .065f * sinf(hue)};
}

static void paint_background(const pa_photo *photo, const float *papers,
                             const float *around, uint8_t *background) {
  float spread[PA_PHOTO_MOST], flow[PA_PHOTO_MOST], water[PA_PHOTO_MOST];
  row colors;
  const pa_oklab wash = wash_color(photo);
  const size_t side = (size_t)photo->side;
  for (int y = 0; y < photo->side; y++) {
    const float *paper = papers + (size_t)y * side;
    const float *near = around + (size_t)y * side;
    uint8_t *to = background + 4 * (size_t)y * side;
    pa_photo_turbulence(photo, 0, y, 110, 71, spread);
    pa_photo_turbulence(photo, 300, y, 90, 61, flow);
    pa_photo_noise(photo, 0, y, 130, 72, water);
    for (size_t x = 0; x < side; x++) {
      /* Nothing is wet far from the person. */
      float run = .9f * spread[x] * pa_step(.004f, .05f, near[x]);
      float wet = 2.1f * near[x] + run - .72f + .1f * (paper[x] - .5f);
      float cover = pa_step(0, .05f, wet);
      /* Pigment dries at the wash's rim, and is thin within. */
      float rim = pa_step(0, .03f, wet) * (1 - pa_step(.02f, .14f, wet));
      float dense = density(flow[x], paper[x], .35f * rim) - .1f;
      float page = .975f + .03f * (paper[x] - .5f);
      float t = cover * (.45f + .55f * water[x]);
      colors.l[x] = pa_mixf(page, wash.l, t);
      colors.a[x] = wash.a * t, colors.b[x] = .006f + wash.b * t;
      colors.dense[x] = pa_mixf(1, dense, cover);
      to[4 * x + 3] = 255;
    }
    put_row(&colors, side, to);
  }
}

/* What lies at one place of the person. */
typedef struct place {
  float l, seam, rim, flow, grain, warm, cool;
} place;

PA_APART static void paint_place(const pa_photo *photo, size_t i, size_t x,
                                 place p, float a, float b, row *colors) {
  pa_photo_part part = photo->part[i];
  bool face = part == PA_PHOTO_FEATURE || part == PA_PHOTO_SKIN;
  float tone = pa_mixf(p.l, gather(p.l), face ? .45f : .8f);
  tone += (face ? .62f : .3f) * (photo->l[i] - p.l);
  tone = 1 - (1 - tone) * (face ? .74f : .78f);
  /* A dark rim where the paint stopped, a bare line between two washes. */
  float edge = .9f * p.rim + .25f * p.seam;
  float dense = density(p.flow, p.grain, edge);
  float bare = part >= PA_PHOTO_UPPER ? .35f * pa_step(.5f, .8f, p.seam) : 0;
  float ink = .4f * photo->line[i];
  tone = pa_mixf(pa_mixf(tone, .97f, bare), .3f, ink);
  float chroma = 1.32f * (1 - bare) * (1 - .5f * ink);
  /* Wet paint runs into other hues. */
  float run = (face ? .015f : .05f) * (1 - bare);
  colors->l[x] = tone;
  colors->a[x] = chroma * a + run * (p.warm - .5f);
  colors->b[x] = chroma * b + run * (p.cool - .5f);
  colors->dense[x] = pa_mixf(1, dense, face ? .65f : 1);
}

/* Planes of the washes, and what else the person is painted from. */
typedef struct planes {
  const float *l, *a, *b, *seams, *inner, *paper;
} planes;

static void paint_person(const pa_photo *photo, const planes *p,
                         uint8_t *person) {
  float flow[PA_PHOTO_MOST], warm[PA_PHOTO_MOST], cool[PA_PHOTO_MOST];
  row colors = {{0}, {0}, {0}, {0}};
  const size_t side = (size_t)photo->side;
  for (int y = 0; y < photo->side; y++) {
    const size_t from = (size_t)y * side;
    pa_photo_turbulence(photo, 0, y, 90, 61, flow);
    pa_photo_noise(photo, 0, y, 70, 63, warm);
    pa_photo_noise(photo, 0, y, 70, 64, cool);
    for (size_t x = 0; x < side; x++) {
      size_t i = from + x;
      float alpha = photo->alpha[i];
      if (alpha <= 0) continue;
      place here = {.l = p->l[i],
                    .seam = p->seams[i],
                    .rim = pa_clamp(alpha - p->inner[i], 0, 1),
                    .flow = flow[x],
                    .grain = p->paper[i],
                    .warm = warm[x],
                    .cool = cool[x]};
      paint_place(photo, i, x, here, p->a[i], p->b[i], &colors);
      person[4 * i + 3] = pa_byte(pa_step(.2f, .8f, alpha));
    }
    put_row(&colors, side, person + 4 * from);
  }
}

void pa_photo_watercolour(pa_photo *photo, uint8_t *person,
                          uint8_t *background) {
  float *l = photo->tx, *a = photo->ty, *b = photo->scratch[6];
  float *seams = photo->scratch[0], *inner = photo->scratch[1];
  float *around = photo->scratch[2], *paper = photo->scratch[3];
  const int side = photo->side;
  make_washes(photo, l, a, b);
  pa_photo_seams(photo, seams);
  for (size_t i = 0; i < photo->area; i++)
    seams[i] = fminf(2.2f * seams[i], 1);
  pa_photo_ragged(photo, 64, .1f, 62);
  pa_blur(photo->alpha, inner, side, side, pa_photo_radius(photo, 4));
  pa_blur(photo->alpha, around, side, side, pa_photo_radius(photo, 44));
  for (int y = 0; y < side; y++)
    pa_photo_paper(photo, y, paper + (size_t)y * (size_t)side);
  paint_person(photo, &(planes){l, a, b, seams, inner, paper}, person);
  paint_background(photo, paper, around, background);
  pa_photo_clear(photo, person);
}
