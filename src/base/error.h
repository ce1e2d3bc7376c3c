/* Errors: a status is returned, a sentence is left in a pa_error.
 *
 * The library never prints, never exits and never reads errno. Every function
 * that can fail returns a pa_status and takes, as its first argument, either
 * a pa_context or the pa_error that the sentence goes into. The sentence names
 * what is wrong ("conv1.w: 27 bytes, expected 432"), not where in the code. */
#ifndef PARSONA_BASE_ERROR_H
#define PARSONA_BASE_ERROR_H

#include "parsona.h"

typedef struct pa_error {
  pa_status status;
  char text[256];
} pa_error;

/* Writes the sentence (printf format, cut at the buffer's end), stores and
 * returns `status`, so that a caller can `return pa_error_set(...)`.
 * `err` may be NULL: then only the status is returned. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
pa_status
pa_error_set(pa_error *err, pa_status status, const char *format, ...);

/* The commonest: PA_ERROR_MEMORY, "out of memory: SIZE bytes for WHAT". */
pa_status pa_error_memory(pa_error *err, size_t size, const char *what);

/* The error that a context's public functions write to. */
pa_error *pa_context_error(pa_context *context);

#endif
