// For both precisions: log, log1p, and the logarithm of a sum.
//
// x = 2^n m with √½ ≤ m < √2, so log x = n ln 2 + log(1 + f) with f = m − 1. With s = f / (2 + f) and z = s²,
// log(1 + f) = 2 s + s z P(z) = f − (f² / 2 − s (f² / 2 + z P(z))), and the last form rounds last where it matters (Ng 1993,
// in fdlibm).

typedef struct { SIGNED n; REAL m; } NAME(Binary);

// A positive normal number as 2^n m.
INLINE NAME(Binary) NAME(binary)(REAL x) {
  UNSIGNED shifted = (UNSIGNED)x + (ONE - SQRT_HALF);
  UNSIGNED m = (shifted & MANTISSA_MASK) + SQRT_HALF;
  return (NAME(Binary)){(SIGNED)(shifted >> MANTISSA_BITS) - BIAS, (REAL)m};
}

// The same for any positive number: a subnormal one is made larger before.
INLINE NAME(Binary) NAME(any_binary)(REAL x) {
  SIGNED subnormal = x < NAME(power_of_two)((SIGNED){0} + 1 - BIAS);
  REAL larger = x * NAME(power_of_two)((SIGNED){0} + MANTISSA_BITS + 1);
  NAME(Binary) parts = NAME(binary)(NAME(select)(subnormal, larger, x));
  parts.n -= subnormal & (MANTISSA_BITS + 1);
  return parts;
}

// n ln 2 + log(1 + f) + more
INLINE REAL NAME(log_of_parts)(SIGNED whole, REAL f, REAL more) {
  REAL n = NAME(from_integer)(whole), s = f / (R(2) + f), z = s * s, half = R(0.5) * f * f;
  REAL low = NAME(fused)(n, NAME(splat)(NAME(LN2)[1]), more);
  REAL small = half - NAME(fused)(s, half + z * POLYNOMIAL(z, LOG), low);
  NAME(Double) sum = NAME(fast_two_sum)(n * NAME(LN2)[0], f);
  return sum.head + (sum.tail - small);
}

// Where x is not a positive number: log 0 is −∞, that of anything below is not a number.
INLINE REAL NAME(log_at_edges)(REAL x, REAL y) {
  y = NAME(select)(x == INFINITE, x, y);
  y = NAME(select)(x == R(0), NAME(splat)(-INFINITE), y);
  return NAME(select)(x >= R(0), y, NAME(splat)(NO_NUMBER));
}

INLINE REAL NAME(log)(REAL x) {
  NAME(Binary) parts = NAME(any_binary)(x);
  return NAME(log_at_edges)(x, NAME(log_of_parts)(parts.n, parts.m - R(1), NAME(splat)(0)));
}

// log(head + tail) of a positive normal number. Where n is 0 the tail is a part of f, which may be nothing but the tail.
INLINE REAL NAME(log_of_sum)(NAME(Double) x) {
  NAME(Binary) parts = NAME(binary)(x.head);
  SIGNED near_one = parts.n == 0;
  NAME(Double) f = NAME(fast_two_sum)(parts.m - R(1), NAME(select)(near_one, x.tail, NAME(splat)(0)));
  return NAME(log_of_parts)(parts.n, f.head, NAME(select)(near_one, f.tail, x.tail) / x.head);
}

INLINE REAL NAME(log1p)(REAL x) {
  NAME(Double) sum = NAME(two_sum)(NAME(splat)(1), x);
  REAL y = NAME(log_at_edges)(sum.head, NAME(log_of_sum)(sum));
  return NAME(select)(NAME(absolute)(x) < TINY, x, y);
}
