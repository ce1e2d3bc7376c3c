#include "nn/nn.h"

#if defined(__wasm_relaxed_simd__)
#include <wasm_simd128.h>

/* What relaxed SIMD's dot product makes of numbers beyond its defined range
 * tells which instruction it is. Dot products of four bytes in one instruction
 * do not saturate in between (x86's VNNI, which takes the second operand as
 * unsigned, and ARM's); the pairwise ones do, and gain nothing. */
bool pa_nn_int8_is_fast(void) {
  /* volatile: the compiler's own idea of the result is not asked for. */
  const volatile v128_t most = wasm_i8x16_const_splat(127);
  const volatile v128_t beyond = wasm_i8x16_const_splat(-1);
  v128_t dot = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(
      most, beyond, wasm_i32x4_const_splat(0));
  int32_t sum = wasm_i32x4_extract_lane(dot, 0);
  return sum == 4 * 127 * 255 || sum == 4 * 127 * -1;
}

#elif defined(__x86_64__)

bool pa_nn_int8_is_fast(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512vnni") ||
         __builtin_cpu_supports("avxvnni");
}

#elif defined(__ARM_FEATURE_DOTPROD)

bool pa_nn_int8_is_fast(void) {
  return true;
}

#else

bool pa_nn_int8_is_fast(void) {
  return false;
}

#endif
