/* A network's inside. Private to nn.
 *
 * Making a network goes through these stages, each a file:
 *   shape*.c   shapes of all values
 *   prune.c    what no wanted output needs is left out
 *   fuse.c     pads and activations go into their neighbours
 *   build.c    values get buffers, ops become steps (lower_*.c)
 *   plan.c     places the buffers in the arena
 *   net.c      the public calls that make, reshape and destroy it
 *   run.c      the run, and what a network can be asked
 *
 * A step is one XNNPACK operator or one loop of our own. Values live in
 * buffers; several values share one where that saves a copy (a reshape, an
 * element-wise op whose input is not needed afterwards). What is made from the
 * file's weights is apart from the steps (packed.c): another input shape makes
 * all steps anew and packs nothing. */
#ifndef PARSONA_NN_NET_H
#define PARSONA_NN_NET_H

#include <xnnpack.h>

#include "nn/engine.h"
#include "nn/graph.h"

#define PA_NN_NONE UINT32_MAX

/* Bytes that may be read, not used, beyond the end of any buffer: XNNPACK
 * reads XNN_EXTRA_BYTES, our own loops up to a vector. */
#define PA_NN_SLACK 64
_Static_assert(PA_NN_SLACK >= XNN_EXTRA_BYTES, "XNNPACK reads further");

typedef enum pa_nn_place {
  PA_NN_ARENA,   /* in the engine's arena, from step `first` to `last` */
  PA_NN_INPUT,   /* the network's own memory, written by the caller */
  PA_NN_OUTPUT,  /* the same, read by the caller */
  PA_NN_CONSTANT /* the same, filled when the network is made */
} pa_nn_place;

typedef struct pa_nn_buffer {
  pa_nn_place place;
  size_t bytes;
  uint32_t first, last; /* steps between which it must not be reused */
  size_t offset;        /* into the arena */
  float *memory;        /* when it is the network's own; a constant's: packed */
} pa_nn_buffer;

/* A place in a buffer: `offset` floats from its start. */
typedef struct pa_nn_slot {
  uint32_t buffer; /* PA_NN_NONE: no such operand */
  size_t offset;
} pa_nn_slot;

typedef struct pa_nn_step pa_nn_step;

/* Sets the pointers of an XNNPACK operator. */
typedef enum xnn_status (*pa_nn_setup)(xnn_operator_t op, void *workspace,
                                       const float *a, const float *b,
                                       float *y);

/* What our own loops know: sizes by the loop's own account, and pointers. */
typedef struct pa_nn_loop {
  void (*task)(void *loop, size_t i);
  size_t count; /* tasks */
  size_t n[8];
  int32_t window[2], stride[2], pad[4];
  float value, min, max;
  float *weight, *bias;   /* owned by the step, unless it is packed */
  size_t bytes;           /* of these */
  const float *a, *b, *c; /* the operands that the op reads */
  float *y;
} pa_nn_loop;

/* The sizes of a loop whose tasks are rows of a result's images, in n. */
enum { PA_NN_IN_H, PA_NN_IN_W, PA_NN_OUT_H, PA_NN_OUT_W, PA_NN_CHANNELS };

struct pa_nn_step {
  uint32_t op;
  bool threaded; /* shared out over the engine's threads */
  bool packed;   /* its operator, or the loop's weights, are of the table */
  pa_nn_slot in[3], out;
  uint32_t workspace; /* a buffer, or PA_NN_NONE */
  size_t clear;       /* bytes of it that must be zero before each run */
  /* Either an XNNPACK operator with the call that sets its pointers ... */
  xnn_operator_t xnn;
  pa_nn_setup setup;
  /* ... or, when that is NULL, a loop. */
  pa_nn_loop loop;
};

/* What is made from the file's weights, once: the operator of an op, or values
 * that a loop or, of a constant, other ops read. */
typedef struct pa_nn_packed {
  xnn_operator_t xnn;
  pa_nn_setup setup;
  int32_t pad[4]; /* that the operator was made with, if a convolution's */
  float *weight, *bias;
  size_t bytes; /* of these */
} pa_nn_packed;

typedef struct pa_nn_net_port {
  char *name;
  pa_nn_shape shape;
  uint32_t buffer;
} pa_nn_net_port;

typedef struct pa_nn_timing {
  char *name; /* "conv2d v12" */
  uint32_t op;
  double ms;
} pa_nn_timing;

struct pa_nn_net {
  pa_nn_engine *engine;
  pa_nn_packed
      *packed; /* by value: of a constant, or of the op that gives it */
  uint32_t value_count;
  pa_nn_buffer *buffers;
  uint32_t buffer_count, buffer_capacity;
  pa_nn_step *steps;
  uint32_t step_count, step_capacity;
  pa_nn_net_port *inputs, *outputs;
  uint32_t input_count, output_count;
  size_t arena_bytes;
  size_t operator_bytes; /* that XNNPACK's operators hold, packed or not */
  double macs;
  unsigned moves;     /* of the arena when the steps were last set up */
  bool set_up, ready; /* ready: it may be run */
  pa_nn_timing *timings;
  uint32_t timing_count;
};

