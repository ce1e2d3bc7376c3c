/* What a weights file says, read and checked: tensors, values and ops.
 * Everything points into the file's bytes or its parsed JSON. Private to nn. */
#ifndef PARSONA_NN_GRAPH_H
#define PARSONA_NN_GRAPH_H

#include <stdbool.h>

#include <yyjson.h>

#include "nn/names.h"
#include "nn/nn.h"

typedef enum pa_nn_dtype {
  PA_NN_F32,
  PA_NN_F16,
  PA_NN_I8,
  PA_NN_U8,
  PA_NN_I32
} pa_nn_dtype;

typedef struct pa_nn_tensor {
  const char *name;
  pa_nn_dtype dtype;
  pa_nn_shape shape;         /* rank 0: a scalar */
  size_t count;              /* of elements */
  const unsigned char *data; /* NULL: the weights are stripped */
} pa_nn_tensor;

typedef enum pa_nn_op_kind {
  PA_NN_CONV2D,
  PA_NN_DEPTHWISE_CONV2D,
  PA_NN_DECONV2D,
  PA_NN_FULLY_CONNECTED,
  PA_NN_BATCH_MATMUL,
  PA_NN_ADD,
  PA_NN_SUB,
  PA_NN_MUL,
  PA_NN_DIV,
  PA_NN_MIN,
  PA_NN_MAX,
  PA_NN_SQUARED_DIFFERENCE,
  PA_NN_PRELU,
  PA_NN_RELU,
  PA_NN_RELU6,
  PA_NN_CLAMP,
  PA_NN_SIGMOID,
  PA_NN_TANH,
  PA_NN_HARDSWISH,
  PA_NN_GELU,
  PA_NN_EXP,
  PA_NN_SQRT,
  PA_NN_RSQRT,
  PA_NN_ABS,
  PA_NN_NEG,
  PA_NN_SQUARE,
  PA_NN_FLOOR,
  PA_NN_LEAKY_RELU,
  PA_NN_SOFTMAX,
  PA_NN_AVG_POOL2D,
  PA_NN_MAX_POOL2D,
  PA_NN_MEAN,
  PA_NN_SUM,
  PA_NN_CONCAT,
  PA_NN_SPLIT,
  PA_NN_SLICE,
  PA_NN_PAD,
  PA_NN_RESHAPE,
  PA_NN_TRANSPOSE,
  PA_NN_RESIZE_BILINEAR,
  PA_NN_RESIZE_NEAREST,
  PA_NN_DEPTH_TO_SPACE,
  PA_NN_SPACE_TO_DEPTH,
  PA_NN_ARGMAX,
  PA_NN_LAYER_NORM,
  PA_NN_GROUP_NORM,
  PA_NN_CONSTANT_VALUE,
  PA_NN_RESHAPE_LIKE,
  PA_NN_SPLIT_LIKE,
  PA_NN_SINE_POSITION,
  PA_NN_DEFORM_ATTENTION,
  PA_NN_ATTENTION_MASK,
  PA_NN_OP_KINDS
} pa_nn_op_kind;

/* Samples of a deform_attention a head: levels times points. */
#define PA_NN_DEFORM_SAMPLES 64

typedef struct pa_nn_list {
  uint32_t count;
  int32_t v[PA_LIMIT_TENSOR_RANK];
} pa_nn_list;

typedef enum pa_nn_pad_mode { PA_NN_EXPLICIT, PA_NN_SAME } pa_nn_pad_mode;

typedef enum pa_nn_resize_mode {
  PA_NN_HALF_PIXEL,
  PA_NN_ALIGN_CORNERS,
  PA_NN_ASYMMETRIC
} pa_nn_resize_mode;

/* One op. An attribute that the op does not have holds its default. Two-fold
 * attributes are [height, width], pads [top, right, bottom, left]. */
typedef struct pa_nn_op {
  pa_nn_op_kind kind;
  uint32_t in_count, out_count;
  uint32_t in[PA_LIMIT_OP_OPERANDS], out[PA_LIMIT_OP_OPERANDS]; /* values */
  const pa_nn_tensor *weight, *weight_scale, *bias;
  int32_t stride[2], dilation[2], size[2], output_pad[2];
  pa_nn_pad_mode pad_mode;
  int32_t pad[4];
  int32_t groups, block, axis;
  float act_min, act_max; /* infinite where there is no bound */
  float min, max;         /* clamp */
  float alpha, epsilon, value, temperature;
  int32_t features, heads, points;
  float scale[2]; /* of a resize by factors; 0 when it has a size */
  pa_nn_resize_mode mode;
  bool transpose_b, keep_dims;
  pa_nn_list list, list2; /* axes, shape, perm; begin + size; before + after */
} pa_nn_op;

