/* Chains of bones that swing: long hair and skirts of VRM files, where programs
 * simulate them. */
#ifndef PARSONA_AVATAR3D_SPRING_H
#define PARSONA_AVATAR3D_SPRING_H

#include "avatar3d/shell.h"

#define PA_SPRING_JOINTS                                                       \
  3 /* a chain: two bones that carry skin, and an end                          \
     */
#define PA_SPRING_CHAINS 12

typedef struct pa_spring_chain {
  bool skirt;      /* or hair */
  unsigned parent; /* a bone of the body */
  pa_vec joint[PA_SPRING_JOINTS];
} pa_spring_chain;

typedef struct pa_springs {
  unsigned chains;
  pa_spring_chain chain[PA_SPRING_CHAINS];
} pa_springs;

/* The number of a chain's joint among the skin's joints: those of the body come
 * first. */
static inline unsigned pa_spring_bone(const pa_figure *figure, unsigned chain,
                                      unsigned joint) {
  return figure->body->bones + chain * PA_SPRING_JOINTS + joint;
}

/* Hang a shell whose vertices begin at `first` on chains: hair below the ears
 * from the head, a skirt from the thighs, which carry it. */
void pa_spring_hair(const pa_figure *figure, const pa_shell *shell,
                    unsigned first, pa_mesh *mesh, pa_springs *springs);
void pa_spring_skirt(const pa_figure *figure, const pa_shell *shell,
                     unsigned first, pa_mesh *mesh, pa_springs *springs);

#endif
