/* The engine: one weights file (tensors and an op graph,
 * docs/weights-format.md) becomes a network that runs on XNNPACK.
 *
 * Life of a network:
 *   pa_nn_weights_open   checks every byte of the file that has a meaning
 *   pa_nn_net_create     infers shapes for the given input sizes, turns the
 *                        graph into XNNPACK operators and loops of our own, and
 *                        allocates everything that running will need
 *   pa_nn_net_run        computes; allocates nothing, unless making another
 *                        network has failed for want of memory
 *   pa_nn_net_reshape    other input sizes, the same packed weights
 *
 * Tensors are float32 at run time, NHWC for images, densely packed. Weights
 * that are int8 or float16 on disk are expanded once, when the network is made,
 * unless the options keep them.
 */
#ifndef PARSONA_NN_NN_H
#define PARSONA_NN_NN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/limits.h"

/* ------------------------------------------------------------ the engine */

typedef struct pa_nn_engine pa_nn_engine;

/* What networks share: XNNPACK, the thread pool and the workspace (one for all
 * networks of the engine, so memory is that of the largest, not of their sum;
 * hence one network runs at a time). `threads` as in pa_context_options. */
pa_status pa_nn_engine_create(pa_error *err, unsigned threads,
                              pa_nn_engine **engine);
/* After every network made from it. */
void pa_nn_engine_destroy(pa_nn_engine *engine);
unsigned pa_nn_engine_threads(const pa_nn_engine *engine);

/* Whether this processor multiplies int8 faster than float32. */
bool pa_nn_int8_is_fast(void);

/* Runs task(user, i) for 0 <= i < count on the engine's threads and waits. For
 * the pipeline's own loops (resampling, composition). */
void pa_nn_parallel(pa_nn_engine *engine, size_t count,
                    void (*task)(void *user, size_t i), void *user);

/* ------------------------------------------------------------ the weights */

typedef struct pa_nn_weights pa_nn_weights;

/* Checks and indexes a weights file. `bytes` is not copied and must live and
 * stay unchanged as long as the handle; they must begin at a multiple of 8, as
 * what malloc gives does. Every error is PA_ERROR_WEIGHTS (or
 * _MEMORY, _TOO_LARGE) with a sentence that names the field, tensor or op. */
pa_status pa_nn_weights_open(pa_error *err, const void *bytes, size_t size,
                             pa_nn_weights **weights);
/* The bytes are not looked at from now on and may be released. The file's
 * texts, labels and graph remain: networks cannot be made from it any more,
 * those that have been can be reshaped. */
void pa_nn_weights_strip(pa_nn_weights *weights);
void pa_nn_weights_close(pa_nn_weights *weights);

/* A string of the file's __metadata__ ("role", "name", "license", "source",
 * ...); NULL when it is not there. */
const char *pa_nn_weights_text(const pa_nn_weights *weights, const char *key);

/* The file's own label table, in the order of the network's channels. */
size_t pa_nn_weights_label_count(const pa_nn_weights *weights);
const char *pa_nn_weights_label(const pa_nn_weights *weights, size_t index);

/* A constant that is no weight of an op but that a pipeline reads (anchors, a
 * mesh's triangles): float32 tensor by name. NULL when there is none of exactly
 * `count` elements. */
const float *pa_nn_weights_constant(const pa_nn_weights *weights,
                                    const char *name, size_t count);

/* ------------------------------------------------------------ the network */

typedef struct pa_nn_net pa_nn_net;

typedef struct pa_nn_shape {
  size_t rank;
  size_t dim[PA_LIMIT_TENSOR_RANK];
} pa_nn_shape;

/* Whether it is [1, height, width, channels]. */
bool pa_nn_shape_is(const pa_nn_shape *shape, size_t height, size_t width,
                    size_t channels);

