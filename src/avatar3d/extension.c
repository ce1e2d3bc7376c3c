#include "avatar3d/extension.h"

#include <string.h>

/* VRM 1.0's humanoid bones (vrm-specification, humanoid.md) of the left side;
 * the body's names end in _l and _r where VRM's begin with left and right. */
static const struct {
  const char *bone, *vrm, *vrm0; /* vrm0 NULL: the same */
} humanoid[] = {
    {"pelvis", "hips", NULL},
    {"spine_01", "spine", NULL},
    {"spine_02", "chest", NULL},
    {"spine_03", "upperChest", NULL},
    {"neck_01", "neck", NULL},
    {"head", "head", NULL},
    {"eye_l", "leftEye", NULL},
    {"eye_r", "rightEye", NULL},
    {"clavicle_l", "leftShoulder", NULL},
    {"clavicle_r", "rightShoulder", NULL},
    {"upperarm_l", "leftUpperArm", NULL},
    {"upperarm_r", "rightUpperArm", NULL},
    {"lowerarm_l", "leftLowerArm", NULL},
    {"lowerarm_r", "rightLowerArm", NULL},
    {"hand_l", "leftHand", NULL},
    {"hand_r", "rightHand", NULL},
    {"thigh_l", "leftUpperLeg", NULL},
    {"thigh_r", "rightUpperLeg", NULL},
    {"calf_l", "leftLowerLeg", NULL},
    {"calf_r", "rightLowerLeg", NULL},
    {"foot_l", "leftFoot", NULL},
    {"foot_r", "rightFoot", NULL},
    {"ball_l", "leftToes", NULL},
    {"ball_r", "rightToes", NULL},
    {"thumb_01_l", "leftThumbMetacarpal", "leftThumbProximal"},
    {"thumb_02_l", "leftThumbProximal", "leftThumbIntermediate"},
    {"thumb_03_l", "leftThumbDistal", NULL},
    {"index_01_l", "leftIndexProximal", NULL},
    {"index_02_l", "leftIndexIntermediate", NULL},
    {"index_03_l", "leftIndexDistal", NULL},
    {"middle_01_l", "leftMiddleProximal", NULL},
    {"middle_02_l", "leftMiddleIntermediate", NULL},
    {"middle_03_l", "leftMiddleDistal", NULL},
    {"ring_01_l", "leftRingProximal", NULL},
    {"ring_02_l", "leftRingIntermediate", NULL},
    {"ring_03_l", "leftRingDistal", NULL},
    {"pinky_01_l", "leftLittleProximal", NULL},
    {"pinky_02_l", "leftLittleIntermediate", NULL},
    {"pinky_03_l", "leftLittleDistal", NULL},
    {"thumb_01_r", "rightThumbMetacarpal", "rightThumbProximal"},
    {"thumb_02_r", "rightThumbProximal", "rightThumbIntermediate"},
    {"thumb_03_r", "rightThumbDistal", NULL},
    {"index_01_r", "rightIndexProximal", NULL},
    {"index_02_r", "rightIndexIntermediate", NULL},
    {"index_03_r", "rightIndexDistal", NULL},
    {"middle_01_r", "rightMiddleProximal", NULL},
    {"middle_02_r", "rightMiddleIntermediate", NULL},
    {"middle_03_r", "rightMiddleDistal", NULL},
    {"ring_01_r", "rightRingProximal", NULL},
    {"ring_02_r", "rightRingIntermediate", NULL},
    {"ring_03_r", "rightRingDistal", NULL},
    {"pinky_01_r", "rightLittleProximal", NULL},
    {"pinky_02_r", "rightLittleIntermediate", NULL},
    {"pinky_03_r", "rightLittleDistal", NULL},
};

const char *pa_extension_bone(const char *name, int version) {
  for (size_t i = 0; i < sizeof humanoid / sizeof *humanoid; i++)
    if (!strcmp(humanoid[i].bone, name))
      return version == 0 && humanoid[i].vrm0 ? humanoid[i].vrm0
                                              : humanoid[i].vrm;
  return NULL;
}

static const char *or_else(const char *text, const char *otherwise) {
  return text && *text ? text : otherwise;
}

/* The morph targets in the order of the mesh. */
static unsigned morph_count(const pa_glb *glb) {
  unsigned count = 0;
  for (unsigned i = 0; i < glb->figure->body->targets; i++)
    count += pa_glb_is_expression(&glb->figure->body->target[i]) &&
             glb->figure->body->target[i].count;
  return count;
}

