/* Between choosing what a conversion makes (convert.c) and writing it
 * (weights_file.c). */
#ifndef PARSONA_M2FP_CONVERT_H
#define PARSONA_M2FP_CONVERT_H

#include "m2fp/chosen_table.h"
#include "m2fp/model.h"

/* Of kernels; what the others are is told by pa_m2fp_kind. */
typedef enum pa_m2fp_dtype {
  PA_M2FP_F32,
  PA_M2FP_F16,
  PA_M2FP_I8
} pa_m2fp_dtype;

/* The weights file of a network that has been built. *file is released with
 * pa_mem_free. Errors: a tensor that is not finite or out of a dtype's range,
 * memory. */
pa_status pa_m2fp_write(pa_error *err, const pa_m2fp_builder *builder,
                        const pa_m2fp_chosen *table, pa_m2fp_dtype kernels,
                        uint8_t **file, size_t *size);

#endif
