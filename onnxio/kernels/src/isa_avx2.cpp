// For processors with AVX2 and FMA.
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#define WIDTH 8
#define SET avx2
#define ENTRY isaAvx2
#define TITLE "avx2"
#include "simd.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
