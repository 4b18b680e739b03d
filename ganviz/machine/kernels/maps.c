// Kernels that work on each number by itself. A new one is a function in functions.h, and a line here.

#include "elementary.h"
#include "instruction.h"

#include "as_f32.h"
#include "lanes.h"
#include "functions.h"
#include "maps.h"

#include "as_f64.h"
#include "lanes.h"
#include "functions.h"
#include "maps.h"

// Each kernel, and how many inputs and further numbers it has.
#define MAPS                                                                                                            \
  MAP(negative, 1, 0) MAP(abs, 1, 0) MAP(sign, 1, 0) MAP(sqrt, 1, 0) MAP(exp, 1, 0) MAP(expm1, 1, 0) MAP(log, 1, 0)     \
  MAP(log1p, 1, 0) MAP(sin, 1, 0) MAP(cos, 1, 0) MAP(tanh, 1, 0) MAP(floor, 1, 0) MAP(truncate, 1, 0)                   \
  MAP(reciprocal, 1, 0) MAP(square, 1, 0) MAP(sigmoid, 1, 0) MAP(softplus, 1, 0) MAP(relu, 1, 0) MAP(elu, 1, 0)         \
  MAP(is_nan, 1, 0) MAP(not, 1, 0)                                                                                      \
  MAP(leaky, 1, 1) MAP(scale, 1, 1) MAP(divide_by, 1, 1) MAP(shift, 1, 1) MAP(from, 1, 1) MAP(power_of, 1, 1)           \
  MAP(remainder_by, 1, 1) MAP(at_least, 1, 1) MAP(at_most, 1, 1)                                                        \
  SAME(equals, equal) SAME(differs_from, different) SAME(is_below, less) SAME(is_above, greater)                        \
  SAME(is_at_most, less_equal) SAME(is_at_least, greater_equal)                                                         \
  MAP(add, 2, 0) MAP(subtract, 2, 0) MAP(multiply, 2, 0) MAP(divide, 2, 0) AS(power, pow, 2, 0) MAP(maximum, 2, 0)            \
  MAP(minimum, 2, 0) MAP(equal, 2, 0) MAP(different, 2, 0) MAP(less, 2, 0) MAP(greater, 2, 0) MAP(less_equal, 2, 0)     \
  MAP(greater_equal, 2, 0) MAP(both, 2, 0) MAP(either, 2, 0)                                                            \
  MAP(sigmoid_slope, 2, 0) MAP(tanh_slope, 2, 0) MAP(softplus_slope, 2, 0) MAP(elu_slope, 2, 0)                         \
  MAP(leaky_slope, 2, 1) MAP(threshold_slope, 2, 1)                                                                     \
  MAP(where, 3, 0) MAP(lerp, 3, 0)

// The comparison with a number is that of two inputs.
#define SAME(name, function) AS(name, function, 1, 1)
#define MAP(name, inputs, numbers) AS(name, name, inputs, numbers)

#define TAKE(inputs, numbers) TAKE_ALL(inputs, numbers)
#define TAKE_ALL(inputs, numbers) TAKE_##inputs##numbers
#define TAKE_10 x[0]
#define TAKE_11 x[0], x[1]
#define TAKE_20 x[0], x[1]
#define TAKE_21 x[0], x[1], x[2]
#define TAKE_30 x[0], x[1], x[2]

#define COMPUTED(name, function, inputs, numbers, REAL, f)                                                              \
  INLINE REAL lanes_of_##name##_##f(const REAL *x) { return function##_##f(TAKE(inputs, numbers)); }                    \
  static void name##_kernel_##f(Words arguments, char *memory) {                                                        \
    map_##f(lanes_of_##name##_##f, inputs, numbers, arguments, memory);                                                 \
  }
#define AS(name, function, inputs, numbers)                                                                             \
  COMPUTED(name, function, inputs, numbers, F32, f32)                                                                   \
  COMPUTED(name, function, inputs, numbers, F64, f64)
MAPS

#undef AS
#define AS(name, function, inputs, numbers) {#name "_f32", name##_kernel_f32}, {#name "_f64", name##_kernel_f64},
FAMILY(maps) = {MAPS {0, 0}};
