// sin and cos for |x| ≤ 2^30; beyond, the result is not a number.
//
// x = n π/2 + r with a whole n and |r| ≤ π/4; n mod 4 says which of ±sin r, ±cos r is wanted. π/2 is a sum of three
// numbers, so that r is right to all its bits even where x is close to a multiple of π/2 (Cody and Waite 1980; the
// polynomials are used as in Ng's fdlibm). Single precision is computed in double, with shorter polynomials.

#define FARTHEST 0x1p30

typedef struct { Double_f64 rest; I64 quarter; } Angle;

INLINE Angle angle(F64 x) {
  F64 shifted = fused_f64(x, splat_f64(TWO_OVER_PI_f64), splat_f64(ROUNDER)), n = shifted - ROUNDER;
  F64 near = fused_f64(n, splat_f64(-HALF_PI_f64[0]), x);  // exact
  Double_f64 step = two_product_f64(n, splat_f64(HALF_PI_f64[1]));
  Double_f64 rest = two_sum_f64(near, -step.head);
  rest.tail = fused_f64(n, splat_f64(-HALF_PI_f64[2]), rest.tail - step.tail);
  return (Angle){rest, (I64)((U64)shifted - (U64)splat_f64(ROUNDER))};  // of what is beyond, anything
}

// sin(r + tail) = r + tail cos r + r z P(z), z = r²
INLINE F64 sine_near_zero(Double_f64 r) {
  F64 z = r.head * r.head, cube = r.head * z;
  return r.head + fused_f64(cube, polynomial_f64(z, SINE_f64, TERMS(SINE_f64)), fused_f64(z * R(-0.5), r.tail, r.tail));
}

// cos(r + tail) = 1 − z / 2 + (z² P(z) − r tail); the rounding of 1 − z / 2 is added to what is small.
INLINE F64 cosine_near_zero(Double_f64 r) {
  F64 z = r.head * r.head, half = R(0.5) * z, first = R(1) - half;
  F64 small = fused_f64(z * z, polynomial_f64(z, COSINE_f64, TERMS(COSINE_f64)), -(r.head * r.tail));
  return first + (((R(1) - first) - half) + small);
}

// Of ±sine, ±cosine the one for this quarter of the circle.
INLINE F64 of_quarter(I64 quarter, F64 sine, F64 cosine) {
  F64 y = select_f64((quarter & 1) == 1, cosine, sine);
  return (F64)((U64)y ^ (((U64)quarter & 2) << 62));
}

INLINE F64 not_beyond(F64 x, F64 y) {
  return select_f64(absolute_f64(x) <= FARTHEST, y, splat_f64(__builtin_nan("")));
}

INLINE F64 sin_f64(F64 x) {
  Angle a = angle(x);
  F64 y = of_quarter(a.quarter, sine_near_zero(a.rest), cosine_near_zero(a.rest));
  return select_f64(absolute_f64(x) < TINY, x, not_beyond(x, y));
}

INLINE F64 cos_f64(F64 x) {
  Angle a = angle(x);
  return not_beyond(x, of_quarter(a.quarter + 1, sine_near_zero(a.rest), cosine_near_zero(a.rest)));
}

// To single precision: the sine of x + quarters π/2.
INLINE F64 short_sine(F64 x, int quarters) {
  Angle a = angle(x);
  F64 r = a.rest.head, z = r * r;
  F64 sine = fused_f64(r * z, polynomial_f64(z, SINE_short_f64, TERMS(SINE_short_f64)), r);
  F64 cosine = fused_f64(z, fused_f64(z, polynomial_f64(z, COSINE_short_f64, TERMS(COSINE_short_f64)), splat_f64(-0.5)),
                         splat_f64(1));
  return not_beyond(x, of_quarter(a.quarter + quarters, sine, cosine));
}

INLINE F32 sin_f32(F32 x) {
  Wide wide = widen(x);
  F32 y = narrow((Wide){short_sine(wide.first, 0), short_sine(wide.second, 0)});
  return select_f32(absolute_f32(x) < 0x1p-25f, x, y);
}

INLINE F32 cos_f32(F32 x) {
  Wide wide = widen(x);
  return narrow((Wide){short_sine(wide.first, 1), short_sine(wide.second, 1)});
}
