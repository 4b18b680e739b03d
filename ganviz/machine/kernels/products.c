// Products of matrices by themselves: product_f32_avx2(product) and so on.

#include "entry.h"
#include "fused.h"

#include "as_f32.h"
#include "arrays.h"
#include "products.h"

#include "as_f64.h"
#include "arrays.h"
#include "products.h"

#define PRODUCT(precision)                                                                                              \
  ENTRY(product_##precision)(const Product_##precision *p) {                                                            \
    unsigned mode = standard_arithmetic();                                                                              \
    product_##precision(p);                                                                                             \
    as_before(mode);                                                                                                    \
  }

PRODUCT(f32)
PRODUCT(f64)
