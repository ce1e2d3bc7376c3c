/* Layers: what tensors each has, and the op that uses them. */
#include <string.h>

#include "m2fp/model.h"

static void set_text(pa_m2fp_builder *b, yyjson_mut_val *op, const char *key,
                     const char *text) {
  if (!yyjson_mut_obj_add_strcpy(b->doc, op, key, text))
    b->out_of_memory = true;
}

static void set_relu(pa_m2fp_builder *b, yyjson_mut_val *op) {
  if (!yyjson_mut_obj_add_str(b->doc, op, "act", "relu"))
    b->out_of_memory = true;
}

static const pa_checkpoint_tensor *ask(pa_m2fp_builder *b, const char *name,
                                       const char *part, size_t rank,
                                       const size_t *dim) {
  pa_m2fp_name whole = pa_m2fp_name_of("%s.%s", name, part);
  return pa_m2fp_ask(b, whole.text, rank, dim);
}

static void store(pa_m2fp_builder *b, const char *name, const char *part,
                  pa_m2fp_tensor tensor) {
  pa_m2fp_name whole = pa_m2fp_name_of("%s.%s", name, part);
  memcpy(tensor.name, whole.text, sizeof tensor.name);
  if (tensor.gain == 0) tensor.gain = 1;
  pa_m2fp_store(b, &tensor);
}

static void ask_batch_norm(pa_m2fp_builder *b, const char *name,
                           size_t channels,
                           const pa_checkpoint_tensor *norm[4]) {
  static const char *const parts[4] = {"norm.weight", "norm.bias",
                                       "norm.running_mean", "norm.running_var"};
  for (int i = 0; i < 4; i++)
    norm[i] = ask(b, name, parts[i], 1, &channels);
}

/* The convolution's tensors; whether it has a bias then. */
static bool store_conv(pa_m2fp_builder *b, const char *name,
                       const pa_m2fp_conv *c) {
  const size_t from[4] = {c->out, c->in, c->window, c->window};
  pa_m2fp_tensor weight = {.kind = PA_M2FP_KERNEL,
                           .rank = 4,
                           .dim = {c->out, c->window, c->window, c->in}};
  pa_m2fp_tensor bias = {.kind = PA_M2FP_PLAIN, .rank = 1, .dim = {c->out}};
  weight.from = ask(b, name, "weight", 4, from);
  if (c->norm) {
    ask_batch_norm(b, name, c->out, weight.norm);
    memcpy(bias.norm, weight.norm, sizeof bias.norm);
    bias.shift = true;
  } else if (c->bias) {
    bias.from = ask(b, name, "bias", 1, &c->out);
  }
  store(b, name, "weight", weight);
  if (c->norm || c->bias) store(b, name, "bias", bias);
  return c->norm || c->bias;
}

void pa_m2fp_add_conv(pa_m2fp_builder *b, const char *name,
                      const pa_m2fp_conv *c, const char *in, const char *out) {
  bool bias = store_conv(b, name, c);
  int64_t stride = (int64_t)c->stride, edge = (int64_t)c->window / 2;
  yyjson_mut_val *op = pa_m2fp_op(b, "conv2d", out, 1, &in);
  set_text(b, op, "weight", pa_m2fp_name_of("%s.weight", name).text);
  if (bias) set_text(b, op, "bias", pa_m2fp_name_of("%s.bias", name).text);
  pa_m2fp_numbers(b, op, "stride", 2, (const int64_t[]){stride, stride});
  pa_m2fp_numbers(b, op, "pad", 4, (const int64_t[]){edge, edge, edge, edge});
  if (c->relu) set_relu(b, op);
}

void pa_m2fp_add_linear(pa_m2fp_builder *b, const char *name, size_t rows,
                        size_t columns, pa_m2fp_kind kind, bool relu,
                        const char *in, const char *out) {
  const size_t shape[2] = {rows, columns};
  pa_m2fp_tensor weight = {.kind = kind, .rank = 2, .dim = {rows, columns}};
  pa_m2fp_tensor bias = {.kind = PA_M2FP_PLAIN, .rank = 1, .dim = {rows}};
  weight.from = ask(b, name, "weight", 2, shape);
  bias.from = ask(b, name, "bias", 1, &rows);
  store(b, name, "weight", weight);
  store(b, name, "bias", bias);
  yyjson_mut_val *op = pa_m2fp_op(b, "fully_connected", out, 1, &in);
  set_text(b, op, "weight", pa_m2fp_name_of("%s.weight", name).text);
  set_text(b, op, "bias", pa_m2fp_name_of("%s.bias", name).text);
  if (relu) set_relu(b, op);
}

void pa_m2fp_add_norm(pa_m2fp_builder *b, const char *name, size_t groups,
                      size_t width, const char *in, const char *out) {
  static const char *const parts[2] = {"weight", "bias"};
  for (int i = 0; i < 2; i++) {
    pa_m2fp_tensor tensor = {.kind = PA_M2FP_PLAIN, .rank = 1, .dim = {width}};
    tensor.from = ask(b, name, parts[i], 1, &width);
    store(b, name, parts[i], tensor);
  }
  yyjson_mut_val *op =
      pa_m2fp_op(b, groups ? "group_norm" : "layer_norm", out, 1, &in);
  set_text(b, op, "weight", pa_m2fp_name_of("%s.weight", name).text);
  set_text(b, op, "bias", pa_m2fp_name_of("%s.bias", name).text);
  bool fine = yyjson_mut_obj_add_real(b->doc, op, "epsilon", 1e-5);
  if (groups) fine &= yyjson_mut_obj_add_uint(b->doc, op, "groups", groups);
  if (!fine) b->out_of_memory = true;
}

void pa_m2fp_add_and_norm(pa_m2fp_builder *b, const char *norm, const char *x,
                          const char *y, const char *out) {
  pa_m2fp_name sum = pa_m2fp_name_of("%s.sum", out);
  pa_m2fp_binary(b, "add", x, y, sum.text);
  pa_m2fp_add_norm(b, norm, 0, b->sizes->width, sum.text, out);
}

void pa_m2fp_add_constant(pa_m2fp_builder *b, const char *name, size_t rank,
                          const size_t *dim) {
  pa_m2fp_tensor tensor = {.kind = PA_M2FP_PLAIN, .rank = rank, .gain = 1};
  pa_m2fp_name copy = pa_m2fp_name_of("%s", name);
  memcpy(tensor.name, copy.text, sizeof tensor.name);
  memcpy(tensor.dim, dim, rank * sizeof *dim);
  tensor.from = pa_m2fp_ask(b, name, rank, dim);
  pa_m2fp_store(b, &tensor);
}
