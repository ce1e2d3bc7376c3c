/* Garments: their kind, neckline and colours. */
#include <math.h>
#include <string.h>

#include "avatar2d/measure.h"
#include "base/mem.h"

static float pixels_of(const pa_measure *m, const char *name) {
  int label = pa_label_find(name);
  return label < 0 ? 0 : (float)m->person->label_pixels[label];
}

/* ------------------------------------------------------------ neckline */

static bool is_in(uint8_t label, pa_labels set) {
  return label < 64 && (set >> label & 1);
}

/* The topmost y at this x from which clothes follow for some way. */
static float cloth_top(const pa_measure *m, float x, int from) {
  int run = 0;
  for (int y = from; y < 320; y++) {
    uint8_t label = pa_patch_label(&m->patch, x, (float)y);
    run = is_in(label, m->clothes) ? run + 1 : 0;
    if (run >= 8) return (float)(y - 7);
  }
  return INFINITY;
}

static float share_of(const pa_measure *m, pa_labels set, float x, float y,
                      int r) {
  float hits = 0, all = 0;
  for (int v = -r; v <= r; v += 2)
    for (int u = -r; u <= r; u += 2) {
      uint8_t label = pa_patch_label(&m->patch, x + (float)u, y + (float)v);
      if (label == PA_PATCH_OUTSIDE || !label) continue;
      all++;
      hits += is_in(label, set);
    }
  return all > 10 ? hits / all : -1;
}

static void measure_neckline(pa_measure *m, pa_traits *t) {
  float middle = fminf(fminf(cloth_top(m, -6, 60), cloth_top(m, 6, 60)),
                       cloth_top(m, 0, 60));
  float s = t->shoulders;
  float left = cloth_top(m, .42f * s, 90), right = cloth_top(m, -.42f * s, 90);
  float inner = fminf(cloth_top(m, 24, 90), cloth_top(m, -24, 90));
  if (!isfinite(middle)) return;
  t->upper.neck_depth = fmaxf(middle, 118);
  float side = fminf(left, right);
  float bare = fmaxf(share_of(m, m->skin, .85f * s, 175, 14),
                     share_of(m, m->skin, -.85f * s, 175, 14));
  if (isfinite(side) && side > 172 && bare > .4f)
    t->upper.neckline = PA_NECK_OFF;
  else if (middle < 112)
    t->upper.neckline = PA_NECK_HIGH;
  else if (middle < 150)
    t->upper.neckline =
        isfinite(inner) && middle - inner > 16 ? PA_NECK_V : PA_NECK_CREW;
  else if (isfinite(inner) && inner > middle - 14)
    t->upper.neckline = PA_NECK_SCOOP;
  else
    t->upper.neckline = PA_NECK_V;
  if (t->upper.neckline == PA_NECK_SCOOP) t->upper.neck_width = 62;
  if (bare > .5f && t->upper.neckline != PA_NECK_OFF) {
    t->upper.sleeves = false;
    t->upper.kind = PA_GARMENT_TANK;
    t->upper.neck_width = 58;
    if (t->upper.neckline == PA_NECK_CREW && middle > 135)
      t->upper.neckline = PA_NECK_SCOOP;
  }
}

/* ------------------------------------------------------------ colours */

#define CLUSTERS 3
#define ROUNDS 8
#define CLOTH_SAMPLES 2400

typedef struct cloth {
  size_t count;
  pa_oklab color[CLOTH_SAMPLES];
  float x[CLOTH_SAMPLES], y[CLOTH_SAMPLES];
  uint8_t cluster[CLOTH_SAMPLES];
} cloth;

typedef struct cluster {
  pa_oklab color;
  float share, middle; /* middle: mean distance from the middle line */
} cluster;

static void gather(const pa_measure *m, cloth *c) {
  c->count = 0;
  for (int y = 96; y < 325; y += 4)
    for (int x = -170; x < 170; x += 4) {
      if (c->count == CLOTH_SAMPLES) return;
      uint8_t label = pa_patch_label(&m->patch, (float)x, (float)y);
      if (!is_in(label, m->clothes)) continue;
      size_t cell = (size_t)(y - PA_PATCH_Y0) * PA_PATCH_WIDTH +
                    (size_t)(x - PA_PATCH_X0);
      c->color[c->count] = m->patch.colors[cell];
      c->x[c->count] = (float)x, c->y[c->count++] = (float)y;
    }
}

