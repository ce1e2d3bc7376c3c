/* A bust for a head of which nothing else is seen: who is held, or stands
 * behind others, is a head that floats. A neck and plain shoulders are put
 * below it, in the skin's and the garment's colours, and painted as all else
 * is. */
#include <math.h>
#include <string.h>

#include "avatar2d/draw.h"
#include "avatar2d/photo_filter.h"
#include "avatar2d/photo_parts.h"

/* Head units. */
#define NECK 34.f
#define SHOULDERS 130.f
#define NECK_END 132.f /* y where shoulders begin */

/* The share of a place below the chin that is the person's; 1 where too little
 * of that place lies in the photo to tell. */
static float covered(const pa_photo *photo, float x0, float y0, float top,
                     float low, float wide) {
  const float step = 3;
  float own = 0, all = 0, cells = 0;
  for (int row = 0; (float)row * step < low - top; row++)
    for (int i = 0; (float)i * step < 2 * wide; i++, cells++) {
      int x = (int)(x0 + photo->unit * ((float)i * step - wide));
      int y = (int)(y0 + photo->unit * (top + (float)row * step));
      if (x < 0 || y < 0 || x >= photo->side || y >= photo->side) continue;
      size_t at = (size_t)y * (size_t)photo->side + (size_t)x;
      if (photo->fade[at] <= 0) continue;
      own += photo->alpha[at], all++;
    }
  return all > .7f * cells ? own / all : 1;
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
  float slope = powf(pa_clampf((x - NECK) / (SHOULDERS - NECK), 0, 1), 1.6f);
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

/* The chin and what hangs beside it stay; rags of neck and collar go. */
static bool is_head(uint8_t part, float v) {
  const float chin = 107;
  return v < chin || (part == PA_PHOTO_HAIR && v < NECK_END);
}

void pa_photo_add_bust(pa_photo *photo, float *rgb) {
  const float chest = .3f, neck = .34f;
  const pa_affine view = pa_view_affine(photo->view);
  float x0 = view.x0 * photo->scale, y0 = view.y0 * photo->scale, light;
  float skin[3] = {200, 150, 125}, cloth[3] = {74, 92, 118};
  if (covered(photo, x0, y0, 116, 172, 66) > chest) return;
  if (covered(photo, x0, y0, 112, 140, 60) > neck) return;
  mean_of(photo, rgb, PA_PHOTO_SKIN, skin);
  mean_of(photo, rgb, PA_PHOTO_UPPER, cloth);
  for (int y = 0; y < photo->side; y++)
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      float u = ((float)x + .5f - x0) / photo->unit;
      float v = ((float)y + .5f - y0) / photo->unit;
      if (v < 30 || (photo->alpha[i] >= .5f && is_head(photo->part[i], v)))
        continue;
      pa_photo_part part = bust_at(u, v, &light);
      if (part == PA_PHOTO_NOTHING) {
        if (v > NECK_END + 20) photo->alpha[i] = 0; /* a sleeve, a hand */
        continue;
      }
      photo->part[i] = (uint8_t)part, photo->alpha[i] = 1;
      for (size_t c = 0; c < 3; c++)
        rgb[3 * i + c] = light * (part == PA_PHOTO_SKIN ? skin : cloth)[c];
    }
}
