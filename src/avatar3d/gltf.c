#include "avatar3d/gltf.h"

unsigned pa_gltf_view(pa_gltf *g, const void *bytes, size_t size,
                      unsigned target) {
  yyjson_mut_val *view = yyjson_mut_arr_add_obj(g->doc, g->views);
  yyjson_mut_obj_add_uint(g->doc, view, "buffer", 0);
  yyjson_mut_obj_add_uint(g->doc, view, "byteOffset", g->bin.size);
  yyjson_mut_obj_add_uint(g->doc, view, "byteLength", size);
  if (target) yyjson_mut_obj_add_uint(g->doc, view, "target", target);
  pa_sink_write(&g->bin, bytes, size);
  static const uint8_t zeros[4] = {0};
  pa_sink_write(&g->bin, zeros, (4 - size % 4) % 4);
  return (unsigned)yyjson_mut_arr_size(g->views) - 1;
}

void pa_gltf_floats(pa_gltf *g, yyjson_mut_val *object, const char *key,
                    const float *values, unsigned count) {
  yyjson_mut_val *list = yyjson_mut_obj_add_arr(g->doc, object, key);
  for (unsigned i = 0; i < count; i++)
    yyjson_mut_arr_add_real(g->doc, list, (double)values[i]);
}

unsigned pa_gltf_accessor(pa_gltf *g, unsigned view, unsigned type,
                          const char *shape, size_t count, bool normalized,
                          const float *low, const float *high,
                          unsigned components) {
  yyjson_mut_val *a = yyjson_mut_arr_add_obj(g->doc, g->accessors);
  yyjson_mut_obj_add_uint(g->doc, a, "bufferView", view);
  yyjson_mut_obj_add_uint(g->doc, a, "componentType", type);
  yyjson_mut_obj_add_uint(g->doc, a, "count", count);
  yyjson_mut_obj_add_strcpy(g->doc, a, "type", shape);
  if (normalized) yyjson_mut_obj_add_bool(g->doc, a, "normalized", true);
  if (low) pa_gltf_floats(g, a, "min", low, components);
  if (high) pa_gltf_floats(g, a, "max", high, components);
  return (unsigned)yyjson_mut_arr_size(g->accessors) - 1;
}
