#include "avatar3d/clean.h"

#include <string.h>

#include "base/mem.h"
#include "stitch/color.h"

#define LIMBS (PA_SET_ARMS | PA_SET_LEGS)
#define CLOTH (PA_SET_TOP | PA_SET_BOTTOM)
#define BODY (LIMBS | CLOTH | PA_SET_SHOES | PA_BIT(PA_LABEL_SOCKS))
#define FEW 64
#define BORDER .012f   /* of the crop's height: pixels that mix with others */
#define SCRAP 12       /* a label with fewer than one in so many is none */
#define PATTERNED .55f /* of its pixels are alike, or it has many colours */
#define BINS 256

/* OKLab: L over 0..1, a and b over -.5..5, each in BINS steps. */
typedef struct tone {
  float v[3];
} tone;

/* What is one garment, or the skin of both limbs. */
typedef struct cloth {
  const pa_crop *crop;
  const tone *tone; /* of the crop's pixels */
  unsigned set;
  tone main, spread; /* medians, and those of the distance from them */
  float limit[2];    /* of lightness, of colour */
} cloth;

static tone tone_of(const pa_crop *c, size_t at) {
  float rgb[3];
  for (size_t k = 0; k < 3; k++)
    rgb[k] = pa_srgb_linear(pa_clamp(c->rgb[3 * at + k] / 255, 0, 1));
  pa_oklab lab = pa_oklab_of_linear(rgb);
  return (tone){{lab.l, lab.a + .5f, lab.b + .5f}};
}

static bool in(const cloth *g, size_t at) {
  return g->set >> g->crop->label[at] & 1;
}

/* How far two colours are apart, but for their lightness. */
static float hue_apart(const tone *a, const tone *b) {
  float x = a->v[1] - b->v[1], y = a->v[2] - b->v[2];
  return sqrtf(x * x + y * y);
}

static float median_of(const unsigned bin[BINS], unsigned count) {
  unsigned sum = 0, v = 0;
  while (v < BINS - 1 && (sum += bin[v]) * 2 < count)
    v++;
  return ((float)v + .5f) / BINS;
}

static void drop(unsigned bin[BINS], float value) {
  bin[(unsigned)pa_clamp(value * BINS, 0, BINS - 1)]++;
}

/* The median of a garment's pixels that are within `within` of its main colour
 * in hue; `apart`: of their distances from it, lightness first, then hue. False
 * where there are few. */
static bool measure(const cloth *g, const uint8_t *foul, float within,
                    bool apart, tone *median) {
  unsigned bin[3][BINS] = {{0}}, count = 0;
  size_t pixels = (size_t)g->crop->width * g->crop->height;
  for (size_t i = 0; i < pixels; i++) {
    if (foul[i] || !in(g, i)) continue;
    tone t = g->tone[i];
    float hue = hue_apart(&t, &g->main);
    if (hue > within) continue;
    count++;
    if (apart) t = (tone){{fabsf(t.v[0] - g->main.v[0]), hue, 0}};
    for (int k = 0; k < 3; k++)
      drop(bin[k], t.v[k]);
  }
  if (count < FEW) return false;
  for (int k = 0; k < 3; k++)
    median->v[k] = median_of(bin[k], count);
  return true;
}

/* A toy or a shadow draws the median to itself: it is taken anew among what is
 * near it. */
static bool find_main(cloth *g, const uint8_t *foul) {
  if (!measure(g, foul, 9, false, &g->main)) return false;
  static const float within[] = {.12f, .072f, .0432f};
  for (size_t i = 0; i < sizeof within / sizeof *within; i++)
    if (!measure(g, foul, within[i], false, &g->main)) break;
  if (!measure(g, foul, 9, true, &g->spread)) return false;
  g->limit[0] = pa_clamp(2.5f * g->spread.v[0], .07f, .14f);
  g->limit[1] = pa_clamp(3 * g->spread.v[1], .025f, .06f);
  return true;
}

static bool is_like(const cloth *g, size_t at) {
  const tone *t = &g->tone[at];
  return fabsf(t->v[0] - g->main.v[0]) < g->limit[0] &&
         hue_apart(t, &g->main) < g->limit[1];
}

