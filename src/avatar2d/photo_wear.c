/* What is put on over the person's own pixels. */
#include <string.h>

#include "avatar2d/draw.h"
#include "avatar2d/outfit.h"
#include "avatar2d/photo.h"

static bool names_background(const pa_avatar2d_options *options) {
  for (size_t i = 0; i < options->accessory_count; i++)
    if (!strcmp(options->accessories[i].kind, "background")) return true;
  return false;
}

pa_status pa_photo_wear(pa_error *err, const pa_avatar2d_options *options,
                        pa_traits *traits, pa_photo_layers *layers,
                        pa_picture *under, pa_picture *over) {
  pa_draw draw = {.picture = over,
                  .traits = traits,
                  .style = pa_style_find(layers->style->drawn),
                  .view = (pa_figure_view)options->frame};
  /* What the person wears is in the photo; so is the turn of the head. */
  traits->glasses.shape[0] = traits->hat.shape[0] = '\0';
  traits->earrings.shape[0] = '\0';
  traits->yaw = 0;
  pa_status status = pa_outfit_apply(err, options, traits, &draw);
  if (status != PA_OK) return status;
  pa_draw_worn_alone(&draw);
  if (names_background(options)) {
    layers->bare = true;
    draw.picture = under;
    if (draw.backdrop != PA_BACKDROP_NONE) pa_draw_backdrop(&draw);
  }
  status = pa_picture_status(err, over);
  return status == PA_OK ? pa_picture_status(err, under) : status;
}
