/* The attributes of an op, by the table of ops.c. */
#include <math.h>
#include <string.h>

#include "nn/attributes.h"
#include "nn/json.h"

/* Every whole number of a graph is at most this. */
#define MOST PA_LIMIT_TENSOR_ELEMENTS

typedef pa_nn_attribute_reader reader;

pa_status pa_nn_attribute_bad(const pa_nn_attribute_reader *r,
                              const char *expected) {
  return pa_error_set(r->err, PA_ERROR_WEIGHTS, "%s: %s is not %s", r->op_name,
                      r->key, expected);
}

static bool whole(yyjson_val *json, int64_t least, int64_t most,
                  int32_t *number) {
  if (!yyjson_is_int(json)) return false;
  if (yyjson_is_uint(json) && yyjson_get_uint(json) > MOST) return false;
  int64_t n = yyjson_get_sint(json);
  if (n < least || n > most) return false;
  *number = (int32_t)n;
  return true;
}

static bool real(yyjson_val *json, float *number) {
  if (!yyjson_is_num(json)) return false;
  *number = (float)yyjson_get_num(json);
  return isfinite(*number);
}

static pa_status read_whole(const reader *r, int64_t least, int32_t *number) {
  return whole(r->json, least, MOST, number)
             ? PA_OK
             : pa_nn_attribute_bad(r, "a number in range");
}

static pa_status read_real(const reader *r, float *number) {
  return real(r->json, number) ? PA_OK
                               : pa_nn_attribute_bad(r, "a finite number");
}

static pa_status read_bool(const reader *r, bool *flag) {
  if (!yyjson_is_bool(r->json)) return pa_nn_attribute_bad(r, "true or false");
  *flag = yyjson_get_bool(r->json);
  return PA_OK;
}

/* `count` whole numbers from `least` on. */
static pa_status read_wholes(const reader *r, size_t count, int64_t least,
                             int32_t *numbers) {
  bool fine = yyjson_is_arr(r->json) && yyjson_arr_size(r->json) == count;
  for (size_t i = 0; fine && i < count; i++)
    fine = whole(yyjson_arr_get(r->json, i), least, MOST, &numbers[i]);
  return fine ? PA_OK
              : pa_nn_attribute_bad(
                    r, count == 2 ? "[h, w] in range"
                                  : "[top, right, bottom, left] in range");
}

/* One number for each dimension, or fewer. */
static pa_status read_list(const reader *r, int64_t least, pa_nn_list *list) {
  size_t count = yyjson_arr_size(r->json);
  if (!yyjson_is_arr(r->json) || count < 1 || count > PA_LIMIT_TENSOR_RANK)
    return pa_nn_attribute_bad(r, "a list of 1 to 6 numbers");
  list->count = (uint32_t)count;
  for (size_t i = 0; i < count; i++)
    if (!whole(yyjson_arr_get(r->json, i), least, MOST, &list->v[i]))
      return pa_nn_attribute_bad(r, "a list of numbers in range");
  return PA_OK;
}

static pa_status read_pad(const reader *r) {
  if (yyjson_is_arr(r->json)) return read_wholes(r, 4, 0, r->op->pad);
  if (yyjson_equals_str(r->json, "valid")) return PA_OK;
  if (!yyjson_equals_str(r->json, "same"))
    return pa_nn_attribute_bad(r, "same, valid or [top, right, bottom, left]");
  r->op->pad_mode = PA_NN_SAME;
  return PA_OK;
}

static pa_status read_act_bounds(const reader *r) {
  size_t i, count;
  yyjson_val *key, *value;
  pa_status status = pa_nn_json_object(r->err, r->op_name, r->json);
  if (status != PA_OK) return status;
  yyjson_obj_foreach(r->json, i, count, key, value) {
    float *bound = yyjson_equals_str(key, "min")   ? &r->op->act_min
                   : yyjson_equals_str(key, "max") ? &r->op->act_max
                                                   : NULL;
    if (!bound || !real(value, bound))
      return pa_nn_attribute_bad(r, "an activation ({\"min\", \"max\"})");
  }
  return count > 0 && r->op->act_min < r->op->act_max
             ? PA_OK
             : pa_nn_attribute_bad(r, "an activation (min below max)");
}

static pa_status read_act(const reader *r) {
  static const struct {
    const char *name;
    float min, max;
  } acts[] = {{"none", -INFINITY, INFINITY},
              {"relu", 0, INFINITY},
              {"relu6", 0, 6},
              {"relu_n1_to_1", -1, 1}};
  if (yyjson_is_obj(r->json)) return read_act_bounds(r);
  for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
    if (!yyjson_equals_str(r->json, acts[i].name)) continue;
    r->op->act_min = acts[i].min;
    r->op->act_max = acts[i].max;
    return PA_OK;
  }
  return pa_nn_attribute_bad(r, "an activation");
}

static pa_status read_mode(const reader *r) {
  static const char *const modes[] = {"half_pixel", "align_corners",
                                      "asymmetric"};
  for (size_t i = 0; i < 3; i++) {
    if (!yyjson_equals_str(r->json, modes[i])) continue;
    r->op->mode = (pa_nn_resize_mode)i;
    return PA_OK;
  }
  return pa_nn_attribute_bad(r, "half_pixel, align_corners or asymmetric");
}