/* Lightness counts less than hue: folds are no second colour. */
static float apart(pa_oklab a, pa_oklab b) {
  float l = .6f * (a.l - b.l), x = 1.6f * (a.a - b.a), y = 1.6f * (a.b - b.b);
  return l * l + x * x + y * y;
}

/* k-means from the darkest, the lightest and the most colourful sample. */
static void find_clusters(cloth *c, cluster *k) {
  size_t dark = 0, light = 0, rich = 0;
  for (size_t i = 0; i < c->count; i++) {
    const pa_oklab *p = &c->color[i];
    if (p->l < c->color[dark].l) dark = i;
    if (p->l > c->color[light].l) light = i;
    if (hypotf(p->a, p->b) > hypotf(c->color[rich].a, c->color[rich].b))
      rich = i;
  }
  k[0].color = c->color[dark], k[1].color = c->color[light];
  k[2].color = c->color[rich];
  for (int round = 0; round < ROUNDS; round++) {
    double sum[CLUSTERS][4] = {{0}}, far[CLUSTERS] = {0};
    for (size_t i = 0; i < c->count; i++) {
      int best = 0;
      for (int j = 1; j < CLUSTERS; j++)
        if (apart(c->color[i], k[j].color) < apart(c->color[i], k[best].color))
          best = j;
      c->cluster[i] = (uint8_t)best;
      sum[best][0] += c->color[i].l, sum[best][1] += c->color[i].a;
      sum[best][2] += c->color[i].b, sum[best][3]++;
      far[best] += fabsf(c->x[i]);
    }
    for (int j = 0; j < CLUSTERS; j++) {
      double n = fmax(sum[j][3], 1);
      if (sum[j][3] > 0)
        k[j].color = (pa_oklab){(float)(sum[j][0] / n), (float)(sum[j][1] / n),
                                (float)(sum[j][2] / n)};
      k[j].share = (float)(sum[j][3] / (double)c->count);
      k[j].middle = (float)(far[j] / n);
    }
  }
}

/* Clusters that differ by light alone become one. */
static void merge_clusters(cluster *k) {
  for (int i = 0; i < CLUSTERS; i++)
    for (int j = i + 1; j < CLUSTERS; j++) {
      if (apart(k[i].color, k[j].color) > .0075f || k[i].share <= 0) continue;
      float all = fmaxf(k[i].share + k[j].share, 1e-6f);
      /* What is lit tells the colour. */
      float lit = k[i].color.l > k[j].color.l ? .7f : .3f;
      k[i].color.l = lit * k[i].color.l + (1 - lit) * k[j].color.l;
      k[i].color.a = lit * k[i].color.a + (1 - lit) * k[j].color.a;
      k[i].color.b = lit * k[i].color.b + (1 - lit) * k[j].color.b;
      k[i].middle = (k[i].middle * k[i].share + k[j].middle * k[j].share) / all;
      k[i].share += k[j].share;
      k[j].share = 0;
    }
  for (int i = 0; i < CLUSTERS; i++)
    for (int j = i + 1; j < CLUSTERS; j++)
      if (k[j].share > k[i].share) {
        cluster swap = k[i];
        k[i] = k[j], k[j] = swap;
      }
}

/* A narrow strip below the neck that is neither jacket nor shirt. */
static void look_for_tie(pa_measure *m, pa_traits *t) {
  m->samples.count = 0;
  pa_samples_ellipse(&m->samples, &m->patch, m->clothes, 0, 200, 7, 35);
  if (m->samples.count < 30) return;
  pa_oklab strip = pa_samples_median(&m->samples, .2f, .8f);
  pa_oklab shirt = pa_oklab_of(t->upper.second);
  t->upper.tie = apart(strip, shirt) > .02f && shirt.l > strip.l;
  t->upper.tie_color = pa_oklab_color(strip);
}

/* ------------------------------------------------------------ pattern */

#define PITCH 4 /* head units between samples */
#define COLUMNS 86
#define ROWS 58

/* Which of the two colours a sample is nearer to, -1 where none was taken. */
static void sort_samples(const cloth *c, const cluster *k,
                         int8_t grid[ROWS][COLUMNS]) {
  memset(grid, -1, ROWS * COLUMNS);
  for (size_t i = 0; i < c->count; i++) {
    int x = (int)(c->x[i] + 170) / PITCH, y = (int)(c->y[i] - 96) / PITCH;
    grid[y][x] =
        apart(c->color[i], k[1].color) < apart(c->color[i], k[0].color);
  }
}

