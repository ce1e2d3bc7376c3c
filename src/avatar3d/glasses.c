#include "avatar3d/glasses.h"

#include <string.h>

#define ROWS 5
#define LAST (PA_SHELL_COLUMNS - 1)
#define FRONT .62f  /* of the columns: the rest are arms */
#define ABOVE .024f /* metres over the eyes, and below them */
#define BELOW .028f
#define ARM .003f /* half the height of an arm */
#define DARK .55f /* against the skin */

typedef struct frame {
  pa_vec bridge, outer, ear; /* of the left side */
  float y;
} frame;

static bool find_frame(const pa_figure *f, frame *g) {
  int bridge = pa_body_mark_find(f->body, 168);
  int outer = pa_body_mark_find(f->body, 263);
  int ear = pa_body_mark_find(f->body, 454);
  if (bridge < 0 || outer < 0 || ear < 0) return false;
  g->bridge = f->point[bridge];
  g->outer = f->point[outer];
  g->ear = f->point[ear];
  g->y = g->outer.y + .002f;
  return true;
}

/* t: -1 (last column) at the left ear, 1 at the right one; v: 0 above, 1 below.
 */
static pa_vec place(const frame *g, float t, float v) {
  float wide = g->ear.x + .001f, side = fabsf(t) / FRONT;
  float high = g->y + ABOVE - v * (ABOVE + BELOW);
  float corner = g->outer.z + .016f;
  if (side <= 1) {
    float x = side * wide, bend = fminf(1, x / fmaxf(g->outer.x, .02f));
    float nose = fmaxf(g->bridge.z + .005f, corner);
    float z =
        nose + bend * bend * (corner - nose) - .3f * fmaxf(0, x - g->outer.x);
    return pa_v(t < 0 ? x : -x, high, z);
  }
  float back = (fabsf(t) - FRONT) / (1 - FRONT);
  float start = corner - .3f * (wide - g->outer.x);
  float z = start + back * (g->ear.z - .012f - start);
  float arm = g->y + .006f + ARM * (1 - 2 * v);
  float y = high + pa_smoothstep(0, .12f, back) * (arm - high);
  return pa_v((t < 0 ? 1.f : -1.f) * (wide + .004f * back), y, z);
}

/* The median colour of the glasses; false when the photo shows none that are
 * dark. */
static bool is_dark(const pa_sight *s, const pa_outfit *o, pa_rgb *color) {
  if (pa_sight_pixels(s, PA_BIT(PA_LABEL_GLASSES)) < 24) return false;
  const pa_person *p = &s->person;
  float sum[3] = {0}, all = 0;
  for (int i = 0; i < 240 * 240; i++) {
    int column = i % 240, row = i / 240;
    float x = p->x + p->width * ((float)column + .5f) / 240;
    float y = p->y + p->height * ((float)row + .5f) / 240;
    if (!pa_sight_is(s, PA_BIT(PA_LABEL_GLASSES), x, y)) continue;
    const uint8_t *c = s->image->rgba + 4 * ((size_t)y * s->width + (size_t)x);
    for (int k = 0; k < 3; k++)
      sum[k] += c[k];
    all++;
  }
  if (all < 8) return false;
  *color = (pa_rgb){sum[0] / all, sum[1] / all, sum[2] / all};
  return color->g < DARK * o->swatches.skin.g;
}

bool pa_glasses_shell(const pa_figure *f, const pa_sight *s,
                      const pa_view *view, const pa_outfit *o,
                      pa_shell *shell) {
  frame g;
  *shell = (pa_shell){.rows = 0};
  if (!view->face.count || !is_dark(s, o, &shell->color) || !find_frame(f, &g))
    return false;
  for (unsigned r = 0; r < ROWS; r++)
    for (unsigned c = 0; c <= LAST; c++)
      shell->at[r][c] =
          place(&g, 1 - 2 * (float)c / LAST, (float)r / (ROWS - 1));
  shell->rows = ROWS;
  const float rect[4] = {.80f, .805f, .2f, .09f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = PA_SOURCE_GLASSES;
  shell->material = PA_MATERIAL_GLASSES;
  shell->cut = PA_CUT_GLASSES;
  return true;
}
