#include "parse/scene.h"

#include <string.h>

#include "base/mem.h"

pa_status pa_scene_create(pa_error *err, unsigned width, unsigned height,
                          size_t persons, pa_scene **scene) {
  size_t pixels = (size_t)width * height;
  pa_scene *made = pa_mem_calloc(1, sizeof *made);
  if (!made) return pa_error_memory(err, sizeof *made, "a scene");
  made->width = width;
  made->height = height;
  made->labels = pa_mem_calloc(pixels, 1);
  made->persons = pa_mem_calloc(pixels, 1);
  made->derived = pa_mem_calloc(pixels, 1);
  if (persons) made->data = pa_mem_calloc(persons, sizeof *made->data);
  if (!made->labels || !made->persons || !made->derived ||
      (persons && !made->data)) {
    pa_scene_destroy(made);
    return pa_error_memory(err, 3 * pixels, "a scene's maps");
  }
  made->person_count = persons;
  *scene = made;
  return PA_OK;
}

void pa_scene_destroy(pa_scene *scene) {
  if (!scene) return;
  pa_mem_free(scene->labels);
  pa_mem_free(scene->persons);
  pa_mem_free(scene->derived);
  pa_mem_free(scene->data);
  pa_keep_destroy(scene->keep);
  pa_mem_free(scene);
}

void pa_scene_derive(pa_scene *scene) {
  const int coat = pa_label_find("coat"), dress = pa_label_find("dress"),
            upper = pa_label_find("upper_clothes");
  size_t pixels = (size_t)scene->width * scene->height;
  bool coated[256] = {false};
  for (size_t i = 0; i < pixels; i++)
    if (scene->labels[i] == coat) coated[scene->persons[i]] = true;
  for (size_t i = 0; i < pixels; i++) {
    int label = scene->labels[i];
    if (coated[scene->persons[i]] && (label == upper || label == dress))
      scene->derived[i] |= 1 << PA_DERIVED_INNER_CLOTHES;
  }
}

typedef struct bounds {
  unsigned x0, y0, x1, y1;
} bounds;

void pa_scene_measure(pa_scene *scene) {
  bounds box[PA_LIMIT_PERSONS + 1];
  for (size_t i = 0; i <= scene->person_count; i++)
    box[i] = (bounds){scene->width, scene->height, 0, 0};
  for (size_t i = 0; i < scene->person_count; i++)
    memset(scene->data[i].label_pixels, 0, sizeof scene->data[i].label_pixels);

  for (unsigned y = 0; y < scene->height; y++) {
    const uint8_t *persons = scene->persons + (size_t)y * scene->width;
    const uint8_t *labels = scene->labels + (size_t)y * scene->width;
    for (unsigned x = 0; x < scene->width; x++) {
      unsigned id = persons[x];
      if (!id) continue;
      bounds *b = &box[id];
      scene->data[id - 1].label_pixels[labels[x]]++;
      if (x < b->x0) b->x0 = x;
      if (x >= b->x1) b->x1 = x + 1;
      if (y < b->y0) b->y0 = y;
      b->y1 = y + 1;
    }
  }
  for (size_t i = 0; i < scene->person_count; i++) {
    pa_person *p = &scene->data[i].person;
    const bounds *b = &box[i + 1];
    p->label_pixels = scene->data[i].label_pixels;
    if (b->x1 <= b->x0) continue;
    p->x = (float)b->x0, p->y = (float)b->y0;
    p->width = (float)(b->x1 - b->x0), p->height = (float)(b->y1 - b->y0);
  }
}

static uint32_t person_pixels(const pa_scene_person_data *data) {
  uint32_t sum = 0;
  for (size_t i = 0; i < PA_LIMIT_LABELS; i++)
    sum += data->label_pixels[i];
  return sum;
}

void pa_scene_drop_small(pa_scene *scene, uint32_t pixels) {
  uint8_t renamed[256] = {0};
  size_t kept = 0;
  for (size_t i = 0; i < scene->person_count; i++) {
    if (person_pixels(&scene->data[i]) < pixels) continue;
    scene->data[kept] = scene->data[i];
    pa_person *p = &scene->data[kept].person;
    p->id = (unsigned)++kept;
    p->label_pixels = scene->data[kept - 1].label_pixels;
    renamed[i + 1] = (uint8_t)kept;
  }
  if (kept == scene->person_count) return;
  scene->person_count = kept;
  for (size_t i = 0; i < (size_t)scene->width * scene->height; i++) {
    scene->persons[i] = renamed[scene->persons[i]];
    if (!scene->persons[i]) scene->labels[i] = scene->derived[i] = 0;
  }
}

unsigned pa_scene_width(const pa_scene *scene) {
  return scene ? scene->width : 0;
}

unsigned pa_scene_height(const pa_scene *scene) {
  return scene ? scene->height : 0;
}

const uint8_t *pa_scene_labels(const pa_scene *scene) {
  return scene ? scene->labels : NULL;
}

const uint8_t *pa_scene_persons(const pa_scene *scene) {
  return scene ? scene->persons : NULL;
}

size_t pa_scene_person_count(const pa_scene *scene) {
  return scene ? scene->person_count : 0;
}

pa_status pa_scene_person(const pa_scene *scene, size_t index,
                          pa_person *person) {
  if (!scene || !person || index >= scene->person_count)
    return PA_ERROR_ARGUMENT;
  *person = scene->data[index].person;
  return PA_OK;
}

pa_status pa_scene_mask(const pa_scene *scene, unsigned id, int label,
                        uint8_t *mask) {
  if (!scene || !mask || label >= (int)pa_label_count())
    return PA_ERROR_ARGUMENT;
  size_t pixels = (size_t)scene->width * scene->height;
  for (size_t i = 0; i < pixels; i++) {
    bool labelled =
        label < 0 ? scene->labels[i] != 0 : scene->labels[i] == label;
    bool owned = !id || scene->persons[i] == id;
    mask[i] = labelled && owned ? 255 : 0;
  }
  return PA_OK;
}

static const char *const derived_names[PA_DERIVED_COUNT] = {
    [PA_DERIVED_LEFT_SLEEVE] = "left_sleeve",
    [PA_DERIVED_RIGHT_SLEEVE] = "right_sleeve",
    [PA_DERIVED_INNER_CLOTHES] = "inner_clothes",
};

size_t pa_derived_count(void) {
  return PA_DERIVED_COUNT;
}

const char *pa_derived_name(size_t derived) {
  return derived < PA_DERIVED_COUNT ? derived_names[derived] : NULL;
}

const uint8_t *pa_scene_derived(const pa_scene *scene) {
  return scene ? scene->derived : NULL;
}

pa_timing pa_scene_timing(const pa_scene *scene) {
  return scene ? scene->timing : (pa_timing){0};
}
