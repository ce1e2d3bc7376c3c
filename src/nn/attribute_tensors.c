/* The attributes that name tensors. */
#include <stdio.h>
#include <string.h>

#include "nn/attributes.h"
#include "nn/json.h"

typedef pa_nn_attribute_reader reader;

/* NULL, and an error told, when there is none. */
static const pa_nn_tensor *find_tensor(const reader *r) {
  const char *name = pa_nn_json_text(r->json);
  const pa_nn_tensor *tensor =
      name ? pa_nn_tensor_find(r->weights, name) : NULL;
  if (!tensor)
    pa_error_set(r->err, PA_ERROR_WEIGHTS, "%s: %s: no tensor %.60s",
                 r->op_name, r->key, name ? name : "of that kind");
  return tensor;
}

pa_status pa_nn_attribute_plain_tensor(const pa_nn_attribute_reader *r,
                                       const pa_nn_tensor **tensor) {
  *tensor = find_tensor(r);
  if (!*tensor) return PA_ERROR_WEIGHTS;
  if ((*tensor)->dtype == PA_NN_F32 || (*tensor)->dtype == PA_NN_F16)
    return PA_OK;
  return pa_nn_attribute_bad(r, "an F32 or F16 tensor");
}

static pa_status read_scales(const reader *r) {
  const pa_nn_tensor *weight = r->op->weight;
  char name[512];
  int length = snprintf(name, sizeof name, "%s.scale", weight->name);
  const pa_nn_tensor *scale = length > 0 && (size_t)length < sizeof name
                                  ? pa_nn_tensor_find(r->weights, name)
                                  : NULL;
  if (!scale)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%s: I8 weight %.60s has no scale tensor", r->op_name,
                        weight->name);
  if (scale->dtype != PA_NN_F32 || scale->shape.rank != 1)
    return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                        "%s: scale of %.60s is not F32 of rank 1", r->op_name,
                        weight->name);
  for (size_t i = 0; i < scale->count; i++) {
    float s;
    memcpy(&s, scale->data + i * sizeof s, sizeof s);
    if (!(s >= 0))
      return pa_error_set(r->err, PA_ERROR_WEIGHTS,
                          "%s: scale %zu of %.60s is negative", r->op_name, i,
                          weight->name);
  }
  r->op->weight_scale = scale;
  return PA_OK;
}

pa_status pa_nn_attribute_weight(const pa_nn_attribute_reader *r) {
  r->op->weight = find_tensor(r);
  if (!r->op->weight) return PA_ERROR_WEIGHTS;
  switch (r->op->weight->dtype) {
  case PA_NN_F32:
  case PA_NN_F16:
    return PA_OK;
  case PA_NN_I8:
    return read_scales(r);
  case PA_NN_U8:
  case PA_NN_I32:
    break;
  }
  return pa_nn_attribute_bad(r, "an F32, F16 or I8 tensor");
}
