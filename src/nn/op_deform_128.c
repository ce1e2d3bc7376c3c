/* Four floats at a time: WebAssembly's SIMD, relaxed or not, and whatever the
 * compiler's baseline has (SSE2, NEON). */
#define LANES 4
#if defined(__wasm_relaxed_simd__)
#include <wasm_simd128.h>
#define MADD(a, b, c)                                                          \
  ((vec)wasm_f32x4_relaxed_madd((v128_t)(a), (v128_t)(b), (v128_t)(c)))
#else
#define MADD(a, b, c) ((a) * (b) + (c))
#endif
#define GATHER gather_128
#include "nn/op_deform_kernel.h"

const pa_nn_deform pa_nn_deform_128 = {"128", GATHER};
