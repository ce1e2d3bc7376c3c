/* A box for what is costly to make and may be asked for again, within a thing
 * that its users only read and may share between threads. */
#ifndef PARSONA_BASE_KEEP_H
#define PARSONA_BASE_KEEP_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct pa_keep {
  atomic_flag open;
  void *what; /* NULL: empty; looked at and changed while open only */
  void (*release)(void *what);
} pa_keep;

/* An empty box; NULL without memory. */
pa_keep *pa_keep_create(void);
/* Releases what is in it. `keep` may be NULL. */
void pa_keep_destroy(pa_keep *keep);

/* false where there is no box, or another thread has it open: do without. */
bool pa_keep_open(pa_keep *keep);
void pa_keep_close(pa_keep *keep);

#endif
