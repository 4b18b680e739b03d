// For both precisions: exp, expm1, and e^x in parts.
//
// e^x = 2^n e^r with n the whole number nearest to x / ln 2 and a rest |r| ≤ ½ ln 2 (Cody and Waite 1980). Near 0 the
// exponential is 1 + r + r² P(r), and all that is small is added before the 1.

// e^x = (1 + rest + small) 2^n
typedef struct { REAL rest, small; SIGNED n; } NAME(Exponential);

// For EXP_LOWEST ≤ x ≤ EXP_HIGHEST; the tail is what x lacks.
INLINE NAME(Exponential) NAME(exponential)(REAL x, REAL tail) {
  REAL shifted = NAME(fused)(x, NAME(splat)(NAME(LOG2_E)), NAME(splat)(ROUNDER));
  REAL n = shifted - ROUNDER;
  REAL near = NAME(fused)(n, NAME(splat)(-NAME(LN2)[0]), x);  // exact
  NAME(Double) rest = NAME(fast_two_sum)(near, NAME(fused)(n, NAME(splat)(-NAME(LN2)[1]), tail));
  REAL small = NAME(fused)(rest.head * rest.head, POLYNOMIAL(rest.head, EXP), rest.tail);
  return (NAME(Exponential)){rest.head, small, (SIGNED)shifted - (SIGNED)NAME(splat)(ROUNDER)};
}

// y 2^n, where 2^n itself may be out of range: it is the product of two powers that are not.
INLINE REAL NAME(scaled)(REAL y, SIGNED n) {
  UNSIGNED biased = (UNSIGNED)(n + 2 * BIAS), half = biased >> 1;
  return y * (REAL)(half << MANTISSA_BITS) * (REAL)((biased - half) << MANTISSA_BITS);
}

// 2^n where that is a normal number.
INLINE REAL NAME(power_of_two)(SIGNED n) { return (REAL)((UNSIGNED)(n + BIAS) << MANTISSA_BITS); }

// x, but not beyond the limits; what is no number stays so.
INLINE REAL NAME(limited)(REAL x, SCALAR lowest, SCALAR highest) {
  x = NAME(select)(x < lowest, NAME(splat)(lowest), x);
  return NAME(select)(x > highest, NAME(splat)(highest), x);
}

// 1 + rest + small, to almost twice the precision.
INLINE NAME(Double) NAME(unscaled)(NAME(Exponential) e) {
  NAME(Double) sum = NAME(fast_two_sum)(NAME(splat)(1), e.rest);
  return NAME(fast_two_sum)(sum.head, sum.tail + e.small);
}

INLINE REAL NAME(exp)(REAL x) {
  NAME(Exponential) e = NAME(exponential)(NAME(limited)(x, EXP_LOWEST, EXP_HIGHEST), NAME(splat)(0));
  return NAME(scaled)(NAME(unscaled)(e).head, e.n);
}

// e^x − 1 without loss near 0, and all of it times 2^−k where that keeps a large e^x in range.
INLINE NAME(Double) NAME(exponential_minus_one)(NAME(Exponential) e, int k) {
  NAME(Double) power = NAME(unscaled)(e);
  REAL one = NAME(power_of_two)((SIGNED){0} - k), factor = NAME(power_of_two)(e.n - k);
  NAME(Double) sum = NAME(two_sum)(-one, factor * power.head);
  return NAME(fast_two_sum)(sum.head, sum.tail + factor * power.tail);
}

INLINE REAL NAME(expm1)(REAL x) {
  NAME(Exponential) e = NAME(exponential)(NAME(limited)(x, R(-40), EXP_HIGHEST), NAME(splat)(0));
  REAL y = R(2) * NAME(exponential_minus_one)(e, 1).head;
  return NAME(select)(NAME(absolute)(x) < TINY, x, y);
}
