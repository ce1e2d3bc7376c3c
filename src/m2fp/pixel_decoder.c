/* The pixel decoder: the backbone's last three maps become tokens of one width
 * that look at each other, and go up to stride 4 over res2. */
#include "m2fp/model.h"

#define PREFIX "sem_seg_head.pixel_decoder."
#define TEMPERATURE 10000

/* Level 0 is res5. */
static size_t level_channels(const pa_m2fp_builder *b, size_t level) {
  return b->sizes->bottleneck * 4 << (3 - level);
}

/* The sines of a level's pixels, as tokens. */
void pa_m2fp_position(pa_m2fp_builder *b, size_t level, const char *out) {
  const int64_t tokens[3] = {1, -1, (int64_t)b->sizes->width};
  pa_m2fp_name map = pa_m2fp_name_of("level.%zu", level);
  pa_m2fp_name sines = pa_m2fp_name_of("%s.map", out);
  const char *in = map.text;
  yyjson_mut_val *op = pa_m2fp_op(b, "sine_position", sines.text, 1, &in);
  if (!yyjson_mut_obj_add_uint(b->doc, op, "features", b->sizes->width) ||
      !yyjson_mut_obj_add_int(b->doc, op, "temperature", TEMPERATURE))
    b->out_of_memory = true;
  pa_m2fp_reshape(b, sines.text, out, 3, tokens);
}

/* One level: its map, its tokens, and what tells where each of them is. */
static void project(pa_m2fp_builder *b, size_t level) {
  size_t width = b->sizes->width;
  const int64_t tokens[3] = {1, -1, (int64_t)width};
  pa_m2fp_name in = pa_m2fp_name_of("res%zu", 5 - level);
  pa_m2fp_name conv = pa_m2fp_name_of("project.%zu", level);
  pa_m2fp_name map = pa_m2fp_name_of("level.%zu", level);
  pa_m2fp_add_conv(b, pa_m2fp_name_of(PREFIX "input_proj.%zu.0", level).text,
                   &(pa_m2fp_conv){.in = level_channels(b, level),
                                   .out = width,
                                   .window = 1,
                                   .stride = 1,
                                   .bias = true},
                   in.text, conv.text);
  pa_m2fp_add_norm(b, pa_m2fp_name_of(PREFIX "input_proj.%zu.1", level).text,
                   b->sizes->groups, width, conv.text, map.text);
  pa_m2fp_reshape(b, map.text, pa_m2fp_name_of("tokens.%zu", level).text, 3,
                  tokens);
}

void pa_m2fp_level_embedding(pa_m2fp_builder *b, const char *name,
                             size_t level) {
  const size_t shape[2] = {b->sizes->levels, b->sizes->width};
  pa_m2fp_name own = pa_m2fp_name_of("%s.%zu", name, level);
  pa_m2fp_tensor row = {.kind = PA_M2FP_PLAIN,
                        .rank = 2,
                        .dim = {1, b->sizes->width},
                        .first = level,
                        .gain = 1};
  for (size_t i = 0; i < sizeof row.name; i++)
    row.name[i] = own.text[i];
  row.from = pa_m2fp_ask(b, name, 2, shape);
  pa_m2fp_store(b, &row);
}

static void encoder_position(pa_m2fp_builder *b, size_t level) {
  static const char name[] = PREFIX "transformer.level_embed";
  pa_m2fp_name sines = pa_m2fp_name_of("encoder.sines.%zu", level);
  pa_m2fp_position(b, level, sines.text);
  pa_m2fp_level_embedding(b, name, level);
  pa_m2fp_binary(b, "add", sines.text,
                 pa_m2fp_name_of("%s.%zu", name, level).text,
                 pa_m2fp_name_of("encoder.position.%zu", level).text);
}

static void concat(pa_m2fp_builder *b, const char *parts, const char *out) {
  pa_m2fp_name names[4];
  const char *in[4];
  for (size_t i = 0; i < b->sizes->levels; i++) {
    names[i] = pa_m2fp_name_of("%s.%zu", parts, i);
    in[i] = names[i].text;
  }
  yyjson_mut_val *op = pa_m2fp_op(b, "concat", out, b->sizes->levels, in);
  if (!yyjson_mut_obj_add_int(b->doc, op, "axis", 1)) b->out_of_memory = true;
}

/* Multi-scale deformable self-attention of the tokens `in`. */
static void attend(pa_m2fp_builder *b, const char *layer, const char *value,
                   const char *in, const char *out) {
  const pa_m2fp_sizes *s = b->sizes;
  size_t samples = s->heads * s->levels * s->points;
  pa_m2fp_name query = pa_m2fp_name_of("%s.query", value);
  pa_m2fp_name names[6], attended = pa_m2fp_name_of("%s.attended", value);
  const char *operands[6];
  pa_m2fp_binary(b, "add", in, "encoder.position", query.text);
  names[0] = pa_m2fp_name_of("%s.value", value);
  names[1] = pa_m2fp_name_of("%s.offsets", value);
  names[2] = pa_m2fp_name_of("%s.weights", value);
  for (size_t i = 0; i < s->levels; i++)
    names[3 + i] = pa_m2fp_name_of("level.%zu", i);
  for (size_t i = 0; i < 6; i++)
    operands[i] = names[i].text;
  pa_m2fp_add_linear(b, pa_m2fp_name_of("%s.self_attn.value_proj", layer).text,
                     s->width, s->width, PA_M2FP_KERNEL, false, in,
                     operands[0]);
  pa_m2fp_add_linear(
      b, pa_m2fp_name_of("%s.self_attn.sampling_offsets", layer).text,
      2 * samples, s->width, PA_M2FP_FINE, false, query.text, operands[1]);
  pa_m2fp_add_linear(
      b, pa_m2fp_name_of("%s.self_attn.attention_weights", layer).text, samples,
      s->width, PA_M2FP_FINE, false, query.text, operands[2]);
  yyjson_mut_val *op =
      pa_m2fp_op(b, "deform_attention", attended.text, 3 + s->levels, operands);
  if (!yyjson_mut_obj_add_uint(b->doc, op, "heads", s->heads) ||
      !yyjson_mut_obj_add_uint(b->doc, op, "points", s->points))
    b->out_of_memory = true;
  pa_m2fp_add_linear(b, pa_m2fp_name_of("%s.self_attn.output_proj", layer).text,
                     s->width, s->width, PA_M2FP_KERNEL, false, attended.text,
                     out);
}