typedef struct pa_nn_value {
  const char *name;
  const pa_nn_tensor *constant; /* NULL when it is computed or an input */
  bool used;
} pa_nn_value;

typedef struct pa_nn_port {
  const char *name;
  uint32_t value;
  pa_nn_shape shape; /* of an input; 0: chosen when the network is made */
} pa_nn_port;

typedef struct pa_nn_graph {
  pa_nn_op *ops;
  uint32_t op_count;
  pa_nn_value *values; /* the inputs first, in order */
  uint32_t value_count;
  pa_nn_port *inputs, *outputs;
  uint32_t input_count, output_count;
} pa_nn_graph;

struct pa_nn_weights {
  yyjson_doc *header, *graph_json, *labels_json;
  yyjson_val *metadata;
  pa_nn_tensor *tensors;
  uint32_t tensor_count;
  pa_nn_names tensor_names;
  pa_nn_graph graph;
};

const pa_nn_tensor *pa_nn_tensor_find(const pa_nn_weights *weights,
                                      const char *name);

/* graph.c: reads the graph's JSON into weights->graph. Arity, attributes and
 * names are checked, shapes are not. */
pa_status pa_nn_graph_read(pa_error *err, pa_nn_weights *weights,
                           yyjson_val *root);
void pa_nn_graph_free(pa_nn_graph *graph);

/* attributes.c: reads and checks the attributes of one op; `name` is for errors
 * ("op 3 (conv2d)"). The op's operands are the caller's. */
pa_status pa_nn_attributes_read(pa_error *err, const char *name,
                                const pa_nn_weights *weights, yyjson_val *json,
                                pa_nn_op *op);

/* ops.c: the table of ops. */
typedef struct pa_nn_op_info {
  const char *name;
  uint8_t min_in, max_in, min_out, max_out;
  bool constants; /* operands may be constants, but not all of them */
  /* Element by element, in an order that lets the result overwrite operand 0
   * or, with two operands, either. */
  bool in_place;
  uint64_t required; /* bits of pa_nn_attribute */
  uint64_t optional;
} pa_nn_op_info;

const pa_nn_op_info *pa_nn_op_info_of(pa_nn_op_kind kind);
bool pa_nn_op_find(const char *name, pa_nn_op_kind *kind);
/* Whether ops of the kind can clamp their result. */
bool pa_nn_op_clamps(pa_nn_op_kind kind);
/* Whether the op reads the values of operand `i`, not only its shape. */
bool pa_nn_op_reads(const pa_nn_op *op, uint32_t i);

/* shape.c and shape_*.c: the shape of every value, given those of the inputs
 * (all sizes known). `shapes` has graph->value_count entries. Checks every rule
 * that depends on shapes; weights' shapes too. */
pa_status pa_nn_infer(pa_error *err, const pa_nn_graph *graph,
                      const pa_nn_shape *inputs, pa_nn_shape *shapes);

/* The padding of an op in pixels, for an input of this height and width and a
 * window of that; TensorFlow's rule when it is `same`. */
void pa_nn_pads(const pa_nn_op *op, size_t height, size_t width,
                const size_t window[2], int32_t pad[4]);

size_t pa_nn_count(const pa_nn_shape *shape); /* of elements */
/* The window of a conv, pool or deconv: height and width of its kernel. */
void pa_nn_window(const pa_nn_op *op, int32_t window[2]);

/* Multiply-adds of one op, and a bound on its work in the same unit that also
 * counts what is only compared, added or copied. */
double pa_nn_op_macs(const pa_nn_op *op, const pa_nn_shape *shapes);
double pa_nn_op_work(const pa_nn_op *op, const pa_nn_shape *shapes);

/* "op 3 (conv2d v7)" into text, for errors. */
void pa_nn_op_label(const pa_nn_graph *graph, const pa_nn_op *op, char *text,
                    size_t size);

#endif