static const char *morph_name(const pa_glb *glb, unsigned index) {
  for (unsigned i = 0; i < glb->figure->body->targets; i++) {
    const pa_body_target *t = &glb->figure->body->target[i];
    if (pa_glb_is_expression(t) && t->count && index-- == 0) return t->name;
  }
  return "";
}

static int morph_find(const pa_glb *glb, const char *name) {
  for (unsigned i = 0; i < morph_count(glb); i++)
    if (!strcmp(morph_name(glb, i), name)) return (int)i;
  return -1;
}

/* ------------------------------------------------------------ VRM 1.0 */

/* What VRM 1.0's and 0.x's meta say for each pa_avatar3d_license. */
typedef struct license {
  const char *permission, *commerce, *credit, *modification, *url;
  bool redistribution;
  const char *user0, *commerce0, *name0;
} license;

static const license licenses[PA_AVATAR3D_LICENSES] = {
    {"onlyAuthor", "personalNonProfit", "required", "prohibited", NULL, false,
     "OnlyAuthor", "Disallow", "Redistribution_Prohibited"},
    {"everyone", "personalNonProfit", "required", "allowModification", NULL,
     false, "Everyone", "Disallow", "Redistribution_Prohibited"},
    {"everyone", "corporation", "required", "allowModificationRedistribution",
     "https://creativecommons.org/licenses/by/4.0/", true, "Everyone", "Allow",
     "CC_BY"},
    {"everyone", "corporation", "unnecessary",
     "allowModificationRedistribution",
     "https://creativecommons.org/publicdomain/zero/1.0/", true, "Everyone",
     "Allow", "CC0"}};

static void add_meta(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  yyjson_mut_doc *doc = g->doc;
  yyjson_mut_val *meta = yyjson_mut_obj_add_obj(doc, vrm, "meta");
  yyjson_mut_obj_add_strcpy(doc, meta, "name",
                            or_else(glb->options->name, "Avatar"));
  yyjson_mut_obj_add_str(doc, meta, "version", "1");
  yyjson_mut_val *authors = yyjson_mut_obj_add_arr(doc, meta, "authors");
  yyjson_mut_arr_add_strcpy(doc, authors,
                            or_else(glb->options->author, "Unknown"));
  yyjson_mut_obj_add_str(doc, meta, "licenseUrl",
                         "https://vrm.dev/licenses/1.0/");
  const license *l = &licenses[glb->options->license];
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
    const char *name = pa_extension_bone(glb->figure->body->bone[b].name, 1);
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
  for (unsigned i = 0; i < morph_count(glb); i++) {
    yyjson_mut_val *one =
        yyjson_mut_obj_add_obj(g->doc, preset, morph_name(glb, i));
    add_bind(g, glb, yyjson_mut_obj_add_arr(g->doc, one, "morphTargetBinds"),
             (int)i);
  }
  yyjson_mut_val *blink = yyjson_mut_obj_add_obj(g->doc, preset, "blink");
  yyjson_mut_val *binds =
      yyjson_mut_obj_add_arr(g->doc, blink, "morphTargetBinds");
  add_bind(g, glb, binds, morph_find(glb, "blinkLeft"));
  add_bind(g, glb, binds, morph_find(glb, "blinkRight"));
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

static void add_vrm1(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *all) {
  yyjson_mut_val *vrm = yyjson_mut_obj_add_obj(g->doc, all, "VRMC_vrm");
  yyjson_mut_obj_add_str(g->doc, vrm, "specVersion", "1.0");
  add_meta(g, glb, vrm);
  add_humanoid(g, glb, vrm);
  add_expressions(g, glb, vrm);
  add_look(g, glb, vrm);
  add_first_person(g, glb, vrm);
  pa_spring_json1(g, glb, all);
}

/* ------------------------------------------------------------ VRM 0.x */

static void add_meta0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm) {
  yyjson_mut_doc *doc = g->doc;
  const license *l = &licenses[glb->options->license];
  yyjson_mut_val *meta = yyjson_mut_obj_add_obj(doc, vrm, "meta");
  yyjson_mut_obj_add_strcpy(doc, meta, "title",
                            or_else(glb->options->name, "Avatar"));
  yyjson_mut_obj_add_str(doc, meta, "version", "1");
  yyjson_mut_obj_add_strcpy(doc, meta, "author",
                            or_else(glb->options->author, "Unknown"));
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
    const char *name = pa_extension_bone(glb->figure->body->bone[b].name, 0);
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
  int index = morph ? morph_find(glb, morph) : -1;
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

static void add_vrm0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *all) {
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

/* ------------------------------------------------------------ both */

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
    add_vrm1(g, glb, all);
  else
    add_vrm0(g, glb, all);
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
