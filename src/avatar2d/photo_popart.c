/* Pop art: every part in four flat colours of its own, the middle two joined by
 * a printer's dots (a halftone screen at 45 degrees), black ink on top. */
#include "avatar2d/photo_paint.h"

typedef struct ramp {
  unsigned tones[4]; /* dark to light */
  float levels[3];   /* where one goes over into the next */
} ramp;

static const ramp skin = {{0x7a1f4b, 0xf0606a, 0xffc2a0, 0xfff0dc},
                          {.5f, .8f, 1.14f}};
/* Of dark skin; between the two where it is brown. */
static const ramp deep_skin = {{0x33113a, 0x93382f, 0xc27745, 0xf3bf86},
                               {.5f, .8f, 1.14f}};
static const ramp dark_hair = {{0x14103a, 0x2b2a8c, 0x3f6fe0, 0x8fd0ff},
                               {.27f, .42f, .6f}};
static const ramp light_hair = {{0x8c3a12, 0xf09a1a, 0xffd02e, 0xfff3a6},
                                {.38f, .6f, .82f}};
static const ramp cloths[] = {
    {{0x0b4a4f, 0x0fa3a3, 0x4fdcc8, 0xd2fff2}, {.3f, .5f, .76f}},
    {{0x5a0a4a, 0xc9187a, 0xff5fa8, 0xffd3e8}, {.3f, .5f, .76f}},
    {{0x123a7a, 0x1f7ae0, 0x6db8ff, 0xdff0ff}, {.3f, .5f, .76f}},
    {{0x5b2a8c, 0x8e5be8, 0xc0a2ff, 0xefe6ff}, {.3f, .5f, .76f}},
};
static const ramp thing = {{0x16121c, 0x3a3346, 0xb8aec8, 0xffffff},
                           {.28f, .45f, .7f}};
#define INK 0x16121c
#define DOTS 7.f /* pixels of PA_CANVAS between two dots */

static float channel(unsigned rgb, int c) {
  return (float)(rgb >> (16 - 8 * c) & 255) / 255;
}

/* v - floorf(v), which is a call where there is no SSE 4. */
static float within(float v) {
  float rest = v - (float)(int)v;
  return rest < 0 ? rest + 1 : rest;
}

/* Coverage of a dot that prints `share` of the area, 0..1. */
static float screen(float x, float y, float pitch, float share) {
  float u = (x + y) * .70710678f / pitch;
  float v = (x - y) * .70710678f / pitch;
  u = within(u) - .5f, v = within(v) - .5f;
  float d = sqrtf(u * u + v * v), r = .75f * sqrtf(pa_clamp(share, 0, 1));
  return pa_step(-.8f / pitch, .8f / pitch, r - d);
}

static unsigned blend(unsigned a, unsigned b, float t) {
  unsigned mixed = 0;
  for (int c = 0; c < 3; c++)
    mixed = mixed << 8 | pa_byte(pa_mixf(channel(a, c), channel(b, c), t));
  return mixed;
}

static ramp skin_ramp(const pa_photo *photo) {
  ramp own = skin;
  float light = pa_clamp((photo->skin - .52f) / .07f, 0, 1);
  for (int k = 0; k < 4; k++)
    own.tones[k] = blend(deep_skin.tones[k], skin.tones[k], light);
  for (int k = 0; k < 3; k++)
    own.levels[k] *= pa_mixf(photo->skin, .72f, .25f);
  return own;
}

static void choose_ramps(const pa_photo *photo, ramp *ramps) {
  pa_oklab mean;
  for (int part = 0; part < PA_PHOTO_PARTS; part++)
    ramps[part] = thing;
  ramps[PA_PHOTO_SKIN] = ramps[PA_PHOTO_FEATURE] = skin_ramp(photo);
  bool light = pa_photo_mean(photo, PA_PHOTO_HAIR, &mean) && mean.l > .5f;
  ramps[PA_PHOTO_HAIR] = light ? light_hair : dark_hair;
  /* The clothes' own hue chooses. */
  int first = 0;
  if (pa_photo_mean(photo, PA_PHOTO_UPPER, &mean) &&
      hypotf(mean.a, mean.b) > .03f)
    first = mean.a > 0 ? 1 : 0;
  ramps[PA_PHOTO_UPPER] = cloths[first];
  ramps[PA_PHOTO_COAT] = cloths[1 - first];
  ramps[PA_PHOTO_LOWER] = cloths[2];
  ramps[PA_PHOTO_HAT] = ramps[PA_PHOTO_SHOES] = cloths[3];
}