/* Two colours that alternate over the garment are a pattern; which one is told
 * by the direction of the changes. What is only a print or a shadow changes
 * rarely. */
static pa_pattern find_pattern(const cloth *c, const cluster *k) {
  int8_t grid[ROWS][COLUMNS];
  float across = 0, down = 0, pairs = 0;
  sort_samples(c, k, grid);
  for (int y = 0; y + 1 < ROWS; y++)
    for (int x = 0; x + 1 < COLUMNS; x++) {
      int8_t here = grid[y][x], right = grid[y][x + 1], below = grid[y + 1][x];
      if (here < 0 || right < 0 || below < 0) continue;
      across += here != right, down += here != below, pairs++;
    }
  const float often = .13f;
  across /= fmaxf(pairs, 1), down /= fmaxf(pairs, 1);
  if (pairs < 100 || fmaxf(across, down) < often) return PA_PATTERN_PLAIN;
  if (down > 1.7f * across) return PA_PATTERN_STRIPES;
  if (across > 1.7f * down) return PA_PATTERN_PINSTRIPES;
  return k[1].share > .18f ? PA_PATTERN_PLAID : PA_PATTERN_DOTS;
}

static void measure_upper(pa_measure *m, pa_traits *t, cloth *c) {
  cluster k[CLUSTERS] = {{{0, 0, 0}, 0, 0}};
  gather(m, c);
  if (c->count < 30) return;
  find_clusters(c, k);
  merge_clusters(k);
  t->upper.color = pa_oklab_color(k[0].color);
  if (k[1].share < .05f) return;
  t->upper.second = pa_oklab_color(k[1].color);
  bool inside = k[1].middle < .62f * k[0].middle && k[1].share < .4f;
  bool light = k[1].color.l > k[0].color.l + .18f;
  if (inside && light && t->upper.sleeves && k[0].color.l < .6f) {
    t->upper.kind = PA_GARMENT_SUIT;
    t->upper.neckline = PA_NECK_V;
    t->upper.neck_width = 48;
    look_for_tie(m, t);
  } else if (inside && t->upper.sleeves && k[1].share > .12f &&
             pixels_of(m, "coat") > .03f * pixels_of(m, "upper_clothes")) {
    t->upper.kind = PA_GARMENT_COAT;
  } else if (k[1].share > .12f && apart(k[0].color, k[1].color) > .015f) {
    t->upper.pattern = find_pattern(c, k);
  }
}

/* ------------------------------------------------------------ the rest */

/* The median colour of the person's pixels with these labels. */
static bool label_color(pa_measure *m, pa_labels set, pa_color *color) {
  const pa_scene *scene = m->scene;
  const pa_person *p = m->person;
  unsigned width = pa_scene_width(scene);
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  unsigned step = (unsigned)(sqrtf(p->width * p->height / 30000)) + 1;
  m->samples.count = 0;
  for (unsigned y = (unsigned)p->y; y < (unsigned)(p->y + p->height); y += step)
    for (unsigned x = (unsigned)p->x; x < (unsigned)(p->x + p->width);
         x += step) {
      size_t i = (size_t)y * width + x;
      if (persons[i] != p->id || !is_in(labels[i], set)) continue;
      if (m->samples.count == PA_SAMPLES) break;
      const uint8_t *v = m->image->rgba + 4 * i;
      m->samples.colors[m->samples.count++] =
          pa_oklab_of((pa_color){v[0], v[1], v[2], 255});
    }
  if (m->samples.count < 12) return false;
  *color = pa_oklab_color(pa_samples_median(&m->samples, .4f, .85f));
  return true;
}

static void measure_lower(pa_measure *m, pa_traits *t) {
  static const char *const pants[] = {"pants"}, *const skirt[] = {"skirt"};
  static const char *const shoes[] = {"left_shoe", "right_shoe"};
  float legs = pixels_of(m, "left_leg") + pixels_of(m, "right_leg");
  if (label_color(m, pa_labels_of(skirt, 1), &t->lower.color)) {
    t->lower.kind = PA_LOWER_SKIRT;
  } else if (label_color(m, pa_labels_of(pants, 1), &t->lower.color)) {
    t->lower.kind = PA_LOWER_PANTS;
    if (legs > .45f * pixels_of(m, "pants")) t->lower.kind = PA_LOWER_SHORTS;
  }
  label_color(m, pa_labels_of(shoes, 2), &t->lower.shoes);
}

/* Dresses are labelled as what they look like above and below the waist: what
 * is one colour, and shows no waist, is one garment. */
