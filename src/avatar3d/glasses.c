#include "avatar3d/glasses.h"

#include <string.h>

#define ROWS 5
#define LAST (PA_SHELL_COLUMNS - 1)
#define FRONT PA_GLASSES_FRONT
#define ABOVE PA_GLASSES_ABOVE
#define BELOW PA_GLASSES_BELOW
#define ARM .003f /* half the height of an arm */
#define DARK .55f /* against the skin */
#define FEW 24    /* pixels: none */
#define SAMPLES 240
#define THROUGH .6f /* of what clear ones cover looks like skin */

bool pa_glasses_form_of(const pa_figure *f, pa_glasses_form *g) {
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

pa_vec pa_glasses_place(const pa_glasses_form *g, float t, float v) {
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

/* The colours of the glasses in the photo: all of them, and the darkest tenth;
 * and how much of them is like the skin, 0..1. */
static bool colors_of(const pa_sight *s, pa_rgb skin, pa_rgb *mean,
                      pa_rgb *dark, float *through) {
  const pa_person *p = &s->person;
  float sum[256][4] = {{0}}, all = 0, like = 0;
  for (int i = 0; i < SAMPLES * SAMPLES; i++) {
    int column = i % SAMPLES, row = i / SAMPLES;
    float x = p->x + p->width * ((float)column + .5f) / SAMPLES;
    float y = p->y + p->height * ((float)row + .5f) / SAMPLES;
    if (!pa_sight_is(s, PA_BIT(PA_LABEL_GLASSES), x, y)) continue;
    const uint8_t *c = s->image->rgba + 4 * ((size_t)y * s->width + (size_t)x);
    for (int k = 0; k < 3; k++)
      sum[c[1]][k] += c[k];
    sum[c[1]][3] += 1;
    like += pa_likeness(skin, (const float[]){c[0], c[1], c[2]}) > .5f;
    all++;
  }
  if (all < 8) return false;
  float v[4] = {0};
  for (int i = 0; i < 256; i++) {
    float before = v[3];
    for (int k = 0; k < 4; k++)
      v[k] += sum[i][k];
    if (before < all / 10 && v[3] >= all / 10)
      *dark = (pa_rgb){v[0] / v[3], v[1] / v[3], v[2] / v[3]};
  }
  *through = like / all;
  *mean = (pa_rgb){v[0] / all, v[1] / all, v[2] / all};
  return true;
}

bool pa_glasses_show_eyes(const pa_sight *s) {
  unsigned glasses = pa_sight_pixels(s, PA_BIT(PA_LABEL_GLASSES));
  unsigned left = pa_sight_pixels(s, PA_BIT(PA_LABEL_EYE_L));
  unsigned right = pa_sight_pixels(s, PA_BIT(PA_LABEL_EYE_R));
  return glasses >= FEW && left * 100 >= glasses && right * 100 >= glasses;
}

bool pa_glasses_are_dark(const pa_sight *s, const pa_outfit *o, pa_rgb *lens,
                         pa_rgb *rim) {
  if (pa_sight_pixels(s, PA_BIT(PA_LABEL_GLASSES)) < FEW) return false;
  const pa_rgb skin = o->swatches.skin;
  float through = 1;
  return colors_of(s, skin, lens, rim, &through) &&
         (lens->g < DARK * skin.g ||
          (through < THROUGH && !pa_glasses_show_eyes(s)));
}

bool pa_glasses_shell(const pa_figure *f, const pa_sight *s,
                      const pa_view *view, const pa_outfit *o,
                      pa_shell *shell) {
  pa_glasses_form g;
  *shell = (pa_shell){.rows = 0};
  pa_rgb rim;
  if (!view->face.count || !pa_glasses_are_dark(s, o, &shell->color, &rim) ||
      !pa_glasses_form_of(f, &g))
    return false;
  for (unsigned r = 0; r < ROWS; r++)
    for (unsigned c = 0; c <= LAST; c++)
      shell->at[r][c] =
          pa_glasses_place(&g, 1 - 2 * (float)c / LAST, (float)r / (ROWS - 1));
  shell->rows = ROWS;
  const float rect[4] = {.80f, .805f, .2f, .09f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = PA_SOURCE_GLASSES;
  shell->material = PA_MATERIAL_GLASSES;
  shell->cut = PA_CUT_GLASSES;
  return true;
}
