/* The photographed pose as JSON, for programs that animate a figure of their
 * own; parsona.h, PA_AVATAR3D_POSE, says what is in it. */
#ifndef PARSONA_AVATAR3D_POSTURE_H
#define PARSONA_AVATAR3D_POSTURE_H

#include "avatar3d/camera.h"

/* *bytes is released with pa_mem_free. */
pa_status pa_posture_json(pa_error *err, const pa_figure *figure,
                          const pa_sight *sight, const pa_view *seen,
                          uint8_t **bytes, size_t *size);

#endif
