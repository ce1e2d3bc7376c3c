#include "avatar3d/extension.h"

#include "avatar3d/vrm.h"

void pa_extension_names(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *used) {
  if (glb->options->format == PA_AVATAR3D_VRM)
    yyjson_mut_arr_add_str(g->doc, used, "VRMC_vrm");
  if (glb->options->format == PA_AVATAR3D_VRM && glb->springs->chains)
    yyjson_mut_arr_add_str(g->doc, used, "VRMC_springBone");
  if (glb->options->format == PA_AVATAR3D_VRM &&
      glb->options->style == PA_AVATAR3D_CARTOON)
    yyjson_mut_arr_add_str(g->doc, used, "VRMC_materials_mtoon");
  if (glb->options->format == PA_AVATAR3D_VRM0)
    yyjson_mut_arr_add_str(g->doc, used, "VRM");
}

void pa_extension_add(pa_gltf *g, const pa_glb *glb) {
  if (glb->options->format == PA_AVATAR3D_GLB) return;
  yyjson_mut_val *all = yyjson_mut_obj_add_obj(g->doc, g->root, "extensions");
  if (glb->options->format == PA_AVATAR3D_VRM)
    pa_vrm1_add(g, glb, all);
  else
    pa_vrm0_add(g, glb, all);
}

void pa_extension_toon(pa_gltf *g, yyjson_mut_val *extensions) {
  yyjson_mut_doc *doc = g->doc;
  yyjson_mut_val *toon =
      yyjson_mut_obj_add_obj(doc, extensions, "VRMC_materials_mtoon");
  yyjson_mut_obj_add_str(doc, toon, "specVersion", "1.0");
  pa_gltf_floats(g, toon, "shadeColorFactor", (float[]){.80f, .73f, .78f}, 3);
  yyjson_mut_val *shade =
      yyjson_mut_obj_add_obj(doc, toon, "shadeMultiplyTexture");
  yyjson_mut_obj_add_uint(doc, shade, "index", 0);
  yyjson_mut_obj_add_real(doc, toon, "shadingToonyFactor", .95);
  yyjson_mut_obj_add_real(doc, toon, "shadingShiftFactor", -.05);
  yyjson_mut_obj_add_real(doc, toon, "giEqualizationFactor", .9);
  yyjson_mut_obj_add_str(doc, toon, "outlineWidthMode", "worldCoordinates");
  yyjson_mut_obj_add_real(doc, toon, "outlineWidthFactor", .0012);
  pa_gltf_floats(g, toon, "outlineColorFactor", (float[]){.06f, .05f, .05f}, 3);
}
