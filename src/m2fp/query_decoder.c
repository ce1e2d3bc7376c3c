/* The query decoder: learned queries look at one level after another, each only
 * where its own mask is (masked attention, arXiv:2112.01527, section 3.2), and
 * become classes and masks.
 *
 * A layer needs the masks of the layer before at its level's resolution only.
 * Resizing is linear in the pixels, so the mask features are resized once for
 * each level, and no mask of full size is made but the last layer's. */
#include <math.h>
#include <string.h>

#include "m2fp/model.h"

#define PREFIX "sem_seg_head.predictor."

/* The levels' strides are 32, 16, 8; that of the mask features is 4. */
static double level_scale(size_t level) {
  return level == 0 ? 0.125 : level == 1 ? 0.25 : 0.5;
}

/* What keys and values of a level are made from, and its mask features. */
static void prepare_level(pa_m2fp_builder *b, size_t level) {
  const char *features = "mask_features";
  const int64_t pixels[2] = {-1, (int64_t)b->sizes->width};
  pa_m2fp_name memory = pa_m2fp_name_of("memory.%zu", level);
  pa_m2fp_name source = pa_m2fp_name_of("source.%zu", level);
  pa_m2fp_name sines = pa_m2fp_name_of("decoder.sines.%zu", level);
  pa_m2fp_name small = pa_m2fp_name_of("features.%zu.map", level);
  pa_m2fp_level_embedding(b, PREFIX "level_embed.weight", level);
  pa_m2fp_binary(b, "add", memory.text,
                 pa_m2fp_name_of(PREFIX "level_embed.weight.%zu", level).text,
                 source.text);
  pa_m2fp_position(b, level, sines.text);
  pa_m2fp_binary(b, "add", source.text, sines.text,
                 pa_m2fp_name_of("keys.%zu", level).text);
  yyjson_mut_val *op =
      pa_m2fp_op(b, "resize_bilinear", small.text, 1, &features);
  yyjson_mut_val *scale = yyjson_mut_arr(b->doc);
  bool added = yyjson_mut_obj_add_val(b->doc, op, "scale", scale);
  for (int axis = 0; axis < 2; axis++)
    added &= yyjson_mut_arr_add_real(b->doc, scale, level_scale(level));
  if (!added) b->out_of_memory = true;
  pa_m2fp_reshape(b, small.text, pa_m2fp_name_of("features.%zu", level).text, 2,
                  pixels);
}

/* ------------------------------------------------------------- attention */

/* Query, key or value (0, 1, 2) of an attention: a third of its in_proj. The
 * query is divided by the root of a head's width here. */
static void add_projection(pa_m2fp_builder *b, const char *name, size_t third,
                           const char *in, const char *out) {
  static const char *const thirds[3] = {"q", "k", "v"};
  size_t width = b->sizes->width;
  const size_t shape[2] = {3 * width, width};
  size_t head_width = width / b->sizes->heads;
  float head = (float)head_width;
  pa_m2fp_name weight = pa_m2fp_name_of("%s.in_proj_weight", name);
  pa_m2fp_name bias = pa_m2fp_name_of("%s.in_proj_bias", name);
  pa_m2fp_tensor tensor = {.rank = 2,
                           .dim = {width, width},
                           .first = third * width,
                           .gain = third == 0 ? 1 / sqrtf(head) : 1,
                           .kind = PA_M2FP_KERNEL};
  tensor.from = pa_m2fp_ask(b, weight.text, 2, shape);
  weight = pa_m2fp_name_of("%s.%s.weight", name, thirds[third]);
  memcpy(tensor.name, weight.text, sizeof tensor.name);
  pa_m2fp_store(b, &tensor);
  tensor.rank = 1;
  tensor.kind = PA_M2FP_PLAIN;
  tensor.from = pa_m2fp_ask(b, bias.text, 1, shape);
  bias = pa_m2fp_name_of("%s.%s.bias", name, thirds[third]);
  memcpy(tensor.name, bias.text, sizeof tensor.name);
  pa_m2fp_store(b, &tensor);
  yyjson_mut_val *op = pa_m2fp_op(b, "fully_connected", out, 1, &in);
  if (!yyjson_mut_obj_add_strcpy(b->doc, op, "weight", weight.text) ||
      !yyjson_mut_obj_add_strcpy(b->doc, op, "bias", bias.text))
    b->out_of_memory = true;
}

