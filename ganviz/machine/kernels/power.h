// pow: x^y = e^(y log x), and all that C says of zeros, infinities and negative bases.
//
// An error of log x is multiplied by y log x, which reaches 745: in double precision the logarithm is computed to some 64
// bits, as the sum of two numbers (the arithmetic is that of Joldes, Muller and Popescu 2017). Single precision is computed
// in double, where no such care is needed.

INLINE Double_f64 double_product(Double_f64 a, Double_f64 b) {
  Double_f64 product = two_product_f64(a.head, b.head);
  return fast_two_sum_f64(product.head, product.tail + fused_f64(a.head, b.tail, a.tail * b.head));
}

// log x for any positive number. With z = s², log(1 + f) = 2 s (1 + z / 3 + z² P(z)).
INLINE Double_f64 double_log(F64 x) {
  Binary_f64 parts = any_binary_f64(x);
  F64 f = parts.m - R(1), n = from_integer_f64(parts.n);
  Double_f64 below = fast_two_sum_f64(splat_f64(2), f);
  F64 s = f / below.head;
  Double_f64 twice = {R(2) * s, R(2) * (fused_f64(-s, below.head, f) - s * below.tail) / below.head};
  Double_f64 half = {R(0.5) * twice.head, R(0.5) * twice.tail}, z = double_product(half, half);
  Double_f64 third = fast_two_sum_f64(splat_f64(THIRD_f64[0]),
                                      z.head * polynomial_f64(z.head, LOG_FAR_f64, TERMS(LOG_FAR_f64)));
  third.tail += THIRD_f64[1];
  Double_f64 beyond = double_product(twice, double_product(z, third));
  Double_f64 near = fast_two_sum_f64(twice.head, beyond.head);
  near.tail += twice.tail + beyond.tail;
  Double_f64 sum = fast_two_sum_f64(n * LN2_f64[0], near.head);
  return fast_two_sum_f64(sum.head, sum.tail + fused_f64(n, splat_f64(LN2_f64[1]), near.tail));
}

// log |x| for every x: −∞ at 0, ∞ at ∞.
INLINE Double_f64 double_log_anywhere(F64 size) {
  Double_f64 log = double_log(size);
  I64 inside = (size > R(0)) & (size < INFINITE);
  F64 edge = select_f64(size == R(0), splat_f64(-INFINITE), size);
  return (Double_f64){select_f64(inside, log.head, edge), select_f64(inside, log.tail, splat_f64(0))};
}

// |x|^y
INLINE F64 power_of_size(F64 size, F64 y) {
  Double_f64 log = double_log_anywhere(size), product = two_product_f64(y, log.head);
  I64 size_is_one = (log.head == R(0)) & (y == y);  // 1 to the power ∞ is 1
  F64 head = select_f64(size_is_one, splat_f64(0), product.head), tail = fused_f64(y, log.tail, product.tail);
  I64 inside = (head > EXP_LOWEST) & (head < EXP_HIGHEST) & ~size_is_one;
  Exponential_f64 e = exponential_f64(limited_f64(head, EXP_LOWEST, EXP_HIGHEST), select_f64(inside, tail, splat_f64(0)));
  return scaled_f64(unscaled_f64(e).head, e.n);
}

// Whether a number is whole; from 2^52 on all are.
INLINE I64 is_whole(F64 y) {
  F64 size = absolute_f64(y);
  return (size >= 0x1p52) | ((size + 0x1p52) - 0x1p52 == size);
}

// What becomes of |x|^y where x is negative, and where x or y is such that the result is 1 whatever the other is.
INLINE F64 with_base(F64 x, F64 y, F64 power) {
  I64 whole = is_whole(y), odd = whole & ~is_whole(R(0.5) * y), negative = (I64)x < 0;
  power = (F64)((I64)power ^ (odd & negative & INT64_MIN));
  power = select_f64((x < R(0)) & (x > -INFINITE) & ~whole, splat_f64(NO_NUMBER), power);
  return select_f64((x == R(1)) | (y == R(0)), splat_f64(1), power);
}

INLINE F64 pow_f64(F64 x, F64 y) { return with_base(x, y, power_of_size(absolute_f64(x), y)); }

// The same with a logarithm of 53 bits.
INLINE F64 short_pow(F64 x, F64 y) {
  F64 log = log_f64(absolute_f64(x));
  F64 product = select_f64((log == R(0)) & (y == y), splat_f64(0), y * log);
  return with_base(x, y, exp_f64(product));
}

INLINE F32 pow_f32(F32 x, F32 y) {
  Wide bases = widen(x), exponents = widen(y);
  return narrow((Wide){short_pow(bases.first, exponents.first), short_pow(bases.second, exponents.second)});
}
