#include "base/mem.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A block is preceded by its size, in a header as long as the alignment. */
#define HEADER PA_MEM_ALIGNMENT

static atomic_size_t used, peak;
static atomic_long fail_after = -1;

static bool injected_failure(void) {
  if (atomic_load_explicit(&fail_after, memory_order_relaxed) < 0) return false;
  long left = atomic_fetch_sub(&fail_after, 1);
  if (left > 0) return false;
  atomic_store(&fail_after, 0); /* stays at zero: every later one fails */
  return true;
}

static void count(size_t size) {
  size_t now = atomic_fetch_add(&used, size) + size;
  size_t seen = atomic_load(&peak);
  while (now > seen && !atomic_compare_exchange_weak(&peak, &seen, now)) {
  }
}

void *pa_mem_alloc(size_t size) {
  if (size == 0 || size > PTRDIFF_MAX - 2 * HEADER || injected_failure())
    return NULL;
  size_t rounded = (size + HEADER + HEADER - 1) / HEADER * HEADER;
  unsigned char *base = aligned_alloc(HEADER, rounded);
  if (!base) return NULL;
  memcpy(base, &size, sizeof size);
  count(size);
  return base + HEADER;
}

void *pa_mem_calloc(size_t n, size_t size) {
  size_t bytes;
  if (!pa_mem_mul(n, size, &bytes)) return NULL;
  void *block = pa_mem_alloc(bytes);
  if (block) memset(block, 0, bytes);
  return block;
}

size_t pa_mem_size(const void *block) {
  size_t size;
  memcpy(&size, (const unsigned char *)block - HEADER, sizeof size);
  return size;
}

void *pa_mem_realloc(void *block, size_t size) {
  if (!block) return pa_mem_alloc(size);
  void *moved = pa_mem_alloc(size);
  if (!moved) return NULL;
  size_t old = pa_mem_size(block);
  memcpy(moved, block, old < size ? old : size);
  pa_mem_free(block);
  return moved;
}

void pa_mem_free(void *block) {
  if (!block) return;
  atomic_fetch_sub(&used, pa_mem_size(block));
  free((unsigned char *)block - HEADER);
}

char *pa_mem_strdup(const char *text) {
  size_t size = strlen(text) + 1;
  char *copy = pa_mem_alloc(size);
  if (copy) memcpy(copy, text, size);
  return copy;
}

bool pa_mem_mul(size_t a, size_t b, size_t *product) {
  if (b != 0 && a > SIZE_MAX / b) return false;
  *product = a * b;
  return true;
}

size_t pa_mem_used(void) {
  return atomic_load(&used);
}

size_t pa_mem_peak(void) {
  return atomic_load(&peak);
}

void pa_mem_reset_peak(void) {
  atomic_store(&peak, atomic_load(&used));
}

void pa_mem_fail_after(long n) {
  atomic_store(&fail_after, n);
}
