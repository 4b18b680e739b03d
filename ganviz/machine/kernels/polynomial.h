// For both precisions: sums that lose nothing, quotients with their rest, and polynomials.

// A number as the sum of two, of which the second is at most a rounding of the first.
typedef struct { REAL head, tail; } NAME(Double);

// a + b = head + tail, exactly (Knuth).
INLINE NAME(Double) NAME(two_sum)(REAL a, REAL b) {
  REAL head = a + b, of_b = head - a;
  return (NAME(Double)){head, (a - (head - of_b)) + (b - of_b)};
}

// The same where |a| ≥ |b|, or a is 0 (Dekker).
INLINE NAME(Double) NAME(fast_two_sum)(REAL a, REAL b) {
  REAL head = a + b;
  return (NAME(Double)){head, b - (head - a)};
}

// a b = head + tail, exactly.
INLINE NAME(Double) NAME(two_product)(REAL a, REAL b) {
  REAL head = a * b;
  return (NAME(Double)){head, NAME(fused)(a, b, -head)};
}

// a / b, rounded nearly once.
INLINE REAL NAME(quotient)(NAME(Double) a, NAME(Double) b) {
  REAL inverse = R(1) / b.head, first = a.head * inverse;
  REAL rest = NAME(fused)(-first, b.head, a.head) + (a.tail - first * b.tail);
  return NAME(fused)(rest, inverse, first);
}

// Horner's rule; coefficients from the constant term upwards.
INLINE REAL NAME(polynomial)(REAL x, const SCALAR *coefficients, int terms) {
  REAL sum = NAME(splat)(coefficients[terms - 1]);
  UNROLLED for (int i = terms - 2; i >= 0; i--) sum = NAME(fused)(sum, x, NAME(splat)(coefficients[i]));
  return sum;
}
