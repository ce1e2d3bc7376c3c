/* The attributes that ops can have, one bit each in pa_nn_op_info. */
#ifndef PARSONA_NN_OPS_H
#define PARSONA_NN_OPS_H

#include "nn/graph.h"

typedef enum pa_nn_attribute {
  PA_NN_ATTR_WEIGHT, /* F32, F16, or I8 with a scale */
  PA_NN_ATTR_GAIN,   /* a norm's weight: F32 or F16 */
  PA_NN_ATTR_BIAS,
  PA_NN_ATTR_STRIDE,
  PA_NN_ATTR_PAD,
  PA_NN_ATTR_DECONV_PAD, /* numbers only */
  PA_NN_ATTR_OUTPUT_PAD,
  PA_NN_ATTR_DILATION,
  PA_NN_ATTR_GROUPS,
  PA_NN_ATTR_ACT,
  PA_NN_ATTR_TRANSPOSE_B,
  PA_NN_ATTR_ALPHA,
  PA_NN_ATTR_MIN,
  PA_NN_ATTR_MAX,
  PA_NN_ATTR_SIZE, /* [h, w] */
  PA_NN_ATTR_SCALE,
  PA_NN_ATTR_WHOLE_SCALE,
  PA_NN_ATTR_MODE,
  PA_NN_ATTR_AXES,
  PA_NN_ATTR_KEEP_DIMS,
  PA_NN_ATTR_AXIS,
  PA_NN_ATTR_BEGIN,
  PA_NN_ATTR_SIZES, /* a slice's, one a dimension */
  PA_NN_ATTR_BEFORE,
  PA_NN_ATTR_AFTER,
  PA_NN_ATTR_VALUE,
  PA_NN_ATTR_SHAPE,
  PA_NN_ATTR_PERM,
  PA_NN_ATTR_BLOCK,
  PA_NN_ATTR_EPSILON,
  PA_NN_ATTR_FEATURES,
  PA_NN_ATTR_TEMPERATURE,
  PA_NN_ATTR_HEADS,
  PA_NN_ATTR_POINTS,
  PA_NN_ATTRIBUTES
} pa_nn_attribute;

#endif
