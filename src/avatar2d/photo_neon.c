/* Night and signs: the photo graded to two hues, lit from both sides, and tubes
 * of light along the borders of parts. Light adds up, in sRGB values as a
 * screen blend does. */
#include "avatar2d/photo_paint.h"

static const float magenta[3] = {1, .12f, .62f}, cyan[3] = {.08f, .86f, 1};

static void light(float *rgb, const float *color, float amount) {
  for (int c = 0; c < 3; c++)
    rgb[c] = 1 - (1 - rgb[c]) * (1 - pa_clampf(color[c] * amount, 0, 1));
}

static void hue_at(float x, float y, float *color) {
  float t = pa_step(130, 382, x + .12f * (y - 256));
  for (int c = 0; c < 3; c++)
    color[c] = pa_mixf(magenta[c], cyan[c], t);
}

/* Tubes: thin along the seams, thinner along the photo's own contours. */
static void lay_tubes(const pa_photo *photo, const float *inner, float *tubes,
                      float *near, float *far) {
  pa_photo_seams(photo, tubes);
  for (size_t i = 0; i < photo->area; i++) {
    bool fine = photo->part[i] == PA_PHOTO_HAIR ||
                photo->part[i] == PA_PHOTO_SKIN ||
                photo->part[i] == PA_PHOTO_FEATURE;
    float own = (fine ? .25f : .6f) * photo->line[i];
    /* A face has no bright rim of its own. */
    float bright =
        fine ? pa_mixf(1.7f, .5f, pa_step(.7f, .97f, inner[i])) : 1.7f;
    tubes[i] =
        fminf(bright * tubes[i] + own, 1) * pa_step(0, .8f, photo->fade[i]);
  }
  const int side = photo->side;
  pa_blur(tubes, near, side, side, pa_photo_radius(photo, 4));
  pa_blur(tubes, far, side, side, pa_photo_radius(photo, 14));
}

static void paint_night(const pa_photo *photo, const float *near,
                        const float *far, const float *halo,
                        uint8_t *background) {
  /* Lamps out of focus. */
  float lamps[14][4];
  for (uint32_t k = 0; k < 14; k++) {
    lamps[k][0] = 512 * pa_hash(k, 1, 81);
    lamps[k][1] = 420 * pa_hash(k, 2, 81);
    lamps[k][2] = 14 + 30 * pa_hash(k, 3, 81);
    lamps[k][3] = .05f + .13f * pa_hash(k, 4, 81);
  }
  const float pixel = 1 / photo->scale;
  for (int y = 0; y < photo->side; y++)
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      float px = pixel * (float)x, py = pixel * (float)y;
      float fy = py / PA_CANVAS, color[3];
      float rgb[3] = {.05f + .1f * fy, .03f + .02f * fy, .13f + .1f * fy};
      for (int k = 0; k < 14; k++) {
        float dx = px - lamps[k][0], dy = py - lamps[k][1];
        float d = dx * dx + dy * dy, rim = lamps[k][2] + 2;
        if (d > rim * rim) continue;
        float in = 1 - pa_step(rim - 4, rim, sqrtf(d));
        if (in > 0) light(rgb, k % 2 ? magenta : cyan, in * lamps[k][3]);
      }
      hue_at(px, py, color);
      light(rgb, color, .42f * halo[i] + 1.5f * far[i] + 1.1f * near[i]);
      for (int c = 0; c < 3; c++)
        background[4 * i + (size_t)c] = pa_byte(rgb[c]);
      background[4 * i + 3] = 255;
    }
}

/* The photo at night: dark, blue in the shadows, its own colours by half. */
static void grade(const pa_photo *photo, size_t i, float *rgb) {
  uint8_t bytes[3];
  float k = fmaxf(photo->skin, .5f);
  float l = pa_clampf(photo->l[i] * pa_mixf(1, .74f / k, .7f), 0, 1);
  l = .1f + .74f * l * (.45f + .55f * l);
  float shadow = 1 - pa_step(.1f, .6f, l);
  pa_lab_bytes(l, .62f * photo->a[i] + .02f + .02f * shadow,
               .5f * photo->b[i] - .035f - .06f * shadow, bytes);
  for (int c = 0; c < 3; c++)
    rgb[c] = (float)bytes[c] / 255;
}

static void paint_person(const pa_photo *photo, const float *tubes,
                         const float *near, const float *far,
                         const float *inner, uint8_t *person) {
  static const float white[3] = {1, .96f, 1};
  const float pixel = 1 / photo->scale;
  const int near_by = (int)(6 * photo->scale);
  for (int y = 0; y < photo->side; y++)
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      if (photo->alpha[i] <= 0) continue;
      float rgb[3], color[3];
      grade(photo, i, rgb);
      /* The side that faces a sign: the slope of the blurred mask. */
      size_t left = x >= near_by ? i - (size_t)near_by : i;
      size_t right = x < photo->side - near_by ? i + (size_t)near_by : i;
      float slope = inner[right] - inner[left];
      float lit = .2f + 1.1f * photo->l[i];
      light(rgb, magenta, pa_clampf(1.9f * slope, 0, .85f) * lit);
      light(rgb, cyan, pa_clampf(-1.9f * slope, 0, .85f) * lit);
      float side = (pixel * (float)x - 256) / 256;
      light(rgb, side < 0 ? magenta : cyan, .3f * fabsf(side) * photo->l[i]);
      hue_at(pixel * (float)x, pixel * (float)y, color);
      light(rgb, color, .9f * near[i] + .8f * far[i]);
      light(rgb, color, .9f * tubes[i]);
      light(rgb, white, .55f * pa_step(.45f, 1, tubes[i]));
      for (int c = 0; c < 3; c++)
        person[4 * i + (size_t)c] = pa_byte(rgb[c]);
      person[4 * i + 3] = pa_byte(photo->alpha[i]);
    }
}

void pa_photo_neon(pa_photo *photo, uint8_t *person, uint8_t *background) {
  float *tubes = photo->scratch[0], *near = photo->scratch[1];
  float *far = photo->scratch[2], *inner = photo->scratch[3];
  float *halo = photo->scratch[4];
  for (size_t i = 0; i < photo->area; i++)
    photo->alpha[i] *= pa_step(.05f, 1, photo->fade[i]);
  const int side = photo->side;
  pa_blur(photo->alpha, inner, side, side, pa_photo_radius(photo, 7));
  lay_tubes(photo, inner, tubes, near, far);
  pa_blur(photo->alpha, halo, side, side, pa_photo_radius(photo, 40));
  paint_night(photo, near, far, halo, background);
  paint_person(photo, tubes, near, far, inner, person);
  pa_photo_clear(photo, person);
}
