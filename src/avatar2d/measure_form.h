#ifndef PARSONA_AVATAR2D_MEASURE_FORM_H
#define PARSONA_AVATAR2D_MEASURE_FORM_H

#include "avatar2d/hair_form.h"
#include "avatar2d/measure_haircut.h"

/* `hair` is 1 where there is hair, seen from the front. */
void pa_hair_form_measure(const pa_measure *m, const pa_field *hair,
                          const pa_haircut *cut, float parting,
                          pa_hair_form *form);

/* Strands that go every way, where the photo is sharp enough to tell. */
bool pa_hair_is_curly(const pa_measure *m, const pa_field *hair);

#endif
