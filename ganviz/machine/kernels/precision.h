// What is written once for both precisions is written with these names; as_f32.h and as_f64.h say what they mean.
//
// NAME(exp) is exp_f32 or exp_f64, and NAME(LN2) a constant of coefficients.h. REAL is a vector of floating numbers, SCALAR
// one of them, SIGNED and UNSIGNED are vectors of integers of that size. R(0.5) is a number of that precision.

#undef NAME
#undef SCALAR
#undef REAL
#undef SIGNED
#undef UNSIGNED
#undef MANTISSA_BITS
#undef SIGN_BIT
#undef MANTISSA_MASK
#undef BIAS
#undef SQRT_HALF
#undef ONE
#undef HALF_STEP
#undef TINY
#undef EXP_LOWEST
#undef EXP_HIGHEST
#undef ROUNDER

#undef R
#define R(number) ((SCALAR)(number))
#undef INFINITE
#define INFINITE R(__builtin_inf())
#undef NO_NUMBER
#define NO_NUMBER R(__builtin_nan(""))
#undef POLYNOMIAL
#define POLYNOMIAL(x, name) NAME(polynomial)(x, NAME(name), TERMS(NAME(name)))

#undef TERMS
#define TERMS(coefficients) ((int)(sizeof coefficients / sizeof coefficients[0]))
