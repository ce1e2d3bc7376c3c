/* Hair of the box: haircuts with a name. */
#ifndef PARSONA_AVATAR2D_HAIR_H
#define PARSONA_AVATAR2D_HAIR_H

#include "avatar2d/hair_form.h"

size_t pa_hair_preset_count(void);
const char *pa_hair_preset_name(size_t index); /* NULL out of range */
bool pa_hair_preset_known(const char *name);
/* Whether it is so short that skin shows through, and no strands are drawn. */
bool pa_hair_shorn(const pa_traits *traits);

/* The haircut's form, fitted to the face's width and parted on the side where
 * the traits' hair is; false for a name that is not known and for "bald". */
bool pa_hair_preset_form(const pa_traits *traits, const char *name,
                         pa_hair_form *form);

/* Its outlines before and behind the head, into shapes that were created; none
 * for a part that it lacks. */
void pa_hair_preset(const pa_traits *traits, const char *name, pa_shape *front,
                    pa_shape *back);

#endif
