// Fused multiply-add for processors without one (Boldo and Melquiond 2008: "Emulation of a FMA and correctly rounded sums").
//
// The exact a b + c is a sum of a few numbers. All but the last addition round to odd: what is cut off leaves its mark in
// the last bit, so that the last addition, which rounds as usual, sees on which side of a tie the exact sum lies.

#ifndef EMULATED_H
#define EMULATED_H

#include "vectors.h"

typedef struct { F64 sum, error; } Exact;

// a + b = sum + error, exactly (Knuth).
INLINE Exact exact_sum(F64 a, F64 b) {
  F64 sum = a + b, of_b = sum - a;
  return (Exact){sum, (a - (sum - of_b)) + (b - of_b)};
}

// a b = sum + error, exactly (Dekker): the factors are cut into halves of 26 bits, whose products are exact.
INLINE Exact exact_product(F64 a, F64 b) {
  F64 a_big = a * 0x8000001p0, b_big = b * 0x8000001p0;
  F64 a_head = a_big - (a_big - a), b_head = b_big - (b_big - b);
  F64 a_tail = a - a_head, b_tail = b - b_head, product = a * b;
  F64 error = a_tail * b_tail - (((product - a_head * b_head) - a_tail * b_head) - a_head * b_tail);
  return (Exact){product, error};
}

// Of the two numbers around an exact sum the one whose last bit is set; the sum itself where it is a number.
INLINE F64 odd_sum(F64 a, F64 b) {
  Exact exact = exact_sum(a, b);
  I64 inexact = (exact.error < 0.0) | (exact.error > 0.0);
  I64 even = ((I64)exact.sum & 1) - 1;
  I64 outwards = ((I64)exact.sum ^ (I64)exact.error) >= 0;  // the error has the sum's sign: away from zero
  I64 step = (outwards & 2) - 1;
  return (F64)((I64)exact.sum + (step & inexact & even));
}

// Too long to stand in every place where it is used.
#define APART static __attribute__((noinline))

APART F64 fused_f64(F64 a, F64 b, F64 c) {
  Exact product = exact_product(a, b);
  Exact small = exact_sum(c, product.error);
  Exact large = exact_sum(product.sum, small.sum);
  F64 fused = large.sum + odd_sum(small.error, large.error);
  F64 usual = a * b + c;  // the halves of a huge factor, or of infinity, are not numbers; and zero has its sign
  return select_f64((fused < 0.0) | (fused > 0.0), fused, usual);
}

// In double precision the product of floats is exact, and so is its sum but for one rounding.
APART F32 fused_f32(F32 a, F32 b, F32 c) {
  Wide x = widen(a), y = widen(b), z = widen(c);
  return narrow((Wide){odd_sum(x.first * y.first, z.first), odd_sum(x.second * y.second, z.second)});
}

#endif
