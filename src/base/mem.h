/* Allocation. Everything the library allocates, the engine's and stb's memory
 * included, goes through these functions, so that tests can count it, bound it
 * and make any one allocation fail. Thread-safe. */
#ifndef PARSONA_BASE_MEM_H
#define PARSONA_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* Alignment of every block, in bytes: a cache line, and any SIMD register. */
#define PA_MEM_ALIGNMENT 64

/* `size` bytes, uninitialised; NULL when there is no memory or the size is 0.
 * Free with pa_mem_free. */
void *pa_mem_alloc(size_t size);
/* `count * size` zeroed bytes; NULL on overflow too. */
void *pa_mem_calloc(size_t count, size_t size);
/* As realloc(3), keeping the alignment. */
void *pa_mem_realloc(void *block, size_t size);
/* `block` may be NULL. */
void pa_mem_free(void *block);

/* The bytes that were asked for when the block was made. */
size_t pa_mem_size(const void *block);

/* `text`'s copy, NULL when there is no memory. Free with pa_mem_free. */
char *pa_mem_strdup(const char *text);

/* a * b into *product; false on overflow. */
bool pa_mem_mul(size_t a, size_t b, size_t *product);

/* Bytes held now, and the most held since the last call of
 * pa_mem_reset_peak. */
size_t pa_mem_used(void);
size_t pa_mem_peak(void);
void pa_mem_reset_peak(void);

/* Testing: lets `count` more allocations succeed and then fails every one;
 * a negative count switches the injection off (the default). */
void pa_mem_fail_after(long count);

#endif
