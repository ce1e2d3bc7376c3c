/* What is worn or grows around the body: found in the photo, then added to the
 * mesh. */
#ifndef PARSONA_AVATAR3D_WORN_H
#define PARSONA_AVATAR3D_WORN_H

#include "avatar3d/bag.h"
#include "avatar3d/brim.h"
#include "avatar3d/frames.h"
#include "avatar3d/skirt.h"
#include "avatar3d/spring.h"

typedef struct pa_worn {
  pa_shell hair, skirt, glasses, bag, brim, frames[PA_FRAMES_PARTS], heel[2];
  bool has_hair, has_skirt, has_glasses, has_bag, has_brim, has_frames,
      has_heels;
  pa_skirt_axis axis;
  pa_bag_frame bag_frame;
} pa_worn;

/* The vertices that all of it has at most. */
#define PA_WORN_VERTICES                                                       \
  ((7 + PA_FRAMES_PARTS) * PA_SHELL_ROWS * PA_SHELL_COLUMNS)

/* Legs that are bare below a skirt are so in `outfit` too. */
void pa_worn_find(const pa_figure *figure, const pa_sight *sight,
                  const pa_view *view, const pa_marks *marks, pa_outfit *outfit,
                  pa_worn *worn);

/* Appends all of it to the mesh, and a brush for each vertex. `springs`: long
 * hair and skirts hang on bones of their own, which it receives; NULL: they do
 * not. */
pa_status pa_worn_add(pa_error *err, const pa_worn *worn,
                      const pa_figure *figure, const pa_view *view,
                      pa_springs *springs, pa_mesh *mesh, pa_brush *brush);

#endif
