/* VRM 0.x: vrm-c/vrm-specification, 0.0. */
#include "avatar3d/extension.h"
#include "avatar3d/vrm.h"

static void add_meta0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  yyjson_mut_doc *doc = g->doc;
  const pa_vrm_license *l = pa_vrm_license_of(glb);
  yyjson_mut_val *meta = yyjson_mut_obj_add_obj(doc, vrm, "meta");
  yyjson_mut_obj_add_strcpy(doc, meta, "title",
                            pa_vrm_text(glb->options->name, "Avatar"));
  yyjson_mut_obj_add_str(doc, meta, "version", "1");
  yyjson_mut_obj_add_strcpy(doc, meta, "author",
                            pa_vrm_text(glb->options->author, "Unknown"));
  yyjson_mut_obj_add_str(doc, meta, "contactInformation", "");
  yyjson_mut_obj_add_str(doc, meta, "reference", "");
  yyjson_mut_obj_add_str(doc, meta, "allowedUserName", l->user0);
  yyjson_mut_obj_add_str(doc, meta, "violentUssageName", "Disallow");
  yyjson_mut_obj_add_str(doc, meta, "sexualUssageName", "Disallow");
  yyjson_mut_obj_add_str(doc, meta, "commercialUssageName", l->commerce0);
  yyjson_mut_obj_add_str(doc, meta, "otherPermissionUrl", "");
  yyjson_mut_obj_add_str(doc, meta, "licenseName", l->name0);
  yyjson_mut_obj_add_str(doc, meta, "otherLicenseUrl", l->url ? l->url : "");
}

static void add_humanoid0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  yyjson_mut_val *object = yyjson_mut_obj_add_obj(g->doc, vrm, "humanoid");
  yyjson_mut_val *bones = yyjson_mut_obj_add_arr(g->doc, object, "humanBones");
  for (unsigned b = 0; b < glb->figure->body->bones; b++) {
    const char *name = pa_vrm_bone(glb->figure->body->bone[b].name, 0);
    if (!name) continue;
    yyjson_mut_val *bone = yyjson_mut_arr_add_obj(g->doc, bones);
    yyjson_mut_obj_add_strcpy(g->doc, bone, "bone", name);
    yyjson_mut_obj_add_uint(g->doc, bone, "node", b);
    yyjson_mut_obj_add_bool(g->doc, bone, "useDefaultValues", true);
  }
}

/* Blend shape groups: VRM 0.x's names of the presets. */
static const struct {
  const char *preset, *name, *morph, *second;
} groups[] = {
    {"neutral", "Neutral", NULL, NULL},
    {"a", "A", "aa", NULL},
    {"i", "I", "ih", NULL},
    {"u", "U", "ou", NULL},
    {"e", "E", "ee", NULL},
    {"o", "O", "oh", NULL},
    {"blink", "Blink", "blinkLeft", "blinkRight"},
    {"blink_l", "Blink_L", "blinkLeft", NULL},
    {"blink_r", "Blink_R", "blinkRight", NULL},
    {"joy", "Joy", "happy", NULL},
    {"angry", "Angry", "angry", NULL},
    {"sorrow", "Sorrow", "sad", NULL},
    {"fun", "Fun", "relaxed", NULL},
    {"unknown", "Surprised", "surprised", NULL},
};

static void add_bind0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *list,
                      const char *morph) {
  int index = morph ? pa_vrm_morph_find(glb, morph) : -1;
  if (index < 0) return;
  yyjson_mut_val *bind = yyjson_mut_arr_add_obj(g->doc, list);
  yyjson_mut_obj_add_uint(g->doc, bind, "mesh", 0);
  yyjson_mut_obj_add_uint(g->doc, bind, "index", (uint64_t)index);
  yyjson_mut_obj_add_uint(g->doc, bind, "weight", 100);
}

