/* VRM's parts of the document. */
#ifndef PARSONA_AVATAR3D_EXTENSION_H
#define PARSONA_AVATAR3D_EXTENSION_H

#include "avatar3d/glb.h"
#include "avatar3d/gltf.h"

/* Adds the names of the extensions that this format uses. */
void pa_extension_names(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *used);

/* Adds the extensions, once meshes and nodes are there. */
void pa_extension_add(pa_gltf *g, const pa_glb *glb);

/* A cartoon's shading, MToon, among a material's extensions. */
void pa_extension_toon(pa_gltf *g, yyjson_mut_val *extensions);

/* Springs: VRM 1.0's extension among `all`, and 0.x's part of `vrm`. */
void pa_spring_json1(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *all);
void pa_spring_json0(pa_gltf *g, const pa_glb *glb, yyjson_mut_val *vrm);

#endif
