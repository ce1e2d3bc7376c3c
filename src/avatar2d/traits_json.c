/* Traits as JSON, in both directions from one table of fields. */
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "avatar2d/hair.h"
#include "avatar2d/traits.h"
#include "avatar2d/wear.h"
#include "base/limits.h"
#include "base/mem.h"

#define VERSION 1

typedef enum kind {
  NUMBER,
  NUMBERS, /* PA_OUTLINE of them */
  TRUTH,
  COLOR, /* "#rrggbb" */
  WORD,  /* one of `names`, stored as an enum */
  NAME,  /* of a preset, checked by `known` */
  SHAPE  /* lists of lists of [x, y] */
} kind;

typedef struct field {
  const char *group, *name;
  kind kind;
  size_t offset;
  float least, most;
  const char *(*names)(unsigned);
  bool (*known)(const char *);
} field;

static const char *hair_kind(unsigned i) {
  static const char *const names[] = {"none", "traced", "preset"};
  return i < 3 ? names[i] : NULL;
}

static const char *garment(unsigned i) {
  return pa_garment_name((pa_garment)i);
}

static const char *neck(unsigned i) {
  return pa_neckline_name((pa_neckline)i);
}

static const char *pattern(unsigned i) {
  return pa_pattern_name((pa_pattern)i);
}

static const char *lower(unsigned i) {
  return pa_lower_name((pa_lower)i);
}

static const char *beard(unsigned i) {
  return pa_beard_name((pa_beard)i);
}

static bool glasses(const char *name) {
  return pa_wear_known(PA_WEAR_GLASSES, name);
}

static bool hat(const char *name) {
  return pa_wear_known(PA_WEAR_HAT, name);
}

static bool earrings(const char *name) {
  return pa_wear_known(PA_WEAR_EARRINGS, name);
}

#define AT(member) offsetof(pa_traits, member)
#define LENGTHS -600, 600

