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

static float gather(float l) {
  float tone = floorf(l * TONES) + .5f;
  return (tone + .5f * tanhf(4 * (l * TONES - tone))) / TONES;
}

/* How much pigment lies at a place, around 1. */
static float density(float flow, float paper, float edge) {
  return 1 + 1.25f * (flow - .5f) + .34f * (paper - .5f) + edge;
}

static void put(float l, float a, float b, float dense, uint8_t *to) {
  pa_lab_bytes(l, a, b, to);
  for (int c = 0; c < 3; c++) {
    float v = (float)to[c] / 255;
    to[c] = pa_byte(v - (v - v * v) * (dense - 1));
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

static void paint_background(pa_photo *photo, float *around,
                             uint8_t *background) {
  float paper[PA_PHOTO_MOST], spread[PA_PHOTO_MOST], flow[PA_PHOTO_MOST],
      water[PA_PHOTO_MOST];
  pa_oklab wash = wash_color(photo);
  pa_blur(photo->alpha, around, photo->side, photo->side,
          pa_photo_radius(photo, 44));
  for (int y = 0; y < photo->side; y++) {
    pa_photo_paper(photo, y, paper);
    pa_photo_turbulence(photo, 0, y, 110, 71, spread);
    pa_photo_turbulence(photo, 300, y, 90, 61, flow);
    pa_photo_noise(photo, 0, y, 130, 72, water);
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      /* Nothing is wet far from the person. */
      float run = .9f * spread[x] * pa_step(.004f, .05f, around[i]);
      float wet = 2.1f * around[i] + run - .72f + .1f * (paper[x] - .5f);
      float cover = pa_step(0, .05f, wet);
      /* Pigment dries at the wash's rim, and is thin within. */
      float rim = pa_step(0, .03f, wet) * (1 - pa_step(.02f, .14f, wet));
      float dense = density(flow[x], paper[x], .35f * rim) - .1f;
      float page = .975f + .03f * (paper[x] - .5f);
      uint8_t *to = background + 4 * i;
      float t = cover * (.45f + .55f * water[x]);
      put(pa_mixf(page, wash.l, t), wash.a * t, .006f + wash.b * t,
          pa_mixf(1, dense, cover), to);
      to[3] = 255;
    }
  }
}

static void paint_person(pa_photo *photo, const float *l, const float *a,
                         const float *b, const float *seams, const float *inner,
                         uint8_t *person) {
  float grain[PA_PHOTO_MOST], flow[PA_PHOTO_MOST], warm[PA_PHOTO_MOST],
      cool[PA_PHOTO_MOST];
  for (int y = 0; y < photo->side; y++) {
    pa_photo_paper(photo, y, grain);
    pa_photo_turbulence(photo, 0, y, 90, 61, flow);
    pa_photo_noise(photo, 0, y, 70, 63, warm);
    pa_photo_noise(photo, 0, y, 70, 64, cool);
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      float alpha = photo->alpha[i];
      if (alpha <= 0) continue;
      bool face =
          photo->part[i] == PA_PHOTO_FEATURE || photo->part[i] == PA_PHOTO_SKIN;
      float tone = pa_mixf(l[i], gather(l[i]), face ? .45f : .8f);
      tone += (face ? .62f : .3f) * (photo->l[i] - l[i]);
      tone = 1 - (1 - tone) * (face ? .74f : .78f);
      /* A dark rim where the paint stopped, a bare line between two washes. */
      float rim = pa_clampf(alpha - inner[i], 0, 1);
      float edge = .9f * rim + .25f * seams[i];
      float dense = density(flow[x], grain[x], edge);
      dense = pa_mixf(1, dense, face ? .65f : 1);
      bool cloth = photo->part[i] >= PA_PHOTO_UPPER;
      float bare = cloth ? .35f : 0;
      bare *= pa_step(.5f, .8f, seams[i]);
      float ink = .4f * photo->line[i];
      tone = pa_mixf(pa_mixf(tone, .97f, bare), .3f, ink);
      float chroma = 1.32f * (1 - bare) * (1 - .5f * ink);
      uint8_t *to = person + 4 * i;
      /* Wet paint runs into other hues. */
      float run = (face ? .015f : .05f) * (1 - bare);
      float da = run * (warm[x] - .5f);
      float db = run * (cool[x] - .5f);
      put(tone, chroma * a[i] + da, chroma * b[i] + db, dense, to);
      to[3] = pa_byte(pa_step(.2f, .8f, alpha));
    }
  }
}

void pa_photo_watercolour(pa_photo *photo, uint8_t *person,
                          uint8_t *background) {
  float *l = photo->tx, *a = photo->ty, *b = photo->scratch[6];
  float *seams = photo->scratch[0], *inner = photo->scratch[1];
  make_washes(photo, l, a, b);
  pa_photo_seams(photo, seams);
  for (size_t i = 0; i < photo->area; i++)
    seams[i] = fminf(2.2f * seams[i], 1);
  pa_photo_ragged(photo, 64, .1f, 62);
  pa_blur(photo->alpha, inner, photo->side, photo->side,
          pa_photo_radius(photo, 4));
  paint_person(photo, l, a, b, seams, inner, person);
  paint_background(photo, photo->scratch[2], background);
  pa_photo_clear(photo, person);
}
