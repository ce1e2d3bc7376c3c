#include "avatar2d/field.h"

#include <math.h>

#include "base/mem.h"

pa_status pa_field_create(pa_error *err, int width, int height, float x0,
                          float y0, pa_field *field) {
  *field = (pa_field){width, height, x0, y0, NULL};
  field->values =
      pa_mem_calloc((size_t)width * (size_t)height, sizeof *field->values);
  if (field->values) return PA_OK;
  return pa_error_memory(err, (size_t)width * (size_t)height * sizeof(float),
                         "a map");
}

void pa_field_free(pa_field *field) {
  pa_mem_free(field->values);
  field->values = NULL;
}

static float cell(const pa_field *f, int x, int y) {
  if (x < 0 || y < 0 || x >= f->width || y >= f->height) return 0;
  return f->values[(size_t)y * (size_t)f->width + (size_t)x];
}

float pa_field_at(const pa_field *field, float x, float y) {
  float u = x - field->x0 - .5f, v = y - field->y0 - .5f;
  int i = (int)floorf(u), j = (int)floorf(v);
  float fu = u - (float)i, fv = v - (float)j;
  float top = cell(field, i, j) * (1 - fu) + cell(field, i + 1, j) * fu;
  float low = cell(field, i, j + 1) * (1 - fu) + cell(field, i + 1, j + 1) * fu;
  return top * (1 - fv) + low * fv;
}
