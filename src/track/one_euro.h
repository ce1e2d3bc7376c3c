/* The One Euro filter (Casiez, Roussel, Vogel 2012, "1 Euro Filter: a simple
 * speed-based low-pass filter for noisy input in interactive systems"): what
 * rests is smoothed much, what moves little, so that neither trembles nor lags.
 */
#ifndef PARSONA_TRACK_ONE_EURO_H
#define PARSONA_TRACK_ONE_EURO_H

#include <stdbool.h>
#include <stddef.h>

typedef struct pa_one_euro {
  float least_cutoff; /* Hz, of what rests */
  float beta;         /* Hz more for each unit a second of speed */
  float speed_cutoff; /* Hz, of the speed itself */
} pa_one_euro;

/* One filtered number. */
typedef struct pa_one_euro_state {
  float value, speed;
} pa_one_euro_state;

/* Filters `count` numbers in place, `seconds` after the ones before; 0 begins
 * anew with these. Speeds are divided by `size`, the unit that beta is meant
 * for. Numbers that are not finite become those before. */
void pa_one_euro_run(const pa_one_euro *filter, float seconds, float size,
                     pa_one_euro_state *state, float *values, size_t count);

#endif
