/* Hair of the box: haircuts with a name. */
#ifndef PARSONA_AVATAR2D_HAIR_H
#define PARSONA_AVATAR2D_HAIR_H

#include "avatar2d/traits.h"

size_t pa_hair_preset_count(void);
const char *pa_hair_preset_name(size_t index); /* NULL out of range */
bool pa_hair_preset_known(const char *name);

/* Adds the haircut's part behind the head (`back`) or before it to the current
 * path, fitted to the face's width; nothing for a part that it lacks or a name
 * that is not known. */
void pa_hair_preset(pa_picture *picture, const pa_traits *traits,
                    const char *name, bool back);

#endif
