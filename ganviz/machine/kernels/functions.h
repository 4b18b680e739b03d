// For both precisions: functions of one, two or three numbers besides the elementary ones. NaN stays NaN, but for its sign,
// which is 0. Of equal numbers (0 and −0) the greater and the smaller is the second, and a number stays before its bound:
// all as in torch.

#define ZERO NAME(splat)(0)
#define UNIT NAME(splat)(1)

// Truth values are 1 and 0.
INLINE REAL NAME(truth)(SIGNED mask) { return NAME(select)(mask, UNIT, ZERO); }

INLINE REAL NAME(negative)(REAL x) { return -x; }
INLINE REAL NAME(abs)(REAL x) { return NAME(absolute)(x); }
INLINE REAL NAME(sign)(REAL x) {
  return NAME(select)(x > ZERO, UNIT, NAME(select)(x < ZERO, -UNIT, ZERO));
}
INLINE REAL NAME(reciprocal)(REAL x) { return UNIT / x; }
INLINE REAL NAME(square)(REAL x) { return x * x; }
INLINE REAL NAME(relu)(REAL x) { return NAME(select)(x < ZERO, ZERO, x); }
INLINE REAL NAME(elu)(REAL x) { return NAME(select)(x > ZERO, x, NAME(expm1)(x)); }
INLINE REAL NAME(is_nan)(REAL x) { return NAME(truth)(x != x); }
INLINE REAL NAME(not)(REAL x) { return NAME(truth)(x == ZERO); }

// The nearest whole number: beyond 2^23 or 2^52 there is no other.
INLINE REAL NAME(rounded)(REAL x) {
  REAL size = NAME(absolute)(x), far = NAME(splat)(ROUNDER / R(1.5));
  return NAME(select)(size < far, NAME(with_sign)((size + far) - far, x), x);
}
INLINE REAL NAME(floor)(REAL x) {
  REAL near = NAME(rounded)(x);
  return NAME(select)(near > x, near - UNIT, near);
}
INLINE REAL NAME(truncate)(REAL x) { return NAME(with_sign)(NAME(floor)(NAME(absolute)(x)), x); }

INLINE REAL NAME(leaky)(REAL x, REAL slope) { return NAME(select)(x > ZERO, x, x * slope); }
INLINE REAL NAME(scale)(REAL x, REAL by) { return x * by; }
INLINE REAL NAME(divide_by)(REAL x, REAL by) { return x / by; }
INLINE REAL NAME(shift)(REAL x, REAL by) { return x + by; }
INLINE REAL NAME(from)(REAL x, REAL number) { return number - x; }
INLINE REAL NAME(power_of)(REAL x, REAL exponent) { return NAME(pow)(x, exponent); }

// What is left of x ≥ 0 when `by` ≥ 0 is taken away as often as it goes: exactly, by long division in base 2.
INLINE SCALAR NAME(rest)(SCALAR x, SCALAR by) {
  if (!(x < INFINITE && by > 0)) return NO_NUMBER;
  if (x < by) return x;
  SCALAR part = by;
  while (part <= x / 2) part *= 2;
  for (; part >= by; part /= 2) x -= x >= part ? part : 0;
  return x;
}

// x − ⌊x / by⌋ by, with the sign of `by`; where that is 0, with the sign of x.
INLINE REAL NAME(remainder_by)(REAL x, REAL by) {
  REAL size = NAME(absolute)(x), step = NAME(absolute)(by);
  for (int i = 0; i < (int)(sizeof(REAL) / sizeof(SCALAR)); i++) size[i] = NAME(rest)(size[i], step[i]);
  REAL rest = NAME(with_sign)(size, x);
  return NAME(select)((rest != ZERO) & ((rest < ZERO) ^ (by < ZERO)), rest + by, rest);
}

INLINE REAL NAME(maximum)(REAL x, REAL y) { return NAME(select)((x > y) | (x != x), x, y); }
INLINE REAL NAME(minimum)(REAL x, REAL y) { return NAME(select)((x < y) | (x != x), x, y); }
INLINE REAL NAME(at_least)(REAL x, REAL low) { return NAME(maximum)(low, x); }
INLINE REAL NAME(at_most)(REAL x, REAL high) { return NAME(minimum)(high, x); }

INLINE REAL NAME(equal)(REAL x, REAL y) { return NAME(truth)(x == y); }
INLINE REAL NAME(different)(REAL x, REAL y) { return NAME(truth)(x != y); }
INLINE REAL NAME(less)(REAL x, REAL y) { return NAME(truth)(x < y); }
INLINE REAL NAME(greater)(REAL x, REAL y) { return NAME(truth)(x > y); }
INLINE REAL NAME(less_equal)(REAL x, REAL y) { return NAME(truth)(x <= y); }
INLINE REAL NAME(greater_equal)(REAL x, REAL y) { return NAME(truth)(x >= y); }
INLINE REAL NAME(both)(REAL x, REAL y) { return NAME(truth)((x != ZERO) & (y != ZERO)); }
INLINE REAL NAME(either)(REAL x, REAL y) { return NAME(truth)((x != ZERO) | (y != ZERO)); }

INLINE REAL NAME(add)(REAL x, REAL y) { return x + y; }
INLINE REAL NAME(subtract)(REAL x, REAL y) { return x - y; }
INLINE REAL NAME(multiply)(REAL x, REAL y) { return x * y; }
INLINE REAL NAME(divide)(REAL x, REAL y) { return x / y; }

// What of a slope goes backwards through an activation; y is what came out of it, x what went in.
INLINE REAL NAME(sigmoid_slope)(REAL slope, REAL y) { return slope * (UNIT - y) * y; }
INLINE REAL NAME(tanh_slope)(REAL slope, REAL y) { return slope * (UNIT - y * y); }
INLINE REAL NAME(softplus_slope)(REAL slope, REAL x) { return slope * NAME(sigmoid)(x); }
INLINE REAL NAME(elu_slope)(REAL slope, REAL x) { return NAME(select)(x > ZERO, slope, slope * NAME(exp)(x)); }
INLINE REAL NAME(leaky_slope)(REAL slope, REAL x, REAL down) { return NAME(select)(x > ZERO, slope, slope * down); }
INLINE REAL NAME(threshold_slope)(REAL slope, REAL x, REAL low) { return NAME(select)(x <= low, ZERO, slope); }

INLINE REAL NAME(where)(REAL condition, REAL x, REAL y) { return NAME(select)(condition != ZERO, x, y); }

// From x (weight 0) to y (weight 1), both exactly.
INLINE REAL NAME(lerp)(REAL x, REAL y, REAL weight) {
  SIGNED near = NAME(absolute)(weight) < NAME(splat)(0.5);
  return NAME(select)(near, x, y) + NAME(select)(near, weight, weight - UNIT) * (y - x);
}
