// For processors with AVX-512 F, DQ, BW and VL.
//
// SHAREWISE_EMULATE_AVX512 compiles the same loops, over vectors of sixteen, to
// AVX2, so that they can be tried on a processor that has no more.
#if defined(__x86_64__)
#if defined(SHAREWISE_EMULATE_AVX512)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#elif defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")
#endif
#define WIDTH 16
#define SET avx512
#define ENTRY isaAvx512
#define TITLE "avx512"
#include "simd.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
