/* Where contours run, and ink along them: the smoothed structure tensor's
 * minor eigenvector (Brox et al. 2006, Kyprianidis and Doellner 2008) in place
 * of Kang's iterated edge tangent flow, and XDoG (Winnemoeller, Kyprianidis
 * and Olsen 2012) whose difference of Gaussians is smoothed along the flow
 * (Kang, Lee and Chui 2007). */
#include <math.h>
#include <string.h>

#include "avatar2d/photo.h"
#include "avatar2d/photo_filter.h"

/* A row's share of the products, into the cells from `cells` on. */
PA_APART static void add_products(const float *p, int side, int d, size_t cells,
                                  float *xx, float *xy, float *yy) {
  const int down = d * side;
  for (int x = d; x + d < side; x++) {
    const float *up = p + x - down, *here = p + x, *low = p + x + down;
    float gx = up[d] + 2 * here[d] + low[d] - up[-d] - 2 * here[-d] - low[-d];
    float gy = low[-d] + 2 * low[0] + low[d] - up[-d] - 2 * up[0] - up[d];
    size_t i = cells + (size_t)(x / 2);
    xx[i] += .25f * gx * gx, xy[i] += .25f * gx * gy, yy[i] += .25f * gy * gy;
  }
}

/* Products of the gradients, means over 2 x 2 pixels. */
static void find_tensor(const pa_photo *photo, float *xx, float *xy,
                        float *yy) {
  const int side = photo->side, d = pa_photo_step(photo);
  const int half = side / 2;
  memset(xx, 0, photo->area / 4 * sizeof *xx);
  memset(xy, 0, photo->area / 4 * sizeof *xy);
  memset(yy, 0, photo->area / 4 * sizeof *yy);
  for (int y = d; y + d < side; y++)
    add_products(photo->l + (size_t)y * (size_t)side, side, d,
                 (size_t)(y / 2) * (size_t)half, xx, xy, yy);
}

/* Blurred and brought back to the full size. */
static void spread(const pa_photo *photo, float *plane, float *out) {
  const int half = photo->side / 2;
  int radius = pa_photo_radius(photo, 3) / 2;
  pa_blur(plane, plane, half, half, radius > 1 ? radius : 1);
  pa_double(plane, out, photo->side, photo->side);
}

/* Strokes of a hand where nothing leads them: from low left to high right. */
#define HAND_X .6f
#define HAND_Y (-.8f)
#define HAND_WEIGHT .004f

PA_APART static void find_row(pa_photo *photo, size_t from, size_t to) {
  const float *xx = photo->scratch[0], *xy = photo->scratch[1];
  const float *yy = photo->scratch[2];
  for (size_t i = from; i < to; i++) {
    /* A gradient across the hand's way. Hair leads with less. */
    float w = photo->part[i] == PA_PHOTO_HAIR ? .1f * HAND_WEIGHT : HAND_WEIGHT;
    float e = xx[i] + w * HAND_Y * HAND_Y, g = yy[i] + w * HAND_X * HAND_X;
    float f = xy[i] - w * HAND_X * HAND_Y;
    float root = sqrtf((e - g) * (e - g) + 4 * f * f);
    float x = 2 * f, y = g - e - root; /* of the smaller eigenvalue */
    float length = sqrtf(x * x + y * y);
    /* e > g, f = 0: contours run along y. */
    if (length < 1e-12f) x = 0, y = 1, length = 1;
    photo->tx[i] = x / length, photo->ty[i] = y / length;
  }
}

static void find_field(pa_photo *photo) {
  float *const *scratch = photo->scratch;
  find_tensor(photo, scratch[3], scratch[4], scratch[5]);
  for (int k = 0; k < 3; k++)
    spread(photo, scratch[3 + k], scratch[k]);
  const size_t side = (size_t)photo->side;
  for (size_t i = 0; i < photo->area; i += side)
    find_row(photo, i, i + side);
}

PA_APART static void ink_row(pa_photo *photo, const float *drawn, size_t from,
                             size_t to) {
  for (size_t i = from; i < to; i++) {
    /* Light parts need a clear edge, dark ones are not filled with ink. */
    float level = .52f * fminf(photo->l[i], .8f) + .08f;
    photo->line[i] =
        photo->alpha[i] * (1 - pa_step(level - .22f, level + .12f, drawn[i]));
  }
}

PA_APART static void sharpen_row(const float *narrow, float *wide, size_t n) {
  const float sharp = 16;
  for (size_t i = 0; i < n; i++)
    wide[i] = narrow[i] + sharp * (narrow[i] - wide[i]);
}

static void find_lines(pa_photo *photo) {
  float *narrow = photo->scratch[0], *wide = photo->scratch[1];
  const int side = photo->side;
  pa_blur(photo->l, narrow, side, side, pa_photo_radius(photo, 1));
  pa_blur(narrow, wide, side, side, pa_photo_radius(photo, 2));
  for (size_t i = 0; i < photo->area; i += (size_t)side)
    sharpen_row(narrow + i, wide + i, (size_t)side);
  pa_along(wide, photo->tx, photo->ty, photo->alpha, photo->part, side, 3,
           1.4f * photo->scale, NULL, narrow);
  for (size_t i = 0; i < photo->area; i += (size_t)side)
    ink_row(photo, narrow, i, i + (size_t)side);
}

void pa_photo_flow(pa_photo *photo) {
  find_field(photo);
  find_lines(photo);
}
