// Kernels that make one number of many. A new one is a line here.

#include "elementary.h"
#include "instruction.h"

#include "as_f32.h"
#include "lanes.h"
#include "functions.h"
#include "reductions.h"

#include "as_f64.h"
#include "lanes.h"
#include "functions.h"
#include "reductions.h"

// Each kernel: what is done to the numbers first, how two are joined, what is done to the last, and what there is of none.
#define REDUCTIONS                                                                                                      \
  REDUCTION(sum, unchanged, add, sum_after, 0)                                                                          \
  REDUCTION(mean, unchanged, add, mean_after, 0)                                                                        \
  REDUCTION(norm, square, add, norm_after, 0)                                                                           \
  REDUCTION(largest, unchanged, maximum, sum_after, -__builtin_inf())                                                   \
  REDUCTION(smallest, unchanged, minimum, sum_after, __builtin_inf())                                                   \
  REDUCTION(any, is_true, maximum, sum_after, 0)                                                                        \
  REDUCTION(all, is_true, minimum, sum_after, 1)

#define COMPUTED(name, before, join, after, none, f)                                                                    \
  static void name##_kernel_##f(Words arguments, char *memory) {                                                        \
    reduce_##f((Reduction_##f){before##_##f, join##_##f, after##_##f, none}, arguments, memory);                        \
  }
#define REDUCTION(name, before, join, after, none)                                                                      \
  COMPUTED(name, before, join, after, none, f32)                                                                        \
  COMPUTED(name, before, join, after, none, f64)
REDUCTIONS

#undef REDUCTION
#define REDUCTION(name, before, join, after, none) {#name "_f32", name##_kernel_f32}, {#name "_f64", name##_kernel_f64},
FAMILY(reductions) = {REDUCTIONS {0, 0}};
