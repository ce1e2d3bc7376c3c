#include "avatar2d/measure_cloth.h"

#include <math.h>
#include <string.h>

#define ROUNDS 8

static void gather(const pa_measure *m, pa_cloth *c) {
  c->count = 0;
  for (int y = 96; y < 325; y += 4)
    for (int x = -170; x < 170; x += 4) {
      if (c->count == PA_CLOTH_SAMPLES) return;
      uint8_t label = pa_patch_label(&m->patch, (float)x, (float)y);
      if (!pa_labels_have(label, m->clothes)) continue;
      c->color[c->count] = pa_patch_color(&m->patch, (float)x, (float)y);
      c->x[c->count] = (float)x, c->y[c->count++] = (float)y;
    }
}

float pa_cloth_apart(pa_oklab a, pa_oklab b) {
  float l = .6f * (a.l - b.l), x = 1.6f * (a.a - b.a), y = 1.6f * (a.b - b.b);
  return l * l + x * x + y * y;
}

/* k-means from the darkest, the lightest and the most colourful sample. */
static void find_clusters(pa_cloth *c, pa_cloth_color *k) {
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
    double sum[PA_CLOTHS][4] = {{0}}, far[PA_CLOTHS] = {0};
    for (size_t i = 0; i < c->count; i++) {
      int best = 0;
      for (int j = 1; j < PA_CLOTHS; j++)
        if (pa_cloth_apart(c->color[i], k[j].color) <
            pa_cloth_apart(c->color[i], k[best].color))
          best = j;
      c->cluster[i] = (uint8_t)best;
      sum[best][0] += c->color[i].l, sum[best][1] += c->color[i].a;
      sum[best][2] += c->color[i].b, sum[best][3]++;
      far[best] += fabsf(c->x[i]);
    }
    for (int j = 0; j < PA_CLOTHS; j++) {
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
static void merge_clusters(pa_cloth_color *k) {
  for (int i = 0; i < PA_CLOTHS; i++)
    for (int j = i + 1; j < PA_CLOTHS; j++) {
      if (pa_cloth_apart(k[i].color, k[j].color) > .0075f || k[i].share <= 0)
        continue;
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
  for (int i = 0; i < PA_CLOTHS; i++)
    for (int j = i + 1; j < PA_CLOTHS; j++)
      if (k[j].share > k[i].share) {
        pa_cloth_color swap = k[i];
        k[i] = k[j], k[j] = swap;
      }
}

/* ------------------------------------------------------------ pattern */

#define PITCH 4 /* head units between samples */
#define COLUMNS 86
#define ROWS 58

/* Which of the two colours a sample is nearer to, -1 where none was taken. */
static void sort_samples(const pa_cloth *c, const pa_cloth_color *k,
                         int8_t grid[ROWS][COLUMNS]) {
  memset(grid, -1, ROWS * COLUMNS);
  for (size_t i = 0; i < c->count; i++) {
    int x = (int)(c->x[i] + 170) / PITCH, y = (int)(c->y[i] - 96) / PITCH;
    grid[y][x] = pa_cloth_apart(c->color[i], k[1].color) <
                 pa_cloth_apart(c->color[i], k[0].color);
  }
}

pa_pattern pa_cloth_pattern(const pa_cloth *c, const pa_cloth_color *k) {
  int8_t grid[ROWS][COLUMNS];
  float across = 0, down = 0, pairs = 0;
  sort_samples(c, k, grid);
  for (int y = 0; y + 1 < ROWS; y++)
    for (int x = 0; x + 1 < COLUMNS; x++) {
      int8_t here = grid[y][x], right = grid[y][x + 1], below = grid[y + 1][x];
      if (here < 0 || right < 0 || below < 0) continue;
      across += here != right, down += here != below, pairs++;
    }
  /* Folds are faint, too: they change less often. */
  const bool faint = pa_cloth_apart(k[0].color, k[1].color) < .015f;
  const float often = faint ? .24f : .13f, one_way = faint ? 2.2f : 1.7f;
  across /= fmaxf(pairs, 1), down /= fmaxf(pairs, 1);
  if (pairs < (faint ? 600 : 100) || fmaxf(across, down) < often)
    return PA_PATTERN_PLAIN;
  if (down > one_way * across) return PA_PATTERN_STRIPES;
  if (across > one_way * down) return PA_PATTERN_PINSTRIPES;
  return k[1].share > .18f ? PA_PATTERN_PLAID : PA_PATTERN_DOTS;
}

bool pa_cloth_look(const pa_measure *m, pa_cloth *c, pa_cloth_color *k) {
  gather(m, c);
  if (c->count < 30) return false;
  find_clusters(c, k);
  merge_clusters(k);
  return true;
}
