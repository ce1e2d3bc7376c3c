/* Oil: colours drawn out along the flow and sharpened across it (after
 * Kyprianidis and Kang 2011, "Image and video abstraction by
 * coherence-enhancing filtering"), and the relief of bristles, lit from the
 * upper left. */
#include "avatar2d/photo_paint.h"

static void sharpen(const pa_photo *photo, float *l, float *spare) {
  pa_blur(l, spare, photo->side, photo->side, pa_photo_radius(photo, 3));
  for (size_t i = 0; i < photo->area; i++) {
    float by = photo->part[i] == PA_PHOTO_FEATURE ? .6f : .75f;
    l[i] += by * pa_clamp(l[i] - spare[i], -.08f, .08f);
  }
}

/* Noise drawn out along the strokes: the paint's height. */
static void raise_bristles(pa_photo *photo, float *noise, float *spare,
                           float *height) {
  for (int y = 0; y < photo->side; y++)
    pa_photo_noise(photo, 0, y, 2.4f, 91,
                   noise + (size_t)y * (size_t)photo->side);
  pa_photo_along(photo, noise, 7, spare, height);
}

static float relief(const pa_photo *photo, const float *height, int x, int y) {
  const int side = photo->side, d = pa_photo_step(photo), down = d * side;
  if (x < d || y < d || x >= side - d || y >= side - d) return 0;
  const float *p = height + (size_t)y * (size_t)side + (size_t)x;
  return p[down + d] - p[-down - d];
}

/* Colours of a row. */
typedef struct row {
  float l[PA_PHOTO_MOST], a[PA_PHOTO_MOST], b[PA_PHOTO_MOST];
} row;

/* Broad strokes in a dark hue that the clothes do not have, lighter behind the
 * head. */
PA_APART static void paint_row(const pa_photo *photo, const float *hue, int y,
                               uint8_t *to) {
  float swing[PA_PHOTO_MOST];
  row colors;
  pa_noise_cell broad = {0}, fine = {0};
  const float pixel = 1 / photo->scale;
  pa_photo_noise(photo, 0, y, 150, 95, swing);
  for (int x = 0; x < photo->side; x++) {
    float fx = pixel * (float)x, fy = pixel * (float)y;
    float bend = 40 * swing[x], dx = fx - 256, dy = fy - 240;
    float u = .6f * fx - .8f * fy + bend, v = .8f * fx + .6f * fy + bend;
    float stroke = pa_noise_near(&broad, .16f * u, v, 15, 96) - .5f;
    float bristle = pa_noise_near(&fine, .05f * u, v, 3, 97) - .5f;
    float near = 1 - sqrtf(dx * dx + dy * dy) / 420;
    /* A turn by half the stroke, at most a quarter. */
    float turn = .5f * stroke, sine = turn - turn * turn * turn / 6;
    float cosine = 1 - .5f * turn * turn;
    colors.l[x] = .44f + .28f * near + .12f * stroke + .05f * bristle;
    colors.a[x] = .05f * (hue[0] * cosine - hue[1] * sine);
    colors.b[x] = .05f * (hue[1] * cosine + hue[0] * sine);
    to[4 * x + 3] = 255;
  }
  pa_lab_row(colors.l, colors.a, colors.b, (size_t)photo->side, to);
}

static void paint_background(const pa_photo *photo, uint8_t *background) {
  pa_oklab mean = {.5f, 0, 0};
  pa_photo_mean(photo, PA_PHOTO_UPPER, &mean);
  float hue = atan2f(mean.b, mean.a) + 2.9f;
  if (hypotf(mean.a, mean.b) < .03f) hue = -2.3f;
  const float turned[2] = {cosf(hue), sinf(hue)};
  for (int y = 0; y < photo->side; y++)
    paint_row(photo, turned, y,
              background + 4 * (size_t)y * (size_t)photo->side);
}

/* The paint on a row of the person, in place of its colours. */
PA_APART static void lay_row(const pa_photo *photo, const float *height, int y,
                             float *l, float *a, float *b, uint8_t *person) {
  const size_t from = (size_t)y * (size_t)photo->side;
  for (int x = 0; x < photo->side; x++) {
    size_t i = from + (size_t)x;
    if (photo->alpha[i] <= 0) continue;
    bool dear = photo->part[i] == PA_PHOTO_FEATURE;
    bool skin = photo->part[i] == PA_PHOTO_SKIN;
    float own = dear ? .5f : skin ? .35f : .1f;
    float thick = dear ? .25f : skin ? .6f : 1;
    float raised = height[i] - .5f, chroma = 1.3f + thick * .5f * raised;
    float tone = .04f + .98f * pa_mixf(l[i], photo->l[i], own);
    tone += thick * (.42f * relief(photo, height, x, y) + .22f * raised);
    l[i] = pa_clamp(tone, 0, 1), a[i] *= chroma, b[i] *= chroma;
    person[4 * i + 3] = pa_byte(pa_step(.15f, .85f, photo->alpha[i]));
  }
  pa_lab_row(l + from, a + from, b + from, (size_t)photo->side,
             person + 4 * from);
}

void pa_photo_oil(pa_photo *photo, uint8_t *person, uint8_t *background) {
  float *l = photo->scratch[0], *a = photo->scratch[1];
  float *b = photo->scratch[2], *spare = photo->scratch[3];
  float *height = photo->scratch[4], *drawn = photo->scratch[5];
  pa_photo_along(photo, photo->l, 4, spare, drawn);
  sharpen(photo, drawn, spare);
  pa_photo_along(photo, drawn, 3, NULL, l);
  sharpen(photo, l, spare);
  const int side = photo->side, radius = pa_photo_radius(photo, 2);
  pa_blur(photo->a, a, side, side, radius);
  pa_blur(photo->b, b, side, side, radius);
  raise_bristles(photo, drawn, spare, height);
  pa_photo_ragged(photo, 26, .2f, 92);
  paint_background(photo, background);
  for (int y = 0; y < side; y++)
    lay_row(photo, height, y, l, a, b, person);
  pa_photo_clear(photo, person);
}
