/* A number within bounds. */
#ifndef PARSONA_BASE_CLAMP_H
#define PARSONA_BASE_CLAMP_H

/* NaN becomes the least. least <= most. Not fminf and fmaxf: WebAssembly has no
 * instruction for them. */
static inline float pa_clamp(float v, float least, float most) {
  return v > most ? most : v > least ? v : least;
}

#endif
