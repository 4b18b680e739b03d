// Makes the names of precision.h mean double precision, in the files that are included after this one.

#include "precision.h"

#define NAME(word) word##_f64
#define SCALAR double
#define REAL F64
#define SIGNED I64
#define UNSIGNED U64
#define MANTISSA_BITS 52
#define SIGN_BIT 63
#define MANTISSA_MASK 0xfffffffffffffu
#define BIAS 1023
#define SQRT_HALF 0x3fe6a09e667f3bcdu
#define ONE 0x3ff0000000000000u
#define HALF_STEP 0x1p-53
#define TINY 0x1p-54
#define EXP_LOWEST -746.0
#define EXP_HIGHEST 710.0
#define ROUNDER 0x1.8p52
