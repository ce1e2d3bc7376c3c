/* Inference of shapes: what shape.c and the files beside it share. A rule
 * stores the shapes of its op's results, and answers PA_ERROR_WEIGHTS with a
 * message that names the op when it may not be given its inputs. */
#ifndef PARSONA_NN_SHAPE_H
#define PARSONA_NN_SHAPE_H

#include "nn/graph.h"

typedef struct pa_infer {
  pa_error *err;
  const pa_nn_graph *graph;
  const pa_nn_op *op;
  pa_nn_shape *shapes; /* of every value */
} pa_infer;

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
pa_status
pa_infer_bad(const pa_infer *c, const char *format, ...);

/* The shape of operand or result `i` of the op. */
const pa_nn_shape *pa_infer_in(const pa_infer *c, uint32_t i);
pa_nn_shape *pa_infer_out(const pa_infer *c, uint32_t i);

/* Stores a result's shape, its rank and dimensions checked. */
pa_status pa_infer_set(const pa_infer *c, uint32_t i, size_t rank,
                       const int64_t *dims);
pa_status pa_infer_same_as_input(const pa_infer *c);

/* What several rules ask for. */
pa_status pa_infer_want_image(const pa_infer *c);
pa_status pa_infer_check_channels(const pa_infer *c, size_t channels);
pa_status pa_infer_weight_rank(const pa_infer *c, size_t rank);
/* An axis, counted from the end when negative. */
pa_status pa_infer_find_axis(const pa_infer *c, int32_t axis, size_t rank,
                             size_t *found);

/* shape_window.c */
pa_status pa_infer_conv2d(const pa_infer *c);
pa_status pa_infer_deconv2d(const pa_infer *c);
pa_status pa_infer_depthwise_conv2d(const pa_infer *c);
pa_status pa_infer_pool2d(const pa_infer *c);

/* shape_matrix.c */
pa_status pa_infer_batch_matmul(const pa_infer *c);
pa_status pa_infer_binary(const pa_infer *c);
pa_status pa_infer_fully_connected(const pa_infer *c);
pa_status pa_infer_prelu(const pa_infer *c);

/* shape_layout.c */
pa_status pa_infer_argmax(const pa_infer *c);
pa_status pa_infer_concat(const pa_infer *c);
pa_status pa_infer_depth_to_space(const pa_infer *c);
pa_status pa_infer_pad(const pa_infer *c);
pa_status pa_infer_reduce(const pa_infer *c);
pa_status pa_infer_reshape(const pa_infer *c);
pa_status pa_infer_resize(const pa_infer *c);
pa_status pa_infer_slice(const pa_infer *c);
pa_status pa_infer_space_to_depth(const pa_infer *c);
pa_status pa_infer_split(const pa_infer *c);
pa_status pa_infer_transpose(const pa_infer *c);

/* shape_like.c */
pa_status pa_infer_constant(const pa_infer *c);
pa_status pa_infer_deform_attention(const pa_infer *c);
pa_status pa_infer_norm(const pa_infer *c);
pa_status pa_infer_reshape_like(const pa_infer *c);
pa_status pa_infer_sine_position(const pa_infer *c);
pa_status pa_infer_split_like(const pa_infer *c);

#endif
