#include "avatar2d/patch.h"

#include <math.h>
#include <string.h>

#include "avatar2d/photo_filter.h"
#include "base/mem.h"

#define CELLS ((size_t)PA_PATCH_WIDTH * PA_PATCH_HEIGHT)

/* Shades of grey (Finlayson and Trezzi 2004): the mean of the sixth powers is
 * taken for grey. Scenes have colours of their own, so that only a part of the
 * cast is taken away. */
#define TRUST .25f
#define SAMPLED 128 /* of the photo, either way */

static double sixth_power(double v) {
  double cube = v * v * v;
  return cube * cube;
}

static void balance(const pa_image *image, pa_patch *patch) {
  double sum[3] = {0}, chroma = 0, count = 0;
  unsigned dx = image->width / SAMPLED + 1, dy = image->height / SAMPLED + 1;
  for (unsigned y = dy / 2; y < image->height; y += dy)
    for (unsigned x = dx / 2; x < image->width; x += dx) {
      const uint8_t *p =
          image->rgba + 4 * ((size_t)y * image->width + (size_t)x);
      if (p[0] > 250 && p[1] > 250 && p[2] > 250) continue;
      for (int c = 0; c < 3; c++)
        sum[c] += sixth_power(patch->linear[p[c]]);
      int most = p[0] > p[1] ? p[0] : p[1], least = p[0] < p[1] ? p[0] : p[1];
      most = p[2] > most ? p[2] : most, least = p[2] < least ? p[2] : least;
      chroma += most - least, count++;
    }
  patch->grey = count > 0 && chroma / count < 6;
  float grey = 0, light[3];
  for (int c = 0; c < 3; c++) {
    light[c] = fmaxf((float)pow(sum[c] / fmax(count, 1), 1. / 6), 1e-3f);
    grey += light[c] / 3;
  }
  for (int c = 0; c < 3; c++)
    patch->gain[c] = fminf(fmaxf(powf(grey / light[c], TRUST), .85f), 1.18f);
}

PA_APART static void read_row(const pa_scene *scene, unsigned id,
                              const pa_affine *m, int y, pa_patch *patch) {
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  const float width = (float)pa_scene_width(scene);
  const float height = (float)pa_scene_height(scene);
  const float fy = (float)(y + PA_PATCH_Y0) + .5f;
  const size_t row = (size_t)y * PA_PATCH_WIDTH;
  for (int x = 0; x < PA_PATCH_WIDTH; x++) {
    float fx = (float)(x + PA_PATCH_X0) + .5f;
    float px = m->xx * fx + m->xy * fy + m->x0;
    float py = m->yx * fx + m->yy * fy + m->y0;
    size_t cell = row + (size_t)x;
    patch->labels[cell] = patch->anybody[cell] = PA_PATCH_OUTSIDE;
    if (!(px >= 0 && py >= 0 && px < width && py < height)) continue;
    size_t i = (size_t)py * (size_t)width + (size_t)px;
    patch->labels[cell] = persons[i] == id ? labels[i] : 0;
    patch->anybody[cell] = labels[i];
  }
}

/* Where a head is, even if nothing is labelled there. */
static bool on_skull(size_t cell) {
  size_t row = cell / PA_PATCH_WIDTH, column = cell % PA_PATCH_WIDTH;
  float x = (float)column + PA_PATCH_X0, y = (float)row + PA_PATCH_Y0 + 20;
  return x * x / (90 * 90) + y * y / (110 * 110) < 1;
}

/* Whose colour is asked for. */
static bool counts(const pa_patch *patch, size_t cell) {
  uint8_t label = patch->anybody[cell];
  return label != PA_PATCH_OUTSIDE && (label || on_skull(cell));
}

/* Colours are read a tile at a time, when one of them is asked for: of cloth,
 * most never are. */
#define TILE 32 /* cells in a row */
_Static_assert(PA_PATCH_WIDTH % TILE == 0, "rows are whole tiles");

PA_APART static void read_tile(const pa_patch *patch, size_t tile) {
  const size_t first = tile * TILE;
  float rgb[3 * TILE], lit[3][TILE];
  const size_t row = first / PA_PATCH_WIDTH;
  float x = (float)(first - row * PA_PATCH_WIDTH) + PA_PATCH_X0;
  float y = (float)row + PA_PATCH_Y0;
  pa_affine m = patch->to_photo;
  m.x0 += m.xx * x + m.xy * y;
  m.y0 += m.yx * x + m.yy * y;
  pa_image_sample(patch->image, m, TILE, 1, 1, 0, -1, 0, 1, rgb);
  for (size_t i = 0; i < TILE; i++)
    for (size_t c = 0; c < 3; c++) {
      float v = pa_clamp(rgb[3 * i + c], 0, 255);
      lit[c][i] = patch->linear[(int)(v + .5f)] * patch->gain[c];
    }
  pa_lab_linear(lit[0], lit[1], lit[2], TILE);
  for (size_t i = 0; i < TILE; i++)
    if (counts(patch, first + i))
      patch->colors[first + i] = (pa_oklab){lit[0][i], lit[1][i], lit[2][i]};
  patch->ready[tile] = 1;
}

static inline pa_oklab color_of(const pa_patch *patch, size_t cell) {
  if (!patch->ready[cell / TILE]) read_tile(patch, cell / TILE);
  return patch->colors[cell];
}

