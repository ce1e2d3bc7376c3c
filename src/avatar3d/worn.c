#include "avatar3d/worn.h"

#include "avatar3d/glasses.h"
#include "avatar3d/hair.h"
#include "avatar3d/heels.h"
#include "avatar3d/peak.h"

void pa_worn_find(const pa_figure *f, const pa_sight *s, const pa_view *view,
                  const pa_marks *marks, pa_outfit *outfit, pa_worn *w) {
  w->has_brim = pa_brim_shell(f, s, view, &w->brim) ||
                pa_peak_shell(f, s, view, &w->brim);
  w->has_hair = pa_hair_shell(f, s, view, outfit, &w->hair);
  w->has_skirt = pa_skirt_shell(f, s, view, outfit, &w->axis, &w->skirt);
  w->has_glasses = pa_glasses_shell(f, s, view, outfit, &w->glasses);
  w->has_frames = pa_frames_shells(f, s, view, outfit, w->frames);
  w->has_heels = outfit->shoes && outfit->heel > 0;
  for (int side = 0; w->has_heels && side < 2; side++)
    pa_heels_shell(f, outfit, side, &w->heel[side]);
  w->has_bag = pa_bag_shell(f, s, view, marks, &w->bag_frame, &w->bag);
}

/* What sits on the head, as the face's map places it. */
static pa_status add_to_head(pa_error *err, const pa_shell *shell,
                             const pa_figure *f, const pa_view *view,
                             pa_mesh *mesh, pa_brush *brush) {
  return pa_shell_add(err, shell, f, pa_hair_skin, pa_hair_map, &view->face,
                      view->face.towards, mesh, brush);
}

pa_status pa_worn_add(pa_error *err, const pa_worn *w, const pa_figure *f,
                      const pa_view *view, pa_springs *springs, pa_mesh *mesh,
                      pa_brush *brush) {
  pa_status status = PA_OK;
  unsigned first = mesh->vertices;
  if (w->has_hair) status = add_to_head(err, &w->hair, f, view, mesh, brush);
  if (status == PA_OK && w->has_hair && springs)
    pa_spring_hair(f, &w->hair, first, mesh, springs);
  first = mesh->vertices;
  if (status == PA_OK && w->has_skirt)
    status = pa_shell_add(err, &w->skirt, f, pa_skirt_skin, pa_skirt_map,
                          &w->axis, pa_v(0, 0, 1), mesh, brush);
  if (status == PA_OK && w->has_skirt && springs)
    pa_spring_skirt(f, &w->skirt, first, mesh, springs);
  if (status == PA_OK && w->has_glasses)
    status = add_to_head(err, &w->glasses, f, view, mesh, brush);
  for (int i = 0; status == PA_OK && w->has_frames && i < PA_FRAMES_PARTS; i++)
    status = add_to_head(err, &w->frames[i], f, view, mesh, brush);
  if (status == PA_OK && w->has_brim)
    status = add_to_head(err, &w->brim, f, view, mesh, brush);
  for (int side = 0; status == PA_OK && w->has_heels && side < 2; side++)
    status = pa_shell_add(err, &w->heel[side], f, pa_heels_skin, pa_heels_map,
                          NULL, pa_v(0, 0, 1), mesh, brush);
  if (status == PA_OK && w->has_bag)
    status = pa_shell_add(
        err, &w->bag, f,
        w->bag_frame.held ? pa_bag_skin_held : pa_bag_skin_worn, pa_bag_map,
        &w->bag_frame, pa_bag_towards(&w->bag_frame), mesh, brush);
  return status;
}
