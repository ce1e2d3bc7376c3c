/* The engine's inside, for net.c and its kin. */
#ifndef PARSONA_NN_ENGINE_H
#define PARSONA_NN_ENGINE_H

#include <pthreadpool.h>

#include "nn/nn.h"

struct pa_nn_engine {
  pthreadpool_t pool; /* NULL: one thread, the caller's */
  unsigned threads;
  /* Activations of whichever network runs. It only grows, when a network is
   * made; `moves` counts that, so that networks notice. After a failure to grow
   * there is none until a network runs. */
  char *arena;
  size_t arena_bytes;
  unsigned moves;
  /* Ops of less work than this, in multiply-adds, stay on the caller's thread.
   * Tests set it to 0. */
  double least_threaded_work;
};

/* Makes the arena at least that large. */
pa_status pa_nn_engine_reserve(pa_error *err, pa_nn_engine *engine,
                               size_t bytes);

/* Bytes that XNNPACK has asked for on this thread less those that it has given
 * back: a difference is what operators hold more, or, modulo SIZE_MAX + 1,
 * less. */
size_t pa_nn_engine_tally(void);

/* As pa_nn_parallel, on a pool (NULL: the caller's thread alone); when `last`,
 * the workers go to sleep afterwards instead of spinning in wait for more. */
void pa_nn_engine_run(pthreadpool_t pool, size_t count,
                      void (*task)(void *user, size_t i), void *user,
                      bool last);

#endif
