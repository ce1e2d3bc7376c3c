#include "nn/ops.h"

#include <string.h>

#define BIT(name) (UINT64_C(1) << PA_NN_ATTR_##name)
#define MANY PA_LIMIT_OP_OPERANDS

#define CONV (BIT(BIAS) | BIT(STRIDE) | BIT(DILATION) | BIT(ACT))
#define BINARY 2, 2, 1, 1, true, true, 0, BIT(ACT)
#define UNARY 1, 1, 1, 1, false, true, 0, 0
#define RESIZE(scale) 1, 1, 1, 1, false, false, 0, BIT(SIZE) | BIT(scale)
#define NORM BIT(GAIN) | BIT(BIAS) | BIT(EPSILON)

/* name, operands (least, most), results (least, most), whether operands may be
 * constants, whether the result may overwrite one, attributes that must be
 * there, attributes that may be */
static const pa_nn_op_info table[PA_NN_OP_KINDS] = {
    [PA_NN_CONV2D] = {"conv2d", 1, 1, 1, 1, false, false,
                      BIT(WEIGHT) | BIT(PAD), CONV | BIT(GROUPS)},
    [PA_NN_DEPTHWISE_CONV2D] = {"depthwise_conv2d", 1, 1, 1, 1, false, false,
                                BIT(WEIGHT) | BIT(PAD), CONV},
    [PA_NN_DECONV2D] = {"deconv2d", 1, 1, 1, 1, false, false, BIT(WEIGHT),
                        BIT(BIAS) | BIT(STRIDE) | BIT(DECONV_PAD) |
                            BIT(OUTPUT_PAD) | BIT(ACT)},
    [PA_NN_FULLY_CONNECTED] = {"fully_connected", 1, 1, 1, 1, false, false,
                               BIT(WEIGHT), BIT(BIAS) | BIT(ACT)},
    [PA_NN_BATCH_MATMUL] = {"batch_matmul", 2, 2, 1, 1, true, false, 0,
                            BIT(TRANSPOSE_B)},
    [PA_NN_ADD] = {"add", BINARY},
    [PA_NN_SUB] = {"sub", BINARY},
    [PA_NN_MUL] = {"mul", BINARY},
    [PA_NN_DIV] = {"div", BINARY},
    [PA_NN_MIN] = {"min", BINARY},
    [PA_NN_MAX] = {"max", BINARY},
    [PA_NN_SQUARED_DIFFERENCE] = {"squared_difference", BINARY},
    [PA_NN_PRELU] = {"prelu", 2, 2, 1, 1, true, true, 0, 0},
    [PA_NN_RELU] = {"relu", UNARY},
    [PA_NN_RELU6] = {"relu6", UNARY},
    [PA_NN_CLAMP] = {"clamp", 1, 1, 1, 1, false, true, 0, BIT(MIN) | BIT(MAX)},
    [PA_NN_SIGMOID] = {"sigmoid", UNARY},
    [PA_NN_TANH] = {"tanh", UNARY},
    [PA_NN_HARDSWISH] = {"hardswish", UNARY},
    [PA_NN_GELU] = {"gelu", UNARY},
    [PA_NN_EXP] = {"exp", UNARY},
    [PA_NN_SQRT] = {"sqrt", UNARY},
    [PA_NN_RSQRT] = {"rsqrt", UNARY},
    [PA_NN_ABS] = {"abs", UNARY},
    [PA_NN_NEG] = {"neg", UNARY},
    [PA_NN_SQUARE] = {"square", UNARY},
    [PA_NN_FLOOR] = {"floor", UNARY},
    [PA_NN_LEAKY_RELU] = {"leaky_relu", 1, 1, 1, 1, false, true, BIT(ALPHA), 0},
    [PA_NN_SOFTMAX] = {"softmax", UNARY},
    [PA_NN_AVG_POOL2D] = {"avg_pool2d", 1, 1, 1, 1, false, false,
                          BIT(SIZE) | BIT(PAD), BIT(STRIDE)},
    [PA_NN_MAX_POOL2D] = {"max_pool2d", 1, 1, 1, 1, false, false,
                          BIT(SIZE) | BIT(PAD), BIT(STRIDE)},
    [PA_NN_MEAN] = {"mean", 1, 1, 1, 1, false, false, BIT(AXES),
                    BIT(KEEP_DIMS)},
    [PA_NN_SUM] = {"sum", 1, 1, 1, 1, false, false, BIT(AXES), BIT(KEEP_DIMS)},
    [PA_NN_CONCAT] = {"concat", 1, MANY, 1, 1, true, false, BIT(AXIS), 0},
    [PA_NN_SPLIT] = {"split", 1, 1, 1, MANY, false, false, BIT(AXIS), 0},
    [PA_NN_SLICE] = {"slice", 1, 1, 1, 1, false, false, BIT(BEGIN) | BIT(SIZES),
                     0},
    [PA_NN_PAD] = {"pad", 1, 1, 1, 1, false, false, BIT(BEFORE) | BIT(AFTER),
                   BIT(VALUE)},
    [PA_NN_RESHAPE] = {"reshape", 1, 1, 1, 1, false, false, BIT(SHAPE), 0},
    [PA_NN_TRANSPOSE] = {"transpose", 1, 1, 1, 1, false, false, BIT(PERM), 0},
    [PA_NN_RESIZE_BILINEAR] = {"resize_bilinear", RESIZE(SCALE) | BIT(MODE)},
    [PA_NN_RESIZE_NEAREST] = {"resize_nearest", RESIZE(WHOLE_SCALE)},
    [PA_NN_DEPTH_TO_SPACE] = {"depth_to_space", 1, 1, 1, 1, false, false,
                              BIT(BLOCK), 0},
    [PA_NN_SPACE_TO_DEPTH] = {"space_to_depth", 1, 1, 1, 1, false, false,
                              BIT(BLOCK), 0},
    [PA_NN_ARGMAX] = {"argmax", 1, 1, 1, 1, false, false, 0, 0},
    [PA_NN_LAYER_NORM] = {"layer_norm", 1, 1, 1, 1, false, true, NORM, 0},
    [PA_NN_GROUP_NORM] = {"group_norm", 1, 1, 1, 1, false, false,
                          NORM | BIT(GROUPS), 0},
    [PA_NN_CONSTANT_VALUE] = {"constant", 1, 1, 1, 1, true, false, 0, 0},
    [PA_NN_RESHAPE_LIKE] = {"reshape_like", 2, 2, 1, 1, false, false, 0, 0},
    [PA_NN_SPLIT_LIKE] = {"split_like", 2, MANY, 1, MANY, false, false,
                          BIT(AXIS), 0},
    [PA_NN_SINE_POSITION] = {"sine_position", 1, 1, 1, 1, false, false,
                             BIT(FEATURES) | BIT(TEMPERATURE), 0},
    [PA_NN_DEFORM_ATTENTION] = {"deform_attention", 4, MANY, 1, 1, false, false,
                                BIT(HEADS) | BIT(POINTS), 0},
    [PA_NN_ATTENTION_MASK] = {"attention_mask", UNARY},
};

const pa_nn_op_info *pa_nn_op_info_of(pa_nn_op_kind kind) {
  return &table[kind];
}

bool pa_nn_op_clamps(pa_nn_op_kind kind) {
  return table[kind].optional & BIT(ACT);
}

bool pa_nn_op_reads(const pa_nn_op *op, uint32_t i) {
  switch (op->kind) {
  case PA_NN_SINE_POSITION:
    return false;
  case PA_NN_RESHAPE_LIKE:
  case PA_NN_SPLIT_LIKE:
    return i == 0;
  case PA_NN_DEFORM_ATTENTION:
    return i < 3;
  default:
    return true;
  }
}

bool pa_nn_op_find(const char *name, pa_nn_op_kind *kind) {
  for (int k = 0; k < PA_NN_OP_KINDS; k++) {
    if (strcmp(table[k].name, name) != 0) continue;
    *kind = (pa_nn_op_kind)k;
    return true;
  }
  return false;
}