PA_APART static void print(const ramp *r, float l, float x, float y,
                           float *rgb) {
  float deep = pa_step(r->levels[0] + .025f, r->levels[0] - .025f, l);
  float high = pa_step(r->levels[2] - .025f, r->levels[2] + .025f, l);
  float from = r->levels[0], to = r->levels[2];
  float share =
      1.25f * (r->levels[1] + .55f * (to - r->levels[1]) - l) / (to - from) +
      .12f;
  float dot = share >= .8f ? 1 : share > .04f ? screen(x, y, DOTS, share) : 0;
  for (int c = 0; c < 3; c++) {
    float v = pa_mixf(channel(r->tones[2], c), channel(r->tones[1], c), dot);
    v = pa_mixf(v, channel(r->tones[3], c), high);
    rgb[c] = pa_mixf(v, channel(r->tones[0], c), deep);
  }
}

#define SHADES 255 /* between the two colours of the background */

/* How much of each pixel of a row the background's dots cover. */
PA_APART static void find_dots(const pa_photo *photo, int y, float *dots) {
  const float pixel = 1 / photo->scale, v = (float)y * pixel, dv = v - 230;
  for (int x = 0; x < photo->side; x++) {
    float u = (float)x * pixel, du = u - 256;
    float far = sqrtf(du * du + dv * dv) * (1 / 360.f);
    dots[x] = screen(u, v, 15, .62f * pa_step(.35f, 1.15f, far));
  }
}

static void paint_background(const pa_photo *photo, uint8_t *background) {
  pa_oklab mean = {0, 0, 0};
  bool warm = pa_photo_mean(photo, PA_PHOTO_HAIR, &mean) && mean.l > .5f;
  unsigned ground = warm ? 0x35c4f0 : 0xffd21f;
  unsigned dotted = warm ? 0x1b7fd0 : 0xff8a1f;
  uint8_t shades[SHADES + 1][4];
  float dots[PA_PHOTO_MOST];
  for (int i = 0; i <= SHADES; i++) {
    unsigned rgb = blend(ground, dotted, (float)i / SHADES);
    shades[i][0] = (uint8_t)(rgb >> 16), shades[i][1] = (uint8_t)(rgb >> 8);
    shades[i][2] = (uint8_t)rgb, shades[i][3] = 255;
  }
  for (int y = 0; y < photo->side; y++) {
    uint8_t *to = background + 4 * (size_t)y * (size_t)photo->side;
    find_dots(photo, y, dots);
    for (int x = 0; x < photo->side; x++)
      memcpy(to + 4 * x, shades[pa_byte(dots[x])], 4);
  }
}

void pa_photo_popart(pa_photo *photo, uint8_t *person, uint8_t *background) {
  float *seams = photo->scratch[6], *l = photo->scratch[7];
  ramp ramps[PA_PHOTO_PARTS];
  const float pixel = 1 / photo->scale;
  choose_ramps(photo, ramps);
  paint_background(photo, background);
  pa_guided(photo->l, photo->l, l, photo->side, photo->side,
            pa_photo_radius(photo, 5), .0015f, photo->scratch);
  pa_photo_seams(photo, seams);
  for (int y = 0; y < photo->side; y++)
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      float alpha = pa_step(.25f, .75f, photo->alpha[i]), rgb[3];
      /* Towards the photo's edge the dots of the print grow thin. */
      float fade = photo->fade[i];
      float u = (float)x * pixel, v = (float)y * pixel;
      if (fade < 1) alpha *= fade > 0 ? screen(u, v, DOTS + 3, 1.2f * fade) : 0;
      if (alpha <= 0) continue;
      print(&ramps[photo->part[i]], l[i], u, v, rgb);
      float ink = fmaxf(pa_step(.3f, .75f, photo->line[i]),
                        pa_step(.2f, .5f, seams[i]));
      for (int c = 0; c < 3; c++)
        person[4 * i + (size_t)c] =
            pa_byte(pa_mixf(rgb[c], channel(INK, c), ink));
      person[4 * i + 3] = pa_byte(alpha);
    }
  pa_photo_clear(photo, person);
}
