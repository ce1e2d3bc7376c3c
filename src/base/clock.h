/* Time for measurements, in milliseconds from an arbitrary start. */
#ifndef PARSONA_BASE_CLOCK_H
#define PARSONA_BASE_CLOCK_H

double pa_clock_ms(void);

#endif
