#include "isa.h"

#include <cstdlib>
#include <cstring>

namespace sharewise {

// choose takes the best that the processor has, or the one that
// SHAREWISE_KERNELS_ISA names, if it has that.
static const Isa& choose() {
  const char* wanted = std::getenv("SHAREWISE_KERNELS_ISA");
  auto allowed = [wanted](const char* name) { return !wanted || !*wanted || std::strcmp(wanted, name) == 0; };
  (void)allowed;
#if defined(__x86_64__)
  __builtin_cpu_init();
  bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#if defined(SHAREWISE_EMULATE_AVX512)
  bool avx512 = avx2;
#else
  bool avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
#endif
  if (avx512 && allowed("avx512")) return isaAvx512;
  if (avx2 && allowed("avx2")) return isaAvx2;
#endif
  return isaPlain;
}

const Isa& isa() {
  static const Isa& chosen = choose();
  return chosen;
}

}  // namespace sharewise
