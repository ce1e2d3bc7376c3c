/* Sixteen channels at a time. Called only where the processor has it. */
#if defined(__x86_64__)
#include <immintrin.h>

#include "nn/op_depthwise.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f"))),               \
                             apply_to = function)
#else
#pragma GCC target("avx512f")
#endif
#define MIN(a, b) ((vec)_mm512_min_ps((__m512)(a), (__m512)(b)))
#define MAX(a, b) ((vec)_mm512_max_ps((__m512)(a), (__m512)(b)))
#define MADD(a, b, c) ((a) * (b) + (c))
#define LANES 16
#define ROW row_avx512
#include "nn/op_depthwise_kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif

const pa_nn_depthwise pa_nn_depthwise_avx512 = {"avx512", LANES, ROW};
#else
typedef int pa_nn_depthwise_avx512_is_for_x86; /* C wants a declaration */
#endif