static void judge(cloth *g, uint8_t *foul) {
  size_t pixels = (size_t)g->crop->width * g->crop->height, all = 0, like = 0;
  if (!find_main(g, foul)) return;
  for (size_t i = 0; i < pixels; i++) {
    if (foul[i] || !in(g, i)) continue;
    all++;
    like += is_like(g, i);
  }
  /* A pattern goes on where its outline is: filled it would be a grey bar. */
  bool patterned = (float)like < PATTERNED * (float)all;
  for (size_t i = 0; i < pixels; i++)
    if (in(g, i)) foul[i] = !patterned && (foul[i] || !is_like(g, i));
}

static bool is_body(const pa_crop *c, int x, int y) {
  if (x < 0 || y < 0 || x >= (int)c->width || y >= (int)c->height) return true;
  return BODY >> c->label[(size_t)y * c->width + (size_t)x] & 1;
}

/* Pixels of a set at its outline, beside the background or hair. */
static void mark_outline(const cloth *g, int r, uint8_t *foul) {
  const pa_crop *c = g->crop;
  int d = (int)(.7f * (float)r + .5f);
  for (int y = 0; y < (int)c->height; y++)
    for (int x = 0; x < (int)c->width; x++) {
      size_t at = (size_t)y * c->width + (size_t)x;
      if (!in(g, at)) continue;
      bool inner = is_body(c, x - r, y) && is_body(c, x + r, y) &&
                   is_body(c, x, y - r) && is_body(c, x, y + r) &&
                   is_body(c, x - d, y - d) && is_body(c, x + d, y - d) &&
                   is_body(c, x - d, y + d) && is_body(c, x + d, y + d);
      foul[at] = !inner;
    }
}

/* The outline as wide as leaves half of the garment. */
static void leave_outline(const cloth *g, size_t count, uint8_t *foul) {
  size_t pixels = (size_t)g->crop->width * g->crop->height;
  for (int r = 1 + (int)(BORDER * (float)g->crop->height); r > 1; r /= 2) {
    size_t left = 0;
    mark_outline(g, r, foul);
    for (size_t i = 0; i < pixels; i++)
      left += in(g, i) && !foul[i];
    if (left * 2 > count) return;
  }
}

static size_t count_of(const cloth *g) {
  size_t pixels = (size_t)g->crop->width * g->crop->height, count = 0;
  for (size_t i = 0; i < pixels; i++)
    count += in(g, i);
  return count;
}

/* Each garment by itself: a coat is not as the shirt below it. */
static void mark_cloth(const pa_crop *c, const tone *tones, uint8_t *foul) {
  size_t pixels = (size_t)c->width * c->height;
  cloth all = {.crop = c, .tone = tones, .set = CLOTH};
  size_t count = count_of(&all);
  leave_outline(&all, count, foul);
  for (unsigned label = 0; label < PA_LABEL_COUNT; label++) {
    cloth one = {.crop = c, .tone = tones, .set = CLOTH & PA_BIT(label)};
    size_t own = one.set ? count_of(&one) : 0;
    if (own * SCRAP > count) judge(&one, foul);
    for (size_t i = 0; own * SCRAP <= count && i < pixels; i++)
      if (in(&one, i)) foul[i] = 1;
  }
}

static void mark_skin(const pa_crop *c, const tone *tones, unsigned set,
                      uint8_t *foul) {
  cloth skin = {.crop = c, .tone = tones, .set = set};
  leave_outline(&skin, count_of(&skin), foul);
  judge(&skin, foul);
}

pa_status pa_clean_mark(pa_error *err, const pa_crop *c, uint8_t *foul) {
  size_t pixels = (size_t)c->width * c->height;
  tone *tones = pa_mem_alloc(pixels * sizeof *tones);
  if (!tones) return pa_error_memory(err, pixels * sizeof *tones, "colours");
  memset(foul, 0, pixels);
  for (size_t i = 0; i < pixels; i++)
    if (BODY >> c->label[i] & 1) tones[i] = tone_of(c, i);
  mark_cloth(c, tones, foul);
  mark_skin(c, tones, PA_SET_ARMS, foul);
  mark_skin(c, tones, PA_SET_LEGS, foul);
  pa_mem_free(tones);
  return PA_OK;
}
