/* What the surface is painted with. */
#include "avatar3d/extension.h"
#include "avatar3d/glb_parts.h"

void pa_glb_add_material(pa_gltf *g, const pa_glb *glb) {
  yyjson_mut_doc *doc = g->doc;
  yyjson_mut_val *images = yyjson_mut_obj_add_arr(doc, g->root, "images");
  yyjson_mut_val *image = yyjson_mut_arr_add_obj(doc, images);
  yyjson_mut_obj_add_uint(doc, image, "bufferView",
                          pa_gltf_view(g, glb->png, glb->png_size, 0));
  yyjson_mut_obj_add_str(doc, image, "mimeType", "image/png");
  yyjson_mut_obj_add_str(doc, image, "name", "atlas");
  yyjson_mut_val *samplers = yyjson_mut_obj_add_arr(doc, g->root, "samplers");
  yyjson_mut_val *sampler = yyjson_mut_arr_add_obj(doc, samplers);
  yyjson_mut_obj_add_uint(doc, sampler, "magFilter", 9729);
  yyjson_mut_obj_add_uint(doc, sampler, "minFilter", 9987);
  yyjson_mut_obj_add_uint(doc, sampler, "wrapS", 33071);
  yyjson_mut_obj_add_uint(doc, sampler, "wrapT", 33071);
  yyjson_mut_val *textures = yyjson_mut_obj_add_arr(doc, g->root, "textures");
  yyjson_mut_val *texture = yyjson_mut_arr_add_obj(doc, textures);
  yyjson_mut_obj_add_uint(doc, texture, "sampler", 0);
  yyjson_mut_obj_add_uint(doc, texture, "source", 0);
  yyjson_mut_val *materials = yyjson_mut_obj_add_arr(doc, g->root, "materials");
  yyjson_mut_val *m = yyjson_mut_arr_add_obj(doc, materials);
  yyjson_mut_obj_add_str(doc, m, "name", "atlas");
  yyjson_mut_val *pbr = yyjson_mut_obj_add_obj(doc, m, "pbrMetallicRoughness");
  yyjson_mut_val *base = yyjson_mut_obj_add_obj(doc, pbr, "baseColorTexture");
  yyjson_mut_obj_add_uint(doc, base, "index", 0);
  yyjson_mut_obj_add_uint(doc, pbr, "metallicFactor", 0);
  yyjson_mut_obj_add_real(doc, pbr, "roughnessFactor", 0.9);
  yyjson_mut_obj_add_bool(doc, m, "doubleSided", true);
  yyjson_mut_obj_add_str(doc, m, "alphaMode", "MASK"); /* hair's outline */
  yyjson_mut_obj_add_real(doc, m, "alphaCutoff", .5);
  if (glb->options->style == PA_AVATAR3D_CARTOON) {
    yyjson_mut_val *ext = yyjson_mut_obj_add_obj(doc, m, "extensions");
    if (glb->options->format == PA_AVATAR3D_VRM)
      pa_extension_toon(g, ext);
    else
      yyjson_mut_obj_add_obj(doc, ext, "KHR_materials_unlit");
  }
}
