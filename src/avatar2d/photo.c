#include "avatar2d/photo.h"

#include <stdlib.h>
#include <string.h>

#include "avatar2d/kept.h"
#include "base/mem.h"

static const pa_photo_style styles[] = {
    {"pencil", "the photo as a drawing, strokes that follow the hair",
     pa_photo_pencil, false, "ink"},
    {"watercolour", "washes of colour that stay within hair and garments",
     pa_photo_watercolour, false, "anime"},
    {"oil", "thick strokes along the photo's forms", pa_photo_oil, false,
     "flat"},
    {"neon", "the photo at night, tubes of light along its outlines",
     pa_photo_neon, false, "cyberpunk"},
    {"popart", "four flat colours a part, dots and black ink", pa_photo_popart,
     false, "comic"},
    {"pixel", "large squares and few colours", pa_photo_pixel, true, "flat"},
};

#define STYLES (sizeof styles / sizeof *styles)

size_t pa_photo_style_count(void) {
  return STYLES;
}

const pa_photo_style *pa_photo_style_at(size_t index) {
  return index < STYLES ? &styles[index] : NULL;
}

const pa_photo_style *pa_photo_style_find(const char *name) {
  for (size_t i = 0; name && i < STYLES; i++)
    if (!strcmp(styles[i].name, name)) return &styles[i];
  return NULL;
}

/* ------------------------------------------------------------ planes */

#define NAMED 8 /* l, a, b, alpha, fade, line, tx, ty */

pa_photo *pa_photo_open(int side, size_t scratch) {
  const size_t planes = NAMED + scratch;
  pa_photo *photo = pa_mem_calloc(1, sizeof *photo);
  const size_t area = (size_t)side * (size_t)side;
  float *block = pa_mem_alloc(planes * area * sizeof *block);
  uint8_t *part = pa_mem_alloc(area);
  if (!photo || !block || !part) {
    pa_mem_free(photo);
    pa_mem_free(block);
    pa_mem_free(part);
    return NULL;
  }
  float **named[NAMED] = {&photo->l,    &photo->a,    &photo->b,  &photo->alpha,
                          &photo->fade, &photo->line, &photo->tx, &photo->ty};
  for (size_t i = 0; i < NAMED; i++)
    *named[i] = block + i * area;
  for (size_t i = 0; i < scratch; i++)
    photo->scratch[i] = block + (NAMED + i) * area;
  photo->part = part;
  photo->side = side;
  photo->area = area;
  photo->scale = (float)side / PA_CANVAS;
  return photo;
}

void pa_photo_copy(pa_photo *to, const pa_photo *from) {
  pa_photo made = *from;
  made.l = to->l, made.a = to->a, made.b = to->b, made.alpha = to->alpha;
  made.fade = to->fade, made.line = to->line;
  made.tx = to->tx, made.ty = to->ty, made.part = to->part;
  memcpy(made.scratch, to->scratch, sizeof made.scratch);
  *to = made;
  memcpy(to->l, from->l, NAMED * from->area * sizeof *to->l);
  memcpy(to->part, from->part, from->area);
}

void pa_photo_close(pa_photo *photo) {
  if (!photo) return;
  pa_mem_free(photo->l);
  pa_mem_free(photo->part);
  pa_mem_free(photo);
}

/* ------------------------------------------------------------ creating */

#define WHOLE 64 /* squares of "pixel" a side */

/* How many pixels are painted a side for `size` to be shown. */
static unsigned side_for(unsigned size) {
  if (size <= PA_PHOTO_LEAST) return PA_PHOTO_LEAST;
  if (size >= PA_PHOTO_MOST) return PA_PHOTO_MOST;
  return (size + WHOLE - 1) / WHOLE * WHOLE;
}

/* The person before painting, as it was kept or made anew. */
static pa_status prepare(pa_error *err, const pa_image *image,
                         const pa_scene *scene, const pa_person *person,
                         const pa_head *head, pa_figure_view view,
                         pa_photo *photo) {
  const pa_kept_of of = {scene, image, person->id};
  if (pa_kept_photo(of, view, photo)) return PA_OK;
  pa_status status = pa_photo_cut(err, image, scene, person, head, view, photo);
  if (status != PA_OK) return status;
  pa_photo_tone(photo);
  pa_photo_flow(photo);
  pa_keep_photo(of, photo);
  return PA_OK;
}

pa_status pa_photo_create(pa_error *err, const pa_image *image,
                          const pa_scene *scene, const pa_person *person,
                          const pa_head *head, pa_figure_view view,
                          unsigned size, const pa_photo_style *style,
                          pa_photo_layers *layers) {
  pa_status status = PA_OK;
  memset(layers, 0, sizeof *layers);
  layers->style = style;
  layers->side = side_for(size);
  const size_t area = (size_t)layers->side * layers->side;
  pa_photo *photo = pa_photo_open((int)layers->side, PA_PHOTO_SCRATCH);
  layers->person = pa_mem_calloc(area, 4);
  layers->background = pa_mem_calloc(area, 4);
  if (!photo || !layers->person || !layers->background)
    status = pa_error_memory(err, area * 80, "a photo avatar");
  if (status == PA_OK)
    status = prepare(err, image, scene, person, head, view, photo);
  if (status == PA_OK) {
    style->paint(photo, layers->person, layers->background);
  } else {
    pa_photo_free(layers);
  }
  pa_photo_close(photo);
  return status;
}

void pa_photo_free(pa_photo_layers *layers) {
  pa_mem_free(layers->background);
  pa_mem_free(layers->person);
  memset(layers, 0, sizeof *layers);
}

/* ------------------------------------------------------------ pixels */

static void compose(const pa_photo_layers *layers, uint8_t *rgba) {
  const size_t area = (size_t)layers->side * layers->side;
  for (size_t i = 0; i < 4 * area; i += 4) {
    const uint8_t *over = layers->person + i, *under = layers->background + i;
    if (layers->bare) {
      memcpy(rgba + i, over, 4);
      continue;
    }
    unsigned a = over[3];
    for (size_t c = 0; c < 3; c++)
      rgba[i + c] = (uint8_t)((over[c] * a + under[c] * (255 - a) + 127) / 255);
    rgba[i + 3] = (uint8_t)(a + (under[3] * (255 - a) + 127) / 255);
  }
}

static void repeat_pixels(const pa_image *image, unsigned size, uint8_t *rgba) {
  for (unsigned y = 0; y < size; y++) {
    const uint8_t *row =
        image->rgba + 4 * (size_t)(y * image->height / size) * image->width;
    for (unsigned x = 0; x < size; x++, rgba += 4)
      memcpy(rgba, row + 4 * (size_t)(x * image->width / size), 4);
  }
}

pa_status pa_photo_render(pa_error *err, const pa_photo_layers *layers,
                          unsigned size, uint8_t *rgba) {
  pa_image *image, *resized = NULL;
  const unsigned side = layers->side;
  if (size == side) {
    compose(layers, rgba);
    return PA_OK;
  }
  pa_status status = pa_image_create(err, side, side, &image);
  if (status != PA_OK) return status;
  compose(layers, image->rgba);
  image->opaque = !layers->bare;
  if (layers->style->squares && size > side) {
    repeat_pixels(image, size, rgba);
  } else {
    status = pa_image_resize(err, image, size, size, &resized);
    if (status == PA_OK) memcpy(rgba, resized->rgba, 4 * (size_t)size * size);
  }
  pa_image_destroy(resized);
  pa_image_destroy(image);
  return status;
}
