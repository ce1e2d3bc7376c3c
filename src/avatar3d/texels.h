/* The atlas's texels under a triangle. */
#ifndef PARSONA_AVATAR3D_TEXELS_H
#define PARSONA_AVATAR3D_TEXELS_H

#include <stdbool.h>

typedef struct pa_texel {
  unsigned x, y;
  float share[3]; /* of the triangle's corners; their sum is 1 */
} pa_texel;

typedef void (*pa_texel_call)(void *context, const pa_texel *texel);

/* Calls for each texel of a square of `size` whose middle lies in the triangle
 * of those corners (texels), or so little beside it that neighbours meet
 * without a gap. False, and no call, where the triangle has no extent. */
bool pa_texels_each(const float x[3], const float y[3], unsigned size,
                    pa_texel_call call, void *context);

#endif
