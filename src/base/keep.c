#include "base/keep.h"

#include "base/mem.h"

pa_keep *pa_keep_create(void) {
  pa_keep *keep = pa_mem_calloc(1, sizeof *keep);
  if (keep) atomic_flag_clear(&keep->open);
  return keep;
}

void pa_keep_destroy(pa_keep *keep) {
  if (keep && keep->what) keep->release(keep->what);
  pa_mem_free(keep);
}

bool pa_keep_open(pa_keep *keep) {
  return keep && !atomic_flag_test_and_set(&keep->open);
}

void pa_keep_close(pa_keep *keep) {
  atomic_flag_clear(&keep->open);
}
