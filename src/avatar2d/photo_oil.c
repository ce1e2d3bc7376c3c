/* Oil: colours drawn out along the flow and sharpened across it (after
 * Kyprianidis and Kang 2011, "Image and video abstraction by
 * coherence-enhancing filtering"), and the relief of bristles, lit from the
 * upper left. */
#include "avatar2d/photo_paint.h"

static void draw_out(pa_photo *photo, float *plane, int steps, float *spare) {
  pa_photo_along(photo, plane, steps, spare);
  memcpy(plane, spare, photo->area * sizeof *plane);
}

static void sharpen(const pa_photo *photo, float *l, float *spare) {
  pa_blur(l, spare, photo->side, photo->side, pa_photo_radius(photo, 3));
  for (size_t i = 0; i < photo->area; i++) {
    float by = photo->part[i] == PA_PHOTO_FEATURE ? .6f : .75f;
    l[i] += by * pa_clampf(l[i] - spare[i], -.08f, .08f);
  }
}

/* Noise drawn out along the strokes: the paint's height. */
static void raise_bristles(pa_photo *photo, float *noise, float *height) {
  for (int y = 0; y < photo->side; y++)
    pa_photo_noise(photo, 0, y, 2.4f, 91,
                   noise + (size_t)y * (size_t)photo->side);
  pa_photo_along(photo, noise, 7, height);
}

static float relief(const pa_photo *photo, const float *height, int x, int y) {
  const int side = photo->side, d = pa_photo_step(photo), down = d * side;
  if (x < d || y < d || x >= side - d || y >= side - d) return 0;
  const float *p = height + (size_t)y * (size_t)side + (size_t)x;
  return p[down + d] - p[-down - d];
}

/* Broad strokes in a dark hue that the clothes do not have, lighter behind the
 * head. */
static void paint_background(const pa_photo *photo, uint8_t *background) {
  pa_oklab mean = {.5f, 0, 0};
  pa_photo_mean(photo, PA_PHOTO_UPPER, &mean);
  float hue = atan2f(mean.b, mean.a) + 2.9f;
  if (hypotf(mean.a, mean.b) < .03f) hue = -2.3f;
  float swing[PA_PHOTO_MOST];
  const float pixel = 1 / photo->scale;
  for (int y = 0; y < photo->side; y++) {
    pa_photo_noise(photo, 0, y, 150, 95, swing);
    for (int x = 0; x < photo->side; x++) {
      uint8_t *to =
          background + 4 * ((size_t)y * (size_t)photo->side + (size_t)x);
      float fx = pixel * (float)x, fy = pixel * (float)y;
      float bend = 40 * swing[x];
      float u = .6f * fx - .8f * fy + bend, v = .8f * fx + .6f * fy + bend;
      float stroke = pa_noise(.16f * u, v, 15, 96);
      float bristle = pa_noise(.05f * u, v, 3, 97);
      float near = 1 - hypotf(fx - 256, fy - 240) / 420;
      float l =
          .44f + .28f * near + .12f * (stroke - .5f) + .05f * (bristle - .5f);
      float turn = hue + .5f * (stroke - .5f);
      pa_lab_bytes(l, .05f * cosf(turn), .05f * sinf(turn), to);
      to[3] = 255;
    }
  }
}

void pa_photo_oil(pa_photo *photo, uint8_t *person, uint8_t *background) {
  float *l = photo->scratch[0], *a = photo->scratch[1];
  float *b = photo->scratch[2], *spare = photo->scratch[3];
  float *height = photo->scratch[4];
  memcpy(l, photo->l, photo->area * sizeof *l);
  memcpy(a, photo->a, photo->area * sizeof *a);
  memcpy(b, photo->b, photo->area * sizeof *b);
  draw_out(photo, l, 4, spare);
  sharpen(photo, l, spare);
  draw_out(photo, l, 3, spare);
  sharpen(photo, l, spare);
  const int side = photo->side, radius = pa_photo_radius(photo, 2);
  pa_blur(a, a, side, side, radius);
  pa_blur(b, b, side, side, radius);
  raise_bristles(photo, spare, height);
  pa_photo_ragged(photo, 26, .2f, 92);
  paint_background(photo, background);
  for (int y = 0; y < photo->side; y++)
    for (int x = 0; x < photo->side; x++) {
      size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
      if (photo->alpha[i] <= 0) continue;
      bool dear = photo->part[i] == PA_PHOTO_FEATURE;
      float own = dear ? .5f : photo->part[i] == PA_PHOTO_SKIN ? .35f : .1f;
      float tone = pa_mixf(l[i], photo->l[i], own);
      tone = .04f + .98f * tone;
      float thick = dear ? .25f : photo->part[i] == PA_PHOTO_SKIN ? .6f : 1;
      tone += thick *
              (.42f * relief(photo, height, x, y) + .22f * (height[i] - .5f));
      float chroma = 1.3f + thick * .5f * (height[i] - .5f);
      uint8_t *to = person + 4 * i;
      pa_lab_bytes(pa_clampf(tone, 0, 1), chroma * a[i], chroma * b[i], to);
      to[3] = pa_byte(pa_step(.15f, .85f, photo->alpha[i]));
    }
  pa_photo_clear(photo, person);
}