typedef struct pa_nn_net_options {
  /* One shape for each of the graph's inputs; NULL when the file fixes them
   * all. A dimension the file fixes must agree. */
  const pa_nn_shape *input_shapes;
  /* The names of the outputs that will be read, with a NULL after the last;
   * NULL: all. What no other output needs is not computed, packed or given
   * memory, and the others stay the same to the bit. The inputs remain. A name
   * that the file does not have is PA_ERROR_WEIGHTS. Needed only while the
   * network is made. */
  const char *const *outputs;
  bool profile;
  /* Keep int8 weights of fully connected layers and 1x1 convolutions in int8
   * and expand them while multiplying: a quarter of the memory, somewhat
   * slower. For large networks. */
  bool compact;
  /* Compute wide layers of that kind in int8, weights and activations; what
   * they give stays float32. The rest is computed in float32. */
  bool int8;
  /* The most work that a run may be, in multiply-adds (what is only added,
   * compared or copied counts as well): a network that takes more is refused
   * with PA_ERROR_TOO_LARGE before anything of its size is allocated. 0:
   * PA_LIMIT_NET_MACS. */
  double max_work;
  /* Pack the weights and stop: the network has no inputs and outputs, and no
   * memory for activations, until it is reshaped. Lets the file's bytes go
   * before that memory is needed. */
  bool pack_only;
} pa_nn_net_options;

/* options may be NULL. The network keeps no reference to `weights`: the file
 * may be closed and released afterwards. */
pa_status pa_nn_net_create(pa_error *err, pa_nn_engine *engine,
                           const pa_nn_weights *weights,
                           const pa_nn_net_options *options, pa_nn_net **net);
void pa_nn_net_destroy(pa_nn_net *net);

/* The network for other input shapes, as if made anew, but with the weights
 * that it has packed: from the same file, stripped or not, and the same options
 * but for input_shapes, max_work and pack_only. Pointers to inputs and outputs
 * become invalid. After an error the network is as if made with pack_only. A
 * network whose padding depends on the input's size ("same" with a stride) may
 * need the file's bytes: PA_ERROR_ARGUMENT when they have been given back. */
pa_status pa_nn_net_reshape(pa_error *err, pa_nn_net *net,
                            const pa_nn_weights *weights,
                            const pa_nn_net_options *options);

/* Inputs and outputs by the names that the file gives them; NULL for an unknown
 * name, or an output that was left out. The buffers belong to the network:
 * write the input's before, read the output's after pa_nn_net_run. `shape` may
 * be NULL. */
float *pa_nn_net_input(pa_nn_net *net, const char *name, pa_nn_shape *shape);
const float *pa_nn_net_output(const pa_nn_net *net, const char *name,
                              pa_nn_shape *shape);

/* An output of exactly `count` values; NULL when there is none. */
const float *pa_nn_net_values(const pa_nn_net *net, const char *name,
                              size_t count);

/* What softmax and the logistic function make of logits; p may be `logits`. */
void pa_nn_softmax(const float *logits, size_t count, float *p);
float pa_nn_sigmoid(float logit);

/* Computes. `cancel` may be NULL; it is read between operators, and when it is
 * not 0 the result is PA_ERROR_CANCELLED and the outputs are unspecified. */
pa_status pa_nn_net_run(pa_error *err, pa_nn_net *net,
                        const atomic_int *cancel);

/* Bytes that the network holds for its packed weights and its buffers, and the
 * size of its arena (activations; shared through the engine's workspace), known
 * as soon as it is made. */
size_t pa_nn_net_bytes(const pa_nn_net *net);
size_t pa_nn_net_arena_bytes(const pa_nn_net *net);

/* Multiplications with additions (MACs) of one run. */
double pa_nn_net_macs(const pa_nn_net *net);

/* Times of the last run, one entry an operator in order of execution; 0 entries
 * unless the network was made with `profile`. */
size_t pa_nn_net_profile_count(const pa_nn_net *net);
double pa_nn_net_profile(const pa_nn_net *net, size_t index, const char **op);

#endif
