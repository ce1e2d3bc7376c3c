/* Bags: a shell of the mask's silhouette that hangs from a hand or on the
 * trunk. */
#ifndef PARSONA_AVATAR3D_BAG_H
#define PARSONA_AVATAR3D_BAG_H

#include "avatar3d/shell.h"

/* The frame that a bag is placed in: a bone as photographed. */
typedef struct pa_bag_frame {
  pa_mat turn; /* of the bone, from the T-pose to the photo */
  pa_vec bone; /* its head in the T-pose */
  float x, y;  /* and in the photo */
  float scale; /* photo pixels a metre */
  bool held;   /* by a hand */
} pa_bag_frame;

/* False when the photo shows no bag of a bag's size with the person. */
bool pa_bag_shell(const pa_figure *figure, const pa_sight *sight,
                  const pa_view *view, const pa_marks *marks,
                  pa_bag_frame *frame, pa_shell *shell);

/* pa_shell_skin of a bag in a hand, and of one on the trunk. */
void pa_bag_skin_held(const pa_figure *figure, pa_vec place, uint8_t bone[4],
                      uint8_t weight[4]);
void pa_bag_skin_worn(const pa_figure *figure, pa_vec place, uint8_t bone[4],
                      uint8_t weight[4]);

/* pa_shell_map of a pa_bag_frame. */
pa_vec pa_bag_map(const void *frame, pa_vec place);

/* The camera in the T-pose's frame. */
pa_vec pa_bag_towards(const pa_bag_frame *frame);

#endif
