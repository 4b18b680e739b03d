// For both precisions: tanh, sigmoid, softplus and logsigmoid. All are made of e^−|x|, which cannot overflow and is kept to
// almost twice the precision until the last rounding.

// tanh |x| = (1 − e) / (1 + e) with e = e^−2|x|.
INLINE REAL NAME(tanh)(REAL x) {
  NAME(Exponential) e = NAME(exponential)(NAME(limited)(R(-2) * NAME(absolute)(x), R(-40), R(0)), NAME(splat)(0));
  NAME(Double) minus = NAME(exponential_minus_one)(e, 0);
  NAME(Double) below = NAME(fast_two_sum)(NAME(splat)(2), minus.head);
  below.tail += minus.tail;
  return NAME(with_sign)(NAME(quotient)(minus, below), x);
}

// 1 / (1 + e) for x ≥ 0 and e / (1 + e) for x < 0, where e = (…) 2^n may be subnormal: 2^n comes last.
INLINE REAL NAME(sigmoid)(REAL x) {
  SIGNED negative = x < R(0);
  NAME(Exponential) e = NAME(exponential)(NAME(limited)(-NAME(absolute)(x), EXP_LOWEST, R(0)), NAME(splat)(0));
  NAME(Double) power = NAME(unscaled)(e);
  NAME(Double) below = NAME(fast_two_sum)(NAME(splat)(1), NAME(scaled)(power.head, e.n));
  below.tail += NAME(scaled)(power.tail, e.n);
  NAME(Double) above = {NAME(select)(negative, power.head, NAME(splat)(1)),
                        NAME(select)(negative, power.tail, NAME(splat)(0))};
  return NAME(scaled)(NAME(quotient)(above, below), e.n & negative);
}

// log(1 + e^−|x|)
INLINE REAL NAME(log_of_one_and_exp)(REAL x) {
  NAME(Exponential) e = NAME(exponential)(NAME(limited)(-NAME(absolute)(x), EXP_LOWEST, R(0)), NAME(splat)(0));
  NAME(Double) power = NAME(unscaled)(e);
  REAL head = NAME(scaled)(power.head, e.n);
  NAME(Double) sum = NAME(fast_two_sum)(NAME(splat)(1), head);
  sum.tail += NAME(scaled)(power.tail, e.n);
  return NAME(select)(head < TINY, head, NAME(log_of_sum)(sum));
}

// log(1 + e^x) = max(x, 0) + log(1 + e^−|x|)
INLINE REAL NAME(softplus)(REAL x) {
  return NAME(select)(x < R(0), NAME(splat)(0), x) + NAME(log_of_one_and_exp)(x);
}

// log of the sigmoid = −softplus(−x)
INLINE REAL NAME(logsigmoid)(REAL x) {
  return NAME(select)(x > R(0), NAME(splat)(0), x) - NAME(log_of_one_and_exp)(x);
}
