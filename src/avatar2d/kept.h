/* What is the same in all avatars of a person, kept with the scene: the head,
 * and in photo styles the person's pixels as they are before they are painted
 * over. Of the latest few people, one view each; scenes without a box keep
 * nothing. */
#ifndef PARSONA_AVATAR2D_KEPT_H
#define PARSONA_AVATAR2D_KEPT_H

#include "avatar2d/photo.h"

#define PA_KEPT_PEOPLE 4
/* Larger pictures are not kept: planes of 512 x 512 are 8.7 MB a person. */
#define PA_KEPT_SIDE PA_CANVAS

/* Whose: `image` is the photo of `scene`. */
typedef struct pa_kept_of {
  const pa_scene *scene;
  const pa_image *image;
  unsigned id;
} pa_kept_of;

/* The head as it was found with the face's mesh asked for or not; false when
 * none is kept. */
bool pa_kept_head(pa_kept_of of, bool asked, pa_head *head);
void pa_keep_head(pa_kept_of of, bool asked, const pa_head *head);

/* Fills the planes of `photo`, which pa_photo_open made, as they were kept for
 * its side and this view; false when they are not. */
bool pa_kept_photo(pa_kept_of of, pa_figure_view view, pa_photo *photo);
void pa_keep_photo(pa_kept_of of, const pa_photo *photo);

#endif
