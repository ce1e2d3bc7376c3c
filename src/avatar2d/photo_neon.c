/* Night and signs: the photo graded to two hues, lit from both sides, and tubes
 * of light along the borders of parts. Light adds up, in sRGB values as a
 * screen blend does. */
#include "avatar2d/photo_paint.h"

static const float magenta[3] = {1, .12f, .62f}, cyan[3] = {.08f, .86f, 1};

static void light(float *rgb, const float *color, float amount) {
  for (int c = 0; c < 3; c++)
    rgb[c] = 1 - (1 - rgb[c]) * (1 - pa_clamp(color[c] * amount, 0, 1));
}

static void hue_at(float x, float y, float *color) {
  float t = pa_step(130, 382, x + .12f * (y - 256));
  for (int c = 0; c < 3; c++)
    color[c] = pa_mixf(magenta[c], cyan[c], t);
}

/* A wide blur, on a halved plane. */
static void blur_broadly(const pa_photo *photo, const float *in, float *out,
                         float radius) {
  float *plane = photo->scratch[5];
  const int side = photo->side, half = side / 2;
  pa_halve(in, plane, side, side);
  pa_blur(plane, plane, half, half, pa_photo_radius(photo, radius) / 2);
  pa_double(plane, out, side, side);
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
  blur_broadly(photo, near, far, 13);
}

#define LAMPS 14

typedef struct lamp {
  float x, y, radius, light;
} lamp;

/* Lamps out of focus. */
static void hang_lamps(lamp *lamps) {
  for (uint32_t k = 0; k < LAMPS; k++)
    lamps[k] =
        (lamp){512 * pa_hash(k, 1, 81), 420 * pa_hash(k, 2, 81),
               16 + 30 * pa_hash(k, 3, 81), .05f + .13f * pa_hash(k, 4, 81)};
}

/* Adds the lamps that a row crosses. */
PA_APART static void light_row(const pa_photo *photo, const lamp *lamps,
                               float y, float (*rgb)[3]) {
  const float pixel = 1 / photo->scale;
  for (int k = 0; k < LAMPS; k++) {
    const lamp *p = &lamps[k];
    float dy = y - p->y, high = p->radius * p->radius - dy * dy;
    if (high <= 0) continue;
    float half = sqrtf(high);
    int to = (int)((p->x + half) * photo->scale) + 1;
    if (to > photo->side) to = photo->side;
    for (int x = (int)fmaxf((p->x - half) * photo->scale, 0); x < to; x++) {
      float dx = pixel * (float)x - p->x, d = sqrtf(dx * dx + dy * dy);
      float in = 1 - pa_step(p->radius - 4, p->radius, d);
      light(rgb[x], k % 2 ? magenta : cyan, in * p->light);
    }
  }
}

static void paint_night(const pa_photo *photo, const float *near,
                        const float *far, const float *halo,
                        uint8_t *background) {
  lamp lamps[LAMPS];
  float night[PA_PHOTO_MOST][3];
  const float pixel = 1 / photo->scale;
  hang_lamps(lamps);
  for (int y = 0; y < photo->side; y++) {
    float py = pixel * (float)y, fy = py / PA_CANVAS;
    for (int x = 0; x < photo->side; x++) {
      night[x][0] = .05f + .1f * fy, night[x][1] = .03f + .02f * fy;
      night[x][2] = .13f + .1f * fy;
    }
    light_row(photo, lamps, py, night);
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      float color[3];
      hue_at(pixel * (float)x, py, color);
      light(night[x], color, .42f * halo[i] + 1.5f * far[i] + 1.1f * near[i]);
      for (size_t c = 0; c < 3; c++)
        background[4 * i + c] = pa_byte(night[x][c]);
      background[4 * i + 3] = 255;
    }
  }
}

/* A row of the photo at night: dark, blue in the shadows, its own colours by
 * half. */
PA_APART static void grade(const pa_photo *photo, size_t from, uint8_t *rgba) {
  float l[PA_PHOTO_MOST], a[PA_PHOTO_MOST], b[PA_PHOTO_MOST];
  const float gain = pa_mixf(1, .74f / fmaxf(photo->skin, .5f), .7f);
  for (int x = 0; x < photo->side; x++) {
    size_t i = from + (size_t)x;
    float lit = pa_clamp(photo->l[i] * gain, 0, 1);
    l[x] = .1f + .74f * lit * (.45f + .55f * lit);
    float shadow = 1 - pa_step(.1f, .6f, l[x]);
    a[x] = .62f * photo->a[i] + .02f + .02f * shadow;
    b[x] = .5f * photo->b[i] - .035f - .06f * shadow;
  }
  pa_lab_row(l, a, b, (size_t)photo->side, rgba);
}

/* Planes of light, and of the blurred person. */
typedef struct planes {
  const float *tubes, *near, *far, *inner;
} planes;

PA_APART static void light_place(const pa_photo *photo, const planes *p, int x,
                                 int y, float *rgb) {
  static const float white[3] = {1, .96f, 1};
  const float pixel = 1 / photo->scale;
  const int near_by = (int)(6 * photo->scale);
  size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
  float color[3];
  /* The side that faces a sign: the slope of the blurred mask. */
  size_t left = x >= near_by ? i - (size_t)near_by : i;
  size_t right = x < photo->side - near_by ? i + (size_t)near_by : i;
  float slope = 1.9f * (p->inner[right] - p->inner[left]);
  float lit = .2f + 1.1f * photo->l[i];
  if (slope > 0) light(rgb, magenta, fminf(slope, .85f) * lit);
  if (slope < 0) light(rgb, cyan, fminf(-slope, .85f) * lit);
  float side = (pixel * (float)x - 256) / 256;
  light(rgb, side < 0 ? magenta : cyan, .3f * fabsf(side) * photo->l[i]);
  hue_at(pixel * (float)x, pixel * (float)y, color);
  light(rgb, color, .9f * p->near[i] + .8f * p->far[i]);
  if (p->tubes[i] <= 0) return;
  light(rgb, color, .9f * p->tubes[i]);
  light(rgb, white, .55f * pa_step(.45f, 1, p->tubes[i]));
}

static void paint_person(const pa_photo *photo, const planes *p,
                         uint8_t *person) {
  for (int y = 0; y < photo->side; y++) {
    const size_t from = (size_t)y * (size_t)photo->side;
    grade(photo, from, person + 4 * from);
    for (int x = 0; x < photo->side; x++) {
      size_t i = from + (size_t)x;
      uint8_t *to = person + 4 * i;
      if (photo->alpha[i] <= 0) continue;
      float rgb[3];
      for (int c = 0; c < 3; c++)
        rgb[c] = (float)to[c] * (1 / 255.f);
      light_place(photo, p, x, y, rgb);
      for (int c = 0; c < 3; c++)
        to[c] = pa_byte(rgb[c]);
      to[3] = pa_byte(photo->alpha[i]);
    }
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
  blur_broadly(photo, photo->alpha, halo, 40);
  paint_night(photo, near, far, halo, background);
  paint_person(photo, &(planes){tubes, near, far, inner}, person);
  pa_photo_clear(photo, person);
}
