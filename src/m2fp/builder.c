#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "m2fp/model.h"
#include "nn/json.h"

const pa_m2fp_sizes pa_m2fp_r101 = {.name = "r101",
                                    .stem = {64, 64, 128},
                                    .blocks = {3, 4, 23, 3},
                                    .bottleneck = 64,
                                    .width = 256,
                                    .heads = 8,
                                    .groups = 32,
                                    .levels = 3,
                                    .points = 4,
                                    .encoder_layers = 6,
                                    .encoder_hidden = 1024,
                                    .decoder_layers = 9,
                                    .decoder_hidden = 2048,
                                    .queries = 100};

const pa_m2fp_sizes pa_m2fp_tiny = {.name = "tiny",
                                    .stem = {8, 8, 16},
                                    .blocks = {1, 2, 1, 1},
                                    .bottleneck = 8,
                                    .width = 32,
                                    .heads = 4,
                                    .groups = 8,
                                    .levels = 3,
                                    .points = 4,
                                    .encoder_layers = 2,
                                    .encoder_hidden = 48,
                                    .decoder_layers = 4,
                                    .decoder_hidden = 40,
                                    .queries = 12};

pa_m2fp_name pa_m2fp_name_of(const char *format, ...) {
  pa_m2fp_name name;
  va_list args;
  va_start(args, format);
  vsnprintf(name.text, sizeof name.text, format, args);
  va_end(args);
  return name;
}

/* ---------------------------------------------------------------- tensors */

#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
static void
note(pa_m2fp_builder *b, const char *format, ...) {
  size_t at = b->missing + b->misshapen;
  if (at >= PA_M2FP_PROBLEMS) return;
  va_list args;
  va_start(args, format);
  vsnprintf(b->problems[at], sizeof b->problems[at], format, args);
  va_end(args);
}

static void shape_text(size_t rank, const size_t *dim, char *text,
                       size_t room) {
  size_t used = 0;
  text[0] = '\0';
  for (size_t d = 0; d < rank && used < room; d++)
    used +=
        (size_t)snprintf(text + used, room - used, d ? "x%zu" : "%zu", dim[d]);
}

/* Some tensors are asked for several times, but told once. */
static void note_missing(pa_m2fp_builder *b, const char *name) {
  for (size_t i = 0; i < b->missing; i++)
    if (strcmp(b->absent[i].text, name) == 0) return;
  void *moved = pa_mem_realloc(b->absent, (b->missing + 1) * sizeof *b->absent);
  if (!moved) {
    b->out_of_memory = true;
    return;
  }
  b->absent = moved;
  b->absent[b->missing] = pa_m2fp_name_of("%s", name);
  note(b, "%.90s is missing", name);
  b->missing++;
}

const pa_checkpoint_tensor *pa_m2fp_ask(pa_m2fp_builder *b, const char *name,
                                        size_t rank, const size_t *dim) {
  pa_checkpoint_tensor *t = pa_checkpoint_find(b->checkpoint, name);
  if (!t) {
    note_missing(b, name);
    return NULL;
  }
  bool again = t->wanted;
  t->wanted = true;
  if (t->rank == rank && !memcmp(t->dim, dim, rank * sizeof *dim)) return t;
  if (again) return NULL; /* has been told */
  char has[64], wants[64];
  shape_text(t->rank, t->dim, has, sizeof has);
  shape_text(rank, dim, wants, sizeof wants);
  note(b, "%.70s is %s, not %s", name, has, wants);
  b->misshapen++;
  return NULL;
}

void pa_m2fp_store(pa_m2fp_builder *b, const pa_m2fp_tensor *tensor) {
  for (size_t i = 0; i < b->tensor_count; i++)
    if (strcmp(b->tensors[i].name, tensor->name) == 0)
      return; /* used twice, stored once */
  if (b->tensor_count == b->tensor_room) {
    size_t room = b->tensor_room ? 2 * b->tensor_room : 256;
    void *moved = pa_mem_realloc(b->tensors, room * sizeof *b->tensors);
    if (!moved) {
      b->out_of_memory = true;
      return;
    }
    b->tensors = moved;
    b->tensor_room = room;
  }
  b->tensors[b->tensor_count++] = *tensor;
}

/* -------------------------------------------------------------------- ops */

static yyjson_mut_val *text_list(pa_m2fp_builder *b, size_t count,
                                 const char *const *texts) {
  yyjson_mut_val *list = yyjson_mut_arr(b->doc);
  for (size_t i = 0; i < count; i++)
    if (!yyjson_mut_arr_add_strcpy(b->doc, list, texts[i]))
      b->out_of_memory = true;
  return list;
}

yyjson_mut_val *pa_m2fp_op(pa_m2fp_builder *b, const char *op, const char *out,
                           size_t in_count, const char *const *in) {
  yyjson_mut_val *json = yyjson_mut_arr_add_obj(b->doc, b->ops);
  if (!json || !yyjson_mut_obj_add_str(b->doc, json, "op", op) ||
      !yyjson_mut_obj_add_val(b->doc, json, "in", text_list(b, in_count, in)) ||
      (out &&
       !yyjson_mut_obj_add_val(b->doc, json, "out", text_list(b, 1, &out))))
    b->out_of_memory = true;
  return json;
}

