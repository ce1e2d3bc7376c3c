#include "avatar2d/patch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#define CELLS ((size_t)PA_PATCH_WIDTH * PA_PATCH_HEIGHT)

/* Shades of grey (Finlayson and Trezzi 2004): the mean of the sixth powers is
 * taken for grey. Scenes have colours of their own, so that only a part of the
 * cast is taken away. */
#define TRUST .25f
#define SAMPLED 128 /* of the photo, either way */

static void balance(const pa_image *image, pa_patch *patch) {
  double sum[3] = {0}, chroma = 0, count = 0;
  unsigned dx = image->width / SAMPLED + 1, dy = image->height / SAMPLED + 1;
  for (unsigned y = dy / 2; y < image->height; y += dy)
    for (unsigned x = dx / 2; x < image->width; x += dx) {
      const uint8_t *p =
          image->rgba + 4 * ((size_t)y * image->width + (size_t)x);
      if (p[0] > 250 && p[1] > 250 && p[2] > 250) continue;
      float rgb[3];
      for (int c = 0; c < 3; c++) {
        rgb[c] = pa_srgb_linear((float)p[c] / 255);
        sum[c] += pow(rgb[c], 6);
      }
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

static void read_labels(const pa_scene *scene, unsigned id, const pa_head *head,
                        pa_patch *patch) {
  const uint8_t *labels = pa_scene_labels(scene);
  const uint8_t *persons = pa_scene_persons(scene);
  float width = (float)pa_scene_width(scene);
  float height = (float)pa_scene_height(scene);
  for (int y = 0; y < PA_PATCH_HEIGHT; y++)
    for (int x = 0; x < PA_PATCH_WIDTH; x++) {
      float px, py;
      pa_affine_apply(&head->to_photo, (float)(x + PA_PATCH_X0) + .5f,
                      (float)(y + PA_PATCH_Y0) + .5f, &px, &py);
      size_t cell = (size_t)y * PA_PATCH_WIDTH + (size_t)x;
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

static pa_status read_colors(pa_error *err, const pa_image *image,
                             const pa_head *head, pa_patch *patch) {
  float *rgb = pa_mem_alloc(CELLS * 3 * sizeof *rgb);
  if (!rgb) return pa_error_memory(err, CELLS * 3 * sizeof *rgb, "a head");
  pa_affine m = head->to_photo;
  m.x0 += m.xx * PA_PATCH_X0 + m.xy * PA_PATCH_Y0;
  m.y0 += m.yx * PA_PATCH_X0 + m.yy * PA_PATCH_Y0;
  pa_image_sample(image, m, PA_PATCH_WIDTH, PA_PATCH_HEIGHT, 1, 0, -1, 0,
                  PA_PATCH_HEIGHT, rgb);
  float table[256];
  for (int i = 0; i < 256; i++)
    table[i] = pa_srgb_linear((float)i / 255);
  for (size_t i = 0; i < CELLS; i++) {
    if (patch->anybody[i] == PA_PATCH_OUTSIDE) continue;
    if (!patch->anybody[i] && !on_skull(i)) continue;
    float lit[3];
    for (int c = 0; c < 3; c++) {
      float v = fminf(fmaxf(rgb[3 * i + (size_t)c], 0), 255);
      lit[c] = table[(int)(v + .5f)] * patch->gain[c];
    }
    patch->colors[i] = pa_oklab_of_linear(lit);
  }
  pa_mem_free(rgb);
  return PA_OK;
}

pa_status pa_patch_create(pa_error *err, const pa_image *image,
                          const pa_scene *scene, unsigned id,
                          const pa_head *head, pa_patch *patch) {
  memset(patch, 0, sizeof *patch);
  patch->colors = pa_mem_calloc(CELLS, sizeof *patch->colors);
  patch->labels = pa_mem_calloc(CELLS, 1);
  patch->anybody = pa_mem_calloc(CELLS, 1);
  if (!patch->colors || !patch->labels || !patch->anybody) {
    pa_patch_free(patch);
    return pa_error_memory(err, CELLS * sizeof *patch->colors, "a head");
  }
  balance(image, patch);
  read_labels(scene, id, head, patch);
  pa_status status = read_colors(err, image, head, patch);
  if (status != PA_OK) pa_patch_free(patch);
  return status;
}

void pa_patch_free(pa_patch *patch) {
  pa_mem_free(patch->colors);
  pa_mem_free(patch->labels);
  pa_mem_free(patch->anybody);
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
  return cell < CELLS ? patch->colors[cell] : (pa_oklab){0, 0, 0};
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
        samples->colors[samples->count++] = patch->colors[cell];
    }
}

static int by_lightness(const void *a, const void *b) {
  float x = ((const pa_oklab *)a)->l, y = ((const pa_oklab *)b)->l;
  return (x > y) - (x < y);
}

static int by_value(const void *a, const void *b) {
  float x = *(const float *)a, y = *(const float *)b;
  return (x > y) - (x < y);
}

pa_oklab pa_samples_median(pa_samples *samples, float from, float to) {
  float values[PA_SAMPLES], result[3];
  size_t n = samples->count;
  if (!n) return (pa_oklab){0, 0, 0};
  qsort(samples->colors, n, sizeof *samples->colors, by_lightness);
  size_t first = (size_t)(from * (float)(n - 1));
  size_t last = (size_t)(to * (float)(n - 1)), count = last - first + 1;
  for (int c = 0; c < 3; c++) {
    for (size_t i = 0; i < count; i++) {
      const pa_oklab *s = &samples->colors[first + i];
      values[i] = c == 0 ? s->l : c == 1 ? s->a : s->b;
    }
    qsort(values, count, sizeof *values, by_value);
    result[c] = values[count / 2];
  }
  return (pa_oklab){result[0], result[1], result[2]};
}
