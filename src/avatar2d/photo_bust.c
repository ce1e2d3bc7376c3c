/* A bust for a head of which nothing else is seen: who is held, stands behind
 * others or ends with the photo at the chin is a head that floats. A neck and
 * plain shoulders are put below it, in the skin's and the garment's colours,
 * and painted as all else is. */
#include <math.h>
#include <string.h>

#include "avatar2d/draw.h"
#include "avatar2d/photo_filter.h"
#include "avatar2d/photo_parts.h"

/* Head units. */
#define NECK 34.f
#define SHOULDERS 130.f
#define NECK_END 132.f /* y where shoulders begin */

/* Pixel of a place in head units; the canvas's area outside of it. */
static size_t pixel_at(const pa_photo *photo, float u, float v) {
  const pa_affine view = pa_view_affine(photo->view);
  int x = (int)(view.x0 * photo->scale + photo->unit * u);
  int y = (int)(view.y0 * photo->scale + photo->unit * v);
  if (x < 0 || y < 0 || x >= photo->side || y >= photo->side)
    return photo->area;
  return (size_t)y * (size_t)photo->side + (size_t)x;
}

/* The share of a place below the chin that is the person's; what the photo does
 * not show is not. */
static float covered(const pa_photo *photo, float top, float low, float wide) {
  const float step = 3;
  float own = 0, all = 0;
  for (int row = 0; (float)row * step < low - top; row++)
    for (int i = 0; (float)i * step < 2 * wide; i++) {
      size_t at =
          pixel_at(photo, (float)i * step - wide, top + (float)row * step);
      if (at == photo->area) continue;
      own += photo->fade[at] > 0 ? photo->alpha[at] : 0, all++;
    }
  return all > 0 ? own / all : 1;
}

static bool is_alone(const pa_photo *photo) {
  const float chest = .26f, neck = .6f, chin = 92;
  size_t at = pixel_at(photo, 0, chin);
  if (at == photo->area || photo->fade[at] <= 0) return false;
  return covered(photo, 116, 172, 66) < chest &&
         covered(photo, 112, 140, 60) < neck;
}

/* The mean of the person's pixels of a part; `color` is left as it is where
 * there are few. */
static void mean_of(const pa_photo *photo, const float *rgb, pa_photo_part part,
                    float *color) {
  double sum[3] = {0}, count = 0;
  for (size_t i = 0; i < photo->area; i++)
    if (photo->part[i] == part && photo->alpha[i] > .9f) {
      for (size_t c = 0; c < 3; c++)
        sum[c] += rgb[3 * i + c];
      count++;
    }
  if (count < (double)photo->area / 500) return;
  for (size_t c = 0; c < 3; c++)
    color[c] = (float)(sum[c] / count);
}

/* What the bust shows at a place, head units, and how light it is there. */
static pa_photo_part bust_at(float u, float v, float *light) {
  float x = fabsf(u);
  float slope = powf(pa_clamp((x - NECK) / (SHOULDERS - NECK), 0, 1), 1.6f);
  float flare = 10 * pa_step(NECK_END - 26, NECK_END + 6, v);
  bool shoulders = x < SHOULDERS && v > NECK_END + 30 * slope;
  float hem = NECK_END + 15 * sqrtf(fmaxf(1 - x * x / (48.f * 48.f), 0));
  *light = 1;
  if (x < NECK + flare && v > 30 && v < hem) {
    *light = .8f + .14f * pa_step(96, 136, v); /* below the chin */
    return PA_PHOTO_SKIN;
  }
  if (!shoulders || v < hem) return PA_PHOTO_NOTHING;
  *light = 1.04f - .16f * pa_step(-60, SHOULDERS, u);
  return PA_PHOTO_UPPER;
}

/* The chin and what hangs beside it stay; rags of neck and collar go, and so
 * does beside the neck what was worn. */
static bool stays(uint8_t part, float v, bool bust) {
  const float chin = 107, ears = 36;
  bool head = part == PA_PHOTO_SKIN || part == PA_PHOTO_FEATURE ||
              part == PA_PHOTO_HAIR || part == PA_PHOTO_HAT;
  if (part == PA_PHOTO_HAIR) return v < NECK_END + 20;
  return v < (bust || head ? chin : ears);
}

/* One pixel, (u, v) in head units, on which `colors` (skin, cloth) are put. */
static void put(pa_photo *photo, size_t i, float u, float v,
                const float colors[2][3], float *rgb) {
  float light;
  pa_photo_part part = bust_at(u, v, &light);
  bool bust = part != PA_PHOTO_NOTHING, seen = photo->fade[i] > 0;
  /* Below the photo its last row goes on: no hair. */
  bool own = photo->alpha[i] >= .5f && (seen || v < 100);
  if (bust) photo->fade[i] = 1;
  if (own && stays(photo->part[i], v, bust)) return;
  photo->alpha[i] = bust;
  if (!bust) return;
  photo->part[i] = (uint8_t)part;
  for (size_t c = 0; c < 3; c++)
    rgb[3 * i + c] = light * colors[part != PA_PHOTO_SKIN][c];
}

void pa_photo_add_bust(pa_photo *photo, float *rgb) {
  const pa_affine view = pa_view_affine(photo->view);
  const float x0 = view.x0 * photo->scale, y0 = view.y0 * photo->scale;
  const float ears = 30; /* nothing of a bust lies higher */
  float colors[2][3] = {{200, 150, 125}, {74, 92, 118}};
  if (!is_alone(photo)) return;
  mean_of(photo, rgb, PA_PHOTO_SKIN, colors[0]);
  mean_of(photo, rgb, PA_PHOTO_COAT, colors[1]);
  mean_of(photo, rgb, PA_PHOTO_UPPER, colors[1]);
  for (int y = 0; y < photo->side; y++) {
    float v = ((float)y + .5f - y0) / photo->unit;
    for (int x = 0; v > ears && x < photo->side; x++)
      put(photo, (size_t)y * (size_t)photo->side + (size_t)x,
          ((float)x + .5f - x0) / photo->unit, v, colors, rgb);
  }
}
