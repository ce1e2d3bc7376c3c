/* A checkpoint becomes a weights file (docs/weights-format.md). */
#include <string.h>

#include "base/mem.h"
#include "m2fp/convert.h"

typedef struct converter {
  pa_error *err;
  pa_m2fp_builder builder;
  pa_m2fp_chosen table;
  pa_m2fp_dtype kernels;
  uint8_t *file;
  size_t size;
} converter;

static pa_status bad(const converter *c, pa_status status, const char *what) {
  return pa_error_set(c->err, status, "convert: %s", what);
}

static pa_status choose_sizes(converter *c, const char *name) {
  static const pa_m2fp_sizes *const all[] = {&pa_m2fp_r101, &pa_m2fp_tiny};
  c->builder.sizes = all[0];
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (name && strcmp(all[i]->name, name) != 0) continue;
    c->builder.sizes = all[i];
    return PA_OK;
  }
  return bad(c, PA_ERROR_ARGUMENT, "no such sizes: r101 or tiny");
}

static pa_status choose_dtype(converter *c, const char *name) {
  static const char *const dtypes[] = {
      [PA_M2FP_F32] = "f32", [PA_M2FP_F16] = "f16", [PA_M2FP_I8] = "i8"};
  for (int i = PA_M2FP_F32; i <= PA_M2FP_I8; i++) {
    if (strcmp(name ? name : "i8", dtypes[i]) != 0) continue;
    c->kernels = (pa_m2fp_dtype)i;
    return PA_OK;
  }
  return bad(c, PA_ERROR_ARGUMENT, "dtype is none of i8, f16, f32");
}

/* The class head tells how many classes there are. */
static pa_status find_classes(converter *c) {
  const pa_checkpoint_tensor *head = pa_checkpoint_find(
      c->builder.checkpoint, "sem_seg_head.predictor.class_embed.weight");
  if (!head || head->rank != 2)
    return bad(c, PA_ERROR_WEIGHTS,
               "not an M2FP: no sem_seg_head.predictor.class_embed.weight");
  if (head->dim[0] < 2 || head->dim[0] > PA_LIMIT_LABELS + 1)
    return pa_error_set(c->err, PA_ERROR_WEIGHTS,
                        "convert: a class head of %zu rows", head->dim[0]);
  c->builder.classes = head->dim[0] - 1;
  return PA_OK;
}

static pa_status convert(converter *c, const pa_convert_options *options) {
  pa_status status = choose_sizes(c, options->sizes);
  if (status == PA_OK) status = choose_dtype(c, options->dtype);
  if (status == PA_OK) status = find_classes(c);
  if (status == PA_OK) status = pa_m2fp_build(c->err, &c->builder);
  if (status == PA_OK)
    status = pa_m2fp_choose_table(c->err, options->labels, c->builder.classes,
                                  &c->table);
  if (status == PA_OK)
    status = pa_m2fp_write(c->err, &c->builder, &c->table, c->kernels, &c->file,
                           &c->size);
  return status;
}

pa_status pa_convert(pa_context *context, const void *checkpoint, size_t size,
                     const pa_convert_options *options, uint8_t **file,
                     size_t *file_size) {
  if (!context || !file || !file_size) return PA_ERROR_ARGUMENT;
  *file = NULL;
  *file_size = 0;
  pa_error *err = pa_context_error(context);
  if (!checkpoint || !size)
    return pa_error_set(err, PA_ERROR_ARGUMENT, "the checkpoint is empty");
  if (size > PA_LIMIT_WEIGHTS_FILE)
    return pa_error_set(err, PA_ERROR_TOO_LARGE, "the checkpoint has %zu bytes",
                        size);
  static const pa_convert_options defaults = {0};
  pa_checkpoint read;
  pa_status status = pa_checkpoint_open(err, checkpoint, size, &read);
  if (status != PA_OK) return status;
  converter c = {.err = err, .builder.checkpoint = &read};
  status = convert(&c, options ? options : &defaults);
  pa_m2fp_builder_free(&c.builder);
  pa_m2fp_chosen_free(&c.table);
  pa_checkpoint_close(&read);
  *file = c.file;
  *file_size = c.size;
  return status;
}
