/* Four channels at a time: WebAssembly's SIMD, relaxed or not, and whatever
 * the compiler's baseline has (SSE2, NEON). */
#define LANES 4
#if defined(__wasm_simd128__)
#include <wasm_simd128.h>
#define MIN(a, b) ((vec)wasm_f32x4_pmin((v128_t)(a), (v128_t)(b)))
#define MAX(a, b) ((vec)wasm_f32x4_pmax((v128_t)(a), (v128_t)(b)))
#elif defined(__SSE2__)
#include <emmintrin.h>
#define MIN(a, b) ((vec)_mm_min_ps((__m128)(a), (__m128)(b)))
#define MAX(a, b) ((vec)_mm_max_ps((__m128)(a), (__m128)(b)))
#else
#define MIN(a, b) __builtin_elementwise_min(a, b)
#define MAX(a, b) __builtin_elementwise_max(a, b)
#endif
#if defined(__wasm_relaxed_simd__)
#define MADD(a, b, c)                                                          \
  ((vec)wasm_f32x4_relaxed_madd((v128_t)(a), (v128_t)(b), (v128_t)(c)))
#else
#define MADD(a, b, c) ((a) * (b) + (c))
#endif
#define ROW row_128
#include "nn/op_depthwise_kernel.h"

const pa_nn_depthwise pa_nn_depthwise_128 = {"128", LANES, ROW};
