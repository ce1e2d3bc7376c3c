#include "avatar3d/skirt.h"

#include <string.h>

#define ROWS 16
#define SEEN .45f
#define SET                                                                    \
  (PA_BIT(PA_LABEL_DRESS) | PA_BIT(PA_LABEL_SKIRT) | PA_BIT(PA_LABEL_COAT))

pa_vec pa_skirt_map(const void *data, pa_vec p) {
  const pa_skirt_axis *a = data;
  float down = a->top - p.y;
  return pa_v(a->x + down * a->dx + p.x * a->nx,
              a->y + down * a->dy + p.x * a->ny, 0);
}

static bool find_axis(const pa_figure *f, const pa_sight *s,
                      const pa_view *view, pa_skirt_axis *a) {
  const pa_keypoint *k = s->person.keypoints;
  if (s->trust[PA_KP_LEFT_HIP] < SEEN || s->trust[PA_KP_RIGHT_HIP] < SEEN)
    return false;
  a->x = (k[PA_KP_LEFT_HIP].x + k[PA_KP_RIGHT_HIP].x) / 2;
  a->y = (k[PA_KP_LEFT_HIP].y + k[PA_KP_RIGHT_HIP].y) / 2;
  a->top = f->head[f->bone[PA_BONE_THIGH]].y;
  float scale = view->camera.scale, dx = 0, dy = scale;
  bool knees =
      s->trust[PA_KP_LEFT_KNEE] > SEEN && s->trust[PA_KP_RIGHT_KNEE] > SEEN;
  if (knees) {
    float drop = a->top - f->head[f->bone[PA_BONE_CALF]].y;
    dx = ((k[PA_KP_LEFT_KNEE].x + k[PA_KP_RIGHT_KNEE].x) / 2 - a->x) / drop;
    dy = ((k[PA_KP_LEFT_KNEE].y + k[PA_KP_RIGHT_KNEE].y) / 2 - a->y) / drop;
  }
  if (dy < .5f * scale) return false; /* seated, or from above */
  a->dx = dx, a->dy = dy;
  float length = hypotf(dx, dy);
  a->nx = scale * dy / length, a->ny = -scale * dx / length;
  return true;
}

static bool worn(const pa_sight *s, const pa_skirt_axis *a, pa_vec p) {
  pa_vec at = pa_skirt_map(a, p);
  return pa_sight_is(s, SET, at.x, at.y);
}

/* The lowest height at which the garment is seen on the axis or beside it. */
static float hem_of(const pa_sight *s, const pa_skirt_axis *a) {
  float hem = a->top;
  unsigned gap = 0;
  for (float y = a->top; y > .02f && gap < 6; y -= .01f) {
    unsigned seen = 0;
    for (float x = -.14f; x <= .141f; x += .02f)
      seen += worn(s, a, pa_v(x, y, 0));
    if (seen >= 5)
      hem = y, gap = 0;
    else
      gap++;
  }
  return hem;
}

static float half_width(const pa_sight *s, const pa_skirt_axis *a, float y,
                        float side, float least) {
  float last = 0;
  unsigned gap = 0;
  for (float x = .0f; x < .55f && gap < 8; x += .004f) {
    if (worn(s, a, pa_v(side * x, y, 0)))
      last = x, gap = 0;
    else
      gap++;
  }
  return pa_clamp(last, least, .5f);
}

/* The body's own half width and depth about a height. */
static void body_extent(const pa_figure *f, float y, float *wide, float *front,
                        float *back) {
  *wide = .08f, *front = .05f, *back = -.05f;
  for (unsigned i = 0; i < f->body->points; i++) {
    pa_region region = f->body->point[i].region;
    if (region != PA_REGION_TORSO && region != PA_REGION_LEG_L &&
        region != PA_REGION_LEG_R)
      continue;
    pa_vec p = f->point[i];
    if (fabsf(p.y - y) > .02f) continue;
    *wide = fmaxf(*wide, fabsf(p.x));
    *front = fmaxf(*front, p.z);
    *back = fminf(*back, p.z);
  }
}

bool pa_skirt_shell(const pa_figure *f, const pa_sight *s, const pa_view *view,
                    const pa_outfit *o, pa_skirt_axis *axis, pa_shell *shell) {
  shell->rows = 0;
  unsigned pixels = pa_sight_pixels(s, SET);
  if (pixels < 200 || !find_axis(f, s, view, axis)) return false;
  float hem = hem_of(s, axis);
  if (axis->top - hem < .12f) return false; /* it ends at the hips */
  float spine = f->head[f->bone[PA_BONE_SPINE_1]].y;
  float top = fmaxf(spine, axis->top + .06f);
  float wide[ROWS][2], front[ROWS], back[ROWS];
  for (int r = 0; r < ROWS; r++) {
    float y = top + (float)r / (ROWS - 1) * (hem - top), body;
    body_extent(f, y, &body, &front[r], &back[r]);
    for (int side = 0; side < 2; side++)
      wide[r][side] = half_width(s, axis, y, side ? -1.f : 1.f, body + .012f);
    if (r == 0) wide[r][0] = wide[r][1] = body + .006f;
    if (r > 0) { /* cloth hangs: it never draws in sharply */
      front[r] = fmaxf(front[r] + .012f, front[r - 1] - .004f);
      back[r] = fminf(back[r] - .012f, back[r - 1] + .004f);
      for (int side = 0; side < 2; side++)
        wide[r][side] = fmaxf(wide[r][side], wide[r - 1][side] - .008f);
    }
  }
  for (int r = 0; r < ROWS; r++) {
    float y = top + (float)r / (ROWS - 1) * (hem - top);
    float middle = (front[r] + back[r]) / 2;
    for (unsigned c = 0; c < PA_SHELL_COLUMNS; c++) {
      float az = 2 * PA_PI * (float)c / (PA_SHELL_COLUMNS - 1) + PA_PI;
      float w = wide[r][sinf(az) < 0];
      float deep = cosf(az) > 0 ? front[r] - middle : middle - back[r];
      deep = fmaxf(deep, .5f * fminf(wide[r][0], wide[r][1]));
      shell->at[r][c] = pa_v(w * sinf(az), y, middle + deep * cosf(az));
    }
  }
  shell->rows = ROWS;
  const float rect[4] = {.7f, .5f, .3f, .3f};
  memcpy(shell->uv, rect, sizeof rect);
  shell->source = PA_SOURCE_SKIRT;
  shell->material = PA_MATERIAL_BOTTOM;
  shell->color = o->swatches.bottom;
  return true;
}

void pa_skirt_skin(const pa_figure *f, pa_vec p, uint8_t bone[4],
                   uint8_t weight[4]) {
  float hip = f->head[f->bone[PA_BONE_THIGH]].y;
  float below = pa_smoothstep(0, .35f, hip - p.y) * .75f;
  float left = pa_smoothstep(-.12f, .12f, p.x);
  const unsigned bones[3] = {f->bone[PA_BONE_PELVIS], f->bone[PA_BONE_THIGH],
                             f->bone[PA_BONE_THIGH_R]};
  const float shares[3] = {1 - below, below * left, below * (1 - left)};
  pa_shell_weights(bones, shares, 3, bone, weight);
}
