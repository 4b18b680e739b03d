// The elementary functions over arrays: exp_f32_avx2(x, y, count) and so on. A new one is a function on vectors, and a
// line here.

#include "elementary.h"
#include "entry.h"

#include "as_f32.h"
#include "lanes.h"
#include "arrays.h"

#include "as_f64.h"
#include "lanes.h"
#include "arrays.h"

#define OVER_ARRAYS(function)                                                                                           \
  ENTRY(function##_f32)(const float *x, float *y, int64_t count) { map_f32(function##_f32, x, y, count); }            \
  ENTRY(function##_f64)(const double *x, double *y, int64_t count) { map_f64(function##_f64, x, y, count); }

#define OVER_PAIRS(function)                                                                                            \
  ENTRY(function##_f32)(const float *x, const float *y, float *z, int64_t count) {                                      \
    map_pairs_f32(function##_f32, x, y, z, count);                                                                      \
  }                                                                                                                     \
  ENTRY(function##_f64)(const double *x, const double *y, double *z, int64_t count) {                                   \
    map_pairs_f64(function##_f64, x, y, z, count);                                                                      \
  }

OVER_ARRAYS(exp)
OVER_ARRAYS(expm1)
OVER_ARRAYS(log)
OVER_ARRAYS(log1p)
OVER_ARRAYS(tanh)
OVER_ARRAYS(sigmoid)
OVER_ARRAYS(softplus)
OVER_ARRAYS(logsigmoid)
OVER_ARRAYS(sin)
OVER_ARRAYS(cos)
OVER_ARRAYS(sqrt)
OVER_ARRAYS(rsqrt)
OVER_PAIRS(pow)
