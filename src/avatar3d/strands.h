/* Hair's strands: where the photo does not show them, and where hair ends. */
#ifndef PARSONA_AVATAR3D_STRANDS_H
#define PARSONA_AVATAR3D_STRANDS_H

#include "avatar3d/look.h"

/* A factor on the colour: 1 where the photo shows the hair itself. */
float pa_strands_at(const pa_brush *brush);

/* How much of a place belongs to a surface that is cut, 0..1: by the photo's
 * mask where it is seen; where not, of hair all but the ends. */
float pa_strands_alpha(const pa_look *look, const pa_brush *brush);

#endif
