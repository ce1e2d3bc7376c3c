#include "avatar3d/glb.h"

#include <stdlib.h>

#include "avatar3d/extension.h"
#include "avatar3d/glb_parts.h"
#include "avatar3d/motion.h"
#include "base/mem.h"

/* A scratch array of `count` items of `size` bytes; *failed when there is no
 * memory. */
void *pa_glb_scratch(bool *failed, size_t count, size_t size) {
  void *block = pa_mem_calloc(count ? count : 1, size);
  if (!block) *failed = true;
  return block;
}

static void add_heading(pa_gltf *g, const pa_glb *glb) {
  yyjson_mut_val *asset = yyjson_mut_obj_add_obj(g->doc, g->root, "asset");
  yyjson_mut_obj_add_str(g->doc, asset, "version", "2.0");
  yyjson_mut_obj_add_str(g->doc, asset, "generator",
                         "Parsona " PARSONA_VERSION);
  yyjson_mut_val *used =
      yyjson_mut_obj_add_arr(g->doc, g->root, "extensionsUsed");
  if (glb->options->style == PA_AVATAR3D_CARTOON &&
      glb->options->format != PA_AVATAR3D_VRM)
    yyjson_mut_arr_add_str(g->doc, used, "KHR_materials_unlit");
  pa_extension_names(g, glb, used);
  if (!yyjson_mut_arr_size(used))
    yyjson_mut_obj_remove_key(g->root, "extensionsUsed");
}

/* ------------------------------------------------------------ the file */

static void put_le32(pa_sink *sink, uint32_t v) {
  uint8_t b[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16),
                  (uint8_t)(v >> 24)};
  pa_sink_write(sink, b, 4);
}

/* GLB: header, JSON padded with spaces, the buffer (glTF 2.0, 4.4). */
static pa_status join(pa_error *err, pa_gltf *g, uint8_t **bytes,
                      size_t *size) {
  yyjson_mut_val *buffers = yyjson_mut_obj_add_arr(g->doc, g->root, "buffers");
  yyjson_mut_val *buffer = yyjson_mut_arr_add_obj(g->doc, buffers);
  yyjson_mut_obj_add_uint(g->doc, buffer, "byteLength", g->bin.size);
  size_t length = 0;
  char *json = yyjson_mut_write(g->doc, YYJSON_WRITE_NOFLAG, &length);
  pa_sink out = {0};
  if (json) {
    size_t padding = (4 - length % 4) % 4;
    size_t all = 12 + 8 + length + padding + 8 + g->bin.size;
    put_le32(&out, 0x46546c67);
    put_le32(&out, 2);
    put_le32(&out, (uint32_t)all);
    put_le32(&out, (uint32_t)(length + padding));
    put_le32(&out, 0x4e4f534a);
    pa_sink_write(&out, json, length);
    pa_sink_write(&out, "   ", padding);
    put_le32(&out, (uint32_t)g->bin.size);
    put_le32(&out, 0x004e4942);
    pa_sink_write(&out, g->bin.bytes, g->bin.size);
  }
  free(json);
  if (!json || out.failed || g->bin.failed) {
    pa_mem_free(out.bytes);
    return pa_error_memory(err, g->bin.size, "an avatar's file");
  }
  *bytes = out.bytes;
  *size = out.size;
  return PA_OK;
}

pa_status pa_glb_write(pa_error *err, const pa_glb *glb, uint8_t **bytes,
                       size_t *size) {
  pa_gltf g = {.doc = yyjson_mut_doc_new(NULL)};
  if (!g.doc) return pa_error_memory(err, 0, "an avatar's file");
  g.root = yyjson_mut_obj(g.doc);
  yyjson_mut_doc_set_root(g.doc, g.root);
  g.views = yyjson_mut_arr(g.doc);
  g.accessors = yyjson_mut_arr(g.doc);
  bool failed = !g.root || !g.views || !g.accessors;
  if (!failed) {
    add_heading(&g, glb);
    pa_glb_add_mesh(&g, glb, &failed);
    pa_glb_add_nodes(&g, glb);
    pa_glb_add_skin(&g, glb, &failed);
    pa_glb_add_material(&g, glb);
    pa_motion_add(&g, glb, &failed);
    pa_extension_add(&g, glb);
    yyjson_mut_obj_add_val(g.doc, g.root, "bufferViews", g.views);
    yyjson_mut_obj_add_val(g.doc, g.root, "accessors", g.accessors);
  }
  pa_status status = failed ? pa_error_memory(err, 0, "an avatar's file")
                            : join(err, &g, bytes, size);
  pa_mem_free(g.bin.bytes);
  yyjson_mut_doc_free(g.doc);
  return status;
}