static void add_groups0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  yyjson_mut_val *master =
      yyjson_mut_obj_add_obj(g->doc, vrm, "blendShapeMaster");
  yyjson_mut_val *list =
      yyjson_mut_obj_add_arr(g->doc, master, "blendShapeGroups");
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    yyjson_mut_val *group = yyjson_mut_arr_add_obj(g->doc, list);
    yyjson_mut_obj_add_str(g->doc, group, "name", groups[i].name);
    yyjson_mut_obj_add_str(g->doc, group, "presetName", groups[i].preset);
    yyjson_mut_val *binds = yyjson_mut_obj_add_arr(g->doc, group, "binds");
    add_bind0(g, glb, binds, groups[i].morph);
    add_bind0(g, glb, binds, groups[i].second);
    yyjson_mut_obj_add_arr(g->doc, group, "materialValues");
    yyjson_mut_obj_add_bool(g->doc, group, "isBinary", false);
  }
}

static void add_look0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  const unsigned head = glb->figure->bone[PA_BONE_HEAD];
  yyjson_mut_val *first = yyjson_mut_obj_add_obj(g->doc, vrm, "firstPerson");
  yyjson_mut_obj_add_uint(g->doc, first, "firstPersonBone", head);
  yyjson_mut_val *offset =
      yyjson_mut_obj_add_obj(g->doc, first, "firstPersonBoneOffset");
  yyjson_mut_obj_add_real(g->doc, offset, "x", 0);
  yyjson_mut_obj_add_real(g->doc, offset, "y", 0.06);
  yyjson_mut_obj_add_real(g->doc, offset, "z", 0);
  yyjson_mut_val *list =
      yyjson_mut_obj_add_arr(g->doc, first, "meshAnnotations");
  yyjson_mut_val *mesh = yyjson_mut_arr_add_obj(g->doc, list);
  yyjson_mut_obj_add_uint(g->doc, mesh, "mesh", 0);
  yyjson_mut_obj_add_str(g->doc, mesh, "firstPersonFlag", "Auto");
  yyjson_mut_obj_add_str(g->doc, first, "lookAtTypeName", "Bone");
  static const char *const ranges[] = {
      "lookAtHorizontalInner", "lookAtHorizontalOuter", "lookAtVerticalDown",
      "lookAtVerticalUp"};
  for (size_t i = 0; i < 4; i++) {
    yyjson_mut_val *range = yyjson_mut_obj_add_obj(g->doc, first, ranges[i]);
    yyjson_mut_obj_add_real(g->doc, range, "xRange", 90);
    yyjson_mut_obj_add_real(g->doc, range, "yRange", 10);
  }
}

static void add_material0(pa_gltf *g, yyjson_mut_val *vrm) {
  yyjson_mut_val *list =
      yyjson_mut_obj_add_arr(g->doc, vrm, "materialProperties");
  yyjson_mut_val *m = yyjson_mut_arr_add_obj(g->doc, list);
  yyjson_mut_obj_add_str(g->doc, m, "name", "atlas");
  yyjson_mut_obj_add_str(g->doc, m, "shader", "VRM_USE_GLTFSHADER");
  yyjson_mut_obj_add_int(g->doc, m, "renderQueue", 2000);
  static const char *const empty[] = {"floatProperties", "vectorProperties",
                                      "textureProperties", "keywordMap",
                                      "tagMap"};
  for (size_t i = 0; i < sizeof empty / sizeof *empty; i++)
    yyjson_mut_obj_add_obj(g->doc, m, empty[i]);
}

void pa_vrm0_add(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *all) {
  yyjson_mut_val *vrm = yyjson_mut_obj_add_obj(g->doc, all, "VRM");
  yyjson_mut_obj_add_str(g->doc, vrm, "exporterVersion",
                         "Parsona " PARSONA_VERSION);
  yyjson_mut_obj_add_str(g->doc, vrm, "specVersion", "0.0");
  add_meta0(g, glb, vrm);
  add_humanoid0(g, glb, vrm);
  add_groups0(g, glb, vrm);
  add_look0(g, glb, vrm);
  pa_spring_json0(g, glb, vrm);
  add_material0(g, vrm);
}
