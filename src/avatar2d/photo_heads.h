/* Whose hair and face a pixel shows, where heads lie close together: the person
 * map gives a crown to the neighbour here and there. */
#ifndef PARSONA_AVATAR2D_PHOTO_HEADS_H
#define PARSONA_AVATAR2D_PHOTO_HEADS_H

#include "parsona.h"

#define PA_PHOTO_HEADS 24

typedef struct pa_photo_heads {
  int count; /* of other heads */
  struct {
    float x, y, unit; /* between the eyes; photo pixels a head unit */
  } own, others[PA_PHOTO_HEADS];
} pa_photo_heads;

/* No others where the person's own eyes are not known. */
void pa_photo_heads_find(const pa_scene *scene, const pa_person *person,
                         pa_photo_heads *heads);

/* How far a place of the photo is from the own head (`own`) and from the
 * nearest of the others: 1 on the outline of a head with much hair. */
void pa_photo_heads_far(const pa_photo_heads *heads, float x, float y,
                        float *own, float *other);

#endif
