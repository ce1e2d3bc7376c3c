/* Eight channels at a time. Called only where the processor has it. */
#if defined(__x86_64__)
#include <immintrin.h>

#include "nn/op_depthwise.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))),              \
                             apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define MIN(a, b) ((vec)_mm256_min_ps((__m256)(a), (__m256)(b)))
#define MAX(a, b) ((vec)_mm256_max_ps((__m256)(a), (__m256)(b)))
#define MADD(a, b, c) ((a) * (b) + (c))
#define LANES 8
#define ROW row_avx2
#include "nn/op_depthwise_kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif

const pa_nn_depthwise pa_nn_depthwise_avx2 = {"avx2", LANES, ROW};
#else
typedef int pa_nn_depthwise_avx2_is_for_x86; /* C wants a declaration */
#endif
