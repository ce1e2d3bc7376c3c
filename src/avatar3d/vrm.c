#include "avatar3d/vrm.h"

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

const char *pa_vrm_bone(const char *name, int version) {
  for (size_t i = 0; i < sizeof humanoid / sizeof *humanoid; i++)
    if (!strcmp(humanoid[i].bone, name))
      return version == 0 && humanoid[i].vrm0 ? humanoid[i].vrm0
                                              : humanoid[i].vrm;
  return NULL;
}

const char *pa_vrm_text(const char *text, const char *otherwise) {
  return text && *text ? text : otherwise;
}

unsigned pa_vrm_morphs(const pa_glb *glb) {
  unsigned count = 0;
  for (unsigned i = 0; i < glb->figure->body->targets; i++)
    count += pa_glb_is_expression(&glb->figure->body->target[i]) &&
             glb->figure->body->target[i].count;
  return count;
}

const char *pa_vrm_morph_name(const pa_glb *glb, unsigned index) {
  for (unsigned i = 0; i < glb->figure->body->targets; i++) {
    const pa_body_target *t = &glb->figure->body->target[i];
    if (pa_glb_is_expression(t) && t->count && index-- == 0) return t->name;
  }
  return "";
}

int pa_vrm_morph_find(const pa_glb *glb, const char *name) {
  for (unsigned i = 0; i < pa_vrm_morphs(glb); i++)
    if (!strcmp(pa_vrm_morph_name(glb, i), name)) return (int)i;
  return -1;
}

static const pa_vrm_license licenses[PA_AVATAR3D_LICENSES] = {
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

const pa_vrm_license *pa_vrm_license_of(const pa_glb *glb) {
  return &licenses[glb->options->license];
}
