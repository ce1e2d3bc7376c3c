/* What both versions of VRM say of an avatar. */
#ifndef PARSONA_AVATAR3D_VRM_H
#define PARSONA_AVATAR3D_VRM_H

#include "avatar3d/glb.h"
#include "avatar3d/gltf.h"

/* What VRM 1.0's and 0.x's meta say for each pa_avatar3d_license. */
typedef struct pa_vrm_license {
  const char *permission, *commerce, *credit, *modification, *url;
  bool redistribution;
  const char *user0, *commerce0, *name0;
} pa_vrm_license;

const pa_vrm_license *pa_vrm_license_of(const pa_glb *glb);

/* `text`, or `otherwise` where there is none. */
const char *pa_vrm_text(const char *text, const char *otherwise);

/* The VRM name of a bone of the body; NULL for one that VRM has no place for.
 * Version 0 names the thumb's bones otherwise. */
const char *pa_vrm_bone(const char *name, int version);

/* The morph targets in the order of the mesh: how many, the name of one (empty
 * beyond the last), and the place of a name, -1 when there is none. */
unsigned pa_vrm_morphs(const pa_glb *glb);
const char *pa_vrm_morph_name(const pa_glb *glb, unsigned index);
int pa_vrm_morph_find(const pa_glb *glb, const char *name);

/* VRM 1.0's extensions, and 0.x's one, among the document's. */
void pa_vrm1_add(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *all);
void pa_vrm0_add(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *all);

#endif