static void encoder_layer(pa_m2fp_builder *b, size_t i, const char *in,
                          const char *out) {
  size_t width = b->sizes->width, hidden = b->sizes->encoder_hidden;
  pa_m2fp_name layer =
      pa_m2fp_name_of(PREFIX "transformer.encoder.layers.%zu", i);
  pa_m2fp_name name = pa_m2fp_name_of("encoder.%zu", i);
  pa_m2fp_name seen = pa_m2fp_name_of("%s.seen", name.text);
  pa_m2fp_name x = pa_m2fp_name_of("%s.x", name.text);
  pa_m2fp_name wide = pa_m2fp_name_of("%s.hidden", name.text);
  pa_m2fp_name y = pa_m2fp_name_of("%s.y", name.text);
  attend(b, layer.text, name.text, in, seen.text);
  pa_m2fp_add_and_norm(b, pa_m2fp_name_of("%s.norm1", layer.text).text, in,
                       seen.text, x.text);
  pa_m2fp_add_linear(b, pa_m2fp_name_of("%s.linear1", layer.text).text, hidden,
                     width, PA_M2FP_KERNEL, true, x.text, wide.text);
  pa_m2fp_add_linear(b, pa_m2fp_name_of("%s.linear2", layer.text).text, width,
                     hidden, PA_M2FP_KERNEL, false, wide.text, y.text);
  pa_m2fp_add_and_norm(b, pa_m2fp_name_of("%s.norm2", layer.text).text, x.text,
                       y.text, out);
}

static void encoder(pa_m2fp_builder *b) {
  pa_m2fp_name in = {"encoder.in"};
  for (size_t i = 0; i < b->sizes->levels; i++)
    project(b, i);
  concat(b, "tokens", in.text);
  for (size_t i = 0; i < b->sizes->levels; i++)
    encoder_position(b, i);
  concat(b, "encoder.position", "encoder.position");
  for (size_t i = 0; i < b->sizes->encoder_layers; i++) {
    pa_m2fp_name out = pa_m2fp_name_of("encoder.out.%zu", i);
    encoder_layer(b, i, in.text, out.text);
    in = out;
  }
  pa_m2fp_name names[4];
  const char *operands[4] = {in.text};
  yyjson_mut_val *parts = yyjson_mut_arr(b->doc);
  for (size_t i = 0; i < b->sizes->levels; i++) {
    names[i] = pa_m2fp_name_of("tokens.%zu", i);
    operands[1 + i] = names[i].text;
    if (!yyjson_mut_arr_add_strcpy(b->doc, parts,
                                   pa_m2fp_name_of("memory.%zu", i).text))
      b->out_of_memory = true;
  }
  yyjson_mut_val *op =
      pa_m2fp_op(b, "split_like", NULL, 1 + b->sizes->levels, operands);
  if (!yyjson_mut_obj_add_val(b->doc, op, "out", parts) ||
      !yyjson_mut_obj_add_int(b->doc, op, "axis", 1))
    b->out_of_memory = true;
}

/* The last level's map, twice as large, over res2. */
static void up(pa_m2fp_builder *b) {
  size_t width = b->sizes->width, last = b->sizes->levels - 1;
  pa_m2fp_name tokens = pa_m2fp_name_of("memory.%zu", last);
  pa_m2fp_name map = pa_m2fp_name_of("level.%zu", last);
  const char *fine = "fpn.fine";
  pa_m2fp_conv conv = {
      .in = 4 * b->sizes->bottleneck, .out = width, .window = 1, .stride = 1};
  pa_m2fp_add_conv(b, PREFIX "adapter_1", &conv, "res2", "fpn.lateral");
  pa_m2fp_add_norm(b, PREFIX "adapter_1.norm", b->sizes->groups, width,
                   "fpn.lateral", "fpn.res2");
  pa_m2fp_binary(b, "reshape_like", tokens.text, map.text, fine);
  yyjson_mut_val *op = pa_m2fp_op(b, "resize_bilinear", "fpn.up", 1, &fine);
  pa_m2fp_numbers(b, op, "scale", 2, (const int64_t[]){2, 2});
  pa_m2fp_binary(b, "add", "fpn.res2", "fpn.up", "fpn.sum");
  conv = (pa_m2fp_conv){.in = width, .out = width, .window = 3, .stride = 1};
  pa_m2fp_add_conv(b, PREFIX "layer_1", &conv, "fpn.sum", "fpn.conv");
  pa_m2fp_add_norm(b, PREFIX "layer_1.norm", b->sizes->groups, width,
                   "fpn.conv", "fpn.norm");
  pa_m2fp_unary(b, "relu", "fpn.norm", "fpn");
  conv.window = 1;
  conv.bias = true;
  pa_m2fp_add_conv(b, PREFIX "mask_features", &conv, "fpn", "mask_features");
}

void pa_m2fp_pixel_decoder(pa_m2fp_builder *b) {
  encoder(b);
  up(b);
}
