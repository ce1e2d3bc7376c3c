#include "avatar3d/brim.h"

#include <string.h>

#include "avatar3d/hair_measure.h"
#include "avatar3d/skull.h"

#define LAST (PA_SHELL_COLUMNS - 1)
#define CORNERS 6    /* rows: above from the head outwards, below inwards */
#define STEP .004f   /* metres, when looking along the photo */
#define HEIGHTS 33   /* of STEP each, that a brim may have */
#define BROADER .03f /* a brim than the crown over it */
#define CROWN .06f   /* from the brim up to where the crown is measured */
#define THICK .0022f /* half of it */
#define DROOP .010f  /* of the sides */

/* How far the hat reaches to one side at a height. */
static float reach_of(const pa_sight *s, const pa_view *view, float z, float y,
                      float side) {
  float last = 0;
  unsigned gap = 0;
  for (float x = .01f; x < .34f && gap < 6; x += STEP) {
    pa_vec p = pa_hair_map(&view->face, pa_v(side * x, y, z));
    if (pa_sight_is(s, PA_BIT(PA_LABEL_HAT), p.x, p.y))
      last = x, gap = 0;
    else if (last > 0)
      gap++;
  }
  return last;
}

/* The lesser of both sides: a hand at a hat is no brim. */
static float least_reach(const pa_sight *s, const pa_view *view, float z,
                         float y) {
  return fminf(reach_of(s, view, z, y, 1), reach_of(s, view, z, y, -1));
}

bool pa_brim_find(const pa_figure *f, const pa_sight *s, const pa_view *view,
                  float *height, float *reach) {
  pa_skull skull;
  if (pa_sight_pixels(s, PA_BIT(PA_LABEL_HAT)) < 60 || !view->face.count ||
      !pa_skull_of(f, &skull))
    return false;
  float z = skull.center.z, low = skull.center.y - .01f;
  *reach = 0;
  for (int i = 0; i < HEIGHTS; i++) {
    float y = low + STEP * (float)i;
    float r = least_reach(s, view, z, y);
    if (r > *reach) *reach = r, *height = y;
  }
  float crown = least_reach(s, view, z, *height + CROWN);
  float head = pa_skull_radius(&skull, .4f, PA_PI / 2);
  return crown > .03f && *reach > crown + BROADER && *reach > head + BROADER;
}

#define SAMPLES 160

static pa_rgb color_of(const pa_sight *s) {
  const pa_person *p = &s->person;
  float sum[3] = {0}, all = 0;
  for (int i = 0; i < SAMPLES * SAMPLES; i++) {
    int column = i % SAMPLES, row = i / SAMPLES;
    float x = p->x + p->width * ((float)column + .5f) / SAMPLES;
    float y = p->y + p->height * ((float)row + .5f) / SAMPLES;
    if (!pa_sight_is(s, PA_BIT(PA_LABEL_HAT), x, y)) continue;
    const uint8_t *c = s->image->rgba + 4 * ((size_t)y * s->width + (size_t)x);
    for (int k = 0; k < 3; k++)
      sum[k] += c[k];
    all++;
  }
  all = fmaxf(all, 1);
  return (pa_rgb){sum[0] / all, sum[1] / all, sum[2] / all};
}

void pa_brim_paint(const pa_sight *s, pa_shell *shell) {
  const float rect[4] = {.4f, .865f, .3f, .035f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = PA_SOURCE_HAT;
  shell->material = PA_MATERIAL_HAT;
  shell->color = color_of(s);
}

bool pa_brim_shell(const pa_figure *f, const pa_sight *s, const pa_view *view,
                   pa_shell *shell) {
  static const struct {
    float out, up;
  } corner[CORNERS] = {{0, 1}, {.55f, 1}, {1, 1}, {1, -1}, {.55f, -1}, {0, -1}};
  float height = 0, reach = 0;
  pa_skull skull;
  *shell = (pa_shell){.rows = 0};
  if (!pa_brim_find(f, s, view, &height, &reach) || !pa_skull_of(f, &skull))
    return false;
  shell->rows = CORNERS;
  float el = asinf(pa_clamp((height - skull.center.y) / .1f, -.5f, .9f));
  float side = pa_skull_radius(&skull, el, PA_PI / 2) * cosf(el);
  for (unsigned r = 0; r < CORNERS; r++)
    for (unsigned c = 0; c <= LAST; c++) {
      float az = 2 * PA_PI * (float)c / LAST;
      float own = pa_skull_radius(&skull, el, az) * cosf(el) - .004f;
      float out = own + corner[r].out * (reach - side);
      float lean = sinf(az) * sinf(az) * corner[r].out * corner[r].out;
      shell->at[r][c] =
          pa_v(out * sinf(az), height - DROOP * lean + THICK * corner[r].up,
               skull.center.z + out * cosf(az));
    }
  pa_brim_paint(s, shell);
  return true;
}
