/* In place of XNNPACK's reference kernels for element-wise operators: 200 KB of
 * templates over all types, for combinations that have no kernel of their own.
 * Parsona asks for none of these; who does is told that it is unsupported. */
#include <stddef.h>

#include "xnnpack/reference-config.h"

const struct xnn_unary_elementwise_config *
xnn_init_unary_reference_config(enum xnn_unary_operator op,
                                enum xnn_datatype input_datatype,
                                enum xnn_datatype output_datatype) {
  (void)op;
  (void)input_datatype;
  (void)output_datatype;
  return NULL;
}

const struct xnn_binary_elementwise_config *
xnn_init_binary_reference_config(enum xnn_binary_operator op,
                                 enum xnn_datatype datatype) {
  (void)op;
  (void)datatype;
  return NULL;
}
