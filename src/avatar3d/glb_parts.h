/* The parts of the document, each written once, in this order. *failed is set
 * when there is no memory. */
#ifndef PARSONA_AVATAR3D_GLB_PARTS_H
#define PARSONA_AVATAR3D_GLB_PARTS_H

#include "avatar3d/glb.h"
#include "avatar3d/gltf.h"

/* The surface: attributes, indices, morph targets. */
void pa_glb_add_mesh(pa_gltf *g, const pa_glb *glb, bool *failed);
/* The skeleton and the mesh's node, and how the one moves the other. */
void pa_glb_add_nodes(pa_gltf *g, const pa_glb *glb);
void pa_glb_add_skin(pa_gltf *g, const pa_glb *glb, bool *failed);
/* The atlas and what it is painted on. */
void pa_glb_add_material(pa_gltf *g, const pa_glb *glb);

/* Zeroed room for `count` items of `size` bytes; *failed when there is none.
 * Released with pa_mem_free. */
void *pa_glb_scratch(bool *failed, size_t count, size_t size);

#endif
