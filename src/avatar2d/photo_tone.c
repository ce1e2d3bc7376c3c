/* Light and noise: a photo as its owner would have wished it, before it is
 * painted over. Gentle: a face keeps its own complexion. */
#include <math.h>
#include <string.h>

#include "avatar2d/photo.h"
#include "avatar2d/photo_filter.h"

#define BINS 512
#define CURVE 1024

/* How many of the person's pixels are how light: all, and skin. */
typedef struct lights {
  uint32_t all[BINS], skin[BINS];
} lights;

PA_APART static void count_row(const pa_photo *photo, size_t from, size_t to,
                               lights *found) {
  for (size_t i = from; i < to; i++) {
    if (photo->alpha[i] < .9f || photo->fade[i] <= 0) continue;
    int bin = (int)(pa_clamp(photo->l[i], 0, 1) * (BINS - 1));
    found->all[bin]++;
    found->skin[bin] += photo->part[i] == PA_PHOTO_SKIN;
  }
}

static void count_lights(const pa_photo *photo, lights *found) {
  const size_t side = (size_t)photo->side;
  memset(found, 0, sizeof *found);
  for (size_t i = 0; i < photo->area; i += side)
    count_row(photo, i, i + side, found);
}

/* The lightness below which a share of the pixels lies; -1 without any. */
static float percentile(const uint32_t *bins, float share) {
  uint32_t count = 0, sum = 0;
  for (int i = 0; i < BINS; i++)
    count += bins[i];
  if (!count) return -1;
  for (int i = 0; i < BINS; i++) {
    sum += bins[i];
    if ((float)sum >= share * (float)count) return (float)i / (BINS - 1);
  }
  return 1;
}

/* Noise of a plane from a difference of Laplacians (Immerkaer 1996), over the
 * person; the median would be surer, the mean of what is small does. */
static float noise_of(const pa_photo *photo) {
  double sum = 0, count = 1;
  const int side = photo->side, d = pa_photo_step(photo), down = d * side;
  for (int y = d; y + d < side; y += 2 * d)
    for (int x = d; x + d < side; x += 2 * d) {
      size_t i = (size_t)y * (size_t)side + (size_t)x;
      const float *p = photo->l + i;
      if (photo->alpha[i] < .99f) continue;
      float v = p[-down - d] + p[-down + d] + p[down - d] + p[down + d] -
                2 * (p[-down] + p[down] + p[-d] + p[d]) + 4 * p[0];
      v = fabsf(v);
      if (v < .2f) sum += v, count++;
    }
  return (float)(sum / count) * 1.2533141f / 6;
}

/* The row from pixel `from` on. */
PA_APART static void bend_row(pa_photo *photo, const float *curve, float low,
                              float gain, size_t from) {
  for (size_t i = from; i < from + (size_t)photo->side; i++) {
    float l = CURVE * pa_clamp((photo->l[i] - low) * gain, 0, 1);
    int below = (int)l;
    float lit = pa_mixf(curve[below], curve[below + 1], l - (float)below);
    /* What is made lighter gains chroma with it. */
    float more = pa_clamp(lit / fmaxf(photo->l[i], .08f), .8f, 1.35f);
    photo->l[i] = lit;
    photo->a[i] *= more, photo->b[i] *= more;
  }
}

/* Black and white points, then a gamma for faces in the dark. */
static void expose(pa_photo *photo) {
  lights found;
  count_lights(photo, &found);
  float dark = percentile(found.all, .01f);
  float bright = percentile(found.all, .985f);
  if (dark < 0) return;
  bright = fmaxf(bright, dark + .2f);
  float low = .7f * fmaxf(dark - .1f, 0);
  float gain = pa_clamp(.93f / fmaxf(bright - low, .1f), .95f, 1.5f);
  float skin = percentile(found.skin, .5f);
  float gamma = 1;
  if (skin > 0) {
    float now = pa_clamp((skin - low) * gain, .05f, .98f);
    float wish = now < .62f ? now + .45f * (.62f - now) : now;
    if (now > .86f) wish = .86f + .4f * (now - .86f);
    gamma = pa_clamp(logf(wish) / logf(now), .7f, 1.3f);
  }
  float curve[CURVE + 2];
  for (int i = 0; i < CURVE + 2; i++)
    curve[i] = powf((float)i / CURVE, gamma);
  for (size_t i = 0; i < photo->area; i += (size_t)photo->side)
    bend_row(photo, curve, low, gain, i);
}

PA_APART static void detail_row(float *l, const float *base, float more,
                                size_t n) {
  for (size_t i = 0; i < n; i++)
    l[i] = pa_clamp(l[i] + more * (l[i] - base[i]), 0, 1);
}

void pa_photo_tone(pa_photo *photo) {
  float *const *scratch = photo->scratch;
  float noise = noise_of(photo);
  expose(photo);
  /* Colours follow the light's edges; their own noise goes. */
  const int side = photo->side, radius = pa_photo_radius(photo, 4);
  pa_guided(photo->l, photo->a, photo->a, side, side, radius, 1e-3f, scratch);
  pa_guided(photo->l, photo->b, photo->b, side, side, radius, 1e-3f, scratch);
  if (noise > .008f)
    pa_guided(photo->l, photo->l, photo->l, side, side,
              pa_photo_radius(photo, 2), 3 * noise * noise, scratch);
  float *base = scratch[6];
  pa_guided(photo->l, photo->l, base, side, side, pa_photo_radius(photo, 14),
            .02f, scratch);
  float more = noise > .02f ? .15f : .4f;
  for (size_t i = 0; i < photo->area; i += (size_t)side)
    detail_row(photo->l + i, base + i, more, (size_t)side);
  lights found;
  count_lights(photo, &found);
  float skin = percentile(found.skin, .5f);
  photo->skin = skin > 0 ? skin : .7f;
}
