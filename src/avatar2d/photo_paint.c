#include "avatar2d/photo_paint.h"

void pa_photo_ragged(pa_photo *photo, float size, float soft, uint32_t seed) {
  float flow[PA_PHOTO_MOST];
  for (int y = 0; y < photo->side; y++) {
    pa_photo_turbulence(photo, 0, y, size, seed, flow);
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      float fade = photo->fade[i];
      if (fade >= 1 || photo->alpha[i] <= 0) continue;
      float edge = .75f * flow[x];
      photo->alpha[i] *=
          pa_step(edge - soft / 2, edge + soft / 2, fade * 1.1f - .05f);
      if (fade <= 0) photo->alpha[i] = 0;
    }
  }
}

void pa_photo_paper(const pa_photo *photo, int y, float *paper) {
  float fibre[PA_PHOTO_MOST], grain[PA_PHOTO_MOST], tooth[PA_PHOTO_MOST];
  pa_photo_noise(photo, 0, y, 1, 11, fibre);
  pa_photo_noise(photo, 0, y, 2.7f, 12, grain);
  pa_photo_noise(photo, 0, y, 6.5f, 13, tooth);
  for (int x = 0; x < photo->side; x++)
    paper[x] = .2f * fibre[x] + .45f * grain[x] + .35f * tooth[x];
}

static uint8_t seam_part(const pa_photo *photo, size_t i) {
  if (photo->alpha[i] < .5f) return PA_PHOTO_NOTHING;
  return photo->part[i] == PA_PHOTO_FEATURE ? PA_PHOTO_SKIN : photo->part[i];
}

void pa_photo_seams(const pa_photo *photo, float *seams) {
  memset(seams, 0, photo->area * sizeof *seams);
  const size_t side = (size_t)photo->side;
  for (size_t y = 0; y + 1 < side; y++)
    for (size_t x = 0; x + 1 < side; x++) {
      size_t i = y * side + x;
      uint8_t here = seam_part(photo, i);
      seams[i] =
          here != seam_part(photo, i + 1) || here != seam_part(photo, i + side);
    }
  const int radius = pa_photo_radius(photo, 1);
  pa_box(seams, seams, photo->side, photo->side, radius);
  const float gain = (float)(2 * radius + 1) / 3;
  for (size_t i = 0; i < photo->area; i++)
    seams[i] *= gain;
}

bool pa_photo_mean(const pa_photo *photo, pa_photo_part part, pa_oklab *mean) {
  double l = 0, a = 0, b = 0, count = 0;
  for (size_t i = 0; i < photo->area; i++)
    if (photo->part[i] == part && photo->alpha[i] > .9f)
      l += photo->l[i], a += photo->a[i], b += photo->b[i], count++;
  if (count < (double)photo->area / 1000) return false;
  *mean =
      (pa_oklab){(float)(l / count), (float)(a / count), (float)(b / count)};
  return true;
}

void pa_photo_noise(const pa_photo *photo, float x, int y, float size,
                    uint32_t seed, float *row) {
  const float k = photo->scale;
  pa_noise_row(k * x, (float)y, k * size, seed, photo->side, row);
}

void pa_photo_turbulence(const pa_photo *photo, float x, int y, float size,
                         uint32_t seed, float *row) {
  const float k = photo->scale;
  pa_turbulence_row(k * x, (float)y, k * size, seed, photo->side, row);
}

void pa_photo_along(const pa_photo *photo, const float *in, int steps,
                    float *spare, float *out) {
  pa_along(in, photo->tx, photo->ty, photo->alpha, photo->part, photo->side,
           steps, 1.4f * photo->scale, spare, out);
}

void pa_photo_clear(const pa_photo *photo, uint8_t *layer) {
  for (size_t i = 0; i < photo->area; i++)
    if (!layer[4 * i + 3]) memset(layer + 4 * i, 0, 4);
}
