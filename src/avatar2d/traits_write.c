/* Traits to JSON. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "avatar2d/traits_json.h"
#include "base/mem.h"

static void *allocate(void *user, size_t size) {
  (void)user;
  return pa_mem_alloc(size);
}

static void *reallocate(void *user, void *block, size_t old, size_t size) {
  (void)user, (void)old;
  return pa_mem_realloc(block, size);
}

static void release(void *user, void *block) {
  (void)user;
  pa_mem_free(block);
}

const yyjson_alc pa_traits_json_memory = {allocate, reallocate, release, NULL};

/* Two decimals are plenty; numbers stay short. */
static yyjson_mut_val *number(yyjson_mut_doc *doc, float v) {
  double rounded = round((double)v * 100) / 100;
  if (rounded == floor(rounded)) return yyjson_mut_sint(doc, (int64_t)rounded);
  return yyjson_mut_real(doc, rounded);
}

static yyjson_mut_val *shape_value(yyjson_mut_doc *doc, const pa_shape *shape) {
  yyjson_mut_val *list = yyjson_mut_arr(doc);
  for (size_t i = 0; i < shape->count; i++) {
    yyjson_mut_val *line = yyjson_mut_arr_add_arr(doc, list);
    for (size_t k = 0; k < shape->contours[i].count; k++) {
      yyjson_mut_val *point = yyjson_mut_arr_add_arr(doc, line);
      pa_vec v = shape->contours[i].points[k];
      yyjson_mut_arr_append(point, number(doc, roundf(v.x * 10) / 10));
      yyjson_mut_arr_append(point, number(doc, roundf(v.y * 10) / 10));
    }
  }
  return list;
}

static yyjson_mut_val *color_value(yyjson_mut_doc *doc, pa_color c) {
  char hex[8];
  snprintf(hex, sizeof hex, "#%02x%02x%02x", c.r, c.g, c.b);
  return yyjson_mut_strcpy(doc, hex);
}

static yyjson_mut_val *value_of(yyjson_mut_doc *doc, const pa_traits_field *f,
                                const void *at) {
  switch (f->kind) {
  case PA_FIELD_NUMBER:
    return number(doc, *(const float *)at);
  case PA_FIELD_NUMBERS: {
    yyjson_mut_val *list = yyjson_mut_arr(doc);
    for (int i = 0; i < PA_OUTLINE; i++)
      yyjson_mut_arr_append(list, number(doc, ((const float *)at)[i]));
    return list;
  }
  case PA_FIELD_TRUTH:
    return yyjson_mut_bool(doc, *(const bool *)at);
  case PA_FIELD_COLOR:
    return color_value(doc, *(const pa_color *)at);
  case PA_FIELD_WORD:
    return yyjson_mut_str(doc, f->names(*(const unsigned *)at));
  case PA_FIELD_NAME:
    return yyjson_mut_strcpy(doc, at);
  default:
    return shape_value(doc, at);
  }
}

pa_status pa_traits_write(pa_error *err, const pa_traits *traits, char **json) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(&pa_traits_json_memory);
  if (!doc) return pa_error_memory(err, 1024, "traits as JSON");
  yyjson_mut_val *root = yyjson_mut_obj(doc), *group = NULL;
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_int(doc, root, "version", PA_TRAITS_VERSION);
  const char *name = NULL;
  for (size_t i = 0; i < pa_traits_field_count; i++) {
    const pa_traits_field *f = &pa_traits_fields[i];
    if (f->group && (!name || strcmp(f->group, name) != 0))
      group = yyjson_mut_obj_add_obj(doc, root, name = f->group);
    yyjson_mut_obj_add_val(doc, f->group ? group : root, f->name,
                           value_of(doc, f, (const char *)traits + f->offset));
  }
  size_t length;
  *json = yyjson_mut_write_opts(doc, YYJSON_WRITE_NOFLAG,
                                &pa_traits_json_memory, &length, NULL);
  yyjson_mut_doc_free(doc);
  return *json ? PA_OK : pa_error_memory(err, 1024, "traits as JSON");
}
