#include "avatar2d/photo_paint.h"

void pa_photo_ragged(pa_photo *photo, float size, float soft, uint32_t seed) {
  for (int y = 0; y < SIDE; y++)
    for (int x = 0; x < SIDE; x++) {
      size_t i = (size_t)y * SIDE + (size_t)x;
      float fade = photo->fade[i];
      if (fade >= 1 || photo->alpha[i] <= 0) continue;
      float edge = .75f * pa_turbulence((float)x, (float)y, size, seed);
      photo->alpha[i] *=
          pa_step(edge - soft / 2, edge + soft / 2, fade * 1.1f - .05f);
      if (fade <= 0) photo->alpha[i] = 0;
    }
}

float pa_photo_paper(int x, int y) {
  float fine = pa_hash((uint32_t)x, (uint32_t)y, 11);
  float grain = pa_noise((float)x, (float)y, 2.7f, 12);
  float tooth = pa_noise((float)x, (float)y, 6.5f, 13);
  return .2f * fine + .45f * grain + .35f * tooth;
}
