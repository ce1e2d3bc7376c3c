/* What is worn, by its labels: parts of pa_measure_clothes. */
#ifndef PARSONA_AVATAR2D_MEASURE_CLOTHES_H
#define PARSONA_AVATAR2D_MEASURE_CLOTHES_H

#include "avatar2d/measure.h"

/* How many of the person's pixels have the label of that name. */
float pa_pixels_of(const pa_measure *m, const char *name);

/* The median colour of the person's pixels with these labels; false where there
 * are hardly any. */
bool pa_label_color(pa_measure *m, pa_labels set, pa_color *color);

/* Sets neckline, neck_depth, neck_width, and a tank top where it bares the
 * shoulders. */
void pa_measure_neckline(pa_measure *m, pa_traits *traits);

/* Whether what is worn above and below the waist is one garment. */
bool pa_is_dress(pa_measure *m);
/* What is worn below the waist, and shoes; the garment above is known. */
void pa_measure_lower(pa_measure *m, pa_traits *traits);

#endif
