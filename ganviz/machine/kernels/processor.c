// What the processor can do, and what the system lets it do.

#if defined(__x86_64__)

#include <cpuid.h>

enum { AVX2 = 1, AVX512 = 2 };

// Bits of the feature words of `cpuid` (leaves 1 and 7), and of the state that the system saves when it changes threads.
enum {
  FMA_1C = 1 << 12, OSXSAVE_1C = 1 << 27,
  AVX2_7B = 1 << 5, AVX512_7B = 1 << 16 | 1 << 17 | 1 << 30,
  YMM_STATE = 6, ZMM_STATE = 0xe6,
};
#define AVX512VL_7B (1u << 31)

static unsigned saved_state(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

// A set of the variants beyond the plain one. (The compilers' own __builtin_cpu_supports needs their library.)
__attribute__((visibility("default"))) int supported_variants(void) {
  unsigned a, b, c, d, features;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & OSXSAVE_1C) || !(c & FMA_1C)) return 0;
  if (!__get_cpuid_count(7, 0, &a, &features, &c, &d)) return 0;
  unsigned state = saved_state();
  int avx2 = (features & AVX2_7B) && (state & YMM_STATE) == YMM_STATE;
  int avx512 = avx2 && (features & AVX512_7B) == AVX512_7B && (features & AVX512VL_7B) && (state & ZMM_STATE) == ZMM_STATE;
  return (avx2 ? AVX2 : 0) | (avx512 ? AVX512 : 0);
}

#else

__attribute__((visibility("default"))) int supported_variants(void) { return 0; }

#endif
