/* JSON to traits. */
#include <stdio.h>
#include <string.h>

#include "avatar2d/traits_json.h"
#include "base/limits.h"

typedef struct reader {
  pa_error *err;
  const pa_traits_field *field;
} reader;

static pa_status refuse(const reader *r, const char *why) {
  return pa_error_set(r->err, PA_ERROR_ARGUMENT, "traits: %s%s%s %s",
                      r->field->group ? r->field->group : "",
                      r->field->group ? "." : "", r->field->name, why);
}

static pa_status read_number(const reader *r, yyjson_val *v, float *out) {
  char why[80];
  if (!yyjson_is_num(v)) return refuse(r, "is not a number");
  double n = yyjson_get_num(v);
  if (n >= (double)r->field->least && n <= (double)r->field->most) {
    *out = (float)n;
    return PA_OK;
  }
  snprintf(why, sizeof why, "is not within %g and %g", (double)r->field->least,
           (double)r->field->most);
  return refuse(r, why);
}

static pa_status read_numbers(const reader *r, yyjson_val *v, float *out) {
  if (!yyjson_is_arr(v) || yyjson_arr_size(v) != PA_OUTLINE)
    return refuse(r, "is not a list of 9 numbers");
  size_t i, n;
  yyjson_val *item;
  yyjson_arr_foreach(v, i, n, item) {
    pa_status status = read_number(r, item, &out[i]);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool pa_color_parse(const char *text, size_t length, pa_color *color) {
  uint8_t v[3];
  if (length != 7 || text[0] != '#') return false;
  for (int i = 0; i < 3; i++) {
    int high = hex_digit(text[1 + 2 * i]), low = hex_digit(text[2 + 2 * i]);
    if (high < 0 || low < 0) return false;
    v[i] = (uint8_t)(16 * high + low);
  }
  *color = (pa_color){v[0], v[1], v[2], 255};
  return true;
}

static pa_status read_color(const reader *r, yyjson_val *v, pa_color *out) {
  if (yyjson_is_str(v) &&
      pa_color_parse(yyjson_get_str(v), yyjson_get_len(v), out))
    return PA_OK;
  return refuse(r, "is not a colour such as \"#20c0ff\"");
}

/* NULL when it is no string, or holds a zero, behind which anything might hide.
 */
static const char *text_of(yyjson_val *v) {
  const char *text = yyjson_get_str(v);
  return text && strlen(text) == yyjson_get_len(v) ? text : NULL;
}

static pa_status read_word(const reader *r, yyjson_val *v, unsigned *out) {
  const char *word = text_of(v), *name;
  for (unsigned i = 0; word && (name = r->field->names(i)); i++)
    if (!strcmp(name, word)) {
      *out = i;
      return PA_OK;
    }
  return refuse(r,
                word ? "is not a word that is known there" : "is not a string");
}

static pa_status read_name(const reader *r, yyjson_val *v, char *out) {
  const char *name = text_of(v);
  if (!name) return refuse(r, "is not a string");
  size_t length = strlen(name);
  if (length >= PA_NAME_ROOM || (*name && !r->field->known(name)))
    return refuse(r, "is not the name of a preset");
  memcpy(out, name, length + 1);
  return PA_OK;
}

static pa_status read_contour(const reader *r, yyjson_val *v,
                              pa_contour *contour) {
  if (!yyjson_is_arr(v) || yyjson_arr_size(v) < 3 ||
      yyjson_arr_size(v) > PA_CONTOUR_POINTS)
    return refuse(r, "has a line that is not a list of 3 to 160 points");
  size_t i, n;
  yyjson_val *point;
  contour->count = yyjson_arr_size(v);
  yyjson_arr_foreach(v, i, n, point) {
    pa_vec *out = &contour->points[i];
    if (!yyjson_is_arr(point) || yyjson_arr_size(point) != 2)
      return refuse(r, "has a point that is not [x, y]");
    pa_status status = read_number(r, yyjson_arr_get(point, 0), &out->x);
    if (status == PA_OK)
      status = read_number(r, yyjson_arr_get(point, 1), &out->y);
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

static pa_status read_shape(const reader *r, yyjson_val *v, pa_shape *shape) {
  if (!yyjson_is_arr(v) || yyjson_arr_size(v) > PA_CONTOURS)
    return refuse(r, "is not a list of at most 6 lines");
  if (!shape->contours) {
    pa_status status = pa_shape_create(r->err, shape);
    if (status != PA_OK) return status;
  }
  size_t i, n;
  yyjson_val *line;
  yyjson_arr_foreach(v, i, n, line) {
    pa_status status = read_contour(r, line, &shape->contours[i]);
    if (status != PA_OK) return status;
  }
  shape->count = yyjson_arr_size(v);
  return PA_OK;
}

static pa_status read_value(const reader *r, yyjson_val *v, void *at) {
  switch (r->field->kind) {
  case PA_FIELD_NUMBER:
    return read_number(r, v, at);
  case PA_FIELD_NUMBERS:
    return read_numbers(r, v, at);
  case PA_FIELD_TRUTH:
    if (!yyjson_is_bool(v)) return refuse(r, "is neither true nor false");
    *(bool *)at = yyjson_get_bool(v);
    return PA_OK;
  case PA_FIELD_COLOR:
    return read_color(r, v, at);
  case PA_FIELD_WORD:
    return read_word(r, v, at);
  case PA_FIELD_NAME:
    return read_name(r, v, at);
  default:
    return read_shape(r, v, at);
  }
}

static const pa_traits_field *find_field(const char *group, const char *name) {
  for (size_t i = 0; i < pa_traits_field_count; i++)
    if (!strcmp(pa_traits_fields[i].name, name) &&
        (group ? pa_traits_fields[i].group &&
                     !strcmp(pa_traits_fields[i].group, group)
               : !pa_traits_fields[i].group))
      return &pa_traits_fields[i];
  return NULL;
}

static bool is_group(const char *name) {
  for (size_t i = 0; i < pa_traits_field_count; i++)
    if (pa_traits_fields[i].group && !strcmp(pa_traits_fields[i].group, name))
      return true;
  return false;
}

static pa_status read_object(pa_error *err, yyjson_val *object,
                             const char *group, pa_traits *traits) {
  size_t i, n;
  yyjson_val *key, *value;
  yyjson_obj_foreach(object, i, n, key, value) {
    const char *name = text_of(key);
    const pa_traits_field *f = name ? find_field(group, name) : NULL;
    pa_status status = PA_OK;
    if (!name)
      return pa_error_set(err, PA_ERROR_ARGUMENT,
                          "traits: a name holds a zero");
    if (f) {
      reader r = {err, f};
      status = read_value(&r, value, (char *)traits + f->offset);
    } else if (!group && !strcmp(name, "version")) {
      if (!yyjson_is_int(value) || yyjson_get_int(value) != PA_TRAITS_VERSION)
        status = pa_error_set(err, PA_ERROR_ARGUMENT,
                              "traits: version is not %d", PA_TRAITS_VERSION);
    } else if (!group && is_group(name) && yyjson_is_obj(value)) {
      status = read_object(err, value, name, traits);
    } else {
      status = pa_error_set(err, PA_ERROR_ARGUMENT,
                            "traits: %.40s%s%.40s is not a field",
                            group ? group : "", group ? "." : "", name);
    }
    if (status != PA_OK) return status;
  }
  return PA_OK;
}

pa_status pa_traits_parse(pa_error *err, const char *json, size_t length,
                          pa_traits *traits) {
  yyjson_read_err why;
  if (length > PA_LIMIT_TRAITS)
    return pa_error_set(err, PA_ERROR_TOO_LARGE,
                        "traits: %zu bytes of JSON, at most %d", length,
                        PA_LIMIT_TRAITS);
  /* Without YYJSON_READ_INSITU the text is not written to. */
  yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)json, length, 0,
                                     &pa_traits_json_memory, &why);
  if (!doc) {
    if (why.code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
      return pa_error_memory(err, length, "traits as JSON");
    return pa_error_set(err, PA_ERROR_ARGUMENT,
                        "traits: not JSON at byte %zu: %.80s", why.pos,
                        why.msg);
  }
  pa_traits read;
  pa_traits_default(&read);
  yyjson_val *root = yyjson_doc_get_root(doc);
  pa_status status =
      yyjson_is_obj(root)
          ? read_object(err, root, NULL, &read)
          : pa_error_set(err, PA_ERROR_ARGUMENT, "traits: not an object");
  yyjson_doc_free(doc);
  if (status != PA_OK) {
    pa_traits_free(&read);
    return status;
  }
  pa_traits_limit(&read);
  *traits = read;
  return PA_OK;
}