static bool is_dress(pa_measure *m) {
  static const char *const above[] = {"upper_clothes", "dress"};
  static const char *const below[] = {"skirt"};
  float upper = pixels_of(m, "upper_clothes"), dress = pixels_of(m, "dress");
  float skirt = pixels_of(m, "skirt"), pants = pixels_of(m, "pants");
  float legs = pixels_of(m, "left_leg") + pixels_of(m, "right_leg");
  pa_color top, low;
  if (pants > .3f * (upper + dress)) return false;
  if (dress > .35f * (upper + dress)) return true;
  if (pants + skirt < .05f * upper && legs > .05f * upper) return true;
  if (skirt < .4f * upper || pixels_of(m, "belt") > .005f * (upper + skirt))
    return false;
  return label_color(m, pa_labels_of(above, 2), &top) &&
         label_color(m, pa_labels_of(below, 1), &low) &&
         apart(pa_oklab_of(top), pa_oklab_of(low)) < .008f;
}

/* How much of the arms is sleeves, by the masks that say so. */
static void measure_sleeves(pa_measure *m, pa_traits *t) {
  const pa_scene *scene = m->scene;
  const uint8_t *derived = pa_scene_derived(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  unsigned width = pa_scene_width(scene);
  const pa_person *p = m->person;
  float sleeves = 0;
  for (unsigned y = (unsigned)p->y; y < (unsigned)(p->y + p->height); y++)
    for (unsigned x = (unsigned)p->x; x < (unsigned)(p->x + p->width); x++) {
      size_t i = (size_t)y * width + x;
      sleeves += persons[i] == p->id && derived[i] & 3;
    }
  float arms = pixels_of(m, "left_arm") + pixels_of(m, "right_arm");
  float cloth = pixels_of(m, "upper_clothes") + pixels_of(m, "dress") +
                pixels_of(m, "coat");
  if (arms + sleeves < .08f * cloth) return;
  float part = sleeves / (arms + sleeves);
  if (part < .09f && arms > .15f * cloth) {
    t->upper.sleeves = false;
    t->upper.neck_width = fmaxf(t->upper.neck_width, 56);
    if (t->upper.kind == PA_GARMENT_TSHIRT) t->upper.kind = PA_GARMENT_TANK;
    if (t->upper.neckline == PA_NECK_CREW && t->upper.neck_depth > 135)
      t->upper.neckline = PA_NECK_SCOOP;
  } else if (part > .75f && sleeves > .1f * cloth &&
             t->upper.kind == PA_GARMENT_TSHIRT) {
    t->upper.kind = PA_GARMENT_SWEATER;
  }
}

/* Near the neck a lining or a collar may cover more than the coat does. */
static void settle_coat(pa_measure *m, pa_traits *t) {
  static const char *const coat[] = {"coat"};
  pa_color *outer = &t->upper.color, *inner = &t->upper.second, most;
  if (!label_color(m, pa_labels_of(coat, 1), &most)) return;
  pa_oklab c = pa_oklab_of(most);
  if (apart(c, pa_oklab_of(*inner)) > .5f * apart(c, pa_oklab_of(*outer)))
    return;
  pa_color swap = *outer;
  *outer = *inner, *inner = swap;
}

static void measure_kind(pa_measure *m, pa_traits *t) {
  float upper = pixels_of(m, "upper_clothes") + pixels_of(m, "dress");
  float coat = pixels_of(m, "coat");
  float torso = pixels_of(m, "torso_skin");
  if (torso > 3 * (upper + coat)) {
    /* Nothing is worn, or nothing is in the picture. */
    if (torso > 3000 * m->head.unit * m->head.unit)
      t->upper.kind = PA_GARMENT_NONE;
    return;
  }
  measure_sleeves(m, t);
  if (coat > .17f * (upper + coat)) {
    if (t->upper.kind != PA_GARMENT_SUIT) t->upper.kind = PA_GARMENT_COAT;
    settle_coat(m, t);
  } else if (is_dress(m)) {
    t->upper.kind = PA_GARMENT_DRESS;
  }
}

pa_status pa_measure_clothes(pa_measure *m, pa_traits *t) {
  cloth *c = pa_mem_alloc(sizeof *c);
  if (!c) return pa_error_memory(&m->context->err, sizeof *c, "garments");
  measure_neckline(m, t);
  measure_upper(m, t, c);
  pa_mem_free(c);
  measure_kind(m, t);
  measure_lower(m, t);
  return PA_OK;
}
