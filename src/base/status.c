#include "parsona.h"

const char *pa_status_name(pa_status status) {
  switch (status) {
  case PA_OK:
    return "ok";
  case PA_ERROR_ARGUMENT:
    return "argument";
  case PA_ERROR_MEMORY:
    return "memory";
  case PA_ERROR_IMAGE:
    return "image";
  case PA_ERROR_TOO_LARGE:
    return "too_large";
  case PA_ERROR_WEIGHTS:
    return "weights";
  case PA_ERROR_NO_NETWORK:
    return "no_network";
  case PA_ERROR_CANCELLED:
    return "cancelled";
  case PA_ERROR_UNSUPPORTED:
    return "unsupported";
  case PA_ERROR_INTERNAL:
    return "internal";
  }
  return "unknown";
}

const char *pa_version(void) {
  return PARSONA_VERSION;
}
