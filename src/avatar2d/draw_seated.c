/* Who sits, seen from the front: thighs come towards the eye, shins hang. */
#include "avatar2d/draw_body.h"

#define KNEE_SITS 508.f
#define ANKLE_SITS 690.f

/* Something to sit on. */
static void draw_seat(pa_draw *draw) {
  float s = draw->traits->shoulders;
  pa_color wood = pa_draw_color(draw, pa_hex(0xa98f78));
  pa_picture_begin(draw->picture, "seat", PA_NO_PATH);
  size_t path = pa_picture_path(draw->picture);
  pa_picture_rect(draw->picture, -.98f * s, HIPS + 40, 1.96f * s,
                  ANKLE_SITS - 8 - HIPS, 18);
  pa_draw_part(draw, path, wood);
  pa_picture_end(draw->picture);
}

/* From the knee down to y = `to`, both legs; `loose`: wider than the leg. */
static size_t shins(pa_picture *p, float s, float to, float loose) {
  size_t path = pa_picture_path(p);
  for (int side = -1; side <= 1; side += 2) {
    float k = (float)side, x = k * .45f * s;
    pa_vec v[] = {{x - k * (30 + loose), KNEE_SITS - 14},
                  {x - k * (24 + loose), KNEE_SITS + 70},
                  {x - k * (18 + loose), to},
                  {x - k * (18 + loose), to},
                  {x + k * (18 + loose), to},
                  {x + k * (18 + loose), to},
                  {x + k * (26 + loose), KNEE_SITS + 70},
                  {x + k * (34 + loose), KNEE_SITS - 14}};
    pa_picture_smooth(p, v, sizeof v / sizeof *v, true);
  }
  return path;
}

/* Hips and thighs, as far as the knees. */
static size_t lap(pa_picture *p, float s, float to, float loose) {
  pa_vec v[] = {{.7f * s, WAIST},
                {.7f * s, WAIST},
                {.8f * s + loose, HIPS},
                {.84f * s + loose, to - 40},
                {.8f * s + loose, to},
                {.45f * s, to + 17},
                {.12f * s, to + 4},
                {0, to - 26},
                {0, to - 26},
                {-.12f * s, to + 4},
                {-.45f * s, to + 17},
                {-.8f * s - loose, to},
                {-.84f * s - loose, to - 40},
                {-.8f * s - loose, HIPS},
                {-.7f * s, WAIST},
                {-.7f * s, WAIST}};
  size_t path = pa_picture_path(p);
  pa_picture_smooth(p, v, sizeof v / sizeof *v, true);
  return path;
}

void pa_body_seated(pa_draw *draw) {
  const pa_traits *t = draw->traits;
  pa_picture *p = draw->picture;
  float s = t->shoulders;
  bool dress = t->upper.kind == PA_GARMENT_DRESS;
  bool skirt = dress || t->lower.kind == PA_LOWER_SKIRT;
  pa_color cloth = pa_draw_color(draw, dress ? t->upper.color : t->lower.color);
  draw_seat(draw);
  pa_picture_begin(p, "legs", PA_NO_PATH);
  pa_draw_part(draw, shins(p, s, ANKLE_SITS, 0), draw->skin);
  pa_body_shoes(draw, .45f * s, ANKLE_SITS);
  if (t->lower.kind == PA_LOWER_PANTS && !skirt)
    pa_draw_part(draw, shins(p, s, ANKLE_SITS + 2, 5), cloth);
  bool bare = t->lower.kind == PA_LOWER_NONE && !skirt;
  pa_draw_part(draw, lap(p, s, KNEE_SITS, 0), bare ? draw->skin : cloth);
  pa_picture_end(p);
}
