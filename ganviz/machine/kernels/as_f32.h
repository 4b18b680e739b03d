// Makes the names of precision.h mean single precision, in the files that are included after this one.

#include "precision.h"

#define NAME(word) word##_f32
#define SCALAR float
#define REAL F32
#define SIGNED I32
#define UNSIGNED U32
#define MANTISSA_BITS 23
#define SIGN_BIT 31
#define MANTISSA_MASK 0x7fffffu
#define BIAS 127
#define SQRT_HALF 0x3f3504f3u       // the bits of √½
#define ONE 0x3f800000u             // the bits of 1
#define HALF_STEP 0x1p-24f          // half of what the last bit of a number in [1, 2) is worth
#define TINY 0x1p-25f               // so small that x² / 2 vanishes beside x
#define EXP_LOWEST -104.0f          // e to this is 0, and to the next is infinite
#define EXP_HIGHEST 89.0f
#define ROUNDER 0x1.8p23f           // adding this rounds to a whole number, which the last bits then show