static pa_status read_scale(const reader *r, bool whole_numbers) {
  if (!yyjson_is_arr(r->json) || yyjson_arr_size(r->json) != 2)
    return pa_nn_attribute_bad(r, "[h, w]");
  for (size_t i = 0; i < 2; i++) {
    float *scale = &r->op->scale[i];
    if (!real(yyjson_arr_get(r->json, i), scale) || *scale <= 0)
      return pa_nn_attribute_bad(r, "[h, w] above 0");
    if (whole_numbers && *scale != floorf(*scale))
      return pa_nn_attribute_bad(r, "[h, w] in whole numbers");
  }
  return PA_OK;
}

static const char *const keys[PA_NN_ATTRIBUTES] = {
    [PA_NN_ATTR_WEIGHT] = "weight",
    [PA_NN_ATTR_GAIN] = "weight",
    [PA_NN_ATTR_BIAS] = "bias",
    [PA_NN_ATTR_STRIDE] = "stride",
    [PA_NN_ATTR_PAD] = "pad",
    [PA_NN_ATTR_DECONV_PAD] = "pad",
    [PA_NN_ATTR_OUTPUT_PAD] = "output_pad",
    [PA_NN_ATTR_DILATION] = "dilation",
    [PA_NN_ATTR_GROUPS] = "groups",
    [PA_NN_ATTR_ACT] = "act",
    [PA_NN_ATTR_TRANSPOSE_B] = "transpose_b",
    [PA_NN_ATTR_ALPHA] = "alpha",
    [PA_NN_ATTR_MIN] = "min",
    [PA_NN_ATTR_MAX] = "max",
    [PA_NN_ATTR_SIZE] = "size",
    [PA_NN_ATTR_SCALE] = "scale",
    [PA_NN_ATTR_WHOLE_SCALE] = "scale",
    [PA_NN_ATTR_MODE] = "mode",
    [PA_NN_ATTR_AXES] = "axes",
    [PA_NN_ATTR_KEEP_DIMS] = "keep_dims",
    [PA_NN_ATTR_AXIS] = "axis",
    [PA_NN_ATTR_BEGIN] = "begin",
    [PA_NN_ATTR_SIZES] = "size",
    [PA_NN_ATTR_BEFORE] = "before",
    [PA_NN_ATTR_AFTER] = "after",
    [PA_NN_ATTR_VALUE] = "value",
    [PA_NN_ATTR_SHAPE] = "shape",
    [PA_NN_ATTR_PERM] = "perm",
    [PA_NN_ATTR_BLOCK] = "block",
    [PA_NN_ATTR_EPSILON] = "epsilon",
    [PA_NN_ATTR_FEATURES] = "features",
    [PA_NN_ATTR_TEMPERATURE] = "temperature",
    [PA_NN_ATTR_HEADS] = "heads",
    [PA_NN_ATTR_POINTS] = "points",
};

static pa_status read_one(const reader *r, pa_nn_attribute attribute) {
  pa_nn_op *op = r->op;
  switch (attribute) {
  case PA_NN_ATTR_WEIGHT:
    return pa_nn_attribute_weight(r);
  case PA_NN_ATTR_GAIN:
    return pa_nn_attribute_plain_tensor(r, &op->weight);
  case PA_NN_ATTR_BIAS:
    return pa_nn_attribute_plain_tensor(r, &op->bias);
  case PA_NN_ATTR_STRIDE:
    return read_wholes(r, 2, 1, op->stride);
  case PA_NN_ATTR_PAD:
    return read_pad(r);
  case PA_NN_ATTR_DECONV_PAD:
    return read_wholes(r, 4, 0, op->pad);
  case PA_NN_ATTR_OUTPUT_PAD:
    return read_wholes(r, 2, 0, op->output_pad);
  case PA_NN_ATTR_DILATION:
    return read_wholes(r, 2, 1, op->dilation);
  case PA_NN_ATTR_GROUPS:
    return read_whole(r, 1, &op->groups);
  case PA_NN_ATTR_ACT:
    return read_act(r);
  case PA_NN_ATTR_TRANSPOSE_B:
    return read_bool(r, &op->transpose_b);
  case PA_NN_ATTR_ALPHA:
    return read_real(r, &op->alpha);
  case PA_NN_ATTR_MIN:
    return read_real(r, &op->min);
  case PA_NN_ATTR_MAX:
    return read_real(r, &op->max);
  case PA_NN_ATTR_SIZE:
    return read_wholes(r, 2, 1, op->size);
  case PA_NN_ATTR_SCALE:
    return read_scale(r, false);
  case PA_NN_ATTR_WHOLE_SCALE:
    return read_scale(r, true);
  case PA_NN_ATTR_MODE:
    return read_mode(r);
  case PA_NN_ATTR_AXES:
    return read_list(r, -PA_LIMIT_TENSOR_RANK, &op->list);
  case PA_NN_ATTR_KEEP_DIMS:
    return read_bool(r, &op->keep_dims);
  case PA_NN_ATTR_AXIS:
    return read_whole(r, -PA_LIMIT_TENSOR_RANK, &op->axis);
  case PA_NN_ATTR_BEGIN:
  case PA_NN_ATTR_BEFORE:
  case PA_NN_ATTR_PERM:
    return read_list(r, 0, &op->list);
  case PA_NN_ATTR_SIZES:
    return read_list(r, -1, &op->list2);
  case PA_NN_ATTR_AFTER:
    return read_list(r, 0, &op->list2);
  case PA_NN_ATTR_SHAPE:
    return read_list(r, -1, &op->list);
  case PA_NN_ATTR_VALUE:
    return read_real(r, &op->value);
  case PA_NN_ATTR_BLOCK:
    return read_whole(r, 1, &op->block);
  case PA_NN_ATTR_EPSILON:
    return read_real(r, &op->epsilon);
  case PA_NN_ATTR_FEATURES:
    return read_whole(r, 1, &op->features);
  case PA_NN_ATTR_TEMPERATURE:
    return read_real(r, &op->temperature);
  case PA_NN_ATTR_HEADS:
    return read_whole(r, 1, &op->heads);
  case PA_NN_ATTR_POINTS:
    return read_whole(r, 1, &op->points);
  case PA_NN_ATTRIBUTES:
    break;
  }
  return pa_nn_attribute_bad(r, "known");
}

