// Kernels that sort, that search what is sorted, and that add up as they go.

#include "instruction.h"

#include "as_f32.h"
#include "orders.h"

#include "as_f64.h"
#include "orders.h"

FAMILY(orders) = {
    {"sort_f32", sort_kernel_f32}, {"sort_f64", sort_kernel_f64},
    {"running_sum_f32", running_sum_kernel_f32}, {"running_sum_f64", running_sum_kernel_f64},
    {"count_below_f32", count_below_kernel_f32}, {"count_below_f64", count_below_kernel_f64},
    {"count_up_to_f32", count_up_to_kernel_f32}, {"count_up_to_f64", count_up_to_kernel_f64},
    {0, 0},
};