/* A projection, taken apart into heads: [heads, tokens, width of a head]. */
static pa_m2fp_name heads_of(pa_m2fp_builder *b, const char *name, size_t third,
                             const char *in, const char *value) {
  static const char *const thirds[3] = {"q", "k", "v"};
  int64_t heads = (int64_t)b->sizes->heads;
  int64_t width = (int64_t)b->sizes->width;
  pa_m2fp_name flat = pa_m2fp_name_of("%s.%s.flat", value, thirds[third]);
  pa_m2fp_name split = pa_m2fp_name_of("%s.%s.split", value, thirds[third]);
  pa_m2fp_name out = pa_m2fp_name_of("%s.%s", value, thirds[third]);
  const char *operand = split.text;
  add_projection(b, name, third, in, flat.text);
  pa_m2fp_reshape(b, flat.text, split.text, 3,
                  (const int64_t[]){-1, heads, width / heads});
  yyjson_mut_val *op = pa_m2fp_op(b, "transpose", out.text, 1, &operand);
  pa_m2fp_numbers(b, op, "perm", 3, (const int64_t[]){1, 0, 2});
  return out;
}

static void multiply(pa_m2fp_builder *b, const char *x, const char *y,
                     bool transpose, const char *out) {
  yyjson_mut_val *op =
      pa_m2fp_op(b, "batch_matmul", out, 2, (const char *const[]){x, y});
  if (transpose && !yyjson_mut_obj_add_bool(b->doc, op, "transpose_b", true))
    b->out_of_memory = true;
}

typedef struct attention {
  const char *name;               /* of its tensors */
  const char *value;              /* what its values' names begin with */
  const char *query, *key, *from; /* values; `from` gives the attended ones */
  const char *mask;               /* added to the scores; NULL: none */
} attention;

/* Multi-head attention (Vaswani et al. 2017). */
static void attend(pa_m2fp_builder *b, const attention *a, const char *out) {
  size_t width = b->sizes->width;
  pa_m2fp_name q = heads_of(b, a->name, 0, a->query, a->value);
  pa_m2fp_name k = heads_of(b, a->name, 1, a->key, a->value);
  pa_m2fp_name scores = pa_m2fp_name_of("%s.scores", a->value);
  pa_m2fp_name masked = pa_m2fp_name_of("%s.masked", a->value);
  multiply(b, q.text, k.text, true, scores.text);
  if (a->mask) pa_m2fp_binary(b, "add", scores.text, a->mask, masked.text);
  pa_m2fp_name shares = pa_m2fp_name_of("%s.shares", a->value);
  pa_m2fp_unary(b, "softmax", a->mask ? masked.text : scores.text, shares.text);
  pa_m2fp_name v = heads_of(b, a->name, 2, a->from, a->value);
  pa_m2fp_name heads = pa_m2fp_name_of("%s.heads", a->value);
  pa_m2fp_name turned = pa_m2fp_name_of("%s.turned", a->value);
  pa_m2fp_name joined = pa_m2fp_name_of("%s.joined", a->value);
  multiply(b, shares.text, v.text, false, heads.text);
  const char *operand = heads.text;
  yyjson_mut_val *op = pa_m2fp_op(b, "transpose", turned.text, 1, &operand);
  pa_m2fp_numbers(b, op, "perm", 3, (const int64_t[]){1, 0, 2});
  pa_m2fp_reshape(b, turned.text, joined.text, 2,
                  (const int64_t[]){-1, (int64_t)width});
  pa_m2fp_add_linear(b, pa_m2fp_name_of("%s.out_proj", a->name).text, width,
                     width, PA_M2FP_KERNEL, false, joined.text, out);
}

/* ----------------------------------------------------------------- layers */

/* The queries' mask embeddings; the normed queries are NAME.normed. */
static pa_m2fp_name embed_masks(pa_m2fp_builder *b, const char *queries,
                                const char *name) {
  size_t width = b->sizes->width;
  pa_m2fp_name in = pa_m2fp_name_of("%s.normed", name);
  pa_m2fp_add_norm(b, PREFIX "decoder_norm", 0, width, queries, in.text);
  for (size_t i = 0; i < 3; i++) {
    pa_m2fp_name out = pa_m2fp_name_of("%s.embed.%zu", name, i);
    pa_m2fp_add_linear(b,
                       pa_m2fp_name_of(PREFIX "mask_embed.layers.%zu", i).text,
                       width, width, PA_M2FP_FINE, i < 2, in.text, out.text);
    in = out;
  }
  return in;
}

/* Where each query may look on the level: what is added to its scores. */
static pa_m2fp_name mask_attention(pa_m2fp_builder *b, const char *queries,
                                   const char *name, size_t level) {
  pa_m2fp_name embed = embed_masks(b, queries, name);
  pa_m2fp_name logits = pa_m2fp_name_of("%s.mask", name);
  pa_m2fp_name mask = pa_m2fp_name_of("%s.blocked", name);
  multiply(b, embed.text, pa_m2fp_name_of("features.%zu", level).text, true,
           logits.text);
  pa_m2fp_unary(b, "attention_mask", logits.text, mask.text);
  return mask;
}