/* What is known while a network is made. */
typedef struct pa_nn_build {
  pa_error *err;
  pa_nn_net *net;
  /* A copy: its ops and outputs are its own, the rest is shared. Pruning leaves
   * some of them out, fusing changes ops. */
  pa_nn_graph graph;
  bool *fused; /* by op: it has gone into another */
  pa_nn_shape *shapes;
  uint32_t *uses;     /* by value: ops and outputs that read it */
  uint32_t *buffers;  /* by value: the buffer that holds it */
  uint32_t *last;     /* by value: the op that reads it last */
  const pa_nn_op *op; /* the op being lowered */
  uint32_t op_index;
  bool threaded;      /* the op is worth more than one thread */
  bool compact, int8; /* see pa_nn_net_options */
  uint32_t flags;     /* for XNNPACK's operators */
} pa_nn_build;

/* prune.c: keeps only these outputs of the graph (NULL-terminated; NULL: all)
 * and the ops that they need. After the shapes, before anything is counted. */
pa_status pa_nn_prune(pa_nn_build *b, const char *const *outputs);

/* fuse.c */
void pa_nn_fuse(pa_nn_build *b);

/* build.c: the steps; after that the memory that they run in. */
pa_status pa_nn_build_run(pa_nn_build *b);
pa_status pa_nn_build_place(pa_nn_build *b);
/* The next step, of the op being lowered: operand `in` to result 0, whole. */
pa_nn_step *pa_nn_build_step(pa_nn_build *b);
pa_nn_slot pa_nn_build_slot(const pa_nn_build *b, uint32_t value);
/* The threads for the current op's operators; NULL: the caller's alone. */
pthreadpool_t pa_nn_build_pool(const pa_nn_build *b);
/* A buffer that lives during the current op only. 0 bytes: PA_NN_NONE. */
uint32_t pa_nn_build_workspace(pa_nn_build *b, size_t bytes);
/* What XNNPACK's answer means; PA_OK for success. `made` is the operator. */
pa_status pa_nn_build_check(pa_nn_build *b, enum xnn_status status,
                            xnn_operator_t made);
const pa_nn_shape *pa_nn_build_in(const pa_nn_build *b, uint32_t i);
const pa_nn_shape *pa_nn_build_out(const pa_nn_build *b, uint32_t i);

/* The sizes and the count of tasks of a loop over rows, from x to y. */
void pa_nn_loop_rows(pa_nn_loop *loop, const pa_nn_shape *x,
                     const pa_nn_shape *y);

/* Task `row` of such a loop. */
typedef struct pa_nn_row {
  size_t y;           /* of its picture */
  const float *image; /* the input's picture */
  float *out;         /* the row itself */
} pa_nn_row;
pa_nn_row pa_nn_loop_row(const pa_nn_loop *loop, size_t row);

/* packed.c: what is made from the weights of the op being lowered; empty when
 * nothing has been yet. */
pa_nn_packed *pa_nn_build_packed(const pa_nn_build *b);
/* The next step, with the operator or the values that are packed. */
pa_nn_step *pa_nn_build_packed_step(pa_nn_build *b);
/* Keeps the operator `made` in place of one before, if XNNPACK's answer is a
 * success. */
pa_status pa_nn_build_pack(pa_nn_build *b, enum xnn_status status,
                           xnn_operator_t made, pa_nn_setup setup);
void pa_nn_packed_free(pa_nn_packed *packed);

/* expand.c: the tensor as float32 with room for over-reads at the end; int8 is
 * multiplied by its channel's scale (`axis` is the channel's).
 * PA_ERROR_ARGUMENT when the weights file's bytes have been given back. */
pa_status pa_nn_expand(pa_error *err, const pa_nn_tensor *tensor,
                       const pa_nn_tensor *scale, size_t axis, float **values);

/* lower_*.c: make the steps of b->op. */
pa_status pa_nn_lower_conv(pa_nn_build *b);
pa_status pa_nn_lower_deconv(pa_nn_build *b);
pa_status pa_nn_lower_fully_connected(pa_nn_build *b);
pa_status pa_nn_lower_batch_matmul(pa_nn_build *b);
pa_status pa_nn_lower_binary(pa_nn_build *b);
pa_status pa_nn_lower_unary(pa_nn_build *b);
pa_status pa_nn_lower_softmax(pa_nn_build *b);
pa_status pa_nn_lower_pool(pa_nn_build *b);
pa_status pa_nn_lower_reduce(pa_nn_build *b);
pa_status pa_nn_lower_concat(pa_nn_build *b);
pa_status pa_nn_lower_split(pa_nn_build *b);
pa_status pa_nn_lower_slice(pa_nn_build *b);
pa_status pa_nn_lower_pad(pa_nn_build *b);
pa_status pa_nn_lower_copy(pa_nn_build *b);
pa_status pa_nn_lower_transpose(pa_nn_build *b);
pa_status pa_nn_lower_resize_bilinear(pa_nn_build *b);
pa_status pa_nn_lower_resize_nearest(pa_nn_build *b);
pa_status pa_nn_lower_depth_space(pa_nn_build *b);
pa_status pa_nn_lower_argmax(pa_nn_build *b);
pa_status pa_nn_lower_norm(pa_nn_build *b);
pa_status pa_nn_lower_sine_position(pa_nn_build *b);
pa_status pa_nn_lower_deform_attention(pa_nn_build *b);
pa_status pa_nn_lower_attention_mask(pa_nn_build *b);

/* plan.c: offsets of the arena's buffers, and how large it must be. */
pa_status pa_nn_plan(pa_error *err, pa_nn_buffer *buffers, uint32_t count,
                     size_t *arena_bytes);

#endif
