// Kernels for products of matrices; and these by themselves, product_f32_avx2(product) and so on.

#include "elementary.h"
#include "instruction.h"

#include "as_f32.h"
#include "lanes.h"
#include "functions.h"
#include "products.h"

#include "as_f64.h"
#include "lanes.h"
#include "functions.h"
#include "products.h"

#define PRODUCT(precision)                                                                                              \
  ENTRY(product_##precision)(const Product_##precision *p) {                                                            \
    unsigned mode = standard_arithmetic();                                                                              \
    product_##precision(p);                                                                                             \
    as_before(mode);                                                                                                    \
  }

PRODUCT(f32)
PRODUCT(f64)

// (m, k) @ (k, n), plus a bias (m, n), and then through a map, which for a slope depends on (m, n) more. Arguments: places of
// the output, of the factors, of a fourth operand (−1: none), which is the bias or what a slope depends on, and of working
// memory; m, n, k; of each of the four operands its two strides; the map's number.
#define MULTIPLICATION(T, f)                                                                                            \
  INLINE void run_product_##f(Words arguments, char *memory, enum After after, int takes_number) {                         \
    Words size = arguments + 5, strides = size + 3;                                                                     \
    const T *fourth = arguments[3] < 0 ? 0 : (const T *)(memory + arguments[3]);                                        \
    const int is_slope = after >= THRESHOLD_SLOPE;                                                                      \
    Product_##f p = {                                                                                                   \
        (const T *)(memory + arguments[1]), strides[2], strides[3],                                                     \
        (const T *)(memory + arguments[2]), strides[4], strides[5],                                                     \
        is_slope ? 0 : fourth, strides[6], strides[7],                                                                  \
        (T *)(memory + arguments[0]), strides[0], strides[1],                                                           \
        size[0], size[1], size[2],                                                                                      \
        (T *)(memory + arguments[4]),                                                                                   \
        after, takes_number ? number_of(strides[8]) : 0,                                                                \
        is_slope ? fourth : 0, strides[6], strides[7],                                                                  \
    };                                                                                                                  \
    product_##f(&p);                                                                                                    \
  }
MULTIPLICATION(float, f32)
MULTIPLICATION(double, f64)

// Each kernel, what it does to the product, and whether that takes a number.
#define PRODUCTS                                                                                                        \
  PRODUCT_THEN(product, NOTHING, 0)                                                                                     \
  PRODUCT_THEN(product_relu, RELU, 0)                                                                                   \
  PRODUCT_THEN(product_leaky, LEAKY, 1)                                                                                 \
  PRODUCT_THEN(product_threshold_slope, THRESHOLD_SLOPE, 1)                                                             \
  PRODUCT_THEN(product_leaky_slope, LEAKY_SLOPE, 1)

#define PRODUCT_THEN(name, after, takes_number)                                                                         \
  static void name##_kernel_f32(Words arguments, char *memory) { run_product_f32(arguments, memory, after, takes_number); }\
  static void name##_kernel_f64(Words arguments, char *memory) { run_product_f64(arguments, memory, after, takes_number); }
PRODUCTS

#undef PRODUCT_THEN
#define PRODUCT_THEN(name, after, takes_number) {#name "_f32", name##_kernel_f32}, {#name "_f64", name##_kernel_f64},
FAMILY(products) = {PRODUCTS {0, 0}};
