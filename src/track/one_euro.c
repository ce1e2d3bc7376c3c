#include "track/one_euro.h"

#include <math.h>

/* How much of a new number counts, by the low pass's cut-off frequency. */
static float share(float cutoff, float seconds) {
  float turns = 6.2831853f * cutoff * seconds;
  return turns / (turns + 1);
}

static float filtered(const pa_one_euro *f, float seconds, float size,
                      pa_one_euro_state *s, float value) {
  float speed = (value - s->value) / (seconds * size);
  s->speed += share(f->speed_cutoff, seconds) * (speed - s->speed);
  float cutoff = f->least_cutoff + f->beta * fabsf(s->speed);
  s->value += share(cutoff, seconds) * (value - s->value);
  return s->value;
}

void pa_one_euro_run(const pa_one_euro *filter, float seconds, float size,
                     pa_one_euro_state *state, float *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (!isfinite(values[i]))
      values[i] = seconds > 0 ? state[i].value : 0;
    else if (seconds > 0 && size > 0)
      values[i] = filtered(filter, seconds, size, &state[i], values[i]);
    if (!(seconds > 0)) state[i] = (pa_one_euro_state){values[i], 0};
  }
}
