/* Reading one attribute of an op: what attributes.c and attribute_tensors.c
 * share. */
#ifndef PARSONA_NN_ATTRIBUTES_H
#define PARSONA_NN_ATTRIBUTES_H

#include "nn/ops.h"

typedef struct pa_nn_attribute_reader {
  pa_error *err;
  const char *op_name, *key; /* for errors */
  const pa_nn_weights *weights;
  yyjson_val *json; /* the attribute's */
  pa_nn_op *op;     /* that it is read into */
} pa_nn_attribute_reader;

/* PA_ERROR_WEIGHTS: "op 3 (conv2d): stride is not `expected`". */
pa_status pa_nn_attribute_bad(const pa_nn_attribute_reader *reader,
                              const char *expected);

/* attribute_tensors.c: the op's weight, with its scale when it is int8; and a
 * tensor of F32 or F16. */
pa_status pa_nn_attribute_weight(const pa_nn_attribute_reader *reader);
pa_status pa_nn_attribute_plain_tensor(const pa_nn_attribute_reader *reader,
                                       const pa_nn_tensor **tensor);

#endif
