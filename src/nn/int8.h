/* Layers whose weights stay in int8. Private to nn. */
#ifndef PARSONA_NN_INT8_H
#define PARSONA_NN_INT8_H

#include "nn/net.h"

/* Lowers the op, a fully connected layer or a convolution padded by `pad`, if
 * the build wants it in int8 and it is fit for that, or if it is packed so
 * already; sets *taken. */
pa_status pa_nn_lower_int8(pa_nn_build *b, const int32_t pad[4], bool *taken);

#endif
