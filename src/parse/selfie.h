/* selfie_multiclass_256x256: one network of the permissive parser, and the half
 * of M2FP-Lite that stays as it is. */
#ifndef PARSONA_PARSE_SELFIE_H
#define PARSONA_PARSE_SELFIE_H

/* Its classes, in its model card's order. */
enum {
  PA_SELFIE_BACKGROUND,
  PA_SELFIE_HAIR,
  PA_SELFIE_BODY_SKIN,
  PA_SELFIE_FACE_SKIN,
  PA_SELFIE_CLOTHES,
  PA_SELFIE_OTHERS,
  PA_SELFIE_CLASSES
};

/* What body skin keeps of its probability: less, the more cloth is the second
 * opinion. Tights and trousers of its colour are taken for skin three times as
 * often as skin for cloth. `p`: PA_SELFIE_CLASSES probabilities. */
float pa_selfie_skin_trust(const float *p);

#endif
