#include "parse/selfie.h"

#define DOUBT 0.4f

float pa_selfie_skin_trust(const float *p) {
  float cloth = p[PA_SELFIE_CLOTHES] + p[PA_SELFIE_OTHERS];
  return 1 - DOUBT * cloth / (cloth + p[PA_SELFIE_HAIR] + 0.01f);
}
