/* Eight floats at a time. Called only where the processor has it. */
#if defined(__x86_64__)
#include "nn/op_deform.h"
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))),              \
                             apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define MADD(a, b, c) ((a) * (b) + (c))
#define LANES 8
#define GATHER gather_avx2
#include "nn/op_deform_kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif

const pa_nn_deform pa_nn_deform_avx2 = {"avx2", GATHER};
#else
typedef int pa_nn_deform_avx2_is_for_x86; /* C wants a declaration */
#endif
