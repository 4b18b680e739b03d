// All elementary functions, in both precisions, on vectors: what kernels include.

#ifndef ELEMENTARY_H
#define ELEMENTARY_H

#include "coefficients.h"
#include "fused.h"
#include "vectors.h"

#include "as_f32.h"
#include "polynomial.h"
#include "exponential.h"
#include "logarithm.h"
#include "logistic.h"
#include "turn.h"

#include "as_f64.h"
#include "polynomial.h"
#include "exponential.h"
#include "logarithm.h"
#include "logistic.h"
#include "turn.h"
#include "trigonometry.h"
#include "power.h"

INLINE F32 rsqrt_f32(F32 x) { return 1.0f / sqrt_f32(x); }
INLINE F64 rsqrt_f64(F64 x) { return 1.0 / sqrt_f64(x); }

#endif
