// a b + c with a single rounding: fused multiply-add.
//
// The one instruction that the bits of all results depend on. Where the processor has none, it is computed from others:
// slower by far, but the same number, unless a product is so small that its own rounding is lost (below 1e-290).

#ifndef FUSED_H
#define FUSED_H

#include "vectors.h"

#if !defined(__FMA__) && !defined(__ARM_FEATURE_FMA)

#include "emulated.h"

#elif defined(__clang__)

INLINE F32 fused_f32(F32 a, F32 b, F32 c) { return __builtin_elementwise_fma(a, b, c); }
INLINE F64 fused_f64(F64 a, F64 b, F64 c) { return __builtin_elementwise_fma(a, b, c); }

#else

// GCC has no such function of vectors, but makes one instruction of the loop.
INLINE F32 fused_f32(F32 a, F32 b, F32 c) {
  for (int i = 0; i < LANES_32; i++) a[i] = __builtin_fmaf(a[i], b[i], c[i]);
  return a;
}
INLINE F64 fused_f64(F64 a, F64 b, F64 c) {
  for (int i = 0; i < LANES_64; i++) a[i] = __builtin_fma(a[i], b[i], c[i]);
  return a;
}

#endif

#endif