static void cross_attention(pa_m2fp_builder *b, size_t i, const char *name,
                            const char *in, const char *out) {
  size_t level = i % b->sizes->levels;
  pa_m2fp_name layer =
      pa_m2fp_name_of(PREFIX "transformer_cross_attention_layers.%zu", i);
  pa_m2fp_name tensors = pa_m2fp_name_of("%s.multihead_attn", layer.text);
  pa_m2fp_name value = pa_m2fp_name_of("%s.cross", name);
  pa_m2fp_name query = pa_m2fp_name_of("%s.query", value.text);
  pa_m2fp_name key = pa_m2fp_name_of("keys.%zu", level);
  pa_m2fp_name from = pa_m2fp_name_of("source.%zu", level);
  pa_m2fp_name seen = pa_m2fp_name_of("%s.seen", value.text);
  pa_m2fp_name mask = mask_attention(b, in, name, level);
  pa_m2fp_binary(b, "add", in, PREFIX "query_embed.weight", query.text);
  attend(b,
         &(attention){.name = tensors.text,
                      .value = value.text,
                      .query = query.text,
                      .key = key.text,
                      .from = from.text,
                      .mask = mask.text},
         seen.text);
  pa_m2fp_add_and_norm(b, pa_m2fp_name_of("%s.norm", layer.text).text, in,
                       seen.text, out);
}

static void self_attention(pa_m2fp_builder *b, size_t i, const char *name,
                           const char *in, const char *out) {
  pa_m2fp_name layer =
      pa_m2fp_name_of(PREFIX "transformer_self_attention_layers.%zu", i);
  pa_m2fp_name tensors = pa_m2fp_name_of("%s.self_attn", layer.text);
  pa_m2fp_name value = pa_m2fp_name_of("%s.self", name);
  pa_m2fp_name query = pa_m2fp_name_of("%s.query", value.text);
  pa_m2fp_name seen = pa_m2fp_name_of("%s.seen", value.text);
  pa_m2fp_binary(b, "add", in, PREFIX "query_embed.weight", query.text);
  attend(b,
         &(attention){.name = tensors.text,
                      .value = value.text,
                      .query = query.text,
                      .key = query.text,
                      .from = in},
         seen.text);
  pa_m2fp_add_and_norm(b, pa_m2fp_name_of("%s.norm", layer.text).text, in,
                       seen.text, out);
}

static void feed_forward(pa_m2fp_builder *b, size_t i, const char *name,
                         const char *in, const char *out) {
  size_t width = b->sizes->width, hidden = b->sizes->decoder_hidden;
  pa_m2fp_name layer = pa_m2fp_name_of(PREFIX "transformer_ffn_layers.%zu", i);
  pa_m2fp_name wide = pa_m2fp_name_of("%s.hidden", name);
  pa_m2fp_name narrow = pa_m2fp_name_of("%s.narrow", name);
  pa_m2fp_add_linear(b, pa_m2fp_name_of("%s.linear1", layer.text).text, hidden,
                     width, PA_M2FP_KERNEL, true, in, wide.text);
  pa_m2fp_add_linear(b, pa_m2fp_name_of("%s.linear2", layer.text).text, width,
                     hidden, PA_M2FP_KERNEL, false, wide.text, narrow.text);
  pa_m2fp_add_and_norm(b, pa_m2fp_name_of("%s.norm", layer.text).text, in,
                       narrow.text, out);
}

/* Classes and masks of the last queries. */
static void heads(pa_m2fp_builder *b, const char *queries) {
  size_t width = b->sizes->width;
  const int64_t pixels[2] = {-1, (int64_t)width};
  pa_m2fp_name embed = embed_masks(b, queries, "final");
  pa_m2fp_add_linear(b, PREFIX "class_embed", b->classes + 1, width,
                     PA_M2FP_FINE, false, "final.normed", "classes");
  pa_m2fp_reshape(b, "mask_features", "mask_pixels", 2, pixels);
  multiply(b, "mask_pixels", embed.text, true, "masks");
}

void pa_m2fp_query_decoder(pa_m2fp_builder *b) {
  const size_t shape[2] = {b->sizes->queries, b->sizes->width};
  pa_m2fp_name in = {"queries"};
  for (size_t level = 0; level < b->sizes->levels; level++)
    prepare_level(b, level);
  pa_m2fp_add_constant(b, PREFIX "query_feat.weight", 2, shape);
  pa_m2fp_add_constant(b, PREFIX "query_embed.weight", 2, shape);
  pa_m2fp_unary(b, "constant", PREFIX "query_feat.weight", in.text);
  for (size_t i = 0; i < b->sizes->decoder_layers; i++) {
    pa_m2fp_name name = pa_m2fp_name_of("decoder.%zu", i);
    pa_m2fp_name crossed = pa_m2fp_name_of("%s.crossed", name.text);
    pa_m2fp_name mixed = pa_m2fp_name_of("%s.mixed", name.text);
    pa_m2fp_name out = pa_m2fp_name_of("decoder.out.%zu", i);
    cross_attention(b, i, name.text, in.text, crossed.text);
    self_attention(b, i, name.text, crossed.text, mixed.text);
    feed_forward(b, i, name.text, mixed.text, out.text);
    in = out;
  }
  heads(b, in.text);
}