/* The op's attribute of this name; PA_NN_ATTRIBUTES when it has none. */
static pa_nn_attribute attribute_of(const pa_nn_op_info *info,
                                    const char *key) {
  for (int a = 0; a < PA_NN_ATTRIBUTES; a++) {
    bool has = (info->required | info->optional) >> a & 1;
    if (has && strcmp(keys[a], key) == 0) return (pa_nn_attribute)a;
  }
  return PA_NN_ATTRIBUTES;
}

/* What the table cannot say. */
static pa_status check_together(pa_error *err, const char *name,
                                const pa_nn_op *op, uint64_t given) {
  const char *wrong = NULL;
  uint64_t size = given >> PA_NN_ATTR_SIZE & 1;
  uint64_t scale = given >> PA_NN_ATTR_SCALE & 1;
  scale |= given >> PA_NN_ATTR_WHOLE_SCALE & 1;
  switch (op->kind) {
  case PA_NN_CLAMP:
    if (isinf(op->min) && isinf(op->max)) wrong = "neither min nor max";
    if (op->min >= op->max) wrong = "min is not below max";
    break;
  case PA_NN_RESIZE_BILINEAR:
  case PA_NN_RESIZE_NEAREST:
    if (size == scale) wrong = "wants either size or scale";
    break;
  case PA_NN_SLICE:
  case PA_NN_PAD:
    if (op->list.count != op->list2.count) wrong = "lists differ in length";
    break;
  case PA_NN_LAYER_NORM:
  case PA_NN_GROUP_NORM:
    if (op->epsilon < 0) wrong = "epsilon is negative";
    break;
  case PA_NN_SINE_POSITION:
    if (!(op->temperature > 0)) wrong = "temperature is not positive";
    break;
  default:
    break;
  }
  if (!wrong) return PA_OK;
  return pa_error_set(err, PA_ERROR_WEIGHTS, "%s: %s", name, wrong);
}

static void set_defaults(pa_nn_op *op) {
  op->stride[0] = op->stride[1] = 1;
  op->dilation[0] = op->dilation[1] = 1;
  op->groups = op->block = 1;
  op->act_min = op->min = -INFINITY;
  op->act_max = op->max = INFINITY;
}

pa_status pa_nn_attributes_read(pa_error *err, const char *name,
                                const pa_nn_weights *weights, yyjson_val *json,
                                pa_nn_op *op) {
  const pa_nn_op_info *info = pa_nn_op_info_of(op->kind);
  reader r = {.err = err, .op_name = name, .weights = weights, .op = op};
  uint64_t given = 0;
  size_t i, count;
  yyjson_val *key, *value;
  set_defaults(op);
  yyjson_obj_foreach(json, i, count, key, value) {
    r.key = yyjson_get_str(key);
    r.json = value;
    if (!strcmp(r.key, "op") || !strcmp(r.key, "in") || !strcmp(r.key, "out"))
      continue;
    pa_nn_attribute attribute = attribute_of(info, r.key);
    if (attribute == PA_NN_ATTRIBUTES)
      return pa_error_set(err, PA_ERROR_WEIGHTS, "%s: no attribute %.40s", name,
                          r.key);
    pa_status status = read_one(&r, attribute);
    if (status != PA_OK) return status;
    given |= UINT64_C(1) << attribute;
  }
  for (int a = 0; a < PA_NN_ATTRIBUTES; a++)
    if ((info->required & ~given) >> a & 1)
      return pa_error_set(err, PA_ERROR_WEIGHTS, "%s: without %s", name,
                          keys[a]);
  return check_together(err, name, op, given);
}