pa_status pa_patch_create(pa_error *err, const pa_image *image,
                          const pa_scene *scene, unsigned id,
                          const pa_head *head, pa_patch *patch) {
  memset(patch, 0, sizeof *patch);
  patch->colors = pa_mem_calloc(CELLS, sizeof *patch->colors);
  patch->labels = pa_mem_calloc(CELLS, 1);
  patch->anybody = pa_mem_calloc(CELLS, 1);
  patch->ready = pa_mem_calloc(CELLS / TILE, 1);
  if (!patch->colors || !patch->labels || !patch->anybody || !patch->ready) {
    pa_patch_free(patch);
    return pa_error_memory(err, CELLS * sizeof *patch->colors, "a head");
  }
  patch->image = image, patch->to_photo = head->to_photo;
  for (int i = 0; i < 256; i++)
    patch->linear[i] = pa_srgb_linear((float)i / 255);
  balance(image, patch);
  for (int y = 0; y < PA_PATCH_HEIGHT; y++)
    read_row(scene, id, &head->to_photo, y, patch);
  return PA_OK;
}

void pa_patch_free(pa_patch *patch) {
  pa_mem_free(patch->colors);
  pa_mem_free(patch->labels);
  pa_mem_free(patch->anybody);
  pa_mem_free(patch->ready);
  memset(patch, 0, sizeof *patch);
}

/* The cell of a point; CELLS outside. */
static size_t cell_at(float x, float y) {
  int i = (int)floorf(x) - PA_PATCH_X0, j = (int)floorf(y) - PA_PATCH_Y0;
  if (i < 0 || j < 0 || i >= PA_PATCH_WIDTH || j >= PA_PATCH_HEIGHT)
    return CELLS;
  return (size_t)j * PA_PATCH_WIDTH + (size_t)i;
}

uint8_t pa_patch_label(const pa_patch *patch, float x, float y) {
  size_t cell = cell_at(x, y);
  return cell < CELLS ? patch->labels[cell] : 0;
}

uint8_t pa_patch_anybody(const pa_patch *patch, float x, float y) {
  size_t cell = cell_at(x, y);
  return cell < CELLS ? patch->anybody[cell] : 0;
}

pa_oklab pa_patch_color(const pa_patch *patch, float x, float y) {
  size_t cell = cell_at(x, y);
  return cell < CELLS ? color_of(patch, cell) : (pa_oklab){0, 0, 0};
}

pa_labels pa_labels_of(const char *const *names, size_t count) {
  pa_labels set = 0;
  for (size_t i = 0; i < count; i++) {
    int label = pa_label_find(names[i]);
    if (label >= 0 && label < 64) set |= (pa_labels)1 << label;
  }
  return set;
}

/* ------------------------------------------------------------ samples */

void pa_samples_ellipse(pa_samples *samples, const pa_patch *patch,
                        pa_labels labels, float x, float y, float rx,
                        float ry) {
  /* So thin that a quarter of the room is filled at most. */
  float area = 3.2f * rx * ry;
  int step = (int)ceilf(sqrtf(fmaxf(area * 4 / PA_SAMPLES, 1)));
  for (int j = (int)-ry; (float)j <= ry; j += step)
    for (int i = (int)-rx; (float)i <= rx; i += step) {
      float u = (float)i / fmaxf(rx, 1), v = (float)j / fmaxf(ry, 1);
      int px = (int)floorf(x) + i - PA_PATCH_X0;
      int py = (int)floorf(y) + j - PA_PATCH_Y0;
      if (u * u + v * v > 1 || px < 0 || py < 0 || px >= PA_PATCH_WIDTH ||
          py >= PA_PATCH_HEIGHT || samples->count == PA_SAMPLES)
        continue;
      size_t cell = (size_t)py * PA_PATCH_WIDTH + (size_t)px;
      uint8_t label = patch->labels[cell];
      if (pa_labels_have(label, labels))
        samples->colors[samples->count++] = color_of(patch, cell);
    }
}

pa_oklab pa_patch_oklab(const pa_patch *patch, const uint8_t *rgba) {
  const float rgb[3] = {patch->linear[rgba[0]], patch->linear[rgba[1]],
                        patch->linear[rgba[2]]};
  return pa_oklab_of_linear(rgb);
}

static float channel(const pa_oklab *color, int c) {
  return c == 0 ? color->l : c == 1 ? color->a : color->b;
}

/* Puts in place `k` the color that is there when they are in order by one
 * channel, none larger before it and none smaller behind (Hoare's FIND). */
static void place(pa_oklab *colors, int n, int k, int c) {
  int low = 0, high = n - 1;
  while (low < high) {
    const float pivot = channel(&colors[low + (high - low) / 2], c);
    int i = low, j = high;
    while (i <= j) {
      while (channel(&colors[i], c) < pivot)
        i++;
      while (channel(&colors[j], c) > pivot)
        j--;
      if (i > j) break;
      pa_oklab swap = colors[i];
      colors[i++] = colors[j], colors[j--] = swap;
    }
    if (k <= j)
      high = j;
    else if (k >= i)
      low = i;
    else
      return;
  }
}

pa_oklab pa_samples_median(pa_samples *samples, float from, float to) {
  const int n = (int)samples->count;
  if (!n) return (pa_oklab){0, 0, 0};
  const int first = (int)(from * (float)(n - 1));
  const int last = (int)(to * (float)(n - 1)), count = last - first + 1;
  place(samples->colors, n, first, 0);
  pa_oklab *chosen = samples->colors + first;
  place(chosen, n - first, count - 1, 0);
  float result[3];
  for (int c = 0; c < 3; c++) {
    place(chosen, count, count / 2, c);
    result[c] = channel(&chosen[count / 2], c);
  }
  return (pa_oklab){result[0], result[1], result[2]};
}
