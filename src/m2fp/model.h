/* M2FP (Yang et al. 2023) as a graph of src/nn: Mask2Former (Cheng et al. 2022,
 * arXiv:2112.01527) on a ResNet with a deep stem (He et al. 2016; Chen et al.
 * 2018), with a pixel decoder of deformable attention (Zhu et al. 2021,
 * arXiv:2010.04159). Written from the papers and from the names and shapes of
 * the published checkpoint's tensors.
 *
 * Building the graph asks for every tensor that the architecture has, by its
 * name in the checkpoint; what is asked for is noted, and so is what is
 * missing, of another shape, or never asked for. Private to m2fp. */
#ifndef PARSONA_M2FP_MODEL_H
#define PARSONA_M2FP_MODEL_H

#include <yyjson.h>

#include "m2fp/checkpoint.h"

/* Sizes of the architecture. */
typedef struct pa_m2fp_sizes {
  const char *name;
  size_t stem[3];   /* channels of its three convolutions */
  size_t blocks[4]; /* of res2 .. res5 */
  size_t
      bottleneck; /* res2's inner channels; they double, and times 4 go out */
  size_t width;   /* of tokens, queries, mask features */
  size_t heads, groups;
  size_t levels, points;
  size_t encoder_layers, encoder_hidden;
  size_t decoder_layers, decoder_hidden;
  size_t queries;
} pa_m2fp_sizes;

extern const pa_m2fp_sizes pa_m2fp_r101; /* the published one */
extern const pa_m2fp_sizes pa_m2fp_tiny; /* its like, for tests */

/* How a tensor of the weights file comes out of the checkpoint's. */
typedef enum pa_m2fp_kind {
  PA_M2FP_KERNEL, /* a weight matrix or convolution: of the chosen dtype */
  PA_M2FP_FINE,   /* the same where int8 would be too coarse: float16 */
  PA_M2FP_PLAIN   /* float32 */
} pa_m2fp_kind;

#define PA_M2FP_NAME 112

typedef struct pa_m2fp_name {
  char text[PA_M2FP_NAME];
} pa_m2fp_name;

typedef struct pa_m2fp_tensor {
  char name[PA_M2FP_NAME];
  pa_m2fp_kind kind;
  size_t rank, dim[4];
  const pa_checkpoint_tensor
      *from;    /* convolutions are [out, in, kh, kw] there */
  size_t first; /* of its rows (outer dimension): dim[0] from here on */
  float gain;   /* they are multiplied by */
  /* Batch norm folded in: weight, bias, mean, variance. With `shift` the tensor
   * is the bias that comes of it, and `from` is NULL. */
  const pa_checkpoint_tensor *norm[4];
  bool shift;
} pa_m2fp_tensor;

#define PA_M2FP_PROBLEMS 4 /* told by name; the others are counted */

typedef struct pa_m2fp_builder {
  const pa_m2fp_sizes *sizes;
  const pa_checkpoint *checkpoint;
  size_t classes; /* without "no object" */
  /* What comes of it. */
  yyjson_mut_doc *doc; /* the graph, once built */
  yyjson_mut_val *ops;
  pa_m2fp_tensor *tensors;
  size_t tensor_count, tensor_room;
  size_t missing, misshapen;
  pa_m2fp_name *absent; /* the names of the missing */
  char problems[PA_M2FP_PROBLEMS][160];
  bool out_of_memory;
} pa_m2fp_builder;

/* ------------------------------------------------------- builder.c: tensors */

/* The checkpoint's tensor of this name and shape (rank and as many numbers);
 * noted when it is not there, or of another shape. */
const pa_checkpoint_tensor *pa_m2fp_ask(pa_m2fp_builder *b, const char *name,
                                        size_t rank, const size_t *dim);
/* A tensor of the weights file. */
void pa_m2fp_store(pa_m2fp_builder *b, const pa_m2fp_tensor *tensor);

