/* Every limit of the library, in one place.
 *
 * A limit is here because something outside our control (a photo, a weights
 * file, a caller) chooses the size; what is over it is refused with a clear
 * error before anything of that size is allocated. */
#ifndef PARSONA_BASE_LIMITS_H
#define PARSONA_BASE_LIMITS_H

#include <stdint.h>

/* Photos. */
#define PA_LIMIT_IMAGE_SIDE 30000        /* pixels, either side */
#define PA_LIMIT_IMAGE_PIXELS 110000000  /* width * height */
#define PA_LIMIT_IMAGE_FILE (256u << 20) /* bytes of an encoded photo */

/* People in one photo. The person map is 8 bits, 0 is nobody. */
#define PA_LIMIT_PERSONS 64

/* Labels in a table: the label map is 8 bits. */
#define PA_LIMIT_LABELS 64

/* Weights files. */
#define PA_LIMIT_WEIGHTS_FILE (1024ull << 20) /* bytes */
#define PA_LIMIT_WEIGHTS_HEADER (16u << 20)   /* bytes of the JSON header */
#define PA_LIMIT_TENSORS 8192
#define PA_LIMIT_TENSOR_RANK 6
#define PA_LIMIT_TENSOR_ELEMENTS (1u << 28)
#define PA_LIMIT_GRAPH_OPS 8192
#define PA_LIMIT_OP_OPERANDS 16
#define PA_LIMIT_GRAPH_PORTS 64 /* inputs, outputs of a graph */

/* Networks. A run of more than that is hours of work, hence a mistake. */
#define PA_LIMIT_NET_MACS 1e14
#define PA_LIMIT_NET_BYTES (SIZE_MAX / 4) /* arena and buffers */

/* Avatars: bytes of JSON that tell a person's traits; pixels a side of what is
 * rendered. */
#define PA_LIMIT_TRAITS (256 << 10)
#define PA_LIMIT_AVATAR_SIDE 4096
#define PA_LEAST_AVATAR_SIDE 16
#define PA_LIMIT_ACCESSORIES 16

/* The body of 3D avatars. Indices are 16 bits, bones 8. */
#define PA_LIMIT_BODY_POINTS 20000
#define PA_LIMIT_BODY_TRIANGLES 40000
#define PA_LIMIT_BODY_BONES 128
#define PA_LIMIT_BODY_TARGETS 128
#define PA_LIMIT_BODY_MARKS 468

/* Threads a context may use. */
#define PA_LIMIT_THREADS 64

#endif
