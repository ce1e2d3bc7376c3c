/* A checkpoint's tensors by name: PyTorch's files (zip archives since version
 * 1.6, the pickles in a row of before) and safetensors. Nothing in a file is
 * executed, and nothing of it is believed before it is checked. */
#ifndef PARSONA_M2FP_CHECKPOINT_H
#define PARSONA_M2FP_CHECKPOINT_H

#include "base/limits.h"
#include "m2fp/pickle.h"

typedef struct pa_checkpoint_tensor {
  const char *name; /* owned by the checkpoint */
  pa_pickle_type type;
  size_t rank, dim[PA_LIMIT_TENSOR_RANK], stride[PA_LIMIT_TENSOR_RANK];
  size_t count;        /* of elements */
  const uint8_t *data; /* the first element, in the file's bytes */
  bool wanted;         /* for whoever looks for strangers */
} pa_checkpoint_tensor;

typedef struct pa_checkpoint {
  pa_checkpoint_tensor *tensors;
  size_t count, room;
} pa_checkpoint;

/* Reads the file's table of tensors: the dict itself, or the one under "model"
 * or "state_dict". `bytes` must outlive the checkpoint. Each tensor lies inside
 * the file. Errors are PA_ERROR_WEIGHTS with a sentence, _MEMORY, _TOO_LARGE.
 */
pa_status pa_checkpoint_open(pa_error *err, const uint8_t *bytes, size_t size,
                             pa_checkpoint *checkpoint);
void pa_checkpoint_close(pa_checkpoint *checkpoint);

pa_checkpoint_tensor *pa_checkpoint_find(const pa_checkpoint *checkpoint,
                                         const char *name);

/* Its elements in order as float32, `tensor->count` of them. An error for one
 * that is not finite, or of no floating-point type. */
pa_status pa_checkpoint_values(pa_error *err,
                               const pa_checkpoint_tensor *tensor,
                               float *values);

/* Private to the readers: one more tensor; the name is copied. `tensor->name`
 * is ignored; offset and data are checked by the caller. */
pa_status pa_checkpoint_add(pa_error *err, pa_checkpoint *checkpoint,
                            const char *name, size_t length,
                            const pa_checkpoint_tensor *tensor);
pa_status pa_checkpoint_torch(pa_error *err, const uint8_t *bytes, size_t size,
                              pa_checkpoint *checkpoint);
pa_status pa_checkpoint_safetensors(pa_error *err, const uint8_t *bytes,
                                    size_t size, pa_checkpoint *checkpoint);

#endif
