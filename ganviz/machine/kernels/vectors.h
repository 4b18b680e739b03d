// Vectors of numbers: what every kernel is written with.
//
// A vector holds VECTOR_BYTES bytes (16, 32 or 64; the build says which), so one text serves processors of every width.
// What is computed lane by lane does not depend on that width, nor on which lane a number lies in.
//
// GCC's and Clang's vector types: + - * / and comparisons act on each lane, a number meets every lane, and a cast between
// vectors of one size keeps the bits. A comparison gives all bits where it holds and none where it does not.

#ifndef VECTORS_H
#define VECTORS_H

#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))
#define VECTOR __attribute__((vector_size(VECTOR_BYTES)))
#define HALF_VECTOR __attribute__((vector_size(VECTOR_BYTES / 2)))

// Before a short loop whose length is known. GCC without unrolling would keep in memory what can stay in registers.
#define UNROLLED _Pragma("GCC unroll 16")

typedef float F32 VECTOR;
typedef double F64 VECTOR;
typedef int32_t I32 VECTOR;
typedef int64_t I64 VECTOR;
typedef uint32_t U32 VECTOR;
typedef uint64_t U64 VECTOR;
typedef float F32_HALF HALF_VECTOR;

enum { LANES_32 = VECTOR_BYTES / 4, LANES_64 = VECTOR_BYTES / 8 };

// One number in every lane. (To add zero instead would make +0 of -0, and so cost an addition.)
INLINE F32 splat_f32(float number) { return number - (F32){0}; }
INLINE F64 splat_f64(double number) { return number - (F64){0}; }

// yes where the mask has all bits, no where it has none.
INLINE F32 select_f32(I32 mask, F32 yes, F32 no) { return (F32)((mask & (I32)yes) | (~mask & (I32)no)); }
INLINE F64 select_f64(I64 mask, F64 yes, F64 no) { return (F64)((mask & (I64)yes) | (~mask & (I64)no)); }

INLINE F32 absolute_f32(F32 x) { return (F32)((U32)x & 0x7fffffffu); }
INLINE F64 absolute_f64(F64 x) { return (F64)((U64)x & 0x7fffffffffffffffu); }

// The magnitude of the first with the sign of the second.
INLINE F32 with_sign_f32(F32 x, F32 sign) { return (F32)(((U32)x & 0x7fffffffu) | ((U32)sign & 0x80000000u)); }
INLINE F64 with_sign_f64(F64 x, F64 sign) {
  return (F64)(((U64)x & 0x7fffffffffffffffu) | ((U64)sign & 0x8000000000000000u));
}

// A signed count, less than 2^22 or 2^51, as a floating number.
INLINE F32 from_integer_f32(I32 n) { return (F32)(n + 0x4b400000) - 0x1.8p23f; }
INLINE F64 from_integer_f64(I64 n) { return (F64)(n + 0x4338000000000000) - 0x1.8p52; }

// Square roots; the loop over lanes becomes one instruction.
INLINE F32 sqrt_f32(F32 x) {
  for (int i = 0; i < LANES_32; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
}
INLINE F64 sqrt_f64(F64 x) {
  for (int i = 0; i < LANES_64; i++) x[i] = __builtin_sqrt(x[i]);
  return x;
}

// Single precision as two vectors of double precision: the first and the second half of the lanes.
typedef union { F32 whole; F32_HALF half[2]; } Halves;
typedef struct { F64 first, second; } Wide;

INLINE Wide widen(F32 x) {
  Halves halves = {x};
  return (Wide){__builtin_convertvector(halves.half[0], F64), __builtin_convertvector(halves.half[1], F64)};
}
INLINE F32 narrow(Wide x) {
  Halves halves;
  halves.half[0] = __builtin_convertvector(x.first, F32_HALF);
  halves.half[1] = __builtin_convertvector(x.second, F32_HALF);
  return halves.whole;
}

#endif
