#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

pa_status pa_error_set(pa_error *err, pa_status status, const char *format,
                       ...) {
  if (!err) return status;
  va_list args;
  va_start(args, format);
  err->status = status;
  vsnprintf(err->text, sizeof err->text, format, args);
  va_end(args);
  return status;
}

pa_status pa_error_memory(pa_error *err, size_t size, const char *what) {
  return pa_error_set(err, PA_ERROR_MEMORY, "out of memory: %zu bytes for %s",
                      size, what);
}