/* printf into a name's room. */
#if defined(__GNUC__)
__attribute__((format(printf, 1, 2)))
#endif
pa_m2fp_name
pa_m2fp_name_of(const char *format, ...);

/* ----------------------------------------------------------- builder.c: ops */

/* Every op takes and gives values by name. */
yyjson_mut_val *pa_m2fp_op(pa_m2fp_builder *b, const char *op, const char *out,
                           size_t in_count, const char *const *in);
void pa_m2fp_numbers(pa_m2fp_builder *b, yyjson_mut_val *op, const char *key,
                     size_t count, const int64_t *numbers);
/* An op of one or two operands without attributes. */
void pa_m2fp_unary(pa_m2fp_builder *b, const char *op, const char *in,
                   const char *out);
void pa_m2fp_binary(pa_m2fp_builder *b, const char *op, const char *x,
                    const char *y, const char *out);
void pa_m2fp_reshape(pa_m2fp_builder *b, const char *in, const char *out,
                     size_t rank, const int64_t *shape);

/* -------------------------------------------------------- layers.c: layers */

typedef struct pa_m2fp_conv {
  size_t in, out, window, stride;
  bool norm; /* a batch norm to fold; else a bias when `bias` */
  bool bias, relu;
} pa_m2fp_conv;

/* The convolution whose tensors are `name`.weight etc. */
void pa_m2fp_add_conv(pa_m2fp_builder *b, const char *name,
                      const pa_m2fp_conv *conv, const char *in,
                      const char *out);
/* A matrix of `rows` rows; its tensors are `name`.weight and .bias. */
void pa_m2fp_add_linear(pa_m2fp_builder *b, const char *name, size_t rows,
                        size_t columns, pa_m2fp_kind kind, bool relu,
                        const char *in, const char *out);
/* Layer norm, or group norm when `groups` is not 0, over `width` channels. */
void pa_m2fp_add_norm(pa_m2fp_builder *b, const char *name, size_t groups,
                      size_t width, const char *in, const char *out);
/* out = layer norm of x + y; its tensors' names begin with `norm`. */
void pa_m2fp_add_and_norm(pa_m2fp_builder *b, const char *norm, const char *x,
                          const char *y, const char *out);
/* The tensor as it is, as constant operand of that name. */
void pa_m2fp_add_constant(pa_m2fp_builder *b, const char *name, size_t rank,
                          const size_t *dim);

/* ------------------------------------------------------------------- parts */

/* backbone.c: "image" to "res2" .. "res5". */
void pa_m2fp_backbone(pa_m2fp_builder *b);
/* pixel_decoder.c: to "memory.0" .. (tokens of strides 32, 16, 8) and
 * "mask_features" (stride 4). */
void pa_m2fp_pixel_decoder(pa_m2fp_builder *b);
/* The sines that tell where a level's pixels are, as tokens. */
void pa_m2fp_position(pa_m2fp_builder *b, size_t level, const char *out);
/* One row of an embedding [levels, width], as constant operand NAME.LEVEL. */
void pa_m2fp_level_embedding(pa_m2fp_builder *b, const char *name,
                             size_t level);
/* query_decoder.c: to "classes" [queries, classes + 1] and "masks" [pixels at
 * stride 4, queries], both logits. */
void pa_m2fp_query_decoder(pa_m2fp_builder *b);

/* ------------------------------------------------------------- the whole */

/* Builds the graph into b->doc. Errors: what the checkpoint lacks, has in
 * another shape, or has too much, the first few by name; memory. */
pa_status pa_m2fp_build(pa_error *err, pa_m2fp_builder *b);
void pa_m2fp_builder_free(pa_m2fp_builder *b);

/* store.c: the tensor's float32 values, folded and transposed, into `values`;
 * `scratch` has room for as many. */
pa_status pa_m2fp_values(pa_error *err, const pa_m2fp_tensor *tensor,
                         float *values, float *scratch);

#endif