static const field fields[] = {
    {NULL, "face_seen", TRUTH, AT(face_seen), 0, 0, NULL, NULL},
    {NULL, "yaw", NUMBER, AT(yaw), -1, 1, NULL, NULL},
    {NULL, "shoulders", NUMBER, AT(shoulders), LENGTHS, NULL, NULL},
    {"face", "outline", NUMBERS, AT(face.outline), 0, 200, NULL, NULL},
    {"face", "chin", NUMBER, AT(face.chin), LENGTHS, NULL, NULL},
    {"face", "top", NUMBER, AT(face.top), LENGTHS, NULL, NULL},
    {"face", "skin", COLOR, AT(face.skin), 0, 0, NULL, NULL},
    {"eyes", "x", NUMBER, AT(eyes.x), LENGTHS, NULL, NULL},
    {"eyes", "width", NUMBER, AT(eyes.width), LENGTHS, NULL, NULL},
    {"eyes", "open_left", NUMBER, AT(eyes.open_left), 0, 2, NULL, NULL},
    {"eyes", "open_right", NUMBER, AT(eyes.open_right), 0, 2, NULL, NULL},
    {"eyes", "tilt", NUMBER, AT(eyes.tilt), -2, 2, NULL, NULL},
    {"eyes", "color", COLOR, AT(eyes.color), 0, 0, NULL, NULL},
    {"brows", "inner_x", NUMBER, AT(brows.inner_x), LENGTHS, NULL, NULL},
    {"brows", "outer_x", NUMBER, AT(brows.outer_x), LENGTHS, NULL, NULL},
    {"brows", "inner_y", NUMBER, AT(brows.inner_y), LENGTHS, NULL, NULL},
    {"brows", "peak_y", NUMBER, AT(brows.peak_y), LENGTHS, NULL, NULL},
    {"brows", "outer_y", NUMBER, AT(brows.outer_y), LENGTHS, NULL, NULL},
    {"brows", "thickness", NUMBER, AT(brows.thickness), LENGTHS, NULL, NULL},
    {"brows", "color", COLOR, AT(brows.color), 0, 0, NULL, NULL},
    {"nose", "y", NUMBER, AT(nose.y), LENGTHS, NULL, NULL},
    {"nose", "width", NUMBER, AT(nose.width), LENGTHS, NULL, NULL},
    {"mouth", "y", NUMBER, AT(mouth.y), LENGTHS, NULL, NULL},
    {"mouth", "width", NUMBER, AT(mouth.width), LENGTHS, NULL, NULL},
    {"mouth", "upper", NUMBER, AT(mouth.upper), LENGTHS, NULL, NULL},
    {"mouth", "lower", NUMBER, AT(mouth.lower), LENGTHS, NULL, NULL},
    {"mouth", "open", NUMBER, AT(mouth.open), LENGTHS, NULL, NULL},
    {"mouth", "smile", NUMBER, AT(mouth.smile), -2, 2, NULL, NULL},
    {"mouth", "teeth", TRUTH, AT(mouth.teeth), 0, 0, NULL, NULL},
    {"mouth", "color", COLOR, AT(mouth.color), 0, 0, NULL, NULL},
    {"hair", "kind", WORD, AT(hair.kind), 0, 0, hair_kind, NULL},
    {"hair", "preset", NAME, AT(hair.preset), 0, 0, NULL, pa_hair_preset_known},
    {"hair", "color", COLOR, AT(hair.color), 0, 0, NULL, NULL},
    {"hair", "parting", NUMBER, AT(hair.parting), LENGTHS, NULL, NULL},
    {"hair", "length", NUMBER, AT(hair.length), LENGTHS, NULL, NULL},
    {"hair", "back", SHAPE, AT(hair.back), LENGTHS, NULL, NULL},
    {"hair", "front", SHAPE, AT(hair.front), LENGTHS, NULL, NULL},
    {"beard", "kind", WORD, AT(beard.kind), 0, 0, beard, NULL},
    {"beard", "color", COLOR, AT(beard.color), 0, 0, NULL, NULL},
    {"glasses", "shape", NAME, AT(glasses.shape), 0, 0, NULL, glasses},
    {"glasses", "dark", TRUTH, AT(glasses.dark), 0, 0, NULL, NULL},
    {"glasses", "color", COLOR, AT(glasses.color), 0, 0, NULL, NULL},
    {"hat", "shape", NAME, AT(hat.shape), 0, 0, NULL, hat},
    {"hat", "color", COLOR, AT(hat.color), 0, 0, NULL, NULL},
    {"earrings", "shape", NAME, AT(earrings.shape), 0, 0, NULL, earrings},
    {"earrings", "color", COLOR, AT(earrings.color), 0, 0, NULL, NULL},
    {"upper", "kind", WORD, AT(upper.kind), 0, 0, garment, NULL},
    {"upper", "neckline", WORD, AT(upper.neckline), 0, 0, neck, NULL},
    {"upper", "neck_depth", NUMBER, AT(upper.neck_depth), LENGTHS, NULL, NULL},
    {"upper", "neck_width", NUMBER, AT(upper.neck_width), LENGTHS, NULL, NULL},
    {"upper", "color", COLOR, AT(upper.color), 0, 0, NULL, NULL},
    {"upper", "second", COLOR, AT(upper.second), 0, 0, NULL, NULL},
    {"upper", "pattern", WORD, AT(upper.pattern), 0, 0, pattern, NULL},
    {"upper", "sleeves", TRUTH, AT(upper.sleeves), 0, 0, NULL, NULL},
    {"upper", "tie", TRUTH, AT(upper.tie), 0, 0, NULL, NULL},
    {"upper", "tie_color", COLOR, AT(upper.tie_color), 0, 0, NULL, NULL},
    {"lower", "kind", WORD, AT(lower.kind), 0, 0, lower, NULL},
    {"lower", "color", COLOR, AT(lower.color), 0, 0, NULL, NULL},
    {"lower", "shoes", COLOR, AT(lower.shoes), 0, 0, NULL, NULL},
};

#define FIELDS (sizeof fields / sizeof *fields)

/* ------------------------------------------------------------ writing */

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

