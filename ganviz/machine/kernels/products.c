// Kernels for products of matrices; and these by themselves, product_f32_avx2(product) and so on.

#include "elementary.h"
#include "instruction.h"

#include "as_f32.h"
#include "lanes.h"
#include "products.h"

#include "as_f64.h"
#include "lanes.h"
#include "products.h"

#define PRODUCT(precision)                                                                                              \
  ENTRY(product_##precision)(const Product_##precision *p) {                                                            \
    unsigned mode = standard_arithmetic();                                                                              \
    product_##precision(p);                                                                                             \
    as_before(mode);                                                                                                    \
  }

PRODUCT(f32)
PRODUCT(f64)

// (m, k) @ (k, n), plus a bias (m, n). Arguments: places of the output, of the factors, of the bias (−1: none) and of
// working memory; m, n, k; of each of the four its two strides.
#define MULTIPLICATION(T, f)                                                                                            \
  static void product_kernel_##f(Words arguments, char *memory) {                                                       \
    Words size = arguments + 5, strides = size + 3;                                                                     \
    Product_##f p = {                                                                                                   \
        (const T *)(memory + arguments[1]), strides[2], strides[3],                                                     \
        (const T *)(memory + arguments[2]), strides[4], strides[5],                                                     \
        arguments[3] < 0 ? 0 : (const T *)(memory + arguments[3]), strides[6], strides[7],                              \
        (T *)(memory + arguments[0]), strides[0], strides[1],                                                           \
        size[0], size[1], size[2],                                                                                      \
        (T *)(memory + arguments[4]),                                                                                   \
    };                                                                                                                  \
    product_##f(&p);                                                                                                    \
  }
MULTIPLICATION(float, f32)
MULTIPLICATION(double, f64)

FAMILY(products) = {{"product_f32", product_kernel_f32}, {"product_f64", product_kernel_f64}, {0, 0}};
