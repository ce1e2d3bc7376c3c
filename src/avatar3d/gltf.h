/* The making of a glTF document: bytes of the buffer and JSON side by side. */
#ifndef PARSONA_AVATAR3D_GLTF_H
#define PARSONA_AVATAR3D_GLTF_H

#include <yyjson.h>

#include "image/sink.h"

enum {
  PA_GLTF_U8 = 5121,
  PA_GLTF_U16 = 5123,
  PA_GLTF_FLOAT = 5126,
  PA_GLTF_VERTICES = 34962,
  PA_GLTF_INDICES = 34963
};

typedef struct pa_gltf {
  pa_sink bin;
  yyjson_mut_doc *doc;
  yyjson_mut_val *root, *views, *accessors;
} pa_gltf;

/* Appends bytes to the buffer, 4-byte aligned, as a view; `target` 0: none.
 * Returns its index. */
unsigned pa_gltf_view(pa_gltf *g, const void *bytes, size_t size,
                      unsigned target);

/* An accessor over a whole view; returns its index. `low` and `high`, of
 * `components` values, may be NULL. */
unsigned pa_gltf_accessor(pa_gltf *g, unsigned view, unsigned type,
                          const char *shape, size_t count, bool normalized,
                          const float *low, const float *high,
                          unsigned components);

/* A list of numbers under `key`. */
void pa_gltf_floats(pa_gltf *g, yyjson_mut_val *object, const char *key,
                    const float *values, unsigned count);

#endif