void pa_m2fp_numbers(pa_m2fp_builder *b, yyjson_mut_val *op, const char *key,
                     size_t count, const int64_t *numbers) {
  yyjson_mut_val *list = yyjson_mut_arr_with_sint64(b->doc, numbers, count);
  if (!yyjson_mut_obj_add_val(b->doc, op, key, list)) b->out_of_memory = true;
}

void pa_m2fp_unary(pa_m2fp_builder *b, const char *op, const char *in,
                   const char *out) {
  pa_m2fp_op(b, op, out, 1, &in);
}

void pa_m2fp_binary(pa_m2fp_builder *b, const char *op, const char *x,
                    const char *y, const char *out) {
  pa_m2fp_op(b, op, out, 2, (const char *const[]){x, y});
}

void pa_m2fp_reshape(pa_m2fp_builder *b, const char *in, const char *out,
                     size_t rank, const int64_t *shape) {
  pa_m2fp_numbers(b, pa_m2fp_op(b, "reshape", out, 1, &in), "shape", rank,
                  shape);
}

/* ------------------------------------------------------------------ whole */

/* Of no use for inference, in checkpoints of training. */
static bool ignorable(const char *name) {
  static const char tail[] = "num_batches_tracked";
  size_t length = strlen(name), n = sizeof tail - 1;
  return strncmp(name, "criterion.", 10) == 0 ||
         (length >= n && strcmp(name + length - n, tail) == 0);
}

static size_t count_extra(pa_m2fp_builder *b) {
  size_t extra = 0;
  for (size_t i = 0; i < b->checkpoint->count; i++) {
    const pa_checkpoint_tensor *t = &b->checkpoint->tensors[i];
    if (t->wanted || ignorable(t->name)) continue;
    if (b->missing + b->misshapen + extra < PA_M2FP_PROBLEMS)
      snprintf(b->problems[b->missing + b->misshapen + extra],
               sizeof b->problems[0], "%.90s is not of it", t->name);
    extra++;
  }
  return extra;
}

static pa_status tell(pa_error *err, const pa_m2fp_builder *b, size_t extra) {
  size_t count = b->missing + b->misshapen + extra, used = 0;
  char names[200] = "";
  for (size_t i = 0; i < count && i < PA_M2FP_PROBLEMS; i++) {
    size_t length = strlen(b->problems[i]) + 2;
    if (used + length >= sizeof names) break;
    used += (size_t)snprintf(names + used, sizeof names - used, "%s%s",
                             i ? ", " : "", b->problems[i]);
  }
  return pa_error_set(err, PA_ERROR_WEIGHTS,
                      "not an M2FP: %zu tensors missing, %zu misshapen, %zu "
                      "too many: %s",
                      b->missing, b->misshapen, extra, names);
}

static void add_port(pa_m2fp_builder *b, yyjson_mut_val *list, const char *name,
                     const char *key, yyjson_mut_val *value) {
  yyjson_mut_val *port = yyjson_mut_arr_add_obj(b->doc, list);
  if (!port || !yyjson_mut_obj_add_str(b->doc, port, "name", name) ||
      !yyjson_mut_obj_add_val(b->doc, port, key, value))
    b->out_of_memory = true;
}

static void add_ports(pa_m2fp_builder *b) {
  static const int64_t shape[4] = {1, 0, 0, 3};
  static const char *const outputs[2] = {"classes", "masks"};
  yyjson_mut_val *root = yyjson_mut_doc_get_root(b->doc);
  yyjson_mut_val *in = yyjson_mut_obj_add_arr(b->doc, root, "inputs");
  yyjson_mut_val *out = yyjson_mut_obj_add_arr(b->doc, root, "outputs");
  add_port(b, in, "image", "shape",
           yyjson_mut_arr_with_sint64(b->doc, shape, 4));
  for (int i = 0; i < 2; i++)
    add_port(b, out, outputs[i], "value", yyjson_mut_str(b->doc, outputs[i]));
}

pa_status pa_m2fp_build(pa_error *err, pa_m2fp_builder *b) {
  b->doc = yyjson_mut_doc_new(pa_nn_json_memory());
  yyjson_mut_val *root = yyjson_mut_obj(b->doc);
  if (!root) return pa_error_memory(err, sizeof *root, "the graph");
  yyjson_mut_doc_set_root(b->doc, root);
  add_ports(b);
  b->ops = yyjson_mut_obj_add_arr(b->doc, root, "ops");
  pa_m2fp_backbone(b);
  pa_m2fp_pixel_decoder(b);
  pa_m2fp_query_decoder(b);
  if (b->out_of_memory)
    return pa_error_memory(err, sizeof *b->tensors * b->tensor_room,
                           "the graph");
  size_t extra = count_extra(b);
  if (b->missing || b->misshapen || extra) return tell(err, b, extra);
  return PA_OK;
}

void pa_m2fp_builder_free(pa_m2fp_builder *b) {
  yyjson_mut_doc_free(b->doc);
  pa_mem_free(b->tensors);
  pa_mem_free(b->absent);
  b->doc = NULL;
  b->tensors = NULL;
}
