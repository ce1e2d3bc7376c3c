/* Pencil: strokes that are noise drawn out along the flow (line integral
 * convolution, Cabral and Leedom 1993; for pencil, Mao, Nagasaka and Imamiya
 * 2001), taken where they are darker than the photo is light; a second layer
 * across for shadows; lines; the grain of the paper. */
#include "avatar2d/photo_paint.h"

#define PAPER_L .965f
#define GRAPHITE_L .26f

/* Noise along the field, spread out to 0..1 with mean .5. */
static void draw_out(pa_photo *photo, uint32_t seed, int steps, float *noise,
                     float *spare, float *out) {
  float fine[PA_PHOTO_MOST];
  for (int y = 0; y < photo->side; y++) {
    float *row = noise + (size_t)y * (size_t)photo->side;
    pa_photo_noise(photo, 0, y, 2.2f, seed + 1, row);
    pa_photo_noise(photo, 0, y, 1, seed, fine);
    for (int x = 0; x < photo->side; x++)
      row[x] = .55f * fine[x] + .45f * row[x];
  }
  pa_photo_along(photo, noise, steps, spare, out);
  double sum = 0, square = 0, count = 1;
  for (size_t i = 0; i < photo->area; i++)
    if (photo->alpha[i] > 0)
      sum += out[i], square += (double)out[i] * out[i], count++;
  float mean = (float)(sum / count);
  float spread = sqrtf(fmaxf((float)(square / count) - mean * mean, 1e-8f));
  for (size_t i = 0; i < photo->area; i++)
    out[i] = pa_clamp(.5f + .24f * (out[i] - mean) / spread, 0, 1);
}

/* How much graphite a tone asks for. Skin is kept light, so that a face is
 * drawn by its features. */
static float wanted(const pa_photo *photo, size_t i) {
  float l = photo->l[i], skin = fmaxf(photo->skin, .45f);
  pa_photo_part part = photo->part[i];
  if (part == PA_PHOTO_SKIN || part == PA_PHOTO_FEATURE)
    l = pa_clamp(l * pa_mixf(1, .86f / skin, .75f), 0, 1);
  float dark = 1 - l;
  return pa_clamp(1.12f * dark * dark + .38f * dark - .02f, 0, 1);
}

static void turn_field(pa_photo *photo) {
  for (size_t i = 0; i < photo->area; i++) {
    float x = photo->tx[i], y = photo->ty[i];
    photo->tx[i] = .35f * x - .937f * y, photo->ty[i] = .937f * x + .35f * y;
  }
}

/* The drawing itself at one pixel: 0 the paper, 1 all graphite. */
static float ink_at(const pa_photo *photo, size_t i, float along, float across,
                    float paper) {
  float dark = wanted(photo, i);
  /* Each layer of strokes covers where its noise is below the tone. */
  float first = pa_step(-.2f, .38f, 1.25f * dark - .55f * along);
  float second = pa_step(-.1f, .4f, dark - .42f - .4f * across + .1f);
  float ink = .2f * dark + .5f * first * (.45f + .55f * dark) + .45f * second;
  ink += (.85f - ink) * .85f * photo->line[i] *
         (.35f + .65f * pa_step(.1f, .5f, dark + .3f));
  return pa_clamp(ink * (.82f + .36f * (1 - paper)), 0, 1);
}

/* A row of colours; green against red does not change along it. */
typedef struct row {
  float l[PA_PHOTO_MOST], a[PA_PHOTO_MOST], b[PA_PHOTO_MOST];
} row;

static float page_l(float paper) {
  return PAPER_L + .035f * (paper - .5f);
}

/* Loose hatching around the person, as it sets off light edges. */
PA_APART static void hatch_row(const pa_photo *photo, const float *blurred,
                               int y, const float *paper, row *colors,
                               uint8_t *background) {
  const float pixel = 1 / photo->scale;
  float flow[PA_PHOTO_MOST];
  pa_noise_cell fine = {0}, broad = {0};
  uint8_t *to = background + 4 * (size_t)y * (size_t)photo->side;
  pa_photo_turbulence(photo, 0, y, 120, 53, flow);
  for (int x = 0; x < photo->side; x++) {
    size_t i = (size_t)y * (size_t)photo->side + (size_t)x;
    float bg = 0, near = pa_step(.03f, .75f, blurred[i]);
    if (near > 0) {
      float u = pixel * ((float)x * .8f + (float)y * .6f);
      float v = pixel * ((float)y * .8f - (float)x * .6f);
      float hatch = pa_noise_near(&fine, u * .06f, v, 2.6f, 51) *
                    pa_noise_near(&broad, u * .02f, v, 9, 52);
      bg = pa_step(.22f, .55f, hatch) * near * pa_step(.15f, .5f, flow[x]) *
           .42f * (.7f + .6f * (1 - paper[x]));
    }
    colors->l[x] = pa_mixf(page_l(paper[x]), GRAPHITE_L, bg);
    colors->b[x] = .008f;
    to[4 * x + 3] = 255;
  }
  pa_lab_row(colors->l, colors->a, colors->b, (size_t)photo->side, to);
}

PA_APART static void draw_row(const pa_photo *photo, const float *along,
                              const float *across, int y, const float *paper,
                              row *colors, uint8_t *person) {
  const size_t from = (size_t)y * (size_t)photo->side;
  for (int x = 0; x < photo->side; x++) {
    size_t i = from + (size_t)x;
    if (photo->alpha[i] <= 0) continue;
    float ink = ink_at(photo, i, along[i], across[i], paper[x]);
    colors->l[x] = pa_mixf(page_l(paper[x]), GRAPHITE_L, ink * .97f);
    colors->b[x] = pa_mixf(.008f, -.006f, ink);
    person[4 * i + 3] = pa_byte(photo->alpha[i]);
  }
  pa_lab_row(colors->l, colors->a, colors->b, (size_t)photo->side,
             person + 4 * from);
}

void pa_photo_pencil(pa_photo *photo, uint8_t *person, uint8_t *background) {
  float *along = photo->scratch[0], *across = photo->scratch[1];
  float *noise = photo->scratch[2], *blurred = photo->scratch[3];
  float *spare = photo->scratch[4], paper[PA_PHOTO_MOST];
  row colors;
  draw_out(photo, 21, 10, noise, spare, along);
  turn_field(photo);
  draw_out(photo, 31, 7, noise, spare, across);
  pa_photo_ragged(photo, 70, .9f, 41);
  pa_blur(photo->alpha, blurred, photo->side, photo->side,
          pa_photo_radius(photo, 22));
  for (int x = 0; x < photo->side; x++)
    colors.a[x] = .001f;
  for (int y = 0; y < photo->side; y++) {
    pa_photo_paper(photo, y, paper);
    hatch_row(photo, blurred, y, paper, &colors, background);
    draw_row(photo, along, across, y, paper, &colors, person);
  }
  pa_photo_clear(photo, person);
}
