/* VRM 1.0: vrm-c/vrm-specification, VRMC_vrm-1.0. */
#include "avatar3d/extension.h"
#include "avatar3d/vrm.h"

static void add_meta(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  yyjson_mut_doc *doc = g->doc;
  yyjson_mut_val *meta = yyjson_mut_obj_add_obj(doc, vrm, "meta");
  yyjson_mut_obj_add_strcpy(doc, meta, "name",
                            pa_vrm_text(glb->options->name, "Avatar"));
  yyjson_mut_obj_add_str(doc, meta, "version", "1");
  yyjson_mut_val *authors = yyjson_mut_obj_add_arr(doc, meta, "authors");
  yyjson_mut_arr_add_strcpy(doc, authors,
                            pa_vrm_text(glb->options->author, "Unknown"));
  yyjson_mut_obj_add_str(doc, meta, "licenseUrl",
                         "https://vrm.dev/licenses/1.0/");
  const pa_vrm_license *l = pa_vrm_license_of(glb);
  yyjson_mut_obj_add_str(doc, meta, "avatarPermission", l->permission);
  yyjson_mut_obj_add_str(doc, meta, "commercialUsage", l->commerce);
  yyjson_mut_obj_add_str(doc, meta, "creditNotation", l->credit);
  yyjson_mut_obj_add_bool(doc, meta, "allowRedistribution", l->redistribution);
  yyjson_mut_obj_add_str(doc, meta, "modification", l->modification);
  if (l->url) yyjson_mut_obj_add_str(doc, meta, "otherLicenseUrl", l->url);
}

static void add_humanoid(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  yyjson_mut_val *object = yyjson_mut_obj_add_obj(g->doc, vrm, "humanoid");
  yyjson_mut_val *bones = yyjson_mut_obj_add_obj(g->doc, object, "humanBones");
  for (unsigned b = 0; b < glb->figure->body->bones; b++) {
    const char *name = pa_vrm_bone(glb->figure->body->bone[b].name, 1);
    if (!name) continue;
    yyjson_mut_val *bone = yyjson_mut_obj_add_obj(g->doc, bones, name);
    yyjson_mut_obj_add_uint(g->doc, bone, "node", b);
  }
}

static void add_bind(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *list,
                     int morph) {
  if (morph < 0) return;
  yyjson_mut_val *bind = yyjson_mut_arr_add_obj(g->doc, list);
  yyjson_mut_obj_add_uint(g->doc, bind, "node", glb->figure->body->bones);
  yyjson_mut_obj_add_uint(g->doc, bind, "index", (uint64_t)morph);
  yyjson_mut_obj_add_real(g->doc, bind, "weight", 1);
}

static void add_expressions(pa_gltf *g, const pa_glb *glb,
                            yyjson_mut_val *vrm) {
  yyjson_mut_val *all = yyjson_mut_obj_add_obj(g->doc, vrm, "expressions");
  yyjson_mut_val *preset = yyjson_mut_obj_add_obj(g->doc, all, "preset");
  for (unsigned i = 0; i < pa_vrm_morphs(glb); i++) {
    yyjson_mut_val *one =
        yyjson_mut_obj_add_obj(g->doc, preset, pa_vrm_morph_name(glb, i));
    add_bind(g, glb, yyjson_mut_obj_add_arr(g->doc, one, "morphTargetBinds"),
             (int)i);
  }
  yyjson_mut_val *blink = yyjson_mut_obj_add_obj(g->doc, preset, "blink");
  yyjson_mut_val *binds =
      yyjson_mut_obj_add_arr(g->doc, blink, "morphTargetBinds");
  add_bind(g, glb, binds, pa_vrm_morph_find(glb, "blinkLeft"));
  add_bind(g, glb, binds, pa_vrm_morph_find(glb, "blinkRight"));
  yyjson_mut_obj_add_obj(g->doc, preset, "neutral");
}

static void add_range(pa_gltf *g, yyjson_mut_val *look, const char *key,
                      double in, double out) {
  yyjson_mut_val *range = yyjson_mut_obj_add_obj(g->doc, look, key);
  yyjson_mut_obj_add_real(g->doc, range, "inputMaxValue", in);
  yyjson_mut_obj_add_real(g->doc, range, "outputScale", out);
}

static void add_look(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  const pa_figure *f = glb->figure;
  int eye = pa_body_bone_find(f->body, "eye_l");
  if (eye < 0) return;
  pa_vec head = f->head[f->bone[PA_BONE_HEAD]];
  pa_vec offset = pa_sub(f->head[eye], head);
  yyjson_mut_val *look = yyjson_mut_obj_add_obj(g->doc, vrm, "lookAt");
  yyjson_mut_obj_add_str(g->doc, look, "type", "bone");
  pa_gltf_floats(g, look, "offsetFromHeadBone",
                 (float[]){0, offset.y, offset.z}, 3);
  add_range(g, look, "rangeMapHorizontalInner", 90, 10);
  add_range(g, look, "rangeMapHorizontalOuter", 90, 10);
  add_range(g, look, "rangeMapVerticalDown", 90, 8);
  add_range(g, look, "rangeMapVerticalUp", 90, 8);
}

static void add_first_person(pa_gltf *g, const pa_glb *glb,
                             yyjson_mut_val *vrm) {
  yyjson_mut_val *first = yyjson_mut_obj_add_obj(g->doc, vrm, "firstPerson");
  yyjson_mut_val *list =
      yyjson_mut_obj_add_arr(g->doc, first, "meshAnnotations");
  yyjson_mut_val *mesh = yyjson_mut_arr_add_obj(g->doc, list);
  yyjson_mut_obj_add_uint(g->doc, mesh, "node", glb->figure->body->bones);
  yyjson_mut_obj_add_str(g->doc, mesh, "type", "auto");
}

void pa_vrm1_add(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *all) {
  yyjson_mut_val *vrm = yyjson_mut_obj_add_obj(g->doc, all, "VRMC_vrm");
  yyjson_mut_obj_add_str(g->doc, vrm, "specVersion", "1.0");
  add_meta(g, glb, vrm);
  add_humanoid(g, glb, vrm);
  add_expressions(g, glb, vrm);
  add_look(g, glb, vrm);
  add_first_person(g, glb, vrm);
  pa_spring_json1(g, glb, all);
}
