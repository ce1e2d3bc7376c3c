/* glTF 2.0 in its binary form, with VRM's extensions where asked for. */
#ifndef PARSONA_AVATAR3D_GLB_H
#define PARSONA_AVATAR3D_GLB_H

#include "avatar3d/mesh.h"
#include "avatar3d/spring.h"
#include "image/sink.h"
#include "parsona.h"

typedef struct pa_glb {
  const pa_figure *figure;
  const pa_mesh *mesh;
  const pa_springs *springs; /* none in a GLB */
  const uint8_t *png;
  size_t png_size;
  float face_scale; /* of the expressions: the head against the body's own */
  const pa_avatar3d_options *options;
} pa_glb;

/* Writes the file; *bytes is released with pa_mem_free. */
pa_status pa_glb_write(pa_error *err, const pa_glb *glb, uint8_t **bytes,
                       size_t *size);

/* Whether a target is a facial expression, not a shape of the body. */
bool pa_glb_is_expression(const pa_body_target *target);

#endif
