#include "nn/engine.h"

#include <unistd.h>
#include <xnnpack.h>

#include "base/mem.h"

/* ------------------------------------------------- XNNPACK's memory is ours */

static _Thread_local size_t tally;

size_t pa_nn_engine_tally(void) {
  return tally;
}

/* XNNPACK asks for 0 bytes here and there and takes NULL for a failure. */
static void *allocate(void *context, size_t size) {
  (void)context;
  void *block = pa_mem_alloc(size ? size : 1);
  if (block) tally += pa_mem_size(block);
  return block;
}

static void *reallocate(void *context, void *block, size_t size) {
  (void)context;
  size_t old = block ? pa_mem_size(block) : 0;
  void *moved = pa_mem_realloc(block, size ? size : 1);
  if (moved) tally += pa_mem_size(moved) - old;
  return moved;
}

static void deallocate(void *context, void *block) {
  (void)context;
  if (block) tally -= pa_mem_size(block);
  pa_mem_free(block);
}

static void *aligned_allocate(void *context, size_t alignment, size_t size) {
  return alignment <= PA_MEM_ALIGNMENT ? allocate(context, size) : NULL;
}

static const struct xnn_allocator allocator = {
    .allocate = allocate,
    .reallocate = reallocate,
    .deallocate = deallocate,
    .aligned_allocate = aligned_allocate,
    .aligned_deallocate = deallocate,
};

/* ----------------------------------------------------------------- threads */

/* Less work than this is done before other threads have heard of it. */
#define LEAST_THREADED_WORK 65536

/* More than eight rarely help networks of this size. */
#define DEFAULT_THREADS 8

#if defined(__EMSCRIPTEN__) && !defined(__EMSCRIPTEN_PTHREADS__)
static unsigned possible_threads(unsigned asked) {
  (void)asked;
  return 1;
}
#else
static unsigned possible_threads(unsigned asked) {
  if (asked) return asked;
  long processors = sysconf(_SC_NPROCESSORS_ONLN);
  if (processors < 1) return 1;
  return processors < DEFAULT_THREADS ? (unsigned)processors : DEFAULT_THREADS;
}
#endif

/* --------------------------------------------------------------- lifetime */

pa_status pa_nn_engine_create(pa_error *err, unsigned threads,
                              pa_nn_engine **engine) {
  if (!engine) return pa_error_set(err, PA_ERROR_ARGUMENT, "engine is NULL");
  if (threads > PA_LIMIT_THREADS)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "%u threads, limit is %d",
                        threads, PA_LIMIT_THREADS);
  /* Once for the process: what it sets up is constant and is never undone. */
  if (xnn_initialize(&allocator) != xnn_status_success)
    return pa_error_set(err, PA_ERROR_UNSUPPORTED,
                        "this processor lacks what XNNPACK needs");
  pa_nn_engine *e = pa_mem_calloc(1, sizeof *e);
  if (!e) return pa_error_memory(err, sizeof *e, "the engine");
  e->least_threaded_work = LEAST_THREADED_WORK;
  e->threads = possible_threads(threads);
  if (e->threads > 1) e->pool = pthreadpool_create(e->threads);
  if (e->threads > 1 && !e->pool) {
    pa_nn_engine_destroy(e);
    return pa_error_set(err, PA_ERROR_MEMORY, "out of memory: %u threads",
                        threads);
  }
  *engine = e;
  return PA_OK;
}

void pa_nn_engine_destroy(pa_nn_engine *engine) {
  if (!engine) return;
  if (engine->pool) pthreadpool_destroy(engine->pool);
  pa_mem_free(engine->arena);
  pa_mem_free(engine);
}

unsigned pa_nn_engine_threads(const pa_nn_engine *engine) {
  return engine->threads;
}

pa_status pa_nn_engine_reserve(pa_error *err, pa_nn_engine *engine,
                               size_t bytes) {
  if (bytes <= engine->arena_bytes) return PA_OK;
  /* First: nobody needs what is in it, and both at once may be the most memory
   * that is ever held. */
  pa_mem_free(engine->arena);
  engine->arena_bytes = 0;
  engine->moves++;
  engine->arena = pa_mem_alloc(bytes);
  if (!engine->arena) return pa_error_memory(err, bytes, "activations");
  engine->arena_bytes = bytes;
  return PA_OK;
}

/* ------------------------------------------------------------ parallel loops
 */

void pa_nn_engine_run(pthreadpool_t pool, size_t count,
                      void (*task)(void *user, size_t i), void *user,
                      bool last) {
  /* Denormals off, as XNNPACK has it for its own operators. */
  uint32_t flags = PTHREADPOOL_FLAG_DISABLE_DENORMALS;
  if (last) flags |= PTHREADPOOL_FLAG_YIELD_WORKERS;
  pthreadpool_parallelize_1d(pool, task, user, count, flags);
}

void pa_nn_parallel(pa_nn_engine *engine, size_t count,
                    void (*task)(void *user, size_t i), void *user) {
  pa_nn_engine_run(engine->pool, count, task, user, true);
}