static yyjson_mut_val *value_of(yyjson_mut_doc *doc, const field *f,
                                const void *at) {
  switch (f->kind) {
  case NUMBER:
    return number(doc, *(const float *)at);
  case NUMBERS: {
    yyjson_mut_val *list = yyjson_mut_arr(doc);
    for (int i = 0; i < PA_OUTLINE; i++)
      yyjson_mut_arr_append(list, number(doc, ((const float *)at)[i]));
    return list;
  }
  case TRUTH:
    return yyjson_mut_bool(doc, *(const bool *)at);
  case COLOR:
    return color_value(doc, *(const pa_color *)at);
  case WORD:
    return yyjson_mut_str(doc, f->names(*(const unsigned *)at));
  case NAME:
    return yyjson_mut_strcpy(doc, at);
  default:
    return shape_value(doc, at);
  }
}

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

static const yyjson_alc allocator = {allocate, reallocate, release, NULL};

pa_status pa_traits_write(pa_error *err, const pa_traits *traits, char **json) {
  yyjson_mut_doc *doc = yyjson_mut_doc_new(&allocator);
  if (!doc) return pa_error_memory(err, 1024, "traits as JSON");
  yyjson_mut_val *root = yyjson_mut_obj(doc), *group = NULL;
  yyjson_mut_doc_set_root(doc, root);
  yyjson_mut_obj_add_int(doc, root, "version", VERSION);
  const char *name = NULL;
  for (size_t i = 0; i < FIELDS; i++) {
    const field *f = &fields[i];
    if (f->group && (!name || strcmp(f->group, name) != 0))
      group = yyjson_mut_obj_add_obj(doc, root, name = f->group);
    yyjson_mut_obj_add_val(doc, f->group ? group : root, f->name,
                           value_of(doc, f, (const char *)traits + f->offset));
  }
  size_t length;
  *json = yyjson_mut_write_opts(doc, YYJSON_WRITE_NOFLAG, &allocator, &length,
                                NULL);
  yyjson_mut_doc_free(doc);
  return *json ? PA_OK : pa_error_memory(err, 1024, "traits as JSON");
}

/* ------------------------------------------------------------ reading */

typedef struct reader {
  pa_error *err;
  const field *field;
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
  if (*name && (strlen(name) >= PA_NAME_ROOM || !r->field->known(name)))
    return refuse(r, "is not the name of a preset");
  strcpy(out, name);
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
  case NUMBER:
    return read_number(r, v, at);
  case NUMBERS:
    return read_numbers(r, v, at);
  case TRUTH:
    if (!yyjson_is_bool(v)) return refuse(r, "is neither true nor false");
    *(bool *)at = yyjson_get_bool(v);
    return PA_OK;
  case COLOR:
    return read_color(r, v, at);
  case WORD:
    return read_word(r, v, at);
  case NAME:
    return read_name(r, v, at);
  default:
    return read_shape(r, v, at);
  }
}

static const field *find_field(const char *group, const char *name) {
  for (size_t i = 0; i < FIELDS; i++)
    if (!strcmp(fields[i].name, name) &&
        (group ? fields[i].group && !strcmp(fields[i].group, group)
               : !fields[i].group))
      return &fields[i];
  return NULL;
}

static bool is_group(const char *name) {
  for (size_t i = 0; i < FIELDS; i++)
    if (fields[i].group && !strcmp(fields[i].group, name)) return true;
  return false;
}

static pa_status read_object(pa_error *err, yyjson_val *object,
                             const char *group, pa_traits *traits) {
  size_t i, n;
  yyjson_val *key, *value;
  yyjson_obj_foreach(object, i, n, key, value) {
    const char *name = text_of(key);
    const field *f = name ? find_field(group, name) : NULL;
    pa_status status = PA_OK;
    if (!name)
      return pa_error_set(err, PA_ERROR_ARGUMENT,
                          "traits: a name holds a zero");
    if (f) {
      reader r = {err, f};
      status = read_value(&r, value, (char *)traits + f->offset);
    } else if (!group && !strcmp(name, "version")) {
      if (!yyjson_is_int(value) || yyjson_get_int(value) != VERSION)
        status = pa_error_set(err, PA_ERROR_ARGUMENT,
                              "traits: version is not %d", VERSION);
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
  yyjson_doc *doc =
      yyjson_read_opts((char *)(uintptr_t)json, length, 0, &allocator, &why);
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
