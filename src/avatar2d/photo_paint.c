#include "avatar2d/photo_paint.h"

void pa_photo_ragged(pa_photo *photo, float size, float soft, uint32_t seed) {
  float flow[SIDE];
  for (int y = 0; y < SIDE; y++) {
    pa_turbulence_row(0, (float)y, size, seed, SIDE, flow);
    for (int x = 0; x < SIDE; x++) {
      size_t i = (size_t)y * SIDE + (size_t)x;
      float fade = photo->fade[i];
      if (fade >= 1 || photo->alpha[i] <= 0) continue;
      float edge = .75f * flow[x];
      photo->alpha[i] *=
          pa_step(edge - soft / 2, edge + soft / 2, fade * 1.1f - .05f);
      if (fade <= 0) photo->alpha[i] = 0;
    }
  }
}

void pa_photo_paper(int y, float *paper) {
  float grain[SIDE], tooth[SIDE];
  pa_noise_row(0, (float)y, 2.7f, 12, SIDE, grain);
  pa_noise_row(0, (float)y, 6.5f, 13, SIDE, tooth);
  for (int x = 0; x < SIDE; x++)
    paper[x] = .2f * pa_hash((uint32_t)x, (uint32_t)y, 11) + .45f * grain[x] +
               .35f * tooth[x];
}

static uint8_t seam_part(const pa_photo *photo, size_t i) {
  if (photo->alpha[i] < .5f) return PA_PHOTO_NOTHING;
  return photo->part[i] == PA_PHOTO_FEATURE ? PA_PHOTO_SKIN : photo->part[i];
}

void pa_photo_seams(const pa_photo *photo, float *seams) {
  memset(seams, 0, AREA * sizeof *seams);
  for (size_t y = 0; y + 1 < SIDE; y++)
    for (size_t x = 0; x + 1 < SIDE; x++) {
      size_t i = y * SIDE + x;
      uint8_t here = seam_part(photo, i);
      seams[i] =
          here != seam_part(photo, i + 1) || here != seam_part(photo, i + SIDE);
    }
}

bool pa_photo_mean(const pa_photo *photo, pa_photo_part part, pa_oklab *mean) {
  double l = 0, a = 0, b = 0, count = 0;
  for (size_t i = 0; i < AREA; i++)
    if (photo->part[i] == part && photo->alpha[i] > .9f)
      l += photo->l[i], a += photo->a[i], b += photo->b[i], count++;
  if (count < (double)AREA / 1000) return false;
  *mean =
      (pa_oklab){(float)(l / count), (float)(a / count), (float)(b / count)};
  return true;
}

void pa_photo_clear(uint8_t *layer) {
  for (size_t i = 0; i < AREA; i++)
    if (!layer[4 * i + 3]) memset(layer + 4 * i, 0, 4);
}
