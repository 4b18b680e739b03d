// Kernels that sort, that search what is sorted, and that add up as they go.

#include "instruction.h"

#include "as_f32.h"
#include "orders.h"

#include "as_f64.h"
#include "orders.h"

// How many of n numbers in rising order, NaN last, stand before x: NaN among them stands beside NaN. Whatever the order,
// none is read but these n.
INLINE int64_t count_below(const double *row, int64_t n, double x) {
  int64_t first = 0;
  while (n > 0) {
    int64_t half = n / 2;
    int below = is_before_f64(row[first + half], x);
    first += below ? half + 1 : 0;
    n = below ? n - half - 1 : half;
  }
  return first;
}

// How many of them stand before x or are the same.
INLINE int64_t count_up_to(const double *row, int64_t n, double x) {
  int64_t first = 0;
  while (n > 0) {
    int64_t half = n / 2;
    int beyond = is_before_f64(x, row[first + half]);
    first += beyond ? 0 : half + 1;
    n = beyond ? half : n - half - 1;
  }
  return first;
}

// Arguments: places of the counts, of the numbers in rising order and of the others, all float64 and dense; how many of
// either there are.
#define SEARCH(name)                                                                                                    \
  static void name##_kernel_f64(Words arguments, char *memory) {                                                        \
    double *out = (double *)(memory + arguments[0]);                                                                    \
    const double *row = (const double *)(memory + arguments[1]), *x = (const double *)(memory + arguments[2]);          \
    for (int64_t i = 0; i < arguments[4]; i++) out[i] = (double)name(row, arguments[3], x[i]);                          \
  }
SEARCH(count_below)
SEARCH(count_up_to)

FAMILY(orders) = {
    {"sort_f32", sort_kernel_f32}, {"sort_f64", sort_kernel_f64},
    {"running_sum_f32", running_sum_kernel_f32}, {"running_sum_f64", running_sum_kernel_f64},
    {"count_below_f64", count_below_kernel_f64}, {"count_up_to_f64", count_up_to_kernel_f64},
    {0, 0},
};
